"""An exchange that is passing, and what is told of it to whoever judges."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from conformance.http.event_stream import MEDIA_TYPE as EVENT_STREAM
from conformance.http.exchange import Headers
from conformance.traffic.proxy.passing.bases import Bases, most_of_answer
from conformance.traffic.proxy.passing.framing import Framing, OfLength
from conformance.traffic.proxy.passing.heads import AnswerHead, RequestHead
from conformance.traffic.proxy.passing.passed import Begun, Held, Kept, Passed, PassedMessage, Unreadable
from conformance.traffic.proxy.passing.server_behind import ServerBehind
from conformance.traffic.recording.entry import TEST

Tell = Callable[[Begun | Passed | Unreadable], None]


@dataclass(slots=True)
class Clock:
    """The time of day, later each time that it is read."""

    _last: int = 0
    """Microseconds."""

    def now(self) -> float:
        """Return seconds since 1970."""
        self._last = max(self._last + 1, time.time_ns() // 1000)
        return self._last / 1e6


@dataclass(slots=True)
class Passing:
    """An exchange under way."""

    number: int
    method: str
    base: str | None
    headers: Headers
    request: Kept
    answer: Kept
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
    held: Held = field(default_factory=Held)
    clock: Clock = field(default_factory=Clock)
    test: str = ""
    """The test that runs, where no header names one."""
    begun: int = 0

    def name_test(self, name: str) -> None:
        """Take note of the test that runs from now on; empty: none."""
        self.test = name

    def begin(self, request: RequestHead, path: str, body: Framing) -> Passing:
        """Tell that a request passes."""
        self.begun += 1
        url, method = self.behind.url + path, request.method
        base = self.bases.of(method, url)
        headers = request.head.headers
        if self.test and request.head.header(TEST) is None:
            headers = (*headers, (TEST, self.test))
        kept = Kept(self.held, self.bases.most_of_request(method, url, base))
        _spare(kept, body)
        self.tell(Begun(self.begun, self.clock.now(), method, url, base, headers))
        return Passing(self.begun, method, base, headers, kept, Kept(self.held, 0))

    def answered(self, passing: Passing, answer: AnswerHead, body: Framing) -> None:
        """Take the head of an answer; of a stream no more is judged."""
        media_type = answer.head.header("content-type")
        passing.status, passing.answer_headers = answer.status, answer.head.headers
        passing.answer.most = most_of_answer(media_type, passing.base)
        _spare(passing.answer, body)
        if (media_type or "").strip().lower().startswith(EVENT_STREAM):
            passing.answer.drop()
            self.end(passing)

    def end(self, passing: Passing, failure: str = "") -> None:
        """Tell that the exchange is over; failure: why its answer did not come as a whole."""
        if passing.over:
            return
        passing.over = True
        passing.answer.whole = not failure
        request = PassedMessage(passing.headers, passing.request.content(), passing.request.length)
        answer = PassedMessage(passing.answer_headers, passing.answer.content(), passing.answer.length)
        passing.request.drop()
        passing.answer.drop()
        self.tell(Passed(passing.number, self.clock.now(), request, passing.status, answer, failure))


def _spare(kept: Kept, body: Framing) -> None:
    """Keep nothing of a body that says that it is longer than what is judged."""
    if isinstance(body, OfLength) and body.left > kept.most:
        kept.drop()
