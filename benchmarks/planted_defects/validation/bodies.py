"""Defects in which bodies are taken."""

from __future__ import annotations

import re
from typing import Any

from msgspec.structs import replace

from benchmarks.planted_defects.planting.requests import Passing, wrong_body, wrong_gate, wrong_json
from mock_server.deviations.planting.answers import refused, with_body, wrong_answer
from mock_server.deviations.planting.ids import CREATE, JSON_BODIES, PATCH, REPLACE_FILE, REPLACE_IMAGE, UPLOAD
from mock_server.errors import ValidationFailed
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.target import declared_length
from mock_server.settings import MIB
from mock_server.worlds.answer import Answer
from mock_server.worlds.call import Call

_COMMENT = re.compile(rb"^\s*/\*.*?\*/\s*")
_VISIBILITY_PART = re.compile(rb'(name="visibility"\r\n(?:[^\r\n]+\r\n)*\r\n)(?!(?:org|community)\r\n)[^\r\n]*\r\n')


def _known_keys(said: Any, *names: str) -> Any:
    return {key: value for key, value in said.items() if key in names} if isinstance(said, dict) else said


@wrong_json("visibility-extra-key-ignored", "PACK-PATCH-BODY", "CONTRACT-INVALID-REFUSED", on=PATCH)
def patch_extra_key_ignored(said: Any) -> Any:
    """Keys beside visibility are ignored in a PATCH."""
    return _known_keys(said, "visibility")


@wrong_json("visibility-null-is-org", "PACK-PATCH-BODY", "CONTRACT-INVALID-REFUSED", on=PATCH)
def null_is_org(said: Any) -> Any:
    """A visibility of null takes a pack back into its org."""
    return {**said, "visibility": "org"} if isinstance(said, dict) and said.get("visibility", 0) is None else said


@wrong_json("contract-extra-key-ignored", "CONTRACT-INVALID-REFUSED", on=CREATE + REPLACE_IMAGE)
def extra_key_ignored(said: Any) -> Any:
    """Unknown keys are ignored in the bodies that name an image."""
    return _known_keys(said, "image_ref", "visibility")


@wrong_body("contract-unknown-visibility", "CONTRACT-INVALID-REFUSED", on=UPLOAD)
def unknown_visibility(sent: bytes) -> bytes:
    """A visibility that is none counts as org in an upload."""
    return _VISIBILITY_PART.sub(rb"\1org\r\n", sent)


@wrong_answer(400)("contract-undeclared-status", "CONTRACT-STATUS-DECLARED", "ENVELOPE-CODE-STATUS")
def undeclared_status(answer: Answer) -> Answer:
    """What is not well-formed is a 422."""
    return answer._replace(status=422)


@wrong_answer(400)("contract-server-error", "CONTRACT-NO-SERVER-ERROR", "PROTOCOL-JSON", "ENVELOPE-EVERY-ERROR")
def server_error(answer: Answer) -> Answer:
    """A body that is not JSON makes the server fail."""
    if b'"body":' not in answer.body:
        return answer
    return with_body(answer, b"Internal Server Error", b"text/plain")._replace(status=500)


@wrong_body("protocol-empty-body", "PROTOCOL-JSON", "ENVELOPE-FIELDS", on=JSON_BODIES)
def empty_body(sent: bytes) -> bytes:
    """An empty body is read as an empty object, and its missing field named."""
    return sent or b"{}"


@wrong_body("protocol-utf-16", "PROTOCOL-JSON", on=JSON_BODIES)
def utf_16(sent: bytes) -> bytes:
    """A JSON body in UTF-16 is taken."""
    try:
        return sent.decode("utf-16").encode() if sent[:2] in (b"\xff\xfe", b"\xfe\xff") else sent
    except UnicodeError:
        return sent


@wrong_body("protocol-comments", "PROTOCOL-JSON", "PACK-PATCH-BODY", on=JSON_BODIES)
def comments(sent: bytes) -> bytes:
    """Comments before a JSON body are taken off."""
    return _COMMENT.sub(b"", sent)


@wrong_gate(declared_length)("protocol-patch-unlimited", "PROTOCOL-BODY-LIMIT", on=PATCH)
def patch_unlimited(right: Gate, call: Call) -> Passing:
    """A PATCH may have a body as long as that of a file."""
    call.operation = replace(call.operation, max_body=8 * MIB)
    return right(call)


@wrong_answer(413)("protocol-too-large-invalid", "PROTOCOL-BODY-LIMIT", on=REPLACE_FILE)
def too_large_invalid(answer: Answer) -> Answer:
    """A file that is too large is a 400."""
    return refused(answer, ValidationFailed(fields={"body": "The file is too large."}))
