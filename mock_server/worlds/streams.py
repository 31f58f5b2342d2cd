"""The streams of a world: who listens to the events of its orgs, and until when.

An event is rendered once, and sent to each listener when all that was sent before has left. So a listener that
reads nothing costs no copy of what waits for it: the events that it missed are those of the world, and what has
happened since is the same for all. Small events that were missed go together, since each part is a write.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import Any
from weakref import WeakValueDictionary

from mock_server.operation import Feed
from mock_server.settings import StreamTimes
from mock_server.state.state import State
from mock_server.worlds.listeners import HEARTBEAT, Listener, Part

MOST_UNSENT = 64 * 1024
"""Bytes of what happens that wait for a listener; one who lets more of them wait is let go."""

_HEARTBEAT = Part(HEARTBEAT)
_AT_ONCE = 100
"""Parts that are sent before a request that has come meanwhile is answered."""
_TOGETHER = 32 * 1024
"""The bytes of missed events that are copied for one listener, to be sent in one part."""


@dataclass(slots=True, eq=False)
class EventStream:
    """One stream, from its opening to its end."""

    _streams: Streams
    feed: Feed
    opened_at: State | None
    """The state of the world at its opening, until it has begun."""
    ends: float = 0.0
    listener: Listener | None = None
    missed: Iterator[Part] | None = None
    """The parts of its beginning that are still to be sent."""
    waiting: deque[Part] = field(default_factory=deque)
    """The parts that are still to be sent of what has happened since."""
    unsent: int = 0
    """Bytes of these."""
    latest: Part | None = None
    """The part that was sent last: while it is on its way, others are sent the same one."""
    is_queued: bool = False
    """Whether its turn to be sent to will come."""

    def begin(self, listener: Listener) -> None:
        """Send what was missed, and from now on what happens."""
        self._streams.add(self, listener)

    def go_on(self) -> None:
        """Send more, if there is more: what was sent waits no longer."""
        self._streams.go_on(self)

    def close(self) -> None:
        """Send nothing more."""
        self._streams.discard(self)

    @property
    def has_more(self) -> bool:
        """Whether something may be to be sent."""
        return self.missed is not None or bool(self.waiting)

    @property
    def is_slow(self) -> bool:
        """Whether its listener lets too much of what happens wait."""
        return self.unsent > MOST_UNSENT and self.listener is not None and self.listener.is_full


class Streams:
    """The open streams of a world. No timer is set while there is none."""

    __slots__ = (
        "_by_org",
        "_due",
        "_find_new_events",
        "_goes_on",
        "_numbers",
        "_ready",
        "_rendered",
        "_timer",
        "_times",
    )

    def __init__(self, times: StreamTimes, find_new_events: Callable[[State, State], Sequence[Any]]) -> None:
        self._times = times
        self._find_new_events = find_new_events
        self._by_org: dict[str, dict[EventStream, None]] = {}
        self._due: list[tuple[float, int, EventStream]] = []
        """A heap: when each stream gets its next comment, or its end."""
        self._numbers = count()
        self._timer: asyncio.TimerHandle | None = None
        self._ready: deque[EventStream] = deque()
        """The streams that something is to be sent down, in turn."""
        self._goes_on = False
        self._rendered: WeakValueDictionary[tuple[type[Feed], int], Part] = WeakValueDictionary()
        """The parts that wait somewhere, by the event that each shows."""

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
        self._by_org.setdefault(stream.feed.org_id, {})[stream] = None
        stream.missed = self._list_beginning(stream.feed, () if state is None else stream.feed.read_missed(state))
        self._send_next(stream)
        self.go_on(stream)
        self._plan(stream, now + self._times.heartbeat)
        self._set_timer()

    def discard(self, stream: EventStream) -> None:
        """Let go of a stream, if it is open."""
        stream.listener = stream.missed = stream.latest = None
        stream.waiting.clear()
        others = self._by_org.get(stream.feed.org_id, {})
        others.pop(stream, None)
        if not others:
            self._by_org.pop(stream.feed.org_id, None)

    def go_on(self, stream: EventStream) -> None:
        """Send what is to be sent down a stream, whose listener takes more."""
        self._queue(stream)
        self._send_soon()

    def publish(self, state: State, before: State) -> None:
        """Send the events that a commit has written, and let go of who was too slow for those before."""
        events = self._find_new_events(state, before)
        for org_id in {event.org_id for event in events}:
            for stream in [each for each in self._by_org.get(org_id, ()) if each.is_slow]:
                self._let_go(stream)
        for event in events:
            for stream in self._by_org.get(event.org_id, ()):
                if stream.feed.shows(event, state):
                    self._add(stream, self._make_part(stream.feed, event))
        self._send_soon()

    def end(self) -> None:
        """End every stream: the world is another one from here on."""
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
                continue
            if not stream.has_more and not stream.listener.is_full:
                self._add(stream, _HEARTBEAT)
            self._plan(stream, due + self._times.heartbeat)
        self._send_soon()
        self._set_timer()

    def _list_beginning(self, feed: Feed, missed: Iterable[Any]) -> Iterator[Part]:
        """Yield the parts of a comment and of what was missed, each when it is asked for."""
        together, size = [HEARTBEAT], len(HEARTBEAT)
        for event in missed:
            part = self._make_part(feed, event)
            if together and size + len(part.chunk) > _TOGETHER:
                yield Part(b"".join(together))
                together, size = [], 0
            if len(part.chunk) > _TOGETHER:
                yield part
            else:
                together.append(part.content)
                size += len(part.chunk)
        if together:
            yield Part(b"".join(together))

    def _make_part(self, feed: Feed, event: Any) -> Part:
        """The one part that shows an event."""
        key = type(feed), id(event)
        part = self._rendered.get(key)
        if part is None:
            part = self._rendered[key] = Part(feed.write(event), event)
        return part

    def _add(self, stream: EventStream, part: Part) -> None:
        stream.waiting.append(part)
        stream.unsent += len(part.chunk)
        self._queue(stream)

    def _queue(self, stream: EventStream) -> None:
        """Let a stream have its turn, if there is more of it and its listener takes more."""
        listener = stream.listener
        if not stream.is_queued and stream.has_more and listener is not None and not listener.is_full:
            stream.is_queued = True
            self._ready.append(stream)

    def _send_soon(self) -> None:
        """Send what can be sent: at once where that is little, else in parts, between which requests are answered."""
        if len(self._ready) <= _AT_ONCE and not self._goes_on:
            self._send_some()
        if self._ready and not self._goes_on:
            self._goes_on = True
            asyncio.get_running_loop().call_soon(self._send_rest)

    def _send_rest(self) -> None:
        self._send_some()
        self._goes_on = bool(self._ready)
        if self._goes_on:
            asyncio.get_running_loop().call_soon(self._send_rest)

    def _send_some(self) -> None:
        for _ in range(_AT_ONCE):
            if not self._ready:
                return
            stream = self._ready.popleft()
            stream.is_queued = False
            self._send_next(stream)
            self._queue(stream)

    def _send_next(self, stream: EventStream) -> None:
        part = self._take_next(stream)
        if part is None or stream.listener is None:
            return
        stream.latest = part
        if not stream.listener.take(part):
            self.discard(stream)

    def _take_next(self, stream: EventStream) -> Part | None:
        """Take what comes next down a stream: what was missed comes first."""
        if stream.missed is not None:
            part = next(stream.missed, None)
            if part is not None:
                return part
            stream.missed = None
        if not stream.waiting:
            return None
        part = stream.waiting.popleft()
        stream.unsent -= len(part.chunk)
        return part

    def _plan(self, stream: EventStream, due: float) -> None:
        heappush(self._due, (min(due, stream.ends), next(self._numbers), stream))

    def _let_go(self, stream: EventStream) -> None:
        listener = stream.listener
        self.discard(stream)
        if listener is not None:
            listener.give_up()

    def _end(self, stream: EventStream) -> None:
        """End a stream; what has happened is sent before, where the listener has all that came earlier."""
        while stream.missed is None and stream.waiting:
            self._send_next(stream)
        listener = stream.listener
        self.discard(stream)
        if listener is not None:
            listener.end()

    def _set_timer(self) -> None:
        while self._due and self._due[0][2].listener is None:
            heappop(self._due)
        if self._timer is None and self._due:
            self._timer = asyncio.get_running_loop().call_at(self._due[0][0], self.tick)
