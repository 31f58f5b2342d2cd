"""Defects of the envelope of errors, and of the headers and types of answers."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.mistakes import sends
from benchmarks.planted_defects.scene import FREE, Scene, do_in_turn, list_wrong_fields, read_status, zip_files
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.answers import (
    edit,
    edit_error,
    rename_fields,
    with_body,
    with_header,
    without_header,
    wrong_answer,
    wrong_answer_to,
)
from mock_server.deviations.planting.deviation import wrong_hooks
from mock_server.deviations.planting.memory import read_notes
from mock_server.pipeline.hooks import Hooks
from mock_server.state.state import make_request_id
from mock_server.worlds.answer import Answer, read_error_code
from mock_server.worlds.call import Call
from mock_server.worlds.world import World

defect = Declarer(__name__)

_REQUEST_ID = b"x-request-id"
_PAGE = b"<html><body><h1>404 Not Found</h1></body></html>"
_OTHER_NAMES = {"archive": "pack.yaml"}
_TRACE = "storage/images.go:118 open: no such file"
JSON, TEXT, KEYS = "application/json", "text/plain; charset=utf-8", ["code", "message", "request_id"]
NONE, PACK, SESSION = "/packs/pack_none", "/packs/pack_01HZ", "/me/session"
UNPAID, TOO_LONG = "423 billing_inactive", b'{"visibility": "org"' + b" " * 1024 * 1024 + b"}"
EMPTIED = "/packs/pack_acme_pager/files/guides/escalation.md"


def _size_as_text(body: Any) -> Any:
    if "packs" in body:
        return {**body, "packs": [_size_as_text(each) for each in body["packs"]]}
    return {**body, "size_bytes": str(body["size_bytes"])} if "size_bytes" in body else body


def header(scene: Scene, name: str, path: str = NONE, who: str = "acme-owner") -> str:
    return str(scene.get(path, who).headers.get(name, "absent"))


def patched(scene: Scene, content: bytes) -> Any:
    return scene.ask("PATCH", PACK, content=content, headers={"Content-Type": JSON})


def type_of_415(scene: Scene) -> str:
    answer = scene.ask("POST", "/packs", content=b"hello", headers={"Content-Type": "text/plain"})
    return str(answer.headers["content-type"])


def keys(scene: Scene, path: str = NONE) -> list[str]:
    """Return the keys of an error."""
    return sorted(scene.get(path).json()["error"])


def ids_of(scene: Scene, count: int) -> int:
    """Return how many ids so many requests have."""
    return len({header(scene, "x-request-id", SESSION) for _ in range(count)})


def keeps_id(scene: Scene) -> bool:
    return header(scene, "x-request-id") == header(scene, "x-request-id", SESSION)


def echoed(scene: Scene, sent: str) -> bool:
    return bool(scene.get("/secrets", headers={"X-Request-Id": sent}).headers["x-request-id"] == sent)


def names_itself(scene: Scene) -> bool:
    answer = scene.get(NONE)
    return bool(answer.headers["x-request-id"] == answer.json()["error"]["request_id"])


defect("envelope-bare", "ENVELOPE-EVERY-ERROR", "CONTRACT-CONTENT-TYPE")(
    "A 404 is a line of plain text.",
    wrong_answer(404).make_plan(lambda answer: with_body(answer, b"404 page not found\n", TEXT.encode())),
    shown(JSON, TEXT, header, "content-type"),
)
defect("envelope-unknown-path-html", "ENVELOPE-EVERY-ERROR", "PROTOCOL-UNKNOWN-PATH")(
    "A path that no operation has gets the web server's own page.",
    wrong_answer(code="not_found").make_plan(lambda answer: with_body(answer, _PAGE, b"text/html")),
    shown(JSON, "text/html", header, "content-type", "/nowhere"),
)
defect("envelope-problem-json", "ENVELOPE-EVERY-ERROR", "CONTRACT-CONTENT-TYPE")(
    "A 415 is sent as application/problem+json.",
    sends(415, b"content-type", b"application/problem+json"),
    shown(JSON, "application/problem+json", type_of_415),
)
defect("envelope-extra-key", "ENVELOPE-KEYS", "CONTRACT-BODY-SCHEMA")(
    "The error object has a key `status` beside those of the envelope.",
    wrong_answer(*range(400, 600)).make_plan(lambda answer: edit_error(answer, status=answer.status)),
    shown(KEYS, [*KEYS, "status"], keys),
)
defect("envelope-trace", "ENVELOPE-KEYS", "CONTRACT-BODY-SCHEMA", on=ids.READ_FILE)(
    "The error for a file that is not there says where in the server it was raised.",
    wrong_answer(code="file_not_found").make_plan(lambda answer: edit_error(answer, trace=_TRACE)),
    shown(KEYS, [*KEYS, "trace"], keys, f"{PACK}/files/none.md"),
)
defect("envelope-code-of-another-status", "ENVELOPE-CODE-STATUS", "CONTRACT-BODY-SCHEMA", "PROTOCOL-BODY-LIMIT")(
    "A body that is too large is a 413 with the code of a validation error.",
    wrong_answer(413).make_plan(
        lambda answer: edit_error(answer, code="validation_error", details={"fields": {"body": "Too long."}})
    ),
    shown("413 payload_too_large", "413 validation_error", lambda scene: read_status(patched(scene, TOO_LONG))),
)
defect("envelope-code-unknown", "ENVELOPE-CODE-STATUS", "BILLING-CREATE-REFUSED")(
    "Who has not paid is refused with a code that is not in the closed enum.",
    wrong_answer(423).make_plan(lambda answer: edit_error(answer, code="payment_required")),
    shown(UNPAID, "423 payment_required", lambda scene: read_status(scene.create(FREE, "initech-owner"))),
)
defect("contract-details-null", "CONTRACT-BODY-SCHEMA", "ENVELOPE-EVERY-ERROR")(
    "A 403 has details of null where it has none.",
    wrong_answer(403).make_plan(lambda answer: edit_error(answer, details=None)),
    shown(False, True, lambda scene: "details" in scene.patch("pack_01HZ", "org", "acme-member").json()["error"]),
)
defect("envelope-fields-elsewhere", "ENVELOPE-FIELDS")(
    "A validation error puts every field under `request`.",
    wrong_answer(400).make_plan(lambda answer: rename_fields(answer, lambda _name: "request")),
    shown(["visibility"], ["request"], lambda scene: list_wrong_fields(scene.ask("PATCH", PACK, json={}))),
)
defect("envelope-fields-archive", "ENVELOPE-FIELDS", on=ids.UPLOAD)(
    "What is wrong inside an archive is named by the name of its pack.yaml.",
    wrong_answer(400).make_plan(lambda answer: rename_fields(answer, lambda name: _OTHER_NAMES.get(name, name))),
    shown(["archive"], ["pack.yaml"], lambda scene: list_wrong_fields(scene.upload(zip_files({"behavior.md": b"x"})))),
)
defect("envelope-request-id-repeats", "ENVELOPE-REQUEST-ID-UNIQUE")(
    "Every request has the same id.",
    wrong_hooks.make_plan(lambda hooks: replace(hooks, request_id=lambda _world: "7f3a9c2e")),
    shown(2, 1, ids_of, 2),
)
defect("envelope-request-id-header", "ENVELOPE-REQUEST-ID-HEADER")(
    "X-Request-Id names another request than the envelope does.",
    wrong_answer().make_plan(lambda answer: with_header(answer, _REQUEST_ID, answer.headers[_REQUEST_ID][::-1])),
    shown(True, False, names_itself),
)
defect("contract-request-id-empty", "CONTRACT-HEADERS", on=ids.LIST)(
    "The list comes with an X-Request-Id that is empty.",
    sends(200, _REQUEST_ID, b""),
    shown(True, False, lambda scene: bool(header(scene, "x-request-id", "/packs"))),
)
defect("contract-length-missing", "CONTRACT-HEADERS", "FILE-BYTES", on=ids.READ_FILE)(
    "A file of no bytes comes without a Content-Length.",
    wrong_answer(200).make_plan(lambda answer: answer if answer.body else without_header(answer, b"content-length")),
    shown("0", "absent", lambda scene: do_in_turn(scene.put(EMPTIED, b""), header(scene, "content-length", EMPTIED))),
)


@defect("contract-wrong-type", "CONTRACT-BODY-SCHEMA", "CREATE-SIZE", "CREATE-READABLE").by(wrong_answer())
@shown("int", "str", lambda scene: type(scene.pack("pack_01HZ")["size_bytes"]).__name__)
def wrong_type(answer: Answer) -> Answer:
    """The size of a pack is text, alone and in the list."""
    is_json = answer.headers[b"content-type"] == b"application/json"
    return edit(answer, _size_as_text) if is_json and read_error_code(answer) is None else answer


@defect("envelope-request-id-begins-again", "ENVELOPE-REQUEST-ID-UNIQUE").by(wrong_hooks)
@shown(21, 20, ids_of, 21)
def request_id_begins_again(hooks: Hooks) -> Hooks:
    """After twenty requests the ids of requests begin again."""

    def repeated(world: World) -> str:
        hooks.request_id(world)
        return make_request_id(world.state.seed, (world.requests - 1) % 20)

    return replace(hooks, request_id=repeated)


@defect("envelope-request-id-kept", "ENVELOPE-REQUEST-ID-UNIQUE").by(wrong_answer())
@shown(False, True, keeps_id)
def request_id_kept(answer: Answer) -> Answer:
    """The first success after a refusal carries the request id of that refusal."""
    notes = read_notes(request_id_kept)
    if answer.status >= 400:
        notes["id"] = answer.headers[_REQUEST_ID]
        return answer
    return with_header(answer, _REQUEST_ID, notes.pop("id", answer.headers[_REQUEST_ID]))


@defect("contract-session-as-text", "CONTRACT-CONTENT-TYPE", on=ids.SESSION).by(wrong_answer_to)
@shown(JSON, TEXT, header, "content-type", SESSION, "acme-read-only")
def session_as_text(call: Call, answer: Answer) -> Answer:
    """An API key gets its session as text/plain."""
    to_key = call.caller.kind == "api_key" and answer.status == 200
    return with_header(answer, b"content-type", TEXT.encode()) if to_key else answer


@defect("envelope-request-id-of-the-client", "ENVELOPE-REQUEST-ID-UNIQUE", on=ids.LIST_SECRETS).by(wrong_answer_to)
@shown(
    False, True, lambda scene: scene.get("/secrets", headers={"X-Request-Id": "mine"}).headers["x-request-id"] == "mine"
)
def request_id_of_the_client(call: Call, answer: Answer) -> Answer:
    """The list of secrets carries the request id that its client sent."""
    sent = call.headers.get(_REQUEST_ID)
    return with_header(answer, _REQUEST_ID, sent) if sent and answer.status == 200 else answer
