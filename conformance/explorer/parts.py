"""Parts of objects, such as files and tasks: the operations that read one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.contract.contract import Contract, Operation
from conformance.http.exchange import Request
from conformance.oracle.declaration.registry import find_resource_in_path, find_resource_of
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.recipes.about import choose_path_values
from conformance.recipes.requests import JSON, build


@dataclass(frozen=True, slots=True)
class PartReading:
    """An operation that reads one part of an object, such as a file."""

    operation: Operation
    part: Resource
    parameter: str
    """The parameter of its path that names the part."""

    @property
    def is_raw(self) -> bool:
        """Return whether it answers with the content of the part, and nothing around it."""
        return JSON not in self.operation.success.schemas

    def list_known(self, fact: Fact) -> list[str]:
        """Return the names of the parts that the object is known to have."""
        found = [*self.part.list_parts(fact)]
        return found if self.part.within else [each for each in found if each not in self.part.list_parts(None)]

    def request(self, fact: Fact, name: str) -> Request:
        """Return the request for a part of the object; NotProvoked where its path names what no recipe gives."""
        return build(self.operation, {**choose_path_values(self.operation, fact), self.parameter: name})


def find_part_readings(contract: Contract, resource: Resource) -> Iterator[PartReading]:
    """Yield the operations that read one part of an object of the resource."""
    for operation in contract.operations.values():
        part = find_resource_of(operation) if operation.is_safe else None
        if part is not None and part.is_part and find_resource_in_path(operation) is resource:
            named = (p.name for p in operation.path_parameters if p.resource and p.resource.name == part.name)
            yield PartReading(operation, part, next(named))
