"""Tasks of workspaces: what a world holds of each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, get_args

from msgspec import Meta

from mock_server.resources.orgs import ORGS
from mock_server.resources.workspaces.workspace import WORKSPACES
from mock_server.state import records
from mock_server.state.collection import Collection, Fixtures, is_same_org
from mock_server.state.invention import Inventor
from mock_server.state.value import Value

Status = Literal[
    "submitted", "delivered", "running", "compacting", "completed", "failed", "cancelled", "delivery_failed"
]
Reason = Literal[
    "cancelled_by_user", "workspace_stopped", "workspace_restarted", "workspace_failed", "agent_unreachable"
]

STATUSES: tuple[Status, ...] = get_args(Status)
CURRENT: frozenset[Status] = frozenset({"delivered", "running", "compacting"})
"""The statuses of the one task that a workspace works on."""
ENDED: frozenset[Status] = frozenset({"completed", "failed", "cancelled", "delivery_failed"})

_NOT_SHOWN = frozenset({"submitted_by_user_id", "held", "number", "cancel_requested_at", "due_at"})


class Task(Value):
    """A task of a workspace, and who submitted it. What there is none of is None.

    `reason`: why it ended otherwise than completed. `held`: it stays in its status until something acts on it.
    `due_at`: when the clock brings it to the next one. `number`: tasks are numbered as they are submitted.
    """

    id: str
    org_id: str
    workspace_id: str
    description: Annotated[str, Meta(min_length=1)]
    created_at: datetime
    submitted_by_user_id: Annotated[str, Meta(min_length=1)] = "system"
    status: Status = "submitted"
    completed_at: datetime | None = None
    reason: Reason | None = None
    held: bool = False
    number: int | None = None
    cancel_requested_at: datetime | None = None
    due_at: datetime | None = None

    @property
    def age(self) -> tuple[datetime, int, str]:
        """The key by which the tasks of a workspace are put in order, the oldest first."""
        return self.created_at, self.number or 0, self.id

    @property
    def unfinished_in(self) -> tuple[str, ...]:
        """The workspace, until the task has ended."""
        return () if self.status in ENDED else (self.workspace_id,)


def show_task(task: Task, _org_id: str) -> Mapping[str, Any]:
    """Return what is shown of a task; how long it took is of the times shown, which are in seconds."""
    shown = records.to_record(task, _NOT_SHOWN)
    if task.completed_at is None:
        return shown
    took = task.completed_at.replace(microsecond=0) - task.created_at.replace(microsecond=0)
    return {**shown, "duration_seconds": took.total_seconds()}


def _invent(some: Inventor) -> Mapping[str, Any]:
    status = some.choose(("completed", "completed", "completed", "failed", "cancelled"))
    created, completed = some.make_times()
    item = {
        "workspace_id": some.choose_object(WORKSPACES).id,
        "status": status,
        "held": True,
        "description": some.make_sentence(),
        "created_at": created,
        "completed_at": completed,
    }
    return {**item, "reason": "cancelled_by_user"} if status == "cancelled" else item


TASKS = Collection(
    Task,
    "tasks",
    id_prefix="task",
    refers={"org_id": ORGS, "workspace_id": WORKSPACES},
    indexes=("org_id", "workspace_id"),
    queues={"unfinished_in": "age"},
    schema="Task",
    visible=is_same_org,
    view=show_task,
    due="due_at",
    by_state={"held": True},
    fixtures=Fixtures(invent=_invent),
)
