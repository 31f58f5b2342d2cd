"""A stream that is followed: what comes is told as it comes, and how it ended."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from socketserver import StreamRequestHandler
from threading import Event

import pytest

from conformance.http.connection import Connection
from conformance.http.connection_pool import ConnectionPool
from conformance.http.event_stream import Following, StreamReading
from tests.conformance.targets import behaving

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
COMMENT, EVENT = b": here\n\n", b'event: activity\nid: 1\ndata: {"id":"1"}\n\n'
END = b"0\r\n\r\n"
Sends = Callable[[Callable[[bytes], None], Callable[[], object]], None]


def chunk(content: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(content), content)


@contextmanager
def followed(sends: Sends) -> Iterator[Following]:
    """A stream of a server that sends this after the head, while it is read."""

    def answer(connection: StreamRequestHandler) -> None:
        def send(content: bytes) -> None:
            connection.wfile.write(content)
            connection.wfile.flush()

        send(HEAD)
        sends(send, connection.rfile.read)

    following, pool = Following(), ConnectionPool(Connection())
    with behaving(answer) as url, ThreadPoolExecutor(1) as threads:
        reading = StreamReading(following=following)
        read = threads.submit(pool.exchange, "GET", url, "/stream", (), None, reading=reading)
        try:
            assert following.wait_for_begin(read.done)
            yield following
        finally:
            following.leave()
        assert read.result().status == 200
    pool.close()


def test_what_comes_is_told_as_it_comes() -> None:
    heard = Event()

    def sends(send: Callable[[bytes], None], wait: Callable[[], object]) -> None:
        send(chunk(COMMENT))
        heard.wait()
        send(chunk(EVENT[:10]) + chunk(EVENT[10:]))
        wait()

    with followed(sends) as following:
        assert following.wait(lambda content: content.comments == 1, 60)
        assert not following.content.events
        heard.set()
        assert following.wait(lambda content: [each.id for each in content.events] == ["1"], 60)
        assert following.ended_at is None
        first = following.comments_at[0] - following.begun_at
    assert 0 <= first < 60
    assert following.ended_at is None, "it was left before its end"


@pytest.mark.parametrize(("last", "cut"), [(END, False), (b"", True), (b"no chunk", True)], ids=["told", "cut", "torn"])
def test_how_it_ended_is_told(last: bytes, cut: bool) -> None:
    def sends(send: Callable[[bytes], None], _wait: Callable[[], object]) -> None:
        send(chunk(COMMENT))
        send(chunk(EVENT) + last)

    with followed(sends) as following:
        assert following.wait_for_end(60)
        assert following.cut is cut
        assert [each.id for each in following.content.events] == ["1"]
        assert following.ended_at is not None


def test_the_time_in_which_something_comes_is_bounded() -> None:
    def sends(send: Callable[[bytes], None], wait: Callable[[], object]) -> None:
        send(chunk(COMMENT))
        wait()

    with followed(sends) as following:
        started = time.monotonic()
        assert not following.wait(lambda content: bool(content.events), 0.2)
        assert not following.wait_for_end(0.1)
        assert time.monotonic() - started < 60
