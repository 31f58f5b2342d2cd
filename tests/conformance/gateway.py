"""A server in front of another one: it counts and times what passes, and may answer in the other's place."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

import httpx

from tests.listening import listening

Headers = dict[str, str]
Answer = tuple[int, Headers, bytes]
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY")


@dataclass(frozen=True, slots=True)
class Passed:
    """One request, as it came in."""

    method: str
    target: str
    headers: Headers
    at: float
    body: bytes = b""
    """Its first bytes."""


LONGEST = 64 * 1024


@dataclass
class Gateway:
    """What came in so far. `answers` says what is answered without the server behind; None lets it pass."""

    behind: str = ""
    origin: str = ""
    passed: list[Passed] = field(default_factory=list)
    answered: list[tuple[Passed, int, bytes]] = field(default_factory=list)
    """With status and first bytes of the answer, in the order in which the answers came."""
    answers: Callable[[Passed], Answer | None] = lambda _: None
    changes: Callable[[Headers], Headers] = lambda headers: headers
    """What becomes of a request's headers on the way to the server behind."""
    sees: Callable[[Passed, bytes, Answer], object] = lambda *_: None
    """Is told each request with its body, and what the server behind answered."""
    replaces: Callable[[Passed, Answer], Answer] = lambda _, answer: answer
    """What is said in the place of what the server behind answered."""
    loses: Callable[[Passed], bool] = lambda _: False
    """Whether the connection is dropped in the place of the answer, which the server behind has given."""
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30))
    lock: threading.Lock = field(default_factory=threading.Lock)
    ended: bool = False
    going: int = 0
    """Requests that are with the server behind at this moment."""
    done: threading.Condition = field(default_factory=threading.Condition)

    @property
    def unsafe(self) -> list[Passed]:
        """Those that could change something."""
        return [passed for passed in self.passed if passed.method not in ("GET", "HEAD", "OPTIONS")]

    def end(self) -> None:
        """Let what is under way come back, and let nothing more pass: a connection made now would be nobody's."""
        with self.done:
            self.ended = True
            self.done.wait_for(lambda: self.going == 0)

    def forwarded(self, passed: Passed, body: bytes) -> Answer:
        """What the server behind answers; after the end nothing is asked of it."""
        with self.done:
            if self.ended:
                return 503, {}, b""
            self.going += 1
        try:
            return self._asked(passed, body)
        finally:
            with self.done:
                self.going -= 1
                self.done.notify_all()

    def _asked(self, passed: Passed, body: bytes) -> Answer:
        parts = urlsplit(passed.target)  # a proxy is told the whole address
        headers = {k: v for k, v in passed.headers.items() if k not in ("host", "connection", "content-length")}
        request = self.client.build_request(
            passed.method, self.behind, headers=self.changes(headers), content=body or None
        )
        request.extensions["target"] = (parts.path + (f"?{parts.query}" if parts.query else "")).encode()
        answer = self.client.send(request)
        return answer.status_code, {k: v for k, v in answer.headers.items() if k != "content-length"}, answer.content


class Handler(BaseHTTPRequestHandler):
    """Takes any method."""

    protocol_version = "HTTP/1.1"
    # Headers and body in one packet, at once: else each answer waits for the other side's acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True
    gateway: Gateway

    def take(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        passed = Passed(self.command, self.path, headers, time.monotonic(), body[:LONGEST])
        with self.gateway.lock:
            self.gateway.passed.append(passed)
        status, sent, content = answer = self.gateway.answers(passed) or self.gateway.forwarded(passed, body)
        with self.gateway.lock:
            self.gateway.answered.append((passed, answer[0], answer[2][:LONGEST]))
            self.gateway.sees(passed, body, answer)
            lost = self.gateway.loses(passed)
            status, sent, content = self.gateway.replaces(passed, answer)
        if lost:
            self.close_connection = True
            return
        self.send_response_only(status)
        for name, value in {**sent, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def gateway(behind: str = "", tls: ssl.SSLContext | None = None) -> Iterator[Gateway]:
    """The gateway, listening on a port of its own; behind: the origin of the server that it passes requests to."""
    state = Gateway(behind)
    handler = type("Bound", (Handler,), {"gateway": state, **{f"do_{method}": Handler.take for method in METHODS}})
    with state.client:
        with listening(handler, tls) as state.origin:
            yield state
        state.end()
