"""The kinds of agent roles on which every write is tried."""

from __future__ import annotations

from conformance.oracle.facts import Fact
from conformance.oracle.law import Kind
from conformance.recipes.making import own, shown_fact
from conformance.recipes.requests import with_json
from conformance.resources.agent_roles.bodies import provider_in_use, resource
from conformance.resources.agent_roles.semantics import CREATE
from conformance.session.harness import Harness


def _whole(session: Harness, org: str, _like: Fact | None) -> Fact:
    """A role with a value in every field."""
    return own(session, resource("role"), org)


def _short(session: Harness, org: str, _like: Fact | None) -> Fact:
    """A role of which no more was sent than is needed."""
    operation = session.contract.operations[CREATE]
    body = {"name": session.fresh_name(), "provider_id": provider_in_use(session, org).id}
    answer = session.hold(session.able(operation, org), with_json(operation, {}, body))
    return shown_fact(session, resource("role"), answer.json)


KINDS = (Kind("whole", _whole), Kind("short", _short))
