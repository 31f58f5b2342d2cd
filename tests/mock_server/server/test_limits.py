"""Clients that are slow, many, or do not listen: they end in their time, and nobody else notices."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from mock_server import Settings, create_app
from mock_server.server import Limits
from tests import plain
from tests.mock_server.server.raw import CLOSE, HOST, JSON, KEY, connected, request, statuses, until_closed
from tests.mock_server.serving import served

BEGUN = b"POST /v1/packs HTTP/1.1\r\n" + HOST + KEY + JSON
MOST = 20
SLOW = {
    "a letter": b"G",
    "no end of headers": BEGUN,
    "no end of body": BEGUN + b"content-length: 10\r\n\r\n{",
    "no last chunk": BEGUN + b"transfer-encoding: chunked\r\n\r\n1\r\n{\r\n",
    "a second request": request("GET", "/v1/packs") + BEGUN,
    "answered early": request("GET", "/v1/packs", b"content-length: 10\r\n"),
}


@pytest.fixture(scope="module")
def strict() -> Iterator[str]:
    """A mock that waits for nobody longer than a second, and keeps few connections."""
    with served(create_app(Settings(max_body=1000)), Limits(timeout=1, max_connections=MOST)) as url:
        yield url


@pytest.fixture(scope="module")
def ended(strict: str) -> dict[str, bytes]:
    """What each of some slow clients was told before its connection ended; all of them wait side by side."""
    with ExitStack() as open_ones:
        waiting = {name: open_ones.enter_context(connected(strict)) for name in SLOW}
        for name, connection in waiting.items():
            connection.sendall(SLOW[name])
        return {name: until_closed(connection) for name, connection in waiting.items()}


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("a letter", b"headers"),
        ("no end of headers", b"headers"),
        ("no end of body", b"body"),
        ("no last chunk", b"body"),
    ],
)
def test_a_request_that_never_comes_whole_is_refused_in_time(ended: dict[str, bytes], name: str, part: bytes) -> None:
    answer = ended[name]
    assert statuses(answer) == [400]
    assert b"validation_error" in answer
    assert b"Its %b did not come whole within 1 s." % part in answer


def test_the_answer_that_came_first_is_kept(ended: dict[str, bytes]) -> None:
    assert statuses(ended["a second request"]) == [200, 400]


def test_a_body_that_nobody_asked_for_is_not_waited_for_either(ended: dict[str, bytes]) -> None:
    assert statuses(ended["answered early"]) == [200]


def test_who_takes_no_answer_is_dropped(strict: str) -> None:
    """Its own buffers are small; what it asks for is answered until nothing more goes out."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(60)
        address, _, port = strict.removeprefix("http://").partition(":")
        connection.connect((address, int(port)))
        with pytest.raises(ConnectionError):
            connection.sendall(request("GET", "/_mock/contract") * 1_000_000)


def test_past_the_most_the_connection_goes_that_asks_for_nothing(strict: str) -> None:
    with ExitStack() as open_ones:
        idle = [open_ones.enter_context(connected(strict)) for _ in range(3 * MOST)]
        idle[-1].sendall(CLOSE)
        assert statuses(until_closed(idle[-1])) == [200]
        assert until_closed(idle[0]) == b""


def test_with_nobody_to_spare_the_newcomer_goes(strict: str) -> None:
    follow = request("GET", "/_mock/worlds/followed/journal/stream")
    with ExitStack() as open_ones:
        following = []
        for _ in range(MOST):
            following.append(open_ones.enter_context(connected(strict)))
            following[-1].sendall(follow)
            assert following[-1].recv(12) == b"HTTP/1.1 200"
        with connected(strict) as newcomer:
            assert until_closed(newcomer) == b""
        following.pop().close()
        with connected(strict) as another:
            another.sendall(request("GET", "/v1/packs", b"x-mock-world: followed\r\n", b"connection: close\r\n"))
            assert statuses(until_closed(another)) == [200]
        for each in following:  # those who were there go on
            assert b"packs.list" in beginning(each, b"packs.list")


def beginning(connection: socket.socket, end: bytes) -> bytes:
    """What comes up to these bytes, or to the end of the connection."""
    received = b""
    while end not in received and (part := connection.recv(65536)):
        received += part
    return received


def test_a_smaller_body_than_the_contract_allows_may_be_the_most(strict: str) -> None:
    key = {"Authorization": "Bearer sk_mock_acme_full_access_1001"}
    answer = plain.post(f"{strict}/v1/packs", json={"image_ref": "a" * 1000}, headers=key)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "payload_too_large")
    assert "1000 bytes" in answer.json()["error"]["message"]
    assert plain.post(f"{strict}/v1/packs", json={"image_ref": "a" * 900}, headers=key).status_code == 400
    assert plain.get(f"{strict}/_mock/contract").json()["paths"]["/packs"]["post"]["x-max-body"] == 1000


def test_bodies_past_what_is_received_at_once_are_to_come_again(strict: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mock_server.server.connection.MOST_AT_ONCE", 1000)
    with connected(strict) as first, connected(strict) as second:
        first.sendall(BEGUN + b"content-length: 900\r\n\r\n" + b" " * 600)
        second.sendall(BEGUN + b"content-length: 900\r\n\r\n" + b" " * 600)
        answers = [until_closed(second), until_closed(first)]
    assert sorted(status for answer in answers for status in statuses(answer)) == [400, 413]
    (refused,) = [answer for answer in answers if b"413" in answer]
    assert b"payload_too_large" in refused
    assert b"retry-after: 1" in refused


def test_no_more_connections_are_kept_than_files_may_be_open() -> None:
    assert Limits(max_connections=1000).fit_to(256).max_connections < 256
    assert Limits(max_connections=10).fit_to(256).max_connections == 10
