"""Defects of the envelope."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mock_server.answer import Answer
from mock_server.call import Call
from mock_server.deviations import deviation
from mock_server.deviations.spoil import edited, with_body
from mock_server.seams import Seams


@deviation("envelope-bare", "ENVELOPE-EVERY-ERROR")
def bare(seams: Seams) -> Seams:
    """A 404 is a line of plain text."""

    def change(_call: Call, answer: Answer) -> Answer:
        if answer.status != 404:
            return answer
        text = with_body(answer, b"404 page not found\n")
        return text._replace(headers={**text.headers, b"content-type": b"text/plain; charset=utf-8"})

    return seams.with_answer(change)


@deviation("envelope-extra-key", "ENVELOPE-KEYS")
def extra_key(seams: Seams) -> Seams:
    """The error object has a key `status` beside those of the envelope."""

    def with_status(answer: Answer) -> Answer:
        def add(body: Any) -> Any:
            return {"error": {**body["error"], "status": answer.status}}

        return edited(answer, add)

    return seams.with_answer(lambda _call, answer: with_status(answer) if answer.status >= 400 else answer)


@deviation("envelope-request-id-repeats", "ENVELOPE-REQUEST-ID-UNIQUE")
def request_id_repeats(seams: Seams) -> Seams:
    """Every request has the same id."""
    return replace(seams, request_id=lambda _world: "7f3a9c2e")


@deviation("envelope-request-id-header", "ENVELOPE-REQUEST-ID-HEADER")
def request_id_header(seams: Seams) -> Seams:
    """X-Request-Id names another request than the envelope does."""

    def change(_call: Call, answer: Answer) -> Answer:
        return answer._replace(headers={**answer.headers, b"x-request-id": answer.headers[b"x-request-id"][::-1]})

    return seams.with_answer(change)


@deviation("envelope-fields-elsewhere", "ENVELOPE-FIELDS")
def fields_elsewhere(seams: Seams) -> Seams:
    """A validation error puts every field under `request`."""

    def gather(body: Any) -> Any:
        text = "; ".join(body["error"]["details"]["fields"].values())
        return {"error": {**body["error"], "details": {"fields": {"request": text}}}}

    def change(_call: Call, answer: Answer) -> Answer:
        return edited(answer, gather) if answer.status == 400 else answer

    return seams.with_answer(change)
