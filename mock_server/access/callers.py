"""Who is calling: what a credential says once it is verified."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from mock_server.state.value import Value

_OWNER = (
    "caps:write",
    "workspace:read",
    "workspace:write",
    "tasks:write:own",
    "audit:read",
    "auth:write",
    "secrets:write",
    "members:read",
    "members:write",
    "apikeys:write",
    "billing:write",
)
ROLE_PERMISSIONS: dict[str, tuple[str, ...]] = {
    "owner": _OWNER,
    "operator": tuple(scope for scope in _OWNER if scope not in {"members:write", "billing:write"}),
    "member": (
        "workspace:read:own",
        "workspace:write:own",
        "tasks:write:own",
        "audit:read:own",
        "auth:write:own",
        "members:read",
    ),
}
"""Scopes of a person by role (decisions.md, "Callers"), in the order that a session shows."""

KEY_PERMISSIONS: dict[str, tuple[str, ...]] = {
    "full_access": ("caps:write", "workspace:read", "workspace:write", "tasks:write", "audit:read"),
    "submit_observe": ("workspace:read", "workspace:write", "tasks:write", "audit:read"),
    "read_only": ("workspace:read", "audit:read"),
}
"""Scopes of an API key by permission set (facts a.8)."""


class Caller(Value):
    """One verified caller.

    An API key has no user: `user_id` is "system", `email` and `role` are empty.
    """

    kind: Literal["session", "api_key"]
    org_id: str
    user_id: str
    email: str
    role: str
    permissions: tuple[str, ...]  # in the order that a session shows
    label: str | None = None  # API keys only
    permission_set: str | None = None  # API keys only


def person(org_id: str, user_id: str, email: str, role: str) -> Caller:
    """The caller that a person of this role is."""
    return Caller("session", org_id, user_id, email, role, ROLE_PERMISSIONS[role])


def api_key(org_id: str, permission_set: str, label: str) -> Caller:
    """The caller that an API key of this permission set is."""
    permissions = KEY_PERMISSIONS[permission_set]
    return Caller("api_key", org_id, "system", "", "", permissions, label, permission_set)


NOBODY = Caller(kind="session", org_id="", user_id="", email="", role="", permissions=())
"""Who calls an operation that asks for no credential."""


Standing = Literal["valid", "expired", "revoked", "not_yet_valid", "unknown"]
"""What a credential is good for; one that is unknown is nobody's here."""


class Credential(Value):
    """What is known of one token: an API key, or a session. `digest` stands for the token, which nobody keeps."""

    digest: str
    caller: Caller
    expires_at: datetime | None = None
    revoked: bool = False
    not_before: datetime | None = None  # of a session alone; a world issues none that is not valid yet

    def standing(self, now: datetime) -> Standing:
        """Return what it is good for at this time."""
        if self.revoked:
            return "revoked"
        if self.expires_at is not None and self.expires_at <= now:
            return "expired"
        if self.not_before is not None and self.not_before > now:
            return "not_yet_valid"
        return "valid"
