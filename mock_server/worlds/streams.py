"""The streams of a world: who listens to the events of its orgs, and until when."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple, Protocol

from mock_server.resources.audit.feed import Feed, appended
from mock_server.settings import StreamTimes
from mock_server.state.state import State

HEARTBEAT = b": heartbeat\n\n"
MOST_UNSENT = 64 * 1024
"""Bytes that wait for a listener; one who lets more of them wait is let go."""


class Part(NamedTuple):
    """A part of a stream, as it is sent to whoever listens."""

    content: bytes
    chunk: bytes
    """The same as a chunk of a body of HTTP/1.1 (RFC 9112, 7.1)."""


def part(content: bytes) -> Part:
    """Return a part of this content."""
    return Part(content, b"%x\r\n%b\r\n" % (len(content), content))


_HEARTBEAT = part(HEARTBEAT)
_AT_ONCE = 100
"""Listeners that are sent to before a request that has come meanwhile is answered."""


class Listener(Protocol):
    """Whoever a stream is sent to."""

    def take(self, part: Part) -> bool:
        """Send a part; False where the listener has gone, or takes too long."""

    def end(self) -> None:
        """Send the end of the stream."""

    def drop(self) -> None:
        """End the connection in the middle of the stream."""


@dataclass(slots=True, eq=False)
class EventStream:
    """One stream, from its opening to its end."""

    _streams: Streams
    feed: Feed
    opened_at: State | None
    """The state of the world at its opening, until it has begun."""
    ends: float = 0.0
    listener: Listener | None = None

    def begin(self, listener: Listener) -> None:
        """Send what was missed, and from now on what happens."""
        self._streams.add(self, listener)

    def close(self) -> None:
        """Send nothing more."""
        self._streams.discard(self)


class Streams:
    """The open streams of a world. No timer is set while there is none."""

    __slots__ = ("_by_org", "_due", "_goes_on", "_numbers", "_timer", "_times", "_unsent")

    def __init__(self, times: StreamTimes) -> None:
        self._times = times
        self._by_org: dict[str, dict[EventStream, None]] = {}
        self._due: list[tuple[float, int, EventStream]] = []
        """A heap: when each stream gets its next comment, or its end."""
        self._numbers = count()
        self._timer: asyncio.TimerHandle | None = None
        self._unsent: deque[tuple[EventStream, Part]] = deque()
        """What is still to be sent, in this order."""
        self._goes_on = False

    def __bool__(self) -> bool:
        return bool(self._by_org)

    def __len__(self) -> int:
        return sum(map(len, self._by_org.values()))

    def open(self, feed: Feed, state: State) -> EventStream:
        """Return a stream of the world in this state; nothing may be committed before it begins."""
        return EventStream(self, feed, state)

    def add(self, stream: EventStream, listener: Listener) -> None:
        """Begin a stream: with a comment, and with what was missed."""
        now = asyncio.get_running_loop().time()
        stream.listener, stream.ends = listener, now + self._times.longest
        state, stream.opened_at = stream.opened_at, None
        missed = [stream.feed.written(event) for event in stream.feed.missed(state)] if state is not None else []
        if listener.take(part(b"".join((HEARTBEAT, *missed)))):
            self._by_org.setdefault(stream.feed.org_id, {})[stream] = None
            self._plan(stream, now + self._times.heartbeat)
            self._set_timer()

    def discard(self, stream: EventStream) -> None:
        """Let go of a stream, if it is open."""
        stream.listener = None
        others = self._by_org.get(stream.feed.org_id, {})
        others.pop(stream, None)
        if not others:
            self._by_org.pop(stream.feed.org_id, None)

    def publish(self, state: State, before: State) -> None:
        """Send the events that a commit has written."""
        for event in appended(state, before):
            sent: Part | None = None
            for stream in self._by_org.get(event.org_id, ()):
                if stream.feed.shows(event, state):
                    sent = sent or part(stream.feed.written(event))
                    self._unsent.append((stream, sent))
        self._send_soon()

    def end(self) -> None:
        """End every stream: the world is another one from here on."""
        self._send_all()
        for stream in [each for streams in self._by_org.values() for each in streams]:
            self._end(stream)
        self._due.clear()

    def tick(self) -> None:
        """Send the comments that are due, and end what is open for long."""
        now, self._timer = asyncio.get_running_loop().time(), None
        while self._due and self._due[0][0] <= now:
            due, _, stream = heappop(self._due)
            if stream.listener is None:
                continue
            if now >= stream.ends:
                self._end(stream)
            else:
                self._unsent.append((stream, _HEARTBEAT))
                self._plan(stream, due + self._times.heartbeat)
        self._send_soon()
        self._set_timer()

    def _send_soon(self) -> None:
        """Send what is unsent: at once where that is little, else in parts, between which requests are answered."""
        if len(self._unsent) <= _AT_ONCE:
            self._send_some()
        elif not self._goes_on:
            self._goes_on = True
            asyncio.get_running_loop().call_soon(self._go_on)

    def _go_on(self) -> None:
        self._goes_on = False
        self._send_some()
        if self._unsent:
            self._send_soon()

    def _send_some(self) -> None:
        for _ in range(min(_AT_ONCE, len(self._unsent))):
            self._send(*self._unsent.popleft())

    def _send_all(self) -> None:
        while self._unsent:
            self._send_some()

    def _plan(self, stream: EventStream, due: float) -> None:
        heappush(self._due, (min(due, stream.ends), next(self._numbers), stream))

    def _send(self, stream: EventStream, sent: Part) -> None:
        if stream.listener is not None and not stream.listener.take(sent):
            self.discard(stream)

    def _end(self, stream: EventStream) -> None:
        listener = stream.listener
        self.discard(stream)
        if listener is not None:
            listener.end()

    def _set_timer(self) -> None:
        while self._due and self._due[0][2].listener is None:
            heappop(self._due)
        if self._timer is None and self._due:
            self._timer = asyncio.get_running_loop().call_at(self._due[0][0], self.tick)


class WaitingParts:
    """A listener that hands on what it takes as it is asked for, within a bound."""

    def __init__(self, most: int) -> None:
        self._most, self._held = most, 0
        self._waiting: deque[bytes] = deque()
        self._news = asyncio.Event()
        self._ended = self._dropped = False

    def take(self, part: Part) -> bool:
        """Keep a part; False, and the end, where more than the bound is kept already."""
        if self._ended or self._held > self._most:
            self.end()
            return False
        self._waiting.append(part.content)
        self._held += len(part.content)
        self._news.set()
        return True

    def drop(self) -> None:
        """Hand on what is kept, and then the end of the connection."""
        self._dropped = True
        self.end()

    def end(self) -> None:
        """Take nothing more; what is kept is still handed on."""
        self._ended = True
        self._news.set()

    async def of(self, stream: EventStream) -> AsyncGenerator[bytes, None]:
        """Yield what the stream sends, which has begun with this listener, to its end."""
        try:
            while self._waiting or not self._ended:
                while self._waiting:
                    content = self._waiting.popleft()
                    self._held -= len(content)
                    yield content
                self._news.clear()
                if not self._ended:
                    await self._news.wait()
            if self._dropped:
                raise ConnectionResetError("the stream was cut")
        finally:
            stream.close()
