"""The curl command of a finding sends what the run sent, byte by byte."""

import hashlib
import json
import subprocess
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from conformance.http.exchange import LONGEST_BODY, Exchange, Request
from conformance.http.variables import name_token_variable
from conformance.results.report.curl import format_curl
from tests.listening import listening

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
    with listening(handler) as origin:
        yield origin, seen


TOKEN = {"ACME_OWNER_TOKEN": "sk_mock_not_a_secret", "PATH": "/usr/bin:/bin"}


def exchanged(origin: str, request: Request, caller: str = "acme-owner") -> Exchange:
    return Exchange(caller, request, origin + request.path, 204, (), b"", 1.0)


def run(exchange: Exchange, variables: Mapping[str, str] = TOKEN) -> subprocess.CompletedProcess[str]:
    """Run the command of an exchange in a shell that knows these variables alone."""
    command = format_curl(exchange, {})
    return subprocess.run(["sh"], input=command, check=False, capture_output=True, env=dict(variables), text=True)


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
    run(exchanged(origin, request))
    assert seen[0]["method"] == "POST"
    assert seen[0]["body"] == body
    assert seen[0]["headers"]["content-type"] == "application/json"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", ["/packs/a%2Fb/files/x", "/packs/p/files/../x", "/packs/{id}[1]", "/packs/it's"])
def test_the_command_sends_method_and_path_as_they_were(
    server: tuple[str, list[dict[str, Any]]], method: str, path: str
) -> None:
    origin, seen = server
    run(exchanged(origin, Request(None, method, path, {})))
    assert (seen[0]["method"], seen[0]["target"]) == (method, path)


def test_the_credential_comes_from_the_environment(server: tuple[str, list[dict[str, Any]]]) -> None:
    origin, seen = server
    run(exchanged(origin, Request(None, "GET", "/packs", {})))
    assert seen[0]["headers"]["authorization"] == "Bearer sk_mock_not_a_secret"


def test_nobody_sends_no_credential_and_no_body_no_content_type(
    server: tuple[str, list[dict[str, Any]]],
) -> None:
    origin, seen = server
    request = Request(None, "POST", "/packs", {}, content=b"{}")
    run(exchanged(origin, request, "anonymous"))
    assert "authorization" not in seen[0]["headers"]
    assert "content-type" not in seen[0]["headers"]


def test_a_long_body_is_sent_whole(server: tuple[str, list[dict[str, Any]]]) -> None:
    """A command line could not hold it."""
    origin, seen = server
    body = bytes(range(32, 127)) * (LONGEST_BODY // 100)
    run(exchanged(origin, Request("packs.create", "POST", "/packs", {}, content=body)))
    assert seen[0]["body"] == body


def test_a_body_that_was_cut_is_asked_for(server: tuple[str, list[dict[str, Any]]], tmp_path: Path) -> None:
    """By a variable that names a file, with size and digest; without it nothing is sent."""
    origin, seen = server
    body = b"x" * (LONGEST_BODY + 1)
    exchange = exchanged(origin, Request("packs.create", "POST", "/packs", {}, content=body)).truncate()
    without = run(exchange)
    assert without.returncode != 0
    assert f"the {len(body)} bytes of SHA-256 {hashlib.sha256(body).hexdigest()}" in without.stderr
    assert seen == []
    file = tmp_path / "body"
    file.write_bytes(body)
    assert run(exchange, {**TOKEN, "BODY": str(file)}).returncode == 0
    assert seen[0]["body"] == body


@pytest.mark.parametrize(
    ("caller", "variable"),
    [
        ("acme-owner", "ACME_OWNER_TOKEN"),
        ("expired credential", "EXPIRED_CREDENTIAL_TOKEN"),
        ("anonymous", None),
    ],
)
def test_the_variable_is_named_for_the_caller(caller: str, variable: str | None) -> None:
    assert name_token_variable(caller) == variable


def test_the_exchange_survives_json(exchange: Exchange) -> None:
    again = Exchange.from_json(json.loads(json.dumps(exchange.to_json())))
    assert format_curl(again, {}) == format_curl(exchange, {})
