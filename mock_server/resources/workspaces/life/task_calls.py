"""Operations of callers on tasks: submit one to a new or an existing workspace, and cancel the current one.

What each promises stands in openapi.yaml, in the rules of the clauses tasks, lifecycle and agent.
"""

from __future__ import annotations

from mock_server.errors import WorkspaceArchived
from mock_server.operation import Reply, Request, operation, run_in_thread
from mock_server.resources.workspaces.access import (
    TASKS_WRITE,
    WRITE,
    find_agent_absence,
    find_visible_workspace,
    require_reachable,
)
from mock_server.resources.workspaces.files.uploads import with_uploads
from mock_server.resources.workspaces.life import tasks, workspaces
from mock_server.resources.workspaces.life.workspace_calls import find_role_named, require_role_in_use
from mock_server.resources.workspaces.task import Task
from mock_server.resources.workspaces.workspace import Workspace
from mock_server.state.blobs import make_blob
from mock_server.state.state import State

_SMALL = 64 * 1024
"""Up to so many bytes are hashed at once."""


async def keep_files(request: Request) -> Request:
    """Make blobs, by name, of the files that come with a task."""
    files = request.body.get("file", [])
    size = sum(len(each.content) for each in files)
    kept = await run_in_thread(lambda: {each.name: make_blob(each.content) for each in files}, size=size, small=_SMALL)
    return request._replace(body={**request.body, "file": kept})


@operation("tasks.submit", prepare=keep_files)
def submit(state: State, request: Request) -> tuple[State, Reply]:
    """Make a workspace of a role that is in use, and submit a task to it."""
    role = find_role_named(state, request.caller.org_id, request.body)
    require_role_in_use(role)
    environment = request.body.get("environment")
    state, workspace = workspaces.create(state, role, request.caller.user_id, request.now, environment)
    return _submit(state, workspace, request)


@operation("tasks.submit_to_workspace", prepare=keep_files)
def submit_to_workspace(state: State, request: Request) -> tuple[State, Reply]:
    """Submit a task to a workspace that runs, or will."""
    workspace = find_visible_workspace(state, request, TASKS_WRITE)
    if workspace.archived_at is not None:
        raise WorkspaceArchived("The workspace is archived.")
    refusal = find_agent_absence(workspace)
    if refusal is not None:
        raise refusal
    return _submit(state, workspace, request)


@operation("tasks.cancel")
def cancel(state: State, request: Request) -> tuple[State, Reply]:
    """Have the agent leave the task that it works on, else the oldest that waits; it ends a little later."""
    workspace = find_visible_workspace(state, request, WRITE)
    require_reachable(workspace)
    state = tasks.cancel(state, workspace, request.caller.user_id, request.now)
    return state, Reply(202, {"status": "cancelling"})


def _submit(state: State, workspace: Workspace, request: Request) -> tuple[State, Reply]:
    state, task = tasks.submit(state, workspace, request.body["description"], request.caller.user_id, request.now)
    return with_uploads(state, task.id, request.body["file"]), Reply(202, _show_accepted(task))


def _show_accepted(task: Task) -> dict[str, str]:
    return {"task_id": task.id, "workspace_id": task.workspace_id, "status": task.status}
