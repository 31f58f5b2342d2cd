"""How many requests a run is going to take, before it is known what the target answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from conformance.budget import Budget
from conformance.running.selection import GENERATED

DIRECTED = 3.5
"""Requests of a directed case, on the average of all; what removing takes is among them."""
PROBES = 30
"""Beside the budget's requests of an operation: credentials that are tried, and what is made first."""
A_STEP = 1.7
"""Requests of a step of a sequence or of a scenario along links: what it does, and what is read afterwards."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One test that would run."""

    case: str
    rule: str
    operation_id: str | None
    kind: str
    skipped: bool


@dataclass(frozen=True, slots=True)
class Expected:
    """Reckons by what runs of this budget take, give or take a third."""

    budget: Budget

    def of(self, cases: Iterable[Planned]) -> int:
        """Requests that these cases send together."""
        listed = list(cases)
        generated = [case for case in listed if case.kind == GENERATED]
        # All rules look at the same requests of an operation.
        operations = {case.operation_id for case in generated if case.operation_id is not None}
        histories = sum(self._history(case) for case in generated if case.operation_id is None)
        directed = (len(listed) - len(generated)) * DIRECTED
        return round(directed + len(operations) * (self.budget.requests + PROBES) + histories)

    def _history(self, case: Planned) -> float:
        scenarios = self.budget.linked if "linked" in case.case else self.budget.sequences
        return scenarios * self.budget.steps * A_STEP
