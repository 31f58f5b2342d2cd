"""Callers of an API that is not ours: any credential of the form that its contract asks for is taken."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from mock_server.access.callers import Caller
from mock_server.access.credentials import find_known
from mock_server.bounded_cache import bounded_cache
from mock_server.contract.compiled import CredentialPlace
from mock_server.errors import Unauthenticated
from mock_server.state.state import State

ORG = "org_anybody"
"""The org that all callers of such an API are of."""
PEOPLE = ("alice", "bob")
"""Usual names of people; any other name is as good."""
_LONGEST = 16 * 1024
_NOT_VALID = {"revoked": "The credential was revoked.", "expired": "The credential has expired."}


def make_fake_token(name: str) -> str:
    """Return the token of a person, which nobody takes for a real one."""
    return f"fake-token-of-{name}"


def read_credential(places: Sequence[Sequence[CredentialPlace]], headers: Mapping[bytes, bytes], query: bytes) -> str:
    """Return the credential that a request brings in one of the ways that are enough; Unauthenticated without one."""
    for way in places:
        found = [_read_one(each, headers, query) for each in way]
        if all(found):
            return str(found[0])
    ways = " or ".join(" and ".join(_describe(each) for each in way) for way in places)
    raise Unauthenticated(f"The request brings no credential: {ways} is asked for.")


def find_challenges(places: Sequence[Sequence[CredentialPlace]]) -> tuple[tuple[str, str], ...]:
    """Return the headers by which a 401 says what HTTP has a scheme for; a key in a header or a cookie has none."""
    schemes = {each.place for way in places for each in way}
    challenges = [text for name, text in (("bearer", "Bearer"), ("basic", 'Basic realm="mock"')) if name in schemes]
    return (("WWW-Authenticate", ", ".join(challenges)),) if challenges else ()


def _describe(place: CredentialPlace) -> str:
    if place.place in {"bearer", "basic"}:
        return f"{place.place.capitalize()} in the header Authorization"
    return f"{'the cookie' if place.place == 'cookie' else f'the {place.place}'} {place.name}"


def _read_one(place: CredentialPlace, headers: Mapping[bytes, bytes], query: bytes) -> str | None:
    if place.place == "query":
        return next(iter(parse_qs(query.decode("latin-1")).get(place.name, ())), None)
    if place.place == "cookie":
        return _read_cookie(headers.get(b"cookie", b""), place.name)
    text = headers.get(place.name.lower().encode(), b"").decode("latin-1").strip()
    if not text or len(text) > _LONGEST:
        return None
    if place.place == "header":  # `Token abc` and `abc` are one
        return text.rpartition(" ")[2]
    scheme, _, rest = text.partition(" ")
    if scheme.lower() != place.place or not rest.strip() or " " in rest.strip():
        return None
    return rest.strip() if place.place == "bearer" else _read_basic(rest.strip())


def _read_basic(text: str) -> str | None:
    try:
        name, colon, _ = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return make_fake_token(name) if colon and name in PEOPLE else (name or None) if colon else None


def _read_cookie(header: bytes, name: str) -> str | None:
    try:
        found = SimpleCookie(header.decode("latin-1")).get(name)
    except CookieError:
        return None
    return None if found is None else found.value or None


def authenticate_anybody(token: str, state: State, now: datetime) -> Caller:
    """Return who has a token: somebody of its own, unless the world knows it to be revoked or expired."""
    credential = find_known(token, state)
    if credential is None:
        return _make_anybody(token)
    if (standing := credential.judge(now)) != "valid":
        raise Unauthenticated(_NOT_VALID.get(standing, "The credential is not valid yet."))
    return credential.caller


@bounded_cache
def _make_anybody(token: str) -> Caller:
    name = next((each for each in PEOPLE if token == make_fake_token(each)), None)
    return make_person(name or f"user_{sha256(token.encode()).hexdigest()[:12]}")


def make_person(name: str, permissions: Sequence[str] = ()) -> Caller:
    """Return a caller of this name."""
    return Caller("session", ORG, name, f"{name}@example.com", "anybody", tuple(permissions))
