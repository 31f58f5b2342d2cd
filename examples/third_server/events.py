"""Write the events of the log, in an order that their ids keep."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from examples.third_server.auth import SYSTEM, Caller
from examples.third_server.database import AgentRole, Event, Provider, Task, Workspace, get_time_ms
from examples.third_server.times import show_time

COLUMNS = (
    "event_type",
    "category",
    "actor",
    "user_id",
    "workspace_id",
    "task_id",
    "agent_role",
    "agent_provider",
    "destination",
    "method",
    "decision",
    "phase",
    "policy_type",
    "status",
    "resource_id",
)
OPTIONAL = (
    "resource_id",
    "workspace_id",
    "task_id",
    "agent_role",
    "agent_provider",
    "destination",
    "method",
    "decision",
    "phase",
    "policy_type",
    "status",
)
CONTROL_PLANE = "control-plane"
AGENT = "agent"
POLICY_ENGINE = "policy-engine"


def record(
    session: Session,
    *,
    org_id: str,
    user_id: str,
    event_type: str,
    category: str = "audit",
    actor: str = CONTROL_PLANE,
    measures: dict[str, Any] | None = None,
    **columns: str | None,
) -> None:
    """Write one event."""
    moment, event_id = session.info["clock"].next(get_time_ms())
    session.add(
        Event(
            id=event_id,
            timestamp=moment,
            org_id=org_id,
            user_id=user_id,
            event_type=event_type,
            category=category,
            actor=actor,
            measures=measures or {},
            **columns,
        )
    )


def record_change(session: Session, caller: Caller, event_type: str, resource_id: str) -> None:
    """Write that the caller changed what the organisation has set up."""
    record(
        session,
        org_id=caller.org_id,
        user_id=caller.user_id,
        event_type=event_type,
        resource_id=resource_id,
    )


def record_activity(
    session: Session,
    workspace: Workspace,
    event_type: str,
    user_id: str,
    *,
    task: Task | None = None,
    **columns: Any,
) -> None:
    """Write what happened to a workspace, or to a task of it."""
    role = session.get_one(AgentRole, workspace.role_id)
    provider = session.get_one(Provider, role.provider_id)
    settings: dict[str, Any] = {
        "category": "activity",
        "actor": CONTROL_PLANE,
        "workspace_id": workspace.id,
        "task_id": task.id if task is not None else None,
        "agent_role": role.name,
        "agent_provider": provider.name,
    }
    record(
        session,
        org_id=workspace.org_id,
        user_id=user_id or SYSTEM,
        event_type=event_type,
        **(settings | columns),
    )


def show_event(event: Event) -> dict[str, Any]:
    """Show an event without the columns that say nothing of it."""
    shown: dict[str, Any] = {
        "id": event.id,
        "org_id": event.org_id,
        "user_id": event.user_id,
        "timestamp": show_time(event.timestamp),
        "event_type": event.event_type,
        "category": event.category,
        "actor": event.actor,
    }
    for column in OPTIONAL:
        value = getattr(event, column)
        if value is not None:
            shown[column] = value
    return shown | event.measures
