"""Defects in how tasks go on and end, what their workspaces show meanwhile, and what is written of that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.workspaces import named, told_otherwise, untold
from benchmarks.planted_defects.scene import Scene, in_turn, said
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.answers import edited, wrong_answer
from mock_server.deviations.planting.deviation import Planter
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.operation import Reply
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.life import workspaces
from mock_server.resources.life.queue import current, unfinished
from mock_server.resources.tasks.task import CURRENT, TASKS
from mock_server.resources.workspaces.access import WRITE
from mock_server.state.value import replace

defect = Declarer(__name__)

View = Mapping[str, Any]


BOTH = ids.LIST_TASKS + ids.GET_TASK
SUBMIT = ids.SUBMIT_TASK + ids.SUBMIT_TO_WORKSPACE


@Planter
def _wrong_task(hooks: Hooks, change: Callable[[View], View]) -> Hooks:
    """Plant a change of what is shown of a task."""

    def wrong(body: Any, _run: Run) -> Any:
        return [change(each) for each in body] if isinstance(body, list) else change(body)

    return wrong_reply.plant(hooks, wrong)


IDLE, BUSY = "ws_01HZ", "ws_acme_busy"
DONE, RUNNING, QUEUED = f"{IDLE}/tasks/task_01HZ", f"{BUSY}/tasks/task_acme_running", f"{BUSY}/tasks/task_acme_queued"
SUBMITTER = "acme-submit-observe"
CANCELLING = "202"


def read(scene: Scene, path: str, name: str = "status") -> Any:
    return scene.get(f"/workspaces/{path}").json().get(name)


def submitted(scene: Scene) -> str:
    """The path of a new task of the workspace that is idle."""
    made = scene.ask("POST", f"/workspaces/{IDLE}/tasks", SUBMITTER, json={"description": "Count."}).json()
    return f"{IDLE}/tasks/{made['task_id']}"


def cancel(scene: Scene, workspace_id: str, who: str = "acme-owner") -> str:
    return said(scene.ask("POST", f"/workspaces/{workspace_id}/task/cancel", who))


def after_cancelling(scene: Scene, path: str) -> Any:
    """The status of what is at this path, ten seconds after the task of the busy workspace was cancelled."""
    assert cancel(scene, BUSY) == CANCELLING
    scene.world.advance(2)
    return read(scene, path)


def columns(scene: Scene, event_type: str, name: str) -> list[Any]:
    """What the events of this type and of today have in a column."""
    params = {"filter": f"event_type={event_type}", "from": "2026-06-15T11:00:00Z"}
    return [each[name] for each in scene.get("/audit", params=params).json()["events"]]


defect("lifecycle-running-as-submitted", "TASK-STEPS", on=BOTH)(
    "A task that runs is read as submitted, though it was read as delivered before.",
    _wrong_task.of(lambda task: {**task, "status": "submitted"} if task["status"] == "running" else task),
    shown("running", "submitted", read, RUNNING),
)


def show_failed_as_completed(scene: Scene) -> Any:
    assert said(scene.ask("POST", f"/workspaces/{BUSY}/stop")) == "200"
    return read(scene, RUNNING)


@defect("lifecycle-failed-as-completed", "TASK-WORKSPACE-ENDS", on=BOTH).by(_wrong_task)
@shown("cancelled", "completed", show_failed_as_completed)
def failed_as_completed(task: View) -> View:
    """A task whose workspace failed or was stopped is read as completed."""
    ended = str(task.get("reason", "")).startswith("workspace_")
    return {**task, "status": "completed"} if ended and task["status"] != "delivery_failed" else task


@defect("tasks-end-before-they-began", "TASK-END-FIELDS", on=BOTH).by(_wrong_task)
@shown(True, False, lambda scene: bool(read(scene, DONE, "duration_seconds") >= 0))
def end_before_they_began(task: View) -> View:
    """The time at which a task ended is that of its beginning, less what it took."""
    if "completed_at" not in task:
        return task
    return {**task, "completed_at": task["created_at"][:-1] + "+01:00", "duration_seconds": -3600.0}


defect("lifecycle-workspace-idle-at-work", "TASK-BUSY", on=ids.GET_WORKSPACE)(
    "A workspace that works on a task is read as idle.",
    wrong_reply.of(lambda body, _run: {**body, "status": "idle"} if body["status"] == "busy" else body),
    shown("busy", "idle", read, BUSY),
)


@defect("lifecycle-cancelled-complete", "TASK-CANCEL", on=ids.CANCEL_TASK).by(wrong_outcome)
@shown("cancelled", "completed", after_cancelling, RUNNING)
def cancelled_complete(run: Run) -> Outcome:
    """The current task that is cancelled goes on, and is completed."""
    task = current(run.state, named(run).id)
    if task is None or task.status not in CURRENT:
        return run.done
    return run.after.put(TASKS, replace(task, held=False, due_at=task.due_at or run.request.now)), run.outcome


@defect("lifecycle-cancelled-with-all-others", "TASK-CANCEL", on=ids.CANCEL_TASK).by(wrong_outcome)
@shown("delivered", "cancelled", after_cancelling, QUEUED)
def cancelled_with_all_others(run: Run) -> Outcome:
    """To cancel the current task cancels those that wait too."""
    after, at = run.after, run.request.now
    for task in unfinished(after, named(run).id):
        if task.cancel_requested_at is None:
            after = after.put(TASKS, replace(task, cancel_requested_at=at, due_at=at, held=False))
    return after, run.outcome


@defect("lifecycle-cancel-stops-workspace", "TASK-CANCEL", on=ids.CANCEL_TASK).by(wrong_outcome)
@shown("busy", "stopped", after_cancelling, BUSY)
def cancel_stops_workspace(run: Run) -> Outcome:
    """To cancel the current task stops the workspace."""
    task = current(run.state, named(run).id)
    if task is None or task.status not in CURRENT:
        return run.done
    return workspaces.stop(run.after, named(run), run.request.caller.user_id, run.request.now), run.outcome


def show_left_by_a_stop(scene: Scene) -> Any:
    assert said(scene.ask("POST", f"/workspaces/{BUSY}/stop")) == "200"
    return read(scene, QUEUED)


@defect("lifecycle-left-by-a-stop", "TASK-WORKSPACE-ENDS", on=ids.STOP_WORKSPACE).by(wrong_outcome)
@shown("delivery_failed", "submitted", show_left_by_a_stop)
def left_by_a_stop(run: Run) -> Outcome:
    """The tasks that wait while their workspace is stopped go on waiting."""
    after = run.after
    for task in unfinished(run.state, named(run).id):
        if task.status == "submitted":
            after = after.put(TASKS, replace(task, due_at=None, held=True))
    return after, run.outcome


@defect("ownership-tasks-of-others-cancelled", "OWNERSHIP-WORKSPACE-BELOW", on=ids.CANCEL_TASK).by(
    in_place_of(errors.WorkspaceNotVisible)
)
@shown("403 workspace_not_visible", CANCELLING, cancel, IDLE, "acme-member")
def of_others_cancelled(run: Run, _refusal: errors.WorkspaceNotVisible) -> Outcome:
    """With workspace:write:own alone the task of every workspace of the org is cancelled."""
    caller = replace(run.request.caller, permissions=(*run.request.caller.permissions, WRITE))
    return run.right(run.state, run.request._replace(caller=caller))


def _cancelling(run: Run) -> Outcome:
    return run.state, Reply(202, {"status": "cancelling"})


defect("agent-asked-while-stopped", "AGENT-NOT-RUNNING", on=ids.CANCEL_TASK)(
    "To cancel the task of a workspace that is stopped is a 202, and changes nothing.",
    in_place_of(errors.WorkspaceStopped).of(lambda run, _refusal: _cancelling(run)),
    shown("409 workspace_stopped", CANCELLING, cancel, "ws_acme_stopped"),
)


@defect("agent-of-failed-is-stopped", "AGENT-NOT-RUNNING", on=ids.CANCEL_TASK).by(in_place_of(errors.WorkspaceFailed))
@shown("409 workspace_failed", "409 workspace_stopped", cancel, "ws_acme_failed")
def of_failed_is_stopped(_run: Run, _refusal: errors.ApiError) -> Outcome:
    """To cancel the task of a workspace that failed is refused as that of one that is stopped."""
    raise errors.WorkspaceStopped("The workspace is stopped.")


defect("agent-asked-before-it-is-ready", "AGENT-NOT-RUNNING", on=ids.CANCEL_TASK)(
    "To cancel the task of a workspace that is not ready yet is a 202, and changes nothing.",
    in_place_of(errors.WorkspaceProvisioning).of(lambda run, _refusal: _cancelling(run)),
    shown("409 workspace_provisioning", CANCELLING, cancel, "ws_acme_provisioning"),
)


def show_unreachable_unnoticed(scene: Scene) -> str:
    params = {"org_id": "org_acme", "workspace_id": IDLE}
    scene.world.ask("POST", "/states", json={"action": "setup", "state": "agent is unreachable", "params": params})
    return cancel(scene, IDLE)


defect("agent-unreachable-unnoticed", "AGENT-UNREACHABLE", on=ids.CANCEL_TASK)(
    "To cancel a task is a 202 while nobody can reach the agent.",
    in_place_of(errors.AgentUnreachable).of(lambda run, _refusal: _cancelling(run)),
    shown("502 agent_unreachable", CANCELLING, show_unreachable_unnoticed),
)
defect("agent-session-of-several", "AGENT-SESSION", on=ids.GET_AGENT_SESSION)(
    "The session of an agent is a list of sessions.",
    wrong_answer(200).of(lambda answer: edited(answer, lambda session: [session])),
    shown(True, False, lambda scene: isinstance(scene.get("/workspaces/ws_01HZ/session").json(), dict)),
)


def show_submission_unwritten(scene: Scene) -> list[Any]:
    body = {"role_id": "role_01HZ", "description": "Count."}
    assert said(scene.ask("POST", "/tasks", json=body)) == "202"
    return columns(scene, "task_submitted", "user_id")


defect("activity-submission-unwritten", "ACTIVITY-WRITTEN", on=SUBMIT)(
    "A task that is submitted writes no event.",
    wrong_outcome.of(lambda run: untold(run, "task_submitted")),
    shown(["usr_acme_owner"], [], show_submission_unwritten),
)
defect("activity-cancel-by-the-agent", "ACTIVITY-WRITTEN", on=ids.CANCEL_TASK)(
    "The event of a task that is to be cancelled is of the agent.",
    wrong_outcome.of(lambda run: told_otherwise(run, actor="agent")),
    shown(
        ["control-plane"],
        ["agent"],
        lambda scene: in_turn(cancel(scene, BUSY), columns(scene, "task_cancel_requested", "actor")),
    ),
)
