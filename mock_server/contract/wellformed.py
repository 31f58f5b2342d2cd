"""Whether a document is a contract of OpenAPI 3.0, found out fast where it is.

The verdict is the one that Connexion's own validation would give, or none. So whatever two validators could see
differently is none: a value that is not of JSON, a name on which two dialects of regular expressions may disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jsonschema_rs

_LEAVES = {str, int, float, bool, type(None)}


class _NotPlainError(ValueError):
    """Something that is for the other validation to judge."""


def surely_fits(
    document: Mapping[str, Any], schema: Mapping[str, Any], defaults_fit: Callable[[Sequence[Any]], bool]
) -> bool:
    """Whether a document fits the schema of such documents, and `defaults_fit` says yes to the objects with a default.

    False says no more than that it is to be looked at more closely.
    """
    found: list[Mapping[str, Any]] = []
    try:
        _look(document, found)
        # Formats are not asserted there either.
        fits = jsonschema_rs.Draft4Validator(dict(schema), validate_formats=False).is_valid(document)
        return fits and (not found or defaults_fit(found))
    except Exception:  # noqa: BLE001 - what looks like a schema, and is none, such as in an example, may raise any
        return False


def _look(node: Any, found: list[Mapping[str, Any]]) -> None:
    """Add each object that has a default; _NotPlainError for what is not plain."""
    kind = type(node)
    if kind is dict:
        if "default" in node:
            found.append(node)
        if not all(map(_is_plain, node)):
            raise _NotPlainError(node)
        node = node.values()
    elif kind is not list:
        if kind not in _LEAVES:
            raise _NotPlainError(node)
        return
    for each in node:
        if type(each) is not str:
            _look(each, found)


def _is_plain(name: Any) -> bool:
    return type(name) is str and name.isascii() and not name.endswith("\n")
