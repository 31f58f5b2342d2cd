"""The suite's generated stage as a command: its arguments are URL, seed, budget, and some operations or none for all.

It prints as JSON how many cases it judged, how many of an operation were neither examples nor boundaries, and which
rules that bind were broken. Two processes judge, as in a run.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
from math import ceil
from statistics import mean
from typing import NamedTuple

from benchmarks.endless import list_endless
from conformance.budget import BUDGETS, Budget
from conformance.contract.file import load
from conformance.declared.compiler import use_contract
from conformance.fuzzing.judge import JudgedRequest
from conformance.fuzzing.run import OperationRuns
from conformance.oracle.judging import NotProvoked
from conformance.recipes.draw import set_up_hypothesis
from conformance.running.suite import Suite
from conformance.session.provider_states import SetupError
from conformance.target.target import open_target

RULE = "CONTRACT-RIGHT-ANSWER"
FIXED = ("examples", "coverage")
"""The phases whose number of cases no option changes."""
STAGES: list[Stage] = []
"""The one of this process."""


class Stretch(NamedTuple):
    """The requests of an operation that were judged, how many of them were random, and the rules that were broken."""

    cases: int
    fuzzed: int
    broken: set[str]


class Stage:
    """The suite as one process has it."""

    def __init__(self, suite: Suite, budget: Budget) -> None:
        suite.client.reconnect()
        self.suite = suite
        self.budget = budget
        self.runs = OperationRuns(budget)

    def judge(self, name: str) -> Stretch:
        """Judge an operation's requests."""
        harness = self.suite.open_session(RULE, name)
        try:
            made = self.runs.get_run(harness, self.suite.contract.operations[name])
        except (NotProvoked, SetupError):  # with a defect, such as one by which nobody may do anything
            return Stretch(0, 0, set())
        judged: list[JudgedRequest] = [*made.judged, *made.probes]
        rules = self.suite.contract.rules
        found = [*(each for it in judged for each in it.breaches)]
        found += [each for _, each in self.suite.judge.find_breaches(harness, [it.exchange for it in judged])]
        broken = {
            each.rule
            for each in found
            if each.rule in rules and min(each.provenance, rules[each.rule].provenance).is_binding
        }
        return Stretch(len(judged), sum(it.generated.phase not in FIXED for it in judged), broken)


def begin(suite: Suite, budget: Budget) -> None:
    """Take a suite that was opened before the fork."""
    STAGES.append(Stage(suite, budget))


def judge(name: str) -> Stretch:
    """Judge in a forked process."""
    return STAGES[0].judge(name)


def main() -> None:
    """Run the phases of plain Schemathesis but its scenarios: examples, coverage and fuzzing; no streams."""
    url, seed, budget = sys.argv[1], int(sys.argv[2]), BUDGETS[sys.argv[3]]
    suite = Suite(open_target(url).profile, use_contract(load()), seed=seed, salt=str(seed))
    suite.prepare()
    set_up_hypothesis()
    with multiprocessing.get_context("fork").Pool(2, begin, (suite, budget)) as pool:
        left_out = list_endless(suite.contract.path)
        names = sys.argv[4:] or [name for name in suite.contract.operations if name not in left_out]
        made = list(pool.imap_unordered(judge, names))
    suite.close()
    told = {
        "cases": sum(each.cases for each in made),
        "fuzzed": ceil(mean(each.fuzzed for each in made)),
        "rules": sorted(set().union(*(each.broken for each in made))),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
