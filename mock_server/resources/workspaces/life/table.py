"""The life cycles of workspaces and tasks as one table, from which every transition is taken.

The page docs/life-cycles.md is rendered from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Literal, get_args

from mock_server.resources.workspaces import task as tasks
from mock_server.resources.workspaces import workspace as workspaces
from mock_server.resources.workspaces.task import CURRENT, ENDED, Reason
from mock_server.state.value import Value

Machine = Literal["workspace", "task"]
By = Literal[
    "create",
    "fork",
    "submit",
    "resume",
    "time",
    "unreachable",
    "deliver",
    "finish",
    "stop",
    "restart",
    "fail",
    "cancel",
    "archive",
    "unarchive",
    "state",
]
"""The causes that move a workspace or a task; `time` and `unreachable` are the clock alone."""
Status = workspaces.Status | tasks.Status


class Step(Value):
    """One row: from any of some statuses to another one. Without a status to begin with the object is made.

    `to`: None where the status stays. `after`: so many seconds by the clock of the world. `when`: what has to hold
    beside the status, in words. `event`: the type of the event that it writes.
    """

    of: Machine
    sources: tuple[Status, ...]
    by: By
    to: Status | None
    after: int = 0
    when: str = ""
    reason: Reason | None = None
    snapshot: bool = False
    event: str | None = None

    @property
    def lasts(self) -> timedelta:
        """The time that the clock takes for it."""
        return timedelta(seconds=self.after)


_IN_LINE = "It is the oldest unfinished task, and the workspace is idle."
_FORCED = "A busy one: with force."
_CURRENT = tuple(each for each in tasks.STATUSES if each in CURRENT)
_UNFINISHED = tuple(each for each in tasks.STATUSES if each not in ENDED)

STEPS: tuple[Step, ...] = (
    Step("workspace", (), "create", "provisioning", event="workspace_created"),
    Step("workspace", (), "fork", "provisioning", event="workspace_forked"),
    Step("workspace", ("stopped",), "resume", "provisioning", event="workspace_resumed"),
    Step("workspace", ("provisioning",), "time", "idle", after=2, event="workspace_ready"),
    Step("workspace", ("idle",), "deliver", "busy"),
    Step("workspace", ("busy",), "finish", "idle"),
    Step("workspace", ("idle", "busy"), "stop", "stopping", event="workspace_stopping"),
    Step("workspace", ("stopping",), "time", "stopped", after=2, snapshot=True, event="workspace_stopped"),
    Step(
        "workspace",
        ("idle", "busy"),
        "restart",
        "provisioning",
        when=_FORCED,
        snapshot=True,
        event="workspace_restarted",
    ),
    Step("workspace", workspaces.STATUSES, "fail", "failed", event="workspace_failed"),
    Step("workspace", ("stopped", "failed"), "archive", None, event="workspace_archived"),
    Step("workspace", ("stopped", "failed"), "unarchive", None, event="workspace_unarchived"),
    Step("task", (), "submit", "submitted", event="task_submitted"),
    Step("task", ("submitted",), "time", "delivered", after=1, when=_IN_LINE, event="task_delivered"),
    Step(
        "task",
        ("submitted",),
        "unreachable",
        "delivery_failed",
        after=1,
        when=f"{_IN_LINE} Nobody can reach its agent.",
        reason="agent_unreachable",
        event="task_completed",
    ),
    Step("task", ("delivered",), "time", "running", after=1, event="task_running"),
    Step("task", ("delivered", "running"), "state", "compacting", event="task_compacting"),
    Step("task", ("running", "compacting"), "time", "completed", after=5, event="task_completed"),
    Step(
        "task",
        _UNFINISHED,
        "cancel",
        "cancelled",
        after=1,
        when="It is the current task, or there is none and it is the oldest submitted one.",
        reason="cancelled_by_user",
        event="task_completed",
    ),
    Step("task", _CURRENT, "stop", "cancelled", reason="workspace_stopped", event="task_completed"),
    Step("task", _CURRENT, "restart", "cancelled", reason="workspace_restarted", event="task_completed"),
    Step("task", _CURRENT, "fail", "failed", reason="workspace_failed", event="task_completed"),
    Step("task", ("submitted",), "stop", "delivery_failed", reason="workspace_stopped", event="task_completed"),
    Step("task", ("submitted",), "fail", "delivery_failed", reason="workspace_failed", event="task_completed"),
)


def _index_steps() -> Mapping[tuple[Machine, Status | None, By], Step]:
    """The steps by what they begin with; TypeError for two of one beginning."""
    found: dict[tuple[Machine, Status | None, By], Step] = {}
    for step in STEPS:
        for source in step.sources or (None,):
            if found.setdefault((step.of, source, step.by), step) is not step:
                raise TypeError(f"two steps of a {step.of} lead from {source} by {step.by}")
    return MappingProxyType(found)


_BY_BEGINNING = _index_steps()


def find_step(machine: Machine, source: Status | None, by: By) -> Step | None:
    """Return the step from a status, or of one that is made, by what moves it; None where there is none."""
    return _BY_BEGINNING.get((machine, source, by))


def find_step_to(machine: Machine, source: Status, to: Status) -> Step:
    """Return the step to a status: from this one where there is one, else the last of those that lead there."""
    leading = [each for each in STEPS if each.of == machine and each.to == to and each.sources]
    return next((each for each in leading if source in each.sources), leading[0])


BYS: tuple[By, ...] = get_args(By)
