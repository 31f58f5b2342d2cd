"""Defects in which bodies are taken."""

from __future__ import annotations

import re
from collections.abc import Awaitable
from typing import Any

from msgspec.structs import replace

from mock_server.deviations import deviation
from mock_server.deviations.answers import refused, with_answer, with_body, with_status
from mock_server.deviations.operations import CREATE, JSON_BODIES, PATCH, REPLACE_FILE, REPLACE_IMAGE, UPLOAD
from mock_server.deviations.requests import with_gate, with_sent, with_sent_json
from mock_server.errors import ValidationFailed
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.target import declared_length
from mock_server.settings import MIB
from mock_server.worlds.answer import Answer
from mock_server.worlds.call import Call

_VISIBILITY_PART = re.compile(rb'(name="visibility"\r\n(?:[^\r\n]+\r\n)*\r\n)(?!(?:org|community)\r\n)[^\r\n]*\r\n')


def _known_keys(said: Any, *names: str) -> Any:
    return {key: value for key, value in said.items() if key in names} if isinstance(said, dict) else said


@deviation(
    "visibility-extra-key-ignored", "PACK-PATCH-BODY", "CONTRACT-INVALID-REFUSED", on=PATCH, plant=with_sent_json
)
def patch_extra_key_ignored(said: Any) -> Any:
    """Keys beside visibility are ignored in a PATCH."""
    return _known_keys(said, "visibility")


@deviation("visibility-null-is-org", "PACK-PATCH-BODY", "CONTRACT-INVALID-REFUSED", on=PATCH, plant=with_sent_json)
def null_is_org(said: Any) -> Any:
    """A visibility of null takes a pack back into its org."""
    return {**said, "visibility": "org"} if isinstance(said, dict) and said.get("visibility", 0) is None else said


@deviation("contract-extra-key-ignored", "CONTRACT-INVALID-REFUSED", on=CREATE + REPLACE_IMAGE, plant=with_sent_json)
def extra_key_ignored(said: Any) -> Any:
    """Unknown keys are ignored in the bodies that name an image."""
    return _known_keys(said, "image_ref", "visibility")


@deviation("contract-unknown-visibility", "CONTRACT-INVALID-REFUSED", on=UPLOAD, plant=with_sent)
def unknown_visibility(sent: bytes) -> bytes:
    """A visibility that is none counts as org in an upload."""
    return _VISIBILITY_PART.sub(rb"\1org\r\n", sent)


@deviation("contract-undeclared-status", "CONTRACT-STATUS-DECLARED", "ENVELOPE-CODE-STATUS", plant=with_status(400))
def undeclared_status(answer: Answer) -> Answer:
    """What is not well-formed is a 422."""
    return answer._replace(status=422)


@deviation(
    "contract-server-error", "CONTRACT-NO-SERVER-ERROR", "PROTOCOL-JSON", "ENVELOPE-EVERY-ERROR", plant=with_answer
)
def server_error(_call: Call, answer: Answer) -> Answer:
    """A body that is not JSON makes the server fail."""
    if answer.status != 400 or b'"body":' not in answer.body:
        return answer
    return with_body(answer, b"Internal Server Error", b"text/plain")._replace(status=500)


@deviation("protocol-empty-body", "PROTOCOL-JSON", "ENVELOPE-FIELDS", on=JSON_BODIES, plant=with_sent)
def empty_body(sent: bytes) -> bytes:
    """An empty body is read as an empty object, and its missing field named."""
    return sent or b"{}"


@deviation("protocol-utf-16", "PROTOCOL-JSON", on=JSON_BODIES, plant=with_sent)
def utf_16(sent: bytes) -> bytes:
    """A JSON body in UTF-16 is taken."""
    try:
        return sent.decode("utf-16").encode() if sent[:2] in (b"\xff\xfe", b"\xfe\xff") else sent
    except UnicodeError:
        return sent


@deviation("protocol-patch-unlimited", "PROTOCOL-BODY-LIMIT", on=PATCH, plant=with_gate(declared_length))
def patch_unlimited(right: Gate, call: Call) -> Awaitable[None] | None:
    """A PATCH may have a body as long as that of a file."""
    call.operation = replace(call.operation, max_body=8 * MIB)
    return right(call)


@deviation("protocol-too-large-invalid", "PROTOCOL-BODY-LIMIT", on=REPLACE_FILE, plant=with_status(413))
def too_large_invalid(answer: Answer) -> Answer:
    """A file that is too large is a 400."""
    return refused(answer, ValidationFailed(fields={"body": "The file is too large."}))
