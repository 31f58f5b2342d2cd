"""Agent roles: what is right for one, and all that the suite is told of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from conformance.contract.contract import Contract, JsonObject, Operation
from conformance.http.exchange import Request
from conformance.oracle.breach import Breach
from conformance.oracle.call import Call, Refusals
from conformance.oracle.declaration.behavior import Behavior
from conformance.oracle.declaration.fields import (
    Field,
    make_fresh_name,
    make_two_valued_field,
    mark_name,
)
from conformance.oracle.declaration.lifetime import Archiving, Parent
from conformance.oracle.declaration.provider_state import NAME, ORG, Param, ProviderState
from conformance.oracle.declaration.registry import find_resource_in_path, register, require_resource
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.oracle.law import AllowedChange, Kind
from conformance.profile import Caller, Credential
from conformance.recipes.about import choose_path_values
from conformance.recipes.making import create_owned, learn_state_made, make_of
from conformance.recipes.requests import build, with_json
from conformance.recipes.steps import ConfiguredSteps, SetUp
from conformance.recipes.valid import build_valid
from conformance.resources.workspaces.oracle import RUNNING, STOP_OF_ROLE, learn_stopping_all
from conformance.resources.workspaces.recipes import CAUSE_OF_ROLES
from conformance.results.difference import from_field
from conformance.session.harness import Harness
from conformance.yaml_versions import are_same_yaml

VALIDATION = "validation_error"
CREATE, UPDATE = "agent_roles.create", "agent_roles.update"
CONTENT, PACKS, MOVED = "CONFIG-CONTENT", "ROLE-PACKS-VISIBLE", "ROLE-PROVIDER-ARCHIVED"
PROVIDER = Parent(resource="provider", field="provider_id", refused="provider_archived")
ARCHIVING = Archiving(kept_by=RUNNING)


def refuse_update(call: Call, refusals: Refusals) -> None:
    """Add the refusal of an update that names what the org does not see, as a creation does."""
    refuse_content(call, refusals)
    if None in call.body.values():
        # That null clears a field is assumed, so that only the test of that demands it.
        refusals.add_possible(400, VALIDATION, "CONTRACT-INVALID-REFUSED")


def refuse_content(call: Call, refusals: Refusals) -> None:
    """Add the refusal of a body whose fields name or hold what they must not."""
    body = call.body
    if "provider_id" in body:
        _check_provider(call, body["provider_id"], refusals)
    for pack_id in body.get("pack_ids") or ():
        _check_named(call, "pack", pack_id, PACKS, refusals)
    if isinstance(body.get("capabilities"), str):
        refusals.add_unless(400, VALIDATION, CONTENT, so=_is_list(body["capabilities"]))


def _check_provider(call: Call, provider_id: str, refusals: Refusals) -> None:
    """Add the refusal of a provider that the org has not or that is archived, unless it is the role's already."""
    _check_named(call, "provider", provider_id, CONTENT, refusals)
    state, role = call.state, call.find_object("role")
    if role is not None and role.shown.get("provider_id") == provider_id:
        return
    fact = state.get_facts("provider").get(provider_id)
    if fact is not None and not fact.is_visible_to(call.caller.org):
        return
    if fact is None or not state.is_certain(fact) or (call.find_named_id("role") is not None and role is None):
        refusals.add_possible(409, PROVIDER.refused, MOVED)
    elif fact.archived:
        refusals.add(409, PROVIDER.refused, MOVED)


def _check_named(call: Call, resource: str, object_id: str, rule: str, refusals: Refusals) -> None:
    """Add the refusal of a body that names what the org does not see: a 400, or the 404 of it."""
    state, org = call.state, call.caller.org
    fact = state.get_facts(resource).get(object_id)
    known = state.is_known(resource, object_id, org)
    if fact is not None and fact.is_visible_to(org) and known:
        return
    refusals.add(400, VALIDATION, rule, certain=known)
    refusals.add(404, f"{resource}_not_found", rule, certain=known)


def _is_list(text: str) -> bool | None:
    """Return whether a text is a YAML list; None where readers of YAML may disagree."""
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError):
        return False
    if not isinstance(node, yaml.SequenceNode):
        return False
    return True if not any(mark in text for mark in "!&*<%\0") else None


