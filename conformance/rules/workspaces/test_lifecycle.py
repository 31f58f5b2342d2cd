"""Clause lifecycle: how tasks go on by themselves, one at a time, and how they end before they are done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from conformance.contract.contract import Provenance
from conformance.http.exchange import Exchange
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.about import choose_path_values
from conformance.recipes.making import create_owned
from conformance.recipes.reading import get_field, read_object
from conformance.recipes.requests import build
from conformance.recipes.valid import build_valid
from conformance.resources.workspaces import WORKSPACE
from conformance.resources.workspaces.files import make_unreachable
from conformance.resources.workspaces.oracle import CANCEL, ENDS, RESTART, STOP, SUBMIT, SUBMIT_TO
from conformance.resources.workspaces.recipes import bring_to_one_of, read_again
from conformance.resources.workspaces.recipes import bring_to_status as workspace_in_status
from conformance.resources.workspaces.tasks import (
    CURRENT,
    LIST,
    add,
    bring_to_status,
    find_submitted,
    read,
    submit,
    wait_until,
    watch,
)
from conformance.results.difference import from_field, from_list
from conformance.rules.checks import check_steps
from conformance.running.binding import over, rule
from conformance.session.harness import Harness

STATUS = "status"
ONWARD: Mapping[str, frozenset[str]] = {
    "submitted": frozenset({"delivered", "delivery_failed", "cancelled"}),
    "delivered": frozenset({"running", *ENDS}),
    "running": frozenset({"compacting", *ENDS}),
    "compacting": frozenset({"running", *ENDS}),
}
"""The statuses that a watched task may have next, by status. Phases between may be skipped."""
LATER_S = 10
"""The seconds after which an ended task is looked at again, by the clock of the target where that can be moved."""
STEP_S = 0.5
TASKS = 3
ONE_AFTER_THE_OTHER = ("2026-02-01T00:00:01Z", "2026-02-01T00:00:02Z")


def _find_caller(harness: Harness) -> Caller:
    """Return somebody who may submit tasks, cancel them, and read them."""
    operations = [harness.contract.operations[each] for each in (SUBMIT, CANCEL, LIST)]
    for caller in harness.callers():
        if all(harness.is_permitted(caller, each) for each in operations):
            return caller
    return harness.able(operations[0])


def _make_idle(harness: Harness, caller: Caller) -> Fact:
    operation = harness.contract.operations[SUBMIT_TO]
    fact = create_owned(harness, WORKSPACE, caller.org, operation=operation, caller=caller)
    return bring_to_one_of(harness, fact, ("idle",))


def _get_status(exchange: Exchange) -> str:
    return str(get_field(exchange.json, STATUS))


def _check_status(harness: Harness, exchange: Exchange, *right: str) -> None:
    said = " or ".join(right), _get_status(exchange)
    harness.check(_get_status(exchange) in right, exchange, *said, evidence=from_field(STATUS, *said))


def _check_stays(harness: Harness, caller: Caller, task: Fact, end: Exchange) -> None:
    """Raise a finding where a task that has ended is another one a while later."""
    looks = iter(range(2))
    last = [*read_again(harness, partial(read, harness, caller, task), lambda _: next(looks, None) is None, LATER_S)]
    for name in (STATUS, "created_at", "completed_at", "duration_seconds"):
        was, now = get_field(end.json, name), get_field(last[-1].json, name)
        harness.check(was == now, last[-1], f"{name} {was} for good", str(now), evidence=from_field(name, was, now))


@rule("TASK-STEPS")
@over("to", lambda _: ["a-role", "a-workspace"])
def test_a_task_ends_by_the_steps_of_its_life(harness: Harness, to: str) -> None:
    """A task is submitted, and read again and again until it has ended, and a while later."""
    caller = _find_caller(harness)
    if to == "a-role":
        operation = harness.contract.operations[SUBMIT]
        task = find_submitted(harness, harness.hold(caller, build_valid(harness, operation, caller)))
    else:
        task = submit(harness, _make_idle(harness, caller))
    readings = watch(harness, caller, task, lambda status: status in ENDS, step=STEP_S)
    check_steps(harness, readings, ONWARD)
    _check_status(harness, readings[-1], *ENDS)
    _check_stays(harness, caller, task, readings[-1])


@rule("TASK-STEPS")
def test_a_task_is_not_delivered_to_an_agent_that_nobody_reaches(harness: Harness) -> None:
    """A task is submitted to an idle workspace whose agent nobody can reach, and read until it has ended."""
    caller = _find_caller(harness)
    workspace = make_unreachable(harness, _make_idle(harness, caller))
    task = submit(harness, workspace)
    _check_status(harness, wait_until(harness, caller, task), "delivery_failed")


def _read_list(harness: Harness, caller: Caller, workspace: Fact) -> Exchange:
    operation = harness.contract.operations[LIST]
    return harness.hold(caller, build(operation, choose_path_values(operation, workspace)))


def _list_statuses(listing: Exchange, tasks: list[Fact]) -> list[str]:
    """Return the statuses of tasks in a list, in the order in which they were submitted.

    Not provoked where one is missing.
    """
    found = {str(get_field(each, "id")): str(get_field(each, STATUS)) for each in listing.json}
    try:
        return [found[each.id] for each in tasks]
    except KeyError:
        raise NotProvoked("its precondition does not hold: the list lacks a task that was submitted") from None


def _read_lists(
    harness: Harness, caller: Caller, workspace: Fact, tasks: list[Fact]
) -> Iterator[tuple[Exchange, list[str]]]:
    """Yield the tasks of a workspace as they are listed again and again until all of them have ended."""

    def ended(_: str) -> bool:
        return bool(seen) and all(each in ENDS for each in seen[-1])

    seen: list[list[str]] = []
    for listing in read_again(harness, partial(_read_list, harness, caller, workspace), ended, STEP_S):
        seen.append(_list_statuses(listing, tasks))
        yield listing, seen[-1]


@rule("TASK-ONE-AT-A-TIME")
def test_tasks_are_worked_on_one_by_one_the_oldest_first(harness: Harness) -> None:
    """Three tasks are submitted to an idle workspace, and listed again and again until all have ended.

    The first is read before the others are submitted, and in the end.
    """
    caller = _find_caller(harness)
    workspace = _make_idle(harness, caller)
    first = submit(harness, workspace)
    read(harness, caller, first)
    tasks = [first, *(submit(harness, workspace) for _ in range(1, TASKS))]
    for listing, statuses in _read_lists(harness, caller, workspace, tasks):
        at_work = [place for place, status in enumerate(statuses) if status in CURRENT]
        said = "one task at work at the most", f"{len(at_work)} of them"
        harness.check(len(at_work) <= 1, listing, *said, evidence=from_list(*said))
        begun = [status != "submitted" for status in statuses]
        said = "the oldest tasks begun first", "a younger one before an older one"
        harness.check(begun == sorted(begun, reverse=True), listing, *said, evidence=from_list(*said))
    said = "each of them ended", ", ".join(statuses)
    harness.check(all(each in ENDS for each in statuses), listing, *said, evidence=from_list(*said))
    _check_status(harness, read(harness, caller, first), *ENDS)


@rule("TASK-BUSY")
def test_a_workspace_is_busy_while_it_works_on_a_task(harness: Harness) -> None:
    """A task is submitted to an idle workspace; both are read again and again until the task has ended."""
    caller = _find_caller(harness)
    workspace = _make_idle(harness, caller)
    tasks = [submit(harness, workspace)]
    for _, before in _read_lists(harness, caller, workspace, tasks):
        answer = read_object(harness, WORKSPACE, caller, workspace.id)
        [after] = _list_statuses(_read_list(harness, caller, workspace), tasks)
        if [after] == before and after != "submitted":  # else it began or ended between the two
            _check_status(harness, answer, "busy" if after in CURRENT else "idle")


@rule("TASK-BUSY")
@over("status", lambda _: [*CURRENT, *ENDS])
def test_a_workspace_is_busy_by_the_status_of_its_task(harness: Harness, status: str) -> None:
    """A task of a workspace is brought into the status, and the workspace is read."""
    caller = _find_caller(harness)
    workspace = _make_idle(harness, caller)
    bring_to_status(harness, add(harness, workspace), status)
    _check_status(
        harness, read_object(harness, WORKSPACE, caller, workspace.id), "busy" if status in CURRENT else "idle"
    )


def _put_to_work(harness: Harness, caller: Caller, workspace: Fact, status: str = "running") -> tuple[Fact, bool]:
    """Return a task that the agent of a workspace works on, in this status; and whether a state has it stay there."""
    task = add(harness, workspace)
    try:
        bring_to_status(harness, task, status)
    except NotProvoked as reason:
        last = wait_until(harness, caller, task, status)
        if _get_status(last) != status:
            raise NotProvoked(f"{reason}, and the task is {_get_status(last)}", *reason.needs) from None
        return task, False
    return task, True


def _wait_for_work(harness: Harness, caller: Caller, workspace: Fact) -> tuple[Fact, bool]:
    """Return a submitted task that the agent has begun to work on, and that nothing has it stay so."""
    task = submit(harness, workspace)
    wait_until(harness, caller, task, *CURRENT)
    return task, False


def _check_cut_short(harness: Harness, end: Exchange, right: str, *, stays: bool) -> None:
    """Raise a finding unless a task ended so; not provoked where it may have been done before that was asked for."""
    if _get_status(end) == "completed" and not stays:
        raise NotProvoked("the task had ended before it was to end")
    _check_status(harness, end, right)


@rule("TASK-CANCEL")
@over("status", lambda _: CURRENT)
def test_the_current_task_is_cancelled(harness: Harness, status: str) -> None:
    """The current task of a workspace is read, cancelled, read until it has ended, and a while later."""
    caller, operation = _find_caller(harness), harness.contract.operations[CANCEL]
    workspace = _make_idle(harness, caller)
    task, stays = _put_to_work(harness, caller, workspace, status)
    read(harness, caller, task)
    _read_list(harness, caller, workspace)
    harness.judge(caller, build(operation, choose_path_values(operation, workspace)))
    end = wait_until(harness, caller, task)
    _check_cut_short(harness, end, "cancelled", stays=stays)
    [listed] = _list_statuses(listing := _read_list(harness, caller, workspace), [task])
    said = "cancelled in the list too", listed
    harness.check(listed == "cancelled", listing, *said, evidence=from_field(STATUS, "cancelled", listed))
    _check_status(harness, read_object(harness, WORKSPACE, caller, workspace.id), "idle", "busy")
    _check_stays(harness, caller, task, end)


@rule("TASK-CANCEL")
def test_what_waits_goes_on_when_the_current_task_is_cancelled(harness: Harness) -> None:
    """A workspace works on a task and has another; the first is cancelled, and the second read until it ends."""
    caller, operation = _find_caller(harness), harness.contract.operations[CANCEL]
    workspace = _make_idle(harness, caller)
    (first, stays), second = _put_to_work(harness, caller, workspace), submit(harness, workspace)
    harness.hold(caller, build(operation, choose_path_values(operation, workspace)))
    end = wait_until(harness, caller, second)
    _check_cut_short(harness, read(harness, caller, first), "cancelled", stays=stays)
    _check_status(harness, end, "completed", "failed")


@rule("TASK-CANCEL")
def test_the_oldest_that_waits_is_cancelled_where_none_is_current(harness: Harness) -> None:
    """Two tasks of an idle workspace wait, of which one is cancelled; it is read until it has ended, then the other."""
    caller, operation = _find_caller(harness), harness.contract.operations[CANCEL]
    workspace = _make_idle(harness, caller)
    first, second = (add(harness, workspace, created_at=each) for each in ONE_AFTER_THE_OTHER)
    harness.judge(caller, build(operation, choose_path_values(operation, workspace)))
    for exchange, right in (
        (wait_until(harness, caller, first), "cancelled"),
        (read(harness, caller, second), "submitted"),
    ):
        got = _get_status(exchange)
        # That one which waits can be cancelled, too, is assumed.
        harness.check(got == right, exchange, right, got, Provenance.ASSUMED, evidence=from_field(STATUS, right, got))


_ENDED_BY: Mapping[str, tuple[str, str]] = {
    STOP: ("cancelled", "delivery_failed"),
    "failed": ("failed", "delivery_failed"),
}
"""The ends of the current and of the waiting tasks, by what ends the tasks of a workspace."""


@rule("TASK-WORKSPACE-ENDS")
@over("by", lambda _: list(_ENDED_BY))
def test_the_tasks_of_a_workspace_end_with_it(harness: Harness, by: str) -> None:
    """A workspace works on a task and has two others; it is stopped, or fails, and they are read until they end."""
    caller = harness.able(harness.contract.operations[STOP])
    workspace = _make_idle(harness, caller)
    current, stays = _put_to_work(harness, caller, workspace)
    waiting = [add(harness, workspace), add(harness, workspace)]
    if by == STOP:
        operation = harness.contract.operations[STOP]
        harness.hold(caller, build(operation, choose_path_values(operation, workspace)))
    else:
        workspace_in_status(harness, workspace, by)
    ends = [(task, wait_until(harness, caller, task)) for task in (current, *waiting)]
    for (task, end), right in zip(ends, (_ENDED_BY[by][0], *2 * (_ENDED_BY[by][1],)), strict=True):
        _check_cut_short(harness, end, right, stays=stays or task is not current)
        _check_stays(harness, caller, task, end)


@rule("TASK-WORKSPACE-ENDS")
@over("current", lambda _: ["held", "going-on"])
def test_a_restart_ends_the_current_task_alone(harness: Harness, current: str) -> None:
    """A workspace works on a task and has another; it is restarted, and both are read until they end, the first twice.

    The first is held where a state can do that, or goes its way.
    """
    operation = harness.contract.operations[RESTART]
    caller = harness.able(operation)
    workspace = _make_idle(harness, caller)
    put_to_work = _put_to_work if current == "held" else _wait_for_work
    (first, stays), waiting = put_to_work(harness, caller, workspace), submit(harness, workspace)
    harness.hold(caller, build(operation, choose_path_values(operation, workspace), query="force=true"))
    end = wait_until(harness, caller, first)
    _check_cut_short(harness, end, "cancelled", stays=stays)
    _check_status(harness, wait_until(harness, caller, waiting), "completed", "failed")
    _check_stays(harness, caller, first, end)
