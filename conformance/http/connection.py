"""The connection to a target: TLS, timeouts, proxies of the environment, and headers that every request carries."""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpcore

from conformance.errors import SuiteError
from conformance.http.exchange import Headers

TIMEOUT_S = 10.0
"""Seconds that an answer may take to begin, or to go on."""
CONNECT_S = 5.0
_OWN = frozenset({"authorization", "host", "content-length", "transfer-encoding", "content-type", "connection"})
"""Headers that cannot be added to all requests: one would change what is judged."""
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class BadOption(SuiteError):
    """An option cannot be used; the message names it and the remedy."""


@dataclass(frozen=True, slots=True)
class Connection:
    """The user's options for connecting to the target."""

    cacert: Path | None = None
    """The certificates to trust, in place of the system's."""
    is_insecure: bool = False
    timeout_s: float = TIMEOUT_S
    headers: Headers = field(default=(), repr=False)
    """Headers that a gateway in front of the target asks for; no report has their values."""
    is_proxied: bool = True
    """Whether the environment's proxies are used; not for a server that the suite has started."""

    @staticmethod
    def from_options(
        *, cacert: str | None, insecure: bool, answer_timeout: float | None, header: Iterable[str]
    ) -> Connection:
        """Return the connection that a command's options ask for; BadOption where one of them cannot be used."""
        authority = Path(cacert) if cacert else None
        connection = Connection(authority, insecure, answer_timeout or TIMEOUT_S, read_headers(header))
        if authority:
            build_tls(connection)
        return connection


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine's own, by its address or as `localhost`; no other name is looked up."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def read_headers(given: Iterable[str]) -> Headers:
    """Return the headers of `Name: value` options; BadOption for one that is malformed or may not be added."""
    headers = []
    for text in given:
        name, separator, value = text.partition(":")
        name, value = name.strip(), value.strip()
        if not separator or not _NAME.fullmatch(name) or not value.isprintable():
            raise BadOption(f"--header {name or text!r}: has to be 'Name: value'")
        if name.lower() in _OWN:
            raise BadOption(f"--header {name}: is each request's own, so it cannot be added to all of them")
        headers.append((name, value))
    return tuple(headers)


def build_tls(connection: Connection) -> ssl.SSLContext:
    """Return the TLS settings; BadOption where --cacert is no file of certificates."""
    if connection.is_insecure:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context
    if connection.cacert is None:
        return ssl.create_default_context()
    try:
        return ssl.create_default_context(cafile=connection.cacert)
    except ssl.SSLError:
        raise BadOption(f"--cacert {connection.cacert}: holds no certificate in PEM; give the authority's") from None
    except OSError as error:
        raise BadOption(f"--cacert {connection.cacert}: cannot be read ({error.strerror})") from None


def find_proxy(origin: str) -> str | None:
    """Return the environment's proxy for an origin; None where there is none, or the host is excepted."""
    scheme, _, host = origin.partition("://")
    proxies = urllib.request.getproxies()
    proxy = proxies.get(scheme) or proxies.get("all")
    if not proxy or urllib.request.proxy_bypass(host):
        return None
    if "://" not in proxy:
        proxy = f"http://{proxy}"
    if not proxy.startswith(("http://", "https://")):
        scheme = proxy.partition("://")[0]
        raise BadOption(f"the environment's proxy {scheme}://...: only http and https are understood")
    return proxy


def explain_no_answer(error: Exception) -> str:
    """Return why no answer came, in the suite's own words."""
    broken = _find_tls_error(error)
    if isinstance(broken, ssl.SSLCertVerificationError) or (broken and isinstance(error, httpcore.ConnectError)):
        return explain_tls(broken)
    if isinstance(error, httpcore.ConnectTimeout | httpcore.ConnectError):
        return "no connection"
    if isinstance(error, httpcore.TimeoutException):
        return "no answer in time"
    return "the connection was closed before the answer was complete"


def explain_tls(error: ssl.SSLError) -> str:
    """Return why TLS came to nothing, and what to do."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({error.verify_message}); name its authority with --cacert"
    return f"it speaks no TLS that is understood ({error.reason or 'no handshake'}); is it right to say https?"


def _find_tls_error(error: BaseException | None) -> ssl.SSLError | None:
    """Return what was wrong with TLS; None where a connection was only closed or took too long."""
    while error is not None:
        if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return error
        error = error.__cause__ or error.__context__
    return None


class PlainStream(httpcore.NetworkStream):
    """An open connection without TLS, read and written by its socket: as httpcore's own, at less cost a request."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream
        self._socket: socket.socket = stream.get_extra_info("socket")
        self._timeout: float | None = -1.0  # none that was set

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what comes next, at most so much; nothing where the other side has closed."""
        try:
            self._set(timeout)
            return self._socket.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout(error) from error
        except OSError as error:
            raise httpcore.ReadError(error) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it."""
        try:
            self._set(timeout)
            while buffer:
                buffer = buffer[self._socket.send(buffer) :]
        except TimeoutError as error:
            raise httpcore.WriteTimeout(error) from error
        except OSError as error:
            raise httpcore.WriteError(error) from error

    def _set(self, timeout: float | None) -> None:
        if timeout != self._timeout:
            self._socket.settimeout(timeout)
            self._timeout = timeout

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