NO_LIST = ("", "name: first\n", "- [\n", "just text\n")
"""Capabilities that are no YAML list."""
TAKEN, OTHER = 5, 6  # the choices that are not plain: a taken name, another provider


def list_of_kind(session: Harness, name: str, org: str) -> list[Fact]:
    """Return the objects in use that the run made for an org, as far as it is certain that they are there."""
    facts = session.knowledge.list_certainly_made(name)
    return sorted((fact for fact in facts if fact.is_owned_by(org) and not fact.archived), key=lambda fact: fact.id)


def choose_provider(session: Harness, org: str, *, other_than: object = None) -> Fact:
    """Return a provider of the org that is in use: one that is there, else a new one."""
    found = [fact for fact in list_of_kind(session, "provider", org) if fact.id != other_than]
    return found[0] if found else create_owned(session, require_resource("provider"), org)


def _choose_provider_id(session: Any, caller: Caller | None, fact: Fact | None) -> str:
    if caller is None:
        return "provider_conformance"
    return choose_provider(session, caller.org, other_than=fact.shown.get("provider_id") if fact else None).id


def _pack_ids(session: Any, caller: Caller | None, fact: Fact | None) -> list[str]:
    """Return one pack for a role that has none; for a new one none, so that no pack is kept from being deleted."""
    if caller is None or fact is None or fact.shown.get("pack_ids"):
        return []
    return [pack_in_use(session, caller.org)]


def pack_in_use(session: Harness, org: str) -> str:
    """Return the id of a pack of the org: one that is there, else a new one."""
    packs = list_of_kind(session, "pack", org)
    return (packs[0] if packs else create_owned(session, require_resource("pack"), org)).id


FIELDS: Mapping[str, Field] = {
    "name": Field(make_fresh_name, marked=mark_name),
    "provider_id": Field(_choose_provider_id, is_stored=True),
    "display_name": make_two_valued_field("display_name", "First", "Zweite, mit Umlaut: ä"),
    "description": make_two_valued_field("description", "What the first does.", "третья"),
    "model": make_two_valued_field("model", "model-large", "model-small"),
    "capabilities": make_two_valued_field(
        "capabilities", "- name: first\n", "[]\n", is_stored=True, alike=are_same_yaml
    ),
    "environment": make_two_valued_field("environment", "staging", "production"),
    "environment_description": make_two_valued_field("environment_description", "A copy.", "What customers use."),
    "task_timeout_seconds": make_two_valued_field("task_timeout_seconds", 3600, 1),
    "idle_timeout_seconds": make_two_valued_field("idle_timeout_seconds", 900, 86400),
    "thinking_effort": make_two_valued_field("thinking_effort", "high", "off"),
    "max_continuations": make_two_valued_field("max_continuations", 20, 0),
    "max_context_tokens": make_two_valued_field("max_context_tokens", 200_000, 1),
    "pool_policy": make_two_valued_field("pool_policy", "static", "dynamic"),
    "pool_size": make_two_valued_field("pool_size", 2, 0),
    "pool_max_size": make_two_valued_field("pool_max_size", 4, 100),
    "pack_ids": Field(_pack_ids, is_stored=True),
}


