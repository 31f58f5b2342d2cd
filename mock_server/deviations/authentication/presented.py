"""Defects in where a credential is looked for, and when."""

from __future__ import annotations

from collections.abc import Awaitable
from urllib.parse import parse_qs

from mock_server.deviations import deviation
from mock_server.deviations.operations import READ_FILE
from mock_server.deviations.requests import AUTHORIZATION, with_authorization, with_gate
from mock_server.errors import Unauthenticated
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.access import credential
from mock_server.worlds.call import Call

_IN_QUERY = "api_key"


@deviation(
    "authentication-files-open",
    "AUTH-REQUIRED",
    "CONTRACT-CREDENTIAL-ENFORCED",
    on=READ_FILE,
    plant=with_gate(credential),
)
def files_open(right: Gate, call: Call) -> Awaitable[None] | None:
    """The files of packs that everyone sees are read without a credential."""
    return right(call) if AUTHORIZATION in call.headers else None


@deviation("authentication-any-scheme", "AUTH-INVALID", plant=with_authorization)
def any_scheme(sent: bytes) -> bytes:
    """Whatever word stands before the token is taken for Bearer."""
    return b"Bearer " + sent.partition(b" ")[2] if b" " in sent else sent


@deviation("authentication-scheme-case", "AUTH-SCHEME-CASE", plant=with_gate(credential))
def scheme_case(right: Gate, call: Call) -> Awaitable[None] | None:
    """The scheme must be written `Bearer`."""
    if not call.headers.get(AUTHORIZATION, b"Bearer ").startswith(b"Bearer "):
        raise Unauthenticated("The Authorization header does not begin with Bearer.")
    return right(call)


@deviation("authentication-key-in-query", "AUTH-QUERY", plant=with_gate(credential))
def key_in_query(right: Gate, call: Call) -> Awaitable[None] | None:
    """An API key in the query is taken by every operation, as the event streams take it."""
    _take_from_query(call, "sk_")
    return right(call)


@deviation("authentication-session-in-query", "AUTH-QUERY", on=READ_FILE, plant=with_gate(credential))
def session_in_query(right: Gate, call: Call) -> Awaitable[None] | None:
    """A session in the query opens a file, so that a page can link to it."""
    _take_from_query(call, "eyJ")
    return right(call)


def _take_from_query(call: Call, prefix: str) -> None:
    """Take a credential with this prefix from the query, where the header has none."""
    token = _in_query(call)
    if AUTHORIZATION not in call.headers and token.startswith(prefix):
        call.headers = {**call.headers, AUTHORIZATION: b"Bearer " + token.encode()}
        call.query_string = b""


@deviation("authentication-query-decides", "AUTH-HEADER-DECIDES", plant=with_gate(credential))
def query_decides(right: Gate, call: Call) -> Awaitable[None] | None:
    """Where header and query both carry a credential, that of the query decides."""
    token = _in_query(call)
    if AUTHORIZATION in call.headers and token:
        call.headers = {**call.headers, AUTHORIZATION: b"Bearer " + token.encode()}
    return right(call)


def _in_query(call: Call) -> str:
    return parse_qs(call.query_string.decode("latin-1")).get(_IN_QUERY, [""])[0]
