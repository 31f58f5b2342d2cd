"""Values for the fields of workspaces: of which role one is made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from conformance.http.exchange import Request
from conformance.needs import known
from conformance.oracle.declaration.fields import Field, Requested, one_of_two, text_in_json
from conformance.oracle.declaration.registry import resource_named
from conformance.oracle.facts import Fact, State
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.making import own
from conformance.resources.workspaces.semantics import BY_ROLE, RUNNING, WORKSPACE
from conformance.session.harness import Harness

GIVEN = "role_id"
CHOICES: Mapping[str, str] = {GIVEN: "a role of which workspaces may be made; without it the run makes its own roles"}


def role_in_use(harness: Harness, org: str) -> Fact:
    """A role of the org of which a workspace can be made: that of the profile, one of the run, else a new one."""
    given = None if harness.alone else harness.profile.known.named.get(GIVEN)
    if given is not None and org == harness.profile.callers[0].org:
        return harness.state.facts(RUNNING.of).get(given) or Fact(resource=RUNNING.of, id=given, owner=org)
    facts = harness.state.certainly_made(RUNNING.of)
    found = sorted((each for each in facts if each.owned_by(org) and not each.archived), key=lambda each: each.id)
    if found:
        return found[0]
    role = resource_named(RUNNING.of)
    assert role is not None  # noqa: S101  # it is registered
    try:
        return own(harness, role, org)
    except NotProvoked as reason:
        if harness.alone or org != harness.profile.callers[0].org:
            raise
        raise NotProvoked(str(reason), *reason.needs, known(GIVEN)) from None


def named(role: Fact, way: str) -> dict[str, str]:
    """The fields that name a role in this way; not provoked where its name is not known."""
    if way == RUNNING.field:
        return {way: role.id}
    if role.name is None:
        raise NotProvoked("the name of the role is not known")
    return {way: role.name}


def without_role(request: Request) -> dict[str, Any]:
    """The fields of a creation that do not say of which role it is."""
    sent = json.loads(request.content or b"{}")
    return {name: value for name, value in sent.items() if name not in (RUNNING.field, BY_ROLE)}


def _role_id(session: Any, caller: Caller | None, _fact: Any) -> str:
    return "role_conformance" if caller is None else role_in_use(session, caller.org).id


FIELDS: Mapping[str, Field] = {
    RUNNING.field: Field(_role_id, stored=True),
    "role_name": Field(lambda *_: None, stored=True),
    "environment": one_of_two("environment", "staging", "production"),
    "description": Field(lambda *_: "Say what the conformance suite is for."),
}


def requested(state: State, request: Request) -> Requested:
    """What a creation asks for: by a role, or a parent, of the run its workspace is found where the answer got lost."""
    parent = state.facts(WORKSPACE).get(next(iter(request.path_values.values()), ""))
    if parent is not None:
        return Requested(None, {"parent_workspace_id": parent.id} if parent.made else {})
    role = state.facts(RUNNING.of).get(text_in_json(request, RUNNING.field) or "")
    return Requested(None, {RUNNING.field: role.id} if role is not None and role.made else {})
