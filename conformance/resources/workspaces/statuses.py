"""Workspaces brought into a status, by a state or by public calls, and what they become by themselves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import permutations

from conformance.contract.contract import Operation
from conformance.http.exchange import Exchange
from conformance.http.throttling import growing_pauses
from conformance.needs import state
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.about import path_values
from conformance.recipes.reading import field, shown
from conformance.recipes.requests import build
from conformance.resources.workspaces.making import IS, in_status, resource
from conformance.resources.workspaces.semantics import BEGINS, LIFE, STOP, TAKEN, WORKSPACE, statuses_of
from conformance.session.harness import Harness
from conformance.session.states import SetupError

PASSES = "time has passed"
"""The state in which the clock of the target has gone on."""
COMES: frozenset[str] = frozenset().union(*LIFE.onward.values())
"""The statuses to which workspaces come by themselves."""
STEP_S, STEPS = 2, 16
"""By how much the clock is moved at once, and how often."""


def ready(harness: Harness, fact: Fact, operation: Operation) -> Fact:
    """The workspace, in a status in which the operation is served."""
    wanted = TAKEN.get(operation.operation_id)
    known = harness.state.facts(WORKSPACE).get(fact.id, fact)
    return known if wanted is None or known.archived else in_one_of(harness, known, wanted)


def in_one_of(harness: Harness, workspace: Fact, wanted: tuple[str, ...]) -> Fact:
    """The workspace in one of these statuses, in which it stays where a state can have it stay."""
    statuses = statuses_of(workspace)
    if statuses is not None and statuses <= {*wanted}:
        return workspace
    try:
        return in_status(harness, workspace, wanted[0])
    except NotProvoked as reason:
        if COMES.isdisjoint(wanted):  # nothing that a caller does brings it about
            raise
        caller = harness.able(harness.contract.operations[STOP], workspace.owner)
        if LIFE.at_rest & {*wanted}:
            until(harness, caller, workspace, lambda status: status not in ("provisioning", "stopping"))
            _stop(harness, caller, workspace)
        read = until(harness, caller, workspace, lambda status: status in wanted or not _leads_to(status, wanted))
        if field(read.json, LIFE.shown_in) in wanted:
            return harness.state.facts(WORKSPACE)[workspace.id]
        text = f"{reason}, and the workspace is {field(read.json, LIFE.shown_in)}"
        raise NotProvoked(text, state(IS)) from None


def taken_in_some_order(steps: Sequence[str], status: str) -> frozenset[frozenset[int]]:
    """Which of some steps, by their places, may be taken of a workspace that comes from a status in some order.

    The phase that a step begins may last, or be over before the next step is looked at.
    """
    found: set[frozenset[int]] = set()
    for order in permutations(range(len(steps))):
        ways = {(status, frozenset[int]())}
        for place in order:
            ways = {way for each in ways for way in _after(steps[place], place, *each)}
        found |= {taken for _, taken in ways}
    return frozenset(found)


def _after(step: str, place: int, status: str, taken: frozenset[int]) -> Iterator[tuple[str, frozenset[int]]]:
    """What a workspace is after a step, and which steps were taken by then."""
    for by_now in LIFE.becoming(status) if taken else {status}:
        yield (BEGINS[step], taken | {place}) if by_now in TAKEN[step] else (by_now, taken)


def _leads_to(status: str, wanted: tuple[str, ...]) -> bool:
    """Whether a workspace comes from a status to one of these by itself."""
    return not LIFE.becoming(status).isdisjoint(wanted)


def _stop(harness: Harness, caller: Caller, workspace: Fact) -> None:
    """Ask for the workspace to be stopped, where it runs."""
    statuses = statuses_of(harness.state.facts(WORKSPACE)[workspace.id])
    if statuses is None or not statuses <= LIFE.at_rest:
        stop = harness.contract.operations[STOP]
        harness.hold(caller, build(stop, path_values(stop, workspace)))


def until(harness: Harness, caller: Caller, workspace: Fact, holds: Callable[[str], bool]) -> Exchange:
    """The workspace as it is read once this holds of its status; the last reading, where it does not come to that."""
    *_, last = watched(harness, caller, workspace, holds)
    return last


def watched(
    harness: Harness, caller: Caller, workspace: Fact, holds: Callable[[str], bool], step: float = STEP_S
) -> Iterator[Exchange]:
    """The workspace as it is read again and again, until this holds of its status, or the time for that is over."""
    return seen_again(harness, lambda: shown(harness, resource(), caller, workspace.id), holds, step)


def seen_again(
    harness: Harness, look: Callable[[], Exchange], holds: Callable[[str], bool], step: float = STEP_S
) -> Iterator[Exchange]:
    """What is read again and again, until this holds of the status that it shows, or the time for that is over.

    The clock of the target is moved between, by so many seconds, where that harms nobody.
    """
    until, pauses, moves = time.monotonic() + harness.profile.limits.life_seconds, growing_pauses(), 0
    while True:
        read = look()
        yield read
        if holds(str(field(read.json, LIFE.shown_in))) or time.monotonic() > until:
            return
        if harness.alone and moves < STEPS * STEP_S / step and _pass(harness, step):
            moves += 1
        elif moves:
            return
        else:
            time.sleep(next(pauses))


def _pass(harness: Harness, seconds: float) -> bool:
    """Move the clock of the target; whether it can be moved."""
    try:
        harness.provide(PASSES, creates=False, seconds=seconds)
    except (NotProvoked, SetupError):
        return False
    return True
