"""The scopes that people hold by their role, and API keys by their permission set."""

from __future__ import annotations

from collections.abc import Mapping

ROLES: Mapping[str, str] = {
    "owner": (
        "caps:write workspace:read workspace:write tasks:write:own audit:read auth:write secrets:write "
        "members:read members:write apikeys:write billing:write"
    ),
    "operator": (
        "caps:write workspace:read workspace:write tasks:write:own audit:read auth:write secrets:write "
        "members:read apikeys:write"
    ),
    "member": ("workspace:read:own workspace:write:own tasks:write:own audit:read:own auth:write:own members:read"),
}
PERMISSION_SETS: Mapping[str, str] = {
    "full_access": "caps:write workspace:read workspace:write tasks:write audit:read",
    "submit_observe": "workspace:read workspace:write tasks:write audit:read",
    "read_only": "workspace:read audit:read",
}


def scopes_of(role: object, permission_set: object) -> frozenset[str] | None:
    """The scopes of a person of this role, or of a key of this set; None where neither is one of the contract."""
    held = ROLES.get(str(role)) or PERMISSION_SETS.get(str(permission_set))
    return frozenset(held.split()) if held else None
