"""The recording, as a browser would write it, of a front end that asks a mock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

from benchmarks.recorded.app import Ask, Told, visit
from tests.har import Message, document, entry

BEGIN = datetime(2026, 11, 27, 12, tzinfo=UTC)
STREAM, AT_ONCE_S = "text/event-stream", 0.2
_FROZEN = {"mode": "frozen", "now": "2026-11-27T12:00:00Z"}


@dataclass(slots=True)
class Recording:
    """One visit of the app to a mock, whose clock stands still but between two requests."""

    origin: str
    entries: list[dict[str, Any]] = field(default_factory=list)
    answers: list[Told] = field(default_factory=list)
    _connection: HTTPConnection = field(init=False)
    _tokens: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        address = urlsplit(self.origin)
        self._connection = HTTPConnection(address.hostname or "", address.port, timeout=20)

    def make(self) -> None:
        """Visit every page of the app once."""
        self.begin()
        visit(self.send)
        self._connection.close()

    def begin(self) -> None:
        """Learn the tokens of the personas, and let the clock stand still."""
        personas = json.loads(self._ask("GET", "/_mock/personas", {}, b"").body)["personas"]
        self._tokens = {each["name"]: each["token"] for each in personas}
        self._set_clock(_FROZEN)

    def send(self, asked: Ask) -> Told:
        """Send a request of the app, two seconds after the one before."""
        self._set_clock({"advance_seconds": 2})
        headers = {"Authorization": f"Bearer {self._tokens.get(asked.by, asked.by)}"} if asked.by else {}
        headers |= {"Content-Type": asked.media_type} if asked.media_type else {}
        told = self._ask(asked.method, f"/v1{asked.path}", headers, asked.body)
        self.answers.append(told)
        self.entries.append(self._build_entry(asked, headers, told))
        return told

    def _set_clock(self, body: Mapping[str, Any]) -> None:
        headers = {"Content-Type": "application/json"}
        self._ask("PUT", "/_mock/worlds/default/clock", headers, json.dumps(body).encode())

    def _ask(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Told:
        self._connection.request(method, target, body or None, dict(headers))
        answer = self._connection.getresponse()
        if answer.getheader("Content-Type", "").startswith(STREAM):
            return Told(answer.status, dict(answer.getheaders()), self._read_begun(answer))
        return Told(answer.status, dict(answer.getheaders()), answer.read())

    def _read_begun(self, answer: HTTPResponse) -> bytes:
        """Return what comes of a stream at once; its connection is closed."""
        content = b""
        if self._connection.sock is not None:
            self._connection.sock.settimeout(AT_ONCE_S)
        with suppress(TimeoutError):
            while part := answer.read1():
                content += part
        self._connection.close()
        return content

    def _build_entry(self, asked: Ask, headers: Mapping[str, str], told: Told) -> dict[str, Any]:
        started = BEGIN + timedelta(seconds=2 * len(self.answers))
        sent, came = Message(headers.items(), asked.body), Message(told.headers.items(), told.body)
        return entry(
            asked.method, f"{self.origin}/v1{asked.path}", sent, told.status, came, started=started, took_ms=1.0
        )

    @property
    def document(self) -> dict[str, Any]:
        """The HAR."""
        return document(self.entries, "benchmarks.recorded")
