"""Values of texts in a path, a query, a header or a form, by the types of their schemas."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from mock_server.bounded_cache import bounded_cache
from mock_server.contract.compiled import Parameter

_INTEGER = re.compile(r"-?[0-9]{1,20}")
_NUMBER = re.compile(r"-?[0-9]{1,300}(\.[0-9]{1,300})?([eE][+-]?[0-9]{1,2})?")
_BOOLEANS = {"true": True, "false": False}


@bounded_cache
def media_type_of(header: bytes) -> str:
    """The media type that a Content-Type names, in lower case, without its parameters."""
    return header.decode("latin-1").partition(";")[0].strip().lower()


def read(text: str, kind: str) -> Any:
    """The value that a text stands for; the text itself where it is not of this type.

    The schema then refuses it in its own words.
    """
    if kind == "integer" and _INTEGER.fullmatch(text):
        return int(text)
    if kind == "number" and _NUMBER.fullmatch(text):
        return float(text)
    if kind == "boolean":
        return _BOOLEANS.get(text, text)
    return text


def read_all(parameter: Parameter, texts: Sequence[str]) -> list[Any]:
    """The items of an array, written as its style has it: in one text, or in so many."""
    if parameter.separator is not None:
        texts = [text.strip(" ") for text in texts[0].split(parameter.separator)]
    return [read(text, parameter.type) for text in texts]
