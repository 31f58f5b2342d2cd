"""Steps of one task, as (state, ...) to state: submitted, cancelled, and moved by a step of the table."""

from __future__ import annotations

from datetime import datetime

from mock_server.resources.audit.event import round_to_milliseconds
from mock_server.resources.workspaces.files.sandbox import with_task_files
from mock_server.resources.workspaces.life.events import with_task_event
from mock_server.resources.workspaces.life.queue import find_current, find_oldest, with_next_task_scheduled
from mock_server.resources.workspaces.life.table import By, Step, find_step
from mock_server.resources.workspaces.task import CURRENT, ENDED, TASKS, Task
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.state import State
from mock_server.state.value import replace


def submit(state: State, workspace: Workspace, description: str, user_id: str, now: datetime) -> tuple[State, Task]:
    """Return the state with one more task of a workspace, at the end of its queue, and the task."""
    at = round_to_milliseconds(now)
    number = state.find_next_count(TASKS.id_prefix or TASKS.noun)
    state, task_id = state.assign_id(TASKS)
    task = Task(
        id=task_id,
        org_id=workspace.org_id,
        workspace_id=workspace.id,
        description=description,
        created_at=at,
        submitted_by_user_id=user_id,
        number=number,
    )
    state = with_task_event(state.put(TASKS, task), task, "task_submitted", user_id, at)
    if workspace.status == "idle":
        state = with_next_task_scheduled(state, workspace.id, at)
    return state, state.all(TASKS)[task_id]


def cancel(state: State, workspace: Workspace, user_id: str, now: datetime) -> State:
    """Return the state in which the current task, else the oldest that waits, is about to be cancelled.

    The same state where there is none, or it is being cancelled already.
    """
    task = find_current(state, workspace.id) or find_oldest(state, workspace.id)
    step = None if task is None else find_step("task", task.status, "cancel")
    if task is None or step is None or task.cancel_requested_at is not None:
        return state
    at = round_to_milliseconds(now)
    asked = replace(task, cancel_requested_at=at, due_at=at + step.lasts, held=False)
    return with_task_event(state.put(TASKS, asked), asked, "task_cancel_requested", user_id, at)


def with_step_taken(state: State, task: Task, step: Step, at: datetime) -> State:
    """Return the state in which a task has taken a step: its old timer goes, and that of the new status runs.

    The sandbox has the files that come of it.
    """
    status = step.to or task.status
    task = replace(
        task,
        status=status,
        reason=step.reason,
        completed_at=at if status in ENDED else None,
        cancel_requested_at=None,
        held=False,
        due_at=None,
    )
    state = with_task_files(state.put(TASKS, with_timer(task, at)), task, at)
    return state if step.event is None else with_task_event(state, task, step.event, task.submitted_by_user_id, at)


def with_timer(task: Task, at: datetime) -> Task:
    """Return the task with the timer of its status from now on, if it has one of its own: a queue's is not."""
    step = find_step("task", task.status, "time") if task.status in CURRENT else None
    return task if step is None or task.held or task.due_at is not None else replace(task, due_at=at + step.lasts)


def with_steps_taken(state: State, tasks: list[Task], by: By, at: datetime) -> State:
    """Return the state in which tasks have taken what step they have by this, in the order of their ids."""
    for task in sorted(tasks, key=lambda each: each.id):
        step = find_step("task", task.status, by)
        state = state if step is None else with_step_taken(state, task, step, at)
    return state


def with_task_ended(state: State, task: Task, step: Step, at: datetime) -> State:
    """Return the state in which a task has ended, and it is the turn of the next one.

    The workspace that was busy with it is idle.
    """
    state = with_step_taken(state, task, step, at)
    workspace = state.all(WORKSPACES)[task.workspace_id]
    finish = find_step("workspace", workspace.status, "finish")
    if task.status in CURRENT and finish is not None:
        state = state.put(WORKSPACES, replace(workspace, status=finish.to, updated_at=at))
    return with_next_task_scheduled(state, workspace.id, at)
