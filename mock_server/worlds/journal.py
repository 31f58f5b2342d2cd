"""The journal of a world: a bounded ring of references to requests, answers and states.

What the console reads to show its views is in a ring of its own, so that it takes the place of no client's request.
Nothing is copied or rendered when a request passes; whoever reads an entry pays for what it shows.
"""

from __future__ import annotations

from asyncio import Event
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from heapq import merge
from itertools import islice
from math import inf
from operator import attrgetter
from time import perf_counter
from weakref import ref

from mock_server.access.bearer import Bearer, read_bearer
from mock_server.access.callers import Caller
from mock_server.state.state import State
from mock_server.state.tally import Share
from mock_server.worlds.answer import Answer
from mock_server.worlds.call import KEPT_BODY, Call
from mock_server.worlds.memory import MemoryBudget

NOT_ANSWERED = 0
"""The status of a request whose connection ended without an answer."""

_ROOM = 512  # what an entry takes beside its path, without headers and bodies, about
_ROOM_WITH_HEADERS = 2048  # with those of the answer
_ROOM_OF_HEADER = 160  # beside its name and its value, about
_ROOM_OF_SCOPE = 64
_NO_HEADERS: Mapping[bytes, bytes] = {}
_BY_ID = attrgetter("id")
_MOST_SENDERS = 8
_NO_ENTRIES: deque[Entry] = deque()


class Sender(Share):
    """Headers and caller that several entries share."""

    __slots__ = ("__weakref__", "caller", "headers")

    def __init__(self, memory: MemoryBudget, headers: Mapping[bytes, bytes], caller: Caller) -> None:
        texts = sum(map(len, headers)) + sum(map(len, headers.values()))
        room = texts + _ROOM_OF_HEADER * len(headers) + _ROOM_OF_SCOPE * len(caller.permissions)
        super().__init__(memory.headers, room)
        memory.left -= room
        self.headers = headers
        self.caller = caller


@dataclass(slots=True, eq=False)
class Entry(Call):
    """A call that was answered, with its answer and the state right after it.

    It is the call itself, because one is kept of every request, and a thousand in each world.
    """

    id: int = field(init=False)
    parent: int = field(init=False)  # the entry after which the world stood as this one found it
    status: int = field(init=False)  # NOT_ANSWERED where there was no answer
    code: str | None = field(init=False)
    answer_headers: Mapping[bytes, bytes] = field(init=False)
    answer_body: bytes = field(init=False)
    answer_length: int = field(init=False)  # of the whole body
    after: State = field(init=False)
    ended: float = field(init=False)
    sender: Sender | None = field(init=False)  # whose the headers are
    request_id: str = field(init=False)
    from_console: bool = field(init=False)  # whether a view of the console asked by itself, and no client
    has_content: bool = field(init=False)  # whether headers and bodies are still there
    room: int = field(init=False)  # what it takes, in bytes, about
    _bearer: Bearer | None = field(init=False, default=None)  # once the headers are gone

    @property
    def bearer(self) -> Bearer | None:
        """The bearer of the credential that came with it, let in or not; None where it had none."""
        return read_bearer(self.headers, self.state, self.now) if self.has_content else self._bearer

    def drop_content(self) -> None:
        """Let go of the query, headers and bodies, and keep the rest."""
        if self.has_content:
            self._bearer = self.bearer
        self.headers = self.answer_headers = _NO_HEADERS
        self.sender = None
        self.query_string = self.sent = self.answer_body = b""
        self.has_content = False
        known = None if self._bearer is None else self._bearer.caller
        self.room = _ROOM + len(self.path) + (0 if known is None else _ROOM_OF_SCOPE * len(known.permissions))


