"""Callers, as a credential names them once it is verified."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from mock_server.contract.keywords import Grants
from mock_server.state.value import Value


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


def make_person(org_id: str, user_id: str, email: str, role: str, grants: Grants) -> Caller:
    """Return the caller that a person of this role is; ValueError where the contract does not have the role."""
    return Caller("session", org_id, user_id, email, role, grants.find_role_scopes(role))


def make_api_key(org_id: str, permission_set: str, label: str, grants: Grants) -> Caller:
    """Return the caller that an API key of this set is; ValueError where the contract does not have the set."""
    permissions = grants.find_permission_set_scopes(permission_set)
    return Caller("api_key", org_id, "system", "", "", permissions, label, permission_set)


NOBODY = Caller(kind="session", org_id="", user_id="", email="", role="", permissions=())
"""The caller of an operation that asks for no credential."""


Standing = Literal["valid", "expired", "revoked", "not_yet_valid", "unknown"]
"""The standing of a credential; one that is unknown is nobody's here."""


class Credential(Value):
    """The entry of one token, an API key or a session; `digest` stands for the token, which nobody keeps."""

    digest: str
    caller: Caller
    expires_at: datetime | None = None
    revoked: bool = False
    not_before: datetime | None = None  # of a session alone; a world issues none that is not valid yet

    def judge(self, now: datetime) -> Standing:
        """Return what it is good for at this time."""
        if self.revoked:
            return "revoked"
        if self.expires_at is not None and self.expires_at <= now:
            return "expired"
        if self.not_before is not None and self.not_before > now:
            return "not_yet_valid"
        return "valid"
