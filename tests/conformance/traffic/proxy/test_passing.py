"""What passes is not changed: bytes, their timing, and how connections end."""

from __future__ import annotations

import asyncio
import select
import socket
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from conformance.traffic.proxy.passing.server_side import end_sending
from tests import plain
from tests.conformance.certificates import certified
from tests.conformance.traffic.proxy.behind import (
    PATIENCE_S,
    Served,
    asked,
    behind,
    came,
    connected,
    saying,
    until_closed,
)
from tests.conformance.traffic.proxy.proxied import proxied
from tests.listening import listening

GET = b"GET /v1/packs HTTP/1.1\r\nHost: a.example\r\n\r\n"
ODD = b"HTTP/1.1 200 Fine by me\r\nX-ODD:  as sent\r\nx-odd: twice\r\ncontent-length: 4\r\n\r\nbody"
ANSWERS = {
    "odd": ODD,
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nbo\r\n02\r\ndy\r\n0\r\nT: t\r\n\r\n",
    "hints": b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ODD,
    "no content": b"HTTP/1.1 204 No Content\r\nX: y\r\n\r\n",
    "lengths": b"HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n",
    "gateway": b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 4\r\n\r\noops",
    "bare line feeds": b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
    "no phrase": b"HTTP/1.1 299\r\nContent-Length: 2\r\n\r\nok",
    "no HTTP": b"HELLO\r\n\r\n",
}


