"""An estimate of how many requests a run takes, before the target has answered any."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from conformance.budget import Budget
from conformance.running.selection import GENERATED

DIRECTED = 3.5
"""Requests of a directed case on average, cleaning up included."""
PROBES = 30
"""Requests of an operation beside the budget's: attempts with wrong credentials, and setting up."""
A_STEP = 1.7
"""Requests of a step of a sequence or a scenario along links: the step itself, and reads afterwards."""


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
    """Estimates for runs of a budget, right to about a third."""

    budget: Budget

    def of(self, cases: Iterable[Planned]) -> int:
        """Return the number of requests of these cases together."""
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
