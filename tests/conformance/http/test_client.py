"""How requests leave the suite: exactly as they are, within the limits, and never twice elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from conformance.http.client import Client, LimitReached, RequestLog
from conformance.http.exchange import Request
from conformance.profile import ANONYMOUS, Credential, Limits
from tests.listening import listening

CALLER = Credential("acme-owner", "Bearer sk_fake_acme")


@dataclass
class Seen:
    """A server that remembers what reached it and answers by what is left in its list."""

    url: str = ""
    requests: list[tuple[str, str, str | None, bytes]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[Seen]:
    seen = Seen()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            seen.requests.append((self.command, self.path, self.headers.get("Authorization"), content))
            status, headers = seen.answers.pop(0) if seen.answers else (200, {})
            self.send_response(status)
            for name, value in {"Content-Length": "0", "Set-Cookie": "stick=1", **headers}.items():
                self.send_header(name, value)
            self.end_headers()

        do_PATCH = do_GET  # noqa: N815  # the name that http.server asks for

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with listening(Handler) as origin:
        seen.url = f"{origin}/v1"
        yield seen


@pytest.fixture
def client() -> Iterator[Client]:
    opened = Client()
    yield opened
    opened.close()


def get(path: str = "/packs", method: str = "GET", content: bytes | None = None) -> Request:
    return Request("packs.list", method, path, {}, content=content)


@pytest.mark.parametrize(
    "path", ["/a/../b", "/a/./b", "/a//b", "/a%2Fb", "/a%2fb", "/%00", "/a%20b", "/packs/", "/packs/%C3%A4"]
)
def test_a_path_goes_out_as_it_is(client: Client, server: Seen, path: str) -> None:
    client.send(get(path), ANONYMOUS, server.url)
    assert server.requests[0][1] == "/v1" + path


def test_the_credential_goes_out_and_nowhere_else(client: Client, server: Seen) -> None:
    exchange = client.send(get(), CALLER, server.url)
    assert server.requests[0][2] == "Bearer sk_fake_acme"
    assert "sk_fake_acme" not in json.dumps(exchange.to_json())


def test_a_token_in_the_query_is_shown_by_its_name(client: Client, server: Seen) -> None:
    client.mask("sk_fake_acme", "ACME_OWNER_TOKEN")
    request = Request("packs.list", "GET", "/packs", {}, query="api_key=sk_fake_acme")
    exchange = client.send(request, ANONYMOUS, server.url)
    assert server.requests[0][1] == "/v1/packs?api_key=sk_fake_acme"
    assert exchange.url.endswith("?api_key=$ACME_OWNER_TOKEN")


def test_a_redirect_is_not_followed(client: Client, server: Seen) -> None:
    server.answers.append((302, {"Location": server.url + "/elsewhere"}))
    assert client.send(get(), CALLER, server.url).status == 302
    assert len(server.requests) == 1


def test_a_limit_is_waited_out_and_then_told(client: Client, server: Seen) -> None:
    server.answers += [(429, {"Retry-After": "0"})] * 2
    assert client.send(get(), CALLER, server.url).status == 200
    assert (len(server.requests), client.throttled) == (3, 2)
    server.answers += [(503, {"Retry-After": "0", "Content-Type": "text/html"})] * 9
    assert client.send(get(), CALLER, server.url).status == 503


def test_the_most_requests_are_sent_and_no_more(server: Seen) -> None:
    client = Client(Limits(max_requests=2))
    for _ in range(2):
        client.send(get(), CALLER, server.url)
    with pytest.raises(LimitReached, match="max_requests"):
        client.send(get(), CALLER, server.url)
    assert len(server.requests) == 2
    client.close()


def test_read_only_sends_no_unsafe_method(server: Seen) -> None:
    client = Client(Limits(read_only=True))
    client.send(get(), CALLER, server.url)
    with pytest.raises(LimitReached, match="read_only"):
        client.send(get(method="PATCH", content=b"{}"), CALLER, server.url)
    assert len(server.requests) == 1
    client.close()


def test_every_exchange_is_taken_once(client: Client, server: Seen) -> None:
    sent = [client.send(get(), CALLER, server.url) for _ in range(2)]
    assert client.take() == sent
    assert client.take() == []


def test_the_log_has_each_request_without_its_credential(server: Seen, tmp_path: Path) -> None:
    path = tmp_path / "requests.log"
    client = Client(log=RequestLog(path))
    client.send(get(method="PATCH", content=b'{"a": 1}'), CALLER, server.url)
    client.close()
    (entry,) = (json.loads(line) for line in path.read_text().splitlines())
    assert (entry["caller"], entry["method"], entry["target"]) == ("acme-owner", "PATCH", "/v1/packs")
    assert entry["body"] == '{"a": 1}'
    assert "sk_fake_acme" not in path.read_text()
    assert server.url not in path.read_text()


def test_no_answer_is_an_exchange_too(client: Client) -> None:
    exchange = client.send(get(), CALLER, "http://127.0.0.1:9/v1")
    assert (exchange.status, exchange.failure) == (0, "no connection")
    assert str(exchange) == "no answer (no connection)"
