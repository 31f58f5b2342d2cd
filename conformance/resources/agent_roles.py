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
from conformance.oracle.declaration.fields import Field, fresh_name, marked_name, one_of_two, same_yaml
from conformance.oracle.declaration.lifetime import Archiving, Parent
from conformance.oracle.declaration.provider_state import NAME, ORG, Param, ProviderState
from conformance.oracle.declaration.registry import register, require_resource, resource_in_path
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.oracle.law import Kind, Law
from conformance.profile import Caller, Credential
from conformance.recipes.about import path_values
from conformance.recipes.making import learned, make_of, own
from conformance.recipes.requests import build, with_json
from conformance.recipes.steps import ConfiguredSteps, SetUp
from conformance.recipes.valid import valid
from conformance.resources.workspaces.oracle import RUNNING, STOP_OF_ROLE, stopped_together
from conformance.resources.workspaces.recipes import CAUSE_OF_ROLES
from conformance.results.difference import of_field
from conformance.session.harness import Harness

VALIDATION = "validation_error"
CREATE, UPDATE = "agent_roles.create", "agent_roles.update"
CONTENT, PACKS, MOVED = "CONFIG-CONTENT", "ROLE-PACKS-VISIBLE", "ROLE-PROVIDER-ARCHIVED"
PROVIDER = Parent(resource="provider", field="provider_id", refused="provider_archived")
ARCHIVING = Archiving(kept_by=RUNNING)


def refuse_update(call: Call, refusals: Refusals) -> None:
    """Add the refusal of an update that names what the org does not see, as a creation does."""
    refuse_content(call, refusals)
    if None in call.body.values():
        # Whether null clears a field or is refused is not judged.
        refusals.add_possible(400, VALIDATION, "CONTRACT-INVALID-REFUSED")


def refuse_content(call: Call, refusals: Refusals) -> None:
    """Add the refusal of a body whose fields name or hold what they must not."""
    body = call.body
    if "provider_id" in body:
        _provider(call, body["provider_id"], refusals)
    for pack_id in body.get("pack_ids") or ():
        _named(call, "pack", pack_id, PACKS, refusals)
    if isinstance(body.get("capabilities"), str):
        refusals.add_unless(400, VALIDATION, CONTENT, so=_is_list(body["capabilities"]))


def _provider(call: Call, provider_id: str, refusals: Refusals) -> None:
    """Add the refusal of a provider that the org has not or that is archived, unless it is the role's already."""
    _named(call, "provider", provider_id, CONTENT, refusals)
    state, role = call.state, call.object_of("role")
    if role is not None and role.shown.get("provider_id") == provider_id:
        return
    fact = state.facts("provider").get(provider_id)
    if fact is not None and not fact.visible_to(call.caller.org):
        return
    if fact is None or not state.certain(fact) or (call.named("role") is not None and role is None):
        refusals.add_possible(409, PROVIDER.refused, MOVED)
    elif fact.archived:
        refusals.add(409, PROVIDER.refused, MOVED)


def _named(call: Call, resource: str, object_id: str, rule: str, refusals: Refusals) -> None:
    """Add the refusal of a body that names what the org does not see: a 400, or the 404 of it."""
    state, org = call.state, call.caller.org
    fact = state.facts(resource).get(object_id)
    known = state.is_known(resource, object_id, org)
    if fact is not None and fact.visible_to(org) and known:
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


def of_kind(session: Harness, name: str, org: str) -> list[Fact]:
    """Return the objects in use that the run made for an org, as far as it is certain that they are there."""
    facts = session.state.certainly_made(name)
    return sorted((fact for fact in facts if fact.owned_by(org) and not fact.archived), key=lambda fact: fact.id)


def provider_in_use(session: Harness, org: str, *, other_than: object = None) -> Fact:
    """Return a provider of the org that is in use: one that is there, else a new one."""
    found = [fact for fact in of_kind(session, "provider", org) if fact.id != other_than]
    return found[0] if found else own(session, require_resource("provider"), org)


def _provider_id(session: Any, caller: Caller | None, fact: Fact | None) -> str:
    if caller is None:
        return "provider_conformance"
    return provider_in_use(session, caller.org, other_than=fact.shown.get("provider_id") if fact else None).id


def _pack_ids(session: Any, caller: Caller | None, fact: Fact | None) -> list[str]:
    """Return one pack for a role that has none; for a new one none, so that no pack is kept from being deleted."""
    if caller is None or fact is None or fact.shown.get("pack_ids"):
        return []
    return [pack_in_use(session, caller.org)]


def pack_in_use(session: Harness, org: str) -> str:
    """Return the id of a pack of the org: one that is there, else a new one."""
    packs = of_kind(session, "pack", org)
    return (packs[0] if packs else own(session, require_resource("pack"), org)).id


