"""What is no HTTP, and connections that misbehave."""

import json
import socket
from urllib.parse import urlsplit

import pytest

from mock_server.errors import StartError
from mock_server.server import listen, make_url
from tests.mock_server.serving import Mock


def answer_to(origin: str, sent: bytes) -> tuple[int, dict[str, str], bytes]:
    """What comes back for these bytes, once the server has closed or said all of it."""
    where = urlsplit(origin)
    with socket.create_connection((where.hostname, where.port), timeout=20) as connection:
        connection.sendall(sent)
        received = b""
        while b"\r\n\r\n" not in received:
            received += connection.recv(65536)
        head, _, body = received.partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        while len(body) < int(headers.get("content-length", 0)):
            body += connection.recv(65536)
    return int(status.split(" ")[1]), headers, body


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /v1/packs?a=\xff HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /v1/packs HTTP/9.9\r\nhost: x\r\n\r\n",
        b"FLY /v1/packs HTTP/1.1\r\nhost: x\r\n\r\n",
        b"CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\n",
        b"POST /v1/packs HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        b"POST /v1/packs HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n",
    ],
)
def test_what_is_no_http_is_a_400_in_the_envelope(origin: str, sent: bytes) -> None:
    status, headers, body = answer_to(origin, sent)
    error = json.loads(body)["error"]
    assert (status, error["code"], headers["content-type"]) == (400, "validation_error", "application/json")
    assert error["request_id"] == headers["x-request-id"]
    assert error["details"]["fields"]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n", (404, "not_found")),
        (b"GET http://elsewhere/v1/packs HTTP/1.1\r\nhost: x\r\n\r\n", (401, "unauthenticated")),
        (b"GET /v1/packs HTTP/1.0\r\n\r\n", (401, "unauthenticated")),
        (b"GET /v1/packs HTTP/1.1\r\nhost: x\r\nauthorization: Bearer \xff\r\n\r\n", (401, "unauthenticated")),
        (b"GET /v1/packs HTTP/1.1\r\nhost: x\r\nx-mock-world: \xff\r\n\r\n", (400, "validation_error")),
        (
            b"GET /v1/packs HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n",
            (401, "unauthenticated"),
        ),
    ],
)
def test_unusual_http_is_answered_like_any_other(origin: str, sent: bytes, expected: tuple[int, str]) -> None:
    status, _, body = answer_to(origin, sent)
    assert (status, json.loads(body)["error"]["code"]) == expected


def test_a_client_that_goes_away_harms_nobody(mock: Mock) -> None:
    where = urlsplit(mock.origin)
    head = (
        "PATCH /v1/packs/pack_01HZ HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n"
        f"x-mock-world: {mock.world}\r\nauthorization: Bearer {mock.tokens['acme-owner']}\r\n\r\n"
    )
    with socket.create_connection((where.hostname, where.port), timeout=20) as connection:
        connection.sendall(head.encode() + b'{"visibility": ')
    assert mock.send("GET", "/v1/packs/pack_01HZ", "acme-owner").json()["visibility"] == "org"


@pytest.mark.parametrize(("host", "origin"), [("127.0.0.1", "http://127.0.0.1:"), ("localhost", "http://127.0.0.1:")])
def test_loopback_is_listened_on(host: str, origin: str) -> None:
    with listen(host, 0) as listener:
        assert make_url(listener).startswith(origin)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "no.such.host.invalid", ""])  # noqa: S104  (refused)
def test_any_other_address_is_not(host: str) -> None:
    with pytest.raises(StartError, match="--host"):
        listen(host, 0)


def test_any_other_address_is_where_control_calls_are_guarded() -> None:
    """Bound, and let go of before anybody could be answered."""
    with listen("0.0.0.0", 0, guarded=True) as listener:  # noqa: S104  (that is what is asked for)
        assert make_url(listener).startswith("http://0.0.0.0:")


def test_an_address_of_another_machine_is_none_all_the_same() -> None:
    with pytest.raises(StartError, match=r"192\.0\.2\.1"):
        listen("192.0.2.1", 0, guarded=True)
