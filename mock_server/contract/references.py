"""References within a document: JSON pointers, and what they lead to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_server.errors import ContractError


def find_target(document: Mapping[str, Any], reference: str, where: str) -> Any:
    """Return what a reference leads to; ContractError, which begins with `where`, where that is nothing here."""
    if not reference.startswith("#/"):
        raise ContractError(f"{where} is not in this document")
    node: Any = document
    for step in reference[2:].split("/"):
        key = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, dict) or key not in node:
            raise ContractError(f"{where} is not there")
        node = node[key]
    return node


def to_step(key: object) -> str:
    """Return a key as one step of a JSON pointer, with the slash before it."""
    return "/" + str(key).replace("~", "~0").replace("/", "~1")
