"""Draws sequences, walks each on ground of its own, and makes one that found something as short as it gets."""

from __future__ import annotations

from dataclasses import dataclass, field

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity
from hypothesis.errors import Flaky

from conformance.budget import Budget
from conformance.http.client import LimitReached
from conformance.oracle.judging import NotProvoked, Violation
from conformance.recipes.draw import derived
from conformance.results.verdict import Finding
from conformance.sequences.steps import Step, cast_of, operations, sequences
from conformance.sequences.walk import Found, Walk
from conformance.session.harness import Harness, NewSession
from conformance.session.states import SetupError

OF_STATES = 2
"""Acts that the target's side has to do: a role that references a pack, and another billing posture."""


def judge_sequences(harness: Harness, new_session: NewSession, budget: Budget) -> int:
    """Walk as many sequences as the budget has, and file what one of them found; how many were walked."""
    runner = _Runner(harness, new_session, budget)
    runner.run()
    if runner.hindrance is not None:
        raise runner.hindrance
    if runner.found is not None:
        harness.findings.append(runner.found)
        raise Violation(str(runner.found))
    return runner.walked


@dataclass(slots=True)
class _Runner:
    harness: Harness
    new_session: NewSession
    budget: Budget
    walked: int = 0
    found: Finding | None = None
    """The shortest so far."""
    hindrance: Exception | None = None
    """Why nothing more can be walked."""
    _shrunk: int = field(default=0)

    def run(self) -> None:
        acts = len(operations(self.harness.contract)) + (OF_STATES if self.harness.states else 0)

        @hypothesis.seed(derived(self.harness.seed, "sequences"))
        @hypothesis.settings(
            max_examples=self.budget.sequences,
            database=None,
            deadline=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            print_blob=False,
            verbosity=Verbosity.quiet,
        )
        @hypothesis.given(sequences(acts, self.budget.steps))
        def walk(steps: list[Step]) -> None:
            self._walk(steps)

        try:
            walk()
        except (Found, Flaky):
            # Kept as self.found. One that is not found again each time was found all the same.
            return

    def _walk(self, steps: list[Step]) -> None:
        if self.hindrance is not None or self._shrunk > self.budget.shrinking:
            return
        self._shrunk += self.found is not None
        self.walked += 1
        try:
            with self.new_session(self.walked) as hands:
                Walk(hands, cast_of(hands), self.harness.case).walk(steps)
        except Found as found:
            if self._better(found.finding):
                self.found = found.finding
            if self.found and found.finding.rule == self.found.rule:
                raise
        except (NotProvoked, SetupError, LimitReached) as reason:
            self.hindrance = reason

    def _better(self, finding: Finding) -> bool:
        if self.found is None:
            return True
        same = (finding.rule, finding.operation_id) == (self.found.rule, self.found.operation_id)
        return same and len(finding.steps) <= len(self.found.steps)
