"""Defects of the envelope of errors, and of the headers and types of answers."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

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
from mock_server.deviations.planting.ids import LIST, READ_FILE, SESSION, UPLOAD
from mock_server.deviations.planting.memory import notes_of
from mock_server.pipeline.hooks import Hooks
from mock_server.state.ids import request_id
from mock_server.worlds.answer import Answer, error_code
from mock_server.worlds.call import Call
from mock_server.worlds.world import World

_REQUEST_ID = b"x-request-id"


@wrong_answer(404)("envelope-bare", "ENVELOPE-EVERY-ERROR", "CONTRACT-CONTENT-TYPE")
def bare(answer: Answer) -> Answer:
    """A 404 is a line of plain text."""
    return with_body(answer, b"404 page not found\n", b"text/plain; charset=utf-8")


@wrong_answer(code="not_found")("envelope-unknown-path-html", "ENVELOPE-EVERY-ERROR", "PROTOCOL-UNKNOWN-PATH")
def unknown_path_html(answer: Answer) -> Answer:
    """A path that no operation has gets the web server's own page."""
    return with_body(answer, b"<html><body><h1>404 Not Found</h1></body></html>", b"text/html")


@wrong_answer(415)("envelope-problem-json", "ENVELOPE-EVERY-ERROR", "CONTRACT-CONTENT-TYPE")
def problem_json(answer: Answer) -> Answer:
    """A 415 is sent as application/problem+json."""
    return with_header(answer, b"content-type", b"application/problem+json")


@wrong_answer(*range(400, 600))("envelope-extra-key", "ENVELOPE-KEYS", "CONTRACT-BODY-SCHEMA")
def extra_key(answer: Answer) -> Answer:
    """The error object has a key `status` beside those of the envelope."""
    return error_with(answer, status=answer.status)


@wrong_answer(code="file_not_found")("envelope-trace", "ENVELOPE-KEYS", "CONTRACT-BODY-SCHEMA", on=READ_FILE)
def trace(answer: Answer) -> Answer:
    """The error for a file that is not there says where in the server it was raised."""
    return error_with(answer, trace="storage/images.go:118 open: no such file")


@wrong_answer(413)(
    "envelope-code-of-another-status", "ENVELOPE-CODE-STATUS", "CONTRACT-BODY-SCHEMA", "PROTOCOL-BODY-LIMIT"
)
def code_of_another_status(answer: Answer) -> Answer:
    """A body that is too large is a 413 with the code of a validation error."""
    return error_with(answer, code="validation_error", details={"fields": {"body": "Too long."}})


@wrong_answer(423)("envelope-code-unknown", "ENVELOPE-CODE-STATUS", "BILLING-CREATE-REFUSED")
def code_unknown(answer: Answer) -> Answer:
    """Who has not paid is refused with a code that is not in the closed enum."""
    return error_with(answer, code="payment_required")


@wrong_answer(403)("contract-details-null", "CONTRACT-BODY-SCHEMA", "ENVELOPE-EVERY-ERROR")
def details_null(answer: Answer) -> Answer:
    """A 403 has details of null where it has none."""
    return error_with(answer, details=None)


@wrong_answer(400)("envelope-fields-elsewhere", "ENVELOPE-FIELDS")
def fields_elsewhere(answer: Answer) -> Answer:
    """A validation error puts every field under `request`."""
    return fields_renamed(answer, lambda _name: "request")


@wrong_answer(400)("envelope-fields-archive", "ENVELOPE-FIELDS", on=UPLOAD)
def fields_archive(answer: Answer) -> Answer:
    """What is wrong inside an archive is named by the name of its pack.yaml."""
    return fields_renamed(answer, lambda name: "pack.yaml" if name == "archive" else name)


@wrong_answer()("contract-wrong-type", "CONTRACT-BODY-SCHEMA", "CREATE-SIZE", "CREATE-READABLE")
def wrong_type(answer: Answer) -> Answer:
    """The size of a pack is text, alone and in the list."""
    is_json = answer.headers[b"content-type"] == b"application/json"
    return edited(answer, _size_as_text) if is_json and error_code(answer) is None else answer


def _size_as_text(body: Any) -> Any:
    if "packs" in body:
        return {**body, "packs": [_size_as_text(each) for each in body["packs"]]}
    return {**body, "size_bytes": str(body["size_bytes"])} if "size_bytes" in body else body


@wrong_hooks("envelope-request-id-repeats", "ENVELOPE-REQUEST-ID-UNIQUE")
def request_id_repeats(hooks: Hooks) -> Hooks:
    """Every request has the same id."""
    return replace(hooks, request_id=lambda _world: "7f3a9c2e")


@wrong_hooks("envelope-request-id-begins-again", "ENVELOPE-REQUEST-ID-UNIQUE")
def request_id_begins_again(hooks: Hooks) -> Hooks:
    """After twenty requests the ids of requests begin again."""

    def repeated(world: World) -> str:
        hooks.request_id(world)
        return request_id(world.state.seed, (world.requests - 1) % 20)

    return replace(hooks, request_id=repeated)


@wrong_answer()("envelope-request-id-kept", "ENVELOPE-REQUEST-ID-UNIQUE")
def request_id_kept(answer: Answer) -> Answer:
    """The first success after a refusal carries the request id of that refusal."""
    notes = notes_of(request_id_kept)
    if answer.status >= 400:
        notes["id"] = answer.headers[_REQUEST_ID]
        return answer
    return with_header(answer, _REQUEST_ID, notes.pop("id", answer.headers[_REQUEST_ID]))


@wrong_answer()("envelope-request-id-header", "ENVELOPE-REQUEST-ID-HEADER")
def request_id_header(answer: Answer) -> Answer:
    """X-Request-Id names another request than the envelope does."""
    return with_header(answer, _REQUEST_ID, answer.headers[_REQUEST_ID][::-1])


@wrong_answer(200)("contract-request-id-empty", "CONTRACT-HEADERS", on=LIST)
def request_id_empty(answer: Answer) -> Answer:
    """The list comes with an X-Request-Id that is empty."""
    return with_header(answer, _REQUEST_ID, b"")


@wrong_answer(200)("contract-length-missing", "CONTRACT-HEADERS", "FILE-BYTES", on=READ_FILE)
def length_missing(answer: Answer) -> Answer:
    """A file of no bytes comes without a Content-Length."""
    return answer if answer.body else without_header(answer, b"content-length")


@wrong_answer_to("contract-session-as-text", "CONTRACT-CONTENT-TYPE", on=SESSION)
def session_as_text(call: Call, answer: Answer) -> Answer:
    """An API key gets its session as text/plain."""
    if call.caller.kind != "api_key" or answer.status != 200:
        return answer
    return with_header(answer, b"content-type", b"text/plain; charset=utf-8")
