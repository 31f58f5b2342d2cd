"""The requests of one connection, read by httptools within limits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import httptools

from mock_server.bounded_cache import bounded_cache
from mock_server.errors import NotImplementedHere, PayloadTooLarge
from mock_server.pipeline.connection import KEY
from mock_server.server.exchange import HttpExchange
from mock_server.server.limits import MOST_AT_ONCE, MOST_HEAD, MOST_HEADERS
from mock_server.server.refusal import RequestRefused, make_refusal

if TYPE_CHECKING:
    from mock_server.server.connection import HttpConnection

_ASGI = {"version": "3.0", "spec_version": "2.3"}
_READ = 256 * 1024  # as much as the event loop hands on at once
_LONG = f"Its target and headers come to more than {MOST_HEAD} bytes."
_TOO_MUCH = f"Bodies of {MOST_AT_ONCE} bytes together are being received just now; send it again later."


_VERSIONS = frozenset({"1.0", "1.1"})
_KNOWN_CODINGS = {b"chunked", b""}
_OF_MESSAGE = frozenset({b"host", b"expect", b"transfer-encoding"})
"""The headers that say how a request is to be read."""
_HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+)(?::[0-9]{0,5})?")


@bounded_cache
def _is_host(value: bytes) -> bool:
    return _HOST.fullmatch(value) is not None


class Reader:
    """The callbacks of httptools. Each request goes to the connection when its head is whole, and then its body."""

    def __init__(self, connection: HttpConnection, **addresses: Any) -> None:
        self.scope: dict[str, Any] = {}  # of the request that is being read, or was last; empty before the first
        self.exchange: HttpExchange | None = None  # that request; None while its head is not whole
        self.held = 0  # bytes of bodies that were not answered yet
        self.framing = 0  # bytes around and between the parts of the body that is being read
        self._connection = connection
        self._of_each = {"type": "http", "asgi": _ASGI, "scheme": "http", "root_path": "", **addresses}
        self._parser: Any = self._make_parser()
        self._url = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._arrived = 0  # bytes that may be of the head which is being read
        self._pending = 0  # those of them that came earlier

    def _make_parser(self) -> httptools.HttpRequestParser:
        parser = httptools.HttpRequestParser(self)
        # What comes after a last request is not read; a parser that fails there would refuse it before its answer.
        parser.set_dangerous_leniencies(lenient_data_after_close=True)
        return parser

    def close(self) -> None:
        """Drop the parser and the request, which refer to this object as it does to them."""
        self._parser = self.exchange = None
        self.scope = {}

    def feed(self, data: bytes) -> None:
        """Read what has come; raises RequestRefused past a limit, HttpParserError for what is not HTTP."""
        self._arrived = self._pending + len(data)
        held = self.held
        self._parse(data)
        exchange = self.exchange
        if exchange is None:
            self._check_unfinished_head()
            return
        self._pending = 0
        if exchange.more_body and not exchange.complete:
            self.framing += len(data) - (self.held - held)
            if self.framing > 2 * MOST_HEAD + 8 * self.held:
                raise RequestRefused(make_refusal("Its body is nearly all framing."))

    def _parse(self, data: bytes) -> None:
        """Let the parser read; an offer of another protocol is answered in HTTP/1.1 (RFC 9110, 7.8)."""
        while data:
            try:
                self._parser.feed_data(data)
            except httptools.HttpParserUpgrade as upgrade:
                # It took the body for another protocol: the request is read again, without the offer.
                data = self._without_offer() + data[upgrade.args[0] :]
                self._parser = self._make_parser()
            else:
                return

    def _without_offer(self) -> bytes:
        """The head again, without the offer to speak another protocol."""
        start = b"%b %b HTTP/%b\r\n" % (
            self._parser.get_method(),
            self._url,
            self._parser.get_http_version().encode(),
        )
        return b"".join([start, *(b"%b: %b\r\n" % each for each in self._headers if each[0] != b"upgrade"), b"\r\n"])

    @property
    def answers_head(self) -> bool:
        """Whether what is being read is a HEAD, whose answer has no body."""
        return self.scope.get("method") == "HEAD"

    def _measure_head(self) -> int:
        """The bytes of a head, as far as it is parsed."""
        return len(self._url) + sum(len(name) + len(value) + 4 for name, value in self._headers)

    def _check_unfinished_head(self) -> None:
        """Count what there is of a head that is not whole."""
        if not self.scope:
            return
        # What came before the head in the same read is counted too, as long as that makes no difference.
        if self._arrived > MOST_HEAD and (self._arrived > MOST_HEAD + 2 * _READ or self._measure_head() > MOST_HEAD):
            raise RequestRefused(make_refusal(_LONG))
        self._pending = self._arrived

    def on_message_begin(self) -> None:
        self._url = b""
        self._headers = []
        self.exchange = None
        self.scope = {**self._of_each, "state": {KEY: self._connection}}

    def on_url(self, url: bytes) -> None:
        self._url += url
        self.scope["method"] = self._parser.get_method().decode("ascii")

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.exchange is None:  # else it is a trailer: no header, and no credential either (RFC 9110, 6.5.1)
            self._headers.append((name.lower(), value.rstrip(b" \t")))

    def on_headers_complete(self) -> None:
        parser, headers = self._parser, self._headers
        if parser.should_upgrade():
            if parser.get_method() == b"CONNECT":
                raise RequestRefused(make_refusal("CONNECT is for proxies, and this is none."))
            return
        version = parser.get_http_version()
        of_message = [each for each in headers if each[0] in _OF_MESSAGE]
        self._check_head(version, of_message)
        self._check_framing(version, of_message)
        url = httptools.parse_url(self._url)
        if (
            url.schema
        ):  # a target that is a whole URL says which host is meant, whatever the header says (RFC 9112, 3.2.2)
            host = b"%b:%d" % (url.host, url.port) if url.port else url.host
            headers[:] = [each for each in headers if each[0] != b"host"] + [(b"host", host)]
        path = url.path.decode("ascii")
        scope = self.scope
        scope["http_version"] = version
        scope["path"] = unquote(path) if "%" in path else path
        scope["raw_path"] = url.path
        scope["query_string"] = url.query or b""
        scope["headers"] = headers
        expectations = [value.lower() for name, value in of_message if name == b"expect"]
        self.exchange = HttpExchange(
            self._connection,
            scope,
            keep_alive=version != "1.0" and parser.should_keep_alive(),
            # Who speaks 1.0 knows no interim answer (RFC 9110, 10.1.1).
            expects_continue=version != "1.0" and b"100-continue" in expectations,
        )
        self._connection.begin(self.exchange)

    def _check_head(self, version: str, of_message: Iterable[tuple[bytes, bytes]]) -> None:
        """Raise RequestRefused for a head that is too long, does not name one Host."""
        if len(self._headers) > MOST_HEADERS:
            raise RequestRefused(make_refusal(f"It has more than {MOST_HEADERS} headers."))
        if self._arrived > MOST_HEAD and self._measure_head() > MOST_HEAD:
            raise RequestRefused(make_refusal(_LONG))
        hosts = [value for name, value in of_message if name == b"host"]
        if len(hosts) != 1 and (hosts or version == "1.1"):
            raise RequestRefused(make_refusal("It must name its Host once, and only once (RFC 9112, 3.2)."))
        if hosts and not _is_host(hosts[0]):
            raise RequestRefused(
                make_refusal("Its Host is no name or address, with or without a port (RFC 9112, 3.2).")
            )

    def _check_framing(self, version: str, of_message: Iterable[tuple[bytes, bytes]]) -> None:
        """Raise RequestRefused for a version, target or transfer coding that is not of HTTP/1.1."""
        if version not in _VERSIONS:
            raise RequestRefused(make_refusal("It is not of HTTP/1.1, nor of HTTP/1.0 (RFC 9110, 6.2)."))
        if self._url == b"*" and self.scope["method"] != "OPTIONS":
            raise RequestRefused(make_refusal("The target * is for OPTIONS alone (RFC 9112, 3.2.4)."))
        if b"#" in self._url:
            raise RequestRefused(
                make_refusal("Its target has a fragment, which is for the client alone (RFC 9112, 3.2).")
            )
        for name, value in of_message:
            if name == b"transfer-encoding" and version == "1.0":
                raise RequestRefused(make_refusal("HTTP/1.0 knows no Transfer-Encoding (RFC 9112, 6.1)."))
            if name == b"transfer-encoding" and not _KNOWN_CODINGS.issuperset(
                value.lower().replace(b" ", b"").split(b",")
            ):
                raise RequestRefused(NotImplementedHere("Of transfer codings, chunked is known (RFC 9112, 6.1)."))

    def on_body(self, body: bytes) -> None:
        exchange = self.exchange
        if exchange is not None and not exchange.complete:
            self.held += len(body)
            if self._connection.holds_too_much(len(body)):
                raise RequestRefused(PayloadTooLarge(_TOO_MUCH, headers=(("Retry-After", "1"),)))
            exchange.take(body)

    def on_message_complete(self) -> None:
        exchange = self.exchange
        if exchange is not None:  # else it is read again, see above
            exchange.more_body = False
            if not exchange.complete:
                exchange.wake()
