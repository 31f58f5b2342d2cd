"""JSON as a strict reader takes it."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from mock_server.contract.schema import shorten
from mock_server.errors import ValidationFailed

_LONG = re.compile(rb"[0-9]{19}")


def parse(content: bytes) -> Any:
    """The value of a JSON text.

    Raises ValidationFailed for what is no JSON: bytes that are not UTF-8, NaN, half a surrogate,
    numbers beyond a double, nesting without end; and for an object with the same key twice, whose
    meaning no two readers agree on.
    """
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise _refusal(f"It is not JSON: {error}.") from error
    # Fewer colons than a second key would need: then no key stands there twice.
    if content.count(b":") > (len(value) if isinstance(value, dict) else 0):
        try:
            json.loads(content, object_pairs_hook=_unique)
        except RecursionError as error:
            raise _refusal("It is nested too deeply.") from error
    return value


def parse_long(content: bytes) -> Any:
    """The value of a JSON text that `parse` has taken, where it may hold a whole number beyond 64 bits; else None.

    Such a number is as it stands there, and not rounded as a double is.
    """
    if _LONG.search(content) is None:
        return None
    try:
        return json.loads(content)
    except RecursionError as error:
        raise _refusal("It is nested too deeply.") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise _refusal(f'It has the key "{shorten(key)}" twice.')
        result[key] = value
    return result


def _refusal(text: str) -> ValidationFailed:
    return ValidationFailed(fields={"body": text})
