"""HTTP as the suite reads it: whole answers however they are framed, and nothing that is only half of one."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from conformance.http.connection import Connection
from conformance.http.connection_pool import MOST_BASE_URLS, MOST_CHUNKS, ConnectionPool
from conformance.http.reader import NoAnswer
from tests.conformance.targets import answering, behaving

OK = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture
def pool() -> Iterator[ConnectionPool]:
    opened = ConnectionPool(Connection(timeout_s=5))
    yield opened
    opened.close()


WHOLE = {
    "a length": (OK + b"Content-Length: 2\r\n\r\nab", b"ab"),
    "chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n", b"ab"),
    "until it closes": (OK + b"\r\nab", b"ab"),
    "nothing": (OK + b"Content-Length: 0\r\n\r\n", b""),
    "an early hint before": (
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nab",
        b"ab",
    ),
    "more than there is": (OK + b"Content-Length: 2\r\n\r\nabcd", b"ab"),
}


@pytest.mark.parametrize("framing", WHOLE)
def test_an_answer_is_read_to_its_end(pool: ConnectionPool, framing: str) -> None:
    raw, body = WHOLE[framing]
    with answering(raw) as url:
        answer = pool.exchange("GET", url, "/packs", [], None)
    assert (answer.status, answer.body) == (200, body)
    assert "link" not in dict(answer.headers)


def test_an_answer_to_head_has_no_body_whatever_its_length_says(pool: ConnectionPool) -> None:
    with answering(OK + b"Content-Length: 2\r\n\r\n") as url:
        answer = pool.exchange("HEAD", url, "/packs", [], None)
    assert (answer.status, answer.headers, answer.body) == (200, (("content-length", "2"),), b"")


HALF = {
    "nothing at all": b"",
    "half a head": OK + b"Content-Le",
    "half a body": OK + b"Content-Length: 3\r\n\r\nab",
    "a chunk without the last": OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
    "a hint and no more": b"HTTP/1.1 103 Early Hints\r\n\r\n",
    "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n",
    "a header without a colon": OK + b"nonsense\r\n\r\n",
}


@pytest.mark.parametrize("kind", HALF)
def test_what_is_no_whole_answer_is_none(pool: ConnectionPool, kind: str) -> None:
    with answering(HALF[kind]) as url, pytest.raises(NoAnswer, match="closed"):
        pool.exchange("GET", url, "/packs", [], None)


@contextmanager
def keeping(answer: bytes, take: Callable[[bytes], object]) -> Iterator[tuple[str, list[int]]]:
    """A server that answers request after request on one connection; its URL, and the connections that were made."""
    made: list[int] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            made.append(1)
            head = b""
            while line := self.rfile.readline():
                head += line
                if not line.strip():
                    take(head)
                    head = b""
                    self.wfile.write(answer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", made
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("headers", [[], [("Transfer-Encoding", "chunked")]], ids=["with-length", "in-chunks"])
def test_a_body_that_is_answered_before_its_end_is_sent_no_further(
    pool: ConnectionPool, headers: list[tuple[str, str]]
) -> None:
    """The answer counts, and the next request has a connection of its own."""
    refusal = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n"
    with keeping(refusal, lambda _: None) as (url, made):
        for _ in range(2):
            # Far more than the server reads: it takes the first lines for the next request's head.
            assert pool.exchange("POST", url, "/packs", headers, b"a" * 64 * 1024 * 1024).status == 413
        assert len(made) == 2


@pytest.mark.parametrize(("header", "connections"), [(b"", 1), (b"Connection: close\r\n", 3)])
def test_a_connection_is_kept_as_long_as_the_server_keeps_it(
    pool: ConnectionPool, header: bytes, connections: int
) -> None:
    answer = OK + header + b"Content-Length: 0\r\n\r\n"
    with keeping(answer, lambda _: None) as (url, made):
        for _ in range(3):
            assert pool.exchange("GET", url, "/packs", [], None).status == 200
        assert len(made) == connections


def test_a_request_goes_out_as_it_is(pool: ConnectionPool) -> None:
    heads: list[bytes] = []
    with keeping(OK + b"Content-Length: 0\r\n\r\n", heads.append) as (url, _):
        pool.exchange("PATCH", url, "/a/../b%2Fc?x=%20", [("X-One", "1"), ("X-One", "ä")], None)
    host = url.removeprefix("http://").removesuffix("/v1")
    assert heads[0].decode().split("\r\n") == [
        "PATCH /v1/a/../b%2Fc?x=%20 HTTP/1.1",
        f"Host: {host}",
        "X-One: 1",
        "X-One: ä",
        "Content-Length: 0",
        "",
        "",
    ]


@pytest.mark.parametrize(("length", "pieces"), [(0, 0), (1, 1), (100, 2), (1000, 16), (3 * 1024 * 1024, MOST_CHUNKS)])
def test_a_body_in_chunks_comes_whole_in_pieces(pool: ConnectionPool, length: int, pieces: int) -> None:
    content, taken = bytes(place % 251 for place in range(length)), []

    def answer(connection: socketserver.StreamRequestHandler) -> None:
        while size := int(connection.rfile.readline(), 16):
            taken.append(connection.rfile.read(size))
            connection.rfile.readline()
        connection.wfile.write(OK + b"Content-Length: 0\r\n\r\n")

    with behaving(answer) as url:
        pool.exchange("POST", url, "/packs", [("Transfer-Encoding", "chunked")], content)
    assert b"".join(taken) == content
    assert len(taken) == pieces


@pytest.mark.parametrize(
    ("target", "headers"),
    [("/a b", []), ("/a\r\nHost: b", []), ("/ä", []), ("/a", [("X-A", "1\r\nX-B: 2")]), ("/a", [("X A", "1")])],
    ids=str,
)
def test_what_http_does_not_allow_is_not_sent(
    pool: ConnectionPool, target: str, headers: list[tuple[str, str]]
) -> None:
    with answering(OK + b"Content-Length: 0\r\n\r\n") as url, pytest.raises(NoAnswer, match="cannot be sent"):
        pool.exchange("GET", url, target, headers, None)


def test_many_base_urls_of_one_server_share_its_connection(pool: ConnectionPool) -> None:
    """However many there were: each case of a load has a world of its own."""
    asked: list[bytes] = []
    with keeping(OK + b"Content-Length: 0\r\n\r\n", asked.append) as (url, connections):
        for number in range(MOST_BASE_URLS + 20):
            pool.exchange("GET", f"{url}/_worlds/{number}", "/packs", [], None)
    assert len(asked) == MOST_BASE_URLS + 20
    assert len(connections) == 1
