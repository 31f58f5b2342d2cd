"""An exchange that is passing, and what is told of it to whoever judges."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from conformance.http.event_stream import MEDIA_TYPE as EVENT_STREAM
from conformance.http.exchange import Headers
from conformance.traffic.proxy.passing.bases import Bases, limit_answer
from conformance.traffic.proxy.passing.framing import Framing, SizedBody
from conformance.traffic.proxy.passing.heads import AnswerHead, RequestHead
from conformance.traffic.proxy.passing.passed import (
    BegunRequest,
    HeldBytes,
    KeptBody,
    PassedExchange,
    PassedMessage,
    Unreadable,
)
from conformance.traffic.proxy.passing.server_behind import ServerBehind
from conformance.traffic.recording.entry import TEST

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
    answered: bool = False
    """Whether its answer has passed."""
    over: bool = False
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
        if passing.over:
            return
        passing.over = True
        passing.answer.whole = not failure
        request = PassedMessage(passing.headers, passing.request.content(), passing.request.length)
        answer = PassedMessage(passing.answer_headers, passing.answer.content(), passing.answer.length)
        passing.request.drop()
        passing.answer.drop()
        self.tell(PassedExchange(passing.number, self.clock.read_now(), request, passing.status, answer, failure))


def _drop_long_body(kept: KeptBody, body: Framing) -> None:
    """Keep nothing of a body that says that it is longer than what is judged."""
    if isinstance(body, SizedBody) and body.left > kept.most:
        kept.drop()
