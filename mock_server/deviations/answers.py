"""Ways to spoil an answer that is about to leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import orjson

from mock_server.errors import ApiError
from mock_server.pipeline.hooks import Seams
from mock_server.worlds.answer import Answer, error_code, render
from mock_server.worlds.call import Call

Spoil = Callable[[Answer], Answer]


def with_status_spoilt(seams: Seams, statuses: Iterable[int], spoil: Spoil) -> Seams:
    """The seams in which answers of these statuses are spoilt."""
    concerned = frozenset(statuses)
    return seams.with_answer(lambda _call, answer: spoil(answer) if answer.status in concerned else answer)


def with_code_spoilt(seams: Seams, code: str, spoil: Spoil) -> Seams:
    """The seams in which errors of this code are spoilt."""
    return seams.with_answer(lambda _call, answer: spoil(answer) if error_code(answer) == code else answer)


def with_refusal(seams: Seams, refuses: Callable[[Call], ApiError | None]) -> Seams:
    """The seams in which what would have been served is refused, though the operation declares no such error."""

    def change(call: Call, answer: Answer) -> Answer:
        refusal = refuses(call) if answer.status < 400 else None
        return answer if refusal is None else refused(answer, refusal)

    return seams.with_answer(change)


def refused(answer: Answer, refusal: ApiError) -> Answer:
    """A refusal in the place of an answer, of the same request."""
    given = render(refusal, answer.headers[b"x-request-id"].decode())
    return given._replace(headers={**given.headers, b"date": answer.headers[b"date"]})


def edited(answer: Answer, change: Callable[[Any], Any]) -> Answer:
    """The answer with its JSON body changed."""
    return with_body(answer, orjson.dumps(change(orjson.loads(answer.body))))


def error_with(answer: Answer, **parts: Any) -> Answer:
    """The error with parts of its envelope changed or added."""
    return edited(answer, lambda body: {"error": {**body["error"], **parts}})


def fields_renamed(answer: Answer, rename: Callable[[str], str]) -> Answer:
    """The validation error with its fields under other names."""

    def change(body: Any) -> Any:
        fields = {rename(name): text for name, text in body["error"]["details"]["fields"].items()}
        return {"error": {**body["error"], "details": {"fields": fields}}}

    return edited(answer, change)


def with_body(answer: Answer, body: bytes, media_type: bytes | None = None) -> Answer:
    """The answer with another body."""
    spoilt = with_header(answer._replace(body=body), b"content-length", b"%d" % len(body))
    return spoilt if media_type is None else with_header(spoilt, b"content-type", media_type)


def with_header(answer: Answer, name: bytes, value: bytes) -> Answer:
    """The answer with a header added or changed."""
    return answer._replace(headers={**answer.headers, name: value})


def without_header(answer: Answer, name: bytes) -> Answer:
    """The answer without a header."""
    return answer._replace(headers={k: v for k, v in answer.headers.items() if k != name})
