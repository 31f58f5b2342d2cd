"""The refusals of a declared resource by state: a name that is taken, and what a body names and is not there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.contract.contract import Contract, Operation
from conformance.contract.declarations import declares_whole
from conformance.contract.resource_types import Reference, ResourceType
from conformance.oracle import archiving
from conformance.oracle.call import Call, Refusals, WrongfulRefusal
from conformance.oracle.declaration.lifetime import Archiving, Parent
from conformance.oracle.declaration.resource import Refusal
from conformance.oracle.facts import Fact
from conformance.recipes.causes import FOR_SOMEBODY, Cause, in_use, naming_archived, twice

TAKEN, CONTENT = "CONFIG-NAME-TAKEN", "CONFIG-CONTENT"


@dataclass(frozen=True, slots=True, eq=False)
class DeclaredRefusals:
    """What the declaration of a type says of the refusals of its operations by state."""

    contract: Contract
    declared: ResourceType
    archiving: Archiving | None
    parent: Parent | None = None
    """What one is based on."""

    @property
    def by_operation(self) -> Mapping[str, Refusal]:
        """By operation id, as `Resource.refusals` has them."""
        parts = self.declared.parts
        adding: dict[str | None, Refusal] = dict.fromkeys((parts.read, parts.list, parts.remove), _nothing)
        adding |= {parts.create: self._create, parts.put: self._named, parts.update: self._named}
        found = {each: adding[each] for each in adding if each and declares_whole(self.declared, each)}
        return (
            found
            if self.archiving is None
            else {**found, **archiving.refusals_of(self._name, self.archiving, self.parent)}
        )

    @property
    def causes(self) -> Mapping[str, Cause]:
        """By error code: how it is provoked."""
        refers = self.declared.refers.items()
        found = {each.archived: naming_archived(name, each.to, each.by) for name, each in refers if each.archived}
        found |= {self.taken: Cause(twice, FOR_SOMEBODY)} if self.taken else {}
        return found if self.archiving is None else {**found, archiving.NOT_ARCHIVED: Cause(in_use, FOR_SOMEBODY)}

    def wrongful(self, _call: Call) -> Iterator[WrongfulRefusal]:
        """What a refusal by state would break where there is no reason for it."""
        if self.taken:
            yield self.taken, TAKEN
        yield from ((each.archived, CONTENT) for each in self.declared.refers.values() if each.archived)
        if self.archiving is not None:
            yield from archiving.wrongful(self.archiving)

    @property
    def taken(self) -> str | None:
        """The code of a creation whose name is taken; None where it has none."""
        creation = self.contract.operations.get(self.declared.parts.create or "")
        if creation is None or not self.declared.unique or not declares_whole(self.declared, str(creation)):
            return None
        return next(iter(conflicts(creation, self.declared)), None)

    @property
    def _name(self) -> str:
        return self.declared.name

    def _create(self, call: Call, refusals: Refusals) -> None:
        self._named(call, refusals)
        sent = [call.body.get(name) for name in self.declared.unique if name in call.body]
        if self.taken is None or not sent:
            return
        taken = call.state.name_taken(self._name, call.caller.org, str(sent[-1]), self._beside(call))
        if taken is not False:
            refusals.add(409, self.taken, TAKEN, certain=taken is True)

    def _beside(self, call: Call) -> Callable[[Fact], bool]:
        """Return whether an object has what the request says of all unique fields but the last, which is the name."""
        personal, others = self.declared.personal, self.declared.unique[:-1]
        person = call.state.person_of(call.caller)

        def beside(fact: Fact) -> bool:
            whose = personal is None or personal.field not in others or fact.person == person
            sent = (name for name in others if personal is None or name != personal.field)
            return whose and all(fact.shown.get(name) == call.body.get(name) for name in sent)

        return beside

    def _named(self, call: Call, refusals: Refusals) -> None:
        """Add the refusals of what the fields of a body name: an object that the caller's org has to see."""
        for name, reference in self.declared.refers.items():
            sent = call.body.get(name)
            for value in sent if isinstance(sent, list) else [sent] if sent is not None else []:
                there = _is_there(call, reference, value)
                for status in _statuses(call.operation, reference.code) if there is not True else ():
                    refusals.add(status, reference.code, CONTENT, certain=there is False)
                archived = there is not False and _is_archived(call, name, reference, value)
                for status in _statuses(call.operation, reference.archived) if archived is not False else ():
                    refusals.add(status, reference.archived, CONTENT, certain=archived is True)


def conflicts(creation: Operation, declared: ResourceType) -> Iterable[str]:
    """Return the codes of a creation's 409, but for those by which it refuses what a body names."""
    response = creation.responses.get(409)
    others = {code for each in declared.refers.values() for code in each.codes}
    return [code for code in response.codes if code not in others] if response else []


def _is_there(call: Call, reference: Reference, value: Any) -> bool | None:
    """Whether the caller's org sees what a field names; None where the run cannot know."""
    state, org = call.state, call.caller.org
    if reference.by is not None:
        return state.name_taken(reference.to, org, str(value))
    if not state.is_known(reference.to, str(value), org):
        return None
    fact = state.facts(reference.to).get(str(value))
    return fact is not None and fact.visible_to(org)


def _is_archived(call: Call, name: str, reference: Reference, value: Any) -> bool | None:
    """Whether a field names an archived object; None where the run cannot know, or the object had it before."""
    state, by = call.state, reference.by
    owned = (each for each in state.owned(reference.to, call.caller.org) if state.certain(each))
    known = [each for each in owned if value == (each.shown.get(by) if by else each.id)]
    before = next((fact for named in call.operation.resources if (fact := call.object_of(named.name))), None)
    if not known or (before is not None and before.shown.get(name) == value):
        return None
    return known[0].archived


def _statuses(operation: Operation, code: str | None) -> list[int]:
    return [status for status, response in operation.responses.items() if code in response.codes]


def nothing_by_state(*operations: str) -> Mapping[str, Refusal]:
    """Return refusals of operations in whose way no state stands."""
    return dict.fromkeys(operations, _nothing)


def _nothing(_call: Call, _refusals: Refusals) -> None:
    """No state of the others stands in the way."""
