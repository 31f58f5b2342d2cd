"""The contract with the labels of `labels.yaml`: a plain resource that is declared, and has no code anywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from tests.openapi import DOCUMENT

LABELS: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("labels.yaml").read_text(encoding="utf-8"))
GROWING: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("labels_growing.yaml").read_text(encoding="utf-8"))
"""What labels may be given later, by what it is."""
Edit = Callable[[dict[str, Any]], object]
"""What changes a document."""


def add_labels(document: Mapping[str, Any] = DOCUMENT, more: str | None = None) -> dict[str, Any]:
    """Return a copy of the document with what labels add to it; lists are made longer, maps are joined.

    `more`: what labels are given beside, as `GROWING` has it.
    """
    found: dict[str, Any] = _joined(document, deepcopy(LABELS))
    return found if more is None else dict(_joined(found, deepcopy(GROWING[more])))


def edit_labels(edit: Edit) -> dict[str, Any]:
    """Return the contract with labels after an edit."""
    document = add_labels()
    edit(document)
    return document


def of_label(**keywords: Any) -> Edit:
    """Return what declares labels with these keywords."""
    return lambda document: document["x-resource-types"]["label"].update(keywords)


def _joined(below: Any, above: Any) -> Any:
    if isinstance(below, Mapping) and isinstance(above, Mapping):
        return {
            **deepcopy(dict(below)),
            **{key: _joined(below[key], above[key]) if key in below else above[key] for key in above},
        }
    return [*below, *above] if isinstance(below, list) and isinstance(above, list) else above
