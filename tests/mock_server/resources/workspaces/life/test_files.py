"""What the steps of workspaces and tasks do to files: who has which of them, by the clock."""

import pytest

from mock_server.resources.workspaces.files.mounts import MOUNTS
from mock_server.resources.workspaces.files.sandbox import read_sandbox_files, read_snapshot_files
from mock_server.resources.workspaces.files.tree import FILE_SNAPSHOTS, README, SANDBOXES
from mock_server.resources.workspaces.files.uploads import UPLOADS, with_uploads
from mock_server.resources.workspaces.life import tasks, workspaces
from mock_server.resources.workspaces.life.set_status import with_workspace_status
from mock_server.resources.workspaces.workspace import WORKSPACES
from mock_server.state.blobs import make_blob
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
    task,
    workspace,
)

LOGO = make_blob(b"\x89PNG")


def idle() -> State:
    return at(workspaces.create(beginning(), ROLE, USER, NOW)[0], 2)


def submitted(state: State, seconds: float, key: str | None = None, **files: bytes) -> tuple[State, str]:
    """The state with a task that brings files, and the id of the task."""
    state, made = tasks.submit(state, workspace(state, key), "Do it.", OTHER, after(seconds))
    return with_uploads(state, made.id, {name: make_blob(content) for name, content in files.items()}), made.id


def there(state: State, key: str | None = None) -> set[str]:
    """The paths in the sandbox of a workspace, but for what every one has."""
    return set(read_sandbox_files(state, workspace(state, key))) - {README}


def kept(state: State) -> set[str]:
    """The paths in its snapshot."""
    return set(read_snapshot_files(state, workspace(state)) or ()) - {README}


def test_a_task_brings_its_files_when_it_is_delivered_and_leaves_its_result_when_it_is_completed() -> None:
    state, key = submitted(idle(), 3, logo=LOGO.data)
    upload, result = f"data/uploads/{key}/logo", f"workspace/results/{key}.md"
    assert there(at(state, 3.999)) == set()
    delivered = at(state, 4)
    assert (task(delivered, key).status, there(delivered)) == ("delivered", {upload})
    files = read_sandbox_files(delivered, workspace(delivered))
    assert (files[upload].content, files[upload].written_at) == (LOGO, after(4))
    assert not delivered.all(UPLOADS)
    assert there(at(state, 9.999)) == {upload}
    completed = at(state, 10)
    assert there(completed) == {upload, result}
    assert read_sandbox_files(completed, workspace(completed))[result].content.data == b"Do it."


def test_what_is_never_delivered_brings_nothing() -> None:
    state, key = submitted(idle(), 3, logo=LOGO.data)
    state = at(tasks.cancel(state, workspace(state), OTHER, after(3)), 5)
    assert (task(state, key).status, there(state), len(state.all(UPLOADS))) == ("cancelled", set(), 0)
    state = idle()
    state = state.put(WORKSPACES, replace(workspace(state), unreachable_since=NOW))
    state, key = submitted(state, 3, logo=LOGO.data)
    state = at(state, 5)
    assert (task(state, key).status, there(state), len(state.all(UPLOADS))) == ("delivery_failed", set(), 0)


def test_a_cancelled_task_leaves_no_result() -> None:
    state, key = submitted(idle(), 3, logo=LOGO.data)
    state = at(state, 6)
    state = at(tasks.cancel(state, workspace(state), OTHER, after(6)), 8)
    assert (task(state, key).status, there(state)) == ("cancelled", {f"data/uploads/{key}/logo"})


def stopped(state: State, seconds: float) -> State:
    return at(workspaces.stop(at(state, seconds), workspace(at(state, seconds)), USER, after(seconds)), seconds + 2)


def test_a_stop_keeps_the_files_and_a_resumption_brings_them_back() -> None:
    state, _ = submitted(idle(), 3, logo=LOGO.data)
    state = at(state, 20)
    all_of_them = there(state)
    stopping = workspaces.stop(state, workspace(state), USER, after(20))
    assert (there(stopping), kept(stopping)) == (all_of_them, set())
    state = at(stopping, 22)
    assert kept(state) == all_of_them
    assert not state.all(SANDBOXES)
    state = workspaces.resume(state, workspace(state), USER, after(30))
    assert there(state) == kept(state) == all_of_them
    state, _ = submitted(at(state, 32), 33, later=b"1")
    state = at(state, 50)
    assert kept(state) == all_of_them < there(state)
    assert read_snapshot_files(state, workspace(state)) is state.all(FILE_SNAPSHOTS)[workspace(state).id].files


def test_a_restart_keeps_the_files_too() -> None:
    state, _ = submitted(idle(), 3, logo=LOGO.data)
    state = at(state, 20)
    before = there(state)
    state = workspaces.restart(state, workspace(state), USER, after(21))
    assert workspace(state).status == "provisioning"
    assert there(state) == kept(state) == before


def test_a_stop_that_reaches_no_agent_loses_snapshot_and_files() -> None:
    state, _ = submitted(idle(), 3, logo=LOGO.data)
    state = stopped(state, 20)
    state = at(workspaces.resume(state, workspace(state), USER, after(30)), 32)
    state = state.put(WORKSPACES, replace(workspace(state), unreachable_since=after(33)))
    state = stopped(state, 40)
    assert (workspace(state).snapshot_ref, read_snapshot_files(state, workspace(state))) == (None, None)
    assert not state.all(FILE_SNAPSHOTS)
    state = workspaces.resume(state, workspace(state), USER, after(50))
    assert there(state) == set()


def test_a_failure_leaves_the_snapshot_and_no_sandbox() -> None:
    state, _ = submitted(idle(), 3, logo=LOGO.data)
    state = stopped(state, 20)
    before = kept(state)
    state = at(workspaces.resume(state, workspace(state), USER, after(30)), 32)
    state = with_workspace_status(state, workspace(state), "failed", after(33), held=True)
    assert kept(state) == before != set()
    assert not state.all(SANDBOXES)
    assert not state.all(MOUNTS)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_fork_has_the_files_up_to_its_point(count: int) -> None:
    state, first = submitted(idle(), 3, first=b"1")
    state, second = submitted(at(state, 12), 13, second=b"2")
    state, third = submitted(at(state, 22), 23, third=b"3")
    state = at(state, 25)  # the third one has its files, and runs
    parent = workspace(state)
    of = {
        first: {f"data/uploads/{first}/first", f"workspace/results/{first}.md"},
        second: {f"data/uploads/{second}/second", f"workspace/results/{second}.md"},
    }
    whole = {*of[first], *of[second], f"data/uploads/{third}/third"}
    assert there(state, parent.id) == whole
    forked, child = workspaces.fork(state, parent, count, OTHER, after(26))
    assert there(forked, child.id) == set().union(*[of[each] for each in (first, second)[:count]])
    assert there(forked, parent.id) == whole
    own, _ = submitted(at(forked, 28), 29, child.id, own=b"4")
    again, grandchild = workspaces.fork(at(own, 50), workspace(own, child.id), 0, OTHER, after(51))
    assert there(again, grandchild.id) == there(forked, child.id), "what it was forked with is of no task of its own"


def test_a_fork_of_what_was_stopped_has_the_files_of_its_snapshot() -> None:
    state, key = submitted(idle(), 3, logo=LOGO.data)
    state = stopped(state, 20)
    parent = workspace(state)
    state, child = workspaces.fork(state, parent, 1, OTHER, after(30))
    assert there(state, child.id) == {f"data/uploads/{key}/logo", f"workspace/results/{key}.md"}
    assert workspace(state, child.id).snapshot_ref is None
