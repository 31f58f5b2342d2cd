"""Answers of a path that the target does not serve, or serves no longer: such findings have one cause."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from conformance.contract.contract import Cell, Contract
from conformance.contract.routing import find_route
from conformance.http.exchange import Exchange
from conformance.results.finding import Case, Finding

_CODES = {404: "not_found", 405: "method_not_allowed", 501: None}
"""The statuses of what is not served, each with the code that such an answer may have."""
NOT_SERVED = frozenset(_CODES)
GATES = (401, 403)
"""The refusals that something before the target gives too."""
STOPPED = 10
"""The number of these answers in a row, at a process's end, that say that the target has stopped serving."""


@dataclass(frozen=True, slots=True)
class AnswerTail:
    """The end of the answers to one process."""

    served: int = 0
    """The number of the last request that was served."""
    unserved: int = 0
    """The number of answers since then of a path that is not served."""

    @property
    def has_stopped(self) -> bool:
        """Return whether the target has stopped serving."""
        return self.unserved >= STOPPED

    def join(self, later: AnswerTail) -> AnswerTail:
        """Return the tail of both, one after the other."""
        return later if later.served else AnswerTail(self.served, self.unserved + later.unserved)

    def is_before(self, finding: Finding) -> bool:
        """Return whether the target had stopped serving before a finding was made."""
        return self.has_stopped and finding.exchange is not None and finding.exchange.number > self.served


def find_tail(exchanges: Iterable[Exchange]) -> AnswerTail:
    """Return the tail of exchanges in their order."""
    tail = AnswerTail()
    for exchange in exchanges:
        if exchange.has_succeeded:
            tail = AnswerTail(served=exchange.number)
        elif _is_to_nothing(exchange):
            tail = replace(tail, unserved=tail.unserved + 1)
    return tail


def mark_cases(
    contract: Contract, cases: Sequence[Case], tails: Sequence[AnswerTail], reached: Collection[Cell]
) -> list[Case]:
    """Return the cases with each finding marked whose path the target does not serve, or serves no longer.

    `tails`: that of the process of each case.
    """
    return [
        replace(case, findings=mark_findings(contract, case.findings, reached, tail.is_before))
        if case.findings
        else case
        for case, tail in zip(cases, tails, strict=True)
    ]


def mark_findings(
    contract: Contract, findings: Iterable[Finding], reached: Collection[Cell], is_late: Callable[[Finding], bool]
) -> tuple[Finding, ...]:
    """Return the findings, each marked whose path the target does not serve, or serves no longer.

    `is_late`: whether a finding was made after the target had stopped serving. An operation is served if it gives any
    answer that it declares, the refusals of a gateway aside.
    """
    served = {cell.operation_id for cell in contract.cells if cell in reached and cell.status not in GATES}

    def mark_finding(finding: Finding) -> Finding:
        exchange = finding.exchange
        if exchange is None or not _is_to_nothing(exchange):
            return finding
        operations = _find_operations_at(contract, exchange)
        never = bool(operations) and operations.isdisjoint(served) and not _is_declared(contract, exchange)
        return replace(finding, unserved=True) if never or is_late(finding) else finding

    return tuple(map(mark_finding, findings))


def _is_to_nothing(exchange: Exchange) -> bool:
    """Return whether it may be the answer to a path or a method that the target does not have."""
    return exchange.status in _CODES and exchange.code in (None, _CODES[exchange.status])


def _is_declared(contract: Contract, exchange: Exchange) -> bool:
    operation = contract.operations.get(exchange.operation_id or "")
    declared = operation.responses.get(exchange.status) if operation else None
    return declared is not None and exchange.code in declared.codes


def _find_operations_at(contract: Contract, exchange: Exchange) -> frozenset[str]:
    """Return the operation that is asked for, or those of its path where the path has no such method."""
    where = find_route(contract, exchange.method, exchange.path)
    methods = [exchange.method] if where.operation else where.allowed
    found = (find_route(contract, method, exchange.path).operation for method in methods)
    return frozenset(operation.operation_id for operation in found if operation)
