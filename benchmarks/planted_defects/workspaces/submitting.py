"""Defects in how tasks are submitted: to which workspaces, and what they say of that."""

from __future__ import annotations

from collections.abc import Mapping

from mock_server.deviations.planting.ids import SUBMIT_TASK, SUBMIT_TO_WORKSPACE
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome
from mock_server.errors import (
    RoleArchived,
    RoleNotFound,
    ValidationFailed,
    WorkspaceArchived,
    WorkspaceFailed,
    WorkspaceNotVisible,
    WorkspaceStopped,
)
from mock_server.operation import Reply
from mock_server.resources.agent_roles.role import ROLES
from mock_server.resources.files.uploads import with_uploads, without_uploads
from mock_server.resources.life import tasks, workspaces
from mock_server.resources.life.table import step_to
from mock_server.resources.tasks.task import TASKS, Task
from mock_server.resources.workspaces.access import TASKS_WRITE
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.blobs import Blob, blob
from mock_server.state.state import State
from mock_server.state.value import replace

SUBMIT = SUBMIT_TASK + SUBMIT_TO_WORKSPACE


def _submitted(run: Run) -> Task:
    """The task that a submission made."""
    assert isinstance(run.outcome, Reply)  # noqa: S101  # a submission that was not refused
    return run.after.all(TASKS)[run.outcome.body["task_id"]]


def _of(run: Run) -> Workspace:
    """The workspace of the task that a submission made."""
    return run.after.all(WORKSPACES)[_submitted(run).workspace_id]


def _accepted(state: State, workspace: Workspace, run: Run) -> Outcome:
    """What comes of a submission to this workspace."""
    request = run.request
    after, task = tasks.submit(state, workspace, request.body["description"], request.caller.user_id, request.now)
    return after, Reply(202, {"task_id": task.id, "workspace_id": workspace.id, "status": task.status})


@wrong_outcome("tasks-description-shortened", "TASK-READABLE", on=SUBMIT)
def description_shortened(run: Run) -> Outcome:
    """A description that is submitted is kept up to its thousandth character."""
    task = _submitted(run)
    return run.after.put(TASKS, replace(task, description=task.description[:1000])), run.outcome


@wrong_outcome("tasks-in-workspace-of-system", "TASK-MAKES-WORKSPACE", on=SUBMIT_TASK)
def in_workspace_of_system(run: Run) -> Outcome:
    """The workspace that is made for a task is nobody's, whoever submitted it."""
    return run.after.put(WORKSPACES, replace(_of(run), created_by_user_id="system")), run.outcome


@wrong_outcome("tasks-environment-ignored", "TASK-MAKES-WORKSPACE", on=SUBMIT_TASK)
def environment_ignored(run: Run) -> Outcome:
    """The workspace that is made for a task has the environment of its role, whichever is asked for."""
    workspace = _of(run)
    place = run.state.all(ROLES)[workspace.role_id].environment
    return run.after.put(WORKSPACES, replace(workspace, environment=place)), run.outcome


@wrong_outcome("tasks-two-workspaces-for-one", "TASK-MAKES-WORKSPACE", on=SUBMIT_TASK)
def two_workspaces_for_one(run: Run) -> Outcome:
    """A task that is submitted to a role makes two workspaces, and is in one of them."""
    role = run.after.all(ROLES)[_of(run).role_id]
    after, _ = workspaces.create(run.after, role, run.request.caller.user_id, run.request.now)
    return after, run.outcome


@in_place_of(RoleNotFound)("workspaces-of-foreign-roles-for-tasks", "WORKSPACE-ROLE-NAMED", on=SUBMIT_TASK)
def for_foreign_roles(run: Run, refusal: RoleNotFound) -> Outcome:
    """A task is taken for a role of another org, where that is named by its id."""
    role = run.state.get(ROLES, run.request.body.get("role_id", ""))
    if role is None:
        raise refusal
    after, made = workspaces.create(run.state, role, run.request.caller.user_id, run.request.now)
    made = replace(made, org_id=run.org_id)
    return _accepted(after.put(WORKSPACES, made), made, run)


@in_place_of(ValidationFailed)("workspaces-of-any-role-for-tasks", "WORKSPACE-ROLE-NAMED", on=SUBMIT_TASK)
def for_any_role(run: Run, _refusal: ValidationFailed) -> Outcome:
    """A task that is submitted to no role goes to the first one of the org."""
    role = next(each for each in run.state.where(ROLES, org_id=run.org_id) if each.archived_at is None)
    return _accepted(*workspaces.create(run.state, role, run.request.caller.user_id, run.request.now), run)


