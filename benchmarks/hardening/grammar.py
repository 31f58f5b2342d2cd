"""Requests that are nearly HTTP/1.1, or not at all: one or the other part is against its grammar."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from benchmarks.hardening.content import mutate
from benchmarks.hardening.messages import draw_message

_METHODS = [
    b"GET",
    b"get",
    b"G\xffT",
    b"",
    b" GET",
    b"GET\t",
    b"A" * 3000,
    b"CONNECT",
    b"PRI",
    b"M-SEARCH",
    b"POST",
    b"\x00",
    b"GE T",
    b"OPTIONS",
]
_TARGETS = [
    b"/v1/packs",
    b"*",
    b"",
    b"v1/packs",
    b"http://localhost/v1/packs",
    b"http://evil.example/_mock/worlds",
    b"https://[::1]:99999/",
    b"localhost:80",
    b"http://",
    b"//x/y",
    b"/v1/packs HTTP/1.1 x",
    b"/\x00",
    b"/\xff",
    b"/a b",
    b"/#a",
    b"/?\xff",
    b"/" + b"a" * 70_000,
    b"/%",
    b"\\v1\\packs",
    b"http://a:b@localhost/v1/packs",
]
_VERSIONS = [b"HTTP/1.1"] * 6 + [
    b"HTTP/1.0",
    b"HTTP/0.9",
    b"HTTP/2.0",
    b"HTTP/1.2",
    b"HTTP/9.9",
    b"http/1.1",
    b"HTTP/1",
    b"",
    b"HTTP/1.1 ",
    b"ICE/1.0",
    b"HTTP/11.1",
]
_LINES = [
    b"host: localhost",
    b"host:",
    b"host: a, b",
    b"host : x",
    b" host: x",
    b"no colon",
    b": empty",
    b"x:\x00",
    b"x: \x7f",
    b"x: a\r\n b",
    b"x: a\n",
    b"\xff: y",
    b"x" * 70_000 + b": y",
    b"x: " + b"y" * 70_000,
    b"content-length: 5",
    b"content-length: -5",
    b"content-length: 5, 5",
    b"content-length: 0x5",
    b"content-length: 99999999999999999999",
    b"content-length: +5",
    b"content-length: 1000000000",
    b"transfer-encoding: chunked",
    b"transfer-encoding: gzip, chunked",
    b"transfer-encoding: chunked, chunked",
    b"transfer-encoding: xchunked",
    b"transfer-encoding: identity",
    b"transfer-encoding : chunked",
    b"transfer-encoding:\x0bchunked",
    b"expect: 100-continue",
    b"connection: upgrade\r\nupgrade: websocket",
    b"connection: keep-alive, close",
    b"connection: \x00",
    b"content-type: application/json",
    b"authorization: Bearer sk_mock_acme_full_access_1001",
    b"trailer: x",
    b"te: trailers",
]
_ENDS = [b"\r\n"] * 8 + [b"\n", b"\r", b"\r\r\n", b"\n\r"]
_BODIES = [
    b"",
    b"{}",
    b"5\r\nhello\r\n0\r\n\r\n",
    b"5\r\nhello\r\n",
    b"-5\r\nhello\r\n0\r\n\r\n",
    b"ffffffffffffffffff\r\n",
    b"7fffffffffffffff\r\nx",
    b'5;a=b;c="d"\r\nhello\r\n0\r\n\r\n',
    b"5\r\nhelloXX0\r\n\r\n",
    b"5\nhello\n0\n\n",
    b" 5\r\nhello\r\n0\r\n\r\n",
    b"0\r\nx: y\r\n\r\n",
    b"0\r\n" + b"x: y\r\n" * 5000 + b"\r\n",
    b"1;" + b"e" * 200_000 + b"\r\nx\r\n0\r\n\r\n",
    b"1\r\nx\r\n" * 3000 + b"0\r\n\r\n",
    b"GET /v1/packs HTTP/1.1\r\nhost: localhost\r\n\r\n",
]
_JUNK = [
    b"",
    b"\r\n" * 3000,
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x00" * 500,
    b"\x05\x01\x00",
    b"HTTP/1.1 200 OK\r\n\r\n",
    b"GET",
    b"G",
    b"GET /v1/packs",
    b"GET /v1/packs HTTP/1.1",
    b"GET /v1/packs HTTP/1.1\r\nhost",
    b"POST /v1/packs HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{",
]


def draw_broken(random: Random, tokens: Sequence[str]) -> bytes:
    """Return bytes of which no more is known than that a client sent them.

    Their sender says that it has ended.
    """
    match random.randrange(10):
        case 0:
            return random.choice(_JUNK)
        case 1 | 2:
            return mutate(random, draw_message(random, tokens))
        case 3:
            whole = draw_message(random, tokens)
            return whole[: random.randrange(len(whole))]
        case 4:
            return draw_message(random, tokens) + random.choice(_JUNK)
        case 5:
            return random.randbytes(random.choice([1, 10, 100, 3000]))
    return _assemble(random)


def _assemble(random: Random) -> bytes:
    end = random.choice(_ENDS)
    start = b"%b %b %b" % (
        random.choice(_METHODS) if random.random() < 0.3 else b"POST",
        random.choice(_TARGETS) if random.random() < 0.4 else b"/v1/packs",
        random.choice(_VERSIONS) if random.random() < 0.3 else b"HTTP/1.1",
    )
    lines = random.choices(_LINES, k=random.randrange(5))
    if random.random() < 0.7:
        lines.insert(0, b"host: localhost")
    if random.random() < 0.02:
        lines += [b"x-%d: y" % number for number in range(400)]
    return end.join([start, *lines, b"", b""]) + random.choice(_BODIES)
