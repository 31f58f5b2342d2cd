"""How a run ends: what the command learns of it, and the run as it is at its end."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from conformance.budget import BUDGETS
from conformance.results.verdict import Run
from conformance.running import advice
from conformance.running.opening import Opened
from conformance.running.selection import Selection
from conformance.running.tally import Tally

USAGE, UNUSABLE = 2, 3
FIRST_FINDING = "-x: stopped at the first finding"
NO_CASE = "no case is left to run: what was asked for has none in common"


@dataclass(slots=True)
class Ending:
    """How a run ended, for the command that started it."""

    status: int = 0
    """USAGE or UNUSABLE where the run could not even begin."""
    reason: str = ""
    run: Run | None = None


ENDING = pytest.StashKey[Ending]()


def stop(config: pytest.Config, status: int, reason: str) -> None:
    """End before the first test; the command learns the status, pytest itself says the reason."""
    if ending := config.stash.get(ENDING, None):
        ending.status, ending.reason = status, reason
    raise pytest.UsageError(reason)


def stopped(session: pytest.Session, done: int, otherwise: str) -> str:
    """Which option ended pytest before its last test, of which so many were done; empty where none did."""
    reason = str(session.shouldfail or session.shouldstop or otherwise or "")
    if not reason or 0 < len(session.items) <= done:
        return ""
    return FIRST_FINDING if session.config.option.maxfail == 1 else reason


def ended(config: pytest.Config, opened: Opened, tally: Tally, *, unusable: str | None, interrupted: bool) -> Run:
    """The run that was gathered, with what the options ask of it."""
    suite, option = opened.suite, config.getoption
    run = tally.run(suite.contract, suite.profile, suite.seed, unusable=unusable, interrupted=interrupted)
    if not (run.cases or run.unusable or run.interrupted or run.errors):
        run = replace(run, unusable=NO_CASE)
    run = replace(run, gains=advice.gains(run, suite.profile))
    whole = Selection.of(config).whole and not (run.interrupted or run.cut_short or run.unusable)
    complaints = suite.waivers.complaints(run.findings, whole=whole)
    return replace(
        run,
        named=str(option("--target")),
        run_id=suite.run_id,
        budget=BUDGETS[option("--budget")],
        notes=(*opened.notes, *run.notes, *advice.notes(run, suite.profile), *complaints),
        strict=bool(option("--conformance-strict")),
        require_coverage=option("--require-coverage"),
    )
