"""Defects in where a credential is looked for, and when."""

from __future__ import annotations

from collections.abc import Awaitable
from urllib.parse import parse_qs

from mock_server.deviations import deviation
from mock_server.deviations.requests import AUTHORIZATION, with_authorization
from mock_server.errors import Unauthenticated
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.access import credential
from mock_server.pipeline.hooks import Seams
from mock_server.worlds.call import Call

_IN_QUERY = "api_key"


@deviation("authentication-files-open", "AUTH-REQUIRED", "CONTRACT-CREDENTIAL-ENFORCED", on=("packs.read_file",))
def files_open(seams: Seams) -> Seams:
    """The files of packs that everyone sees are read without a credential."""

    def open_to_all(right: Gate, call: Call) -> Awaitable[None] | None:
        return right(call) if AUTHORIZATION in call.headers else None

    return seams.with_gate(credential, open_to_all)


@deviation("authentication-any-scheme", "AUTH-INVALID")
def any_scheme(seams: Seams) -> Seams:
    """Whatever word stands before the token is taken for Bearer."""
    return with_authorization(seams, lambda sent: b"Bearer " + sent.partition(b" ")[2] if b" " in sent else sent)


@deviation("authentication-scheme-case", "AUTH-SCHEME-CASE")
def scheme_case(seams: Seams) -> Seams:
    """The scheme must be written `Bearer`."""

    def strict(right: Gate, call: Call) -> Awaitable[None] | None:
        if not call.headers.get(AUTHORIZATION, b"Bearer ").startswith(b"Bearer "):
            raise Unauthenticated("The Authorization header does not begin with Bearer.")
        return right(call)

    return seams.with_gate(credential, strict)


@deviation("authentication-key-in-query", "AUTH-QUERY")
def key_in_query(seams: Seams) -> Seams:
    """An API key in the query is taken by every operation, as the event streams take it."""
    return _taken_from_query(seams, "sk_")


@deviation("authentication-session-in-query", "AUTH-QUERY", on=("packs.read_file",))
def session_in_query(seams: Seams) -> Seams:
    """A session in the query opens a file, so that a page can link to it."""
    return _taken_from_query(seams, "eyJ")


def _taken_from_query(seams: Seams, kind: str) -> Seams:
    """The seams with credentials that begin so taken from the query, where the header has none."""

    def lenient(right: Gate, call: Call) -> Awaitable[None] | None:
        token = _in_query(call)
        if AUTHORIZATION not in call.headers and token.startswith(kind):
            call.headers = {**call.headers, AUTHORIZATION: b"Bearer " + token.encode()}
            call.query_string = b""
        return right(call)

    return seams.with_gate(credential, lenient)


@deviation("authentication-query-decides", "AUTH-HEADER-DECIDES")
def query_decides(seams: Seams) -> Seams:
    """Where header and query both carry a credential, that of the query decides."""

    def astray(right: Gate, call: Call) -> Awaitable[None] | None:
        token = _in_query(call)
        if AUTHORIZATION in call.headers and token:
            call.headers = {**call.headers, AUTHORIZATION: b"Bearer " + token.encode()}
        return right(call)

    return seams.with_gate(credential, astray)


def _in_query(call: Call) -> str:
    return parse_qs(call.query_string.decode("latin-1")).get(_IN_QUERY, [""])[0]
