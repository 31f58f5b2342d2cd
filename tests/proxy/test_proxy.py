"""The proxy itself: what it leaves alone passes byte for byte, and each function does what it says."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests import plain
from tests.live import served_mock
from tests.proxy.behaviour import Behaviour
from tests.proxy.delivery import LOST, TIMED_OUT, Delivery, Idle
from tests.proxy.messages import Answer, Request
from tests.proxy.proxy import Proxy, proxying
from tests.proxy.stream import Dropped

ASKED = b"GET /a%2Fb//c/../d?x=%00 HTTP/1.1\r\nHost: h\r\nX-ODD:  spaced \r\nx-odd: twice\r\n\r\n"
SAID = b"HTTP/1.1 200 Fine by me\r\nX-ODD:  as sent\r\ncontent-length: 4\r\n\r\nbody"


class Server:
    """A server that says the same to everything, and keeps the bytes that it was sent."""

    def __init__(self, says: bytes) -> None:
        self.says, self.read = says, b""
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            with connection:
                while piece := connection.recv(65536):
                    self.read += piece
                    if self.read.endswith((b"\r\n\r\n", b"end")):
                        connection.sendall(self.says)


@contextmanager
def before(says: bytes = SAID) -> Iterator[tuple[Proxy, Server]]:
    server = Server(says)
    with server.listening, proxying(server.origin) as proxy:
        yield proxy, server
        server.listening.shutdown(socket.SHUT_RDWR)


def ask(proxy: Proxy, *sent: bytes) -> bytes:
    """What comes, to the end of the connection, in answer to requests that are sent one after the other's answer."""
    came = b""
    with socket.create_connection(("127.0.0.1", int(proxy.origin.rpartition(":")[2])), timeout=10) as connection:
        for each in sent:
            connection.sendall(each)
            if not (piece := connection.recv(65536)):
                return came
            came += piece
        connection.shutdown(socket.SHUT_WR)
        while piece := connection.recv(65536):
            came += piece
    return came


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nbo\r\n2\r\ndy\r\n0\r\nTrailer: t\r\n\r\n"
UNTIL_CLOSE = b"HTTP/1.0 200 OK\r\nX: y\r\n\r\nbody"
WITH_BODY = b"POST /p HTTP/1.1\r\nContent-Length: 6\r\n\r\n123end"
IN_CHUNKS = b"POST /p HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n123\r\n3\r\nend\r\n0\r\n\r\n"


@pytest.mark.parametrize("says", [SAID, CHUNKED], ids=["length", "chunks"])
@pytest.mark.parametrize("asked", [ASKED, WITH_BODY, IN_CHUNKS], ids=["odd", "body", "chunks"])
def test_what_is_left_alone_passes_byte_for_byte(asked: bytes, says: bytes) -> None:
    with before(says) as (proxy, server):
        assert ask(proxy, asked, asked) == says * 2
        assert server.read == asked * 2
        assert proxy.connections == 1
    assert {each.answer.body for each in proxy.answered} == {b"body"}
    if asked is not ASKED:
        assert {request.body for request in proxy.passed} == {b"123end"}


def test_functions_meet_a_request_in_their_order_and_those_of_each_behaviour_after_each_other() -> None:
    order: list[str] = []
    first, second = (Behaviour(), Behaviour())

    def noting(name: str) -> Callable[[Request, Answer], Answer]:
        return lambda _, answer: order.append(name) or answer.with_header("X-Last", name)

    with before() as (proxy, server):
        proxy.changes = lambda request: request.with_header("X-Odd", "changed")
        first.replaces, second.replaces = noting("first"), noting("second")
        second.answers = lambda request: Answer(429) if request.path == "/p" else None
        proxy.add(first, second)
        assert b"X-Last: second\r\n" in ask(proxy, ASKED)
        assert ask(proxy, WITH_BODY).startswith(b"HTTP/1.1 429 Too Many Requests\r\n")
    assert order == ["first", "second"] * 2
    assert server.read.count(b"X-Odd: changed") == 1
    assert b"twice" not in server.read
    assert [each.answer.status for each in proxy.answered] == [200, 429]


DELIVERIES = {
    "hints": (Delivery(hints=2), lambda came: came.count(b"HTTP/1.1 103 ") == 2 and came.endswith(SAID)),
    "old": (Delivery(old=True), lambda came: came.startswith(b"HTTP/1.0 200 ") and b"ength" not in came),
    "drip": (Delivery(piece=3, pause_s=0.0001), lambda came: came == SAID),
    "chunked": (Delivery(chunked=True), lambda came: came.endswith(b"chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n")),
    "lost": (LOST, lambda came: came == b""),
    "in-head": (Delivery(cut=20), lambda came: came == SAID[:20]),
    "in-body": (Delivery(cut=2, cut_in_body=True), lambda came: came == SAID[:-2]),
    "timed-out": (Delivery(idle=Idle.TIMED_OUT), lambda came: came == SAID + TIMED_OUT),
    "closed": (Delivery(idle=Idle.CLOSED), lambda came: came == SAID),
}


