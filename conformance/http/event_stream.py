"""Streams of server-sent events (HTML, 9.2): how much of one is read, what it holds, and how one is followed."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Condition

MEDIA_TYPE = "text/event-stream"
POLL_S = 0.1
"""The seconds that a reader waits for more before it looks whether it is to go on."""
_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class StreamReading:
    """The amount of a stream that is read before it is left."""

    events: int = 0
    """The number of events until which it is read; 0: until anything whole has come, a comment too."""
    seconds: float = 2.0
    """And for so long at the most."""
    following: Following | None = field(default=None, compare=False)
    """The reader that is told what comes, and says when it is enough."""


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One event, as a browser reads it."""

    type: str
    id: str
    data: str
    lines: tuple[str, ...]
    """The lines as they came."""


@dataclass(frozen=True, slots=True)
class StreamContent:
    """The content of a stream that has come."""

    events: tuple[StreamEvent, ...]
    comments: int
    rest: str
    """The incomplete rest: no empty line has ended it."""


def read_stream(body: bytes) -> StreamContent:
    """Return the events of a stream, as far as it has come."""
    text = body.decode("utf-8", "replace").removeprefix("\ufeff")
    *lines, rest = _LINE_END.split(text)
    events: list[StreamEvent] = []
    block: list[str] = []
    comments = 0
    for line in lines:
        if line.startswith(":"):
            comments += 1
        elif line:
            block.append(line)
        elif block:
            events.append(_parse_event(block))
            block = []
    return StreamContent(tuple(events), comments, "\n".join((*block, rest)) if block else rest)


def is_read(body: bytes, reading: StreamReading) -> bool:
    """Return whether enough of a stream has come."""
    content = read_stream(body)
    if reading.events:
        return len(content.events) >= reading.events
    return bool(content.events or (content.comments and not content.rest))


def _parse_event(lines: list[str]) -> StreamEvent:
    fields: dict[str, list[str]] = {}
    for line in lines:
        name, _, value = line.partition(":")
        fields.setdefault(name, []).append(value.removeprefix(" "))
    kind, name = (fields.get(each, [""])[-1] for each in ("event", "id"))
    return StreamEvent(kind or "message", name, "\n".join(fields.get("data", ())), tuple(lines))


class Following:
    """The content of a stream so far; whoever reads it takes, and whoever waits for it asks.

    Its end holds the reader until it is left, so that nothing else is done with the answer meanwhile.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._body = b""
        self._left = False
        self.begun_at = 0.0
        """The time at which its head had come, by the monotonic clock; 0: it has not begun."""
        self.left_at = 0.0
        self.ended_at: float | None = None
        """The time at which it had come to its end; None: it has not, or was left before."""
        self.cut = False
        """Whether its connection was closed in its middle."""
        self.comments_at: list[float] = []
        """The times at which comments came."""

    def __reduce__(self) -> tuple[type[Following], tuple[()]]:
        """Leave its state behind where it goes to another process."""
        return Following, ()

    # For the reader

    def begin(self) -> None:
        """Note that the head has come."""
        with self._changed:
            self.begun_at = self.begun_at or time.monotonic()
            self._changed.notify_all()

    def take(self, body: bytes) -> bool:
        """Note all that has come; whether more is wanted."""
        with self._changed:
            if len(body) != len(self._body):
                self._body, now = body, time.monotonic()
                self.begun_at = self.begun_at or now
                self.comments_at += [now] * (read_stream(body).comments - len(self.comments_at))
                self._changed.notify_all()
            return not self._left

    def end(self, *, cut: bool) -> None:
        """Note its end, and wait until it is left."""
        with self._changed:
            if not self._left:
                self.ended_at, self.cut = time.monotonic(), cut
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._left)

    # For whoever waits

    @property
    def content(self) -> StreamContent:
        """Return what has come."""
        return read_stream(self._body)

    def wait(self, holds: Callable[[StreamContent], bool], seconds: float) -> bool:
        """Wait until this holds of what has come, or the stream has ended, or the time is over; whether it holds."""
        with self._changed:
            self._changed.wait_for(lambda: self.ended_at is not None or holds(self.content), seconds)
            return holds(self.content)

    def wait_for_end(self, seconds: float) -> bool:
        """Wait until it has ended, or the time is over; whether it has."""
        with self._changed:
            return self._changed.wait_for(lambda: self.ended_at is not None, seconds)

    def wait_for_begin(self, over: Callable[[], bool]) -> bool:
        """Wait until it has begun; False where the request is over without."""
        with self._changed:
            while not self.begun_at and not over():
                self._changed.wait(POLL_S)
            return bool(self.begun_at)

    def leave(self) -> None:
        """Have the reader go."""
        with self._changed:
            self._left, self.left_at = True, self.left_at or time.monotonic()
            self._changed.notify_all()
