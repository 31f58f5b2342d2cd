"""Sessions of no caller's making: tokens that are written, or changed, without the key that signs the right ones."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller

LONG_AGO, LATER = 1_000_000_000, 4_000_000_000
"""Instants in seconds: before and after every run."""
_OWN_KEY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"of the conformance suite").digest())
"""A key that no target trusts."""

Said = dict[str, Any]


def parts(token: str) -> tuple[Said, Said, str]:
    """Header, claims and signature of a session; NotProvoked where it is none."""
    head, body, signature = token.split(".")
    return decoded(head), decoded(body), signature


def written(caller: Caller, like: Caller | None, **changes: Any) -> tuple[Said, Said]:
    """Header and claims of a session of the caller's org, in the form of one that the target takes, if there is one.

    `like`: somebody with such a session. `changes`: of the claims; None leaves one out.
    """
    head, claims, _ = parts(like.token) if like else ({"alg": "EdDSA", "typ": "JWT"}, {"iss": "evershell"}, "")
    said = {
        **claims,
        "sub": claims.get("sub") if like and like.org == caller.org else "usr_conformance",
        "org_id": caller.org,
        "role": "owner",
        "permissions": sorted(caller.held),
        "iat": LONG_AGO,
        "exp": LATER,
        **changes,
    }
    return head, {name: value for name, value in said.items() if value is not None}


def unsigned(head: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """The session without a signature, which says of itself what the header says."""
    return f"{encoded(head)}.{encoded(claims)}."


def self_signed(head: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """The session with a right signature by a key of our own."""
    content = f"{encoded(head)}.{encoded(claims)}"
    return f"{content}.{_text(_OWN_KEY.sign(content.encode()))}"


def hashed(secret: bytes, head: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """The session with a right signature by a secret that anybody may guess."""
    content = f"{encoded({**head, 'alg': 'HS256'})}.{encoded(claims)}"
    return f"{content}.{_text(hmac.digest(secret, content.encode(), 'sha256'))}"


def own_key() -> Said:
    """The public part of the key of our own, as a header may carry it."""
    public = _OWN_KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"kty": "OKP", "crv": "Ed25519", "x": _text(public)}


def decoded(part: str) -> Said:
    """What a part of a session says; NotProvoked where it is no part of one."""
    try:
        said = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise NotProvoked("the session token of the profile is no JWT")
    return said


def encoded(said: Mapping[str, Any]) -> str:
    """A part of a session that says this."""
    return _text(json.dumps(said).encode())


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
