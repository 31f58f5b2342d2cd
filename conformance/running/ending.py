"""The end of a run: its exit status, the reason, and the gathered results."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from conformance.contract.contract import Contract
from conformance.results.verdict import Run
from conformance.running import advice
from conformance.running.run_info import RunInfo
from conformance.running.tally import Tally
from conformance.running.unjudged import unjudged

FIRST_FINDING = "-x: stopped at the first finding"


@dataclass(slots=True)
class Ending:
    """The end of a run, as the command line sees it."""

    status: int = 0
    """USAGE or UNUSABLE where the run could not begin."""
    reason: str = ""
    run: Run | None = None
    printed: str = ""
    """What reports print, before the run."""


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


def ended(info: RunInfo, contract: Contract, tally: Tally, *, part: str = "") -> Run:
    """Return the gathered run with the demands of the options. `part`: a note where it is a part of a run.

    A part may be empty or reach little; what the whole is to reach is not asked of it.
    """
    run = tally.run(contract, info)
    if not (run.unusable or run.interrupted or part):
        run = replace(run, unusable=tally.nothing_served(callers=info.callers))
    if not (run.unusable or run.interrupted or run.cut_short or run.broken or part):
        run = replace(run, unjudged=unjudged(run, info.asked, callers=info.callers))
    run = replace(run, gains=advice.gains(run, dict(info.lacking)))
    whole = info.asked.whole and not (run.interrupted or run.cut_short or run.unusable or part)
    complaints = info.waivers.complaints(run.groups, whole=whole) if info.waivers.every else ()
    advised = () if info.callers else advice.without_callers(run)
    return replace(
        run,
        notes=(*filter(None, [part]), *info.notes, *advised, *complaints),
        require_coverage=None if part else info.require_coverage,
        require_rules=None if part else info.require_rules,
    )
