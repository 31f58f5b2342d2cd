"""The bodies and responses that an operation declares in OpenAPI's own words."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from mock_server.contract.compiled import BodyKind, RequestBody, Response
from mock_server.contract.error_body import ErrorBody
from mock_server.contract.keywords import read_file_names
from mock_server.contract.parameter_styles import compile_parameter, find_type
from mock_server.contract.samples import Sample, is_error, is_json, make_samples
from mock_server.contract.schema import Compiler, Validator, collect_properties, is_binary
from mock_server.errors import UnsupportedError

_JSON_RANGES = {"application/*", "*/*"}
_IGNORED_HEADERS = {"accept", "content-type", "authorization"}
_CHOICES = ("oneOf", "anyOf")
_FORMS = ("allOf", *_CHOICES)
_ABOUT = {"type", "title", "description", "example", "externalDocs", "deprecated"}
"""Keywords of a schema of text that leave every text allowed."""


def is_ignored(place: str, name: str) -> bool:
    """Whether a parameter is one that OpenAPI ignores: such a header has its meaning from HTTP."""
    return place == "header" and name.lower() in _IGNORED_HEADERS


def read_media_type(written: str) -> str:
    """Return a media type or range in lower case, without its parameters."""
    return written.partition(";")[0].strip().lower()


def compile_body(media_type: str, declared: Mapping[str, Any], schemas: Compiler) -> RequestBody:
    """Return a request body of one media type; UnsupportedError for a kind of body that is not supported."""
    schema = declared.get("schema", {})
    kind: BodyKind
    if media_type == "multipart/form-data":
        kind = "multipart"
    elif is_json(media_type):
        kind = "json"
    elif is_binary(schema):
        kind = "bytes"
    else:
        raise UnsupportedError(f"a body of {media_type} must have the schema of a binary string")
    parts = dict(_list_parts(schema)) if kind == "multipart" else {}
    fields = collect_properties(schema)
    kept = frozenset(name for name, each in fields.items() if not each.get("writeOnly"))
    ignored = frozenset(name for name, each in fields.items() if each.get("readOnly"))
    if len(kept) == len(fields):
        return RequestBody(kind, schemas.compile(schema, side="request"), parts, read_file_names(schema), ignored)
    validator = schemas.compile(schema, side="request", mask="It")
    return RequestBody(kind, validator, parts, read_file_names(schema), ignored, kept)


def _list_parts(schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if strange := [keyword for keyword in _FORMS if keyword in schema]:
        raise UnsupportedError(f"a form must have its parts in properties of its own, not in {strange[0]}")
    for name, part in schema.get("properties", {}).items():
        kind = "bytes" if is_binary(part) else find_type(f"the part {name!r}", part)
        if kind == "array" and is_binary(part.get("items", {})):
            kind = "files"
        if kind == "array":
            raise UnsupportedError(
                f"the part {name!r} is of type array, which is not supported; let it be one value, or files"
            )
        yield name, kind


def _compile_response(
    declared: Mapping[str, Any],
    schemas: Compiler,
    bodies: Mapping[str, Any],
    errors: ErrorBody | None,
    *,
    lenient: bool,
) -> Response:
    headers = [
        compile_parameter(name.lower(), each, schemas, place="header")
        for name, each in ({} if lenient else declared.get("headers", {})).items()
        if name.lower() != "content-type"  # OpenAPI ignores it
    ]
    content = {read_media_type(written): each for written, each in declared.get("content", {}).items()}
    listed = () if errors is None else (find_error_codes(each, errors) for each in content.values())
    codes = dict.fromkeys(code for each in listed for code in each)
    return Response(
        media={
            media_type: _compile_media(media_type, each.get("schema", {}), schemas, lenient=lenient)
            for media_type, each in content.items()
        },
        headers={header.name.encode(): header for header in headers if header.required or header.validator},
        codes=tuple(codes),
        samples=_without_codes(declared) if lenient else make_samples(declared, codes, bodies, errors),
        body_optional=declared.get("x-body-optional", False),
        form=_find_form(content) if lenient else None,
    )


def _without_codes(declared: Mapping[str, Any]) -> tuple[Sample, ...]:
    """Return the examples of a response of another API, whose errors name no request."""
    return tuple(replace(each, code=None) for each in make_samples(declared, (), {}, None))


def _find_form(content: Mapping[str, Mapping[str, Any]]) -> tuple[str, Any] | None:
    """Return the media type and the schema of the JSON that a response may have; None where it has none."""
    for media_type, each in content.items():
        if is_json(media_type) or media_type in _JSON_RANGES:
            return ("application/json" if "*" in media_type else media_type), each.get("schema", {})
    return None


def _compile_media(media_type: str, schema: Mapping[str, Any], schemas: Compiler, *, lenient: bool) -> Validator | None:
    """Return the validator of a body of a media type; None where any bytes will do."""
    if is_binary(schema):
        return None
    if is_json(media_type):
        return schemas.compile(schema, side="response")
    if not schema or (schema.get("type") == "string" and not schema.keys() - _ABOUT):
        return None
    if media_type in _JSON_RANGES:
        return schemas.compile(schema, side="response")
    if lenient:
        return None
    raise UnsupportedError(f"a response of {media_type} must have the schema of a binary string, or of any string")


def find_error_codes(declared: Mapping[str, Any], errors: ErrorBody) -> list[str]:
    """Return the error codes that one media type of a response lists; empty where it leaves every code."""
    return _find_listed(declared.get("schema", {}), errors.paths.get("code", ())) or []


def _find_listed(schema: Mapping[str, Any], path: tuple[str, ...]) -> list[str] | None:
    """Return the shortest list of values for what stands at a path; None where nothing lists any.

    Where a schema gives a choice, the values of every choice are joined; one choice without a list leaves all open.
    """
    lists = [_find_listed(part, path) for part in schema.get("allOf", [])]
    for choices in (schema[form] for form in _CHOICES if schema.get(form)):
        joined: list[str] = []
        for choice in choices:
            listed = _find_listed(choice, path)
            if listed is None:
                break
            joined += [each for each in listed if each not in joined]
        else:
            lists.append(joined)
    if not path:
        lists.append(schema.get("enum"))
    elif path[0] in schema.get("properties", {}):
        lists.append(_find_listed(schema["properties"][path[0]], path[1:]))
    return min((each for each in lists if each is not None), key=len, default=None)


def find_by_status(declared: Mapping[str, Response]) -> Mapping[int, Response]:
    """Return the response of each status: its own, its class's (`4XX`), or the default."""
    found: dict[int, Response] = {}
    if "default" in declared:
        found = dict.fromkeys(range(100, 600), declared["default"])
    for first in range(1, 6):
        if f"{first}XX" in declared:
            found |= dict.fromkeys(range(first * 100, first * 100 + 100), declared[f"{first}XX"])
    return found | {int(status): each for status, each in declared.items() if status.isdigit()}


class Responses:
    """Compiles the responses of a contract, each once: most operations refer to the same errors.

    `bodies`: an example of each error code. `errors`: the shape of every error.
    """

    def __init__(
        self, schemas: Compiler, bodies: Mapping[str, Any], errors: ErrorBody, *, lenient: bool = False
    ) -> None:
        self._schemas = schemas
        self._lenient = lenient
        self._bodies = bodies
        self._errors = errors
        self._compiled: dict[bytes, Response] = {}

    def compile(self, status: str, declared: Mapping[str, Any]) -> Response:
        """Return a response of a status with the media types and headers that it declares."""
        errors = self._errors if is_error(status) else None
        content = pickle.dumps((errors is None, declared))
        if content not in self._compiled:
            self._compiled[content] = _compile_response(
                declared, self._schemas, self._bodies, errors, lenient=self._lenient
            )
        return self._compiled[content]
