"""A dry run: print what a run would send, and what the profile lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

import click
import pytest

from conformance.budget import BUDGETS, NORMAL, Budget
from conformance.commands.run import run_pytest
from conformance.contract.contract import Contract, Operation
from conformance.errors import CONFORMS
from conformance.mark import mark_of
from conformance.needs import PERMISSION_SET, ROLE, SECOND_ORG, offers_states
from conformance.oracle.declaration.registry import describe_makeable, find_resource_of, list_resources
from conformance.oracle.declaration.resource import Resource
from conformance.plain.opening import list_missing_lines
from conformance.plugin import REGISTERED_AS
from conformance.profile import Profile
from conformance.recipes.causes import needs
from conformance.results.plain_text import escape_line, escape_lines
from conformance.running.binding import SENDS, find_operation, find_part, find_rule, read_parameters
from conformance.running.selection import GENERATED, find_kind, make_case_id
from conformance.running.suite import Suite

NOBODY = "the profile has no caller or object for it"
MOST_NAMED = 6
MOST_OPERATIONS = 24  # lines for operations; a dry run prints at most sixty lines
DIRECTED_REQUESTS = 4.5
"""Requests of a directed case on average, cleaning up included."""
BASED_REQUESTS = 8.0
"""The requests of a case about what is based on something else, or is in it, which has to be made first."""
BY_CALLS = 1.75
"""The factor by which a directed case sends more where the target offers no states: calls make what it is about."""
PROBES = 30
"""Requests of an operation beside the budget's: attempts with wrong credentials, and setting up."""
MOVE_REQUESTS = 50
"""Requests of a move of an expedition about each resource: the move itself, and the looks afterwards."""


