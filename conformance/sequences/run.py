"""Draws sequences, takes each in a place of its own, and makes one that found something as short as it gets."""

from __future__ import annotations

from dataclasses import dataclass, field

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity
from hypothesis import strategies as st
from hypothesis.errors import Flaky

from conformance.budget import Budget, BudgetPart
from conformance.contract.contract import Operation
from conformance.http.client import LimitReached
from conformance.oracle.declaration.registry import resources
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.judging import NotProvoked, Violation
from conformance.profile import ANONYMOUS, Caller, Credential
from conformance.recipes.draw import derived
from conformance.recipes.steps import creation
from conformance.results.verdict import Finding
from conformance.sequences.judging import Callers, SequenceFinding, SequenceJudge, Step
from conformance.session.harness import Harness, NewSession
from conformance.session.states import SetupError

OBJECTS = 4  # a sequence has seldom more
CHOICES = 8
TURNS = 12  # among so many the steps are dealt out; the lead has about half of them


def judge_sequences(harness: Harness, new_session: NewSession, budget: Budget, part: BudgetPart) -> int:
    """Take the sequences of a part about each resource, and file what one found; how many were taken."""
    runner = _Runner(harness, new_session, budget, part)
    for resource in resources():
        made = any(operation_id in harness.contract.operations for operation_id in resource.made_by)
        # What nobody can remove is not made by the dozen.
        if made and (harness.alone or not resource.lasts) and harness.is_asked_about(resource):
            runner.run(resource)
    if runner.stopped is not None:
        raise runner.stopped
    if not runner.taken:
        raise NotProvoked("nothing that the run is to judge is made in sequences")
    if runner.found is not None:
        harness.findings.append(runner.found)
        raise Violation(str(runner.found))
    return runner.taken


@dataclass(slots=True)
class _Runner:
    harness: Harness
    new_session: NewSession
    budget: Budget
    part: BudgetPart
    taken: int = 0
    found: Finding | None = None  # the shortest so far
    stopped: Exception | None = None  # why nothing more can be taken
    _shrunk: int = field(default=0)

    def run(self, resource: Resource) -> None:
        if self.stopped is not None or self.found is not None:
            return
        try:
            actions = self._judge(self.harness, resource).actions
        except NotProvoked as reason:
            self.stopped = reason
            return

        @hypothesis.seed(derived(self.harness.seed, "sequences", *self.part.drawn_by))
        @hypothesis.settings(
            max_examples=self.part.count,
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
        if self.stopped is not None or self._shrunk > self.budget.shrinking:
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
            self.stopped = reason

    def _judge(self, harness: Harness, resource: Resource) -> SequenceJudge:
        callers = callers_of(harness, creation(resource, harness.contract.operations))
        return SequenceJudge(harness, resource, callers, self.harness.case)

    def _better(self, finding: Finding) -> bool:
        if self.found is None:
            return True
        same = (finding.rule, finding.operation_id) == (self.found.rule, self.found.operation_id)
        return same and len(finding.steps) <= len(self.found.steps)


def sequences(actions: int, longest: int) -> st.SearchStrategy[list[Step]]:
    """Lists of steps over so many actions; action 0 is to do nothing, so that any step can be taken out of a list."""
    step = st.builds(Step, *(st.sampled_from(range(n)) for n in (actions + 1, TURNS, OBJECTS, CHOICES)))
    return st.lists(step, min_size=longest // 2, max_size=longest)


def callers_of(harness: Harness, creation: Operation) -> Callers:
    """The lead and a colleague of each other kind, somebody of another org who may as much, and nobody."""
    lead = harness.able(creation)
    colleagues = {(c.role, c.permission_set): c for c in reversed(harness.callers(lead.org)) if c != lead}
    others = (c for c in harness.callers() if c.org != lead.org and harness.may(c, creation))
    other = next(others, None)
    strangers: list[Caller | Credential] = [other] if other else []
    powerless = [c for c in colleagues.values() if not creation.permissions.held_by(c.held)][:1]
    equal = [c for c in colleagues.values() if creation.permissions.held_by(c.held)][:1]
    dealt: tuple[Caller | Credential, ...] = (lead, *strangers, *equal, lead, *powerless, lead, *strangers, ANONYMOUS)
    return Callers(lead, (*dealt, *[lead] * (TURNS - len(dealt))), other)
