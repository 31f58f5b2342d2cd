"""Workspaces: what a world holds of each, and how many of a role run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, get_args

from msgspec import Meta

from mock_server.resources.agent_roles.role import ROLES, Environment
from mock_server.resources.orgs import ORGS
from mock_server.state import records
from mock_server.state.collection import Collection, Fixtures, is_same_org
from mock_server.state.invention import Inventor
from mock_server.state.value import Value

Status = Literal["provisioning", "idle", "busy", "stopping", "stopped", "failed"]

STATUSES: tuple[Status, ...] = get_args(Status)
RUNNING: frozenset[Status] = frozenset({"provisioning", "idle", "busy", "stopping"})
"""The statuses in which a workspace keeps its role in use, until it is archived."""

_NOT_SHOWN = frozenset({"held", "due_at", "unreachable_since"})


class Workspace(Value):
    """A workspace of an agent role. What there is none of is None.

    `held`: it stays in its status until something acts on it. `due_at`: when the clock brings it to the next one.
    `unreachable_since`: from when on nobody can reach its agent.
    """

    id: str
    org_id: str
    role_id: str
    created_at: datetime
    updated_at: datetime
    created_by_user_id: Annotated[str, Meta(min_length=1)] = "system"
    status: Status = "provisioning"
    environment: Environment = "development"
    snapshot_ref: str | None = None
    last_snapshot_error: str | None = None
    parent_workspace_id: str | None = None
    fork_source_snapshot_ref: str | None = None
    fork_point_task_count: Annotated[int, Meta(ge=0)] | None = None
    archived_at: datetime | None = None
    held: bool = False
    due_at: datetime | None = None
    unreachable_since: datetime | None = None

    @property
    def running(self) -> bool:
        """Whether it keeps its role in use."""
        return self.archived_at is None and self.status in RUNNING


def show_workspace_fields(workspace: Workspace, _org_id: str) -> Mapping[str, Any]:
    """Return what is shown of a workspace; one that is in use has no time of its archiving, and says so."""
    return {"archived_at": None, **records.to_record(workspace, _NOT_SHOWN)}


def _invent(some: Inventor) -> Mapping[str, Any]:
    status = some.choose(("idle", "idle", "stopped", "stopped", "failed"))
    item = {
        "role_id": some.choose_object(ROLES).id,
        "status": status,
        "environment": some.choose(("development", "staging", "production")),
        "held": True,
    }
    return {**item, "snapshot_ref": f"snap_{some.make_digits(12)}"} if status == "stopped" else item


WORKSPACES = Collection(
    Workspace,
    "workspaces",
    id_prefix="ws",
    refers={"org_id": ORGS, "role_id": ROLES},
    mentions={"parent_workspace_id": "workspaces"},
    indexes=("org_id", "role_id"),
    schema="Workspace",
    visible=is_same_org,
    view=show_workspace_fields,
    due="due_at",
    by_state={"held": True},
    fixtures=Fixtures(invent=_invent),
)
