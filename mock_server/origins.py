"""Which pages of other origins a browser may let read answers, and which may act with its cookies."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from mock_server.contract import StartError
from mock_server.remembered import remembered

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110, 9.2.1)."""

_ORIGIN = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<host>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?"
)
_USUAL_PORTS = {"http": "80", "https": "443"}


class Origins:
    """The origins of this machine, and those that were named beside them."""

    def __init__(self, named: Iterable[str] = ()) -> None:
        """StartError for a name that is no origin."""
        self._named = frozenset(_origin(each) for each in named)
        self._hosts = frozenset(_host(each.partition("://")[2]) for each in self._named)

    def allows(self, origin: str) -> bool:
        """Whether pages of this origin may read answers and act with cookies."""
        return origin in self._named or _of_this_machine(origin)

    def knows(self, host: str) -> bool:
        """Whether a request to this host, as its header has it, was meant for the mock.

        A page whose own name was made to lead here, after it had been loaded from elsewhere, is not: the
        browser takes it for a page of the mock's (DNS rebinding). An address needs no name to be found, and
        a name without a dot is of this machine or its network.
        """
        name = _host(host.lower())
        return "." not in name or name in self._hosts or name.endswith(".localhost") or _address(name) is not None


def origin_of(url: str) -> str | None:
    """The origin of an absolute URL, as it stands there; None for what is none.

    Stricter than a browser, so that none reads another host out of it: no user, no backslash.
    """
    found = _ORIGIN.match(url.lower())
    if found is None or url[found.end() : found.end() + 1] not in {"", "/", "?", "#"}:
        return None
    return found[0]


def _origin(text: str) -> str:
    found = _ORIGIN.fullmatch(text.lower())
    if found is None:
        raise StartError(
            f"--cors-origin {text}: an origin is a scheme, a host and a port where it is not the usual one, "
            "such as https://app.example or http://192.0.2.1:5173"
        )
    scheme, host, port = found.group("scheme", "host", "port")
    # As browsers write it: without the port that a scheme has anyway.
    return f"{scheme}://{host}" if port in {None, _USUAL_PORTS.get(scheme)} else f"{scheme}://{host}:{port}"


@remembered
def _of_this_machine(origin: str) -> bool:
    found = _ORIGIN.fullmatch(origin)
    if found is None or found["scheme"] not in _USUAL_PORTS:
        return False
    host = found["host"].strip("[]")
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761: never a machine elsewhere
        return True
    address = _address(host)
    return address is not None and address.is_loopback


def _host(authority: str) -> str:
    """A host without its port, and an address without its brackets."""
    if authority.startswith("["):
        address, _, port = authority[1:].partition("]")
        return address if not port or port.startswith(":") else authority
    return authority.partition(":")[0].removesuffix(".")


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
