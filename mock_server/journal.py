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
from mock_server.call import KEPT_BODY, Call, Change
from mock_server.callers import NOBODY, Caller
from mock_server.contract import Operation
from mock_server.memory import Memory
from mock_server.state import State

NOT_ANSWERED = 0
"""The status of a request whose connection ended without an answer."""

_ROOM = 512  # what an entry takes beside its messages, about
_ROOM_OF_HEADERS = 1536


@dataclass(frozen=True, slots=True)
class Message:
    """Headers and body of a request or an answer; `length` is that of the whole body."""

    headers: Mapping[bytes, bytes]
    body: bytes
    length: int


@dataclass(slots=True, eq=False, weakref_slot=True)
class Entry:
    """One request: what came and left, and the state right after it."""

    id: int
    parent: int  # the entry after which the world stood as this one found it
    time: datetime
    operation: Operation | None
    method: str
    path: str
    query: bytes
    caller: Caller | None
    status: int
    code: str | None
    gate: str | None
    faults: tuple[int, ...]
    seconds: float
    change: Change | None
    state: State
    request: Message | None  # None once it was let go
    response: Message | None
    room: int
    arrival: int = 0

    @property
    def operation_id(self) -> str | None:
        """The operation, where the request reached one."""
        return None if self.operation is None else self.operation.id

    def shed(self) -> None:
        """Let go of both messages, and keep the rest."""
        self.request = self.response = None
        self.room = _ROOM


class Journal:
    """The entries of one world, oldest first; ids grow by one, whatever is dropped or undone."""

    __slots__ = ("_entries", "_head", "_memory", "_most", "_waiting", "closed", "last")

    def __init__(self, memory: Memory, most: int) -> None:
        self.last = 0
        self.closed = False  # nothing comes any more, and whoever listens may go
        self._memory = memory
        self._most = most
        self._entries: deque[Entry] = deque()
        self._head = 0
        self._waiting: set[Event] = set()

    def record(self, call: Call, answer: Answer, code: str | None, state: State) -> None:
        """Add what a request came to; at the bound the oldest entry makes place for it."""
        if not self._most:
            return
        if len(self._entries) == self._most:
            self._memory.gone(self._entries.popleft())
        self.last += 1
        sent, left = call.sent[:KEPT_BODY], answer.body[:KEPT_BODY]
        entry = Entry(
            self.last,
            self._head,
            call.now,
            getattr(call, "operation", None),
            call.method,
            call.contract.base_path + call.path,
            call.query_string,
            None if call.caller is NOBODY else call.caller,
            answer.status,
            code,
            call.refused_by,
            () if call.met is None else tuple(call.met.ids),
            perf_counter() - call.started,
            call.change,
            state,
            Message(call.headers, sent, call.sent_length),
            Message(answer.headers, left, len(answer.body)),
            _ROOM + _ROOM_OF_HEADERS + len(sent) + len(left),
        )
        self._memory.arrived(entry)
        self._entries.append(entry)
        self._head = self.last
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
