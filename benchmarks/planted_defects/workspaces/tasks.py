"""Defects in which tasks are listed and read, by whom, and what they say of their end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.planted_defects.planting import workspaces as ws
from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.mistakes import answers, confuses, edits, edits_each, grants, refuses, without
from benchmarks.planted_defects.planting.runs import body_of, showing
from benchmarks.planted_defects.scene import Scene, read_status
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.deviation import Plan
from mock_server.deviations.planting.wrong_operations import Outcome, Run
from mock_server.operation import Reply
from mock_server.resources.workspaces.task import TASKS, Task

defect = Declarer(__name__)

BOTH = ids.LIST_TASKS + ids.GET_TASK
DONE, FAILED, CANCELLED = "task_01HZ", "task_acme_failed", "task_acme_cancelled"
RUNNING, QUEUED, FOREIGN = "task_acme_running", "task_acme_queued", "task_globex_done"
NO_TASK, MEMBER = "404 task_not_found", "acme-member"


def _finds(refusal: type[errors.ApiError] | str, wanted: Callable[[Task, Run], bool]) -> Plan:
    """Plan that a task is found by its id where it is one of some, whatever the workspace in the path."""

    def wrong(run: Run) -> Outcome | None:
        task = run.state.get(TASKS, run.request.path["task_id"])
        return (run.state, Reply(200, TASKS.show(task, task.org_id))) if task and wanted(task, run) else None

    return grants(refusal, wrong)


def get(scene: Scene, path: str, who: str = "acme-owner") -> Any:
    return scene.get(f"/workspaces/{path}", who)


def listed(scene: Scene) -> list[str]:
    return [each["id"] for each in get(scene, f"{ws.IDLE}/tasks").json()]


def task(scene: Scene, workspace_id: str, *task_ids: str, who: str = "acme-owner") -> list[str]:
    return [read_status(get(scene, f"{workspace_id}/tasks/{each}", who)) for each in task_ids]


def list_and_task(scene: Scene) -> list[str]:
    """Return what a member is answered for the tasks of somebody else, and for one of them."""
    return [read_status(get(scene, f"{ws.IDLE}/{each}", MEMBER)) for each in ("tasks", f"tasks/{DONE}")]


def left_out(scene: Scene) -> Any:
    answer = get(scene, f"{ws.IDLE}/tasks", MEMBER)
    return answer.json() if answer.status_code == 200 else answer.status_code


def described(scene: Scene, name: str, workspace_id: str, task_id: str) -> Any:
    return get(scene, f"{workspace_id}/tasks/{task_id}").json().get(name)


def length_listed(scene: Scene) -> int:
    params = {"org_id": "org_acme", "workspace_id": ws.BUSY, "description": "x" * 150, "held": True}
    made = scene.state("task exists", **params)
    found = get(scene, f"{ws.BUSY}/tasks").json()
    return next(len(each["description"]) for each in found if each["id"] == made["task_id"])


defect("ownership-tasks-of-others-listed", "OWNERSHIP-WORKSPACE-BELOW", on=ids.LIST_TASKS)(
    "With workspace:read:own alone the tasks of every workspace of the org are listed.",
    ws.opens(),
    shown([ws.HIDDEN, ws.HIDDEN], ["200", ws.HIDDEN], list_and_task),
)
defect("ownership-tasks-of-others-read", "OWNERSHIP-WORKSPACE-BELOW", on=ids.GET_TASK)(
    "With workspace:read:own alone a task of every workspace of the org is read by its id.",
    ws.opens(),
    shown([ws.HIDDEN, ws.HIDDEN], [ws.HIDDEN, "200"], list_and_task),
)
defect("ownership-tasks-of-others-not-found", "OWNERSHIP-WORKSPACE-BELOW", on=BOTH)(
    "Below the workspace of somebody else in the org there is a 404 in place of a 403.",
    confuses(errors.WorkspaceNotVisible, ws.NOT_FOUND),
    shown([ws.HIDDEN], [ws.MISSING], task, ws.IDLE, DONE, who=MEMBER),
)
defect("ownership-tasks-of-others-left-out", "OWNERSHIP-WORKSPACE-BELOW", on=ids.LIST_TASKS)(
    "The tasks in the workspace of somebody else are an empty list in place of a 403.",
    answers(errors.WorkspaceNotVisible, 200, []),
    shown(403, [], left_out),
)
defect("ownership-tasks-below-any-workspace", "OWNERSHIP-TASK-PATH", on=ids.GET_TASK)(
    "Below a workspace every task of the org is found.",
    _finds(errors.TaskNotFound, lambda task, run: task.org_id == run.org_id),
    shown([NO_TASK, NO_TASK], ["200", NO_TASK], task, ws.IDLE, RUNNING, FOREIGN),
)
defect("ownership-tasks-of-all-orgs-read", "OWNERSHIP-TASK-PATH", on=ids.GET_TASK)(
    "Below a workspace the tasks of other orgs are found.",
    _finds(errors.TaskNotFound, lambda task, run: task.org_id != run.org_id),
    shown([NO_TASK, NO_TASK], [NO_TASK, "200"], task, ws.IDLE, RUNNING, FOREIGN),
)
defect("ownership-tasks-of-task-alone", "OWNERSHIP-PRIVATE-HIDDEN", on=ids.GET_TASK)(
    "A task is read by its own id alone, in a workspace of another org too.",
    _finds("workspace_not_found", lambda task, run: task.workspace_id == run.request.path["id"]),
    shown([ws.MISSING], ["200"], task, ws.FOREIGN, FOREIGN),
)
defect("tasks-oldest-first", "TASK-NEWEST-FIRST", on=ids.LIST_TASKS)(
    "The tasks of a workspace are listed the oldest first.",
    edits(lambda body: body[::-1]),
    shown([CANCELLED, FAILED, DONE], [DONE, FAILED, CANCELLED], listed),
)
defect("tasks-in-order-of-ids", "TASK-NEWEST-FIRST", on=ids.LIST_TASKS)(
    "The tasks of a workspace are listed by their ids.",
    edits(lambda body: sorted(body, key=lambda each: str(each["id"]), reverse=True)),
    shown([CANCELLED, FAILED, DONE], [FAILED, CANCELLED, DONE], listed),
)
defect("tasks-ended-left-out", "TASK-READABLE", "TASK-END-FIELDS", on=ids.LIST_TASKS)(
    "The list holds no task that has ended.",
    edits(lambda body: [each for each in body if "completed_at" not in each]),
    shown(3, 0, lambda scene: len(listed(scene))),
)
defect("tasks-description-cut", "TASK-READABLE", on=ids.LIST_TASKS)(
    "The list shows the first hundred characters of a description.",
    edits(lambda body: [{**each, "description": each["description"][:100]} for each in body]),
    shown(150, 100, length_listed),
)
defect("tasks-ended-not-found", "TASK-END-FIELDS", "TASK-READABLE", on=ids.GET_TASK)(
    "A task that has ended is not read by its id any more.",
    refuses(lambda run: "completed_at" in body_of(run), errors.TaskNotFound("There is no task of this id.")),
    shown(["200"], [NO_TASK], task, ws.IDLE, DONE),
)
defect("tasks-duration-in-milliseconds", "TASK-END-FIELDS", on=BOTH)(
    "The duration of a task is told in milliseconds.",
    edits_each(lambda v: {**v, "duration_seconds": v["duration_seconds"] * 1000 + 5000} if "completed_at" in v else v),
    shown(6600, 6605000, described, "duration_seconds", ws.IDLE, DONE),
)
defect("tasks-duration-while-running", "TASK-END-FIELDS", on=BOTH)(
    "A task that runs shows a duration already.",
    edits_each(lambda view: {**view, "duration_seconds": 0} if view["status"] == "running" else view),
    shown(None, 0, described, "duration_seconds", ws.BUSY, RUNNING),
)
defect("tasks-end-of-completed-alone", "TASK-END-FIELDS", on=BOTH)(
    "A task that was cancelled or has failed does not show when it ended.",
    edits_each(lambda v: v if v["status"] == "completed" else without(v, "completed_at", "duration_seconds")),
    shown("2026-06-01T11:20:00Z", None, described, "completed_at", ws.IDLE, FAILED),
)
defect("tasks-end-without-reason", "TASK-END-FIELDS", on=BOTH)(
    "A task that was cancelled or has failed does not say why it ended.",
    edits_each(lambda view: without(view, "reason")),
    shown("workspace_failed", None, described, "reason", ws.IDLE, FAILED),
)
defect("tasks-end-before-the-end", "TASK-END-FIELDS", on=BOTH)(
    "A task that is submitted or delivered shows a time of its end, that of its creation.",
    edits_each(lambda v: {**v, "completed_at": v["created_at"]} if v["status"] in ("submitted", "delivered") else v),
    shown(None, "2026-06-02T09:15:00Z", described, "completed_at", ws.BUSY, QUEUED),
)


@defect("ownership-tasks-in-all-orgs-listed", "OWNERSHIP-PRIVATE-HIDDEN", on=ids.LIST_TASKS).grants(
    "workspace_not_found"
)
@shown(ws.MISSING, "200", lambda scene: read_status(get(scene, f"{ws.FOREIGN}/tasks")))
def listed_abroad(run: Run) -> Outcome | None:
    """The tasks in a workspace of another org are listed."""
    found = [TASKS.show(each, each.org_id) for each in run.state.select(TASKS, workspace_id=run.request.path["id"])]
    return (run.state, Reply(200, found)) if ws.is_foreign(run) else None


@defect("tasks-of-the-org-listed", "TASK-READABLE", on=ids.LIST_TASKS).wrongly
@shown(3, 7, lambda scene: len(listed(scene)))
def of_the_org(run: Run) -> Outcome:
    """The list of a workspace's tasks holds those of all workspaces of the org."""
    found = sorted(run.state.select(TASKS, org_id=run.org_id), key=lambda each: each.age, reverse=True)
    return showing(run, [TASKS.show(each, run.org_id) for each in found])
