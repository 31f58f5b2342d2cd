"""Defects in how tasks go on and end, what their workspaces show meanwhile, and what is written of that."""

from __future__ import annotations

from typing import Any

from benchmarks.planted_defects.planting import workspaces as ws
from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.mistakes import answers, confuses, edits_each, shows, wrongly
from benchmarks.planted_defects.planting.runs import leaving
from benchmarks.planted_defects.scene import Scene, read_status
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.answers import edit, wrong_answer
from mock_server.deviations.planting.wrong_operations import Outcome, Run
from mock_server.resources.workspaces.access import WRITE
from mock_server.resources.workspaces.life import workspaces
from mock_server.resources.workspaces.life.queue import find_current, find_unfinished
from mock_server.resources.workspaces.task import CURRENT, TASKS, Task
from mock_server.state.value import replace

defect = Declarer(__name__)

BOTH = ids.LIST_TASKS + ids.GET_TASK
DONE, RUNNING = f"{ws.IDLE}/tasks/task_01HZ", f"{ws.BUSY}/tasks/task_acme_running"
NEW_TASK = {"role_id": "role_01HZ", "description": "Count."}
CANCEL = f"/workspaces/{ws.BUSY}/task/cancel"
QUEUED, CANCELLING = f"{ws.BUSY}/tasks/task_acme_queued", {"status": "cancelling"}


def _current(run: Run) -> Task | None:
    """Return the task that the workspace works on."""
    task = find_current(run.state, ws.named(run).id)
    return task if task is not None and task.status in CURRENT else None


def _before(task: Any) -> Any:
    """Return a task that has ended, an hour before it was made."""
    return {**task, "completed_at": task["created_at"][:-1] + "+01:00", "duration_seconds": -3600.0}


def read(scene: Scene, path: str, name: str = "status") -> Any:
    return scene.get(f"/workspaces/{path}").json().get(name)


def cancel(scene: Scene, workspace_id: str, who: str = "acme-owner") -> str:
    return read_status(scene.ask("POST", f"/workspaces/{workspace_id}/task/cancel", who))


def cancel_unreachable(scene: Scene) -> str:
    scene.state("agent is unreachable", org_id="org_acme", workspace_id=ws.IDLE)
    return cancel(scene, ws.IDLE)


def after_cancelling(scene: Scene, path: str) -> Any:
    """Return the status of what is at this path, two seconds after the task of the busy workspace was cancelled."""
    assert cancel(scene, ws.BUSY) == "202"
    scene.world.advance(2)
    return read(scene, path)


def after_stop(scene: Scene, path: str) -> Any:
    """Return the status of what is at this path, after the busy workspace was stopped."""
    assert read_status(scene.ask("POST", f"/workspaces/{ws.BUSY}/stop")) == "200"
    return read(scene, path)


def columns(scene: Scene, event_type: str, name: str, path: str, body: Any = None) -> list[Any]:
    """Return what the events of this type and of today have in a column, after a request."""
    assert read_status(scene.ask("POST", path, json=body)) == "202"
    params = {"filter": f"event_type={event_type}", "from": "2026-06-15T11:00:00Z"}
    return [each[name] for each in scene.get("/audit", params=params).json()["events"]]


