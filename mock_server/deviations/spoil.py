"""Ways to spoil a handler or an answer, for the deviations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson

from mock_server.answer import Answer
from mock_server.errors import ApiError
from mock_server.models import Pack
from mock_server.operations import Handler, Reply, Request, Transition
from mock_server.seams import Seams
from mock_server.state import State
from mock_server.view import pack_view


def with_transition(seams: Seams, operation_id: str, change: Callable[[Transition], Transition]) -> Seams:
    """The seams with the transition of one operation changed."""

    def changed(name: str, handler: Handler) -> Handler:
        if name != operation_id:
            return handler
        return replace(handler, transition=change(handler.transition))

    return seams.with_handler(changed)


def with_pack_after(seams: Seams, operation_id: str, change: Callable[[Pack, Pack, Request], Pack]) -> Seams:
    """The seams in which an operation on one pack leaves another pack than it should.

    `change` is given the pack as it was, as it should be, and the request. What it makes is stored
    and shown.
    """

    def changed(transition: Transition) -> Transition:
        def spoilt(state: State, request: Request) -> tuple[State, Reply | ApiError]:
            before = state.packs.get(request.path["id"])
            after, outcome = transition(state, request)
            right = after.packs.get(request.path["id"])
            if before is None or right is None or isinstance(outcome, ApiError):
                return after, outcome
            wrong = change(before, right, request)
            shown = pack_view(wrong, request.caller.org_id)
            return after.with_pack(wrong), replace(outcome, body=shown)

        return spoilt

    return with_transition(seams, operation_id, changed)


def edited(answer: Answer, change: Callable[[Any], Any]) -> Answer:
    """The answer with its JSON body changed."""
    return with_body(answer, orjson.dumps(change(orjson.loads(answer.body))))


def with_body(answer: Answer, body: bytes) -> Answer:
    """The answer with another body."""
    headers = {**answer.headers, b"content-length": b"%d" % len(body)}
    return answer._replace(headers=headers, body=body)


def without_header(answer: Answer, name: bytes) -> Answer:
    """The answer without a header."""
    return answer._replace(headers={k: v for k, v in answer.headers.items() if k != name})
