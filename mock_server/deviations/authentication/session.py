"""Defects in what the session says of its caller."""

from __future__ import annotations

from typing import Any

from mock_server.deviations import deviation
from mock_server.deviations.memory import Memory
from mock_server.deviations.outcomes import Outcome, with_reply, with_transition
from mock_server.pipeline.hooks import Seams
from mock_server.resources.operation import Reply, Request, Transition
from mock_server.state.state import State

_SESSION = ("session.get",)


@deviation("session-key-is-a-person", "SESSION-API-KEY", on=_SESSION)
def key_is_a_person(seams: Seams) -> Seams:
    """The session of an API key shows a user and a role."""

    def change(reply: Reply, _state: State, request: Request) -> Reply:
        if request.caller.kind != "api_key":
            return reply
        return _saying(reply, user_id="usr_of_the_key", role="operator")

    return with_reply(seams, change)


@deviation("session-of-the-first", "SESSION-CALLER", on=_SESSION)
def of_the_first(seams: Seams) -> Seams:
    """Of two people of one role, in whatever org, the second gets the session of the first, from a cache."""
    memory = Memory()

    def spoilt(right: Transition, state: State, request: Request) -> Outcome:
        after, outcome = right(state, request)
        if request.caller.kind == "session":
            outcome = memory.here.setdefault(request.caller.role, outcome)
        return after, outcome

    return memory.kept(with_transition(seams, spoilt))


@deviation("session-label-of-people", "SESSION-KEY-LABEL", on=_SESSION)
def label_of_people(seams: Seams) -> Seams:
    """The session of a person has the label of an API key, empty."""

    def change(reply: Reply, _state: State, request: Request) -> Reply:
        return _saying(reply, api_key_label="") if request.caller.kind == "session" else reply

    return with_reply(seams, change)


@deviation("session-operator-overstated", "SESSION-SCOPES", "SESSION-CALLER", on=_SESSION)
def operator_overstated(seams: Seams) -> Seams:
    """The session of an operator shows the scope billing:write, which only owners hold."""

    def change(reply: Reply, _state: State, request: Request) -> Reply:
        if request.caller.role != "operator":
            return reply
        return _saying(reply, permissions=[*reply.body["permissions"], "billing:write"])

    return with_reply(seams, change)


@deviation("session-expired-trial", "SESSION-BILLING-STATUS", on=_SESSION)
def expired_trial(seams: Seams) -> Seams:
    """The session of a person says past_due once the trial of the org has expired."""

    def change(reply: Reply, state: State, request: Request) -> Reply:
        if state.orgs[request.caller.org_id].posture(request.now) != "trial_expired":
            return reply
        memberships = [{**each, "billing_status": "past_due"} for each in reply.body["memberships"]]
        return _saying(reply, memberships=memberships)

    return with_reply(seams, change)


def _saying(reply: Reply, **parts: Any) -> Reply:
    return reply._replace(body={**reply.body, **parts})
