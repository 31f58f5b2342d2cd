"""Defects in which bodies are taken."""

from __future__ import annotations

import re
from typing import Any

from msgspec.structs import replace

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.requests import PACK, SAME, patched, wrong_body, wrong_json
from benchmarks.planted_defects.scene import SLACK, Scene, list_wrong_fields, pack_files, read_status
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.answers import make_refusal, with_body, wrong_answer
from mock_server.pipeline.gates.target import check_declared_length
from mock_server.settings import MIB
from mock_server.worlds.answer import Answer
from mock_server.worlds.call import Call

defect = Declarer(__name__)

_COMMENT = re.compile(rb"^\s*/\*.*?\*/\s*")
_VISIBILITY_PART = re.compile(rb'(name="visibility"\r\n(?:[^\r\n]+\r\n)*\r\n)(?!(?:org|community)\r\n)[^\r\n]*\r\n')
_TOO_LARGE = errors.ValidationFailed(fields={"body": "The file is too large."})
INVALID, TOO_LARGE = "400 validation_error", "413 payload_too_large"
JSON, TONES = {"Content-Type": "application/json"}, "/packs/pack_acme_pager/files/data/tones.bin"


def _known_keys(said: Any, *names: str) -> Any:
    return {key: value for key, value in said.items() if key in names} if isinstance(said, dict) else said


def sent(scene: Scene, method: str, **fields: Any) -> str:
    """Return what a request to the pack with these fields is answered."""
    return read_status(scene.ask(method, PACK, json=fields))


def fields_of_empty(scene: Scene) -> list[str]:
    return list_wrong_fields(scene.ask("PATCH", PACK, content=b"", headers=JSON))


defect("visibility-extra-key-ignored", "PACK-PATCH-BODY", "CONTRACT-INVALID-REFUSED", on=ids.PATCH)(
    "Keys beside visibility are ignored in a PATCH.",
    wrong_json.make_plan(lambda said: _known_keys(said, "visibility")),
    shown(INVALID, "200", sent, "PATCH", visibility="org", name="other"),
)
defect("contract-extra-key-ignored", "CONTRACT-INVALID-REFUSED", on=ids.CREATE + ids.REPLACE_IMAGE)(
    "Unknown keys are ignored in the bodies that name an image.",
    wrong_json.make_plan(lambda said: _known_keys(said, "image_ref", "visibility")),
    shown(INVALID, "200", sent, "PUT", image_ref=f"{SLACK}:1.3.0", note="new"),
)
defect("contract-unknown-visibility", "CONTRACT-INVALID-REFUSED", on=ids.UPLOAD)(
    "A visibility that is none counts as org in an upload.",
    wrong_body.make_plan(lambda sent: _VISIBILITY_PART.sub(rb"\1org\r\n", sent)),
    shown(INVALID, "201", lambda scene: read_status(scene.upload(pack_files(), visibility="private"))),
)
defect("contract-undeclared-status", "CONTRACT-STATUS-DECLARED", "ENVELOPE-CODE-STATUS")(
    "What is not well-formed is a 422.",
    wrong_answer(400).make_plan(lambda answer: answer._replace(status=422)),
    shown(INVALID, "422 validation_error", sent, "PATCH", visibility="private"),
)
defect("protocol-empty-body", "PROTOCOL-JSON", "ENVELOPE-FIELDS", on=ids.JSON_BODIES)(
    "An empty body is read as an empty object, and its missing field named.",
    wrong_body.make_plan(lambda sent: sent or b"{}"),
    shown(["body"], ["visibility"], fields_of_empty),
)
defect("protocol-comments", "PROTOCOL-JSON", "PACK-PATCH-BODY", on=ids.JSON_BODIES)(
    "Comments before a JSON body are taken off.",
    wrong_body.make_plan(lambda sent: _COMMENT.sub(b"", sent)),
    shown(INVALID, "200", patched, b"/* as before */ " + SAME),
)
defect("protocol-too-large-invalid", "PROTOCOL-BODY-LIMIT", on=ids.REPLACE_FILE)(
    "A file that is too large is a 400.",
    wrong_answer(413).make_plan(lambda answer: make_refusal(answer, _TOO_LARGE)),
    shown(TOO_LARGE, INVALID, lambda scene: read_status(scene.put(TONES, bytes(8 * MIB + 1)))),
)


@defect("visibility-null-is-org", "PACK-PATCH-BODY", "CONTRACT-INVALID-REFUSED", on=ids.PATCH).by(wrong_json)
@shown(INVALID, "200", sent, "PATCH", visibility=None)
def null_is_org(said: Any) -> Any:
    """A visibility of null takes a pack back into its org."""
    is_null = isinstance(said, dict) and said.get("visibility", 0) is None
    return {**said, "visibility": "org"} if is_null else said


@defect("contract-server-error", "CONTRACT-NO-SERVER-ERROR", "PROTOCOL-JSON", "ENVELOPE-EVERY-ERROR").by(
    wrong_answer(400)
)
@shown(INVALID, "500", patched, b'{"visibility"')
def server_error(answer: Answer) -> Answer:
    """A body that is not JSON makes the server fail."""
    failed = with_body(answer, b"Internal Server Error", b"text/plain")._replace(status=500)
    return failed if b'"body":' in answer.body else answer


@defect("protocol-utf-16", "PROTOCOL-JSON", on=ids.JSON_BODIES).by(wrong_body)
@shown(INVALID, "200", patched, SAME.decode().encode("utf-16"))
def utf_16(sent: bytes) -> bytes:
    """A JSON body in UTF-16 is taken."""
    try:
        return sent.decode("utf-16").encode() if sent[:2] in (b"\xff\xfe", b"\xfe\xff") else sent
    except UnicodeError:
        return sent


@defect("protocol-patch-unlimited", "PROTOCOL-BODY-LIMIT", on=ids.PATCH).reads(check_declared_length)
@shown(TOO_LARGE, "200", patched, SAME.ljust(MIB + 1))
def patch_unlimited(call: Call) -> None:
    """A PATCH may have a body as long as that of a file."""
    call.operation = replace(call.operation, max_body=8 * MIB)
