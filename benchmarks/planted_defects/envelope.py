"""Defects of the envelope of errors, and of the headers and types of answers."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.scene import FREE, Scene, said, wrong_fields, zipped
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.answers import (
    edited,
    error_with,
    fields_renamed,
    with_body,
    with_header,
    without_header,
    wrong_answer,
    wrong_answer_to,
)
from mock_server.deviations.planting.deviation import wrong_hooks
from mock_server.deviations.planting.memory import notes_of
from mock_server.pipeline.hooks import Hooks
from mock_server.state.ids import request_id
from mock_server.worlds.answer import Answer, error_code
from mock_server.worlds.call import Call
from mock_server.worlds.world import World

defect = Declarer(__name__)

_REQUEST_ID = b"x-request-id"
MIB = 1024 * 1024
NONE = "/packs/pack_none"


defect("envelope-bare", "ENVELOPE-EVERY-ERROR", "CONTRACT-CONTENT-TYPE")(
    "A 404 is a line of plain text.",
    wrong_answer(404).of(lambda answer: with_body(answer, b"404 page not found\n", b"text/plain; charset=utf-8")),
    shown("application/json", "text/plain; charset=utf-8", lambda scene: scene.get(NONE).headers["content-type"]),
)
defect("envelope-unknown-path-html", "ENVELOPE-EVERY-ERROR", "PROTOCOL-UNKNOWN-PATH")(
    "A path that no operation has gets the web server's own page.",
    wrong_answer(code="not_found").of(
        lambda answer: with_body(answer, b"<html><body><h1>404 Not Found</h1></body></html>", b"text/html")
    ),
    shown("application/json", "text/html", lambda scene: scene.get("/nowhere").headers["content-type"]),
)
defect("envelope-problem-json", "ENVELOPE-EVERY-ERROR", "CONTRACT-CONTENT-TYPE")(
    "A 415 is sent as application/problem+json.",
    wrong_answer(415).of(lambda answer: with_header(answer, b"content-type", b"application/problem+json")),
    shown(
        "application/json",
        "application/problem+json",
        lambda scene: scene.ask("POST", "/packs", content=b"hello", headers={"Content-Type": "text/plain"}).headers[
            "content-type"
        ],
    ),
)
defect("envelope-extra-key", "ENVELOPE-KEYS", "CONTRACT-BODY-SCHEMA")(
    "The error object has a key `status` beside those of the envelope.",
    wrong_answer(*range(400, 600)).of(lambda answer: error_with(answer, status=answer.status)),
    shown(
        "code message request_id",
        "code message request_id status",
        lambda scene: " ".join(sorted(scene.get(NONE).json()["error"])),
    ),
)
defect("envelope-trace", "ENVELOPE-KEYS", "CONTRACT-BODY-SCHEMA", on=ids.READ_FILE)(
    "The error for a file that is not there says where in the server it was raised.",
    wrong_answer(code="file_not_found").of(
        lambda answer: error_with(answer, trace="storage/images.go:118 open: no such file")
    ),
    shown(
        "code message request_id",
        "code message request_id trace",
        lambda scene: " ".join(sorted(scene.get("/packs/pack_01HZ/files/none.md").json()["error"])),
    ),
)


def show_code_of_another_status(scene: Scene) -> str:
    content = b'{"visibility": "org"' + b" " * MIB + b"}"
    headers = {"Content-Type": "application/json"}
    return said(scene.ask("PATCH", "/packs/pack_01HZ", content=content, headers=headers))


defect("envelope-code-of-another-status", "ENVELOPE-CODE-STATUS", "CONTRACT-BODY-SCHEMA", "PROTOCOL-BODY-LIMIT")(
    "A body that is too large is a 413 with the code of a validation error.",
    wrong_answer(413).of(
        lambda answer: error_with(answer, code="validation_error", details={"fields": {"body": "Too long."}})
    ),
    shown("413 payload_too_large", "413 validation_error", show_code_of_another_status),
)
defect("envelope-code-unknown", "ENVELOPE-CODE-STATUS", "BILLING-CREATE-REFUSED")(
    "Who has not paid is refused with a code that is not in the closed enum.",
    wrong_answer(423).of(lambda answer: error_with(answer, code="payment_required")),
    shown("423 billing_inactive", "423 payment_required", lambda scene: said(scene.create(FREE, "initech-owner"))),
)
defect("contract-details-null", "CONTRACT-BODY-SCHEMA", "ENVELOPE-EVERY-ERROR")(
    "A 403 has details of null where it has none.",
    wrong_answer(403).of(lambda answer: error_with(answer, details=None)),
    shown(
        "absent",
        None,
        lambda scene: scene.patch("pack_01HZ", "org", "acme-member").json()["error"].get("details", "absent"),
    ),
)
defect("envelope-fields-elsewhere", "ENVELOPE-FIELDS")(
    "A validation error puts every field under `request`.",
    wrong_answer(400).of(lambda answer: fields_renamed(answer, lambda _name: "request")),
    shown(["visibility"], ["request"], lambda scene: wrong_fields(scene.ask("PATCH", "/packs/pack_01HZ", json={}))),
)
defect("envelope-fields-archive", "ENVELOPE-FIELDS", on=ids.UPLOAD)(
    "What is wrong inside an archive is named by the name of its pack.yaml.",
    wrong_answer(400).of(
        lambda answer: fields_renamed(answer, lambda name: "pack.yaml" if name == "archive" else name)
    ),
    shown(["archive"], ["pack.yaml"], lambda scene: wrong_fields(scene.upload(zipped({"behavior.md": b"x"})))),
)


@defect("contract-wrong-type", "CONTRACT-BODY-SCHEMA", "CREATE-SIZE", "CREATE-READABLE").by(wrong_answer())
@shown("int", "str", lambda scene: type(scene.pack("pack_01HZ")["size_bytes"]).__name__)
def wrong_type(answer: Answer) -> Answer:
    """The size of a pack is text, alone and in the list."""
    is_json = answer.headers[b"content-type"] == b"application/json"
    return edited(answer, _size_as_text) if is_json and error_code(answer) is None else answer


def _size_as_text(body: Any) -> Any:
    if "packs" in body:
        return {**body, "packs": [_size_as_text(each) for each in body["packs"]]}
    return {**body, "size_bytes": str(body["size_bytes"])} if "size_bytes" in body else body


defect("envelope-request-id-repeats", "ENVELOPE-REQUEST-ID-UNIQUE")(
    "Every request has the same id.",
    wrong_hooks.of(lambda hooks: replace(hooks, request_id=lambda _world: "7f3a9c2e")),
    shown(2, 1, lambda scene: len({scene.get("/me/session").headers["x-request-id"] for _ in range(2)})),
)


@defect("envelope-request-id-begins-again", "ENVELOPE-REQUEST-ID-UNIQUE").by(wrong_hooks)
@shown(21, 20, lambda scene: len({scene.get("/me/session").headers["x-request-id"] for _ in range(21)}))
def request_id_begins_again(hooks: Hooks) -> Hooks:
    """After twenty requests the ids of requests begin again."""

    def repeated(world: World) -> str:
        hooks.request_id(world)
        return request_id(world.state.seed, (world.requests - 1) % 20)

    return replace(hooks, request_id=repeated)


def show_request_id_kept(scene: Scene) -> str:
    refused = scene.get(NONE).headers["x-request-id"]
    return "the same" if scene.get("/me/session").headers["x-request-id"] == refused else "another"


@defect("envelope-request-id-kept", "ENVELOPE-REQUEST-ID-UNIQUE").by(wrong_answer())
@shown("another", "the same", show_request_id_kept)
def request_id_kept(answer: Answer) -> Answer:
    """The first success after a refusal carries the request id of that refusal."""
    notes = notes_of(request_id_kept)
    if answer.status >= 400:
        notes["id"] = answer.headers[_REQUEST_ID]
        return answer
    return with_header(answer, _REQUEST_ID, notes.pop("id", answer.headers[_REQUEST_ID]))


def show_request_id_header(scene: Scene) -> str:
    answer = scene.get(NONE)
    same = answer.headers["x-request-id"] == answer.json()["error"]["request_id"]
    return "equal" if same else "different"


defect("envelope-request-id-header", "ENVELOPE-REQUEST-ID-HEADER")(
    "X-Request-Id names another request than the envelope does.",
    wrong_answer().of(lambda answer: with_header(answer, _REQUEST_ID, answer.headers[_REQUEST_ID][::-1])),
    shown("equal", "different", show_request_id_header),
)
defect("contract-request-id-empty", "CONTRACT-HEADERS", on=ids.LIST)(
    "The list comes with an X-Request-Id that is empty.",
    wrong_answer(200).of(lambda answer: with_header(answer, _REQUEST_ID, b"")),
    shown("an id", "nothing", lambda scene: "an id" if scene.get("/packs").headers["x-request-id"] else "nothing"),
)


def show_length_missing(scene: Scene) -> Any:
    path = "/packs/pack_acme_pager/files/guides/escalation.md"
    scene.put(path, b"")
    return scene.get(path).headers.get("content-length", "absent")


defect("contract-length-missing", "CONTRACT-HEADERS", "FILE-BYTES", on=ids.READ_FILE)(
    "A file of no bytes comes without a Content-Length.",
    wrong_answer(200).of(lambda answer: answer if answer.body else without_header(answer, b"content-length")),
    shown("0", "absent", show_length_missing),
)


@defect("contract-session-as-text", "CONTRACT-CONTENT-TYPE", on=ids.SESSION).by(wrong_answer_to)
@shown(
    "application/json",
    "text/plain; charset=utf-8",
    lambda scene: scene.get("/me/session", "acme-read-only").headers["content-type"],
)
def session_as_text(call: Call, answer: Answer) -> Answer:
    """An API key gets its session as text/plain."""
    if call.caller.kind != "api_key" or answer.status != 200:
        return answer
    return with_header(answer, b"content-type", b"text/plain; charset=utf-8")
