"""The verdict of the contract alone on a request's body: well-formed, or which refusals are true of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.contract.contract import Contract, JsonObject, Operation, Provenance
from conformance.contract.routing import cache_by_contract
from conformance.contract.schemas import Complaint, Schemas, get_schemas, parse_value, replace_surrogates
from conformance.http import multipart
from conformance.http.exchange import Headers, Request
from conformance.oracle.breach import DataEffect

FRAMING = 64 * 1024  # what a multipart body may have beside its largest part
LONGEST_KEPT = 64 * 1024
"""Bytes up to which it is kept how a body was read."""

LIMITS = frozenset({"minLength", "maxLength", "pattern", "enum"})
"""The keywords that a schema may have of a text, and of bytes too."""


@dataclass(frozen=True)
class Answer:
    """One right answer, and the rule that makes it right."""

    status: int
    code: str | None
    rule: str
    provenance: Provenance = Provenance.SEED
    """The provenance of its status or code; weaker where it relies on a keyword of a schema with a weaker one."""
    effect: DataEffect | None = None
    """The effect on data of a success in the place of this refusal, or of a "not found" in that of this success."""
    wrongful: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    """The rule that each refusal in the place of a success would break, by code."""

    def __str__(self) -> str:
        return f"{self.status} {self.code}" if self.code else str(self.status)


@dataclass(frozen=True, slots=True)
class ReadBody:
    """A body as its operation takes it."""

    value: Any = None  # JSON value, bytes, or part name to content; None where it could not be read
    certain: frozenset[Answer] = frozenset()  # refusals that are true of it
    possible: frozenset[Answer] = field(default=frozenset())  # refusals that the contract leaves open
    is_known: bool = True
    """Whether it is known what was asked: not of one that was not recorded, nor of one that need not be there."""


_BEYOND = re.compile("[\U00010000-\U0010ffff]")
"""The characters that are two UTF-16 units each."""
_BLANK = re.compile("[\x1c-\x1f\x85\u180e\ufeff]")
"""Blanks of patterns in some languages alone: U+FEFF in ECMA-262, the others in Python or in older Unicode."""
_READ_OTHERWISE = ((_BEYOND, "\ufffd\ufffd"), (_BLANK, " "), (_BLANK, "\ufffd"))
"""Characters for which right readers may take others, each with what those are like."""
NOT_JSON = Answer(400, "validation_error", "PROTOCOL-JSON")
NOT_VALID = Answer(400, "validation_error", "CONTRACT-INVALID-REFUSED")
OTHER_TYPE = Answer(415, "unsupported_media_type", "PROTOCOL-MEDIA-TYPE")
TOO_LARGE = Answer(413, "payload_too_large", "PROTOCOL-BODY-LIMIT")


def read_body(contract: Contract, operation: Operation, request: Request) -> ReadBody:
    """Return the body of a request for operation, with what the contract says against it."""
    if operation.body is not None and request.content and len(request.content) <= LONGEST_KEPT:
        return _read_short(contract, operation, request.headers, request.content)
    return _read(contract, operation, request)


@cache_by_contract(64)  # one is read when its answer is expected, and again when that has come
def _read_short(contract: Contract, operation: Operation, headers: Headers, content: bytes) -> ReadBody:
    return _read(contract, operation, Request(None, operation.method, operation.path, {}, "", headers, content))


def _read(contract: Contract, operation: Operation, request: Request) -> ReadBody:
    content, media_type, possible = request.content or b"", request.media_type, set[Answer]()
    if operation.body is None:
        return ReadBody(possible=list_refusals_of_unasked(operation, request))
    if not content and not operation.body.is_required:
        return ReadBody(possible=frozenset({NOT_JSON, OTHER_TYPE}), is_known=False)  # what it means is not said
    if media_type is None:
        media_type = next(iter(operation.body.schemas))
        possible.add(OTHER_TYPE)
    is_form = media_type == multipart.MEDIA_TYPE and media_type in operation.body.schemas
    certain = _check_sizes(operation, content, FRAMING if is_form else 0)
    schema = operation.body.schemas.get(media_type)
    if schema is None:
        if not content:
            possible.add(NOT_JSON)
        return ReadBody(None, frozenset(certain | {OTHER_TYPE}), frozenset(possible))
    if request.find_header("content-encoding") not in (None, "identity"):
        possible |= {OTHER_TYPE, NOT_VALID}
    reader = _READERS.get(media_type)
    read = reader(get_schemas(contract), operation, schema, request) if reader else ReadBody(content)
    return ReadBody(read.value, read.certain | certain, read.possible | possible)


def list_refusals_of_unasked(operation: Operation, request: Request) -> frozenset[Answer]:
    """Return refusals of a body that nobody asked for, whether they are declared or not.

    There are none where there is no such body.
    """
    if operation.body is not None or not request.content:
        return frozenset()
    refusals = frozenset({TOO_LARGE, OTHER_TYPE})
    return refusals | {NOT_VALID} if operation.method in ("GET", "DELETE") else refusals


def make_unknown_body(operation: Operation) -> ReadBody:
    """Return a body that was not recorded, of an operation that takes one."""
    refusals = (
        Answer(status, code, "CONTRACT-RIGHT-ANSWER")
        for status, response in operation.responses.items()
        for code in response.codes or (None,)
        if status >= 400 and status != 401
    )
    return ReadBody(possible=frozenset(refusals), is_known=False)


def _read_json(schemas: Schemas, _operation: Operation, schema: JsonObject, request: Request) -> ReadBody:
    content = request.content or b""
    parameters = (request.find_header("content-type") or "").partition(";")[2].lower().replace(" ", "")
    foreign = "charset=" in parameters and "charset=utf-8" not in parameters.replace('"', "")
    possible = {OTHER_TYPE, NOT_JSON} if foreign else set()
    try:
        text = content.decode()
        ways = _parse_ways(text)
    except (ValueError, RecursionError):
        return ReadBody(None, frozenset({NOT_JSON}), frozenset(possible))
    value = ways[0]
    if not isinstance(value, Mapping):
        return ReadBody(value, frozenset({NOT_JSON}), frozenset(possible))
    if "\\u0000" in text and has_nul(value):
        possible.add(NOT_VALID)  # it is kept, or refused
    if "\\u" in text and (mended := replace_surrogates(value)) != value:  # half of a character may be read as none
        ways.append(mended)
    if (unread := set_by_server(schema)) & value.keys():
        ways = [{name: each for name, each in way.items() if name not in unread} for way in ways]
        possible.add(NOT_VALID)
    return _validate_ways(schemas, schema, ways, possible)


def _validate_ways(schemas: Schemas, schema: JsonObject, ways: Sequence[Any], possible: set[Answer]) -> ReadBody:
    """Return a body that may be taken for any of these values, of which the first is the right one."""
    value, certain = ways[0], set[Answer]()
    found = [schemas.find_complaints(schema, each) for each in ways]
    if is_read_otherwise(schemas, schema, value):
        possible.add(NOT_VALID)
    elif all(found):
        certain.add(_refuse_invalid(found[0]))
    elif len(ways) > 1:
        possible |= {NOT_JSON, NOT_VALID}
        value = ways[found.index([])]  # what a target that takes it can have read
    return ReadBody(value, frozenset(certain), frozenset(possible))


def is_read_otherwise(schemas: Schemas, schema: JsonObject, value: Any) -> bool:
    """Return whether one right reader of a schema takes a value for valid and another does not.

    A text's length is counted in code points or in UTF-16 units; what a blank of a pattern is differs by language.
    """
    others = [other for each in _READ_OTHERWISE if (other := _convert_texts(value, *each)) != value]
    return bool(others) and len({bool(schemas.find_complaints(schema, each)) for each in (value, *others)}) > 1


def _convert_texts(value: Any, found: re.Pattern[str], put: str) -> Any:
    """Return the value with texts that have something else in the place of what is found."""
    if isinstance(value, str):
        return found.sub(put, value)
    if isinstance(value, Mapping):
        return {name: _convert_texts(each, found, put) for name, each in value.items()}
    return [_convert_texts(each, found, put) for each in value] if isinstance(value, list) else value


def has_nul(value: Any) -> bool:
    """Return whether a text in the value has U+0000, which is kept or refused."""
    if isinstance(value, str):
        return "\0" in value
    parts = [*value, *value.values()] if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return any(map(has_nul, parts))


def _parse_ways(text: str) -> list[Any]:
    """Return the values for which a text may be taken: of a key that is there twice the last counts, or the first."""
    repeated = False

    def with_the_last(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated
        kept = dict(pairs)
        repeated = repeated or len(kept) != len(pairs)
        return kept

    ways = [json.loads(text, object_pairs_hook=with_the_last, parse_constant=_refuse_constant)]
    if repeated:
        ways.append(json.loads(text, object_pairs_hook=lambda pairs: dict(reversed(pairs))))
    return ways


def _refuse_invalid(complaints: Iterable[Complaint]) -> Answer:
    """Return the refusal, as well founded as the best founded keyword that is broken."""
    return replace(NOT_VALID, provenance=max(complaint.provenance for complaint in complaints))


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _read_form(schemas: Schemas, operation: Operation, schema: JsonObject, request: Request) -> ReadBody:
    try:
        parts = multipart.decode(request.content or b"", request.find_header("content-type") or "")
    except multipart.NotMultipart:
        return ReadBody(None, frozenset({NOT_VALID}), frozenset({OTHER_TYPE}))
    names = [part.name for part in parts]
    properties = schema.get("properties", {})
    values: dict[str, Any] = {part.name: part.content for part in reversed(parts) if part.name in properties}
    files = {name for name, each in properties.items() if _is_of_files(each)}
    values |= {name: tuple(part for part in parts if part.name == name) for name in files & values.keys()}
    certain = {answer for value in values.values() for answer in _check_sizes(operation, _join_bytes(value))}
    # A part without its own limits is the same to the schema whatever its bytes are, and there may be very many.
    binary = {name for name, each in properties.items() if each.get("format") == "binary" and not LIMITS & each.keys()}
    instance = {
        name: [""] * len(value) if name in files else "" if name in binary else _parse_part(properties[name], value)
        for name, value in values.items()
    }
    if complaints := schemas.find_complaints(schema, instance):
        certain.add(_refuse_invalid(complaints))
    twice = any(names.count(name) > 1 for name in properties.keys() - files)
    possible = {NOT_VALID} if twice or has_nul(instance) else set()
    return ReadBody(values, frozenset(certain), frozenset(possible))


def _is_of_files(schema: JsonObject) -> bool:
    """Return whether a part of a form may be there several times, each time with a file."""
    return schema.get("type") == "array" and schema.get("items", {}).get("format") == "binary"


def _join_bytes(value: Any) -> bytes:
    """Return all bytes of a part, of several files together."""
    return value if isinstance(value, bytes) else b"".join(part.content for part in value)


def _parse_part(schema: JsonObject, value: bytes) -> Any:
    """Return the value that a part stands for."""
    return parse_value(schema, value.decode("utf-8", "replace"))


_READERS = {"application/json": _read_json, multipart.MEDIA_TYPE: _read_form}


def _check_sizes(operation: Operation, content: bytes, allowance: int = 0) -> set[Answer]:
    limit = operation.max_body
    return {TOO_LARGE} if limit is not None and len(content) > limit + allowance else set()


def set_by_server(schema: JsonObject) -> frozenset[str]:
    """Return names of the fields of a body that count for nothing where they are sent (`readOnly`)."""
    return frozenset(name for name, each in schema.get("properties", {}).items() if each.get("readOnly") is True)


def list_fields(operation: Operation) -> Iterator[str]:
    """Yield names of the body's fields or parts, whatever its media type."""
    schemas = operation.body.schemas.values() if operation.body else ()
    yield from dict.fromkeys(name for schema in schemas for name in schema.get("properties", {}))