@in_place_of(RoleArchived)("workspaces-of-archived-roles-for-tasks", "WORKSPACE-ROLE-ARCHIVED", on=SUBMIT_TASK)
def for_archived_roles(run: Run, _refusal: RoleArchived) -> Outcome:
    """A task is taken for a role that is archived."""
    body = run.request.body
    own = run.state.where(ROLES, org_id=run.org_id)
    role = next(each for each in own if each.id == body.get("role_id") or each.name == body.get("role_name"))
    return _accepted(*workspaces.create(run.state, role, run.request.caller.user_id, run.request.now), run)


def _anyway(run: Run) -> Outcome:
    """What comes of a submission to a workspace that takes none."""
    return _accepted(run.state, run.state.all(WORKSPACES)[run.request.path["id"]], run)


@in_place_of(WorkspaceStopped)("tasks-taken-while-stopped", "TASK-TAKEN", on=SUBMIT_TO_WORKSPACE)
def taken_while_stopped(run: Run, _refusal: WorkspaceStopped) -> Outcome:
    """A workspace that is stopped takes tasks."""
    return _anyway(run)


@in_place_of(WorkspaceFailed)("tasks-taken-by-failed", "TASK-TAKEN", on=SUBMIT_TO_WORKSPACE)
def taken_by_failed(run: Run, _refusal: WorkspaceFailed) -> Outcome:
    """A workspace that has failed takes tasks."""
    return _anyway(run)


@in_place_of(WorkspaceArchived)("tasks-taken-by-archived", "TASK-TAKEN", on=SUBMIT_TO_WORKSPACE)
def taken_by_archived(run: Run, _refusal: WorkspaceArchived) -> Outcome:
    """A workspace that is archived takes tasks."""
    return _anyway(run)


@wrong_outcome("tasks-refused-while-provisioning", "TASK-TAKEN", on=SUBMIT_TO_WORKSPACE)
def refused_while_provisioning(run: Run) -> Outcome:
    """A workspace that is not ready yet takes no task: it is told to be stopped."""
    if _of(run).status == "provisioning":
        raise WorkspaceStopped("The workspace is not ready yet.")
    return run.done


@in_place_of(WorkspaceNotVisible)(
    "ownership-tasks-for-workspaces-of-others", "OWNERSHIP-WORKSPACE-BELOW", on=SUBMIT_TO_WORKSPACE
)
def for_workspaces_of_others(run: Run, _refusal: WorkspaceNotVisible) -> Outcome:
    """With tasks:write:own alone tasks are submitted to every workspace of the org."""
    caller = replace(run.request.caller, permissions=(*run.request.caller.permissions, TASKS_WRITE))
    return run.right(run.state, run.request._replace(caller=caller))


@wrong_outcome("lifecycle-never-delivered", "TASK-STEPS", on=SUBMIT)
def never_delivered(run: Run) -> Outcome:
    """A task that is submitted waits for ever."""
    return run.after.put(TASKS, replace(_submitted(run), held=True, due_at=None)), run.outcome


@wrong_outcome("lifecycle-begun-beside-others", "TASK-ONE-AT-A-TIME", on=SUBMIT_TO_WORKSPACE)
def begun_beside_others(run: Run) -> Outcome:
    """A task for a workspace that has others is worked on at once."""
    task = _submitted(run)
    others = [each for each in run.state.where(TASKS, unfinished_in=task.workspace_id) if each.due_at is not None]
    if not others:
        return run.done
    return tasks.moved(run.after, task, step_to("task", task.status, "running"), run.request.now), run.outcome


@wrong_outcome("tasks-files-dropped", "TASK-UPLOAD", on=SUBMIT_TASK)
def files_dropped(run: Run) -> Outcome:
    """Files that come with a task for a role are lost."""
    return without_uploads(run.after, _submitted(run).id), run.outcome


@wrong_outcome("tasks-files-as-text", "TASK-UPLOAD", on=SUBMIT)
def files_as_text(run: Run) -> Outcome:
    """Files that come with a task are kept as text in UTF-8, whatever they are."""
    task, after = _submitted(run), run.after
    sent: Mapping[str, Blob] = run.request.body["file"]
    texts = {name: blob(content.data.decode("utf-8", "replace").encode()) for name, content in sent.items()}
    return with_uploads(after, task.id, texts), run.outcome