defect("lifecycle-running-as-submitted", "TASK-STEPS", on=BOTH)(
    "A task that runs is read as submitted, though it was read as delivered before.",
    edits_each(lambda task: {**task, "status": "submitted"} if task["status"] == "running" else task),
    shown("running", "submitted", read, RUNNING),
)
defect("tasks-end-before-they-began", "TASK-END-FIELDS", on=BOTH)(
    "The time at which a task ended is that of its beginning, less what it took.",
    edits_each(lambda task: _before(task) if "completed_at" in task else task),
    shown(True, False, lambda scene: bool(read(scene, DONE, "duration_seconds") >= 0)),
)
defect("lifecycle-workspace-idle-at-work", "TASK-BUSY", on=ids.GET_WORKSPACE)(
    "A workspace that works on a task is read as idle.",
    shows(lambda body: body["status"] == "busy", status="idle"),
    shown("busy", "idle", read, ws.BUSY),
)
defect("ownership-tasks-of-others-cancelled", "OWNERSHIP-WORKSPACE-BELOW", on=ids.CANCEL_TASK)(
    "With workspace:write:own alone the task of every workspace of the org is cancelled.",
    ws.opens(WRITE),
    shown(ws.HIDDEN, "202", cancel, ws.IDLE, "acme-member"),
)
defect("agent-asked-while-stopped", "AGENT-NOT-RUNNING", on=ids.CANCEL_TASK)(
    "To cancel the task of a workspace that is stopped is a 202, and changes nothing.",
    answers(errors.WorkspaceStopped, 202, CANCELLING),
    shown("409 workspace_stopped", "202", cancel, ws.STOPPED),
)
defect("agent-of-failed-is-stopped", "AGENT-NOT-RUNNING", on=ids.CANCEL_TASK)(
    "To cancel the task of a workspace that failed is refused as that of one that is stopped.",
    confuses(errors.WorkspaceFailed, ws.IS_STOPPED),
    shown("409 workspace_failed", "409 workspace_stopped", cancel, ws.FAILED),
)
defect("agent-asked-before-it-is-ready", "AGENT-NOT-RUNNING", on=ids.CANCEL_TASK)(
    "To cancel the task of a workspace that is not ready yet is a 202, and changes nothing.",
    answers(errors.WorkspaceProvisioning, 202, CANCELLING),
    shown("409 workspace_provisioning", "202", cancel, ws.PROVISIONING),
)
defect("agent-unreachable-unnoticed", "AGENT-UNREACHABLE", on=ids.CANCEL_TASK)(
    "To cancel a task is a 202 while nobody can reach the agent.",
    answers(errors.AgentUnreachable, 202, CANCELLING),
    shown("502 agent_unreachable", "202", cancel_unreachable),
)
defect("agent-session-of-several", "AGENT-SESSION", on=ids.GET_AGENT_SESSION)(
    "The session of an agent is a list of sessions.",
    wrong_answer(200).make_plan(lambda answer: edit(answer, lambda session: [session])),
    shown(True, False, lambda scene: isinstance(scene.get(f"/workspaces/{ws.IDLE}/session").json(), dict)),
)
defect("activity-submission-unwritten", "ACTIVITY-WRITTEN", on=ids.SUBMIT_TASK + ids.SUBMIT_TO_WORKSPACE)(
    "A task that is submitted writes no event.",
    wrongly(lambda run: ws.untold(run, "task_submitted")),
    shown(["usr_acme_owner"], [], columns, "task_submitted", "user_id", "/tasks", NEW_TASK),
)
defect("activity-cancel-by-the-agent", "ACTIVITY-WRITTEN", on=ids.CANCEL_TASK)(
    "The event of a task that is to be cancelled is of the agent.",
    wrongly(lambda run: ws.told_otherwise(run, actor="agent")),
    shown(
        ["control-plane"], ["agent"], columns, "task_cancel_requested", "actor", f"/workspaces/{ws.BUSY}/task/cancel"
    ),
)


@defect("lifecycle-failed-as-completed", "TASK-WORKSPACE-ENDS", on=BOTH).plans(edits_each)
@shown("cancelled", "completed", after_stop, RUNNING)
def as_completed(task: Any) -> Any:
    """A task whose workspace failed or was stopped is read as completed."""
    ended = str(task.get("reason", "")).startswith("workspace_")
    return {**task, "status": "completed"} if ended and task["status"] != "delivery_failed" else task


@defect("lifecycle-cancelled-complete", "TASK-CANCEL", on=ids.CANCEL_TASK).wrongly
@shown("cancelled", "completed", after_cancelling, RUNNING)
def cancelled_complete(run: Run) -> Outcome:
    """The current task that is cancelled goes on, and is completed."""
    task = _current(run)
    if task is None:
        return run.done
    return leaving(run, TASKS, replace(task, held=False, due_at=task.due_at or run.request.now))


@defect("lifecycle-cancelled-with-all-others", "TASK-CANCEL", on=ids.CANCEL_TASK).wrongly
@shown("delivered", "cancelled", after_cancelling, QUEUED)
def cancelled_with_all_others(run: Run) -> Outcome:
    """To cancel the current task cancels those that wait too."""
    at = run.request.now
    others = (each for each in find_unfinished(run.after, ws.named(run).id) if each.cancel_requested_at is None)
    return leaving(run, TASKS, *(replace(each, cancel_requested_at=at, due_at=at, held=False) for each in others))


@defect("lifecycle-cancel-stops-workspace", "TASK-CANCEL", on=ids.CANCEL_TASK).wrongly
@shown("busy", "stopped", after_cancelling, ws.BUSY)
def cancel_stops_workspace(run: Run) -> Outcome:
    """To cancel the current task stops the workspace."""
    if _current(run) is None:
        return run.done
    return workspaces.stop(run.after, ws.named(run), run.request.caller.user_id, run.request.now), run.outcome


@defect("lifecycle-left-by-a-stop", "TASK-WORKSPACE-ENDS", on=ids.STOP_WORKSPACE).wrongly
@shown("delivery_failed", "submitted", after_stop, QUEUED)
def left_by_a_stop(run: Run) -> Outcome:
    """The tasks that wait while their workspace is stopped go on waiting."""
    waiting = (each for each in find_unfinished(run.state, ws.named(run).id) if each.status == "submitted")
    return leaving(run, TASKS, *(replace(each, due_at=None, held=True) for each in waiting))
