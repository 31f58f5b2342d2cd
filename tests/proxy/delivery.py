"""How an answer leaves, and what becomes of its connection."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum, auto

from tests.proxy.messages import BODILESS, Answer
from tests.proxy.stream import Dropped, Stream

TIMED_OUT = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Idle(Enum):
    """What becomes of a connection on which nothing is asked at the moment."""

    KEPT = auto()
    CLOSED = auto()
    """At once, without having said so."""
    TIMED_OUT = auto()
    """At once, behind a 408 that nobody asked for."""
    CLOSED_AT_NEXT = auto()
    """As the next request comes, which nobody heeds."""
    RESET_AT_NEXT = auto()
    """The same, with a reset of the connection."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How one answer leaves."""

    hints: int = 0
    """103 Early Hints before it."""
    old: bool = False
    """As HTTP/1.0: no length, and the connection's end is the answer's end."""
    wait_s: float = 0.0
    """The pause before its first byte."""
    piece: int = 0
    """The bytes that leave together; 0: all."""
    pause_s: float = 0.0
    """The pause between two pieces."""
    chunked: bool = False
    """With a transfer coding in the place of its length."""
    cut: int | None = None
    """The bytes of its head or body after which the connection is closed; 0: there is no answer at all."""
    cut_in_body: bool = False
    """Whether `cut` counts from the beginning of the body, and its last byte is always missing."""
    idle: Idle = Idle.KEPT
    """What becomes of the connection after it."""

    @property
    def reframes(self) -> bool:
        """Whether it gives an answer another form on the wire."""
        return self.old or self.chunked

    def send(self, client: Stream, method: str, answer: Answer, raw: bytes | None) -> bool:
        """Send the answer; whether the connection is still open. raw: its bytes, where they may go as they came."""
        if self.wait_s:
            time.sleep(self.wait_s)
        content = raw if raw is not None and not self.reframes else self._rendered(method, answer)
        if self.cut is not None:
            start = content.index(b"\r\n\r\n") + 4 if self.cut_in_body else 0
            content = content[: min(start + self.cut, len(content) - 1)]
        if self.hints and self.cut != 0:
            content = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n" * self.hints + content
        for start in range(0, len(content), self.piece or len(content) or 1):
            if start and self.pause_s:
                time.sleep(self.pause_s)
            client.connection.sendall(content[start : start + (self.piece or len(content))])
        return not self.old and self.cut is None and not _says_close(answer)

    def _rendered(self, method: str, answer: Answer) -> bytes:
        bodiless = method == "HEAD" or answer.status in BODILESS
        body = b"" if bodiless else answer.body
        if self.old:
            return answer.head("HTTP/1.0", ("Connection", "close")) + body
        if self.chunked and not bodiless:
            chunk = b"%x\r\n%s\r\n" % (len(body), body) if body else b""
            return answer.head("HTTP/1.1", ("Transfer-Encoding", "chunked")) + chunk + b"0\r\n\r\n"
        if bodiless and not answer.body:
            return answer.head()
        return answer.head("HTTP/1.1", ("Content-Length", str(len(answer.body)))) + body


PLAIN = Delivery()
LOST = Delivery(cut=0)
"""The connection is closed in the place of the answer."""


def end_idle(client: Stream, idle: Idle) -> None:
    """Do that with a connection on which nothing is asked; Dropped where it is over."""
    if idle is Idle.KEPT:
        return
    if idle is Idle.TIMED_OUT:
        client.connection.sendall(TIMED_OUT)
    if idle in (Idle.CLOSED_AT_NEXT, Idle.RESET_AT_NEXT):
        client.readable(None)
        if idle is Idle.CLOSED_AT_NEXT:
            client.discard()  # to close with something unread is a reset
    client.close(abruptly=idle is Idle.RESET_AT_NEXT)
    raise Dropped


def _says_close(answer: Answer) -> bool:
    return answer.headers.get("connection", "").lower() == "close"
