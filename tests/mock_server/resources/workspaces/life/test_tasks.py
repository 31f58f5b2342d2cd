"""The life of a task by the clock, and whose turn it is in a workspace."""

import pytest

from mock_server.resources.workspaces.life import tasks, workspaces
from mock_server.resources.workspaces.life.set_status import (
    with_task_status,
    with_timers_started,
    with_workspace_status,
)
from mock_server.resources.workspaces.task import TASKS, show_task
from mock_server.resources.workspaces.workspace import WORKSPACES
from mock_server.state.state import State
from mock_server.state.value import replace
from tests.mock_server.resources.workspaces.life.scene import (
    NOW,
    OTHER,
    ROLE,
    USER,
    after,
    at,
    beginning,
    events,
    statuses,
    task,
    told,
    workspace,
)


def with_tasks(count: int) -> tuple[State, list[str]]:
    """A workspace that is ready at 2, and so many tasks that were submitted to it at 0."""
    state, made = workspaces.create(beginning(), ROLE, USER, NOW)
    keys = []
    for number in range(count):
        state, submitted = tasks.submit(state, made, f"Do {number}.", OTHER, NOW)
        keys.append(submitted.id)
    return state, keys


def cancelled(state: State, seconds: float) -> State:
    state = at(state, seconds)
    return tasks.cancel(state, workspace(state), USER, after(seconds))


@pytest.mark.parametrize(
    ("seconds", "status", "of_workspace"),
    [
        (2.999, "submitted", "idle"),
        (3, "delivered", "busy"),
        (4, "running", "busy"),
        (8.999, "running", "busy"),
        (9, "completed", "idle"),
    ],
)
def test_it_is_delivered_runs_and_is_completed(seconds: float, status: str, of_workspace: str) -> None:
    state, [key] = with_tasks(1)
    state = at(state, seconds)
    assert (task(state, key).status, workspace(state).status) == (status, of_workspace)


def test_what_it_writes_has_the_times_at_which_it_happened() -> None:
    state = at(with_tasks(1)[0], 3600)
    assert told(state) == [
        ("workspace_created", 0),
        ("task_submitted", 0),
        ("workspace_ready", 2),
        ("task_delivered", 3),
        ("task_running", 4),
        ("policy_decision", 4),
        ("task_completed", 9),
    ]
    of_task = events(state, "task_submitted", "task_delivered", "task_running", "task_completed")
    assert [(each.actor, each.user_id) for each in of_task] == [("control-plane", OTHER), *[("agent", OTHER)] * 3]
    assert [each.status for each in of_task] == [None, None, None, "completed"]


def test_a_running_one_asks_its_provider_for_something() -> None:
    [decision] = events(at(with_tasks(1)[0], 4), "policy_decision")
    assert (decision.category, decision.actor, decision.user_id) == ("audit", "policy-engine", OTHER)
    assert (decision.destination, decision.method, decision.decision) == ("api.anthropic.example", "POST", "allow")
    assert (decision.latency_ms, dict(decision.debits or {})) == (250, {"input_tokens": 1000, "output_tokens": 200})


def test_its_end_has_a_time_and_how_long_it_took() -> None:
    state, [key] = with_tasks(1)
    shown = show_task(task(at(state, 60), key), "org_1")
    assert (shown["completed_at"], shown["duration_seconds"]) == ("2026-07-01T09:00:09Z", 9)
    assert shown.keys().isdisjoint({"due_at", "number", "cancel_requested_at", "reason"})


def test_those_of_one_moment_have_their_turns_as_they_came() -> None:
    state, keys = with_tasks(12)
    for turn, key in enumerate(keys):
        assert statuses(at(state, 3 + 7 * turn), key) == ["delivered"]


def test_the_current_one_is_cancelled_a_second_later_and_the_next_has_its_turn() -> None:
    state, keys = with_tasks(2)
    state = cancelled(state, 5)
    assert (statuses(state, *keys), workspace(state).status) == (["running", "submitted"], "busy")
    assert statuses(at(state, 5.999), *keys) == ["running", "submitted"]
    assert statuses(at(state, 6), *keys) == ["cancelled", "submitted"]
    assert (task(at(state, 6), keys[0]).reason, workspace(at(state, 6)).status) == ("cancelled_by_user", "idle")
    assert statuses(at(state, 7), *keys) == ["cancelled", "delivered"]
    assert told(at(state, 6))[-2:] == [("task_cancel_requested", 5), ("task_completed", 6)]


def test_one_that_is_being_cancelled_is_not_cancelled_again_nor_completed() -> None:
    state = cancelled(with_tasks(1)[0], 8.5)
    assert tasks.cancel(state, workspace(state), USER, after(8.7)) is state
    assert [each.status for each in events(at(state, 60), "task_completed")] == ["cancelled"]
    assert at(state, 60).timers == ()


def test_the_oldest_that_waits_is_cancelled_where_none_is_current() -> None:
    state, keys = with_tasks(2)
    state = cancelled(state, 2.5)
    assert statuses(at(state, 3.4), *keys) == ["submitted", "submitted"]
    assert statuses(at(state, 3.5), *keys) == ["cancelled", "submitted"]
    assert statuses(at(state, 4.5), *keys) == ["cancelled", "delivered"]


def test_without_a_task_there_is_nothing_to_cancel() -> None:
    state = at(with_tasks(0)[0], 2)
    assert tasks.cancel(state, workspace(state), USER, after(3)) is state


def test_it_is_not_delivered_while_nobody_can_reach_the_agent() -> None:
    state, keys = with_tasks(2)
    state = at(state, 2).put(WORKSPACES, replace(workspace(at(state, 2)), unreachable_since=after(2)))
    assert [task(at(state, 3), keys[0]).status, task(at(state, 3), keys[0]).reason] == [
        "delivery_failed",
        "agent_unreachable",
    ]
    assert (workspace(at(state, 3)).status, statuses(at(state, 4), keys[1])) == ("idle", ["delivery_failed"])


def test_a_held_one_stays_until_something_acts_on_it() -> None:
    state, [key] = with_tasks(1)
    state = with_task_status(at(state, 2), task(state, key), "running", after(2), held=True)
    assert statuses(at(state, 3600), key) == ["running"]
    assert statuses(at(cancelled(state, 10), 11), key) == ["cancelled"]


def test_a_held_workspace_does_not_hold_its_tasks() -> None:
    state, keys = with_tasks(1)
    given = with_workspace_status(state, workspace(state), "idle", NOW, held=True)
    given = with_timers_started(given, state, NOW)
    assert statuses(at(given, 7), *keys) == ["completed"]
    assert workspace(at(given, 7)).held


def test_one_that_is_let_go_has_its_time_from_then_on() -> None:
    state, [key] = with_tasks(1)
    held = with_task_status(at(state, 2), task(state, key), "compacting", after(2), held=True)
    free = with_timers_started(held.put(TASKS, replace(task(held, key), held=False)), held, after(100))
    assert statuses(at(free, 104.999), key) == ["compacting"]
    assert statuses(at(free, 105), key) == ["completed"]


def test_a_timer_of_what_cannot_move_is_let_go() -> None:
    state, [key] = with_tasks(1)
    state = state.put(WORKSPACES, replace(workspace(state), status="failed"))
    state = state.put(TASKS, replace(task(state, key), due_at=after(1)))
    left = at(state, 60)
    assert left.timers == ()
    assert (statuses(left, key), workspace(left).status) == (["submitted"], "failed")
