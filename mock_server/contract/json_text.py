"""JSON as a strict reader takes it."""

from __future__ import annotations

import json
from typing import Any

import orjson

from mock_server.contract.schema import shorten
from mock_server.errors import ValidationFailed


def parse(content: bytes) -> Any:
    """The value of a JSON text.

    Raises ValidationFailed for what is no JSON: bytes that are not UTF-8, NaN, half a surrogate,
    numbers beyond a double, nesting without end; and for an object with the same key twice, whose
    meaning no two readers agree on.
    """
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise _make_refusal(f"It is not JSON: {error}.") from error
    # Fewer colons than a second key would need: then no key stands there twice.
    if content.count(b":") > (len(value) if isinstance(value, dict) else 0):
        try:
            json.loads(content, object_pairs_hook=_require_unique)
        except RecursionError as error:
            raise _make_refusal("It is nested too deeply.") from error
    return value


def _require_unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise _make_refusal(f'It has the key "{shorten(key)}" twice.')
        result[key] = value
    return result


def _make_refusal(text: str) -> ValidationFailed:
    return ValidationFailed(fields={"body": text})
