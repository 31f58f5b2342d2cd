"""Provider states of the log of an org: what the proxy of its workspaces decided about a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_server.control.states.context import StateContext
from mock_server.control.states.parameters import Text, WorkspaceParams
from mock_server.resources.audit.event import EVENTS, SYSTEM, Decision, Event, event_id, in_milliseconds, with_event
from mock_server.resources.life.events import DEBITS, LATENCY_MS
from mock_server.resources.providers.provider import PROVIDERS
from mock_server.resources.tasks.task import TASKS
from mock_server.resources.workspaces.workspace import WORKSPACES
from mock_server.state.state import State


class DecisionParams(WorkspaceParams):
    """What was decided about a request of a workspace."""

    decision: Decision
    task_id: Text | None = None
    destination: Text | None = None
    method: Text = "POST"
    latency_ms: float = LATENCY_MS
    debits: Mapping[str, float] | None = None


def decide(context: StateContext, params: DecisionParams) -> tuple[State, dict[str, Any]]:
    """Write the event of a request of a workspace that was let through or not."""
    org, state = context.org(params.org_id), context.state
    event = Event(
        org_id=org.id,
        user_id=_on_behalf_of(state, org.id, params.workspace_id, params.task_id),
        timestamp=in_milliseconds(context.now),
        event_type="policy_decision",
        actor="policy-engine",
        workspace_id=params.workspace_id,
        task_id=params.task_id,
        destination=params.destination or _destination(state, org.id),
        method=params.method,
        decision=params.decision,
        phase="request_headers",
        policy_type="http",
        latency_ms=params.latency_ms,
        debits=DEBITS if params.debits is None else params.debits,
    )
    written = event_id(event.timestamp, state.next_count(EVENTS.noun))
    return with_event(state, event), {"event_id": written}


def stay(context: StateContext) -> State:
    """Leave the event where it is: what was written is never taken back."""
    return context.state


def _on_behalf_of(state: State, org_id: str, workspace_id: str, task_id: str | None) -> str:
    """Who submitted the task, or else made the workspace; the system where the org has neither."""
    task = state.get(TASKS, task_id) if task_id else None
    if task is not None and task.org_id == org_id:
        return task.submitted_by_user_id
    workspace = state.get(WORKSPACES, workspace_id)
    return workspace.created_by_user_id if workspace is not None and workspace.org_id == org_id else SYSTEM


def _destination(state: State, org_id: str) -> str | None:
    """The host of the oldest provider of the org in use, if there is one."""
    used = [each for each in state.where(PROVIDERS, org_id=org_id) if each.archived_at is None]
    return min(used, key=lambda each: (each.created_at, each.id)).domain if used else None
