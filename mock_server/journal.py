"""What happened in a world: a bounded ring of references to its requests, answers and states.

Nothing is copied or rendered when a request passes; whoever reads an entry pays for what it shows.
"""

from __future__ import annotations

from asyncio import Event
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from time import perf_counter

from mock_server.answer import Answer
from mock_server.call import KEPT_BODY, Call
from mock_server.memory import Memory
from mock_server.state import State

NOT_ANSWERED = 0
"""The status of a request whose connection ended without an answer."""

_ROOM = 512  # what an entry takes without headers and bodies, about
_ROOM_WITH_HEADERS = 2048
_NO_HEADERS: Mapping[bytes, bytes] = {}


@dataclass(slots=True, eq=False)
class Entry:
    """One request: the call and its answer, and the state right after it.

    Small, because one is made of every request, and a thousand are kept of each world.
    """

    id: int
    parent: int  # the entry after which the world stood as this one found it
    call: Call
    answer: Answer
    length: int  # of the answer's whole body
    code: str | None
    seconds: float
    state: State
    room: int  # what it takes, in bytes, about
    whole: bool = True  # whether headers and bodies are still there
    arrival: int = 0

    @property
    def operation_id(self) -> str | None:
        """The operation, where the request reached one."""
        operation = getattr(self.call, "operation", None)
        return None if operation is None else str(operation.id)

    @property
    def status(self) -> int:
        """The status of the answer; NOT_ANSWERED where there was none."""
        return self.answer.status

    @property
    def time(self) -> datetime:
        """When it came, by the world's clock."""
        return self.call.now

    def shed(self) -> None:
        """Let go of headers and bodies, and keep the rest."""
        self.call.headers = _NO_HEADERS
        self.call.sent = b""
        self.answer = Answer(self.status, {}, b"")
        self.room, self.whole = _ROOM, False


class Journal:
    """The entries of one world, oldest first; ids grow by one, whatever is dropped or undone."""

    __slots__ = ("_entries", "_head", "_headers", "_memory", "_most", "_waiting", "closed", "last")

    def __init__(self, memory: Memory, most: int) -> None:
        self.last = 0
        self.closed = False  # nothing comes any more, and whoever listens may go
        self._memory = memory
        self._most = most
        self._entries: deque[Entry] = deque()
        self._head = 0
        self._headers: Mapping[bytes, bytes] = _NO_HEADERS
        self._waiting: set[Event] = set()

    def record(self, call: Call, answer: Answer, code: str | None, state: State) -> None:
        """Add what a request came to; at the bound the oldest entry makes place for it."""
        if not self._most or self.closed:
            return
        if len(self._entries) == self._most:
            self._memory.gone(self._entries.popleft())
        call.release()
        if call.headers == self._headers:  # a client sends the same ones again and again: one of them is kept
            call.headers = self._headers
        else:
            self._headers = call.headers
        length = len(answer.body)
        if length > KEPT_BODY:
            answer = answer._replace(body=answer.body[:KEPT_BODY])
        self.last += 1
        room = _ROOM_WITH_HEADERS + len(call.sent) + len(answer.body)
        entry = Entry(self.last, self._head, call, answer, length, code, perf_counter() - call.started, state, room)
        self._memory.arrived(entry)
        self._entries.append(entry)
        self._head = self.last
        if self._waiting:
            self._wake()

    def resume(self, last: int) -> None:
        """Let ids go on after those of a journal that is not there any more."""
        self.last = self._head = last

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, entry_id: int) -> Entry | None:
        """Return the entry of this id, where it is kept."""
        if not self._entries or not self._entries[0].id <= entry_id <= self.last:
            return None
        return self._entries[entry_id - self._entries[0].id]

    def after(self, entry_id: int, *, most: int) -> list[Entry]:
        """Return the entries that came after this id, oldest first, no more than so many."""
        if not self._entries:
            return []
        start = max(0, entry_id + 1 - self._entries[0].id)
        return list(islice(self._entries, start, start + most))

    def rewind(self, entry: Entry) -> None:
        """Let the world go on from this entry: what came after it, and led elsewhere, is undone."""
        self._head = entry.id

    def undone(self) -> set[int]:
        """Return the ids of the entries that the present state does not come from."""
        parents = {entry.id: entry.parent for entry in self._entries}
        undone, current = set(parents), self._head
        while current in parents:
            undone.remove(current)
            current = parents[current]
        return undone

    def clear(self) -> None:
        """Drop every entry; ids go on from where they are."""
        self.drop_until(self._entries[-1].arrival if self._entries else 0)

    def close(self) -> None:
        """Let whoever listens go."""
        self.closed = True
        self._wake()

    def whole(self) -> Iterator[Entry]:
        """Return the entries with bodies, oldest first."""
        return (entry for entry in self._entries if entry.whole)

    def arrivals(self) -> Iterator[int]:
        """Return the arrival numbers of the entries, oldest first."""
        return (entry.arrival for entry in self._entries)

    def drop_until(self, arrival: int) -> None:
        """Let go of every entry that did not arrive later."""
        while self._entries and self._entries[0].arrival <= arrival:
            self._memory.gone(self._entries.popleft())

    def _wake(self) -> None:
        for event in self._waiting:
            event.set()

    @contextmanager
    def listening(self) -> Iterator[Event]:
        """Give an event that is set at each new entry, for as long as it is listened to."""
        event = Event()
        self._waiting.add(event)
        try:
            yield event
        finally:
            self._waiting.discard(event)
