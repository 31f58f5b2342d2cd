"""The check of answers against the contract before they leave."""

from __future__ import annotations

from typing import Any

import orjson

from mock_server.contract.compiled import Contract, Operation, Parameter, Response, find_by_media_type
from mock_server.contract.schema import Validator, describe_problems, fits
from mock_server.pipeline.gates.body import read_media_type
from mock_server.pipeline.gates.parameters import read, read_all
from mock_server.state.rendered import Rendered
from mock_server.worlds.answer import Answer


def find_breach(contract: Contract, operation: Operation | None, answer: Answer, source: object = None) -> str | None:
    """Return how an answer breaks the contract, or None. `source` is what its body was rendered from.

    An answer of no operation (unknown path or method) has the shape of every error.
    """
    if operation is None:
        return _find_json_problem(contract.error, answer.body)
    declared = operation.responses.get(answer.status)
    if declared is None:
        return f"the status {answer.status} is not declared"
    headers = answer.headers
    for name, header in declared.headers.items():
        if problem := _find_header_problem(header, headers.get(name)):
            return problem
    return _find_body_problem(declared, answer, source)


def _find_body_problem(declared: Response, answer: Answer, source: object) -> str | None:
    if not declared.media:
        return "a body is not declared" if answer.body else None
    if declared.body_optional and not answer.body:
        return None
    media_type = read_media_type(answer.headers[b"content-type"])
    try:
        validator = find_by_media_type(declared.media, media_type)
    except KeyError:
        return f"the media type {media_type} is not declared for {answer.status}"
    if validator is None:
        return None
    if type(source) is Rendered and source.content is answer.body:
        return _find_kept_problem(validator, source)
    return _find_json_problem(validator, answer.body)


def _find_kept_problem(validator: Validator, kept: Rendered) -> str | None:
    """Check rendered bytes that are kept; those that fitted the schema before are not parsed again."""
    if kept.accepted is validator:
        return None
    problem = _find_json_problem(validator, kept.content)
    if problem is None:
        kept.accepted = validator
    return problem


def _find_json_problem(validator: Validator, body: bytes) -> str | None:
    """Parse the bytes that leave and check them, so that a fault of serialisation is found too."""
    try:
        value: Any = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        return f"the body is not JSON: {error}"
    if fits(validator, value):
        return None
    found = describe_problems(validator, value, whole="body")
    return "; ".join(f"{place}: {text}" for place, text in found.items())


def _find_header_problem(header: Parameter, value: bytes | None) -> str | None:
    if value is None:
        return f"the header {header.name} is missing" if header.required else None
    if header.validator is None:
        return None
    text = value.decode("latin-1")
    if fits(header.validator, read_all(header, [text]) if header.many else read(text, header.type)):
        return None
    return f"the header {header.name} is not what the contract says"
