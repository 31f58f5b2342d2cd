"""The operations of a declared resource: when each is refused by state, what it may change, and sequences of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.contract.contract import Contract, Operation, is_named
from conformance.contract.declarations import is_declared_whole
from conformance.contract.resource_types import Reference, ResourceType
from conformance.declared.values import find_body_schema
from conformance.http.exchange import Request
from conformance.oracle import archiving
from conformance.oracle.bodies import list_fields
from conformance.oracle.call import Call, Refusals
from conformance.oracle.declaration.behavior import Behavior, Part, Refusal, join, refuse_nothing
from conformance.oracle.declaration.lifetime import Archiving, Parent
from conformance.oracle.declaration.registry import find_resource_in_path
from conformance.oracle.facts import Fact
from conformance.oracle.law import EVERY_CALLER, AllowedChange
from conformance.profile import Caller, Credential
from conformance.recipes.about import choose_path_values
from conformance.recipes.causes import FOR_SOMEBODY, Cause, ask_while_in_use, make_archived_cause, send_twice
from conformance.recipes.requests import with_json
from conformance.recipes.steps import ConfiguredSteps

NAME_TAKEN, CLEARS = 5, 6
"""The choices that are not plain: a name that is taken, a field that a null clears."""


class DeclaredSteps(ConfiguredSteps):
    """Objects that are made, some under a taken name, and whose fields are set and cleared one by one."""

    def request(self, operation: Operation, caller: Caller | Credential, fact: Fact, choice: int) -> Request:
        resource = self.resource
        if operation.operation_id == resource.updated_by and find_resource_in_path(operation):
            asking = caller if isinstance(caller, Caller) else self.lead
            return with_json(
                operation, choose_path_values(operation, fact), self._draw_changes(operation, asking, fact, choice)
            )
        request = ConfiguredSteps.request(self, operation, caller, fact, choice)
        named = resource.named_in
        if (
            operation.operation_id in resource.made_by
            and choice == NAME_TAKEN
            and fact.name
            and named in list_fields(operation)
        ):
            sent = json.loads(request.content or b"{}")
            return with_json(operation, request.path_values, {**sent, named: fact.name})
        return request

    def _draw_changes(self, operation: Operation, caller: Caller, fact: Fact, choice: int) -> dict[str, Any]:
        """Return the body of an update: nothing, a field, or a null."""
        clears = sorted(self.resource.clears)
        if choice == CLEARS and clears:
            return {clears[0]: None}
        known = [name for name in list_fields(operation) if name in self.resource.fields]
        if choice == 0 or not known:
            return {}
        name = known[choice % len(known)]
        return {name: self.resource.fields[name].value(self.harness, caller, fact)}


CREATED, CHANGED, REST = "CONFIG-CREATE-APPLIES", "CONFIG-PATCH-APPLIES", "CONFIG-PATCH-REST"
TAKEN, CONTENT = "CONFIG-NAME-TAKEN", "CONFIG-CONTENT"
UPDATED = "updated_at"


@dataclass(frozen=True, slots=True, eq=False)
class DeclaredOperations:
    """The operations of a resource, by the declaration of its type."""

    contract: Contract
    declared: ResourceType
    archiving: Archiving | None
    parent: Parent | None = None
    """The resource on which one is based."""

    def complete(self, written: Iterable[Behavior]) -> Iterator[Behavior]:
        """Yield the behavior of each operation: written by hand, then declared, as far as the declaration goes.

        A creation is refused for a taken name beside all that is written of it.
        """
        create, beside = self.declared.parts.create, list(written)
        refuses: Refusal = self._refuse_named
        for place, each in enumerate(beside):
            if each.operation_id == create and each.refuses is not None and self.taken is not None:
                beside[place], refuses = replace(each, refuses=None), each.refuses
        yield from join(beside, self._derive_behaviors(refuses))

    def _derive_behaviors(self, refuses: Refusal) -> Iterator[Behavior]:
        """Yield what is declared; `refuses`: the refusals of a creation but for that of a taken name."""
        parts = self.declared.parts
        seen: tuple[tuple[Part, str | None], ...] = (
            ("list", parts.list),
            ("read", parts.read),
            ("remove", parts.remove),
        )
        for part, operation_id in seen:
            if operation_id is not None:
                yield Behavior(operation_id, part=part, refuses=self._refuse_if_whole(operation_id, refuse_nothing))
        if parts.create is not None:
            whole = self._refuse_if_whole(parts.create, self._refuse_taken_beside(refuses))
            yield Behavior(
                parts.create, part="create", refuses=whole, applies=self._cite_if_about(CREATED, parts.create)
            )
        if parts.put is not None:
            yield Behavior(
                parts.put,
                part="put" if self.declared.key else None,
                refuses=self._refuse_if_whole(parts.put, self._refuse_named),
                applies=self._cite_if_about(CREATED, parts.put),
            )
        if parts.update is not None:
            yield self._update(parts.update)
        if self.archiving is not None:
            yield from archiving.list_behaviors(self.declared.name, self.archiving, self.parent)

    def _update(self, update: str) -> Behavior:
        keeps = self._cite_if_about(REST, update)
        law = AllowedChange(self.changed | {UPDATED}, keeps=keeps or EVERY_CALLER)
        return Behavior(
            update,
            part="update",
            refuses=self._refuse_if_whole(update, self._refuse_named),
            may_change=law if keeps or is_declared_whole(self.declared, update) else None,
            applies=self._cite_if_about(CHANGED, update),
            read_back=self._cite_if_about(CHANGED, update),
        )

    def _refuse_if_whole(self, operation_id: str, refusal: Refusal) -> Refusal | None:
        return refusal if is_declared_whole(self.declared, operation_id) else None

    def _cite_if_about(self, rule: str, operation_id: str) -> str | None:
        found = self.contract.whole.rules.get(rule)
        return rule if found is not None and is_named(operation_id, found.operations) else None

    @property
    def changed(self) -> frozenset[str]:
        """The fields of an update."""
        return frozenset(find_body_schema(self.contract, self.declared.parts.update).get("properties", {}))

    @property
    def written(self) -> frozenset[str]:
        """The fields that show what an update sent."""
        update = self.declared.parts.update
        return self.changed if update and self._cite_if_about(CHANGED, update) else frozenset()

    @property
    def causes(self) -> Mapping[str, Cause]:
        """Return how an error code is provoked, by error code."""
        refers = self.declared.refers.items()
        found = {each.archived: make_archived_cause(name, each.to, each.by) for name, each in refers if each.archived}
        found |= {self.taken: Cause(send_twice, FOR_SOMEBODY)} if self.taken else {}
        return (
            found
            if self.archiving is None
            else {**found, archiving.NOT_ARCHIVED: Cause(ask_while_in_use, FOR_SOMEBODY)}
        )

    @property
    def blames(self) -> Mapping[str, str]:
        """Return the rule that an error code breaks where there is no reason for it, by error code."""
        found = {each.archived: CONTENT for each in self.declared.refers.values() if each.archived}
        found |= {self.taken: TAKEN} if self.taken else {}
        return found if self.archiving is None else {**found, **archiving.build_blames(self.archiving)}

    @property
    def taken(self) -> str | None:
        """The code of a creation whose name is taken; None where it has none."""
        creation = self.contract.operations.get(self.declared.parts.create or "")
        if creation is None or not self.declared.unique or not is_declared_whole(self.declared, str(creation)):
            return None
        return next(iter(find_conflicts(creation, self.declared)), None)

    def _refuse_taken_beside(self, refuses: Refusal) -> Refusal:
        def refuse(call: Call, refusals: Refusals) -> None:
            refuses(call, refusals)
            self._refuse_taken(call, refusals)

        return refuse

    def _refuse_taken(self, call: Call, refusals: Refusals) -> None:
        sent = [call.body.get(name) for name in self.declared.unique if name in call.body]
        if self.taken is None or not sent:
            return
        taken = call.state.is_name_taken(self.declared.name, call.caller.org, str(sent[-1]), self._match_beside(call))
        refusals.add_if(409, self.taken, TAKEN, so=taken)

    def _match_beside(self, call: Call) -> Callable[[Fact], bool]:
        """Return whether an object has what the request says of all unique fields but the last, which is the name."""
        personal, others = self.declared.personal, self.declared.unique[:-1]
        person = call.state.find_person(call.caller)

        def is_beside(fact: Fact) -> bool:
            whose = personal is None or personal.field not in others or fact.person == person
            sent = (name for name in others if personal is None or name != personal.field)
            return whose and all(fact.shown.get(name) == call.body.get(name) for name in sent)

        return is_beside

    def _refuse_named(self, call: Call, refusals: Refusals) -> None:
        """Add the refusals of what the fields of a body name: an object that the caller's org has to see."""
        for name, reference in self.declared.refers.items():
            sent = call.body.get(name)
            for value in sent if isinstance(sent, list) else [sent] if sent is not None else []:
                there = _is_there(call, reference, value)
                for status in _find_statuses(call.operation, reference.code):
                    refusals.add_unless(status, reference.code, CONTENT, so=there)
                archived = there is not False and _is_archived(call, name, reference, value)
                for status in _find_statuses(call.operation, reference.archived):
                    refusals.add_if(status, str(reference.archived), CONTENT, so=archived)


