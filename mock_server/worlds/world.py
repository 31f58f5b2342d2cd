"""A world, in which alone anything changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from msgspec import Struct

from mock_server.access.callers import Caller
from mock_server.access.origins import SAFE_METHODS
from mock_server.operation import Feed
from mock_server.settings import StreamTimes
from mock_server.state.clock import EARLIEST, read_real_time
from mock_server.state.collection import Collection
from mock_server.state.state import State, brings_content, make_request_id, settle
from mock_server.state.value import replace
from mock_server.worlds.answer import Answer, read_error_code
from mock_server.worlds.epoch import Epoch
from mock_server.worlds.faults import Faults
from mock_server.worlds.journal import Entry, Journal
from mock_server.worlds.memory import ROOM_OF_OBJECT, MemoryBudget
from mock_server.worlds.snapshots import Snapshots
from mock_server.worlds.streams import EventStream, Streams

RealTime = Callable[[], datetime]
CONSOLE = b"x-mock-console"
"""The header by which a page of the mock says that it reads by itself what it shows, and no client asks."""

Cell = tuple[str, int, str | None]
"""An operation, a status, and the code of an error."""


class Product(NamedTuple):
    """The collection and the functions of a product that the engine calls; `app.py` hands them in."""

    orgs: Collection[Any]
    """The orgs that callers are of; each has a `find_posture(now)`, which says whether its billing is active."""
    play_due: Callable[[State, datetime], State]
    """Returns the state in which nothing is due any more at a time; the same state where nothing was."""
    find_new_events: Callable[[State, State], Sequence[Any]]
    """Returns the events that a state has more than the one that it was made from; each has an `org_id`."""
    with_events: Callable[[State, State, Sequence[str], Caller, datetime], State]
    """Returns the state with the events of a request: of what it changed since the state before, of declared types."""
    without_oldest_event: Callable[[State, str], State]
    """Returns the state without the oldest event of an org, which gives way where there is no room for another."""


class Resumption(Struct, frozen=True, omit_defaults=True):
    """The moment at which a process went on with the world of a former one, by the real time."""

    at: datetime
    since: datetime
    """The time when the former process left the world."""
    changes_lost: datetime | None = None
    """The time when a process last had to go on without changes that a killed one had made."""
    journal_lost: datetime | None = None
    """The time when a process last had to go on without the journal of a killed one."""


class World:
    """A state, which is replaced as a whole, with its journal, faults, snapshots and coverage."""

    __slots__ = (
        "__weakref__",
        "_alarm",
        "_latest",
        "_made",
        "_memory",
        "_real_time",
        "_requests",
        "_seed_state",
        "_stream_times",
        "began",
        "closed",
        "console",
        "coverage",
        "coverage_by_console",
        "epoch",
        "faults",
        "journal",
        "name",
        "on_change",
        "product",
        "reads_by_console",
        "resumed",
        "snapshots",
        "state",
        "streams",
    )

    def __init__(
        self,
        name: str,
        seed_state: State,
        product: Product,
        *,
        real: RealTime = read_real_time,
        memory: MemoryBudget | None = None,
        most_entries: int = 0,
        stream_times: StreamTimes = StreamTimes(),  # noqa: B008  # a constant
    ) -> None:
        memory = memory or MemoryBudget()
        self.name = name
        self.console = f"{name}/".encode()
        """Its part in an address of the console."""
        self.state = seed_state
        self.product = product
        self.journal = Journal(memory, most_entries)
        self.snapshots = Snapshots(memory)
        self.faults = Faults(seed_state.seed)
        self.coverage: dict[Cell, int] = {}
        self.coverage_by_console: dict[Cell, int] = {}
        self._memory = memory
        self._made = 0  # objects beyond those of the seed data; less than none where some of them are gone
        self._real_time = real
        self._seed_state = seed_state
        self._requests = 0
        self.reads_by_console = 0  # of those requests
        self._latest = EARLIEST
        self.began = self.read_real_time()
        self.resumed: Resumption | None = None
        self.on_change: Callable[[World], None] | None = None  # called once, at the next change
        self.epoch = Epoch()
        self.streams: Streams | None = None
        """The streams of the world, from the first that somebody opens on; most worlds never have one."""
        self._stream_times = stream_times
        self._alarm: asyncio.TimerHandle | None = None  # while somebody listens to a stream, and something will be due
        self.closed = False  # nobody will ask it any more

    def read_clock(self) -> datetime:
        """Return the world's own time, in UTC; no earlier than before, unless somebody set its clock."""
        real = self._real_time()
        if real < self._latest:
            real = self._latest
        else:
            self._latest = real
        return self.state.clock.read(real)

    def read_real_time(self) -> datetime:
        """Return the time that its clock is moved against; it stands still while the machine's is put back."""
        self._latest = max(self._latest, self._real_time())
        return self._latest

    def catch_up(self) -> None:
        """Apply what its clock has made due, each transition at its own time: before whatever reads or changes it."""
        if self.state.timers:
            after = self.product.play_due(self.state, self.read_clock())
            if after is not self.state and not self.admit(after):
                self.commit(after)  # time passes however full the memory is

    @property
    def journal_began(self) -> datetime:
        """The time when its journal began, by the real time: with the world, or when this process went on with it."""
        return self.began if self.resumed is None else self.resumed.at

    def explain_full(self) -> tuple[str, int]:
        """Return why something does not fit, and the limit in bytes."""
        return self._memory.explain_full(), self._memory.limit

    def admit(self, state: State) -> bool:
        """Commit a state if there is memory for it, once journals gave way; whether there was."""
        more = state.objects - self.state.objects
        grows = more > 0 or (more == 0 and brings_content(state, self.state))
        if grows and not self._memory.make_room(ROOM_OF_OBJECT * more):
            return False
        settle(state, self.state)
        if more:
            self._count(more)
        self._go_on_with(state)
        return True

    def commit(self, state: State) -> None:
        """Put the state in the place of the one that it was made from, however full the memory is."""
        settle(state, self.state)
        self._count(state.objects - self.state.objects)
        self._go_on_with(state)

    def _go_on_with(self, state: State) -> None:
        """Put the state in the place of the one that it was made from, and tell whoever listens."""
        before, self.state = self.state, state
        if self.on_change is not None:
            self.note_changed()
        if self.streams:
            self.streams.publish(state, before)
            self._set_alarm()

    def note_changed(self) -> None:
        """Tell whoever waits for it that the world has changed; for what is no part of its state, too."""
        tell, self.on_change = self.on_change, None
        if tell is not None:
            tell(self)

    def open_stream(self, feed: Feed) -> EventStream:
        """Return a stream of what happens from now on; whatever will be due happens in time while one is open."""
        if self.streams is None:
            self.streams = Streams(self._stream_times, self.product.find_new_events)
        stream = self.streams.open(feed, self.state)
        self._set_alarm()
        return stream

    def _set_alarm(self) -> None:
        """Have what will be due next happen in time, unless the clock stands."""
        self._stop_alarm()
        timers, clock = self.state.timers, self.state.clock
        if timers and clock.frozen_at is None:
            wait = (timers[0].at - self.read_clock()).total_seconds()
            self._alarm = asyncio.get_running_loop().call_later(max(wait, 0), self._ring)

    def _ring(self) -> None:
        self._alarm = None
        if self.streams:
            self.catch_up()
            if self._alarm is None:
                self._set_alarm()

    def _stop_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    @property
    def room(self) -> int:
        """The bytes that its objects take beyond those of the seed data, about."""
        return ROOM_OF_OBJECT * max(0, self._made)

    def _replace(self, state: State) -> None:
        """Replace the state by one that need not come from it."""
        self._count(state.objects - self.state.objects)
        self.state = state
        self.note_changed()

    def _count(self, more: int) -> None:
        if not self.journal.closed:
            before = self.room
            self._made += more
            self._memory.objects += self.room - before

    def record(self, call: Entry, answer: Answer) -> bool:
        """Record a request in the journal, and count its cell of the contract; return whether the journal keeps it.

        What the console reads is recorded and counted apart; what changes something is somebody's request, whoever
        sent it.
        """
        code, operation = None, getattr(call, "operation", None)
        call.from_console = CONSOLE in call.headers and call.method in SAFE_METHODS
        if answer.status >= 400:
            code = read_error_code(answer, call.contract.errors)
            if call.undeclared:
                operation = None
        if call.from_console:
            self.reads_by_console += 1
        if operation is not None and answer.status and call.contract.api_path is None:  # no control call
            cell = (operation.id, answer.status, code)
            counts = self.coverage_by_console if call.from_console else self.coverage
            counts[cell] = counts.get(cell, 0) + 1
        return self.journal.record(call, answer, code, self.state)

    def take(self, state: State, how: str = "taken to another state") -> None:
        """Put an earlier state, or one from elsewhere, in the place of the present one.

        Faults are no part of it and stay, and ids that were given out are not given out again. Requests that
        wait are dropped, and told `how` the world was taken there, as the end of a sentence.
        """
        taken = replace(state, highest=self.state.find_highest_ids(), touched=None)
        self._replace(taken.with_transient_of(self.state))
        self._begin_epoch(how)

    def make_request_id(self) -> str:
        """Return the id of one more request; none comes twice between two resets."""
        self._requests += 1
        return make_request_id(self._seed_state.seed, self._requests)

    @property
    def requests(self) -> int:
        """The number of requests that the world has had since its last reset."""
        return self._requests

    def reset(self) -> None:
        """Go back to the seed data, with nothing in store that goes wrong: state, clock, counters, request ids, faults.

        What happened stays known, so that a whole run of tests can be looked at: journal, coverage, snapshots.
        Requests that wait are dropped.
        """
        self._replace(self._seed_state)
        self.faults.clear()
        self._requests = self.reads_by_console = 0
        self._begin_epoch("reset")

    def _begin_epoch(self, how: str) -> None:
        ended, self.epoch = self.epoch, Epoch()
        ended.end(how)
        if self.streams is not None:
            self.streams.end()
        self._stop_alarm()

    def close(self, how: str = "deleted") -> None:
        """Release the memory of a world that is gone, and end whoever waits in it or follows it."""
        self.closed = True
        self._begin_epoch(how)
        self.journal.clear()
        self.journal.close()
        self.snapshots.clear()
        self._memory.objects -= self.room
        self._made = 0

    def copy_state_of(self, other: World) -> None:
        """Take the state of another world, without its faults, and its count of requests."""
        self._replace(other.state.with_transient_of(self.state))
        self._requests, self.reads_by_console = other.requests, other.reads_by_console

    def resume(
        self,
        state: State,
        *,
        requests: int,
        reads_by_console: int,
        coverage: Mapping[Cell, int],
        coverage_by_console: Mapping[Cell, int],
    ) -> None:
        """Go on where a world of another process stood."""
        self._replace(state)
        self._requests, self.reads_by_console = requests, reads_by_console
        self.coverage.update(coverage)
        self.coverage_by_console.update(coverage_by_console)
