"""Defects in how tasks are submitted: to which workspaces, and what they say of that."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from benchmarks.planted_defects.planting import workspaces as ws
from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.mistakes import grants, leaves, refuses, wrongly
from benchmarks.planted_defects.planting.runs import body_of
from benchmarks.planted_defects.scene import Scene, read_status
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.wrong_operations import Outcome, Run
from mock_server.operation import Reply
from mock_server.resources.agent_roles import ROLES
from mock_server.resources.workspaces.access import TASKS_WRITE
from mock_server.resources.workspaces.files.uploads import with_uploads, without_uploads
from mock_server.resources.workspaces.life import tasks
from mock_server.resources.workspaces.life.table import find_step_to
from mock_server.resources.workspaces.task import TASKS, Task
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.blobs import Blob, make_blob
from mock_server.state.state import State

defect = Declarer(__name__)

SUBMIT = ids.SUBMIT_TASK + ids.SUBMIT_TO_WORKSPACE
SUBMITTER = "acme-submit-observe"


def _submitted(run: Run) -> Task:
    """Return the task that a submission made."""
    return run.after.all(TASKS)[body_of(run)["task_id"]]


def _of(run: Run) -> Workspace:
    """Return the workspace of the task that a submission made."""
    return run.after.all(WORKSPACES)[_submitted(run).workspace_id]


leaves_task, leaves_workspace = partial(leaves, TASKS, _submitted), partial(leaves, WORKSPACES, _of)


def _accepted(state: State, workspace: Workspace, run: Run) -> Outcome:
    """Return what comes of a submission to this workspace."""
    request = run.request
    after, task = tasks.submit(state, workspace, request.body["description"], request.caller.user_id, request.now)
    return after, Reply(202, {"task_id": task.id, "workspace_id": workspace.id, "status": task.status})


def _anyway(run: Run) -> Outcome:
    """Return what comes of a submission to a workspace that takes none."""
    return _accepted(run.state, ws.named(run), run)


def submit(scene: Scene, path: str, who: str = SUBMITTER, **body: Any) -> Any:
    return scene.ask("POST", path, who, json={"description": "Count.", **body})


def to_role(scene: Scene, **body: Any) -> str:
    return read_status(submit(scene, "/tasks", **body))


def made_for(scene: Scene, column: str, who: str = SUBMITTER, **body: Any) -> Any:
    """Return what the workspace that is made for a task shows in a column."""
    made = submit(scene, "/tasks", who, role_id="role_01HZ", **body).json()["workspace_id"]
    return scene.get(f"/workspaces/{made}").json()[column]


def count_made(scene: Scene) -> int:
    """Return how many workspaces are made for a task."""
    before = len(scene.get("/workspaces").json()["workspaces"])
    made_for(scene, "id")
    return len(scene.get("/workspaces").json()["workspaces"]) - before


def to(scene: Scene, workspace_id: str, who: str = SUBMITTER) -> str:
    return read_status(submit(scene, f"/workspaces/{workspace_id}/tasks", who))


def length_kept(scene: Scene) -> int:
    made = submit(scene, f"/workspaces/{ws.IDLE}/tasks", description="x" * 2000).json()
    return len(scene.get(f"/workspaces/{ws.IDLE}/tasks/{made['task_id']}").json()["description"])


def statuses(scene: Scene, count: int) -> list[str]:
    """Return the statuses of so many new tasks, the oldest first, a second later."""
    for _ in range(count):
        to(scene, ws.IDLE)
    scene.world.advance(1)
    listed = [each["status"] for each in scene.get(f"/workspaces/{ws.IDLE}/tasks").json()]
    return [each for each in reversed(listed) if each in ("submitted", "delivered", "running")]


def upload(scene: Scene, path: str, **data: str) -> bytes:
    """Return what is downloaded of a file that came with a task."""
    files = {"file": ("a.bin", b"\xff\x00")}
    made = scene.ask("POST", path, SUBMITTER, data={"description": "Count.", **data}, files=files).json()
    scene.world.advance(4)
    place = f"/workspaces/{made['workspace_id']}/sandbox/download/data/uploads/{made['task_id']}/a.bin"
    answer = scene.get(place)
    return answer.content if answer.status_code == 200 else read_status(answer).encode()


defect("tasks-description-shortened", "TASK-READABLE", on=SUBMIT)(
    "A description that is submitted is kept up to its thousandth character.",
    leaves_task(description=lambda run: _submitted(run).description[:1000]),
    shown(2000, 1000, length_kept),
)
defect("tasks-in-workspace-of-system", "TASK-MAKES-WORKSPACE", on=ids.SUBMIT_TASK)(
    "The workspace that is made for a task is nobody's, whoever submitted it.",
    leaves_workspace(created_by_user_id="system"),
    shown("usr_acme_owner", "system", made_for, "created_by_user_id", "acme-owner"),
)
defect("tasks-environment-ignored", "TASK-MAKES-WORKSPACE", on=ids.SUBMIT_TASK)(
    "The workspace that is made for a task has the environment of its role, whichever is asked for.",
    leaves_workspace(environment=lambda run: run.state.all(ROLES)[_of(run).role_id].environment),
    shown("staging", "development", made_for, "environment", environment="staging"),
)
defect("workspaces-of-foreign-roles-for-tasks", "WORKSPACE-ROLE-NAMED", on=ids.SUBMIT_TASK)(
    "A task is taken for a role of another org, where that is named by its id.",
    ws.makes_of_foreign_roles(lambda run, state, made: _accepted(state, made, run)),
    shown(ws.NO_ROLE, "202", to_role, role_id="role_globex_dev"),
)
defect("workspaces-of-archived-roles-for-tasks", "WORKSPACE-ROLE-ARCHIVED", on=ids.SUBMIT_TASK)(
    "A task is taken for a role that is archived.",
    grants(errors.RoleArchived, lambda run: _accepted(*ws.made_of(run, ws.role_of_org(run)), run)),
    shown("409 role_archived", "202", to_role, role_id="role_acme_old"),
)
defect("tasks-taken-while-stopped", "TASK-TAKEN", on=ids.SUBMIT_TO_WORKSPACE)(
    "A workspace that is stopped takes tasks.",
    grants(errors.WorkspaceStopped, _anyway),
    shown("409 workspace_stopped", "202", to, ws.STOPPED),
)
defect("tasks-taken-by-failed", "TASK-TAKEN", on=ids.SUBMIT_TO_WORKSPACE)(
    "A workspace that has failed takes tasks.",
    grants(errors.WorkspaceFailed, _anyway),
    shown("409 workspace_failed", "202", to, ws.FAILED),
)
defect("tasks-taken-by-archived", "TASK-TAKEN", on=ids.SUBMIT_TO_WORKSPACE)(
    "A workspace that is archived takes tasks.",
    grants(errors.WorkspaceArchived, _anyway),
    shown("409 workspace_archived", "202", to, ws.ARCHIVED),
)
defect("tasks-refused-while-provisioning", "TASK-TAKEN", on=ids.SUBMIT_TO_WORKSPACE)(
    "A workspace that is not ready yet takes no task: it is told to be stopped.",
    refuses(lambda run: _of(run).status == "provisioning", ws.IS_STOPPED),
    shown("202", "409 workspace_stopped", to, ws.PROVISIONING),
)
defect("ownership-tasks-for-workspaces-of-others", "OWNERSHIP-WORKSPACE-BELOW", on=ids.SUBMIT_TO_WORKSPACE)(
    "With tasks:write:own alone tasks are submitted to every workspace of the org.",
    ws.opens(TASKS_WRITE),
    shown(ws.HIDDEN, "202", to, ws.BUSY, "acme-owner"),
)
defect("lifecycle-never-delivered", "TASK-STEPS", on=SUBMIT)(
    "A task that is submitted waits for ever.",
    leaves_task(held=True, due_at=None),
    shown(["delivered"], ["submitted"], statuses, 1),
)
defect("tasks-files-dropped", "TASK-UPLOAD", on=ids.SUBMIT_TASK)(
    "Files that come with a task for a role are lost.",
    wrongly(lambda run: (without_uploads(run.after, _submitted(run).id), run.outcome)),
    shown(b"\xff\x00", b"404 file_not_found", upload, "/tasks", role_id="role_01HZ"),
)


@defect("tasks-two-workspaces-for-one", "TASK-MAKES-WORKSPACE", on=ids.SUBMIT_TASK).wrongly
@shown(1, 2, count_made)
def twice(run: Run) -> Outcome:
    """A task that is submitted to a role makes two workspaces, and is in one of them."""
    again, _ = ws.made_of(run, run.state.all(ROLES)[_of(run).role_id], run.after)
    return again, run.outcome


@defect("workspaces-of-any-role-for-tasks", "WORKSPACE-ROLE-NAMED", on=ids.SUBMIT_TASK).grants(errors.ValidationFailed)
@shown("400 validation_error", "202", to_role)
def to_any_role(run: Run) -> Outcome:
    """A task that is submitted to no role goes to the first one of the org."""
    role = next(each for each in run.state.select(ROLES, org_id=run.org_id) if each.archived_at is None)
    return _accepted(*ws.made_of(run, role), run)


@defect("lifecycle-begun-beside-others", "TASK-ONE-AT-A-TIME", on=ids.SUBMIT_TO_WORKSPACE).wrongly
@shown(["delivered", "submitted"], ["delivered", "running"], statuses, 2)
def begun_beside_others(run: Run) -> Outcome:
    """A task for a workspace that has others is worked on at once."""
    task = _submitted(run)
    if not any(each.due_at is not None for each in run.state.select(TASKS, unfinished_in=task.workspace_id)):
        return run.done
    return tasks.with_step_taken(
        run.after, task, find_step_to("task", task.status, "running"), run.request.now
    ), run.outcome


@defect("tasks-files-as-text", "TASK-UPLOAD", on=SUBMIT).wrongly
@shown(b"\xff\x00", b"\xef\xbf\xbd\x00", upload, f"/workspaces/{ws.IDLE}/tasks")
def files_as_text(run: Run) -> Outcome:
    """Files that come with a task are kept as text in UTF-8, whatever they are."""
    sent: Mapping[str, Blob] = run.request.body["file"]
    texts = {name: make_blob(content.data.decode("utf-8", "replace").encode()) for name, content in sent.items()}
    return with_uploads(run.after, _submitted(run).id, texts), run.outcome
