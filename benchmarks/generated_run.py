"""The suite's generated stage as a process of its own: the URL is its argument; prints how many cases it judged."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from conformance.budget import NORMAL
from conformance.contract.file import load
from conformance.generated.linked import follow_links
from conformance.generated.run import Runs
from conformance.recipes.draw import set_up_hypothesis
from conformance.running.suite import Suite
from conformance.session.harness import Harness
from conformance.target.target import open_target

RULE = "CONTRACT-RIGHT-ANSWER"


def main() -> None:
    """Every phase that plain Schemathesis has: examples, coverage, fuzzing and scenarios along links."""
    url, seed = sys.argv[1], int(sys.argv[2])
    suite = Suite.open(open_target(url).profile, load(), log=None, seed=seed, salt=str(seed))
    suite.prepare()
    set_up_hypothesis()

    @contextmanager
    def new_session(number: int) -> Iterator[Harness]:
        yield suite.harness(RULE, f"linked#{number}")

    runs = Runs(NORMAL)
    judged = follow_links(suite.harness(RULE, "linked"), new_session, NORMAL)
    for operation in suite.contract.operations.values():
        made = runs.of(suite.harness(RULE, operation.operation_id), operation)
        judged += [*made.judged, *made.probes]
    suite.close()
    if wrong := [str(it.exchange) for it in judged if it.breaches]:
        raise SystemExit(f"{len(wrong)} answers are wrong, the first is {wrong[0]}")
    print(len(judged))


if __name__ == "__main__":
    main()