class RoleSteps(ConfiguredSteps):
    """Roles with packs and without, moved between providers, of which one is archived and taken into use again."""

    @property
    def set_ups(self) -> tuple[SetUp, ...]:
        return (self._archive_provider,)

    def _archive_provider(self, fact: Fact, choice: int) -> Iterator[Operation]:
        """Yield a role's unarchiving and change after its provider is archived, or taken into use again."""
        provider, operations = require_resource("provider"), self.harness.contract.operations
        if provider.archiving is not None:
            step = operations[provider.archiving.undone_by if choice % 3 == 0 else provider.archiving.by]
            named = self.harness.knowledge.get_facts("provider").get(str(fact.shown.get(PROVIDER.field)))
            if named is not None:
                self.harness.send(self.lead, build(step, choose_path_values(step, named)))
                # What it does to the role is for the rules of archiving to say.
                learn_state_made(
                    self.harness, self.resource, self.harness.knowledge.get_facts("role").get(fact.id, fact)
                )
        assert self.resource.archiving is not None  # noqa: S101  # roles are archived
        yield operations[self.resource.archiving.undone_by]
        yield operations[UPDATE]

    def request(self, operation: Operation, caller: Caller | Credential, fact: Fact, choice: int) -> Request:
        asking = caller if isinstance(caller, Caller) else self.lead
        if operation.operation_id == CREATE:
            name = fact.name if choice == TAKEN else self.harness.make_fresh_name()
            provider_id = fact.shown.get("provider_id") if choice % 2 else None
            provider_id = provider_id or choose_provider(self.harness, asking.org).id
            return with_json(
                operation, {}, {"name": name, "provider_id": provider_id, **self._draw_changes(asking, choice)}
            )
        if operation.operation_id == UPDATE and find_resource_in_path(operation):
            sent = self._draw_changes(asking, choice)
            if choice == OTHER:
                sent["provider_id"] = choose_provider(self.harness, asking.org).id
            return with_json(operation, choose_path_values(operation, fact), sent)
        return ConfiguredSteps.request(self, operation, caller, fact, choice)

    def _draw_changes(self, caller: Caller, choice: int) -> dict[str, Any]:
        """Return fields of a body: packs, none of them, or some that are plain."""
        if choice % 3 == 0:
            return {"pack_ids": [pack_in_use(self.harness, caller.org)]}
        if choice % 3 == 1:
            return {"pack_ids": [], "capabilities": "- name: second\n", "max_continuations": choice}
        return {"description": f"description {choice}", "environment": "production"}

    def cite_field(self, name: str) -> str:
        return "ROLE-PACKS-REPLACED" if name == "pack_ids" else "CONFIG-PATCH-APPLIES"


def _make_whole(session: Harness, org: str, _like: Fact | None) -> Fact:
    """Return a role with a value in every field, and a pack."""
    caller = session.able(session.contract.operations[CREATE], org)
    request = build_valid(session, session.contract.operations[CREATE], caller)
    sent = {**json.loads(request.content or b"{}"), "pack_ids": [pack_in_use(session, org)]}
    return make_of(session, require_resource("role"), org, sent)


def _make_short(session: Harness, org: str, _like: Fact | None) -> Fact:
    """Return a role of which no more was sent than is needed."""
    sent = {"name": session.make_fresh_name(), "provider_id": choose_provider(session, org).id}
    return make_of(session, require_resource("role"), org, sent)


KINDS = (Kind("whole", _make_whole), Kind("short", _make_short))


RULE, FIELD, USUAL = "ROLE-ENVIRONMENT", "environment", "development"


class RoleResource(Resource):
    """Agent roles, each on a provider."""

    def check_made(
        self, _contract: Contract, sent: Mapping[str, Any], shown: JsonObject, _user_id: str | None
    ) -> Iterator[Breach]:
        """Yield a breach where a new role without an environment has another one than development."""
        if FIELD not in sent and FIELD in shown and shown[FIELD] != USUAL:
            yield Breach(RULE, USUAL, "another environment", evidence=from_field(FIELD, USUAL, shown[FIELD]))

    def choose_state_params(self, session: Harness, org: str) -> Mapping[str, Any]:
        return {"provider_id": choose_provider(session, org).id}


register(
    RoleResource(
        name="role",
        operations=(
            Behavior(CREATE, refuses=refuse_content, read_back="CREATE-READABLE", blames={PROVIDER.refused: MOVED}),
            Behavior(UPDATE, refuses=refuse_update, blames={PROVIDER.refused: MOVED}),
            Behavior(STOP_OF_ROLE, learns=learn_stopping_all, may_change=AllowedChange()),
        ),
        archiving=ARCHIVING,
        states={
            "role exists": ProviderState(
                "The org has a new role on this provider.", (ORG, NAME, Param("provider_id")), ("role_id",)
            )
        },
        fields=FIELDS,
        kinds=KINDS,
        causes={RUNNING.refused: CAUSE_OF_ROLES},
        steps=RoleSteps,
    )
)
