"""The changes from one contract to another, each told once with its operations, the worst first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from conformance.changes.change import (
    Change,
    Grade,
    change,
    gather_changes,
    index_by_former_fingerprint,
    sort_worst_first,
)
from conformance.changes.declarations import (
    RULE,
    compare_declarations,
    compare_grants,
    compare_kinds,
    compare_rules,
    compare_values,
)
from conformance.changes.operations.access import (
    DOCUMENT,
    compare_access,
    compare_addresses,
    compare_flags,
    compare_named_things,
)
from conformance.changes.operations.answers import compare_answers
from conformance.changes.operations.pairs import Pair, pair_operations
from conformance.changes.operations.provenance import compare_provenance
from conformance.changes.operations.requests import compare_requests
from conformance.changes.schemas.located import DocumentProblem
from conformance.contract.contract import Contract, ContractError

_OF_A_PAIR = (
    compare_flags,
    compare_access,
    compare_named_things,
    compare_requests,
    compare_answers,
    compare_provenance,
)


@dataclass(frozen=True, slots=True)
class ComparedTraffic:
    """The recordings that two contracts were held against."""

    recordings: tuple[str, ...]
    exchanges: int
    """The number of exchanges in the recordings."""
    judged: int
    refused: int
    """Requests that were served, and that the new contract refuses."""
    forbidden: int
    """Answers that the new contract rules out."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContractDiff:
    """The changes from one contract to another."""

    old: Contract
    new: Contract
    changes: tuple[Change, ...]
    former: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)
    """The present text of each change, by the fingerprint that it had in earlier versions."""
    traffic: ComparedTraffic | None = None
    """The recordings that were compared; None where none was given."""

    def count(self, side: str, grade: Grade) -> int:
        """Return how many changes have this grade for `clients` or `servers`."""
        return sum(getattr(each, side) is grade for each in self.changes)


def diff(old: Contract, new: Contract) -> ContractDiff:
    """Compare two contracts; raises ContractError where one of them holds what cannot be compared."""
    try:
        found = [*_compare_operations(old, new)]
        beside = [*compare_grants(old, new), *compare_kinds(old, new), *compare_declarations(old, new)]
        beside += compare_rules(old, new)
    except DocumentProblem as problem:
        path = old.path if problem.document is old.document else new.path
        raise ContractError(f"{path}: {problem}; mend it or name another file or REV:PATH") from None
    beside += compare_addresses(old.document, new.document)
    beside += compare_values(old, new, found)
    found += (_add_pointer(each) for each in beside)
    return ContractDiff(old, new, sort_worst_first(gather_changes(found)), index_by_former_fingerprint(found))


def _add_pointer(found: Change) -> Change:
    """Return a change with the pointer that its place says, where it says one."""
    where, pointer = found.where, tuple[str, ...]()
    if where.startswith(RULE):
        pointer = ("x-rules", where.removeprefix(RULE))
    elif found.kind.startswith("kind"):
        schema, _, kind = where.partition(".")
        pointer = ("components", "schemas", schema, "x-kinds", *filter(None, [kind]))
    elif found.kind == "values-declared":
        pointer = ("components", "schemas", where, "enum")
    elif where != DOCUMENT:
        pointer = tuple(where.split("."))
    return replace(found, pointers=(pointer, pointer))


def _compare_operations(old: Contract, new: Contract) -> Iterator[Change]:
    operations = pair_operations(old, new)
    shared = [{key: each.document.get(key) for key in ("components", "security")} for each in (old, new)]
    same = shared[0] == shared[1]
    for operation in operations.removed:
        at = f"{operation.method} {operation.path}"
        yield replace(change("operation-removed", at, "is removed"), operations=(operation.operation_id,))
    for operation in operations.added:
        at = f"{operation.method} {operation.path}"
        yield replace(change("operation-added", at, "is added"), operations=(operation.operation_id,))
    for pair in operations.both:
        if not same or pair.old.said != pair.new.said:
            for found in (each for changed in _OF_A_PAIR for each in changed(pair)):
                yield replace(_add_keyword_pointers(found, pair), operations=(pair.new.operation.operation_id,))


def _add_keyword_pointers(found: Change, pair: Pair) -> Change:
    """Return a change with the pointers of its keyword of the operation, unless it has better ones."""
    if found.pointers != (None, None):
        return found
    old, new = ((*each.pointer, found.where) for each in (pair.old, pair.new))
    return replace(found, pointers=(old, new))
