"""The end of a run: its exit status, the reason, and the gathered results."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from conformance.budget import BUDGETS
from conformance.results.verdict import Run
from conformance.running import advice
from conformance.running.selection import Selection
from conformance.running.suite import Suite
from conformance.running.tally import Tally

FIRST_FINDING = "-x: stopped at the first finding"
NO_CASE = "no case is left to run: what was asked for has none in common"


@dataclass(slots=True)
class Ending:
    """The end of a run, as the command line sees it."""

    status: int = 0
    """USAGE or UNUSABLE where the run could not begin."""
    reason: str = ""
    run: Run | None = None


ENDING = pytest.StashKey[Ending]()


def stop(config: pytest.Config, status: int, reason: str) -> None:
    """Stop before the first test with an exit status for the command line; pytest prints the reason."""
    if ending := config.stash.get(ENDING, None):
        ending.status, ending.reason = status, reason
    raise pytest.UsageError(reason)


def stopped(session: pytest.Session, done: int, otherwise: str) -> str:
    """Return which option ended pytest before its last test; empty where none did. `done`: the tests that ran."""
    reason = str(session.shouldfail or session.shouldstop or otherwise or "")
    if not reason or 0 < len(session.items) <= done:
        return ""
    return FIRST_FINDING if session.config.option.maxfail == 1 else reason


def ended(config: pytest.Config, suite: Suite, tally: Tally, *, unusable: str | None, interrupted: bool) -> Run:
    """Return the gathered run with the demands of the options."""
    option = config.getoption
    run = tally.run(suite.contract, suite.profile, suite.seed, unusable=unusable, interrupted=interrupted)
    if not (run.cases or run.unusable or run.interrupted or run.errors):
        run = replace(run, unusable=NO_CASE)
    run = replace(run, gains=advice.gains(run, suite.profile))
    whole = Selection.of(config).whole and not (run.interrupted or run.cut_short or run.unusable)
    complaints = suite.waivers.complaints(run.groups, whole=whole) if suite.waivers.every else ()
    return replace(
        run,
        named=str(option("--target")),
        run_id=suite.run_id,
        budget=BUDGETS[option("--budget")],
        notes=(*suite.notes, *run.notes, *advice.notes(run, suite.profile), *complaints),
        strict=bool(option("--conformance-strict")),
        require_coverage=option("--require-coverage"),
    )
