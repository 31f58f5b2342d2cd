"""Find out who is calling, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request

from examples.third_server.database import ApiKey, Org, SessionToken, User, get_time_ms, hash_token
from examples.third_server.errors import ApiError

ROLES: dict[str, tuple[str, ...]] = {
    "owner": (
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
    ),
    "operator": (
        "caps:write",
        "workspace:read",
        "workspace:write",
        "tasks:write:own",
        "audit:read",
        "auth:write",
        "secrets:write",
        "members:read",
        "apikeys:write",
    ),
    "member": (
        "workspace:read:own",
        "workspace:write:own",
        "tasks:write:own",
        "audit:read:own",
        "auth:write:own",
        "members:read",
    ),
}

PERMISSION_SETS: dict[str, tuple[str, ...]] = {
    "full_access": (
        "caps:write",
        "workspace:read",
        "workspace:write",
        "tasks:write",
        "audit:read",
    ),
    "submit_observe": ("workspace:read", "workspace:write", "tasks:write", "audit:read"),
    "read_only": ("workspace:read", "audit:read"),
}

SYSTEM = "system"


@dataclass(frozen=True)
class Caller:
    """Say who calls, for which organisation, and with which scopes."""

    org_id: str
    user_id: str
    scopes: tuple[str, ...]
    role: str = ""
    email: str = ""
    key_label: str | None = None
    key_set: str | None = None

    def holds(self, scope: str) -> bool:
        """Tell whether the caller holds a scope."""
        return scope in self.scopes

    @property
    def is_owner(self) -> bool:
        """Whether the session was issued to an owner, whatever has become of the person since."""
        return self.role == "owner"

    def require(self, scopes: tuple[tuple[str, ...], ...]) -> None:
        """Refuse a caller who lacks every scope of one of several lists."""
        for choice in scopes:
            if not any(scope in self.scopes for scope in choice):
                raise ApiError("permission_denied", f"The operation requires {' or '.join(choice)}.")


def authenticate(session: Session, request: Request, *, stream: bool) -> Caller:
    """Find the caller of a request by its header, or for streams by its query."""
    headers = request.headers.getlist("authorization")
    if len(headers) > 1:
        raise ApiError("unauthenticated", "Send one Authorization header.")
    if headers:
        scheme, _, token = headers[0].strip().partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise ApiError("unauthenticated", "The Authorization header has no bearer token.")
        if token.startswith("sk_"):
            return _find_api_key(session, token)
        return _find_session(session, token)
    if stream:
        query = parse_qsl(request.url.query, keep_blank_values=True)
        keys = [value for name, value in query if name == "api_key"]
        if len(keys) == 1:
            return _find_api_key(session, keys[0])
    raise ApiError("unauthenticated", "No credential was sent.")


def _find_api_key(session: Session, value: str) -> Caller:
    """Find the API key of a value, unless it was revoked."""
    key = session.scalar(select(ApiKey).where(ApiKey.digest == hash_token(value)))
    if key is None or key.revoked_at is not None:
        raise ApiError("unauthenticated", "The API key is unknown or was revoked.")
    scopes = PERMISSION_SETS[key.permission_set]
    return Caller(key.org_id, SYSTEM, scopes, key_label=key.label, key_set=key.permission_set)


def _find_session(session: Session, token: str) -> Caller:
    """Find the session of a token, unless it has expired."""
    wanted = select(SessionToken, User).join(User, User.id == SessionToken.user_id)
    found = session.execute(wanted.where(SessionToken.digest == hash_token(token))).one_or_none()
    if found is None:
        raise ApiError("unauthenticated", "The session is unknown.")
    issued, user = found.tuple()
    if issued.expires_at is not None and issued.expires_at <= get_time_ms():
        raise ApiError("unauthenticated", "The session has expired.")
    scopes = ROLES[issued.role] if issued.scopes is None else tuple(issued.scopes)
    return Caller(issued.org_id, user.id, scopes, issued.role, user.email)


def require_billing(session: Session, org_id: str) -> None:
    """Refuse an organisation whose billing lets nothing be made."""
    org = session.get_one(Org, org_id)
    if org.billing_status == "active":
        return
    if org.billing_status == "trial":
        if org.trial_ends_at is None or org.trial_ends_at > get_time_ms():
            return
        raise ApiError("billing_inactive", "The trial of the organisation has expired.")
    raise ApiError("billing_inactive")


def require_subsystem(session: Session, org_id: str, subsystem: str) -> None:
    """Refuse what is switched off for an organisation."""
    org = session.get_one(Org, org_id)
    if subsystem == "auth" and org.auth_disabled:
        raise ApiError("auth_disabled")
    if subsystem == "secrets" and org.secrets_disabled:
        raise ApiError("secrets_disabled")
