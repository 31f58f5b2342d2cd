"""An exchange that is passing, how much of its bodies is kept, and what is told of it to whoever judges."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from conformance.http.event_stream import MEDIA_TYPE as EVENT_STREAM
from conformance.http.exchange import Headers
from conformance.traffic.proxy.passing.bases import Bases, limit_answer
from conformance.traffic.proxy.passing.messages import AnswerHead, Framing, RequestHead, SizedBody
from conformance.traffic.proxy.passing.server_behind import ServerBehind
from conformance.traffic.recording.entry import TEST

MOST_HELD = 64 * 1024 * 1024
"""Bytes of bodies that pass at the same time; of what comes beyond nothing is kept, so that it is not judged."""


@dataclass(slots=True)
class HeldBytes:
    """The number of bytes of bodies that are held."""

    bytes: int = 0
    dropped: int = 0
    """Bodies that were not kept for want of room."""

    def take(self, count: int) -> bool:
        """Take room; whether there is any."""
        if self.bytes + count > MOST_HELD:
            self.dropped += 1
            return False
        self.bytes += count
        return True

    def give_back(self, count: int) -> None:
        """Give room back."""
        self.bytes -= count


@dataclass(slots=True)
class KeptBody:
    """The kept part of a body that passes: all of it, or nothing where it is longer than what is judged."""

    held: HeldBytes
    most: int
    length: int = 0
    is_whole: bool = False
    """Whether its end has come."""
    _content: bytearray | None = field(default_factory=bytearray)

    def take(self, piece: bytes) -> None:
        """Take what has passed."""
        self.length += len(piece)
        if self._content is None or not piece:
            return
        if self.length > self.most or not self.held.take(len(piece)):
            self.drop()
        else:
            self._content += piece

    def drop(self) -> None:
        """Keep nothing of it."""
        if self._content is not None:
            self.held.give_back(len(self._content))
            self._content = None

    def content(self) -> bytes | None:
        """Return the body; None where it is not known as a whole."""
        return bytes(self._content) if self.is_whole and self._content is not None else None


@dataclass(frozen=True, slots=True)
class BegunRequest:
    """A request has begun to pass."""

    number: int
    started: float
    """Seconds since 1970; no two exchanges begin or end at the same time."""
    method: str
    url: str
    """At the server."""
    base: str | None
    """The base URL of the API; None where it is of something else."""
    headers: Headers


@dataclass(frozen=True, slots=True)
class PassedMessage:
    """A request or an answer that has passed."""

    headers: Headers
    body: bytes | None
    """The body as it was on the wire, without transfer coding; None where it is not known."""
    length: int
    """The length of the body, as far as it has come."""


@dataclass(frozen=True, slots=True)
class PassedExchange:
    """An exchange that has passed, or of which no more is judged."""

    number: int
    ended: float
    request: PassedMessage
    status: int
    """0 where no answer came."""
    answer: PassedMessage
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The news that something has passed that cannot be read as HTTP."""


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """A report of all that has passed is asked for."""

    is_ending: bool
    """Whether nothing passes any more."""


Tell = Callable[[BegunRequest | PassedExchange | Unreadable], None]


@dataclass(slots=True)
class Clock:
    """The time of day, later each time that it is read."""

    _last: int = 0
    """Microseconds."""

    def read_now(self) -> float:
        """Return seconds since 1970."""
        self._last = max(self._last + 1, time.time_ns() // 1000)
        return self._last / 1e6


@dataclass(slots=True)
class PassingExchange:
    """An exchange under way."""

    number: int
    method: str
    base: str | None
    headers: Headers
    request: KeptBody
    answer: KeptBody
    status: int = 0
    answer_headers: Headers = ()
    is_answered: bool = False
    """Whether its answer has passed."""
    is_over: bool = False
    """Whether nothing more is told of it."""


@dataclass(slots=True)
class Teller:
    """The teller of exchanges as they pass."""

    behind: ServerBehind
    bases: Bases
    tell: Tell
    held: HeldBytes = field(default_factory=HeldBytes)
    clock: Clock = field(default_factory=Clock)
    test: str = ""
    """The test that runs, where no header names one."""
    begun: int = 0

    def name_test(self, name: str) -> None:
        """Take note of the test that runs from now on; empty: none."""
        self.test = name

    def begin(self, request: RequestHead, path: str, body: Framing) -> PassingExchange:
        """Tell that a request passes."""
        self.begun += 1
        url, method = self.behind.url + path, request.method
        base = self.bases.find_base(method, url)
        headers = request.head.headers
        if self.test and request.head.find_header(TEST) is None:
            headers = (*headers, (TEST, self.test))
        kept = KeptBody(self.held, self.bases.limit_request(method, url, base))
        _drop_long_body(kept, body)
        self.tell(BegunRequest(self.begun, self.clock.read_now(), method, url, base, headers))
        return PassingExchange(self.begun, method, base, headers, kept, KeptBody(self.held, 0))

    def tell_answer(self, passing: PassingExchange, answer: AnswerHead, body: Framing) -> None:
        """Take the head of an answer; of a stream no more is judged."""
        media_type = answer.head.find_header("content-type")
        passing.status, passing.answer_headers = answer.status, answer.head.headers
        passing.answer.most = limit_answer(media_type, passing.base)
        _drop_long_body(passing.answer, body)
        if (media_type or "").strip().lower().startswith(EVENT_STREAM):
            passing.answer.drop()
            self.end(passing)

    def end(self, passing: PassingExchange, failure: str = "") -> None:
        """Tell that the exchange is over; failure: why its answer did not come as a whole."""
        if passing.is_over:
            return
        passing.is_over = True
        passing.answer.is_whole = not failure
        request = PassedMessage(passing.headers, passing.request.content(), passing.request.length)
        answer = PassedMessage(passing.answer_headers, passing.answer.content(), passing.answer.length)
        passing.request.drop()
        passing.answer.drop()
        self.tell(PassedExchange(passing.number, self.clock.read_now(), request, passing.status, answer, failure))


def _drop_long_body(kept: KeptBody, body: Framing) -> None:
    """Keep nothing of a body that says that it is longer than what is judged."""
    if isinstance(body, SizedBody) and body.left > kept.most:
        kept.drop()
