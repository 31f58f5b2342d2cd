"""Defects in how tasks go on and end, what their workspaces show meanwhile, and what is written of that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.planted_defects.planting.workspaces import named, told_otherwise, untold
from mock_server.deviations.planting.answers import edited, wrong_answer
from mock_server.deviations.planting.deviation import Planter
from mock_server.deviations.planting.ids import (
    CANCEL_TASK,
    GET_AGENT_SESSION,
    GET_TASK,
    GET_WORKSPACE,
    LIST_TASKS,
    STOP_WORKSPACE,
    SUBMIT_TASK,
    SUBMIT_TO_WORKSPACE,
)
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.errors import (
    AgentUnreachable,
    ApiError,
    WorkspaceFailed,
    WorkspaceNotVisible,
    WorkspaceProvisioning,
    WorkspaceStopped,
)
from mock_server.operation import Reply
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.life import workspaces
from mock_server.resources.life.queue import current, unfinished
from mock_server.resources.tasks.task import CURRENT, TASKS
from mock_server.resources.workspaces.access import WRITE
from mock_server.state.value import replace
from mock_server.worlds.answer import Answer

View = Mapping[str, Any]
BOTH = LIST_TASKS + GET_TASK
SUBMIT = SUBMIT_TASK + SUBMIT_TO_WORKSPACE


@Planter
def _wrong_task(hooks: Hooks, change: Callable[[View], View]) -> Hooks:
    """Plant a change of what is shown of a task."""

    def wrong(body: Any, _run: Run) -> Any:
        return [change(each) for each in body] if isinstance(body, list) else change(body)

    return wrong_reply.plant(hooks, wrong)


@_wrong_task("lifecycle-running-as-submitted", "TASK-STEPS", on=BOTH)
def running_as_submitted(task: View) -> View:
    """A task that runs is read as submitted, though it was read as delivered before."""
    return {**task, "status": "submitted"} if task["status"] == "running" else task


@_wrong_task("lifecycle-failed-as-completed", "TASK-WORKSPACE-ENDS", on=BOTH)
def failed_as_completed(task: View) -> View:
    """A task whose workspace failed or was stopped is read as completed."""
    ended = str(task.get("reason", "")).startswith("workspace_")
    return {**task, "status": "completed"} if ended and task["status"] != "delivery_failed" else task


@_wrong_task("tasks-end-before-they-began", "TASK-END-FIELDS", on=BOTH)
def end_before_they_began(task: View) -> View:
    """The time at which a task ended is that of its beginning, less what it took."""
    if "completed_at" not in task:
        return task
    return {**task, "completed_at": task["created_at"][:-1] + "+01:00", "duration_seconds": -3600.0}


@wrong_reply("lifecycle-workspace-idle-at-work", "TASK-BUSY", on=GET_WORKSPACE)
def workspace_idle_at_work(body: View, _run: Run) -> View:
    """A workspace that works on a task is read as idle."""
    return {**body, "status": "idle"} if body["status"] == "busy" else body


@wrong_outcome("lifecycle-cancelled-complete", "TASK-CANCEL", on=CANCEL_TASK)
def cancelled_complete(run: Run) -> Outcome:
    """The current task that is cancelled goes on, and is completed."""
    task = current(run.state, named(run).id)
    if task is None or task.status not in CURRENT:
        return run.done
    return run.after.put(TASKS, replace(task, held=False, due_at=task.due_at or run.request.now)), run.outcome


@wrong_outcome("lifecycle-cancelled-with-all-others", "TASK-CANCEL", on=CANCEL_TASK)
def cancelled_with_all_others(run: Run) -> Outcome:
    """To cancel the current task cancels those that wait too."""
    after, at = run.after, run.request.now
    for task in unfinished(after, named(run).id):
        if task.cancel_requested_at is None:
            after = after.put(TASKS, replace(task, cancel_requested_at=at, due_at=at, held=False))
    return after, run.outcome


@wrong_outcome("lifecycle-cancel-stops-workspace", "TASK-CANCEL", on=CANCEL_TASK)
def cancel_stops_workspace(run: Run) -> Outcome:
    """To cancel the current task stops the workspace."""
    task = current(run.state, named(run).id)
    if task is None or task.status not in CURRENT:
        return run.done
    return workspaces.stop(run.after, named(run), run.request.caller.user_id, run.request.now), run.outcome


@wrong_outcome("lifecycle-left-by-a-stop", "TASK-WORKSPACE-ENDS", on=STOP_WORKSPACE)
def left_by_a_stop(run: Run) -> Outcome:
    """The tasks that wait while their workspace is stopped go on waiting."""
    after = run.after
    for task in unfinished(run.state, named(run).id):
        if task.status == "submitted":
            after = after.put(TASKS, replace(task, due_at=None, held=True))
    return after, run.outcome


@in_place_of(WorkspaceNotVisible)("ownership-tasks-of-others-cancelled", "OWNERSHIP-WORKSPACE-BELOW", on=CANCEL_TASK)
def of_others_cancelled(run: Run, _refusal: WorkspaceNotVisible) -> Outcome:
    """With workspace:write:own alone the task of every workspace of the org is cancelled."""
    caller = replace(run.request.caller, permissions=(*run.request.caller.permissions, WRITE))
    return run.right(run.state, run.request._replace(caller=caller))


def _cancelling(run: Run) -> Outcome:
    return run.state, Reply(202, {"status": "cancelling"})


@in_place_of(WorkspaceStopped)("agent-asked-while-stopped", "AGENT-NOT-RUNNING", on=CANCEL_TASK)
def asked_while_stopped(run: Run, _refusal: ApiError) -> Outcome:
    """To cancel the task of a workspace that is stopped is a 202, and changes nothing."""
    return _cancelling(run)


@in_place_of(WorkspaceFailed)("agent-of-failed-is-stopped", "AGENT-NOT-RUNNING", on=CANCEL_TASK)
def of_failed_is_stopped(_run: Run, _refusal: ApiError) -> Outcome:
    """To cancel the task of a workspace that failed is refused as that of one that is stopped."""
    raise WorkspaceStopped("The workspace is stopped.")


@in_place_of(WorkspaceProvisioning)("agent-asked-before-it-is-ready", "AGENT-NOT-RUNNING", on=CANCEL_TASK)
def asked_before_it_is_ready(run: Run, _refusal: ApiError) -> Outcome:
    """To cancel the task of a workspace that is not ready yet is a 202, and changes nothing."""
    return _cancelling(run)


@in_place_of(AgentUnreachable)("agent-unreachable-unnoticed", "AGENT-UNREACHABLE", on=CANCEL_TASK)
def unreachable_unnoticed(run: Run, _refusal: AgentUnreachable) -> Outcome:
    """To cancel a task is a 202 while nobody can reach the agent."""
    return _cancelling(run)


@wrong_answer(200)("agent-session-of-several", "AGENT-SESSION", on=GET_AGENT_SESSION)
def session_of_several(answer: Answer) -> Answer:
    """The session of an agent is a list of sessions."""
    return edited(answer, lambda session: [session])


@wrong_outcome("activity-submission-unwritten", "ACTIVITY-WRITTEN", on=SUBMIT)
def submission_unwritten(run: Run) -> Outcome:
    """A task that is submitted writes no event."""
    return untold(run, "task_submitted")


@wrong_outcome("activity-cancel-by-the-agent", "ACTIVITY-WRITTEN", on=CANCEL_TASK)
def cancel_by_the_agent(run: Run) -> Outcome:
    """The event of a task that is to be cancelled is of the agent."""
    return told_otherwise(run, actor="agent")
