"""The requests of an expedition about objects of a resource, and its demands beside the oracle's answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.contract.contract import JsonObject, Operation
from conformance.http.exchange import Exchange, Request
from conformance.oracle.breach import Breach
from conformance.oracle.declaration.registry import find_resource_in_path, find_resource_of
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller, Credential
from conformance.recipes.about import choose_path_values, with_right_body
from conformance.recipes.making import create_owned
from conformance.recipes.reading import differing_fields, get_field, list_whole
from conformance.results.difference import from_field
from conformance.session.harness import Harness

SetUp = Callable[[Fact, int], Iterator[Operation]]
"""The function that has the target's side make a state of an object, and gives the operations to try then."""


def list_operations_about(resource: Resource, operations: Mapping[str, Operation]) -> tuple[Operation, ...]:
    """Return the operations that make an object or are about one, in the contract's order."""
    return tuple(
        operation
        for operation in operations.values()
        if find_resource_in_path(operation) is resource or (operation.body and find_resource_of(operation) is resource)
    )


def find_creation(resource: Resource, operations: Mapping[str, Operation]) -> Operation:
    """Return the operation by which a caller makes an object; not provoked where the contract has none."""
    for operation_id in resource.made_by:
        if operation_id in operations:
            return operations[operation_id]
    raise NotProvoked(f"no operation makes a {resource}")


@dataclass(slots=True)
class Steps:
    """The steps of one expedition, as far as they depend on the resource. A resource may have its own."""

    harness: Harness
    resource: Resource
    lead: Caller  # makes the first object
    other: Caller | None  # of another org, with the same scopes

    def begin(self, choice: int) -> None:
        """Make the first object."""
        list_whole(self.harness, self.resource, self.lead)
        ways = [each for each in self.resource.access.ownerships if each.is_own]
        create_owned(self.harness, self.resource, self.lead.org, ways[choice % len(ways)], caller=self.lead)

    @property
    def set_ups(self) -> tuple[SetUp, ...]:
        """Return what the target's side can be asked for about an object."""
        return ()

    def request(self, operation: Operation, caller: Caller | Credential, fact: Fact, _choice: int) -> Request:
        """Return what the caller asks for, of this object where the path names one.

        Not provoked where no recipe makes it.
        """
        about = fact if find_resource_in_path(operation) else None
        asking = caller if isinstance(caller, Caller) else self.lead
        return with_right_body(self.harness, operation, asking, choose_path_values(operation, about), about)

    def check_creation(self, _exchange: Exchange, _made: Fact, _choice: int) -> Iterator[Breach]:
        """Yield what is wrong with the answer to a creation."""
        return iter(())

    def check_write(self, exchange: Exchange, _before: Fact, read: JsonObject) -> Iterator[Breach]:
        """Yield what is wrong with the object as it is read after a write to it that succeeded."""
        archiving = self.resource.archiving
        if archiving is None or exchange.operation_id not in (archiving.by, archiving.undone_by):
            return
        name, archived = archiving.shown_in, exchange.operation_id == archiving.by
        if (read.get(name) is not None) is not archived:
            expected, got = (f"a time in {name}", "none") if archived else (f"no {name}", "one")
            yield Breach("ARCHIVE-STAMPS", expected, got, evidence=from_field(name, expected, read.get(name)))

    def check_read(self, _exchange: Exchange, _fact: Fact) -> Iterator[Breach]:
        """Yield what is wrong with the answer to a request that changes nothing."""
        return iter(())

    def cite_reading(self, operation: Operation, _differing: list[str]) -> str:
        """Return the rule that is broken where these fields are not read as the write answered them."""
        return self.resource.find_behavior(operation.operation_id).read_back or "CREATE-READABLE"

    def build_part_read(self, _exchange: Exchange) -> Request | None:
        """Return the request that reads what the write put into a part of the object.

        None where it is about no part.
        """
        return None

    def read_besides(self, _exchange: Exchange) -> Iterator[Request]:
        """Yield what else is read of the object after a write that succeeded; `check_read` judges the answers."""
        return iter(())

    def compare_item(self, shown: Any, fact: Fact, *, own: bool) -> list[str]:
        """Return the fields in which an item of the list is not as the object is known."""
        moves = self.resource.moves
        return differing_fields(self.harness.contract, dict(fact.shown), shown, ignoring=moves) if own else []


def find_steps(harness: Harness, resource: Resource, lead: Caller, other: Caller | None) -> Steps:
    """Return the resource's own, else those that any resource has."""
    made: Steps = (resource.steps or Steps)(harness, resource, lead, other)
    return made


class ConfiguredSteps(Steps):
    """Steps about a resource with an update, which are demanded to change what they send and nothing else."""

    def merge_sent(self, sent: Mapping[str, Any], before: JsonObject) -> Mapping[str, Any]:
        """Return what an object shows after these fields were sent: None for a null, others merged by key."""
        expected = dict(sent)
        for name in self.resource.merged & sent.keys():
            merged = {**(before.get(name) or {}), **sent[name]}
            expected[name] = {key: value for key, value in merged.items() if value is not None} or None
        return expected

    def cite_field(self, _name: str) -> str:
        """Return the rule that is broken where a field does not show what was sent."""
        return "CONFIG-PATCH-APPLIES"

    def check_write(self, exchange: Exchange, before: Fact, read: JsonObject) -> Iterator[Breach]:
        yield from Steps.check_write(self, exchange, before, read)
        if exchange.operation_id != self.resource.updated_by:
            return
        sent: Mapping[str, Any] = json.loads(exchange.request.content or b"{}")
        for name, expected in self.merge_sent(sent, before.shown).items():
            if not self.resource.is_alike(name, got := get_field(read, name), expected):
                evidence = from_field(name, expected, got)
                yield Breach(self.cite_field(name), f"{name} as it was sent", "another", evidence=evidence)
        rest = before.shown.keys() - sent.keys() - {"updated_at"}
        for name in sorted(each for each in rest if before.shown[each] != get_field(read, each)):
            evidence = from_field(name, before.shown[name], get_field(read, name))
            yield Breach("CONFIG-PATCH-REST", f"{name} as before", "another", evidence=evidence)
