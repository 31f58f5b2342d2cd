"""Defects in who is taken for a caller."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import jwt

from mock_server.answer import Answer
from mock_server.call import Call
from mock_server.callers import Caller
from mock_server.credentials import authenticate
from mock_server.deviations import deviation
from mock_server.deviations.spoil import without_header
from mock_server.errors import Unauthenticated
from mock_server.gates.access import credential
from mock_server.seams import Seams
from mock_server.state import State

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@deviation("authentication-no-challenge", "AUTH-CHALLENGE")
def no_challenge(seams: Seams) -> Seams:
    """A 401 comes without WWW-Authenticate."""
    return seams.with_answer(lambda _call, answer: _unchallenged(answer))


def _unchallenged(answer: Answer) -> Answer:
    return without_header(answer, b"www-authenticate")


@deviation("authentication-expired-accepted", "AUTH-EXPIRED")
def expired_accepted(seams: Seams) -> Seams:
    """A credential that has expired is taken."""

    def timeless(token: str, state: State, _now: datetime) -> Caller:
        return seams.authenticate(token, state, _LONG_AGO)

    return replace(seams, authenticate=timeless)


@deviation("authentication-revoked-accepted", "AUTH-REVOKED")
def revoked_accepted(seams: Seams) -> Seams:
    """A credential that was revoked still works."""

    def forgiving(token: str, state: State, now: datetime) -> Caller:
        known = state.credential(token)
        if known is not None and known.revoked:
            return known.caller
        return seams.authenticate(token, state, now)

    return replace(seams, authenticate=forgiving)


@deviation("authentication-unsigned-accepted", "AUTH-FORGED")
def unsigned_accepted(seams: Seams) -> Seams:
    """The signature of a session is not looked at."""

    def trusting(token: str, state: State, now: datetime) -> Caller:
        try:
            return authenticate(token, state, now)
        except Unauthenticated:
            caller = _claimed(token)
            if caller is None:
                raise
            return caller

    return replace(seams, authenticate=trusting)


def _claimed(token: str) -> Caller | None:
    """Who a session says that its bearer is."""
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
        return None


@deviation("authentication-scheme-case", "AUTH-SCHEME-CASE")
def scheme_case(seams: Seams) -> Seams:
    """The scheme must be written `Bearer`."""

    def strict(call: Call) -> None:
        header = call.headers.get(b"authorization", b"Bearer ")
        if not header.startswith(b"Bearer "):
            raise Unauthenticated("The Authorization header does not begin with Bearer.")
        credential(call)

    return seams.with_gate(credential, strict)
