"""Defects in which tasks are listed and read, by whom, and what they say of their end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.scene import Scene, said
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.deviation import Planter
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.operation import Reply
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.tasks.task import TASKS, Task
from mock_server.resources.workspaces.access import READ
from mock_server.resources.workspaces.workspace import WORKSPACES
from mock_server.state.value import replace

defect = Declarer(__name__)

View = Mapping[str, Any]


BOTH = ids.LIST_TASKS + ids.GET_TASK


def _with_all(run: Run) -> Outcome:
    """What would come of the request if the caller read the workspaces of everybody in the org."""
    caller = replace(run.request.caller, permissions=(*run.request.caller.permissions, READ))
    return run.right(run.state, run.request._replace(caller=caller))


OF_OWNER, OF_MEMBER, OF_OTHER_ORG = "ws_01HZ", "ws_acme_busy", "ws_globex_idle"
DONE, FAILED, CANCELLED, RUNNING, QUEUED = (
    "task_01HZ",
    "task_acme_failed",
    "task_acme_cancelled",
    "task_acme_running",
    "task_acme_queued",
)


HIDDEN, NO_WORKSPACE, NO_TASK = "403 workspace_not_visible", "404 workspace_not_found", "404 task_not_found"


def get(scene: Scene, path: str, who: str = "acme-owner") -> Any:
    return scene.get(f"/workspaces/{path}", who)


def listed(scene: Scene, workspace_id: str = OF_OWNER) -> list[str]:
    return [each["id"] for each in get(scene, f"{workspace_id}/tasks").json()]


def task(scene: Scene, workspace_id: str, task_id: str, who: str = "acme-owner") -> str:
    return said(get(scene, f"{workspace_id}/tasks/{task_id}", who))


def described(scene: Scene, name: str, workspace_id: str, task_id: str) -> Any:
    return get(scene, f"{workspace_id}/tasks/{task_id}").json().get(name)


defect("ownership-tasks-of-others-listed", "OWNERSHIP-WORKSPACE-BELOW", on=ids.LIST_TASKS)(
    "With workspace:read:own alone the tasks of every workspace of the org are listed.",
    in_place_of(errors.WorkspaceNotVisible).of(lambda run, _refusal: _with_all(run)),
    shown(
        [HIDDEN, HIDDEN],
        ["200", HIDDEN],
        lambda scene: [said(get(scene, f"{OF_OWNER}/{each}", "acme-member")) for each in ("tasks", f"tasks/{DONE}")],
    ),
)
defect("ownership-tasks-of-others-read", "OWNERSHIP-WORKSPACE-BELOW", on=ids.GET_TASK)(
    "With workspace:read:own alone a task of every workspace of the org is read by its id.",
    in_place_of(errors.WorkspaceNotVisible).of(lambda run, _refusal: _with_all(run)),
    shown(
        [HIDDEN, HIDDEN],
        [HIDDEN, "200"],
        lambda scene: [said(get(scene, f"{OF_OWNER}/{each}", "acme-member")) for each in ("tasks", f"tasks/{DONE}")],
    ),
)


@defect("ownership-tasks-of-others-not-found", "OWNERSHIP-WORKSPACE-BELOW", on=BOTH).by(
    in_place_of(errors.WorkspaceNotVisible)
)
@shown(HIDDEN, NO_WORKSPACE, task, OF_OWNER, DONE, "acme-member")
def of_others_not_found(_run: Run, _refusal: errors.WorkspaceNotVisible) -> Outcome:
    """Below the workspace of somebody else in the org there is a 404 in place of a 403."""
    raise errors.WorkspaceNotFound("There is no workspace of this id.")


def show_of_others_left_out(scene: Scene) -> Any:
    answer = get(scene, f"{OF_OWNER}/tasks", "acme-member")
    return answer.json() if answer.status_code == 200 else answer.status_code


defect("ownership-tasks-of-others-left-out", "OWNERSHIP-WORKSPACE-BELOW", on=ids.LIST_TASKS)(
    "The tasks in the workspace of somebody else are an empty list in place of a 403.",
    in_place_of(errors.WorkspaceNotVisible).of(lambda run, _refusal: (run.state, Reply(200, []))),
    shown(403, [], show_of_others_left_out),
)


def _named(run: Run) -> Task | None:
    """The task of this id, whatever the org and the workspace."""
    return run.state.get(TASKS, run.request.path["task_id"])


@defect("ownership-tasks-below-any-workspace", "OWNERSHIP-TASK-PATH", on=ids.GET_TASK).by(
    in_place_of(errors.TaskNotFound)
)
@shown(
    [NO_TASK, NO_TASK],
    ["200", NO_TASK],
    lambda scene: [task(scene, OF_OWNER, RUNNING), task(scene, OF_OWNER, "task_globex_done")],
)
def below_any_workspace(run: Run, refusal: errors.TaskNotFound) -> Outcome:
    """Below a workspace every task of the org is found."""
    task = _named(run)
    if task is None or task.org_id != run.org_id:
        raise refusal
    return run.state, Reply(200, TASKS.shown(task, task.org_id))


@defect("ownership-tasks-of-all-orgs-read", "OWNERSHIP-TASK-PATH", on=ids.GET_TASK).by(in_place_of(errors.TaskNotFound))
@shown(
    [NO_TASK, NO_TASK],
    [NO_TASK, "200"],
    lambda scene: [task(scene, OF_OWNER, RUNNING), task(scene, OF_OWNER, "task_globex_done")],
)
def of_all_orgs_read(run: Run, refusal: errors.TaskNotFound) -> Outcome:
    """Below a workspace the tasks of other orgs are found."""
    task = _named(run)
    if task is None or task.org_id == run.org_id:
        raise refusal
    return run.state, Reply(200, TASKS.shown(task, task.org_id))


@defect("ownership-tasks-in-all-orgs-listed", "OWNERSHIP-PRIVATE-HIDDEN", on=ids.LIST_TASKS).by(
    in_place_of(errors.WorkspaceNotFound)
)
@shown(NO_WORKSPACE, "200", lambda scene: said(get(scene, f"{OF_OTHER_ORG}/tasks")))
def in_all_orgs_listed(run: Run, refusal: errors.WorkspaceNotFound) -> Outcome:
    """The tasks in a workspace of another org are listed."""
    workspace = run.state.get(WORKSPACES, run.request.path["id"])
    if workspace is None:
        raise refusal
    found = run.state.where(TASKS, workspace_id=workspace.id)
    return run.state, Reply(200, [TASKS.shown(each, workspace.org_id) for each in found])


@defect("ownership-tasks-of-task-alone", "OWNERSHIP-PRIVATE-HIDDEN", on=ids.GET_TASK).by(
    in_place_of(errors.WorkspaceNotFound)
)
@shown(NO_WORKSPACE, "200", task, OF_OTHER_ORG, "task_globex_done")
def of_task_alone(run: Run, refusal: errors.WorkspaceNotFound) -> Outcome:
    """A task is read by its own id alone, in a workspace of another org too."""
    task = _named(run)
    if task is None or task.workspace_id != run.request.path["id"]:
        raise refusal
    return run.state, Reply(200, TASKS.shown(task, task.org_id))


defect("tasks-oldest-first", "TASK-NEWEST-FIRST", on=ids.LIST_TASKS)(
    "The tasks of a workspace are listed the oldest first.",
    wrong_reply.of(lambda body, _run: body[::-1]),
    shown([CANCELLED, FAILED, DONE], [DONE, FAILED, CANCELLED], listed),
)
defect("tasks-in-order-of-ids", "TASK-NEWEST-FIRST", on=ids.LIST_TASKS)(
    "The tasks of a workspace are listed by their ids.",
    wrong_reply.of(lambda body, _run: sorted(body, key=lambda each: str(each["id"]), reverse=True)),
    shown([CANCELLED, FAILED, DONE], [FAILED, CANCELLED, DONE], listed),
)


@defect("tasks-of-the-org-listed", "TASK-READABLE", on=ids.LIST_TASKS).by(wrong_reply)
@shown(3, 7, lambda scene: len(listed(scene)))
def of_the_org_listed(_body: list[View], run: Run) -> list[View]:
    """The list of a workspace's tasks holds those of all workspaces of the org."""
    found = sorted(run.state.where(TASKS, org_id=run.org_id), key=lambda each: each.age, reverse=True)
    return [TASKS.shown(each, run.org_id) for each in found]


