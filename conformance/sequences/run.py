"""Draws sequences, takes each in a place of its own, and makes one that found something as short as it gets."""

from __future__ import annotations

from dataclasses import dataclass, field

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity
from hypothesis.errors import Flaky

from conformance.budget import Budget
from conformance.http.client import LimitReached
from conformance.oracle.judging import NotProvoked, Violation
from conformance.oracle.resource import Resource, resources
from conformance.recipes.draw import derived
from conformance.recipes.steps import creation
from conformance.results.verdict import Finding
from conformance.sequences.judging import SequenceFinding, SequenceJudge
from conformance.sequences.steps import Step, callers_of, sequences
from conformance.session.harness import Harness, NewSession
from conformance.session.states import SetupError


def judge_sequences(harness: Harness, new_session: NewSession, budget: Budget) -> int:
    """Take as many sequences as the budget has, and file what one of them found; how many were taken."""
    runner = _Runner(harness, new_session, budget)
    for resource in _judged(harness):
        runner.run(resource)
    if runner.hindrance is not None:
        raise runner.hindrance
    if runner.found is not None:
        harness.findings.append(runner.found)
        raise Violation(str(runner.found))
    return runner.taken


def _judged(harness: Harness) -> list[Resource]:
    """The resources of which a caller can make objects; each has as many sequences."""
    operations = harness.contract.operations
    return [
        resource for resource in resources() if any(operation_id in operations for operation_id in resource.made_by)
    ]


@dataclass(slots=True)
class _Runner:
    harness: Harness
    new_session: NewSession
    budget: Budget
    taken: int = 0
    found: Finding | None = None  # the shortest so far
    hindrance: Exception | None = None  # why nothing more can be taken
    _shrunk: int = field(default=0)

    def run(self, resource: Resource) -> None:
        if self.hindrance is not None or self.found is not None:
            return
        try:
            actions = self._judge(self.harness, resource).actions
        except NotProvoked as reason:
            self.hindrance = reason
            return

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
        @hypothesis.given(sequences(actions, self.budget.steps))
        def take(steps: list[Step]) -> None:
            self._take(resource, steps)

        try:
            take()
        except (SequenceFinding, Flaky):
            # Kept as self.found. One that is not found again each time was found all the same.
            return

    def _take(self, resource: Resource, steps: list[Step]) -> None:
        if self.hindrance is not None or self._shrunk > self.budget.shrinking:
            return
        self._shrunk += self.found is not None
        self.taken += 1
        try:
            with self.new_session(self.taken) as harness:
                self._judge(harness, resource).judge(steps)
        except SequenceFinding as found:
            if self._better(found.finding):
                self.found = found.finding
            if self.found and found.finding.rule == self.found.rule:
                raise
        except (NotProvoked, SetupError, LimitReached) as reason:
            self.hindrance = reason

    def _judge(self, harness: Harness, resource: Resource) -> SequenceJudge:
        callers = callers_of(harness, creation(resource, harness.contract.operations))
        return SequenceJudge(harness, resource, callers, self.harness.case)

    def _better(self, finding: Finding) -> bool:
        if self.found is None:
            return True
        same = (finding.rule, finding.operation_id) == (self.found.rule, self.found.operation_id)
        return same and len(finding.steps) <= len(self.found.steps)