FIELDS: Mapping[str, Field] = {
    "name": Field(fresh_name, marked=marked_name),
    "provider_id": Field(_provider_id, stored=True),
    "display_name": one_of_two("display_name", "First", "Zweite, mit Umlaut: ä"),
    "description": one_of_two("description", "What the first does.", "третья"),
    "model": one_of_two("model", "model-large", "model-small"),
    "capabilities": one_of_two("capabilities", "- name: first\n", "[]\n", stored=True, alike=same_yaml),
    "environment": one_of_two("environment", "staging", "production"),
    "environment_description": one_of_two("environment_description", "A copy.", "What customers use."),
    "task_timeout_seconds": one_of_two("task_timeout_seconds", 3600, 1),
    "idle_timeout_seconds": one_of_two("idle_timeout_seconds", 900, 86400),
    "thinking_effort": one_of_two("thinking_effort", "high", "off"),
    "max_continuations": one_of_two("max_continuations", 20, 0),
    "max_context_tokens": one_of_two("max_context_tokens", 200_000, 1),
    "pool_policy": one_of_two("pool_policy", "static", "dynamic"),
    "pool_size": one_of_two("pool_size", 2, 0),
    "pool_max_size": one_of_two("pool_max_size", 4, 100),
    "pack_ids": Field(_pack_ids, stored=True),
}


class RoleSteps(ConfiguredSteps):
    """Roles with packs and without, moved between providers, of which one is archived and taken into use again."""

    @property
    def set_ups(self) -> tuple[SetUp, ...]:
        return (self._provider_archived,)

    def _provider_archived(self, fact: Fact, choice: int) -> Iterator[Operation]:
        """Yield a role's unarchiving and change after its provider is archived, or taken into use again."""
        provider, operations = require_resource("provider"), self.harness.contract.operations
        if provider.archiving is not None:
            step = operations[provider.archiving.undone_by if choice % 3 == 0 else provider.archiving.by]
            named = self.harness.state.facts("provider").get(str(fact.shown.get(PROVIDER.field)))
            if named is not None:
                self.harness.send(self.lead, build(step, path_values(step, named)))
                # What it does to the role is for the rules of archiving to say.
                learned(self.harness, self.resource, self.harness.state.facts("role").get(fact.id, fact))
        assert self.resource.archiving is not None  # noqa: S101  # roles are archived
        yield operations[self.resource.archiving.undone_by]
        yield operations[UPDATE]

    def request(self, operation: Operation, caller: Caller | Credential, fact: Fact, choice: int) -> Request:
        asking = caller if isinstance(caller, Caller) else self.lead
        if operation.operation_id == CREATE:
            name = fact.name if choice == TAKEN else self.harness.fresh_name()
            provider_id = fact.shown.get("provider_id") if choice % 2 else None
            provider_id = provider_id or provider_in_use(self.harness, asking.org).id
            return with_json(operation, {}, {"name": name, "provider_id": provider_id, **self._changes(asking, choice)})
        if operation.operation_id == UPDATE and resource_in_path(operation):
            sent = self._changes(asking, choice)
            if choice == OTHER:
                sent["provider_id"] = provider_in_use(self.harness, asking.org).id
            return with_json(operation, path_values(operation, fact), sent)
        return ConfiguredSteps.request(self, operation, caller, fact, choice)

    def _changes(self, caller: Caller, choice: int) -> dict[str, Any]:
        """Return fields of a body: packs, none of them, or some that are plain."""
        if choice % 3 == 0:
            return {"pack_ids": [pack_in_use(self.harness, caller.org)]}
        if choice % 3 == 1:
            return {"pack_ids": [], "capabilities": "- name: second\n", "max_continuations": choice}
        return {"description": f"description {choice}", "environment": "production"}

    def rule_of_field(self, name: str) -> str:
        return "ROLE-PACKS-REPLACED" if name == "pack_ids" else "CONFIG-PATCH-APPLIES"


def _whole(session: Harness, org: str, _like: Fact | None) -> Fact:
    """Return a role with a value in every field, and a pack."""
    caller = session.able(session.contract.operations[CREATE], org)
    request = valid(session, session.contract.operations[CREATE], caller)
    sent = {**json.loads(request.content or b"{}"), "pack_ids": [pack_in_use(session, org)]}
    return make_of(session, require_resource("role"), org, sent)


def _short(session: Harness, org: str, _like: Fact | None) -> Fact:
    """Return a role of which no more was sent than is needed."""
    sent = {"name": session.fresh_name(), "provider_id": provider_in_use(session, org).id}
    return make_of(session, require_resource("role"), org, sent)


KINDS = (Kind("whole", _whole), Kind("short", _short))


RULE, FIELD, USUAL = "ROLE-ENVIRONMENT", "environment", "development"


class RoleResource(Resource):
    """Agent roles, each on a provider."""

    def check_made(
        self, _contract: Contract, sent: Mapping[str, Any], shown: JsonObject, _user_id: str | None
    ) -> Iterator[Breach]:
        """Yield a breach where a new role without an environment has another one than development."""
        if FIELD not in sent and FIELD in shown and shown[FIELD] != USUAL:
            yield Breach(RULE, USUAL, "another environment", evidence=of_field(FIELD, USUAL, shown[FIELD]))

    def state_params(self, session: Harness, org: str) -> Mapping[str, Any]:
        return {"provider_id": provider_in_use(session, org).id}


register(
    RoleResource(
        name="role",
        operations=(
            Behavior(CREATE, refuses=refuse_content, read_back="CREATE-READABLE", blames={PROVIDER.refused: MOVED}),
            Behavior(UPDATE, refuses=refuse_update, blames={PROVIDER.refused: MOVED}),
            Behavior(STOP_OF_ROLE, learns=stopped_together, may_change=Law()),
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
