"""What a run would send and what it would lack, told without sending anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import click
import pytest

from conformance.binding import operation_of, rule_of
from conformance.command import run_pytest
from conformance.exit_code import CONFORMS
from conformance.plain import plain, plain_line
from conformance.plugin import CONDUCTOR
from conformance.profile import Profile
from conformance.recipes.causes import needs
from conformance.selection import GENERATED, case_id, kind_of
from conformance.suite import Suite

NOBODY = "the profile has nobody and nothing for it"
MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class Planned:
    """One test that would run."""

    case: str
    rule: str
    operation_id: str | None
    kind: str
    skipped: bool


@dataclass(slots=True)
class Plan:
    """A pytest plugin that takes down what was collected."""

    suite: Suite | None = None
    cases: list[Planned] = field(default_factory=list)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Every test, and what it would be run with."""
        self.suite = session.config.pluginmanager.get_plugin(CONDUCTOR).suite  # type: ignore[union-attr]
        for item in session.items:
            skipped = item.get_closest_marker("skip") is not None
            self.cases.append(Planned(case_id(item), rule_of(item), operation_of(item), kind_of(item), skipped))


def print_plan(options: list[str]) -> int:
    """Print what a run with these options would do; the exit code."""
    plan = Plan()
    ending, said = run_pytest([*options, "--collect-only"], [plan])
    if plan.suite is None:
        click.echo(plain(f"evershell-conformance: {ending.reason or said}"), err=True)
        return ending.status
    for line in (*_sent(plan.suite, plan.cases), *_changed(plan.suite), *_missing(plan.suite, plan.cases)):
        click.echo(plain_line(line))
    return CONFORMS


def _sent(suite: Suite, cases: list[Planned]) -> Iterator[str]:
    profile, contract = suite.profile, suite.contract
    yield f"{profile.name} at {profile.url}: nothing was sent. A run would send"
    orgs = {caller.org: caller.name for caller in reversed(profile.callers)}
    yield f"  GET /me/session as {', '.join(c.name for c in profile.callers) or 'anonymous'}, before anything else"
    if orgs:
        yield f"  GET /packs as {', '.join(reversed(orgs.values()))}"
    counts = Counter((case.operation_id, case.kind == GENERATED) for case in cases if not case.skipped)
    for operation_id, operation in contract.operations.items():
        directed, generated = counts[operation_id, False], counts[operation_id, True]
        if directed or generated:
            more = f", generated requests for {generated} rules" if generated else ""
            yield f"  {operation.method} {operation.path} for {operation_id}: {directed} cases{more}"
    if others := counts[None, False] + counts[None, True]:
        yield f"  what {others} cases of more than one operation need"
    for case in cases:
        yield f"    {case.rule}: {case.case}" + (f" (not provoked: {NOBODY})" if case.skipped else "")


def _changed(suite: Suite) -> Iterator[str]:
    profile = suite.profile
    if profile.limits.read_only:
        yield "it would change nothing: GET, HEAD and OPTIONS only"
    elif profile.world_url is not None:
        yield "it would make, change and delete in worlds of its own"
    else:
        yield f"it would make packs named {suite.prefix}..., and remove them"
        expendable = ", ".join(profile.known.expendable)
        yield f"it would change or delete nothing else{f' but {expendable}' if expendable else ''}"


def _missing(suite: Suite, cases: list[Planned]) -> Iterator[str]:
    found = [*_of_callers(suite.profile), *_of_states(suite), *_of_cases(cases)]
    yield "missing:" if found else "nothing is missing"
    yield from (f"  {line}" for line in found)


def _of_callers(profile: Profile) -> Iterator[str]:
    callers = profile.callers
    if not callers:
        yield "callers: with none, only refusals can be judged"
        return
    if len({caller.org for caller in callers}) == 1:
        yield "a caller of a second org: ownership cannot be judged without one"
    if not any(caller.role for caller in callers):
        yield "a caller with a role: what holds of sessions cannot be judged without one"
    if not any(caller.permission_set for caller in callers):
        yield "a caller with a permission_set: what holds of API keys cannot be judged without one"
    if unknown := [caller.name for caller in callers if caller.scopes is None]:
        yield f"scopes of {', '.join(unknown)}: the target is asked for them, and cases by scope follow from them"


def _of_states(suite: Suite) -> Iterator[str]:
    if suite.profile.states_url is not None and not suite.profile.limits.read_only:
        return
    contract = suite.contract
    needing = [cell for cell in contract.cells if "state '" in needs(contract, cell)]
    why = "read-only" if suite.profile.limits.read_only else "target.states_url"
    named = "; ".join(map(str, needing[:MOST_NAMED])) + ("; ..." if len(needing) > MOST_NAMED else "")
    yield f"{why}: {len(needing)} of {len(contract.cells)} cells need a state of the target ({named})"


def _of_cases(cases: list[Planned]) -> Iterator[str]:
    if rules := sorted({case.rule for case in cases if case.skipped}):
        yield f"{NOBODY}: {', '.join(rules)}"
