"""The suite's generated stage as a command: its arguments are URL, seed and budget; prints how many cases it judged.

Two processes judge, as in a run.
"""

from __future__ import annotations

import multiprocessing
import sys

from benchmarks.endless import list_endless
from conformance.budget import BUDGETS, Budget
from conformance.contract.file import load
from conformance.generated.judge import JudgedRequest
from conformance.generated.run import OperationRuns
from conformance.recipes.draw import set_up_hypothesis
from conformance.running.suite import Suite
from conformance.target.target import open_target

RULE = "CONTRACT-RIGHT-ANSWER"
STAGES: list[Stage] = []
"""The one of this process."""


class Stage:
    """The suite as one process has it."""

    def __init__(self, suite: Suite, budget: Budget) -> None:
        suite.client.reconnect()
        self.suite = suite
        self.budget = budget
        self.runs = OperationRuns(budget)

    def judge(self, name: str) -> tuple[int, list[str]]:
        """Judge an operation's requests; how many, and the wrong answers."""
        harness = self.suite.open_session(RULE, name)
        made = self.runs.get_run(harness, self.suite.contract.operations[name])
        judged: list[JudgedRequest] = [*made.judged, *made.probes]
        return len(judged), [str(it.exchange) for it in judged if it.breaches]


def begin(suite: Suite, budget: Budget) -> None:
    """Take a suite that was opened before the fork."""
    STAGES.append(Stage(suite, budget))


def judge(name: str) -> tuple[int, list[str]]:
    """Judge in a forked process."""
    return STAGES[0].judge(name)


def main() -> None:
    """Run the phases of plain Schemathesis but its scenarios: examples, coverage and fuzzing; no streams."""
    url, seed, budget = sys.argv[1], int(sys.argv[2]), BUDGETS[sys.argv[3]]
    suite = Suite(open_target(url).profile, load(), seed=seed, salt=str(seed))
    suite.prepare()
    set_up_hypothesis()
    with multiprocessing.get_context("fork").Pool(2, begin, (suite, budget)) as pool:
        left_out = list_endless(suite.contract.path)
        names = [name for name in suite.contract.operations if name not in left_out]
        results = list(pool.imap_unordered(judge, names))
    suite.close()
    if wrong := [line for _, lines in results for line in lines]:
        raise SystemExit(f"{len(wrong)} answers are wrong, the first is {wrong[0]}")
    print(sum(count for count, _ in results))


if __name__ == "__main__":
    main()
