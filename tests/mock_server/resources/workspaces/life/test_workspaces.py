"""The life of a workspace by the clock: what each step leads to, when, and what it writes."""

import pytest

from mock_server.resources.workspaces.life import tasks, workspaces
from mock_server.resources.workspaces.life.queue import list_for_fork_points
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


def created() -> State:
    return workspaces.create(beginning(), ROLE, USER, NOW)[0]


def idle() -> State:
    return at(created(), 2)


def busy() -> tuple[State, list[str]]:
    """Running its first task for a second; another one waits. It is the sixth second."""
    state, keys = idle(), []
    for number in range(2):
        state, made = tasks.submit(state, workspace(state), f"Do {number}.", OTHER, after(3))
        keys.append(made.id)
    return at(state, 6), keys


def test_a_new_one_is_idle_after_two_seconds() -> None:
    state = created()
    made = workspace(state)
    assert (made.status, made.environment, made.created_by_user_id) == ("provisioning", "staging", USER)
    assert at(state, 1.999) is state
    ready = workspace(at(state, 2))
    assert (ready.status, ready.updated_at, ready.due_at) == ("idle", after(2), None)
    assert told(at(state, 2)) == [("workspace_created", 0), ("workspace_ready", 2)]


def test_its_events_name_the_role_and_its_provider() -> None:
    for event in events(idle()):
        assert (event.category, event.actor, event.user_id) == ("activity", "control-plane", USER)
        assert (event.workspace_id, event.agent_role, event.agent_provider) == (workspace(idle()).id, "dev", "main")


def test_what_is_looked_at_late_happened_in_time() -> None:
    assert workspace(at(created(), 3600)).updated_at == after(2)


def test_a_stop_ends_its_tasks_at_once_and_itself_two_seconds_later_with_a_snapshot() -> None:
    state, keys = busy()
    state = workspaces.stop(state, workspace(state), USER, after(6))
    assert workspace(state).status == "stopping"
    ends = [(task(state, key).status, task(state, key).reason, task(state, key).completed_at) for key in keys]
    assert ends == [
        ("cancelled", "workspace_stopped", after(6)),
        ("delivery_failed", "workspace_stopped", after(6)),
    ]
    assert told(state)[-3:] == [("task_completed", 6), ("task_completed", 6), ("workspace_stopping", 6)]
    stopped = workspace(at(state, 8))
    assert (stopped.status, stopped.updated_at) == ("stopped", after(8))
    assert stopped.snapshot_ref is not None
    assert at(state, 3600).timers == ()


def test_a_restart_takes_a_snapshot_at_once_and_keeps_what_waits() -> None:
    state, keys = busy()
    state = workspaces.restart(state, workspace(state), USER, after(6))
    assert (workspace(state).status, workspace(state).snapshot_ref is None) == ("provisioning", False)
    assert (task(state, keys[0]).status, task(state, keys[0]).reason) == ("cancelled", "workspace_restarted")
    assert statuses(at(state, 8.999), keys[1]) == ["submitted"]
    assert statuses(at(state, 9), keys[1]) == ["delivered"]  # idle at 8, and a second later


def test_a_stopped_one_is_resumed_and_keeps_its_snapshot() -> None:
    state = at(workspaces.stop(idle(), workspace(idle()), USER, after(2)), 4)
    snapshot = workspace(state).snapshot_ref
    state = at(workspaces.resume(state, workspace(state), OTHER, after(4)), 6)
    assert (workspace(state).status, workspace(state).snapshot_ref) == ("idle", snapshot)
    assert [(each.event_type, each.user_id) for each in events(state)][-2:] == [
        ("workspace_resumed", OTHER),
        ("workspace_ready", USER),
    ]


def test_each_snapshot_is_another_one() -> None:
    state, found = idle(), []
    for second in range(2, 12, 5):
        state = at(workspaces.stop(state, workspace(state), USER, after(second)), second + 2)
        found.append(workspace(state).snapshot_ref)
        state = at(workspaces.resume(state, workspace(state), USER, after(second + 2)), second + 5)
    assert len(set(found)) == 2


def test_no_snapshot_is_taken_while_nobody_can_reach_the_agent() -> None:
    state = at(workspaces.stop(idle(), workspace(idle()), USER, after(2)), 4)
    state = at(workspaces.resume(state, workspace(state), USER, after(4)), 6)
    cut = state.put(WORKSPACES, replace(workspace(state), unreachable_since=after(6)))
    failed = workspaces.restart(cut, workspace(cut), USER, after(6))
    assert workspace(failed).snapshot_ref is None
    assert workspace(failed).last_snapshot_error
    back = failed.put(WORKSPACES, replace(workspace(failed), unreachable_since=None))
    good = at(workspaces.stop(at(back, 8), workspace(at(back, 8)), USER, after(8)), 10)
    assert (workspace(good).snapshot_ref is None, workspace(good).last_snapshot_error) == (False, None)


def test_one_that_does_not_run_is_archived_and_stays_as_it_is() -> None:
    state = at(workspaces.stop(idle(), workspace(idle()), USER, after(2)), 4)
    state = workspaces.archive(state, workspace(state), OTHER, after(5))
    assert (workspace(state).status, workspace(state).archived_at) == ("stopped", after(5))
    state = workspaces.unarchive(state, workspace(state), OTHER, after(6))
    assert (workspace(state).status, workspace(state).archived_at, workspace(state).updated_at) == (
        "stopped",
        None,
        after(6),
    )
    assert told(state)[-2:] == [("workspace_archived", 5), ("workspace_unarchived", 6)]


def test_a_fork_is_of_its_parents_role_and_begins_with_no_task() -> None:
    state, _ = busy()
    parent = workspace(state)
    assert [each.description for each in list_for_fork_points(at(state, 11), parent.id)] == ["Do 0."]
    state, child = workspaces.fork(state, parent, 1, OTHER, after(6))
    assert (child.role_id, child.environment, child.created_by_user_id) == (ROLE.id, "staging", OTHER)
    assert (child.parent_workspace_id, child.fork_point_task_count) == (parent.id, 1)
    assert child.fork_source_snapshot_ref not in (None, parent.snapshot_ref)
    assert workspace(at(state, 8), child.id).status == "idle"
    assert workspace(state, parent.id) == parent
    assert (events(state)[-1].event_type, events(state)[-1].workspace_id) == ("workspace_forked", child.id)


@pytest.mark.parametrize("by", ["resume", "archive", "unarchive"])
def test_what_the_table_does_not_have_is_not_possible(by: str) -> None:
    state = idle()
    act = getattr(workspaces, by)
    with pytest.raises(workspaces.NotPossible, match="idle"):
        act(state, workspace(state), USER, after(2))
    assert not workspaces.is_possible(workspace(state), by)  # type: ignore[arg-type]  # it is one
    assert workspaces.is_possible(workspace(state), "stop")
