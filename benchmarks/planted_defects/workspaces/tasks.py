"""Defects in which tasks are listed and read, by whom, and what they say of their end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mock_server.deviations.planting.deviation import Planter
from mock_server.deviations.planting.ids import GET_TASK, LIST_TASKS
from mock_server.deviations.planting.operations import (
    Outcome,
    Run,
    in_place_of,
    in_place_of_code,
    wrong_outcome,
    wrong_reply,
)
from mock_server.errors import ApiError, TaskNotFound, WorkspaceNotVisible, missing
from mock_server.operation import Reply
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.tasks.task import TASKS, Task
from mock_server.resources.workspaces.access import READ
from mock_server.resources.workspaces.workspace import WORKSPACES
from mock_server.state.value import replace

View = Mapping[str, Any]
BOTH = LIST_TASKS + GET_TASK


def _with_all(run: Run) -> Outcome:
    """What would come of the request if the caller read the workspaces of everybody in the org."""
    caller = replace(run.request.caller, permissions=(*run.request.caller.permissions, READ))
    return run.right(run.state, run.request._replace(caller=caller))


@in_place_of(WorkspaceNotVisible)("ownership-tasks-of-others-listed", "OWNERSHIP-WORKSPACE-BELOW", on=LIST_TASKS)
def of_others_listed(run: Run, _refusal: WorkspaceNotVisible) -> Outcome:
    """With workspace:read:own alone the tasks of every workspace of the org are listed."""
    return _with_all(run)


@in_place_of(WorkspaceNotVisible)("ownership-tasks-of-others-read", "OWNERSHIP-WORKSPACE-BELOW", on=GET_TASK)
def of_others_read(run: Run, _refusal: WorkspaceNotVisible) -> Outcome:
    """With workspace:read:own alone a task of every workspace of the org is read by its id."""
    return _with_all(run)


@in_place_of(WorkspaceNotVisible)("ownership-tasks-of-others-not-found", "OWNERSHIP-WORKSPACE-BELOW", on=BOTH)
def of_others_not_found(_run: Run, _refusal: WorkspaceNotVisible) -> Outcome:
    """Below the workspace of somebody else in the org there is a 404 in place of a 403."""
    raise missing("workspace_not_found", "There is no workspace of this id.")


@in_place_of(WorkspaceNotVisible)("ownership-tasks-of-others-left-out", "OWNERSHIP-WORKSPACE-BELOW", on=LIST_TASKS)
def of_others_left_out(run: Run, _refusal: WorkspaceNotVisible) -> Outcome:
    """The tasks in the workspace of somebody else are an empty list in place of a 403."""
    return run.state, Reply(200, [])


def _named(run: Run) -> Task | None:
    """The task of this id, whatever the org and the workspace."""
    return run.state.get(TASKS, run.request.path["task_id"])


@in_place_of(TaskNotFound)("ownership-tasks-below-any-workspace", "OWNERSHIP-TASK-PATH", on=GET_TASK)
def below_any_workspace(run: Run, refusal: TaskNotFound) -> Outcome:
    """Below a workspace every task of the org is found."""
    task = _named(run)
    if task is None or task.org_id != run.org_id:
        raise refusal
    return run.state, Reply(200, TASKS.shown(task, task.org_id))


@in_place_of(TaskNotFound)("ownership-tasks-of-all-orgs-read", "OWNERSHIP-TASK-PATH", on=GET_TASK)
def of_all_orgs_read(run: Run, refusal: TaskNotFound) -> Outcome:
    """Below a workspace the tasks of other orgs are found."""
    task = _named(run)
    if task is None or task.org_id == run.org_id:
        raise refusal
    return run.state, Reply(200, TASKS.shown(task, task.org_id))


@in_place_of_code("workspace_not_found")(
    "ownership-tasks-in-all-orgs-listed", "OWNERSHIP-PRIVATE-HIDDEN", on=LIST_TASKS
)
def in_all_orgs_listed(run: Run, refusal: ApiError) -> Outcome:
    """The tasks in a workspace of another org are listed."""
    workspace = run.state.get(WORKSPACES, run.request.path["id"])
    if workspace is None:
        raise refusal
    found = run.state.where(TASKS, workspace_id=workspace.id)
    return run.state, Reply(200, [TASKS.shown(each, workspace.org_id) for each in found])


@in_place_of_code("workspace_not_found")("ownership-tasks-of-task-alone", "OWNERSHIP-PRIVATE-HIDDEN", on=GET_TASK)
def of_task_alone(run: Run, refusal: ApiError) -> Outcome:
    """A task is read by its own id alone, in a workspace of another org too."""
    task = _named(run)
    if task is None or task.workspace_id != run.request.path["id"]:
        raise refusal
    return run.state, Reply(200, TASKS.shown(task, task.org_id))


@wrong_reply("tasks-oldest-first", "TASK-NEWEST-FIRST", on=LIST_TASKS)
def oldest_first(body: list[View], _run: Run) -> list[View]:
    """The tasks of a workspace are listed the oldest first."""
    return body[::-1]


@wrong_reply("tasks-in-order-of-ids", "TASK-NEWEST-FIRST", on=LIST_TASKS)
def in_order_of_ids(body: list[View], _run: Run) -> list[View]:
    """The tasks of a workspace are listed by their ids."""
    return sorted(body, key=lambda each: str(each["id"]), reverse=True)


@wrong_reply("tasks-of-the-org-listed", "TASK-READABLE", on=LIST_TASKS)
def of_the_org_listed(_body: list[View], run: Run) -> list[View]:
    """The list of a workspace's tasks holds those of all workspaces of the org."""
    found = sorted(run.state.where(TASKS, org_id=run.org_id), key=lambda each: each.age, reverse=True)
    return [TASKS.shown(each, run.org_id) for each in found]


