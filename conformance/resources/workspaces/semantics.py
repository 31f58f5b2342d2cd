"""What the contract says of workspaces: who sees one, and in which statuses one keeps what it is of in use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.oracle.call import Call, Refusals, WrongfulRefusal
from conformance.oracle.declaration import Archiving, KeptInUse, Personal
from conformance.oracle.resource import Refusal

WORKSPACE = "workspace"
LIST, GET = "workspaces.list", "workspaces.get"
NOT_VISIBLE, UNKNOWN_ROLE = "workspace_not_visible", "role_not_found"
BY_ROLE = "role_name"
PERSONAL = Personal(
    shown_in="created_by_user_id",
    hidden="OWNERSHIP-WORKSPACE-HIDDEN",
    below="OWNERSHIP-WORKSPACE-BELOW",
    listed="OWNERSHIP-WORKSPACE-LIST",
    refusal=(403, NOT_VISIBLE),
    nobodys_are_shown=None,
    state_param="created_by_user_id",
)
ARCHIVING = Archiving(
    by="workspaces.archive",
    undone_by="workspaces.unarchive",
    by_state={"status": "stopped", "archived_at": "2026-01-01T00:00:00Z"},
)
"""The contract may be without these operations: an archived one is made by a state then."""
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


def _list(call: Call, refusals: Refusals) -> None:
    """A role that is asked for by name is there, or has been: archived ones are known."""
    for name in call.query.get(BY_ROLE, ()):
        there = call.state.name_taken(RUNNING.of, call.caller.org, name)
        if there is not True:
            refusals.add(404, UNKNOWN_ROLE, "LIST-ROLE-UNKNOWN", certain=there is False)


REFUSALS: Mapping[str, Refusal] = {LIST: _list}


def wrongful(_call: Call) -> Iterator[WrongfulRefusal]:
    """What a refusal would break where there is no reason for it."""
    yield NOT_VISIBLE, "OWNERSHIP-WORKSPACE-SERVED"
    yield UNKNOWN_ROLE, "LIST-ROLE-NAME"
