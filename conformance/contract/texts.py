"""Values of a schema as texts, as parameters and the parts of a form have them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def value_of(schema: Mapping[str, Any], text: str) -> Any:
    """The value that a text stands for; the text itself where it stands for none of the schema's type."""
    read = _READERS.get(str(schema.get("type")))
    return text if read is None else read(text)


def _boolean(text: str) -> Any:
    return {"true": True, "false": False}.get(text, text)


def _integer(text: str) -> Any:
    return int(text) if text.removeprefix("-").isdecimal() and text.isascii() else text


_READERS: Mapping[str, Callable[[str], Any]] = {"boolean": _boolean, "integer": _integer}
