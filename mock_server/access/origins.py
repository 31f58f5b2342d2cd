"""The origins whose pages a browser may let in, and the host names by which the mock is known."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from mock_server.bounded_cache import bounded_cache
from mock_server.contract.schema import shorten
from mock_server.errors import StartError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110, 9.2.1)."""

_ORIGIN = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<host>\[[0-9a-f:.]{1,45}\]|[a-z0-9._-]{1,253})(?::(?P<port>[0-9]{1,5}))?"
)
_USUAL_PORTS = {"http": "80", "https": "443"}
_OF_NULL = "file:// pages and sandboxed frames, of whatever site, have the origin null"
_HOST_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?")


class Origins:
    """The origins and names of this machine, and those that were named beside them."""

    def __init__(self, named: Iterable[str] = (), hosts: Iterable[str] = ()) -> None:
        """Take origins to let in, whose hosts are then known too, and host names; StartError for what is neither."""
        self._named = frozenset(_check_origin(each) for each in named)
        of_origins = {read_host(each.partition("://")[2]) for each in self._named}
        self._hosts = frozenset(of_origins | {_check_host_name(each) for each in hosts})

    def allows(self, origin: str) -> bool:
        """Whether pages of this origin may read answers and act with cookies."""
        return origin in self._named or is_of_this_machine(origin)

    def knows(self, host: str) -> bool:
        """Whether a request to this host, as its header has it, was meant for the mock.

        A page whose own name was made to lead here, after it had been loaded from elsewhere, is not: the
        browser takes it for a page of the mock's (DNS rebinding). An address needs no name to be found, and
        a name without a dot is of this machine or its network.
        """
        name = read_host(host.lower())
        return "." not in name or name in self._hosts or name.endswith(".localhost") or _read_address(name) is not None


def read_origin(url: str) -> str | None:
    """The origin of an absolute URL, as it stands there; None for what is none.

    Stricter than a browser, so that none reads another host out of it: no user, no backslash.
    """
    found = _ORIGIN.match(url.lower())
    if found is None or url[found.end() : found.end() + 1] not in {"", "/", "?", "#"}:
        return None
    return found[0]


def explain_letting_in(origin: str) -> str:
    """Say how to let the pages of an origin in, as the end of a sentence."""
    if origin == "null":
        return f"{_OF_NULL}: serve the page over http, such as at http://localhost:5173"
    if _ORIGIN.fullmatch(origin.lower()) is None:
        return "it is no origin: serve the page over http, such as at http://localhost:5173"
    return f"start the mock with --cors-origin {shorten(origin)}"


def _check_origin(text: str) -> str:
    found = _ORIGIN.fullmatch(text.lower())
    if found is None:
        raise StartError(
            f"--cors-origin {text}: {f'{_OF_NULL}. ' if text == 'null' else ''}an origin is a scheme, a host and a "
            "port where it is not the usual one, such as https://app.example or http://192.0.2.1:5173"
        )
    scheme, host, port = found.group("scheme", "host", "port")
    # As browsers write it: without the port that a scheme has anyway.
    return f"{scheme}://{host}" if port in {None, _USUAL_PORTS.get(scheme)} else f"{scheme}://{host}:{port}"


def _check_host_name(text: str) -> str:
    name = text.lower()
    if _HOST_NAME.fullmatch(name) is None and _read_address(name) is None:
        raise StartError(
            f"--allow-host {text}: a host is one whole name, without scheme and port, such as mock.team.example"
        )
    return name.removesuffix(".")


@bounded_cache
def is_of_this_machine(origin: str) -> bool:
    """Whether it is an origin of this machine, named or not."""
    found = _ORIGIN.fullmatch(origin)
    if found is None or found["scheme"] not in _USUAL_PORTS:
        return False
    host = found["host"].strip("[]")
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761: never a machine elsewhere
        return True
    address = _read_address(host)
    return address is not None and address.is_loopback


def read_host(authority: str) -> str:
    """A host without its port, and an address without its brackets."""
    if authority.startswith("["):
        address, _, port = authority[1:].partition("]")
        return address if not port or port.startswith(":") else authority
    return authority.partition(":")[0].removesuffix(".")


def _read_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
