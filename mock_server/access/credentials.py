"""Credentials: sessions are signed JWTs, API keys are what a world's state knows.

The signing key is derived from a phrase that anyone can read here: it proves nothing to anyone but
this mock. EdDSA is deterministic, so the same claims always make the same token.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mock_server.access.callers import Caller, Credential
from mock_server.bounded_cache import bounded_cache
from mock_server.errors import Unauthenticated
from mock_server.state.collection import Collection
from mock_server.state.state import State
from mock_server.state.value import Value, replace

ISSUER = "https://auth.evershell.example/fake-issuer-of-the-mock"
AUDIENCE = "evershell-mock"
KEY_ID = "evershell-mock-fake-key"
ISSUED_AT = datetime(2026, 1, 1, tzinfo=UTC)
EXPIRES_AT = datetime(2100, 1, 1, tzinfo=UTC)

KEY = "sk_"
"""The beginning of each API key."""

_ALGORITHM = "EdDSA"
_KEY = Ed25519PrivateKey.from_private_bytes(sha256(b"the fake signing key of the Evershell mock: no secret").digest())
_PUBLIC_KEY = _KEY.public_key()
_REQUIRED = ("iss", "aud", "sub", "org_id", "role", "permissions", "iat", "exp")
_LONGEST_TOKEN = 8192
_NOT_VALID = {
    "revoked": "The credential was revoked.",
    "expired": "The credential has expired.",
    "not_yet_valid": "The credential is not valid yet.",
}
_COMPACT = re.compile(r"eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


@bounded_cache
def digest_token(token: str) -> str:
    """Return what stands for a token in a state: its SHA-256, so that no state leaks tokens."""
    return sha256(token.encode()).hexdigest()


CREDENTIALS = Collection(
    Credential,
    "credentials",
    key=("digest",),
    refers={"org_id": "orgs"},
    description="By the SHA-256 of the token. Sessions that stand on their signature are not in it.",
    untold=("not_before",),
)


class RemovedPerson(Value):
    """Somebody whose membership of an org was taken away."""

    org_id: str
    user_id: str


REMOVED = Collection(
    RemovedPerson,
    "removed_people",
    key=("org_id", "user_id"),
    noun="removed person",
    refers={"org_id": "orgs"},
    description="Their sessions are refused, though they were issued before.",
)


def find_known(token: str, state: State) -> Credential | None:
    """Return what a state knows of a token: its API keys, and the sessions that it issued or revoked."""
    return state.get(CREDENTIALS, digest_token(token))


def issue_session(
    caller: Caller,
    *,
    issued_at: datetime = ISSUED_AT,
    expires_at: datetime = EXPIRES_AT,
    token_id: str | None = None,
) -> str:
    """Return a session token that says who this caller is; the same for the same arguments."""
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": caller.user_id,
        "org_id": caller.org_id,
        "email": caller.email,
        "role": caller.role,
        "permissions": list(caller.permissions),
        "iat": int(issued_at.timestamp()),
        "exp": int(expires_at.timestamp()),
    }
    if token_id is not None:
        claims["jti"] = token_id
    return jwt.encode(claims, _KEY, algorithm=_ALGORITHM, headers={"kid": KEY_ID})


def make_key_set() -> dict[str, object]:
    """Return the JSON Web Key Set by which anyone can verify the sessions of the mock."""
    public = base64.urlsafe_b64encode(_PUBLIC_KEY.public_bytes_raw()).rstrip(b"=").decode()
    key = {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": _ALGORITHM, "kid": KEY_ID}
    return {"keys": [{**key, "x": public}]}


def authenticate(token: str, state: State, now: datetime) -> Caller:
    """Return who presents this token; Unauthenticated says why nobody does.

    A world knows its API keys, and the sessions that it issued or revoked itself; any other session
    stands on its own signature. Expiry follows the world's clock.
    """
    credential = read_credential(token, state)
    standing = credential.judge(now)
    if standing != "valid":
        raise Unauthenticated(_NOT_VALID[standing])
    return credential.caller


def read_credential(token: str, state: State) -> Credential:
    """Return what this token is, be it expired or revoked; Unauthenticated for what is none."""
    found = state.get(CREDENTIALS, digest_token(token)) or _read_session(token)
    removed = state.all(REMOVED)
    if removed and found.caller.kind == "session" and (found.caller.org_id, found.caller.user_id) in removed:
        return replace(found, revoked=True)
    return found


@bounded_cache  # verifying takes ten times as long as all the rest of a request
def _read_session(token: str) -> Credential:
    if token.startswith(KEY):
        raise Unauthenticated("The API key is not known.")
    if len(token) > _LONGEST_TOKEN:
        raise _make_refusal()
    if not _COMPACT.fullmatch(token):
        raise _make_refusal()
    if not _is_canonical(token.rpartition(".")[2]):
        raise Unauthenticated("The session token is not valid.")
    try:
        if jwt.get_unverified_header(token).get("kid") != KEY_ID:
            raise Unauthenticated("The session was signed with a key that is not known.")
        claims = jwt.decode(
            token,
            _PUBLIC_KEY,
            algorithms=[_ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            # The world's clock decides on expiry, not the machine's.
            options={"require": list(_REQUIRED), "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
        return _read_signed(token, claims)
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Unauthenticated("The session token is not valid.") from error


def _make_refusal() -> Unauthenticated:
    return Unauthenticated("The credential is neither a session token nor an API key.")


def _is_canonical(signature: str) -> bool:
    """Whether it is the one text that stands for its bytes: another would be a second token, which nobody revoked."""
    try:
        encoded = base64.urlsafe_b64encode(base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4)))
    except ValueError:
        return False
    return encoded.rstrip(b"=").decode() == signature


def _read_signed(token: str, claims: Mapping[str, Any]) -> Credential:
    texts = [claims[name] for name in ("sub", "org_id", "role")]
    permissions = claims["permissions"]
    if not isinstance(permissions, list) or not all(isinstance(each, str) for each in (*texts, *permissions)):
        raise TypeError("a claim is of a wrong type")
    not_before = datetime.fromtimestamp(claims["nbf"], UTC) if "nbf" in claims else None
    user_id, org_id, role = texts
    caller = Caller("session", org_id, user_id, str(claims.get("email", "")), role, tuple(permissions))
    expires_at = datetime.fromtimestamp(claims["exp"], UTC)
    return Credential(digest_token(token), caller, expires_at=expires_at, not_before=not_before)
