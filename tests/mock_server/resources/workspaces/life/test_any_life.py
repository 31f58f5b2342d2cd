"""Whatever is done to workspaces and tasks, and however time passes: what holds always."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mock_server.resources.workspaces import workspace as values
from mock_server.resources.workspaces.life import tasks, workspaces
from mock_server.resources.workspaces.life.queue import find_unfinished
from mock_server.resources.workspaces.life.set_status import (
    with_hold,
    with_task_status,
    with_timers_started,
    with_workspace_status,
)
from mock_server.resources.workspaces.task import CURRENT, ENDED, STATUSES, TASKS, Status
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.state import State
from mock_server.state.value import replace
from tests.mock_server.resources.workspaces.life.scene import NOW, ROLE, USER, after, at, beginning, events

ACTS: dict[str, Callable[..., State]] = {
    each.__name__: each
    for each in (workspaces.resume, workspaces.stop, workspaces.restart, workspaces.archive, workspaces.unarchive)
}
GIVEN_TO_TASKS = [each for each in STATUSES if each != "submitted"]
WHICH = st.integers(0, 3)


def fork(state: State, found: Workspace, now: datetime) -> State:
    return workspaces.fork(state, found, 0, USER, now)[0]


def submit(state: State, found: Workspace, now: datetime, count: int) -> State:
    for _ in range(count if found.status in ("provisioning", "idle", "busy") else 0):
        state, _made = tasks.submit(state, found, "Do it.", USER, now)
    return state


def cancel(state: State, found: Workspace, now: datetime) -> State:
    return tasks.cancel(state, found, USER, now)


def act(state: State, found: Workspace, now: datetime, by: str) -> State:
    fits = (found.archived_at is not None) == (by == "unarchive")
    return ACTS[by](state, found, USER, now) if fits and workspaces.is_possible(found, by) else state  # type: ignore[arg-type]


def unreachable(state: State, found: Workspace, now: datetime, gone: bool) -> State:
    return state.put(WORKSPACES, replace(found, unreachable_since=now if gone else None))


def workspace_is(state: State, found: Workspace, now: datetime, status: values.Status, held: bool) -> State:
    if found.archived_at is not None:
        return state
    return with_timers_started(with_workspace_status(state, found, status, now, held=held), state, now)


def task_is(state: State, found: Workspace, now: datetime, given_to: tuple[int, Status], held: bool) -> State:
    which, status = given_to
    own = sorted(state.select(TASKS, workspace_id=found.id), key=lambda each: each.id)
    if not own or found.status not in ("idle", "busy"):
        return state
    return with_timers_started(with_task_status(state, own[which % len(own)], status, now, held=held), state, now)


def let_go(state: State, found: Workspace, now: datetime) -> State:
    freed = state.put(WORKSPACES, with_hold(found, held=False))
    for each in find_unfinished(state, found.id):
        freed = freed.put(TASKS, with_hold(each, held=False))
    return with_timers_started(freed, state, now)


STEPS = st.one_of(
    st.tuples(st.just("wait"), st.lists(st.integers(0, 4000), min_size=1, max_size=4)),
    st.tuples(st.just("create")),
    st.tuples(st.just(fork), WHICH),
    st.tuples(st.just(submit), WHICH, st.integers(1, 3)),
    st.tuples(st.just(cancel), WHICH),
    st.tuples(st.just(act), WHICH, st.sampled_from(sorted(ACTS))),
    st.tuples(st.just(unreachable), WHICH, st.booleans()),
    st.tuples(st.just(workspace_is), WHICH, st.sampled_from(values.STATUSES), st.booleans()),
    st.tuples(st.just(task_is), WHICH, st.tuples(WHICH, st.sampled_from(GIVEN_TO_TASKS)), st.booleans()),
    st.tuples(st.just(let_go), WHICH),
)


@dataclass
class Life:
    """A state, and the time of it in milliseconds since NOW; `split`: whether time passes step by step."""

    split: bool
    state: State = field(default_factory=beginning)
    passed: int = 0

    @property
    def seconds(self) -> float:
        return self.passed / 1000

    def take(self, what: Any, *more: Any) -> None:
        if what == "wait":
            for part in more[0] if self.split else [sum(more[0])]:
                self.passed += part
                self.state = at(self.state, self.seconds)
        elif what == "create":
            self.state, _ = workspaces.create(self.state, ROLE, USER, after(self.seconds))
        elif (found := self.workspace(more[0])) is not None:
            self.state = what(self.state, found, after(self.seconds), *more[1:])

    def workspace(self, which: int) -> Workspace | None:
        every = sorted(self.state.all(WORKSPACES))
        return self.state.all(WORKSPACES)[every[which % len(every)]] if every else None


@given(st.lists(STEPS, max_size=25))
def test_however_time_passes_the_same_happens(steps: list[Any]) -> None:
    whole, split = Life(split=False), Life(split=True)
    for step in steps:
        whole.take(*step)
        split.take(*step)
        assert whole.state == split.state


@given(st.lists(STEPS, max_size=25))
def test_what_holds_of_workspaces_and_tasks_always_holds(steps: list[Any]) -> None:
    life = Life(split=True)
    idle_hands = False  # a workspace may have been given the status busy without a task
    for step in steps:
        life.take(*step)
        idle_hands = idle_hands or (step[0] is workspace_is and step[2] == "busy")
        check_workspaces(life.state, idle_hands=idle_hands)
        check_tasks(life.state)
        check_timers(life.state, life.seconds)
    times = [each.timestamp for each in events(life.state)]
    assert times == sorted(times)


@given(st.lists(STEPS, max_size=15))
def test_in_the_end_everything_that_nobody_holds_is_at_rest(steps: list[Any]) -> None:
    life = Life(split=True)
    for step in steps:
        life.take(*step)
    rest = at(life.state, life.seconds + 3600)
    assert rest.timers == ()
    for workspace in rest.all(WORKSPACES).values():
        assert workspace.held or workspace.status in ("idle", "busy", "stopped", "failed")
        left = find_unfinished(rest, workspace.id)
        assert not left or workspace.held or workspace.status == "busy"
        assert workspace.status != "idle" or not left


def check_workspaces(state: State, *, idle_hands: bool) -> None:
    for workspace in state.all(WORKSPACES).values():
        current = [each for each in find_unfinished(state, workspace.id) if each.status in CURRENT]
        assert len(current) <= 1
        assert (workspace.status == "busy") == bool(current) or (idle_hands and not current)
        assert workspace.status not in ("stopping", "stopped", "failed") or not find_unfinished(state, workspace.id)
        assert workspace.updated_at >= workspace.created_at
        timed = workspace.status in ("provisioning", "stopping") and not workspace.held
        assert (workspace.due_at is not None) == (timed and workspace.archived_at is None)
        assert (workspace.snapshot_ref is None) or (workspace.last_snapshot_error is None)


def check_tasks(state: State) -> None:
    for task in state.all(TASKS).values():
        ended = task.status in ENDED
        assert (task.completed_at is not None) == ended
        assert (task.reason is not None) == (ended and task.status != "completed")
        assert task.completed_at is None or task.completed_at >= task.created_at
        assert not ended or (task.due_at is None and task.cancel_requested_at is None)
        if task.status == "submitted" and task.cancel_requested_at is None:
            older = [each for each in find_unfinished(state, task.workspace_id) if each.age < task.age]
            turn = not older and state.all(WORKSPACES)[task.workspace_id].status == "idle"
            assert (task.due_at is not None) == turn
        elif not ended:
            assert (task.due_at is not None) == (task.cancel_requested_at is not None or not task.held)


def check_timers(state: State, seconds: float) -> None:
    timers = list(state.timers)
    assert timers == sorted(timers)
    assert {(each.collection, each.key, each.at) for each in timers} == {
        (collection.name, key, value.due_at)
        for collection in (WORKSPACES, TASKS)
        for key, value in state.all(collection).items()  # type: ignore[attr-defined]  # of two collections
        if value.due_at is not None
    }
    assert all(each.at > after(seconds) for each in timers)
    assert after(seconds) >= NOW
