"""The kinds of agent roles on which every write is tried."""

from __future__ import annotations

import json

from conformance.contract.contract import JsonObject
from conformance.oracle.declaration.registry import require_resource
from conformance.oracle.facts import Fact
from conformance.oracle.law import Kind
from conformance.recipes.making import shown_fact
from conformance.recipes.requests import with_json
from conformance.recipes.valid import valid
from conformance.resources.agent_roles.bodies import pack_in_use, provider_in_use
from conformance.resources.agent_roles.semantics import CREATE
from conformance.session.harness import Harness


def _whole(session: Harness, org: str, _like: Fact | None) -> Fact:
    """A role with a value in every field, and a pack."""
    caller = session.able(session.contract.operations[CREATE], org)
    request = valid(session, session.contract.operations[CREATE], caller)
    return _made(session, org, {**json.loads(request.content or b"{}"), "pack_ids": [pack_in_use(session, org)]})


def _short(session: Harness, org: str, _like: Fact | None) -> Fact:
    """A role of which no more was sent than is needed."""
    return _made(session, org, {"name": session.fresh_name(), "provider_id": provider_in_use(session, org).id})


def _made(session: Harness, org: str, body: JsonObject) -> Fact:
    operation = session.contract.operations[CREATE]
    answer = session.hold(session.able(operation, org), with_json(operation, {}, body))
    return shown_fact(session, require_resource("role"), answer.json)


KINDS = (Kind("whole", _whole), Kind("short", _short))
