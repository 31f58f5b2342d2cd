"""The credential that a request presents, and whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs

from mock_server.access.callers import Caller, Standing
from mock_server.access.cookies import read_session
from mock_server.access.credentials import KEY, read_credential
from mock_server.bounded_cache import bounded_cache
from mock_server.errors import Unauthenticated

if TYPE_CHECKING:
    from mock_server.state.state import State

_LONGEST = 16 * 1024
"""Longer than any credential."""


class Bearer(NamedTuple):
    """The person or key behind a credential, and whether it is valid at the time of the request."""

    caller: Caller | None  # None where it is nobody's
    standing: Standing


def read_bearer(headers: Mapping[bytes, bytes], state: State, now: datetime) -> Bearer | None:
    """Return who presents the credential of a request, let in or not; None where it has none."""
    try:
        token = read_token(headers)
        if token is None:
            return None
        credential = read_credential(token, state)
    except Unauthenticated:
        return Bearer(None, "unknown")
    known = credential.caller.org_id in state.tables["orgs"].objects
    return Bearer(credential.caller, credential.judge(now) if known else "unknown")


def read_token(headers: Mapping[bytes, bytes]) -> str | None:
    """Return the token in the Authorization header, or else in the session cookie; None where there is neither.

    Unauthenticated where the header holds no bearer credential.
    """
    header = headers.get(b"authorization")
    return _cut_token(header) if header is not None else read_session(headers)


def read_key_in_query(query: bytes, name: str) -> str | None:
    """Return the API key in a query parameter of this name; None where the query has none.

    Unauthenticated for what is no API key, and where there are several.
    """
    found = parse_qs(query.decode("latin-1"), keep_blank_values=True).get(name, ())
    if not found:
        return None
    if len(found) > 1 or not found[0].startswith(KEY):
        raise Unauthenticated(f"The query parameter {name} does not hold one API key.")
    return found[0]


@bounded_cache
def _cut_token(header: bytes) -> str:
    scheme, _, token = header.decode("latin-1").partition(" ")
    if scheme.lower() != "bearer":  # RFC 9110: the name of a scheme has no case
        raise Unauthenticated("The Authorization header does not hold a bearer credential.")
    if len(token) > _LONGEST:
        raise Unauthenticated("The Authorization header is longer than any credential.")
    return token.strip(" ")
