"""Values of a schema as texts, as parameters and the parts of a form have them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any


def parse_value(schema: Mapping[str, Any], text: str) -> Any:
    """Return the value that a text stands for; the text itself where it stands for none of the schema's type."""
    kinds = schema.get("type")
    kind = next((each for each in kinds if each != "null"), None) if isinstance(kinds, list) else kinds
    read = _READERS.get(str(kind))
    return text if read is None else read(text)


def _parse_boolean(text: str) -> Any:
    return {"true": True, "false": False}.get(text, text)


def _parse_integer(text: str) -> Any:
    return int(text) if text.removeprefix("-").isdecimal() and text.isascii() else text


def _parse_number(text: str) -> Any:
    try:
        return float(text) if math.isfinite(float(text)) else text
    except ValueError:
        return text


_READERS: Mapping[str, Callable[[str], Any]] = {
    "boolean": _parse_boolean,
    "integer": _parse_integer,
    "number": _parse_number,
}
