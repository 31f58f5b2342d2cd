"""The bodies of errors in the form that a contract of another API gives them: made of its schemas."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from mock_server.contract.compiled import Operation, Response
from mock_server.contract.error_body import USUAL, ErrorBody
from mock_server.contract.made_values import make_value
from mock_server.contract.schema import fits
from mock_server.errors import ApiError, ContractBreach, DeclaredError, ValidationFailed

Schema = Mapping[str, Any]

_MESSAGES = {
    "message",
    "detail",
    "msg",
    "errormessage",
    "errordescription",
    "description",
    "reason",
    "title",
    "text",
    "error",
}
_CODES = {"code", "errorcode", "type", "key", "errortype", "name"}
_STATUSES = {"status", "statuscode", "httpstatus", "code", "errorcode"}
_LISTS = {"errors", "detail", "details", "fields", "violations", "issues", "invalidparams", "body", "error"}
_REQUESTS = {"requestid", "traceid", "correlationid", "instance"}
_PLACES = {"loc", "location", "field", "fieldname", "param", "parameter", "path", "property", "propertyname"}
"""The fields of one of several problems that say where it is; the first has the part of the request too."""
_PLACE = "place"
"""The detail of one of several problems that has the steps to its place."""
_DEEPEST = 4
_ERRORS = 400
_LAST = 599
"""The last status, which stands for a default response here, where an operation declares its success by itself."""
MADE = "made of the schema"
"""The name of an example that nobody wrote."""
_INSTEAD: Mapping[int, tuple[int, ...]] = {400: (422,), 422: (400,), 413: (400, 422), 415: (400, 422)}
_WORDS: Mapping[int, set[str]] = {
    401: {"unauth"},
    404: {"notfound"},
    409: {"exists", "conflict", "taken"},
}
_NO_WORD = re.compile(r"[^a-z0-9]")


class ErrorAnswer(NamedTuple):
    """An error as it leaves; `is_declared`: the operation declares it. Without a media type it has no body."""

    status: int
    media_type: str
    body: bytes
    is_declared: bool


class ErrorBodies:
    """Makes the errors of a contract: each in the form of its response, or else in the one that most responses have."""

    def __init__(self, operations: Iterable[Operation], declared: ErrorBody | None = None) -> None:
        """`declared`: the `x-error-body` of the contract."""
        self._declared = declared
        forms = [
            response.form
            for operation in operations
            for status, response in operation.responses.items()
            if (status in operation.statuses or (status == _LAST and min(operation.statuses, default=_LAST) < _ERRORS))
            and status >= _ERRORS
            and response.form is not None
        ]
        counts = Counter(orjson.dumps(form, option=orjson.OPT_NON_STR_KEYS) for form in forms)
        common = counts.most_common(1)
        self._usual = orjson.loads(common[0][0]) if common else None

    def make(self, operation: Operation | None, error: ApiError, request_id: str) -> ErrorAnswer:
        """Return an error as an operation declares it; where it declares no such, in the usual form."""
        status = error.status
        response = None
        if operation is not None and not isinstance(error, ContractBreach):
            status = self._choose(operation, error)
            response = operation.responses.get(status)
        if response is None:
            return self._make_undeclared(error, request_id)
        if not response.media:
            return ErrorAnswer(status, "", b"", is_declared=True)
        media_type = next(iter(response.media))
        if response.form is None:
            text = "text/plain" if "*" in media_type else media_type
            return ErrorAnswer(status, text, describe_error(error).encode(), is_declared=True)
        media_type, schema = response.form
        return ErrorAnswer(status, media_type, self._write(error, request_id, schema, response), is_declared=True)

    @staticmethod
    def _choose(operation: Operation, error: ApiError) -> int:
        """The status of an error, or one in its place that the operation declares."""
        if error.status in operation.statuses:
            return error.status
        instead = _INSTEAD.get(error.status, ())
        return next((each for each in instead if each in operation.statuses), error.status)

    def _make_undeclared(self, error: ApiError, request_id: str) -> ErrorAnswer:
        if self._declared is None and self._usual is not None:
            media_type, schema = self._usual
            body = orjson.dumps(fill_error(schema, error, request_id))
            return ErrorAnswer(error.status, media_type, body, is_declared=False)
        shown = _make_declared(self._declared or USUAL, error, request_id, error.code)
        return ErrorAnswer(error.status, "application/json", orjson.dumps(shown), is_declared=False)

    def _write(self, error: ApiError, request_id: str, schema: Schema, response: Response) -> bytes:
        """The first body that fits: that of `x-error-body`, one with the message in it, or one of the schema alone."""
        validator = next(iter(response.media.values()))
        codes = list(_find_codes(each.body for each in response.samples if each.name != MADE))
        code = _choose_word(codes, error) if codes else error.code
        tries = [] if self._declared is None else [_make_declared(self._declared, error, request_id, code)]
        made = make_value({}, schema)
        for body in (*tries, fill_error(schema, error, request_id, codes), made):
            written = orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS, default=str)
            if validator is None or fits(validator, orjson.loads(written)):
                return written
        samples = [each.body for each in response.samples]
        return orjson.dumps(samples[0] if samples else made, option=orjson.OPT_NON_STR_KEYS, default=str)


def _make_declared(form: ErrorBody, error: ApiError, request_id: str, code: str) -> dict[str, Any]:
    """The body in a form; what is wrong with each field is told in the message where the form has no details."""
    message = error.message if "details" in form.paths else describe_error(error)
    return form.make(code, message, request_id, error.details or None)


def _find_codes(examples: Iterable[Any]) -> Iterator[str]:
    """The codes that examples of errors have, at their root or in their error."""
    for example in examples:
        inner = example.get("error") if isinstance(example, Mapping) else None
        for place in (example, inner):
            for name, value in place.items() if isinstance(place, Mapping) else ():
                if isinstance(value, str) and _NO_WORD.sub("", name.lower()) in {"code", "errorcode"}:
                    yield value


def describe_error(error: ApiError) -> str:
    """Return what is wrong, with the places that it is wrong in: another API may have no field for these."""
    fields = error.details.get("fields")
    places = [f"{name}: {text}" for name, text in fields.items()] if isinstance(fields, dict) else []
    return " ".join([error.message, *places])


def fill_error(schema: Schema, error: ApiError, request_id: str, codes: Sequence[str] = (), depth: int = 0) -> Any:
    """Return a value of a schema in which the fields that are called so have the message, the code and the status.

    `codes`: those that examples show.
    """
    made = make_value({}, schema)
    if not isinstance(made, dict) or depth > _DEEPEST:
        return describe_error(error) if isinstance(made, str) and depth else made
    fields = _read_properties(schema)
    says_message = False
    for name, each in sorted(fields.items(), key=lambda item: _NO_WORD.sub("", item[0].lower()) == "error"):
        plain, kind = _NO_WORD.sub("", name.lower()), each.get("type")
        if kind == "string" and plain in _REQUESTS and "format" not in each:
            made[name] = request_id
        elif kind in {"integer", "number"} and plain in _STATUSES:
            made[name] = error.status
        elif kind == "string" and plain in _MESSAGES and not (plain == "error" and says_message):
            made[name] = describe_error(error) if not each.get("enum") else _choose_word(each["enum"], error)
            says_message = True
        elif kind == "string" and plain in {*_CODES, "error"} and "format" not in each:
            known = each.get("enum") or codes
            made[name] = _choose_word(known, error) if known else error.code
        elif plain in _LISTS or kind == "object":
            made[name] = _fill_inside(each, error, request_id, codes, depth)
    return made


def _fill_inside(schema: Schema, error: ApiError, request_id: str, codes: Sequence[str], depth: int) -> Any:
    if schema.get("type") == "array":
        items = schema.get("items", {})
        several = list(_list_problems(error))[: schema.get("maxItems")] if _read_properties(items) else []
        filled = (fill_error(items, each, request_id, codes, depth + 1) for each in several or [error])
        return [_with_place(items, made, each) for made, each in zip(filled, several or [error], strict=True)]
    if not _read_properties(schema) and schema.get("type") == "object":
        return _fill_map(schema, error)
    return fill_error(schema, error, request_id, codes, depth + 1)


def _list_problems(error: ApiError) -> Iterator[ApiError]:
    """Each field that is wrong as an error of its own, with its place."""
    fields = error.details.get("fields")
    locations = error.locations if isinstance(error, ValidationFailed) else {}
    for name, text in fields.items() if isinstance(fields, dict) else ():
        steps = (name,) if name in locations else tuple(name.split("."))
        part = locations.get(name, "body")
        place = steps if steps == (part,) else (part, *steps)
        yield DeclaredError(error.code, error.status, text, details={_PLACE: place})


def _with_place(schema: Schema, made: Any, error: ApiError) -> Any:
    """One of several problems with its place in the fields that are called so."""
    if not isinstance(made, dict):
        return made
    fields = {name: each for name, each in _read_properties(schema).items() if each.get("type") in {"array", "string"}}
    plain = {name: _NO_WORD.sub("", name.lower()) for name in fields}
    places = {
        name: _write_place(fields[name], word, error, made.get(name)) for name, word in plain.items() if word in _PLACES
    }
    return {**made, **{name: place for name, place in places.items() if place is not None}}


def _write_place(schema: Schema, word: str, error: ApiError, made: Any) -> Any:
    """Return the place of a problem as a list of steps or as one text; the value made of the schema without a place."""
    found = error.details.get(_PLACE)
    steps = found if isinstance(found, tuple) else ()
    own = steps if word == "loc" or len(steps) == 1 else steps[1:]
    if schema.get("type") == "string":
        return ".".join(own) or made
    is_text = schema.get("items", {}).get("type") == "string"
    written = [int(each) if each.isdigit() and not is_text else each for each in own]
    return made if len(written) < schema.get("minItems", 0) else written


def _fill_map(schema: Schema, error: ApiError) -> Any:
    """Return the problems by field, where a map of texts or of lists of texts is asked for."""
    fields = error.details.get("fields")
    found = fields if isinstance(fields, dict) else {}
    inner = schema.get("additionalProperties")
    if isinstance(inner, Mapping) and inner.get("type") == "array":
        return {name: [text] for name, text in found.items()}
    return dict(found)


def _read_properties(schema: Schema) -> dict[str, Schema]:
    found: dict[str, Schema] = {}
    for part in (*schema.get("allOf", ()), *schema.get("oneOf", ())[:1], *schema.get("anyOf", ())[:1]):
        found |= _read_properties(part)
    return found | dict(schema.get("properties", {}))


def _choose_word(options: Sequence[Any], error: ApiError) -> Any:
    """The option that is most like a code: the same, one with the same words, or the first."""
    code = _NO_WORD.sub("", error.code.lower())
    words = _WORDS.get(error.status, {code})
    for option in options:
        plain = _NO_WORD.sub("", str(option).lower())
        if plain == code or any(word in plain for word in words):
            return option
    return options[0]