@pytest.mark.parametrize("said", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_passes_byte_for_byte(said: bytes) -> None:
    with behind(saying(said)) as server, proxied(server.origin) as proxy:
        assert asked(proxy.url, GET, said) == said


NOT_LOOPBACK = "0.0.0.0"  # noqa: S104  # nothing listens there: it is a name of this machine for who connects
HOSTS = {
    "as it came": ("127.0.0.1", (), b"a.example"),
    "of localhost": ("localhost", (), b"a.example"),
    "of the target": ("127.0.0.1", ("--host-header", "target"), None),
    "of no server on loopback": (NOT_LOOPBACK, (), None),
    "kept all the same": (NOT_LOOPBACK, ("--host-header", "keep"), b"a.example"),
    "another": ("127.0.0.1", ("--host-header", "api.example:8443"), b"api.example:8443"),
}


@pytest.mark.parametrize(("name", "options", "host"), HOSTS.values(), ids=HOSTS)
def test_of_a_request_two_headers_change_and_the_host_as_it_is_asked(
    name: str, options: tuple[str, ...], host: bytes | None
) -> None:
    """All other bytes are as they came: the order of headers, their case and spaces, and what is sent twice."""
    body = b"3;x\r\nabc\r\n0\r\nT: t\r\n\r\n"
    sent = (
        b"POST /v1/a%2Fb//c/..%2fd?x=%00&y HTTP/1.1\r\nX-ODD:  spaced \r\nHOST: a.example\r\nx-odd: twice\r\n"
        b"Accept-Encoding: br, gzip;q=0.5, zstd\r\nX-Conformance-Test: checkout\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    with behind(saying(ODD, body)) as server:
        target = server.origin.replace("127.0.0.1", name)
        with proxied(target, *options) as proxy:
            asked(proxy.url, sent + body, ODD)
        expected = sent.replace(b"a.example", host or target.removeprefix("http://").encode())
        expected = expected.replace(b" br, gzip;q=0.5, zstd", b" gzip;q=0.5")
        assert server.read == expected.replace(b"X-Conformance-Test: checkout\r\n", b"") + body


def test_a_server_may_be_below_a_path() -> None:
    with behind(saying(ODD)) as server, proxied(f"{server.origin}/gateway/") as proxy:
        asked(proxy.url, GET, ODD)
        assert server.read.startswith(b"GET /gateway/v1/packs HTTP/1.1\r\n")


def test_the_answer_to_head_has_no_body() -> None:
    """The next answer follows at once, on the same connection."""

    def twice(served: Served) -> None:
        served.until(b"\r\n\r\n")
        served.says(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        served.until(b"/second")
        served.says(ODD)

    with behind(twice) as server, proxied(server.origin) as proxy, connected(proxy.url) as connection:
        connection.sendall(GET.replace(b"GET", b"HEAD"))
        assert came(connection, b"\r\n\r\n") == b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
        connection.sendall(GET.replace(b"packs", b"second"))
        assert came(connection, b"body") == ODD


def test_requests_that_do_not_wait_are_answered_in_their_order() -> None:
    def does(served: Served) -> None:
        for number in range(3):
            served.until(b"/%d HTTP" % number)
            served.says(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n%d" % number)

    sent = b"".join(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % number for number in range(3))
    with behind(does) as server, proxied(server.origin) as proxy:
        said = asked(proxy.url, sent, b"\r\n\r\n2")
    assert [each[-1:] for each in said.split(b"HTTP/1.1 200 OK")[1:]] == [b"0", b"1", b"2"]


def test_a_stream_passes_event_by_event() -> None:
    """Each event is there before the next one is sent."""
    go = threading.Semaphore(0)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

    def does(served: Served) -> None:
        served.until(b"\r\n\r\n")
        served.says(head)
        for number in range(3):
            go.acquire(timeout=20)
            served.says(b"9\r\ndata: %d\n\n\r\n" % number)

    with behind(does) as server, proxied(server.origin) as proxy, connected(proxy.url) as connection:
        connection.sendall(GET)
        assert came(connection, b"\r\n\r\n") == head
        for number in range(3):
            go.release()
            assert came(connection, b"\n\n\r\n") == b"9\r\ndata: %d\n\n\r\n" % number
        assert until_closed(connection) == (b"", False)


CUT = {
    "in its head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "in its body": b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
    "in a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhalf",
    "before it begins": b"",
}


@pytest.mark.parametrize("abruptly", [False, True], ids=["closed", "reset"])
@pytest.mark.parametrize("said", CUT.values(), ids=CUT)
def test_an_answer_that_the_server_cuts_is_cut(said: bytes, abruptly: bool) -> None:
    """It ends as it would without the proxy: with what came, and with a reset where that is one."""

    def does(served: Served) -> None:
        served.until(b"\r\n\r\n")
        served.says(said)
        if abruptly:
            go.wait(20)
            served.reset()

    go = threading.Event()
    with behind(does) as server, proxied(server.origin) as proxy, connected(proxy.url) as connection:
        connection.sendall(GET)
        if said:
            assert came(connection, said) == said
        go.set()
        assert until_closed(connection) == (b"", abruptly)


def test_an_answer_without_a_length_ends_with_its_connection() -> None:
    said = b"HTTP/1.0 200 OK\r\nX: y\r\n\r\nbody"

    def does(served: Served) -> None:
        served.until(b"\r\n\r\n")
        served.says(said)

    with behind(does) as server, proxied(server.origin) as proxy, connected(proxy.url) as connection:
        connection.sendall(GET)
        assert until_closed(connection) == (said, False)


def test_the_server_may_answer_before_it_has_the_body() -> None:
    """It is sent the rest of the body all the same, and then the next request."""
    refused = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n"

    def does(served: Served) -> None:
        served.until(b"\r\n\r\n")
        served.says(refused)
        served.until(b"the end")
        served.until(b"/second")
        served.says(ODD)

    with behind(does) as server, proxied(server.origin) as proxy, connected(proxy.url) as connection:
        connection.sendall(b"POST /v1/packs HTTP/1.1\r\nHost: a\r\nContent-Length: 17\r\n\r\n")
        assert came(connection, refused) == refused
        connection.sendall(b"body, to " + b"its the end"[3:] + GET.replace(b"packs", b"second"))
        assert came(connection, b"body") == ODD


def test_what_is_no_http_any_more_passes_both_ways() -> None:
    switched = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n"

    def does(served: Served) -> None:
        served.until(b"\r\n\r\n")
        served.says(switched)
        served.until(b"\x00hello")
        served.says(b"\x00hello back")

    with behind(does) as server, proxied(server.origin) as proxy, connected(proxy.url) as connection:
        connection.sendall(GET.replace(b"\r\n\r\n", b"\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n"))
        assert came(connection, b"\r\n\r\n") == switched
        connection.sendall(b"\x00hello")
        assert came(connection, b"back") == b"\x00hello back"


def test_a_client_may_end_its_side_before_the_answer() -> None:
    def does(served: Served) -> None:
        served.until(b"\r\n\r\n")
        assert served.connection.recv(1) == b""
        served.says(ODD)

    with behind(does) as server, proxied(server.origin) as proxy, connected(proxy.url) as connection:
        connection.sendall(GET)
        connection.shutdown(socket.SHUT_WR)
        assert until_closed(connection) == (ODD, False)


def test_a_length_of_thousands_of_digits_passes_unread() -> None:
    sent = b"POST /v1/packs HTTP/1.1\r\nHost: a\r\nContent-Length: %s\r\n\r\n{}" % (b"9" * 6000)
    with behind(saying(ODD, end=b"{}")) as server, proxied(server.origin) as proxy:
        assert asked(proxy.url, sent, b"body") == ODD
    assert server.read == sent


def test_a_connection_that_was_reset_can_be_told_its_end() -> None:
    """The proxy does so where server and client go at once: before asyncio has told it that the client has."""

    async def end_of_reset() -> None:
        with socket.create_server(("127.0.0.1", 0)) as theirs:
            transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, *theirs.getsockname())
            Served(theirs.accept()[0]).reset()
            waiting = select.poll()
            waiting.register(transport.get_extra_info("socket").fileno(), select.POLLHUP)
            assert waiting.poll(PATIENCE_S * 1000)
            end_sending(transport)
            transport.abort()

    asyncio.run(end_of_reset())


def test_a_client_that_leaves_is_seen_to_leave() -> None:
    left = threading.Event()

    def does(served: Served) -> None:
        served.until(b"\r\n\r\n")
        try:
            gone = served.connection.recv(1) == b""
        except ConnectionResetError:
            gone = True
        if gone:
            left.set()

    with behind(does) as server, proxied(server.origin) as proxy:
        with connected(proxy.url) as connection:
            connection.sendall(GET)
            while not server.connections or b"\r\n\r\n" not in server.read:
                threading.Event().wait(0.01)
        assert left.wait(20)


def test_that_the_server_is_not_reached_is_told_apart() -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        origin = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    with proxied(origin) as proxy:
        answer = plain.post(f"{proxy.url}/v1/packs", content=b"x" * 1_000_000)
        assert answer.status_code == 502
        assert answer.headers["x-conformance-proxy"] == "server not reached"
        assert answer.headers["content-type"] == "application/problem+json"
        assert f"{origin} could not be reached: nothing listens there" in answer.json()["detail"]
        assert proxy.end() == 3
        said = proxy.said()
    assert "nothing listens there" in said
    assert "0 rules judged" in said or "no exchange" in said


def test_a_server_with_tls_is_reached_by_who_knows_its_authority(tmp_path: Path) -> None:
    of_server = certified(tmp_path)

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.wfile.write(ODD)

        def log_message(self, *_: object) -> None:
            pass

    with listening(Answers, of_server.context) as origin:
        with proxied(origin, "--cacert", of_server.authority) as proxy:
            assert asked(proxy.url, GET, ODD) == ODD
        with proxied(origin) as proxy:
            answer = plain.get(f"{proxy.url}/v1/packs")
            assert answer.headers["x-conformance-proxy"] == "server not reached"
            assert "is not trusted" in answer.json()["detail"]
            assert "--cacert" in answer.json()["detail"]


def test_another_server_is_not_asked() -> None:
    with behind(saying(ODD)) as server, proxied(server.origin) as proxy:
        whole = b"GET %s/v1/packs HTTP/1.1\r\nHost: a\r\n\r\n" % server.origin.encode()
        assert asked(proxy.url, whole, ODD) == ODD
        assert server.read.startswith(b"GET /v1/packs HTTP/1.1\r\n")
        other = b"GET http://elsewhere.example/v1/packs HTTP/1.1\r\nHost: a\r\n\r\n"
        assert asked(proxy.url, other, b"}").startswith(b"HTTP/1.1 421 ")
        assert asked(proxy.url, b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", b"}").startswith(b"HTTP/1.1 501 ")
