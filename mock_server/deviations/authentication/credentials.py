"""Defects in what becomes of a credential that was sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt

from mock_server.access.callers import NOBODY, Caller
from mock_server.access.credentials import known
from mock_server.deviations import deviation
from mock_server.deviations.answers import with_answer, without_header
from mock_server.deviations.memory import Notes, remembering
from mock_server.deviations.operations import GET
from mock_server.deviations.requests import with_authentication
from mock_server.errors import Unauthenticated
from mock_server.state.state import State
from mock_server.worlds.answer import Answer
from mock_server.worlds.call import Authenticate, Call

_CHALLENGE = b"www-authenticate"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@deviation("authentication-no-challenge", "AUTH-CHALLENGE", "CONTRACT-HEADERS", plant=with_answer)
def no_challenge(_call: Call, answer: Answer) -> Answer:
    """A 401 comes without WWW-Authenticate."""
    return without_header(answer, _CHALLENGE)


@deviation("authentication-expired-accepted", "AUTH-EXPIRED", plant=with_authentication)
def expired_accepted(right: Authenticate, token: str, state: State, _now: datetime) -> Caller:
    """A credential that has expired is taken."""
    return right(token, state, _LONG_AGO)


@deviation("authentication-expiry-late", "AUTH-EXPIRED", plant=with_authentication)
def expiry_late(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
    """A session is good for one minute more than it says."""
    return right(token, state, now - timedelta(minutes=1))


@deviation("authentication-revoked-accepted", "AUTH-REVOKED", plant=with_authentication)
def revoked_accepted(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
    """A credential that was revoked still works."""
    credential = known(token, state)
    if credential is not None and credential.revoked:
        return credential.caller
    return right(token, state, now)


@deviation("authentication-key-case", "AUTH-INVALID", plant=with_authentication)
def key_case(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
    """An API key is read without regard to case."""
    try:
        return right(token, state, now)
    except Unauthenticated:
        return right(token.lower(), state, now)


@deviation(
    "contract-wrong-key-is-nobody", "CONTRACT-CREDENTIAL-ENFORCED", "AUTH-INVALID", on=GET, plant=with_authentication
)
def wrong_key_is_nobody(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
    """Who reads a pack with an API key that is not known is served as the public would be."""
    if token.startswith("sk_") and known(token, state) is None:
        return NOBODY
    return right(token, state, now)


@deviation("authentication-unsigned-accepted", "AUTH-FORGED", "AUTH-EXPIRED", plant=with_authentication)
def unsigned_accepted(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
    """The signature of a session is not looked at."""
    try:
        return right(token, state, now)
    except Unauthenticated:
        return _believed(token)


@deviation("authentication-alg-none", "AUTH-FORGED", plant=with_authentication)
def alg_none(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
    """A session that says that it is not signed is believed."""
    if token.startswith("eyJ") and _algorithm(token) == "none":
        return _believed(token)
    return right(token, state, now)


@deviation("authentication-signature-remembered", "AUTH-FORGED", plant=remembering(with_authentication))
def signature_remembered(notes: Notes, right: Authenticate, token: str, state: State, now: datetime) -> Caller:
    """A signature that was once found right is good for whatever else it stands under."""
    signature = token.rpartition(".")[2]
    if token.startswith("eyJ") and notes.get(signature, token) != token:
        return _believed(token)
    caller = right(token, state, now)
    notes[signature] = token
    return caller


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
