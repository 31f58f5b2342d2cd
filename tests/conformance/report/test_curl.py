import json
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from conformance.exchange import Exchange, Request
from conformance.report.curl import MAX_SHOWN, curl, token_variable

METHODS = ("GET", "HEAD", "DELETE", "OPTIONS", "QUERY", "POST")


class Recorder(BaseHTTPRequestHandler):
    """Keeps what came in, byte by byte."""

    seen: list[dict[str, Any]]

    def take(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.seen.append(
            {
                "method": self.command,
                "target": self.path,
                "headers": {name.lower(): value for name, value in self.headers.items()},
                "body": self.rfile.read(length),
            }
        )
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    seen: list[dict[str, Any]] = []
    takes = {f"do_{method}": Recorder.take for method in METHODS}
    handler = type("Handler", (Recorder,), {"seen": seen, **takes})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as listening:
        threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}", seen
        listening.shutdown()


def exchanged(origin: str, request: Request, caller: str = "acme-owner") -> Exchange:
    return Exchange(caller, request, origin + request.path, 200, (), b"", 1.0)


BODIES = [
    b'{"visibility":"org"}',
    b"",
    b"@not-a-file",
    b'it\'s $HOME `id` \\ "quoted" \r\n and\nlines',
    "ä日\N{PILE OF POO}".encode(),
    b"a\x00b",
    bytes(range(256)),
    b"--header",
]


@pytest.mark.parametrize("body", BODIES, ids=repr)
def test_the_command_sends_the_body_byte_by_byte(server: tuple[str, list[dict[str, Any]]], body: bytes) -> None:
    origin, seen = server
    headers = (("Content-Type", "application/json"),)
    request = Request("packs.create", "POST", "/packs", {}, headers=headers, content=body)
    subprocess.run(["sh", "-c", curl(exchanged(origin, request))], check=True, capture_output=True)
    assert seen[0]["method"] == "POST"
    assert seen[0]["body"] == body
    assert seen[0]["headers"]["content-type"] == "application/json"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", ["/packs/a%2Fb/files/x", "/packs/p/files/../x", "/packs/{id}[1]", "/packs/it's"])
def test_the_command_sends_method_and_path_as_they_were(
    server: tuple[str, list[dict[str, Any]]], method: str, path: str
) -> None:
    origin, seen = server
    subprocess.run(
        ["sh", "-c", curl(exchanged(origin, Request(None, method, path, {})))], check=True, capture_output=True
    )
    assert (seen[0]["method"], seen[0]["target"]) == (method, path)


def test_the_credential_comes_from_the_environment(server: tuple[str, list[dict[str, Any]]]) -> None:
    origin, seen = server
    command = curl(exchanged(origin, Request(None, "GET", "/packs", {})))
    environment = {"ACME_OWNER_TOKEN": "sk_mock_not_a_secret", "PATH": "/usr/bin:/bin"}
    subprocess.run(["sh", "-c", command], check=True, capture_output=True, env=environment)
    assert seen[0]["headers"]["authorization"] == "Bearer sk_mock_not_a_secret"


def test_nobody_sends_no_credential_and_no_body_no_content_type(
    server: tuple[str, list[dict[str, Any]]],
) -> None:
    origin, seen = server
    request = Request(None, "POST", "/packs", {}, content=b"{}")
    subprocess.run(["sh", "-c", curl(exchanged(origin, request, "anonymous"))], check=True, capture_output=True)
    assert "authorization" not in seen[0]["headers"]
    assert "content-type" not in seen[0]["headers"]


def test_a_body_too_long_for_a_command_line_is_named_instead(exchange: Exchange) -> None:
    large = replace(exchange, request=replace(exchange.request, content=b"x" * (MAX_SHOWN + 1)))
    command = curl(large)
    assert len(command) < 1000
    assert f"{MAX_SHOWN + 1} bytes" in command
    assert "@body.bin" in command


@pytest.mark.parametrize(
    ("caller", "variable"),
    [
        ("acme-owner", "ACME_OWNER_TOKEN"),
        ("expired credential", "EXPIRED_CREDENTIAL_TOKEN"),
        ("anonymous", None),
    ],
)
def test_the_variable_is_named_for_the_caller(caller: str, variable: str | None) -> None:
    assert token_variable(caller) == variable


def test_the_exchange_survives_json(exchange: Exchange) -> None:
    again = Exchange.from_json(json.loads(json.dumps(exchange.to_json())))
    assert curl(again) == curl(exchange)