@pytest.mark.parametrize("kind", DELIVERIES)
def test_an_answer_leaves_as_is_said(kind: str) -> None:
    delivery, came = DELIVERIES[kind]
    with before() as (proxy, _):
        proxy.delivers = lambda *_: delivery
        assert came(ask(proxy, ASKED))


@pytest.mark.parametrize("idle", [Idle.CLOSED_AT_NEXT, Idle.RESET_AT_NEXT])
def test_a_connection_may_end_as_a_request_comes(idle: Idle) -> None:
    """The first one of a new connection too, and nothing of it is passed on."""
    with before() as (proxy, server):
        proxy.delivers = lambda *_: Delivery(idle=idle)
        proxy.meets = lambda number: idle if number else Idle.KEPT
        for _ in range(2):
            try:
                assert ask(proxy, ASKED, ASKED) in (SAID, b"")
            except ConnectionResetError:
                assert idle is Idle.RESET_AT_NEXT
    assert server.read == ASKED


def test_a_function_may_drop_a_connection() -> None:
    def drops(_: Request) -> None:
        raise Dropped

    with before() as (proxy, server):
        proxy.answers = drops
        assert ask(proxy, ASKED) == b""
    assert server.read == b""
    assert len(proxy.passed) == 1


def test_a_waiting_function_holds_up_no_other_connection() -> None:
    """Many are alive at a time."""
    waiting, go = threading.Semaphore(0), threading.Event()

    def waits(request: Request) -> None:
        if request.path == "/p":
            waiting.release()
            go.wait()

    with before() as (proxy, _):
        proxy.answers = lambda request: waits(request) or Answer(204)
        threads = [threading.Thread(target=ask, args=(proxy, WITH_BODY)) for _ in range(100)]
        for thread in threads:
            thread.start()
        for _ in threads:
            waiting.acquire()
        assert ask(proxy, ASKED).startswith(b"HTTP/1.1 204 ")
        go.set()
        for thread in threads:
            thread.join()
    assert len(proxy.answered) == 101


def test_a_body_that_the_server_refused_unread_is_no_part_of_the_next_request() -> None:
    """The mock says 413 by the declared length, and the proxy sends no more of it."""
    long = b"POST /v1/packs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8388608\r\n\r\n" + bytes(8 * 1024 * 1024)
    asked = b"GET /v1/packs HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with served_mock() as origin, proxying(origin) as proxy:
        came = ask(proxy, long, asked, asked)
    assert [it.answer.status for it in proxy.answered] == [413, 401, 401]
    assert came.count(b"HTTP/1.1 401") == 2


NO_JSON = {"empty": b"", "cut": b"{", "no text": b"\xff", "deep": b"[" * 100_000 + b"]" * 100_000}


@pytest.mark.parametrize("body", NO_JSON.values(), ids=NO_JSON)
def test_a_function_may_ask_for_json_of_whatever_was_sent(body: bytes) -> None:
    """A body nested too deeply to be read is none, like any other that is no JSON."""
    asked = b"POST /p HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    read: list[object] = []
    with before() as (proxy, _):
        proxy.answers = lambda request: Answer(200, body=request.body)
        proxy.sees = lambda request, answer: read.extend((request.json, answer.json))
        assert ask(proxy, asked).startswith(b"HTTP/1.1 200 OK\r\n")
    assert read == [None, None]


def test_a_stream_passes_as_it_comes() -> None:
    """Its beginning may be changed as any answer; what else comes is passed on byte for byte, until somebody closes."""
    with served_mock() as origin, proxying(origin) as proxy:
        url = f"{proxy.origin}/_worlds/stream/v1/activity/stream"
        headers = {"Authorization": "Bearer sk_mock_acme_full_access_1001"}
        with plain.stream("GET", url, headers=headers, timeout=20) as answer:
            parts = answer.iter_text()
            assert next(parts) == ": heartbeat\n\n"
            state = {"org_id": "org_acme", "workspace_id": "ws_acme_provisioning", "status": "idle"}
            setup = {"action": "setup", "state": "workspace is", "params": state}
            plain.post(f"{origin}/_mock/worlds/stream/states", json=setup).raise_for_status()
            assert next(parts).startswith("event: activity\n")
