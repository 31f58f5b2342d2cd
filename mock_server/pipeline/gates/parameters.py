"""The gate of parameters of path, query and headers, and the values of texts by the types of their schemas."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote

from mock_server.contract.compiled import Operation, Parameter
from mock_server.contract.schema import describe_problems, shorten
from mock_server.errors import ValidationFailed
from mock_server.worlds.call import Call

_NONE: Mapping[str, Any] = {}
_INTEGER = re.compile(r"-?[0-9]{1,20}")
_NUMBER = re.compile(r"-?[0-9]{1,300}(\.[0-9]{1,300})?([eE][+-]?[0-9]{1,2})?")
_BOOLEANS = {"true": True, "false": False}
_ENCODED = (
    "A slash between its segments is percent-encoded: send it bare, as in guides/x.md, and encode each segment by "
    "itself. A generated client has a setting for it, such as pathSerializer of openapi-fetch; docs/mock.md has the "
    "line."
)


def check_parameters(call: Call) -> None:
    """400 naming each parameter that is unknown, missing, repeated or not what it must be."""
    operation = call.operation
    found: dict[str, str] = {}
    if operation.plain_path and "%" not in call.path:
        call.path_values = call.raw_path_values
    else:
        call.path_values = _read_path(operation, call.raw_path_values, found)
    if call.query_string or operation.query_parameters:
        call.query = _read_query(operation, call.query_string, found)
    else:
        call.query = _NONE
    call.header_values = _read_headers(operation, call.headers, found) if operation.header_parameters else _NONE
    if found:
        raise ValidationFailed(fields=found, locations=_locate(operation, found))


def _locate(operation: Operation, names: Iterable[str]) -> dict[str, str]:
    """Return the places of parameters of these names; one that the operation does not have is in the query."""
    known = {each.name: "header" for each in operation.header_parameters}
    known |= {each.name: "path" for each in operation.path_parameters}
    return {name: known.get(name, "query") for name in names}


def _read_path(operation: Operation, raw: Mapping[str, str], found: dict[str, str]) -> Mapping[str, Any]:
    values: dict[str, Any] = {}
    for parameter in operation.path_parameters:
        sent = raw[parameter.name]
        text = unquote(sent) if "%" in sent else sent
        if parameter.strict and (problem := _find_path_problem(sent, text)):
            found[parameter.name] = problem
        else:
            values[parameter.name] = _read_one(parameter, [text], found)
    return values


def _find_path_problem(sent: str, text: str) -> str | None:
    """Return what is wrong with a path of slashes: an empty segment, `.` or `..`, or what no file can have."""
    if "%2f" in sent.lower():
        return _ENCODED
    if "\0" in text:
        return "The path holds a NUL."
    for segment in text.split("/"):
        if segment in {"", ".", ".."}:
            return f'A segment of the path is "{segment}".' if segment else "A segment is empty."
    return None


def _read_query(operation: Operation, sent: bytes, found: dict[str, str]) -> Mapping[str, Any]:
    known = operation.query_parameters
    texts: dict[str, list[str]] = {name: [] for name in known}
    for name, text in parse_qsl(sent.decode("latin-1"), keep_blank_values=True):
        if name in known:
            texts[name].append(text)
        elif name != operation.query_key and not operation.takes_any_query:
            found[shorten(name)] = "This operation has no such query parameter."
    values = {name: _read_one(known[name], each, found) for name, each in texts.items()}
    return {name: value for name, value in values.items() if value is not None}


def _read_headers(operation: Operation, sent: Mapping[bytes, bytes], found: dict[str, str]) -> Mapping[str, Any]:
    texts = {p.name: sent.get(p.name.lower().encode()) for p in operation.header_parameters}
    return {
        p.name: _read_one(p, [] if (text := texts[p.name]) is None else [text.decode("latin-1")], found)
        for p in operation.header_parameters
    }


def _read_one(parameter: Parameter, texts: list[str], found: dict[str, str]) -> Any:
    """The value of a parameter that was sent so many times, its default where it was not; None for what is wrong."""
    if not texts:
        if parameter.required:
            found[parameter.name] = "It is required."
            return None
        return parameter.default
    if len(texts) > 1 and (not parameter.many or parameter.separator is not None):
        found[parameter.name] = "It stands there more than once."
        return None
    value = read_all(parameter, texts) if parameter.many else read(texts[0], parameter.type)
    if parameter.validator is not None and (
        wrong := describe_problems(parameter.validator, value, whole=parameter.name)
    ):
        found[parameter.name] = next(iter(wrong.values()))
        return None
    return value


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
