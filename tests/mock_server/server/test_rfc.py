"""RFC 9110 and 9112 on framing, hosts and methods, case by case, over raw sockets."""

from dataclasses import dataclass

import pytest

from tests.mock_server.server.raw import CLOSE, HOST, JSON, KEY, connected, request, statuses, told, until_closed

pytestmark = pytest.mark.long

CHUNKED = b"transfer-encoding: chunked\r\n"
END = b"0\r\n\r\n"
PATCH = "/v1/packs/pack_acme_pager"
BODY = b'{"visibility":"community"}'
IN_CHUNKS = b"%x\r\n%b\r\n" % (len(BODY), BODY) + END


def raw(line: bytes, *headers: bytes, body: bytes = b"") -> bytes:
    """A request with no other headers than these."""
    return b"".join([line, b"\r\n", *headers, b"\r\n", body])


def patch(*headers: bytes, body: bytes) -> bytes:
    """A change of a pack whose framing is in its headers."""
    return raw(f"PATCH {PATCH} HTTP/1.1".encode(), HOST, KEY, JSON, *headers, body=body)


@dataclass(frozen=True)
class Case:
    """What is sent before a last request, and the statuses of the answers, that of the last request among them."""

    section: str
    sent: bytes
    expected: tuple[int, ...]


GET = b"GET /v1/packs HTTP/1.1"
CASES = {
    "no Host": Case("9112 3.2", raw(GET, KEY), (400,)),
    "two Hosts": Case("9112 3.2", raw(GET, HOST, HOST, KEY), (400,)),
    "an empty Host": Case("9112 3.2", raw(GET, b"host: \r\n", KEY), (400,)),
    "a Host with a blank": Case("9112 3.2", raw(GET, b"host: local host\r\n", KEY), (400,)),
    "a Host with a path": Case("9112 3.2", raw(GET, b"host: localhost/v1\r\n", KEY), (400,)),
    "a Host with a user": Case("9112 3.2", raw(GET, b"host: me@localhost\r\n", KEY), (400,)),
    "a Host with a scheme": Case("9112 3.2", raw(GET, b"host: http://localhost\r\n", KEY), (400,)),
    "a Host whose port is a word": Case("9112 3.2", raw(GET, b"host: localhost:http\r\n", KEY), (400,)),
    "a Host with a comma": Case("9112 3.2", raw(GET, b"host: localhost, localhost\r\n", KEY), (400,)),
    "a Host with a port": Case("9112 3.2", raw(GET, b"host: localhost:4010\r\n", KEY), (200, 200)),
    "a Host with an empty port": Case("9110 4.2.3", raw(GET, b"host: localhost:\r\n", KEY), (200, 200)),
    "a Host of IPv6": Case("9110 4.2", raw(GET, b"host: [::1]:4010\r\n", KEY), (200, 200)),
    "blanks around a Host": Case("9112 5.1", raw(GET, b"host: \t localhost \t\r\n", KEY), (200, 200)),
    "no Host in HTTP/1.0": Case("9112 3.2", raw(b"GET /v1/packs HTTP/1.0", KEY), (200,)),
    "an absolute target": Case("9112 3.2.2", raw(b"GET http://localhost/v1/packs HTTP/1.1", HOST, KEY), (200, 200)),
    "an authority as target": Case("9112 3.2.3", raw(b"GET localhost:80 HTTP/1.1", HOST, KEY), (400,)),
    "a blank in the target": Case("9112 3.2", raw(b"GET /v1/pa cks HTTP/1.1", HOST, KEY), (400,)),
    "a fragment in the target": Case("9112 3.2", raw(b"GET /v1/packs#top HTTP/1.1", HOST, KEY), (400,)),
    "HTTP/1.2": Case("9110 6.2", raw(b"GET /v1/packs HTTP/1.2", HOST, KEY), (400,)),
    "HTTP/2.0": Case("9110 6.2", raw(b"GET /v1/packs HTTP/2.0", HOST, KEY), (400,)),
    "http in small letters": Case("9112 2.3", raw(b"GET /v1/packs http/1.1", HOST, KEY), (400,)),
    "a method in small letters": Case("9110 9.1", raw(b"get /v1/packs HTTP/1.1", HOST, KEY), (400,)),
    "an unknown method": Case("9110 9.1", raw(b"FETCH /v1/packs HTTP/1.1", HOST, KEY), (400,)),
    "an empty line before": Case("9112 2.2", b"\r\n" + raw(GET, HOST, KEY), (200, 200)),
    "a blank before a colon": Case("9112 5.1", raw(GET, HOST, KEY, b"x-more : 1\r\n"), (400,)),
    "a line without a colon": Case("9112 5", raw(GET, HOST, KEY, b"x-more\r\n"), (400,)),
    "a folded line": Case("9112 5.2", raw(GET, HOST, KEY, b"x-more: 1\r\n 2\r\n"), (400,)),
    "a NUL in a value": Case("9110 5.5", raw(GET, HOST, KEY, b"x-more: \0\r\n"), (400,)),
    "a bare CR in a value": Case("9112 2.2", raw(GET, HOST, KEY, b"x-more: 1\r2\r\n"), (400,)),
    "two equal lengths": Case(
        "9112 6.3", patch(b"content-length: 26\r\n", b"content-length: 26\r\n", body=BODY), (400,)
    ),
    "two lengths": Case("9112 6.3", patch(b"content-length: 26\r\n", b"content-length: 1\r\n", body=BODY), (400,)),
    "a length with a sign": Case("9110 8.6", patch(b"content-length: +26\r\n", body=BODY), (400,)),
    "a length in hex": Case("9110 8.6", patch(b"content-length: 0x1a\r\n", body=BODY), (400,)),
    "a length past all": Case("9110 8.6", patch(b"content-length: 99999999999999999999\r\n", body=BODY), (400,)),
    "a length beside chunks": Case("9112 6.1", patch(b"content-length: 26\r\n", CHUNKED, body=IN_CHUNKS), (400,)),
    "chunks": Case("9112 7.1", patch(CHUNKED, body=IN_CHUNKS), (200, 200)),
    "chunks by another case": Case("9112 7", patch(b"transfer-encoding: Chunked\r\n", body=IN_CHUNKS), (200, 200)),
    "chunks with an extension": Case(
        "9112 7.1.1", patch(CHUNKED, body=b"1a;a=b\r\n" + BODY + b"\r\n" + END), (200, 200)
    ),
    "chunks with a trailer": Case("9112 7.1.2", patch(CHUNKED, body=IN_CHUNKS[:-2] + b"x-more: 1\r\n\r\n"), (200, 200)),
    "a chunk that is too long": Case("9112 7.1", patch(CHUNKED, body=b"1b\r\n" + BODY + b"\r\n" + END), (400,)),
    "a chunk of no number": Case("9112 7.1", patch(CHUNKED, body=b"\r\n" + BODY + b"\r\n" + END), (400,)),
    "a chunk with a blank": Case("9112 7.1", patch(CHUNKED, body=b" 1a\r\n" + BODY + b"\r\n" + END), (400,)),
    "a coding after chunks": Case("9112 6.3", patch(b"transfer-encoding: chunked, gzip\r\n", body=END), (400,)),
    "a coding before chunks": Case("9112 6.1", patch(b"transfer-encoding: gzip, chunked\r\n", body=END), (501,)),
    "an unknown coding": Case("9112 6.1", patch(b"transfer-encoding: nothing\r\n", body=b""), (501,)),
    "identity": Case("9112 6.1", patch(b"transfer-encoding: identity\r\n", body=b""), (501,)),
    "chunks twice": Case("9112 7", patch(b"transfer-encoding: chunked, chunked\r\n", body=IN_CHUNKS), (400,)),
    "chunks in HTTP/1.0": Case(
        "9112 6.1", raw(f"PATCH {PATCH} HTTP/1.0".encode(), HOST, KEY, JSON, CHUNKED, body=IN_CHUNKS), (400,)
    ),
    "an unknown expectation": Case(
        "9110 10.1.1", patch(b"expect: 200-ok\r\n", b"content-length: 26\r\n", body=BODY), (200, 200)
    ),
    "CONNECT": Case("9110 9.3.6", raw(b"CONNECT localhost:80 HTTP/1.1", HOST), (400,)),
    "OPTIONS of all": Case("9110 9.3.7", raw(b"OPTIONS * HTTP/1.1", HOST), (404, 200)),
    "GET of all": Case("9112 3.2.4", raw(b"GET * HTTP/1.1", HOST, KEY), (400,)),
}


