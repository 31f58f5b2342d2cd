"""The events that workspaces and tasks write; the only place where they are written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from mock_server.resources.agent_roles.role import ROLES
from mock_server.resources.audit.event import Event, round_to_milliseconds, with_event
from mock_server.resources.providers.provider import PROVIDERS
from mock_server.resources.workspaces.task import Task
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.state import State
from mock_server.state.value import replace

LATENCY_MS = 250.0
DEBITS: Mapping[str, float] = {"input_tokens": 1000.0, "output_tokens": 200.0}
"""The tokens that a request of a running task takes, as the proxy of its workspace tells."""

_BY_CALLER = frozenset({"task_submitted", "task_cancel_requested"})
_END = "task_completed"


def with_workspace_event(state: State, workspace: Workspace, event_type: str, user_id: str, at: datetime) -> State:
    """Return the state with an event of a workspace."""
    return with_event(state, _make_event(state, workspace, event_type, user_id, at))


def with_task_event(state: State, task: Task, event_type: str, user_id: str, at: datetime) -> State:
    """Return the state with an event of a task: of the agent, unless a caller asked for it."""
    event = _make_event(state, state.all(WORKSPACES)[task.workspace_id], event_type, user_id, at)
    status = task.status if event_type == _END else None
    actor = event.actor if event_type in _BY_CALLER else "agent"
    return with_event(state, replace(event, actor=actor, task_id=task.id, status=status))


def with_decision(state: State, task: Task, at: datetime) -> State:
    """Return the state with what the proxy decided of the first request of a task that runs: it let it through."""
    workspace = state.all(WORKSPACES)[task.workspace_id]
    event = _make_event(state, workspace, "policy_decision", task.submitted_by_user_id, at)
    provider = state.all(PROVIDERS)[state.all(ROLES)[workspace.role_id].provider_id]
    decision = replace(
        event,
        category="audit",
        actor="policy-engine",
        task_id=task.id,
        destination=provider.domain,
        method="POST",
        decision="allow",
        phase="request_headers",
        policy_type="http",
        latency_ms=LATENCY_MS,
        debits=DEBITS,
    )
    return with_event(state, decision)


def _make_event(state: State, workspace: Workspace, event_type: str, user_id: str, at: datetime) -> Event:
    role = state.all(ROLES)[workspace.role_id]
    return Event(
        org_id=workspace.org_id,
        user_id=user_id,
        timestamp=round_to_milliseconds(at),
        event_type=event_type,
        category="activity",
        workspace_id=workspace.id,
        agent_role=role.name,
        agent_provider=state.all(PROVIDERS)[role.provider_id].name,
    )