defect("tasks-ended-left-out", "TASK-READABLE", "TASK-END-FIELDS", on=ids.LIST_TASKS)(
    "The list holds no task that has ended.",
    wrong_reply.of(lambda body, _run: [each for each in body if "completed_at" not in each]),
    shown(3, 0, lambda scene: len(listed(scene))),
)


def show_description_cut(scene: Scene) -> int:
    params = {"org_id": "org_acme", "workspace_id": OF_MEMBER, "description": "x" * 150, "held": True}
    made = scene.state("task exists", **params)
    found = get(scene, f"{OF_MEMBER}/tasks").json()
    return next(len(each["description"]) for each in found if each["id"] == made["task_id"])


defect("tasks-description-cut", "TASK-READABLE", on=ids.LIST_TASKS)(
    "The list shows the first hundred characters of a description.",
    wrong_reply.of(lambda body, _run: [{**each, "description": each["description"][:100]} for each in body]),
    shown(150, 100, show_description_cut),
)


@defect("tasks-ended-not-found", "TASK-END-FIELDS", "TASK-READABLE", on=ids.GET_TASK).by(wrong_outcome)
@shown("200", NO_TASK, task, OF_OWNER, DONE)
def ended_not_found(run: Run) -> Outcome:
    """A task that has ended is not read by its id any more."""
    after, outcome = run.done
    assert isinstance(outcome, Reply)  # it was not refused
    if "completed_at" in outcome.body:
        raise errors.TaskNotFound("There is no task of this id.")
    return after, outcome