@pytest.mark.parametrize("name", CASES)
def test_a_request_is_framed_and_addressed_as_the_standard_says(origin: str, name: str) -> None:
    """The last request is answered where the one before it is whole, and never taken for a part of it."""
    case = CASES[name]
    answer = told(origin, case.sent + CLOSE)
    assert tuple(statuses(answer)) == case.expected, f"RFC {case.section}: {answer!r}"


@pytest.mark.parametrize("broken", [b"x-more\r\n", b"host: \r\n", b"transfer-encoding: nothing\r\n"])
def test_a_refusal_of_head_has_no_body(origin: str, broken: bytes) -> None:
    """RFC 9110 9.3.2."""
    host = b"" if broken.startswith(b"host") else HOST
    head, _, body = told(origin, raw(b"HEAD /v1/packs HTTP/1.1", host, broken)).partition(b"\r\n\r\n")
    assert head.split(b" ", 2)[1] in {b"400", b"501"}
    assert body == b""


def test_who_speaks_the_version_before_is_told_nothing_in_between(origin: str) -> None:
    """RFC 9110 10.1.1: 100 (Continue) is for HTTP/1.1."""
    line = f"PATCH {PATCH} HTTP/1.0".encode()
    sent = raw(line, HOST, KEY, JSON, b"expect: 100-continue\r\n", b"content-length: 26\r\n", body=BODY)
    assert statuses(told(origin, sent)) == [200]


@pytest.mark.parametrize("count", [1, 3])
def test_who_ends_the_own_side_gets_the_answers_that_are_owed(origin: str, count: int) -> None:
    """RFC 9112 9.6: the server answers what came before it closes."""
    with connected(origin) as connection:
        connection.sendall(request("GET", "/v1/packs") * count)
        connection.shutdown(1)
        assert statuses(until_closed(connection)) == [200] * count


def test_who_ends_the_own_side_in_a_body_gets_no_success(origin: str) -> None:
    """RFC 9112 8: a message that ends before its length is incomplete."""
    with connected(origin) as connection:
        connection.sendall(patch(b"content-length: 30\r\n", body=BODY))
        connection.shutdown(1)
        assert 200 not in statuses(until_closed(connection))
