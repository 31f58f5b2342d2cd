"""Defects that any reader of the contract can see."""

from __future__ import annotations

from typing import Any

from mock_server.answer import Answer
from mock_server.call import Call
from mock_server.deviations import deviation
from mock_server.deviations.spoil import edited, with_body
from mock_server.seams import Seams


@deviation("contract-undeclared-status", "CONTRACT-STATUS-DECLARED")
def undeclared_status(seams: Seams) -> Seams:
    """What is not well-formed is a 422."""

    def change(_call: Call, answer: Answer) -> Answer:
        return answer._replace(status=422) if answer.status == 400 else answer

    return seams.with_answer(change)


@deviation("contract-wrong-type", "CONTRACT-BODY-SCHEMA")
def wrong_type(seams: Seams) -> Seams:
    """The size of a pack is text."""

    def spoil(body: Any) -> Any:
        if isinstance(body, dict) and "size_bytes" in body:
            return {**body, "size_bytes": str(body["size_bytes"])}
        return body

    def change(_call: Call, answer: Answer) -> Answer:
        is_json = answer.headers[b"content-type"] == b"application/json"
        return edited(answer, spoil) if is_json and answer.status < 400 else answer

    return seams.with_answer(change)


@deviation("contract-server-error", "CONTRACT-NO-SERVER-ERROR")
def server_error(seams: Seams) -> Seams:
    """A body that is not JSON makes the server fail."""

    def change(_call: Call, answer: Answer) -> Answer:
        if answer.status != 400 or b'"body":' not in answer.body:
            return answer
        failed = with_body(answer, b"Internal Server Error")
        return failed._replace(status=500, headers={**failed.headers, b"content-type": b"text/plain"})

    return seams.with_answer(change)
