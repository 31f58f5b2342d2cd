"""The contract with the labels of `labels.overlay.yaml`: a plain resource that is declared and has no code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from mock_server.contract.overlay import apply_overlay, read_overlay
from tests.openapi import DOCUMENT
from tests.repo.sources import ROOT

OVERLAY = ROOT / "examples" / "contracts" / "labels.overlay.yaml"
LABELS: Mapping[str, Any] = yaml.safe_load(OVERLAY.read_text(encoding="utf-8"))["actions"][0]["update"]
GROWING: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("labels_growing.yaml").read_text(encoding="utf-8"))
"""What labels may be given later, by what it is."""


def add_labels(document: Mapping[str, Any] = DOCUMENT, more: str | None = None) -> dict[str, Any]:
    """Return a copy of the document with what labels add to it.

    `more`: what labels are given beside, as `GROWING` has it.
    """
    updates = [LABELS] if more is None else [LABELS, GROWING[more]]
    actions = [{"target": "$", "update": each} for each in updates]
    overlay = json.dumps({"overlay": "1.0.0", "actions": actions}).encode()
    return apply_overlay(document, read_overlay(overlay, OVERLAY.name)).document
