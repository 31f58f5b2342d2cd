"""Files of a workspace when it is provisioned, stopped or forked, and as its tasks go on."""

from __future__ import annotations

from datetime import datetime

from mock_server.resources.workspaces.files.mounts import with_packs_mounted, without_packs_mounted
from mock_server.resources.workspaces.files.tree import (
    FILE_SNAPSHOTS,
    SANDBOXES,
    Files,
    WorkspaceFile,
    WorkspaceFiles,
    make_file,
    make_fresh_files,
)
from mock_server.resources.workspaces.files.uploads import UPLOADS, without_uploads
from mock_server.resources.workspaces.task import CURRENT, ENDED, TASKS, Task
from mock_server.resources.workspaces.workspace import RUNNING, WORKSPACES, Workspace
from mock_server.state.blobs import make_blob
from mock_server.state.state import State

_DELIVERED = CURRENT | {"completed", "failed"}


def with_sandbox(state: State, workspace: Workspace, at: datetime) -> State:
    """Return the state in which a workspace has a new sandbox: with the files of its snapshot, and its role's packs."""
    kept = read_snapshot_files(state, workspace)
    files = make_fresh_files(at) if kept is None else kept
    return with_packs_mounted(state.put(SANDBOXES, WorkspaceFiles(workspace.id, files)), workspace, at)


def with_sandbox_if_running(state: State, workspace: Workspace, at: datetime) -> State:
    """Return the state in which a workspace has a sandbox if it runs, and none if it does not."""
    there = workspace.id in state.all(SANDBOXES)
    if workspace.status in RUNNING:
        return state if there else with_sandbox(state, workspace, at)
    return without_packs_mounted(state.drop(SANDBOXES, workspace.id), workspace.id) if there else state


def with_snapshot(state: State, workspace: Workspace) -> State:
    """Return the state in which the files of its sandbox are those of the snapshot of a workspace."""
    return state.put(FILE_SNAPSHOTS, WorkspaceFiles(workspace.id, read_sandbox_files(state, workspace)))


def without_snapshot(state: State, workspace_id: str) -> State:
    """Return the state in which a workspace has no snapshot."""
    return state.drop(FILE_SNAPSHOTS, workspace_id)


def with_forked_files(state: State, child: Workspace, parent: Workspace, tasks: frozenset[str]) -> State:
    """Return the state in which a fork has the files of its parent, but for those of tasks beyond its fork point.

    `tasks`: those up to it.
    """
    beyond = {each.id for each in state.select(TASKS, workspace_id=parent.id)} - tasks
    theirs = read_sandbox_files(state, parent)
    left = theirs
    for path, file in theirs.items():
        if file.task_id in beyond:
            left = left.remove(path)  # what is left is that of the parent, and no copy
    return state.put(SANDBOXES, WorkspaceFiles(child.id, left))


def with_task_files(state: State, task: Task, at: datetime) -> State:
    """Return the state in which the sandbox has what a task in its status brings along and leaves behind."""
    uploads = state.select(UPLOADS, task_id=task.id)
    if task.status in _DELIVERED:
        for each in uploads:
            path = f"data/uploads/{task.id}/{each.name}"
            state = with_file(state, task.workspace_id, path, make_file(path, each.content, at, task.id))
    if task.status == "completed":
        path = f"workspace/results/{task.id}.md"
        result = make_file(path, make_blob(task.description.encode("utf-8", "replace")), at, task.id)
        state = with_file(state, task.workspace_id, path, result)
    return without_uploads(state, task.id) if uploads and task.status in _DELIVERED | ENDED else state


def with_file(state: State, workspace_id: str, path: str, file: WorkspaceFile) -> State:
    """Return the state in which the sandbox of a workspace has a file."""
    files = read_sandbox_files(state, state.all(WORKSPACES)[workspace_id])
    return state.put(SANDBOXES, WorkspaceFiles(workspace_id, files.insert(path, file)))


def read_sandbox_files(state: State, workspace: Workspace) -> Files:
    """Return the files of a sandbox but for those of packs; where there is none, those with which one would begin."""
    found = state.get(SANDBOXES, workspace.id)
    if found is not None:
        return found.files
    kept = read_snapshot_files(state, workspace)
    return make_fresh_files(workspace.created_at) if kept is None else kept


def read_snapshot_files(state: State, workspace: Workspace) -> Files | None:
    """Return the files of the snapshot of a workspace; None where it has none."""
    if workspace.snapshot_ref is None:
        return None
    found = state.get(FILE_SNAPSHOTS, workspace.id)
    return make_fresh_files(workspace.created_at) if found is None else found.files