def find_conflicts(creation: Operation, declared: ResourceType) -> Iterable[str]:
    """Return the codes of a creation's 409, but for those by which it refuses what a body names."""
    response = creation.responses.get(409)
    others = {code for each in declared.refers.values() for code in each.codes}
    return [code for code in response.codes if code not in others] if response else []


def _is_there(call: Call, reference: Reference, value: Any) -> bool | None:
    """Return whether the caller's org sees what a field names; None where the run cannot know."""
    state, org = call.state, call.caller.org
    if reference.by is not None:
        return state.is_name_taken(reference.to, org, str(value))
    if not state.is_known(reference.to, str(value), org):
        return None
    fact = state.get_facts(reference.to).get(str(value))
    return fact is not None and fact.is_visible_to(org)


def _is_archived(call: Call, name: str, reference: Reference, value: Any) -> bool | None:
    """Return whether a field names an archived object; None where the run cannot know, or the object had it before."""
    state, by = call.state, reference.by
    owned = (each for each in state.list_owned(reference.to, call.caller.org) if state.is_certain(each))
    known = [each for each in owned if value == (each.shown.get(by) if by else each.id)]
    before = next((fact for named in call.operation.resources if (fact := call.find_object(named.name))), None)
    if not known or (before is not None and before.shown.get(name) == value):
        return None
    return known[0].archived


def _find_statuses(operation: Operation, code: str | None) -> list[int]:
    return [status for status, response in operation.responses.items() if code in response.codes]