@dataclass(slots=True)
class CollectedTests:
    """A pytest plugin that keeps the collected tests."""

    suite: Suite | None = None
    budget: Budget = NORMAL
    tests: list[pytest.Item] = field(default_factory=list)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Keep every test, the suite and the budget."""
        plugin = session.config.pluginmanager.get_plugin(REGISTERED_AS)
        assert plugin is not None  # noqa: S101  # the plugin is loaded where there is a target
        self.suite, self.budget = plugin.suite, BUDGETS[session.config.getoption("--budget")]
        self.tests += session.items


def print_plan(options: list[str], *, verbose: bool = False) -> int:
    """Print what a run with these options would do, with every case if `verbose`; return the exit code."""
    collected = CollectedTests()
    ending, output = run_pytest([*options, "--collect-only"], [collected])
    suite, tests = collected.suite, collected.tests
    if suite is None:
        click.echo(escape_lines(f"evershell-conformance: {ending.reason or output}"), err=True)
        return ending.status
    parts = (
        _describe_requests(suite, tests, collected.budget, verbose=verbose),
        _list_changing_operations(suite),
        _list_missing_lines(suite, tests),
    )
    for line in chain.from_iterable(parts):
        click.echo(escape_line(line))
    return CONFORMS


def _is_skipped(test: pytest.Item) -> bool:
    return test.get_closest_marker("skip") is not None


def _describe_requests(suite: Suite, collected: list[pytest.Item], budget: Budget, *, verbose: bool) -> Iterator[str]:
    profile = suite.profile
    tests = [test for test in collected if not _is_skipped(test)]
    others = [test for test in tests if find_operation(test) is None]
    lines, total = _count_by_operation(suite, tests, budget)
    total += len(profile.callers) + estimate_requests(others, suite, budget)
    rest = max(0, len(lines) - MOST_OPERATIONS) if not verbose else 0
    yield f"{profile.name} at {profile.url}: nothing was sent. A run would send about {total} requests"
    yield from _list_first_requests(suite)
    yield from lines[: len(lines) - rest]
    if rest:
        yield f"  and for {rest} operations more, which -v lists"
    if others:
        needed = estimate_requests(others, suite, budget)
        yield f"  what {len(others)} cases of more than one operation need: {needed} requests"
    for test in collected if verbose else ():
        yield f"    {find_rule(test)}: {make_case_id(test)}" + (
            f" (not provoked: {NOBODY})" if _is_skipped(test) else ""
        )
    if not verbose:
        yield f"  {len(tests)} cases in all, which -v lists"


def _list_first_requests(suite: Suite) -> Iterator[str]:
    """Yield what is asked before the first test."""
    contract, callers = suite.contract, suite.profile.callers
    orgs = {caller.org: caller.name for caller in reversed(callers)}
    if contract.part_of:
        declared = len(contract.whole.operations)
        yield f"  {len(contract.operations)} of {declared} operations are served; each other one is asked for once"
    if session := contract.session:
        named = ", ".join(caller.name for caller in callers) or "anonymous"
        yield f"  {session.method} {session.path} as {named}, before anything else"
    for each in list_resources() if orgs else ():
        if listing := contract.operations.get(each.listed_by or ""):
            yield f"  {listing.method} {listing.path} as {', '.join(reversed(orgs.values()))}"


def _count_by_operation(suite: Suite, tests: list[pytest.Item], budget: Budget) -> tuple[list[str], int]:
    """Return a line for each operation, and how many requests their cases take."""
    lines, total = [], 0
    for operation_id, operation in suite.contract.operations.items():
        if own := [test for test in tests if find_operation(test) == operation_id]:
            total += (requests := estimate_requests(own, suite, budget))
            rules = sum(find_kind(test) == GENERATED for test in own)
            more = f", {rules} of them about generated requests" if rules else ""
            at = f"{operation.method} {operation.path} for {operation_id}"
            lines.append(f"  {at}: {requests} requests in {len(own)} cases{more}")
    return lines, total


def estimate_requests(tests: Iterable[pytest.Item], suite: Suite, budget: Budget) -> int:
    """Return how many requests the tests send together, right to about a third."""
    directed, operations, expeditions = 0.0, set[str](), 0
    for test in tests:
        if find_kind(test) != GENERATED:
            marker = test.get_closest_marker(SENDS)
            directed += marker.args[0] if marker else _estimate_directed(test)
        elif operation_id := find_operation(test):
            operations.add(operation_id)  # all rules look at the same requests of an operation
        elif part := find_part(test):
            expeditions += part.count
    if not offers_states(suite.profile):
        directed *= BY_CALLS
    generated = len(operations) * (budget.requests + PROBES)
    return round(directed + generated + expeditions * budget.moves * MOVE_REQUESTS)


def _estimate_directed(test: pytest.Item) -> float:
    """Return how many requests a directed case sends on average."""
    operation = read_parameters(test).get("operation")
    resource = find_resource_of(operation) if isinstance(operation, Operation) else None
    based = resource is not None and bool(resource.parent or (resource.is_part and resource.within is None))
    return BASED_REQUESTS if based else DIRECTED_REQUESTS


def _list_changing_operations(suite: Suite) -> Iterator[str]:
    profile, guard = suite.profile, suite.guard
    if profile.limits.read_only:
        yield "it would change nothing: GET, HEAD and OPTIONS only"
    elif profile.world_url is not None:
        yield "it would make, change and delete in worlds of its own"
    else:
        most = f", {profile.limits.max_creations} at the most" if profile.limits.max_creations else ""
        stay, made = "", describe_makeable(partial(_is_made, suite.contract))
        if lasting := describe_makeable(lambda resource: resource.lasts and _is_made(suite.contract, resource)):
            stay = f", but for {profile.limits.max_lasting} {lasting} at the most, which are archived and stay"
        named = f"{made or 'nothing'} named {mark_of('ID')}...{most}"
        yield f"it would make {named}, and remove them{stay}; ID is drawn, or --run-id's"
        expendable = ", ".join(profile.known.expendable)
        yield f"it would change or delete nothing else{f' but {expendable}' if expendable else ''}"
        given = ", ".join(name for name in guard.given if name not in profile.known.expendable)
        tried = [f"ask for what changes nothing of {given}, as somebody of another org"] if given else []
        tried += [f"try to archive {name}, which has to be refused" for name in guard.kept]
        if tried:
            yield f"it would {', and '.join(tried)}"
        if guard.may_probe_unsafe:
            those = f"collections, /me and {made} of other orgs"
            yield f"it would send unsafe methods to {those}, which have to refuse them"


def _is_made(contract: Contract, resource: Resource) -> bool:
    """Return whether the target serves an operation that makes one."""
    return any(each in contract.operations for each in resource.made_by)


def _list_missing_lines(suite: Suite, tests: list[pytest.Item]) -> Iterator[str]:
    plain = suite.contract.is_plain
    found = (
        [*list_missing_lines(suite.profile, suite.contract)]
        if plain
        else [*_describe_callers(suite.profile), *_describe_states(suite)]
    )
    if rules := sorted({find_rule(test) for test in tests if _is_skipped(test)}):
        found.append(f"{NOBODY}: {', '.join(rules)}")
    yield "missing:" if found else "nothing is missing"
    yield from (f"  {line}" for line in found)


def _describe_callers(profile: Profile) -> Iterator[str]:
    if not profile.callers:
        yield "callers: with none, only refusals can be judged"
        return
    for need, whom, what in (
        (SECOND_ORG, "of a second org", "ownership"),
        (ROLE, "with a role", "what holds of sessions"),
        (PERMISSION_SET, "with a permission_set", "what holds of API keys"),
    ):
        if not need.met(profile):
            yield f"a caller {whom}: {what} cannot be judged without one"
    if unknown := [caller.name for caller in profile.callers if caller.scopes is None]:
        yield f"scopes of {', '.join(unknown)}: the target is asked for them, and cases by scope follow from them"


def _describe_states(suite: Suite) -> Iterator[str]:
    if offers_states(suite.profile):
        return
    contract = suite.contract
    needing = [cell for cell in contract.cells if "state '" in needs(contract, cell)]
    why = "read-only" if suite.profile.limits.read_only else "target.states_url"
    named = "; ".join(map(str, needing[:MOST_NAMED])) + ("; ..." if len(needing) > MOST_NAMED else "")
    yield f"{why}: {len(needing)} of {len(contract.cells)} cells need a state of the target ({named})"