@Planter
def _wrong_end(hooks: Hooks, change: Callable[[View], View]) -> Hooks:
    """Plant a change of each task that is shown."""

    def shown(body: Any, _run: Run) -> Any:
        return [change(each) for each in body] if isinstance(body, list) else change(body)

    return wrong_reply.plant(hooks, shown)


defect("tasks-duration-in-milliseconds", "TASK-END-FIELDS", on=BOTH)(
    "The duration of a task is told in milliseconds.",
    _wrong_end.of(
        lambda view: (
            {**view, "duration_seconds": view["duration_seconds"] * 1000 + 5000} if "completed_at" in view else view
        )
    ),
    shown(6600, 6605000, described, "duration_seconds", OF_OWNER, DONE),
)
defect("tasks-duration-while-running", "TASK-END-FIELDS", on=BOTH)(
    "A task that runs shows a duration already.",
    _wrong_end.of(lambda view: {**view, "duration_seconds": 0} if view["status"] == "running" else view),
    shown(None, 0, described, "duration_seconds", OF_MEMBER, RUNNING),
)


@defect("tasks-end-of-completed-alone", "TASK-END-FIELDS", on=BOTH).by(_wrong_end)
@shown("2026-06-01T11:20:00Z", None, described, "completed_at", OF_OWNER, FAILED)
def end_of_completed_alone(view: View) -> View:
    """A task that was cancelled or has failed does not show when it ended."""
    if view["status"] == "completed":
        return view
    return {name: value for name, value in view.items() if name not in ("completed_at", "duration_seconds")}


defect("tasks-end-before-the-end", "TASK-END-FIELDS", on=BOTH)(
    "A task that is submitted or delivered shows a time of its end, that of its creation.",
    _wrong_end.of(
        lambda view: (
            {**view, "completed_at": view["created_at"]} if view["status"] in ("submitted", "delivered") else view
        )
    ),
    shown(None, "2026-06-02T09:15:00Z", described, "completed_at", OF_MEMBER, QUEUED),
)
