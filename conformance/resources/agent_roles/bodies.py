"""Values for the fields of agent roles, and the bodies that sequences send."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from conformance.contract.contract import Operation
from conformance.http.exchange import Request
from conformance.oracle.declaration.fields import Field, fresh_name, marked_name, one_of_two
from conformance.oracle.declaration.registry import require_resource, resource_in_path
from conformance.oracle.facts import Fact
from conformance.profile import Caller, Credential
from conformance.recipes.about import path_values
from conformance.recipes.making import learned, own
from conformance.recipes.requests import build, with_json
from conformance.recipes.steps import ConfiguredSteps, SetUp
from conformance.resources.agent_roles.semantics import CREATE, PROVIDER, UPDATE
from conformance.session.harness import Harness

NO_LIST = ("", "name: first\n", "- [\n", "just text\n")
"""Capabilities that are no YAML list."""
TAKEN, MOVED = 5, 6  # the choices that are not plain: a taken name, another provider


def same_yaml(shown: Any, sent: Any) -> bool:
    """Whether two texts are the same YAML, in whatever style."""
    try:
        read = [yaml.load(text, Loader=yaml.CSafeLoader) for text in (shown, sent) if isinstance(text, str)]
    except (yaml.YAMLError, ValueError, RecursionError):
        return bool(shown == sent)
    return bool(read[0] == read[1]) if len(read) == 2 else bool(shown == sent)


def of_kind(session: Harness, name: str, org: str) -> list[Fact]:
    """The objects in use that the run made for an org, as far as it is certain that they are there."""
    facts = session.state.certainly_made(name)
    return sorted((fact for fact in facts if fact.owned_by(org) and not fact.archived), key=lambda fact: fact.id)


def provider_in_use(session: Harness, org: str, *, other_than: object = None) -> Fact:
    """A provider of the org that is in use: one that is there, else a new one."""
    found = [fact for fact in of_kind(session, "provider", org) if fact.id != other_than]
    return found[0] if found else own(session, require_resource("provider"), org)


def _provider_id(session: Any, caller: Caller | None, fact: Fact | None) -> str:
    if caller is None:
        return "provider_conformance"
    return provider_in_use(session, caller.org, other_than=fact.shown.get("provider_id") if fact else None).id


def _pack_ids(session: Any, caller: Caller | None, fact: Fact | None) -> list[str]:
    """For a role that has none one pack; for a new one none, so that no pack is kept from being deleted."""
    if caller is None or fact is None or fact.shown.get("pack_ids"):
        return []
    return [pack_in_use(session, caller.org)]


def pack_in_use(session: Harness, org: str) -> str:
    """The id of a pack of the org: one that is there, else a new one."""
    packs = of_kind(session, "pack", org)
    return (packs[0] if packs else own(session, require_resource("pack"), org)).id


FIELDS: Mapping[str, Field] = {
    "name": Field(fresh_name, marked=marked_name),
    "provider_id": Field(_provider_id, stored=True),
    "display_name": one_of_two("display_name", "First", "Zweite, mit Umlaut: ä"),
    "description": one_of_two("description", "What the first does.", "третья"),
    "model": one_of_two("model", "model-large", "model-small"),
    "capabilities": Field(one_of_two("capabilities", "- name: first\n", "[]\n").value, stored=True, alike=same_yaml),
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
        """The provider of the role is archived, or taken into use again; then the role is unarchived or changed."""
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
            if choice == MOVED:
                sent["provider_id"] = provider_in_use(self.harness, asking.org).id
            return with_json(operation, path_values(operation, fact), sent)
        return ConfiguredSteps.request(self, operation, caller, fact, choice)

    def _changes(self, caller: Caller, choice: int) -> dict[str, Any]:
        """Fields of a body: packs, none of them, or some that are plain."""
        if choice % 3 == 0:
            return {"pack_ids": [pack_in_use(self.harness, caller.org)]}
        if choice % 3 == 1:
            return {"pack_ids": [], "capabilities": "- name: second\n", "max_continuations": choice}
        return {"description": f"description {choice}", "environment": "production"}

    def rule_of_field(self, name: str) -> str:
        return "ROLE-PACKS-REPLACED" if name == "pack_ids" else "CONFIG-PATCH-APPLIES"
