"""A check of the references inside a document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_server.errors import ContractError


def check_references(document: Mapping[str, Any], name: str) -> None:
    """Raise ContractError for the first reference that leads nowhere, elsewhere, or back to itself."""
    _Walk(document, name).visit(document, "", frozenset())


class _Walk:
    def __init__(self, document: Mapping[str, Any], name: str) -> None:
        self._document = document
        self._name = name
        self._seen: set[str] = set()

    def visit(self, node: Any, place: str, on_the_way: frozenset[str]) -> None:
        if isinstance(node, list):
            for position, item in enumerate(node):
                self.visit(item, f"{place}.{position}", on_the_way)
        elif isinstance(node, dict):
            reference = node.get("$ref")
            if isinstance(reference, str):
                self._follow(reference, place, on_the_way)
            for key, value in node.items():
                self.visit(value, f"{place}.{key}", on_the_way)

    def _follow(self, reference: str, place: str, on_the_way: frozenset[str]) -> None:
        if reference in on_the_way:
            raise self._error(place, f"{reference} refers to itself, which is not supported")
        if reference in self._seen:
            return
        target = self._target(reference, place)
        self.visit(target, reference.removeprefix("#/").replace("/", "."), on_the_way | {reference})
        self._seen.add(reference)

    def _target(self, reference: str, place: str) -> Any:
        if not reference.startswith("#/"):
            raise self._error(place, f"{reference} is not in this document")
        node: Any = self._document
        for step in reference[2:].split("/"):
            key = step.replace("~1", "/").replace("~0", "~")
            if not isinstance(node, dict) or key not in node:
                raise self._error(place, f"{reference} is not there")
            node = node[key]
        return node

    def _error(self, place: str, text: str) -> ContractError:
        return ContractError(f"{self._name}: {place.removeprefix('.')}.$ref: {text}")
