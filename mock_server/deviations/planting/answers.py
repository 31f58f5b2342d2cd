"""Wrong answers: their decorators, and how an answer is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from mock_server.deviations.planting.deviation import Planter
from mock_server.errors import ApiError
from mock_server.pipeline.hooks import Hooks
from mock_server.worlds.answer import Answer, read_error_code, render
from mock_server.worlds.call import Call


@Planter
def wrong_answer_to(hooks: Hooks, change: Callable[[Call, Answer], Answer]) -> Hooks:
    """Plant a change of every answer; the function is given the call, too."""
    return hooks.with_answer(change)


def wrong_answer(*statuses: int, code: str | None = None) -> Planter[Callable[[Answer], Answer]]:
    """Plant a change of the answers of these statuses, or of the errors of this code; else of every answer."""

    def concerns(answer: Answer) -> bool:
        return answer.status in (statuses or (answer.status,)) and (code is None or read_error_code(answer) == code)

    return Planter(
        lambda hooks, change: hooks.with_answer(lambda _call, answer: change(answer) if concerns(answer) else answer)
    )


@Planter
def undeclared_refusal(hooks: Hooks, refuses: Callable[[Call], ApiError | None]) -> Hooks:
    """Plant a refusal of what would have been served, though the operation declares no such error."""

    def change(call: Call, answer: Answer) -> Answer:
        refusal = refuses(call) if answer.status < 400 else None
        return answer if refusal is None else make_refusal(answer, refusal)

    return hooks.with_answer(change)


def make_refusal(answer: Answer, refusal: ApiError) -> Answer:
    """Return a refusal in place of the answer to the same request."""
    given = render(refusal, answer.headers[b"x-request-id"].decode())
    return given._replace(headers={**given.headers, b"date": answer.headers[b"date"]})


def edit(answer: Answer, change: Callable[[Any], Any]) -> Answer:
    """Return the answer with its JSON body changed; one without a body as it is."""
    return with_body(answer, orjson.dumps(change(orjson.loads(answer.body)))) if answer.body else answer


def edit_error(answer: Answer, **parts: Any) -> Answer:
    """Return the error with parts of its envelope changed or added."""
    return edit(answer, lambda body: {"error": {**body["error"], **parts}})


def rename_fields(answer: Answer, rename: Callable[[str], str]) -> Answer:
    """Return the validation error with its fields under other names."""
    fields: dict[str, str] = orjson.loads(answer.body)["error"]["details"]["fields"]
    return edit_error(answer, details={"fields": {rename(name): text for name, text in fields.items()}})


def with_body(answer: Answer, body: bytes, media_type: bytes | None = None) -> Answer:
    """Return the answer with another body."""
    wrong = with_header(answer._replace(body=body), b"content-length", b"%d" % len(body))
    return wrong if media_type is None else with_header(wrong, b"content-type", media_type)


def with_header(answer: Answer, name: bytes, value: bytes) -> Answer:
    """Return the answer with a header added or changed."""
    return answer._replace(headers={**answer.headers, name: value})


def without_header(answer: Answer, name: bytes) -> Answer:
    """Return the answer without a header."""
    return answer._replace(headers={k: v for k, v in answer.headers.items() if k != name})
