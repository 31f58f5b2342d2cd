"""A dry run: print what a run would send, and what the profile lacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

import click
import pytest

from conformance.budget import BUDGETS, NORMAL, Budget
from conformance.commands.verbs import run_pytest
from conformance.errors import CONFORMS
from conformance.mark import mark_of
from conformance.oracle.resource import plural, resources
from conformance.plugin import REGISTERED_AS
from conformance.profile import Profile
from conformance.recipes.causes import needs
from conformance.results.plain_text import plain, plain_line
from conformance.running.binding import operation_of, rule_of
from conformance.running.expected import Expected, Planned
from conformance.running.selection import GENERATED, case_id, kind_of
from conformance.running.suite import Suite

NOBODY = "the profile has no caller or object for it"
MOST_NAMED = 6
MOST_OPERATIONS = 24  # lines for operations; a dry run prints at most sixty lines


@dataclass(slots=True)
class CollectedCases:
    """A pytest plugin that keeps the collected tests."""

    suite: Suite | None = None
    budget: Budget = NORMAL
    cases: list[Planned] = field(default_factory=list)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Keep every test, the suite and the budget."""
        plugin = session.config.pluginmanager.get_plugin(REGISTERED_AS)
        assert plugin is not None  # noqa: S101  # the plugin is loaded where there is a target
        self.suite, self.budget = plugin.suite, BUDGETS[session.config.getoption("--budget")]
        for item in session.items:
            skipped = item.get_closest_marker("skip") is not None
            self.cases.append(Planned(case_id(item), rule_of(item), operation_of(item), kind_of(item), skipped))


def print_plan(options: list[str], *, verbose: bool = False) -> int:
    """Print what a run with these options would do, with every case if `verbose`; return the exit code."""
    collected = CollectedCases()
    ending, output = run_pytest([*options, "--collect-only"], [collected])
    if collected.suite is None:
        click.echo(plain(f"evershell-conformance: {ending.reason or output}"), err=True)
        return ending.status
    parts = (
        _requests(collected, verbose=verbose),
        _changed(collected.suite),
        _missing(collected.suite, collected.cases),
    )
    for line in chain.from_iterable(parts):
        click.echo(plain_line(line))
    return CONFORMS


def _requests(collected: CollectedCases, *, verbose: bool) -> Iterator[str]:
    assert collected.suite is not None  # noqa: S101  # the caller looked
    profile, expected = collected.suite.profile, Expected(collected.budget)
    cases = [case for case in collected.cases if not case.skipped]
    lines, total = _by_operation(collected.suite, cases, expected)
    rest = max(0, len(lines) - MOST_OPERATIONS) if not verbose else 0
    orgs = {caller.org: caller.name for caller in reversed(profile.callers)}
    yield f"{profile.name} at {profile.url}: nothing was sent. A run would send about {total} requests"
    yield f"  GET /me/session as {', '.join(c.name for c in profile.callers) or 'anonymous'}, before anything else"
    for each in resources() if orgs else ():
        if listing := collected.suite.contract.operations.get(each.listed_by or ""):
            yield f"  {listing.method} {listing.path} as {', '.join(reversed(orgs.values()))}"
    yield from lines[: len(lines) - rest]
    if rest:
        yield f"  and for {rest} operations more, which -v lists"
    if others := [case for case in cases if case.operation_id is None]:
        yield f"  what {len(others)} cases of more than one operation need: {expected.of(others)} requests"
    for case in collected.cases if verbose else ():
        yield f"    {case.rule}: {case.case}" + (f" (not provoked: {NOBODY})" if case.skipped else "")
    if not verbose:
        yield f"  {len(cases)} cases in all, which -v lists"


def _by_operation(suite: Suite, cases: list[Planned], expected: Expected) -> tuple[list[str], int]:
    """A line for each operation, and how many requests all cases take."""
    lines, total = [], len(suite.profile.callers) + expected.of([c for c in cases if c.operation_id is None])
    for operation_id, operation in suite.contract.operations.items():
        mine = [case for case in cases if case.operation_id == operation_id]
        if mine:
            total += (requests := expected.of(mine))
            rules = sum(case.kind == GENERATED for case in mine)
            more = f", {rules} of them about generated requests" if rules else ""
            at = f"{operation.method} {operation.path} for {operation_id}"
            lines.append(f"  {at}: {requests} requests in {len(mine)} cases{more}")
    return lines, total


def _changed(suite: Suite) -> Iterator[str]:
    profile, guard = suite.profile, suite.guard
    if profile.limits.read_only:
        yield "it would change nothing: GET, HEAD and OPTIONS only"
    elif profile.world_url is not None:
        yield "it would make, change and delete in worlds of its own"
    else:
        most = f", {profile.limits.max_creations} at the most" if profile.limits.max_creations else ""
        yield f"it would make {plural()} named {mark_of('ID')}...{most}, and remove them; ID is drawn, or --run-id's"
        expendable = ", ".join(profile.known.expendable)
        yield f"it would change or delete nothing else{f' but {expendable}' if expendable else ''}"
        if given := [name for name in guard.given if name not in profile.known.expendable]:
            yield f"it would ask for what changes nothing of {', '.join(given)}, as somebody of another org"
        if guard.probe_unsafe:
            those = f"collections, /me and {plural()} of other orgs"
            yield f"it would send unsafe methods to {those}, which have to refuse them"


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
