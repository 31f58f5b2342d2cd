"""Defects in what the session says of its caller."""

from __future__ import annotations

from typing import Any

from mock_server.deviations import deviation
from mock_server.deviations.memory import Notes, remembering
from mock_server.deviations.operations import SESSION
from mock_server.deviations.outcomes import Outcome, with_reply, with_transition
from mock_server.resources.operation import Reply, Request, Transition
from mock_server.resources.orgs import ORGS
from mock_server.state.state import State


@deviation("session-key-is-a-person", "SESSION-API-KEY", on=SESSION, plant=with_reply)
def key_is_a_person(reply: Reply, _state: State, request: Request) -> Reply:
    """The session of an API key shows a user and a role."""
    if request.caller.kind != "api_key":
        return reply
    return _saying(reply, user_id="usr_of_the_key", role="operator")


@deviation("session-of-the-first", "SESSION-CALLER", on=SESSION, plant=remembering(with_transition))
def of_the_first(notes: Notes, right: Transition, state: State, request: Request) -> Outcome:
    """Of two people of one role, in whatever org, the second gets the session of the first, from a cache."""
    after, outcome = right(state, request)
    if request.caller.kind == "session":
        outcome = notes.setdefault(request.caller.role, outcome)
    return after, outcome


@deviation("session-label-of-people", "SESSION-KEY-LABEL", on=SESSION, plant=with_reply)
def label_of_people(reply: Reply, _state: State, request: Request) -> Reply:
    """The session of a person has the label of an API key, empty."""
    return _saying(reply, api_key_label="") if request.caller.kind == "session" else reply


@deviation("session-operator-overstated", "SESSION-SCOPES", "SESSION-CALLER", on=SESSION, plant=with_reply)
def operator_overstated(reply: Reply, _state: State, request: Request) -> Reply:
    """The session of an operator shows the scope billing:write, which only owners hold."""
    if request.caller.role != "operator":
        return reply
    return _saying(reply, permissions=[*reply.body["permissions"], "billing:write"])


@deviation("session-expired-trial", "SESSION-BILLING-STATUS", on=SESSION, plant=with_reply)
def expired_trial(reply: Reply, state: State, request: Request) -> Reply:
    """The session of a person says past_due once the trial of the org has expired."""
    if state.all(ORGS)[request.caller.org_id].posture(request.now) != "trial_expired":
        return reply
    memberships = [{**each, "billing_status": "past_due"} for each in reply.body["memberships"]]
    return _saying(reply, memberships=memberships)


def _saying(reply: Reply, **parts: Any) -> Reply:
    return reply._replace(body={**reply.body, **parts})
