"""Operations that read workspaces, their tasks and their activity, and the streams of what happens.

What each promises stands in openapi.yaml, in the rules of the clauses ownership, lists, archiving, tasks, activity and
streams.
"""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter

from mock_server.errors import RoleNotFound, TaskNotFound
from mock_server.operation import Reply, Request, operation
from mock_server.resources.agent_roles.role import ROLES
from mock_server.resources.audit.feed import ActivityFeed, read_last_received
from mock_server.resources.audit.pages import make_page
from mock_server.resources.audit.query import read_activity_query
from mock_server.resources.workspaces.access import READ, find_visible_workspace, is_seen_by, require_reachable
from mock_server.resources.workspaces.files.mounts import show_workspace
from mock_server.resources.workspaces.task import TASKS
from mock_server.resources.workspaces.workspace import WORKSPACES
from mock_server.state.state import State

_NO_STORE = (("Cache-Control", "no-store"),)


@operation("workspaces.list")
def list_workspaces(state: State, request: Request) -> tuple[State, Reply]:
    """Return the workspaces that the caller sees, oldest first; archived ones where they are asked for."""
    org_id, archived = request.caller.org_id, request.query["include_archived"]
    found = [each for each in state.select(WORKSPACES, org_id=org_id) if archived or each.archived_at is None]
    role_name = request.query.get("role_name")
    if role_name is not None:
        role_ids = {each.id for each in state.select(ROLES, org_id=org_id, name=role_name)}
        if not role_ids:
            raise RoleNotFound("There is no role of this name.")
        found = [each for each in found if each.role_id in role_ids]
    found = [each for each in found if is_seen_by(request.caller, each)]
    found.sort(key=attrgetter("created_at", "id"))
    return state, Reply(200, {"workspaces": [show_workspace(state, each) for each in found]})


@operation("workspaces.get")
def get_workspace(state: State, request: Request) -> tuple[State, Reply]:
    """Return one workspace, archived or not."""
    workspace = find_visible_workspace(state, request)
    return state, Reply(200, show_workspace(state, workspace))


@operation("workspaces.get_session")
def get_session(state: State, request: Request) -> tuple[State, Reply]:
    """Return what the agent of a workspace says of its session: how many tasks it had."""
    workspace = find_visible_workspace(state, request)
    require_reachable(workspace)
    tasks = len(state.select(TASKS, workspace_id=workspace.id))
    return state, Reply(200, {"workspace_id": workspace.id, "tasks": tasks})


@operation("tasks.list")
def list_tasks(state: State, request: Request) -> tuple[State, Reply]:
    """Return the tasks of a workspace, the newest first."""
    workspace = find_visible_workspace(state, request)
    found = sorted(state.select(TASKS, workspace_id=workspace.id), key=attrgetter("age"), reverse=True)
    return state, Reply(200, [TASKS.show(each, workspace.org_id) for each in found])


@operation("tasks.get")
def get_task(state: State, request: Request) -> tuple[State, Reply]:
    """Return one task of the workspace that the path names."""
    workspace = find_visible_workspace(state, request)
    task = request.find(state, TASKS)
    if task.workspace_id != workspace.id:
        raise TaskNotFound("There is no task of this id.")
    return state, Reply(200, TASKS.show(task, workspace.org_id))


@operation("activity.list")
def list_activity(state: State, request: Request) -> tuple[State, Reply]:
    """Return a page of the activity of a workspace."""
    query = read_activity_query(request.query, request.path["id"])
    find_visible_workspace(state, request)
    return state, make_page(state, request, "activity", query)


@operation("activity.stream")
def open_stream(state: State, request: Request) -> tuple[State, Reply]:
    """Return the stream of the caller's org; of the caller's own workspaces where no more may be seen."""
    caller = request.caller
    creator = None if READ in caller.permissions else caller.user_id
    return state, _open(request, ActivityFeed(caller.org_id, creator=creator))


@operation("activity.stream_for_workspace")
def open_workspace_stream(state: State, request: Request) -> tuple[State, Reply]:
    """Return the stream of a workspace."""
    workspace = find_visible_workspace(state, request)
    return state, _open(request, ActivityFeed(workspace.org_id, workspace_id=workspace.id))


def _open(request: Request, feed: ActivityFeed) -> Reply:
    """The answer that is a stream: what came after the event that was received last, and what happens."""
    feed = replace(feed, last_received=read_last_received(request.headers.get("Last-Event-ID")))
    return Reply(200, feed, "text/event-stream", _NO_STORE)
