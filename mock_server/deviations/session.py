"""Defects of the session."""

from __future__ import annotations

from dataclasses import replace

from mock_server.deviations import deviation
from mock_server.deviations.spoil import with_transition
from mock_server.errors import ApiError
from mock_server.operations import Reply, Request, Transition
from mock_server.seams import Seams
from mock_server.state import State


@deviation("session-key-is-a-person", "SESSION-API-KEY")
def key_is_a_person(seams: Seams) -> Seams:
    """The session of an API key shows a user and a role."""

    def change(transition: Transition) -> Transition:
        def spoilt(state: State, request: Request) -> tuple[State, Reply | ApiError]:
            after, outcome = transition(state, request)
            if isinstance(outcome, ApiError) or request.caller.kind != "api_key":
                return after, outcome
            person = {"user_id": "usr_of_the_key", "role": "operator"}
            return after, replace(outcome, body={**outcome.body, **person})

        return spoilt

    return with_transition(seams, "session.get", change)