@wrong_reply("tasks-ended-left-out", "TASK-READABLE", "TASK-END-FIELDS", on=LIST_TASKS)
def ended_left_out(body: list[View], _run: Run) -> list[View]:
    """The list holds no task that has ended."""
    return [each for each in body if "completed_at" not in each]


@wrong_reply("tasks-description-cut", "TASK-READABLE", on=LIST_TASKS)
def description_cut(body: list[View], _run: Run) -> list[View]:
    """The list shows the first hundred characters of a description."""
    return [{**each, "description": each["description"][:100]} for each in body]


@wrong_outcome("tasks-ended-not-found", "TASK-END-FIELDS", "TASK-READABLE", on=GET_TASK)
def ended_not_found(run: Run) -> Outcome:
    """A task that has ended is not read by its id any more."""
    after, outcome = run.done
    assert isinstance(outcome, Reply)  # noqa: S101  # it was not refused
    if "completed_at" in outcome.body:
        raise TaskNotFound("There is no task of this id.")
    return after, outcome


@Planter
def _wrong_end(hooks: Hooks, change: Callable[[View], View]) -> Hooks:
    """Plant a change of each task that is shown."""

    def shown(body: Any, _run: Run) -> Any:
        return [change(each) for each in body] if isinstance(body, list) else change(body)

    return wrong_reply.plant(hooks, shown)


@_wrong_end("tasks-duration-in-milliseconds", "TASK-END-FIELDS", on=BOTH)
def duration_in_milliseconds(view: View) -> View:
    """The duration of a task is told in milliseconds."""
    return {**view, "duration_seconds": view["duration_seconds"] * 1000 + 5000} if "completed_at" in view else view


@_wrong_end("tasks-duration-while-running", "TASK-END-FIELDS", on=BOTH)
def duration_while_running(view: View) -> View:
    """A task that runs shows a duration already."""
    return {**view, "duration_seconds": 0} if view["status"] == "running" else view


@_wrong_end("tasks-end-of-completed-alone", "TASK-END-FIELDS", on=BOTH)
def end_of_completed_alone(view: View) -> View:
    """A task that was cancelled or has failed does not show when it ended."""
    if view["status"] == "completed":
        return view
    return {name: value for name, value in view.items() if name not in ("completed_at", "duration_seconds")}


@_wrong_end("tasks-end-before-the-end", "TASK-END-FIELDS", on=BOTH)
def end_before_the_end(view: View) -> View:
    """A task that is submitted or delivered shows a time of its end, that of its creation."""
    early = view["status"] in ("submitted", "delivered")
    return {**view, "completed_at": view["created_at"]} if early else view
