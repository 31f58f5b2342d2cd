"""Provider states of workspaces, of their files, and of their tasks."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.oracle.declaration.provider_state import ORG, Param, ProviderState, optional

_WORKSPACE = Param("workspace_id")
_HELD = optional("held", "true: it stays as it is until the teardown")
_STATUSES = ("provisioning", "idle", "busy", "stopping", "stopped", "failed")
_OF_TASKS = ("delivered", "running", "compacting", "completed", "failed", "cancelled", "delivery_failed")

STATES: Mapping[str, ProviderState] = {
    "workspace exists": ProviderState(
        "The org has a new workspace of this role.",
        (
            ORG,
            Param("role_id"),
            optional("status", choices=_STATUSES),
            _HELD,
            optional("archived_at", "a time: it is archived"),
            optional("created_by_user_id", "absent: no person created it"),
        ),
        ("workspace_id",),
    ),
    "workspace is": ProviderState(
        "The workspace has this status, until the suite asks for another.",
        (ORG, _WORKSPACE, Param("status", choices=_STATUSES)),
        undone=False,
    ),
    "workspace has file": ProviderState(
        "The sandbox of the workspace has this file.",
        (ORG, _WORKSPACE, Param("path"), Param("content", "base64")),
        undone=False,
    ),
    "agent is unreachable": ProviderState("Nobody reaches the agent of the workspace.", (ORG, _WORKSPACE)),
}
STATES_OF_TASKS: Mapping[str, ProviderState] = {
    "task exists": ProviderState(
        "The workspace has a new task.",
        (ORG, _WORKSPACE, Param("description"), _HELD, optional("created_at", "when it was submitted")),
        ("task_id",),
    ),
    "task is": ProviderState(
        "The task has this status, until the suite asks for another.",
        (ORG, _WORKSPACE, Param("task_id"), Param("status", choices=_OF_TASKS)),
        undone=False,
    ),
}
