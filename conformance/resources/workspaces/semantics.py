"""What the contract says of workspaces: in which statuses one keeps its role, and the role's provider, in use."""

from __future__ import annotations

from conformance.oracle.declaration import KeptInUse

WORKSPACE = "workspace"
RUNNING = KeptInUse(
    by=WORKSPACE,
    field="role_id",
    of="role",
    running=frozenset({"provisioning", "idle", "busy", "stopping"}),
    assumed=frozenset({"stopping"}),
    refused="workspaces_active",
    counted="workspaces",
    given="active_role_id",
)
