"""Defects in the headers of answers, request ids first."""

from __future__ import annotations

from msgspec.structs import replace

from mock_server.deviations import deviation, with_hooks
from mock_server.deviations.answers import with_answer, with_header, with_status, without_header
from mock_server.deviations.memory import Notes, remembering
from mock_server.deviations.operations import LIST, READ_FILE, SESSION
from mock_server.pipeline.hooks import Hooks
from mock_server.state.ids import request_id
from mock_server.worlds.answer import Answer
from mock_server.worlds.call import Call
from mock_server.worlds.worlds import World

_REQUEST_ID = b"x-request-id"


@deviation("envelope-request-id-repeats", "ENVELOPE-REQUEST-ID-UNIQUE", plant=with_hooks)
def request_id_repeats(hooks: Hooks) -> Hooks:
    """Every request has the same id."""
    return replace(hooks, request_id=lambda _world: "7f3a9c2e")


@deviation("envelope-request-id-begins-again", "ENVELOPE-REQUEST-ID-UNIQUE", plant=with_hooks)
def request_id_begins_again(hooks: Hooks) -> Hooks:
    """After twenty requests the ids of requests begin again."""

    def repeated(world: World) -> str:
        hooks.request_id(world)
        return request_id(world.state.seed, (world.requests - 1) % 20)

    return replace(hooks, request_id=repeated)


@deviation("envelope-request-id-kept", "ENVELOPE-REQUEST-ID-UNIQUE", plant=remembering(with_answer))
def request_id_kept(notes: Notes, _call: Call, answer: Answer) -> Answer:
    """The first success after a refusal carries the request id of that refusal."""
    if answer.status >= 400:
        notes["id"] = answer.headers[_REQUEST_ID]
        return answer
    return with_header(answer, _REQUEST_ID, notes.pop("id", answer.headers[_REQUEST_ID]))


@deviation("envelope-request-id-header", "ENVELOPE-REQUEST-ID-HEADER", plant=with_answer)
def request_id_header(_call: Call, answer: Answer) -> Answer:
    """X-Request-Id names another request than the envelope does."""
    return with_header(answer, _REQUEST_ID, answer.headers[_REQUEST_ID][::-1])


@deviation("contract-request-id-empty", "CONTRACT-HEADERS", on=LIST, plant=with_status(200))
def request_id_empty(answer: Answer) -> Answer:
    """The list comes with an X-Request-Id that is empty."""
    return with_header(answer, _REQUEST_ID, b"")


@deviation("contract-length-missing", "CONTRACT-HEADERS", "FILE-BYTES", on=READ_FILE, plant=with_status(200))
def length_missing(answer: Answer) -> Answer:
    """A file of no bytes comes without a Content-Length."""
    return answer if answer.body else without_header(answer, b"content-length")


@deviation("contract-session-as-text", "CONTRACT-CONTENT-TYPE", on=SESSION, plant=with_answer)
def session_as_text(call: Call, answer: Answer) -> Answer:
    """An API key gets its session as text/plain."""
    if call.caller.kind != "api_key" or answer.status != 200:
        return answer
    return with_header(answer, b"content-type", b"text/plain; charset=utf-8")
