"""How the suite connects: TLS, timeouts, proxies of the environment, and headers that every request takes along."""

from __future__ import annotations

import re
import ssl
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import httpcore

from conformance.errors import SuiteError
from conformance.http.exchange import Headers

TIMEOUT_S = 10.0
"""How long an answer may take to begin, or to go on."""
CONNECT_S = 5.0
_OWN = frozenset({"authorization", "host", "content-length", "transfer-encoding", "content-type", "connection"})
"""Headers that are a request's own: to add one would change what is judged."""
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class BadOption(SuiteError):
    """An option cannot be used; the message names it and the remedy."""


@dataclass(frozen=True, slots=True)
class Connection:
    """What the user says about the way to the target."""

    cacert: Path | None = None
    """Certificates to trust beside none: of a test's own authority."""
    insecure: bool = False
    timeout_s: float = TIMEOUT_S
    headers: Headers = field(default=(), repr=False)
    """What a gateway in front of the target asks for; their values are kept out of every report."""
    proxied: bool = True
    """Whether the environment's proxies are used; never for a server that the suite started itself."""


def read_headers(given: Iterable[str]) -> Headers:
    """The headers of `Name: value` options; BadOption for one that is none, or is not the user's to add."""
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


def tls(connection: Connection) -> ssl.SSLContext:
    """Whom to trust; BadOption where --cacert is no file of certificates."""
    if connection.insecure:
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


def proxy_of(origin: str) -> str | None:
    """The proxy that the environment names for an origin; None where it names none, or excepts the host."""
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


def words(error: Exception) -> str:
    """Why no answer came, in words, without the library's own."""
    if certificate := _certificate(error):
        return f"its certificate is not trusted ({certificate}); name its authority with --cacert"
    if isinstance(error, httpcore.ConnectTimeout | httpcore.ConnectError):
        return "no connection"
    if isinstance(error, httpcore.TimeoutException):
        return "no answer in time"
    return "the connection was closed before the answer was complete"


def _certificate(error: BaseException | None) -> str | None:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message
        error = error.__cause__ or error.__context__
    return None
