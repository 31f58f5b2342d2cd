"""Defects in how tasks are submitted: to which workspaces, and what they say of that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.scene import Scene, in_turn, said
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome
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

defect = Declarer(__name__)

SUBMIT = ids.SUBMIT_TASK + ids.SUBMIT_TO_WORKSPACE


def _submitted(run: Run) -> Task:
    """The task that a submission made."""
    assert isinstance(run.outcome, Reply)  # a submission that was not refused
    return run.after.all(TASKS)[run.outcome.body["task_id"]]


def _of(run: Run) -> Workspace:
    """The workspace of the task that a submission made."""
    return run.after.all(WORKSPACES)[_submitted(run).workspace_id]


def _accepted(state: State, workspace: Workspace, run: Run) -> Outcome:
    """What comes of a submission to this workspace."""
    request = run.request
    after, task = tasks.submit(state, workspace, request.body["description"], request.caller.user_id, request.now)
    return after, Reply(202, {"task_id": task.id, "workspace_id": workspace.id, "status": task.status})


IDLE, OF_MEMBER = "ws_01HZ", "ws_acme_busy"
SUBMITTER = "acme-submit-observe"
NO_ROLE = "404 role_not_found"


def answer(scene: Scene, path: str, who: str = SUBMITTER, **body: Any) -> Any:
    return scene.ask("POST", path, who, json={"description": "Count.", **body})


def for_role(scene: Scene, who: str = SUBMITTER, **body: Any) -> Any:
    """The workspace that is made for a task."""
    made = answer(scene, "/tasks", who, role_id="role_01HZ", **body).json()["workspace_id"]
    return scene.get(f"/workspaces/{made}").json()


def to(scene: Scene, workspace_id: str, who: str = SUBMITTER) -> str:
    return said(answer(scene, f"/workspaces/{workspace_id}/tasks", who))


def statuses(scene: Scene, workspace_id: str, seconds: float) -> list[str]:
    """The statuses of the tasks that have not ended, the oldest first, so many seconds later."""
    scene.world.advance(seconds)
    listed = [each["status"] for each in scene.get(f"/workspaces/{workspace_id}/tasks").json()]
    return [each for each in reversed(listed) if each in ("submitted", "delivered", "running")]


def upload(scene: Scene, path: str, **data: str) -> bytes:
    """What is downloaded of a file that came with a task."""
    files = {"file": ("a.bin", b"\xff\x00")}
    made = scene.ask("POST", path, SUBMITTER, data={"description": "Count.", **data}, files=files).json()
    scene.world.advance(4)
    place = f"/workspaces/{made['workspace_id']}/sandbox/download/data/uploads/{made['task_id']}/a.bin"
    answer = scene.get(place)
    return answer.content if answer.status_code == 200 else said(answer).encode()


def show_description_shortened(scene: Scene) -> int:
    made = answer(scene, f"/workspaces/{IDLE}/tasks", description="x" * 2000).json()
    return len(scene.get(f"/workspaces/{IDLE}/tasks/{made['task_id']}").json()["description"])


defect("tasks-description-shortened", "TASK-READABLE", on=SUBMIT)(
    "A description that is submitted is kept up to its thousandth character.",
    wrong_outcome.of(
        lambda run: (
            run.after.put(TASKS, replace(_submitted(run), description=_submitted(run).description[:1000])),
            run.outcome,
        )
    ),
    shown(2000, 1000, show_description_shortened),
)
defect("tasks-in-workspace-of-system", "TASK-MAKES-WORKSPACE", on=ids.SUBMIT_TASK)(
    "The workspace that is made for a task is nobody's, whoever submitted it.",
    wrong_outcome.of(
        lambda run: (run.after.put(WORKSPACES, replace(_of(run), created_by_user_id="system")), run.outcome)
    ),
    shown("usr_acme_owner", "system", lambda scene: for_role(scene, "acme-owner")["created_by_user_id"]),
)
defect("tasks-environment-ignored", "TASK-MAKES-WORKSPACE", on=ids.SUBMIT_TASK)(
    "The workspace that is made for a task has the environment of its role, whichever is asked for.",
    wrong_outcome.of(
        lambda run: (
            run.after.put(
                WORKSPACES, replace(_of(run), environment=run.state.all(ROLES)[_of(run).role_id].environment)
            ),
            run.outcome,
        )
    ),
    shown("staging", "development", lambda scene: for_role(scene, environment="staging")["environment"]),
)


def show_two_workspaces_for_one(scene: Scene) -> int:
    before = len(scene.get("/workspaces").json()["workspaces"])
    for_role(scene)
    return len(scene.get("/workspaces").json()["workspaces"]) - before


@defect("tasks-two-workspaces-for-one", "TASK-MAKES-WORKSPACE", on=ids.SUBMIT_TASK).by(wrong_outcome)
@shown(1, 2, show_two_workspaces_for_one)
def two_workspaces_for_one(run: Run) -> Outcome:
    """A task that is submitted to a role makes two workspaces, and is in one of them."""
    role = run.after.all(ROLES)[_of(run).role_id]
    after, _ = workspaces.create(run.after, role, run.request.caller.user_id, run.request.now)
    return after, run.outcome


@defect("workspaces-of-foreign-roles-for-tasks", "WORKSPACE-ROLE-NAMED", on=ids.SUBMIT_TASK).by(
    in_place_of(errors.RoleNotFound)
)
@shown(NO_ROLE, "202", lambda scene: said(answer(scene, "/tasks", role_id="role_globex_dev")))
def for_foreign_roles(run: Run, refusal: errors.RoleNotFound) -> Outcome:
    """A task is taken for a role of another org, where that is named by its id."""
    role = run.state.get(ROLES, run.request.body.get("role_id", ""))
    if role is None:
        raise refusal
    after, made = workspaces.create(run.state, role, run.request.caller.user_id, run.request.now)
    made = replace(made, org_id=run.org_id)
    return _accepted(after.put(WORKSPACES, made), made, run)


@defect("workspaces-of-any-role-for-tasks", "WORKSPACE-ROLE-NAMED", on=ids.SUBMIT_TASK).by(
    in_place_of(errors.ValidationFailed)
)
@shown("400 validation_error", "202", lambda scene: said(answer(scene, "/tasks")))
def for_any_role(run: Run, _refusal: errors.ValidationFailed) -> Outcome:
    """A task that is submitted to no role goes to the first one of the org."""
    role = next(each for each in run.state.where(ROLES, org_id=run.org_id) if each.archived_at is None)
    return _accepted(*workspaces.create(run.state, role, run.request.caller.user_id, run.request.now), run)


@defect("workspaces-of-archived-roles-for-tasks", "WORKSPACE-ROLE-ARCHIVED", on=ids.SUBMIT_TASK).by(
    in_place_of(errors.RoleArchived)
)
@shown("409 role_archived", "202", lambda scene: said(answer(scene, "/tasks", role_id="role_acme_old")))
def for_archived_roles(run: Run, _refusal: errors.RoleArchived) -> Outcome:
    """A task is taken for a role that is archived."""
    body = run.request.body
    own = run.state.where(ROLES, org_id=run.org_id)
    role = next(each for each in own if each.id == body.get("role_id") or each.name == body.get("role_name"))
    return _accepted(*workspaces.create(run.state, role, run.request.caller.user_id, run.request.now), run)


def _anyway(run: Run) -> Outcome:
    """What comes of a submission to a workspace that takes none."""
    return _accepted(run.state, run.state.all(WORKSPACES)[run.request.path["id"]], run)


defect("tasks-taken-while-stopped", "TASK-TAKEN", on=ids.SUBMIT_TO_WORKSPACE)(
    "A workspace that is stopped takes tasks.",
    in_place_of(errors.WorkspaceStopped).of(lambda run, _refusal: _anyway(run)),
    shown("409 workspace_stopped", "202", to, "ws_acme_stopped"),
)
defect("tasks-taken-by-failed", "TASK-TAKEN", on=ids.SUBMIT_TO_WORKSPACE)(
    "A workspace that has failed takes tasks.",
    in_place_of(errors.WorkspaceFailed).of(lambda run, _refusal: _anyway(run)),
    shown("409 workspace_failed", "202", to, "ws_acme_failed"),
)
defect("tasks-taken-by-archived", "TASK-TAKEN", on=ids.SUBMIT_TO_WORKSPACE)(
    "A workspace that is archived takes tasks.",
    in_place_of(errors.WorkspaceArchived).of(lambda run, _refusal: _anyway(run)),
    shown("409 workspace_archived", "202", to, "ws_acme_archived"),
)


@defect("tasks-refused-while-provisioning", "TASK-TAKEN", on=ids.SUBMIT_TO_WORKSPACE).by(wrong_outcome)
@shown("202", "409 workspace_stopped", to, "ws_acme_provisioning")
def refused_while_provisioning(run: Run) -> Outcome:
    """A workspace that is not ready yet takes no task: it is told to be stopped."""
    if _of(run).status == "provisioning":
        raise errors.WorkspaceStopped("The workspace is not ready yet.")
    return run.done


@defect("ownership-tasks-for-workspaces-of-others", "OWNERSHIP-WORKSPACE-BELOW", on=ids.SUBMIT_TO_WORKSPACE).by(
    in_place_of(errors.WorkspaceNotVisible)
)
@shown("403 workspace_not_visible", "202", to, OF_MEMBER, "acme-owner")
def for_workspaces_of_others(run: Run, _refusal: errors.WorkspaceNotVisible) -> Outcome:
    """With tasks:write:own alone tasks are submitted to every workspace of the org."""
    caller = replace(run.request.caller, permissions=(*run.request.caller.permissions, TASKS_WRITE))
    return run.right(run.state, run.request._replace(caller=caller))


defect("lifecycle-never-delivered", "TASK-STEPS", on=SUBMIT)(
    "A task that is submitted waits for ever.",
    wrong_outcome.of(lambda run: (run.after.put(TASKS, replace(_submitted(run), held=True, due_at=None)), run.outcome)),
    shown(["delivered"], ["submitted"], lambda scene: in_turn(to(scene, IDLE), statuses(scene, IDLE, 1))),
)


@defect("lifecycle-begun-beside-others", "TASK-ONE-AT-A-TIME", on=ids.SUBMIT_TO_WORKSPACE).by(wrong_outcome)
@shown(
    ["delivered", "submitted"],
    ["delivered", "running"],
    lambda scene: in_turn(to(scene, IDLE), to(scene, IDLE), statuses(scene, IDLE, 1)),
)
def begun_beside_others(run: Run) -> Outcome:
    """A task for a workspace that has others is worked on at once."""
    task = _submitted(run)
    others = [each for each in run.state.where(TASKS, unfinished_in=task.workspace_id) if each.due_at is not None]
    if not others:
        return run.done
    return tasks.moved(run.after, task, step_to("task", task.status, "running"), run.request.now), run.outcome


defect("tasks-files-dropped", "TASK-UPLOAD", on=ids.SUBMIT_TASK)(
    "Files that come with a task for a role are lost.",
    wrong_outcome.of(lambda run: (without_uploads(run.after, _submitted(run).id), run.outcome)),
    shown(b"\xff\x00", b"404 file_not_found", upload, "/tasks", role_id="role_01HZ"),
)


@defect("tasks-files-as-text", "TASK-UPLOAD", on=SUBMIT).by(wrong_outcome)
@shown(b"\xff\x00", b"\xef\xbf\xbd\x00", upload, f"/workspaces/{IDLE}/tasks")
def files_as_text(run: Run) -> Outcome:
    """Files that come with a task are kept as text in UTF-8, whatever they are."""
    task, after = _submitted(run), run.after
    sent: Mapping[str, Blob] = run.request.body["file"]
    texts = {name: blob(content.data.decode("utf-8", "replace").encode()) for name, content in sent.items()}
    return with_uploads(after, task.id, texts), run.outcome
