"""Defects in what becomes of a credential that was sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt

from mock_server.access.callers import NOBODY, Caller
from mock_server.deviations import deviation
from mock_server.deviations.answers import without_header
from mock_server.deviations.memory import Memory
from mock_server.deviations.requests import with_authentication
from mock_server.errors import Unauthenticated
from mock_server.pipeline.hooks import Seams
from mock_server.state.state import State
from mock_server.worlds.call import Authenticate

_CHALLENGE = b"www-authenticate"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@deviation("authentication-no-challenge", "AUTH-CHALLENGE", "CONTRACT-HEADERS")
def no_challenge(seams: Seams) -> Seams:
    """A 401 comes without WWW-Authenticate."""
    return seams.with_answer(lambda _call, answer: without_header(answer, _CHALLENGE))


@deviation("authentication-expired-accepted", "AUTH-EXPIRED")
def expired_accepted(seams: Seams) -> Seams:
    """A credential that has expired is taken."""
    return with_authentication(seams, lambda right, token, state, _now: right(token, state, _LONG_AGO))


@deviation("authentication-expiry-late", "AUTH-EXPIRED")
def expiry_late(seams: Seams) -> Seams:
    """A session is good for one minute more than it says."""
    minute = timedelta(minutes=1)
    return with_authentication(seams, lambda right, token, state, now: right(token, state, now - minute))


@deviation("authentication-revoked-accepted", "AUTH-REVOKED")
def revoked_accepted(seams: Seams) -> Seams:
    """A credential that was revoked still works."""
    return with_authentication(seams, _forgiving)


def _forgiving(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
    known = state.credential(token)
    if known is not None and known.revoked:
        return known.caller
    return right(token, state, now)


@deviation("authentication-key-case", "AUTH-INVALID")
def key_case(seams: Seams) -> Seams:
    """An API key is read without regard to case."""

    def spoilt(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
        try:
            return right(token, state, now)
        except Unauthenticated:
            return right(token.lower(), state, now)

    return with_authentication(seams, spoilt)


@deviation("contract-wrong-key-is-nobody", "CONTRACT-CREDENTIAL-ENFORCED", "AUTH-INVALID", on=("packs.get",))
def wrong_key_is_nobody(seams: Seams) -> Seams:
    """Who reads a pack with an API key that is not known is served as the public would be."""

    def spoilt(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
        if token.startswith("sk_") and state.credential(token) is None:
            return NOBODY
        return right(token, state, now)

    return with_authentication(seams, spoilt)


@deviation("authentication-unsigned-accepted", "AUTH-FORGED", "AUTH-EXPIRED")
def unsigned_accepted(seams: Seams) -> Seams:
    """The signature of a session is not looked at."""

    def spoilt(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
        try:
            return right(token, state, now)
        except Unauthenticated:
            return _believed(token)

    return with_authentication(seams, spoilt)


@deviation("authentication-alg-none", "AUTH-FORGED")
def alg_none(seams: Seams) -> Seams:
    """A session that says that it is not signed is believed."""

    def spoilt(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
        if token.startswith("eyJ") and _algorithm(token) == "none":
            return _believed(token)
        return right(token, state, now)

    return with_authentication(seams, spoilt)


@deviation("authentication-signature-remembered", "AUTH-FORGED")
def signature_remembered(seams: Seams) -> Seams:
    """A signature that was once found right is good for whatever else it stands under."""
    memory = Memory()

    def spoilt(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
        signature = token.rpartition(".")[2]
        if token.startswith("eyJ") and memory.here.get(signature, token) != token:
            return _believed(token)
        caller = right(token, state, now)
        memory.here[signature] = token
        return caller

    return memory.kept(with_authentication(seams, spoilt))


def _algorithm(token: str) -> str:
    try:
        return str(jwt.get_unverified_header(token).get("alg")).lower()
    except jwt.PyJWTError:
        return ""


def _believed(token: str) -> Caller:
    """Who a session says that its bearer is; Unauthenticated for what says nothing of the kind."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
        return Caller(
            kind="session",
            org_id=str(claims["org_id"]),
            user_id=str(claims["sub"]),
            email="",
            role=str(claims["role"]),
            permissions=tuple(str(each) for each in claims["permissions"]),
        )
    except (jwt.PyJWTError, KeyError, TypeError, ValueError):
        raise Unauthenticated("The session token is not valid.") from None
