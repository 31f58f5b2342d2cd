"""The head of a request: its target and headers, as the parser hands them on."""

from __future__ import annotations

import httptools

from mock_server.server.limits import MOST_HEAD, MOST_HEADERS
from mock_server.server.refusal import Refused, refusal

Headers = list[tuple[bytes, bytes]]

LONG = f"Its target and headers come to more than {MOST_HEAD} bytes."


class Trailers(Headers):
    """Where what follows a chunked body goes: it is no header, and no credential either (RFC 9110, 6.5.1)."""

    def append(self, _: tuple[bytes, bytes]) -> None: ...


def size_of(url: bytes, headers: Headers) -> int:
    """The bytes of a head, as far as it is parsed."""
    return len(url) + sum(len(name) + len(value) + 4 for name, value in headers)


def check(parser: httptools.HttpRequestParser, url: bytes, headers: Headers, arrived: int) -> None:
    """Refused for a head that is too long, or does not say for whom it is; `arrived`: no fewer bytes than it has."""
    if len(headers) > MOST_HEADERS:
        raise Refused(refusal(f"It has more than {MOST_HEADERS} headers."))
    if arrived > MOST_HEAD and size_of(url, headers) > MOST_HEAD:
        raise Refused(refusal(LONG))
    hosts = [name for name, _ in headers].count(b"host")
    if hosts != 1 and (hosts or parser.get_http_version() == "1.1"):
        raise Refused(refusal("It must name its Host once, and only once (RFC 9112, 3.2)."))
    if not url.startswith(b"/"):
        _take_host_of(url, headers)


def _take_host_of(target: bytes, headers: Headers) -> None:
    """Let a target that is a whole URL say which host is meant, whatever the header says (RFC 9112, 3.2.2)."""
    url = httptools.parse_url(target)
    if url.schema:
        host = b"%b:%d" % (url.host, url.port) if url.port else url.host
        headers[:] = [each for each in headers if each[0] != b"host"] + [(b"host", host)]


def without_offer(parser: httptools.HttpRequestParser, url: bytes, headers: Headers) -> bytes:
    """The head again, without the offer to speak another protocol."""
    start = b"%b %b HTTP/%b\r\n" % (parser.get_method(), url, parser.get_http_version().encode())
    return b"".join([start, *(b"%b: %b\r\n" % each for each in headers if each[0] != b"upgrade"), b"\r\n"])
