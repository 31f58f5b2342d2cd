"""The session cookie: set by a sign-in, taken in the place of a bearer credential."""

from __future__ import annotations

from collections.abc import Mapping

from mock_server.access.callers import Caller
from mock_server.access.origins import SAFE_METHODS, Origins, explain_letting_in
from mock_server.bounded_cache import bounded_cache
from mock_server.contract.schema import shorten
from mock_server.errors import PermissionDenied, Unauthenticated

NAME = "wos_session"

_OWN_SITE = "Path=/; HttpOnly; SameSite=Lax"
_PAGES_OF_ONE_SITE = "Path=/; HttpOnly; SameSite=None; Secure; Partitioned"
"""The attributes of a cookie that a browser keeps for pages of the one site that was open when it was set.

A browser takes `Secure` from this machine without TLS.
"""


def set_cookie(token: str, *, for_page: bool) -> str:
    """The Set-Cookie that signs a browser in until it is closed; no script reads it, no other site sends it.

    `for_page`: a page of another site asked for it, and pages of that site alone will send it.
    """
    return f"{NAME}={token}; {_PAGES_OF_ONE_SITE if for_page else _OWN_SITE}"


def clear_cookie(*, for_page: bool) -> str:
    """The Set-Cookie that signs a browser out, of what was set the same way."""
    return f"{NAME}=; Max-Age=0; {_PAGES_OF_ONE_SITE if for_page else _OWN_SITE}"


def read_session(headers: Mapping[bytes, bytes]) -> str | None:
    """The token in the session cookie of a request, where it has one."""
    header = headers.get(b"cookie")
    return None if header is None else _find_session(header)


@bounded_cache
def _find_session(header: bytes) -> str | None:
    # More than one Cookie header, which HTTP/2 allows, has come to be joined by commas.
    for pair in header.decode("latin-1").replace(",", ";").split(";"):
        name, _, value = pair.strip().partition("=")
        if name == NAME:
            return value.strip('"')
    return None


def check_session(caller: Caller, method: str, headers: Mapping[bytes, bytes], origins: Origins) -> None:
    """Let a cookie stand for a person, whose browser sends it with whatever page.

    Unauthenticated for an API key, which nobody signs in with. PermissionDenied where another page than the
    mock's own, or those that are let in, would change something.
    """
    if caller.kind != "session":
        raise Unauthenticated("An API key is no session; send it as a bearer credential.")
    if method in SAFE_METHODS:
        return
    origin = headers.get(b"origin", b"").decode("latin-1")
    if not origin:
        raise PermissionDenied(f"With the cookie {NAME}, {method} needs the Origin that a browser sends.")
    host = headers.get(b"host", b"").decode("latin-1")
    if origin.partition("://")[2] != host and not origins.allows(origin):
        raise PermissionDenied(
            f"With the cookie {NAME}, pages of {shorten(origin)} change nothing; {explain_letting_in(origin)}."
        )
