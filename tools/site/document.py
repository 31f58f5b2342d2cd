"""The contract as a document: references resolved, operations in their order, and text for tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from tools.site.sources import ROOT


@cache
def contract() -> dict[str, Any]:
    """openapi.yaml."""
    document: dict[str, Any] = yaml.load((ROOT / "openapi.yaml").read_bytes(), Loader=yaml.CSafeLoader)
    return document


@dataclass(frozen=True)
class Operation:
    """An operation with its path."""

    method: str
    path: str
    node: dict[str, Any]
    parameters: Sequence[dict[str, Any]]

    @property
    def id(self) -> str:
        """Its operation id."""
        return str(self.node["operationId"])

    @property
    def area(self) -> str:
        """The tag that it has."""
        return str(self.node["tags"][0])


def operations() -> Iterator[Operation]:
    """All of the contract, in its order."""
    for path, item in contract()["paths"].items():
        for method, node in item.items():
            if "operationId" in node:
                declared = item.get("parameters", []) + node.get("parameters", [])
                yield Operation(method.upper(), path, node, [resolved(each) for each in declared])


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """The node, or what it refers to."""
    while "$ref" in node:
        target: Any = contract()
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; nothing where there are no rows."""
    lines = [f"| {' | '.join(_cell(each) for each in row)} |" for row in rows]
    if not lines:
        return ""
    return "\n".join([f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *lines]) + "\n\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def code(text: object) -> str:
    """A piece of code in Markdown."""
    return f"`{text}`" if text != "" else '`""`'


def paragraphs(text: str) -> str:
    """The text of the contract as Markdown."""
    return f"{text.strip()}\n\n" if text.strip() else ""
