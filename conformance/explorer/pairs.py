"""Pairs of operations of a resource, of which the requests can overlap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations_with_replacement, product

from conformance.contract.contract import Contract, Operation
from conformance.http.event_stream import MEDIA_TYPE as STREAM
from conformance.oracle.declaration.registry import concerns, list_resources
from conformance.oracle.declaration.resource import Resource


@dataclass(frozen=True, slots=True)
class OperationPair:
    """A pair of operations on objects of one resource; the first one writes."""

    resource: Resource
    first: Operation
    second: Operation

    @property
    def id(self) -> str:
        """The ids of both."""
        return f"{self.first}+{self.second}"

    @property
    def operations(self) -> frozenset[str]:
        """The ids of the operations that it is about."""
        return frozenset({self.first.operation_id, self.second.operation_id})

    def is_of(self, *operation_ids: str) -> bool:
        """Return whether it is that of these operations, in this order."""
        return (self.first.operation_id, self.second.operation_id) == operation_ids

    def __str__(self) -> str:
        return self.id


def pair_writes(contract: Contract) -> Iterator[OperationPair]:
    """Yield every two writes of a resource, each with itself too."""
    for resource in _list_whole_resources():
        writes = [each for each in contract.operations.values() if concerns(each, resource) and not each.is_safe]
        yield from (OperationPair(resource, *both) for both in combinations_with_replacement(writes, 2))


def pair_with_reads(contract: Contract) -> Iterator[OperationPair]:
    """Yield every write of a resource with everything that reads of it and has an end."""
    for resource in _list_whole_resources():
        about = [each for each in contract.operations.values() if concerns(each, resource)]
        reads = [each for each in about if each.is_safe and STREAM not in each.success.schemas]
        yield from (
            OperationPair(resource, *both) for both in product([each for each in about if not each.is_safe], reads)
        )


def _list_whole_resources() -> Iterator[Resource]:
    """Yield the resources that are no part of another resource."""
    return (each for each in list_resources() if each.within is None)
