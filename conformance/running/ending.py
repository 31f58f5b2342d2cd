"""The end of a run: its exit status, the gathered results, and what was to be judged and was judged by no case."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import pytest

from conformance.contract.contract import Contract, Rule, is_named
from conformance.oracle.served import NotServed
from conformance.results.verdict import UNJUDGED, Case, Run
from conformance.running import run_info
from conformance.running.run_info import RunInfo
from conformance.running.selection import Selection
from conformance.running.tally import Tally

FIRST_FINDING = "-x: stopped at the first finding"
NO_CASE = "what was asked for has no case in common"
NO_CALLER = "the profile has no callers, and nothing that needs none could be judged; add some"
UNSHOWN = "no rule's precondition held"


@dataclass(slots=True)
class RunEnding:
    """The end of a run, as the command line sees it."""

    status: int = 0
    """USAGE or UNUSABLE where the run could not begin."""
    reason: str = ""
    run: Run | None = None
    printed: str = ""
    """The text that reports print, before the run."""


ENDING = pytest.StashKey[RunEnding]()


def stop(config: pytest.Config, status: int, reason: str) -> None:
    """Stop before the first test with an exit status for the command line; pytest prints the reason."""
    if ending := config.stash.get(ENDING, None):
        ending.status, ending.reason = status, reason
    raise pytest.UsageError(reason)


def explain_stop(session: pytest.Session, done: int, otherwise: str) -> str:
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
    if not (run.unusable or run.is_interrupted or part):
        run = replace(run, unusable=tally.explain_nothing_served(callers=info.has_callers))
    if not (run.unusable or run.is_interrupted or run.cut_short or run.broken or part):
        run = replace(run, unjudged=list_unjudged(run, info.asked, callers=info.has_callers))
    run = replace(run, gains=run_info.compute_gains(run, dict(info.lacking)))
    whole = info.asked.is_whole and not (run.is_interrupted or run.cut_short or run.unusable or part)
    complaints = info.waivers.list_complaints(run.groups, whole=whole) if info.waivers.every else ()
    advised = () if info.has_callers else run_info.without_callers(run)
    return replace(
        run,
        notes=(*filter(None, [part]), *info.notes, *advised, *complaints),
        require_coverage=None if part else info.require_coverage,
        require_rules=None if part else info.require_rules,
    )


def list_unjudged(run: Run, asked: Selection, *, callers: bool) -> tuple[str, ...]:
    """Return each rule, clause, operation and case that was named and no case has judged; or that nothing was judged.

    `callers`: whether the profile has any.
    """
    named = tuple(_list_named(run, asked, callers=callers))
    if named or any(map(_is_judged, run.cases)):
        return named
    return (f"nothing at all ({_explain_verdicts(run.cases, callers=callers)})",)


def _list_named(run: Run, asked: Selection, *, callers: bool) -> Iterator[str]:
    rules = run.contract.rules
    kinds: tuple[tuple[str, Sequence[str], Callable[[Case, str], bool]], ...] = (
        ("rule", asked.rules, lambda case, name: case.rule == name),
        ("clause", asked.clauses, lambda case, name: rules[case.rule].clause == name),
        ("operation", asked.operations, lambda case, name: _is_about(case, rules[case.rule], name)),
        ("case", asked.cases, lambda case, name: case.id == name),
    )
    for kind, names, is_of in kinds:
        for name in names:
            cases = [each for each in run.cases if is_of(each, name)]
            if not any(map(_is_judged, cases)):
                why = _explain_unserved(run.contract, kind, name) or _explain_verdicts(cases, callers=callers)
                yield f"--{kind} {name} ({why})"


def _explain_unserved(contract: Contract, kind: str, name: str) -> str:
    """Return why the target has nothing that could be judged; empty where it has."""
    declared = contract.whole.operations
    if kind == "operation" and name in declared and name not in contract.operations:
        return str(NotServed(declared[name]))
    rules = [each for each in contract.rules.values() if name == (each.id if kind == "rule" else each.clause)]
    return "it is about nothing that is served" if kind in ("rule", "clause") and not rules else ""


def _is_about(case: Case, rule: Rule, operation_id: str) -> bool:
    """Return whether a case judges the operation: as its parameter, by its answers, or by a rule about it."""
    if case.operation_id is not None:
        return operation_id in (case.operation_id, *case.judged)
    return is_named(operation_id, rule.operations)


def _is_judged(case: Case) -> bool:
    return case.verdict not in UNJUDGED or bool(case.findings)


def _explain_verdicts(cases: Sequence[Case], *, callers: bool) -> str:
    if not cases:
        return NO_CASE
    if not callers:
        return NO_CALLER
    return next((case.reason for case in cases if case.reason), UNSHOWN)
