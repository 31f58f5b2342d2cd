"""The suite's generated stage as a command: its arguments are URL, seed and budget; prints how many cases it judged.

Two processes judge, as in a run.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.endless import endless
from conformance.budget import BUDGETS, Budget, BudgetPart
from conformance.contract.file import load
from conformance.generated.judge import Judged
from conformance.generated.linked import follow_links
from conformance.generated.run import Runs
from conformance.recipes.draw import set_up_hypothesis
from conformance.running.suite import Suite
from conformance.session.harness import Harness, NewSession
from conformance.target.target import open_target

RULE = "CONTRACT-RIGHT-ANSWER"
LINKED = "linked"
STAGES: list[Stage] = []
"""The one of this process."""


class Stage:
    """The suite as one process has it."""

    def __init__(self, suite: Suite, budget: Budget) -> None:
        suite.client.reconnect()
        self.suite = suite
        self.budget = budget
        self.runs = Runs(budget)

    def judge(self, name: str) -> tuple[int, list[str]]:
        """Judge an operation's requests, or the scenarios along links; how many, and the wrong answers."""
        harness = self.suite.harness(RULE, name)
        judged: list[Judged]
        if name == LINKED:
            parts = self.budget.scenario_parts
            judged = [it for part in parts for it in follow_links(harness, self.sessions(part), self.budget, part)]
        else:
            made = self.runs.of(harness, self.suite.contract.operations[name])
            judged = [*made.judged, *made.probes]
        return len(judged), [str(it.exchange) for it in judged if it.breaches]

    def sessions(self, part: BudgetPart) -> NewSession:
        """What opens the session of each scenario of a part."""

        @contextmanager
        def session(number: int) -> Iterator[Harness]:
            yield self.suite.harness(RULE, f"{LINKED}[{part.id}]#{number}")

        return session


def begin(suite: Suite, budget: Budget) -> None:
    """Take a suite that was opened before the fork."""
    STAGES.append(Stage(suite, budget))


def judge(name: str) -> tuple[int, list[str]]:
    """Judge in a forked process."""
    return STAGES[0].judge(name)


def main() -> None:
    """Every phase that plain Schemathesis has: examples, coverage, fuzzing and scenarios along links; no streams."""
    url, seed, budget = sys.argv[1], int(sys.argv[2]), BUDGETS[sys.argv[3]]
    suite = Suite(open_target(url).profile, load(), seed=seed, salt=str(seed))
    suite.prepare()
    set_up_hypothesis()
    with multiprocessing.get_context("fork").Pool(2, begin, (suite, budget)) as pool:
        left_out = endless(suite.contract.path)
        names = [name for name in suite.contract.operations if name not in left_out]
        results = list(pool.imap_unordered(judge, [LINKED, *names]))
    suite.close()
    if wrong := [line for _, lines in results for line in lines]:
        raise SystemExit(f"{len(wrong)} answers are wrong, the first is {wrong[0]}")
    print(sum(count for count, _ in results))


if __name__ == "__main__":
    main()
