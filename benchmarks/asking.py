"""One connection to a server, with little cost of its own, so that what is timed is the server."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_S = 120


class Refused(Exception):
    """The server answered what the benchmark did not expect."""


class Asker:
    """A client that sends one request after the other. Raises Refused where an answer is no success."""

    def __init__(self, connection: HTTPConnection) -> None:
        self._connection = connection

    def ask(self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> bytes:
        """Return the body of the answer."""
        self._connection.request(method, path, body, dict(headers or {}))
        answer = self._connection.getresponse()
        content = answer.read()
        if not 200 <= answer.status < 300:
            raise Refused(f"{method} {path}: {answer.status} {content[:300].decode(errors='replace')}")
        return content

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Any:
        """Return the JSON value of an answer."""
        return json.loads(self.ask("GET", path, headers=headers))

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> None:
        """Send JSON; the answer only has to be a success."""
        content = None if body is None else json.dumps(body).encode()
        self.ask("POST", path, content, {"Content-Type": "application/json"})

    def measure_seconds(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> float:
        """Return how long one answer took to come."""
        started = time.perf_counter()
        self.ask(method, path, body, headers)
        return time.perf_counter() - started


@contextmanager
def open_asker(url: str) -> Iterator[Asker]:
    """Ask the server at this URL until the block ends."""
    with closing(HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT_S)) as connection:
        yield Asker(connection)


def read_tokens(url: str) -> dict[str, str]:
    """Return the credential of each persona of the mock, by name."""
    with open_asker(url) as mock:
        return {each["name"]: each["token"] for each in mock.get("/_mock/personas")["personas"]}


def read_token(url: str, persona: str) -> str:
    """Return the credential of a persona of the mock."""
    return read_tokens(url)[persona]


def build_sign_in(token: str) -> dict[str, str]:
    """Return the header that shows a credential."""
    return {"Authorization": f"Bearer {token}"}
