"""Which parts of two documents are the same, with all that they refer to: nothing has to be looked for there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.contract.contract import JsonObject


class Sameness:
    """Knows of two documents which components are the same in both, with all that they refer to."""

    def __init__(self, old: JsonObject, new: JsonObject) -> None:
        before, after = _components(old), _components(new)
        refers = {name: set(_references(node)) for name, node in after.items()}
        same = {name for name, node in after.items() if name in before and before[name] == node}
        while lost := {name for name in same if not refers[name] <= same}:
            same -= lost
        self._same = same

    def holds(self, old: Any, new: Any) -> bool:
        """Whether a node of the old document and one of the new one are the same."""
        return bool(old == new) and self._same.issuperset(_references(new))


def _components(document: JsonObject) -> dict[str, Any]:
    return {
        f"#/components/{kind}/{name}": node
        for kind, each in document.get("components", {}).items()
        for name, node in each.items()
    }


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from _references(each)