class Journal:
    """The entries of one world, oldest first; ids grow by one, whatever is dropped or undone.

    Clients' requests and what the console reads have ids of one sequence, and a ring each of the same size.
    """

    __slots__ = ("_console", "_entries", "_head", "_memory", "_most", "_senders", "_waiting", "closed", "gone", "last")

    def __init__(self, memory: MemoryBudget, most: int) -> None:
        self.last = 0
        self.gone = 0  # the id of the latest request of a client that is no longer kept
        self.closed = False  # nothing comes any more, and whoever listens may go
        self._memory = memory
        self._most = most
        self._entries: deque[Entry] = deque()
        self._console = _NO_ENTRIES  # one of its own from its first entry on: most worlds have none
        self._head = 0
        self._senders: dict[int, ref[Sender]] = {}  # by a hash of what tells clients apart
        self._waiting: set[Event] = set()

    def record(self, entry: Entry, answer: Answer, code: str | None, state: State) -> bool:
        """Note on a call what it was answered, and keep it, if any is kept; at the bound the oldest makes place for it.

        Return whether it is kept.
        """
        body = answer.body if len(answer.body) <= KEPT_BODY else answer.body[:KEPT_BODY]
        entry.status = answer.status
        entry.code = code
        entry.answer_headers = answer.headers
        entry.answer_body = body
        entry.answer_length = len(answer.body)
        entry.has_content = True
        if not self._most or self.closed:
            return False
        own = not entry.from_console
        ring = self._entries if own else self._begin_console()
        if len(ring) == self._most:
            oldest = ring.popleft()
            self._memory.remove_entry(oldest)
            if own:
                self.gone = oldest.id
        entry.release()
        headers = entry.headers
        key = hash((headers.get(b"content-length"), headers.get(b"authorization")))
        held = self._senders.get(key)
        sender = None if held is None else held()
        if sender is None or sender.headers != headers:
            sender = self._share_sender(key, entry)
        elif entry.caller is not sender.caller and entry.caller == sender.caller:
            entry.caller = sender.caller
        entry.sender = sender
        entry.headers = sender.headers
        entry.parent = self._head
        entry.id = self.last = self.last + 1
        if own:
            self._head = entry.id
        entry.after = state
        entry.ended = perf_counter()
        entry.room = _ROOM_WITH_HEADERS + len(entry.path) + len(entry.query_string) + len(entry.sent) + len(body)
        self._memory.add_entry(entry)
        ring.append(entry)
        if self._waiting:
            self.wake()
        return True

    def _begin_console(self) -> deque[Entry]:
        """Return the ring of what the console reads, which is made at its first entry."""
        if self._console is _NO_ENTRIES:
            self._console = deque()
        return self._console

    def _share_sender(self, key: int, entry: Entry) -> Sender:
        """Keep the headers once for all entries to come that have the same, but for the length of the body."""
        if len(self._senders) >= _MOST_SENDERS:
            self._senders.clear()
        sender = Sender(self._memory, entry.headers, entry.caller)
        self._senders[key] = ref(sender)
        return sender

    def begin_after(self, last: int) -> None:
        """Let the ids go on after this one: whatever came until then is in the journal of another process."""
        self.last = self.gone = self._head = last

    def __iter__(self) -> Iterator[Entry]:
        if not self._console:
            return iter(self._entries)
        return merge(self._entries, self._console, key=_BY_ID)

    def __len__(self) -> int:
        return len(self._entries) + len(self._console)

    def find(self, entry_id: int) -> Entry | None:
        """Return the entry of this id, where it is kept."""
        for ring in (self._entries, self._console):
            at = bisect_left(ring, entry_id, key=_BY_ID)
            if at < len(ring) and ring[at].id == entry_id:
                return ring[at]
        return None

    def list_after(self, entry_id: int, *, most: int, with_console: bool) -> list[Entry]:
        """Return the entries that came after this id, oldest first, no more than so many."""
        rings = (self._entries, self._console) if with_console else (self._entries,)
        starts = (bisect_right(ring, entry_id, key=_BY_ID) for ring in rings)
        parts = (islice(ring, start, start + most) for ring, start in zip(rings, starts, strict=True))
        return list(islice(merge(*parts, key=_BY_ID), most))

    def rewind(self, entry: Entry) -> None:
        """Let the world go on from this entry: what came after it, and led elsewhere, is undone."""
        self._head = entry.parent if entry.from_console else entry.id

    def rewind_before(self, entry: Entry) -> None:
        """Let the world go on from before this entry: it is undone too."""
        self._head = entry.parent

    def find_undone(self) -> set[int]:
        """Return the ids of the entries that the present state does not come from."""
        parents = {entry.id: entry.parent for entry in self._entries}
        undone, current = set(parents), self._head
        while current in parents:
            undone.remove(current)
            current = parents[current]
        return undone | {entry.id for entry in self._console if entry.parent in undone}

    def clear(self) -> None:
        """Drop every entry; ids go on from where they are."""
        self.drop_until(inf)

    def close(self) -> None:
        """Let whoever listens go."""
        self.closed = True
        self.wake()

    def list_with_content(self) -> Iterator[Entry]:
        """Return the entries with bodies, oldest first."""
        return (entry for entry in self if entry.has_content)

    def list_times(self) -> Iterator[float]:
        """Return when each entry ended, oldest first."""
        return (entry.ended for entry in self)

    def drop_until(self, time: float) -> None:
        """Let go of every entry that did not end later."""
        for ring in (self._entries, self._console):
            while ring and ring[0].ended <= time:
                oldest = ring.popleft()
                self._memory.remove_entry(oldest)
                if not oldest.from_console:
                    self.gone = oldest.id

    def wake(self) -> None:
        """Let whoever listens look again."""
        for event in self._waiting:
            event.set()

    @contextmanager
    def listen(self) -> Iterator[Event]:
        """Give an event that is set at each new entry, for as long as it is listened to."""
        event = Event()
        self._waiting.add(event)
        try:
            yield event
        finally:
            self._waiting.discard(event)
