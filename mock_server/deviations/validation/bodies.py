"""Defects in which bodies are taken."""

from __future__ import annotations

import re
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

from mock_server.deviations import deviation
from mock_server.deviations.answers import refused, with_body, with_status_spoilt
from mock_server.deviations.requests import with_sent, with_sent_json
from mock_server.errors import ValidationFailed
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.target import declared_length
from mock_server.pipeline.hooks import Seams
from mock_server.settings import MIB
from mock_server.worlds.answer import Answer
from mock_server.worlds.call import Call

_PATCH = ("packs.update_visibility",)
_IMAGES = ("packs.create", "packs.replace_image")
_JSON = (*_IMAGES, *_PATCH)
_VISIBILITY_PART = re.compile(rb'(name="visibility"\r\n(?:[^\r\n]+\r\n)*\r\n)(?!(?:org|community)\r\n)[^\r\n]*\r\n')


def _known_keys(said: Any, *names: str) -> Any:
    return {key: value for key, value in said.items() if key in names} if isinstance(said, dict) else said


@deviation("visibility-extra-key-ignored", "PACK-PATCH-BODY", "CONTRACT-INVALID-REFUSED", on=_PATCH)
def patch_extra_key_ignored(seams: Seams) -> Seams:
    """Keys beside visibility are ignored in a PATCH."""
    return with_sent_json(seams, lambda said: _known_keys(said, "visibility"))


@deviation("visibility-null-is-org", "PACK-PATCH-BODY", "CONTRACT-INVALID-REFUSED", on=_PATCH)
def null_is_org(seams: Seams) -> Seams:
    """A visibility of null takes a pack back into its org."""

    def meant(said: Any) -> Any:
        return {**said, "visibility": "org"} if isinstance(said, dict) and said.get("visibility", 0) is None else said

    return with_sent_json(seams, meant)


@deviation("contract-extra-key-ignored", "CONTRACT-INVALID-REFUSED", on=_IMAGES)
def extra_key_ignored(seams: Seams) -> Seams:
    """Unknown keys are ignored in the bodies that name an image."""
    return with_sent_json(seams, lambda said: _known_keys(said, "image_ref", "visibility"))


@deviation("contract-unknown-visibility", "CONTRACT-INVALID-REFUSED", on=("packs.upload",))
def unknown_visibility(seams: Seams) -> Seams:
    """A visibility that is none counts as org in an upload."""
    return with_sent(seams, lambda sent: _VISIBILITY_PART.sub(rb"\1org\r\n", sent))


@deviation("contract-undeclared-status", "CONTRACT-STATUS-DECLARED", "ENVELOPE-CODE-STATUS")
def undeclared_status(seams: Seams) -> Seams:
    """What is not well-formed is a 422."""
    return with_status_spoilt(seams, {400}, lambda answer: answer._replace(status=422))


@deviation("contract-server-error", "CONTRACT-NO-SERVER-ERROR", "PROTOCOL-JSON", "ENVELOPE-EVERY-ERROR")
def server_error(seams: Seams) -> Seams:
    """A body that is not JSON makes the server fail."""

    def change(_call: Call, answer: Answer) -> Answer:
        if answer.status != 400 or b'"body":' not in answer.body:
            return answer
        return with_body(answer, b"Internal Server Error", b"text/plain")._replace(status=500)

    return seams.with_answer(change)


@deviation("protocol-empty-body", "PROTOCOL-JSON", "ENVELOPE-FIELDS", on=_JSON)
def empty_body(seams: Seams) -> Seams:
    """An empty body is read as an empty object, and its missing field named."""
    return with_sent(seams, lambda sent: sent or b"{}")


@deviation("protocol-utf-16", "PROTOCOL-JSON", on=_JSON)
def utf_16(seams: Seams) -> Seams:
    """A JSON body in UTF-16 is taken."""

    def recoded(sent: bytes) -> bytes:
        try:
            return sent.decode("utf-16").encode() if sent[:2] in (b"\xff\xfe", b"\xfe\xff") else sent
        except UnicodeError:
            return sent

    return with_sent(seams, recoded)


@deviation("protocol-patch-unlimited", "PROTOCOL-BODY-LIMIT", on=_PATCH)
def patch_unlimited(seams: Seams) -> Seams:
    """A PATCH may have a body as long as that of a file."""

    def wider(right: Gate, call: Call) -> Awaitable[None] | None:
        call.operation = replace(call.operation, max_body=8 * MIB)
        return right(call)

    return seams.with_gate(declared_length, wider)


@deviation("protocol-too-large-invalid", "PROTOCOL-BODY-LIMIT", on=("packs.replace_file",))
def too_large_invalid(seams: Seams) -> Seams:
    """A file that is too large is a 400."""
    refusal = ValidationFailed(fields={"body": "The file is too large."})
    return with_status_spoilt(seams, {413}, lambda answer: refused(answer, refusal))
