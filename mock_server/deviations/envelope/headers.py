"""Defects in the headers of answers, request ids first."""

from __future__ import annotations

from dataclasses import replace

from mock_server.deviations import deviation
from mock_server.deviations.answers import with_header, with_status_spoilt, without_header
from mock_server.deviations.memory import Memory
from mock_server.pipeline.hooks import Seams
from mock_server.state.ids import request_id
from mock_server.worlds.answer import Answer
from mock_server.worlds.call import Call
from mock_server.worlds.worlds import World

_REQUEST_ID = b"x-request-id"


@deviation("envelope-request-id-repeats", "ENVELOPE-REQUEST-ID-UNIQUE")
def request_id_repeats(seams: Seams) -> Seams:
    """Every request has the same id."""
    return replace(seams, request_id=lambda _world: "7f3a9c2e")


@deviation("envelope-request-id-begins-again", "ENVELOPE-REQUEST-ID-UNIQUE")
def request_id_begins_again(seams: Seams) -> Seams:
    """After twenty requests the ids of requests begin again."""

    def repeated(world: World) -> str:
        seams.request_id(world)
        return request_id(world.state.seed, (world.requests - 1) % 20)

    return replace(seams, request_id=repeated)


@deviation("envelope-request-id-kept", "ENVELOPE-REQUEST-ID-UNIQUE")
def request_id_kept(seams: Seams) -> Seams:
    """The first success after a refusal carries the request id of that refusal."""
    memory = Memory()

    def change(_call: Call, answer: Answer) -> Answer:
        if answer.status >= 400:
            memory.here["id"] = answer.headers[_REQUEST_ID]
            return answer
        return with_header(answer, _REQUEST_ID, memory.here.pop("id", answer.headers[_REQUEST_ID]))

    return memory.kept(seams.with_answer(change))


@deviation("envelope-request-id-header", "ENVELOPE-REQUEST-ID-HEADER")
def request_id_header(seams: Seams) -> Seams:
    """X-Request-Id names another request than the envelope does."""
    return seams.with_answer(
        lambda _call, answer: with_header(answer, _REQUEST_ID, answer.headers[_REQUEST_ID][::-1]),
    )


@deviation("contract-request-id-empty", "CONTRACT-HEADERS", on=("packs.list",))
def request_id_empty(seams: Seams) -> Seams:
    """The list comes with an X-Request-Id that is empty."""
    return with_status_spoilt(seams, {200}, lambda answer: with_header(answer, _REQUEST_ID, b""))


@deviation("contract-length-missing", "CONTRACT-HEADERS", "FILE-BYTES", on=("packs.read_file",))
def length_missing(seams: Seams) -> Seams:
    """A file of no bytes comes without a Content-Length."""
    return with_status_spoilt(
        seams, {200}, lambda answer: answer if answer.body else without_header(answer, b"content-length")
    )


@deviation("contract-session-as-text", "CONTRACT-CONTENT-TYPE", on=("session.get",))
def session_as_text(seams: Seams) -> Seams:
    """An API key gets its session as text/plain."""

    def change(call: Call, answer: Answer) -> Answer:
        if call.caller.kind != "api_key" or answer.status != 200:
            return answer
        return with_header(answer, b"content-type", b"text/plain; charset=utf-8")

    return seams.with_answer(change)
