"""Wrong declarations by somebody who has read neither the linters nor the rules, and the contracts that have them."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.agreement.labels import add_labels
from tests.openapi import DOCUMENT


@dataclass(frozen=True)
class WrongDeclaration:
    """One mistake, and where it is made: in the contract itself, or in what labels add to it."""

    id: str
    mistake: str
    is_of_labels: bool
    edits: tuple[Mapping[str, Any], ...]

    def apply(self, right: Mapping[str, Any]) -> dict[str, Any]:
        """Return a copy of a right contract with this mistake in it."""
        document = deepcopy(dict(right))
        for edit in self.edits:
            *above, last = (step.replace("~1", "/").replace("~0", "~") for step in edit["at"].split("/")[1:])
            node: Any = document
            for step in above:
                node = node[step]
            if edit.get("remove"):
                del node[last]
            else:
                node[last] = deepcopy(edit["set"])
        return document

    @property
    def contract(self) -> dict[str, Any]:
        """The contract with this mistake."""
        return self.apply(add_labels() if self.is_of_labels else DOCUMENT)


WRONG: Mapping[str, WrongDeclaration] = {
    each["id"]: WrongDeclaration(each["id"], each["mistake"], each["on"] == "labels", tuple(each["edits"]))
    for each in yaml.safe_load(Path(__file__).with_name("wrong_declarations.yaml").read_text(encoding="utf-8"))
}
