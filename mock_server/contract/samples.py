"""Answers that an operation declares, complete, as the contract's own examples have them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson
from msgspec import Struct

from mock_server.contract.error_body import ErrorBody, read_error_body

_SET_ANYWAY = {"content-type", "content-length", "x-request-id", "date"}
_TEXT = "text/plain; charset=utf-8"
_BYTES = "application/octet-stream"


class Sample(Struct, frozen=True):
    """An example of a response; an error that no example shows has the body of another operation's example.

    `body`: bytes where it is no JSON; of an error that no operation shows its message alone.
    """

    code: str | None
    name: str | None
    media_type: str
    body: Any
    headers: tuple[tuple[str, str], ...]

    def answer_request(self, request_id: str, errors: ErrorBody) -> Any:
        """The body as the answer to this request, an error in its shape."""
        if self.code is None:
            return self.body
        if isinstance(self.body, str):
            return errors.make(self.code, self.body, request_id)
        return errors.answer_request(self.body, request_id)


def collect_error_bodies(specification: Mapping[str, Any]) -> Mapping[str, Any]:
    """An envelope of each error code that some example of a contract shows."""
    bodies: dict[str, Any] = {}
    errors = read_error_body(specification)
    for item in specification["paths"].values():
        for operation in item.values():
            responses = operation.get("responses", {}) if isinstance(operation, dict) else {}
            for response in (each for status, each in responses.items() if is_error(str(status))):
                for media_type, declared in response.get("content", {}).items():
                    for _, body in _list_examples(declared):
                        if is_json(media_type) and (code := _read_code(body, errors)) is not None:
                            bodies.setdefault(code, body)
    return bodies


def make_samples(
    declared: Mapping[str, Any], codes: Iterable[str], bodies: Mapping[str, Any], errors: ErrorBody | None
) -> tuple[Sample, ...]:
    """The samples of a declared response: its own examples, then one for each code that these leave out."""
    headers = tuple(_list_headers(declared.get("headers", {})))
    content = declared.get("content", {})
    if not content:
        return (Sample(None, None, "", b"", headers),)
    found = [
        _make_sample(media_type, name, body, headers, errors)
        for media_type, each in content.items()
        for name, body in _list_examples(each)
    ]
    shown = {sample.code for sample in found}
    for code in codes:
        if code not in shown:
            body = bodies.get(code) or f"An error {code}."
            found.append(Sample(code, None, "application/json", body, headers))
    return tuple(found)


def _make_sample(
    media_type: str, name: str | None, body: Any, headers: tuple[tuple[str, str], ...], errors: ErrorBody | None
) -> Sample:
    if is_json(media_type):
        return Sample(_read_code(body, errors), name, media_type, body, headers)
    if "*" in media_type:
        media_type = _TEXT if isinstance(body, str) else _BYTES
    content = body.encode() if isinstance(body, str) else orjson.dumps(body)
    return Sample(None, name, media_type, content, headers)


def _list_examples(declared: Mapping[str, Any]) -> Iterator[tuple[str | None, Any]]:
    """The examples of one media type, by name; one that has no name of its own comes under None."""
    for name, each in declared.get("examples", {}).items():
        if "value" in each:
            yield name, each["value"]
    schema = declared.get("schema", {})
    for place in (declared, schema):
        if "example" in place:
            yield None, place["example"]
            return


def _list_headers(declared: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, header in declared.items():
        example = header.get("example", header.get("schema", {}).get("example"))
        if example is not None and name.lower() not in _SET_ANYWAY:
            yield name, str(example)


def _read_code(body: Any, errors: ErrorBody | None) -> str | None:
    code = None if errors is None else errors.read(body, "code")
    return code if isinstance(code, str) else None


def is_error(status: str) -> bool:
    """Whether a response of this status, or class of statuses, is an error."""
    return not status.startswith(("1", "2", "3"))


def is_json(media_type: str) -> bool:
    """Whether it is the media type of JSON, or of a format that is JSON."""
    return media_type.lower() == "application/json" or media_type.lower().endswith("+json")
