"""Traffic, judged while it passes: behind a window, so that it is known who asks before it is judged."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace

from conformance.contract.contract import Contract, Operation
from conformance.contract.routing import find_route
from conformance.traffic.callers import RecordedCallers
from conformance.traffic.exchanges import ExchangeReader
from conformance.traffic.gathering import GatheredFindings
from conformance.traffic.judged import RecordingJudge
from conformance.traffic.proxy.judging.archive import Archive, Entry, build_entry, decode_answer
from conformance.traffic.proxy.judging.order import Order, OrderedExchange
from conformance.traffic.proxy.judging.stand_ins import StandIns
from conformance.traffic.proxy.passing.exchange import BegunRequest, PassedExchange
from conformance.traffic.recording.entry import PROXY, Recording
from conformance.traffic.recording.selection import EntrySelection, SelectedEntry
from conformance.traffic.recording.sources import read_har

MOST_AHEAD = 1000
"""Exchanges that are known before one is judged, as far as they fit into so many bytes."""
MOST_AHEAD_BYTES = 32 * 1024 * 1024
UNREADABLE = "of no HTTP that can be read"


@dataclass(slots=True)
class LiveJudge:
    """The judge of what passes."""

    contract: Contract
    callers: RecordedCallers
    stand_ins: StandIns
    is_alone: bool
    side: str
    settle_s: float = 0.0
    """The seconds for which a list or read need not show what was written."""
    archive: Archive | None = None
    """The archive into which it is recorded."""
    selection: EntrySelection = field(default_factory=lambda: EntrySelection(()))
    gathered: GatheredFindings = field(init=False)
    _order: Order = field(init=False)
    _ahead: deque[OrderedExchange] = field(default_factory=deque)
    _ahead_bytes: int = 0
    _entries: int = 0
    _reader: ExchangeReader = field(init=False)
    _judge: RecordingJudge = field(init=False)

    def __post_init__(self) -> None:
        self.gathered = GatheredFindings(self.contract)
        self._order = Order(self.settle_s)
        self._reader = ExchangeReader(self.contract, self.callers, self.selection)
        self._judge = RecordingJudge(
            self.contract, self.callers, self.gathered, self.is_alone, self.side, self.settle_s
        )

    @property
    def name(self) -> str:
        """The recording, in the place of each exchange."""
        return self.archive.path.name if self.archive else "proxy"

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what is to be said of what passed."""
        return (self.archive.lacks,) if self.archive is not None and self.archive.lacks else ()

    def begin(self, begun: BegunRequest) -> None:
        """Take note of an exchange that begins."""
        if begun.base is not None and begun.base not in self.selection.bases:
            self.selection.bases = (*self.selection.bases, begun.base)
        self._order.begin(begun)

    def end(self, passed: PassedExchange) -> None:
        """Take note of its end, and judge what has come far enough ahead of it."""
        for ordered in self._order.end(passed):
            self._look_ahead(decode_answer(ordered))
        while len(self._ahead) > MOST_AHEAD or self._ahead_bytes > MOST_AHEAD_BYTES:
            self._judge_first()

    def settle(self) -> None:
        """Judge all that has ended."""
        while self._ahead:
            self._judge_first()
        self.gathered.skipped.update({str(reason): count for reason, count in self.selection.skipped.items()})
        self.selection.skipped.clear()

    def note_unreadable(self) -> None:
        """Take note of what could not be read."""
        self.gathered.skipped[UNREADABLE] += 1

    def _look_ahead(self, ordered: OrderedExchange) -> None:
        """Learn who asks, of what is judged later."""
        operation = self._find_operation(ordered.begun)
        self.stand_ins.learn(ordered, operation)
        self._ahead.append(ordered)
        self._ahead_bytes += ordered.size
        if operation is not None and self.contract.does_tell_caller(str(operation)):
            recording = self._build_entry(ordered)[1]
            found = next(EntrySelection(self.selection.bases).select(recording), None)
            if isinstance(found, SelectedEntry) and found.is_answered:
                self._reader.introduce(recording, found)

    def _judge_first(self) -> None:
        ordered = self._ahead.popleft()
        self._ahead_bytes -= ordered.size
        self._entries += 1
        written, recording = self._build_entry(ordered)
        if self.archive is not None:
            self.archive.add(written)
        for found in self.selection.select(recording):
            beside = {"overlapped": ordered.is_overlapped, "unsettled": ordered.is_unsettled}
            self._judge.take(self._reader.read_exchange(recording, found, **beside))

    def _build_entry(self, ordered: OrderedExchange) -> tuple[Entry, Recording]:
        """Return the archive entry of an exchange, and its recording, read as it will be from the file."""
        written = build_entry(self.stand_ins.apply_to(ordered, self._find_operation(ordered.begun)))
        recording = read_har(PROXY, {"log": {"creator": {"name": PROXY}, "entries": [written]}}, lambda _: None)
        placed = replace(recording.entries[0], place=f"{self.name} #{self._entries}")
        return written, Recording(PROXY, (placed,), PROXY)

    def _find_operation(self, begun: BegunRequest) -> Operation | None:
        path = begun.url.partition("?")[0][len(begun.base or "") :]
        return find_route(self.contract.whole, begun.method, path).operation if begun.base else None
