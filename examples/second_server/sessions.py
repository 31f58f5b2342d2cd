"""Session tokens: JWTs of this server's own, signed with a key that protects nothing."""

from __future__ import annotations

import secrets
import time
from typing import Any

import jwt

KEY = "this key signs the sessions of an example and is no secret"
ISSUER, AUDIENCE = "second-server", "second-server-api"
HOURS = 12


def issue(claims: dict[str, Any], *, lasts_s: int = HOURS * 3600) -> str:
    """A token with these claims, from now on."""
    now = int(time.time())
    said = {
        **claims,
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": now - 60,
        "exp": now + lasts_s,
        "jti": secrets.token_hex(8),
    }
    return jwt.encode(said, KEY, algorithm="HS256")


def read(token: str, *, verify: bool = True) -> dict[str, Any]:
    """The claims; jwt.InvalidTokenError where signature, issuer, audience or time do not hold."""
    claims: dict[str, Any] = jwt.decode(
        token,
        KEY,
        algorithms=["HS256"],
        issuer=ISSUER,
        audience=AUDIENCE,
        options={
            "verify_signature": verify,
            "verify_exp": True,
            "verify_iss": True,
            "verify_aud": True,
            "require": ["exp", "sub", "org_id", "role", "permissions", "jti"],
        },
    )
    return claims
