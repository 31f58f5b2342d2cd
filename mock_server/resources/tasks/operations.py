"""Tasks of workspaces: list and read.

What each promises stands in openapi.yaml, in the rules of the clauses ownership and tasks.
"""

from __future__ import annotations

from operator import attrgetter

from mock_server.errors import TaskNotFound
from mock_server.operation import Reply, Request, operation
from mock_server.resources.tasks.task import TASKS
from mock_server.resources.workspaces.access import find_visible_workspace
from mock_server.state.state import State


@operation("tasks.list")
def list_tasks(state: State, request: Request) -> tuple[State, Reply]:
    """Return the tasks of a workspace, the newest first."""
    workspace = find_visible_workspace(state, request)
    found = sorted(state.select(TASKS, workspace_id=workspace.id), key=attrgetter("age"), reverse=True)
    return state, Reply(200, [TASKS.show(each, workspace.org_id) for each in found])


@operation("tasks.get")
def get(state: State, request: Request) -> tuple[State, Reply]:
    """Return one task of the workspace that the path names."""
    workspace = find_visible_workspace(state, request)
    task = request.find(state, TASKS)
    if task.workspace_id != workspace.id:
        raise TaskNotFound("There is no task of this id.")
    return state, Reply(200, TASKS.show(task, workspace.org_id))
