"""The exchanges of recordings, each with who sent it, in the order in which they were sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from conformance.contract.contract import Contract
from conformance.contract.routing import route
from conformance.oracle.learning import SESSION
from conformance.traffic.judging.callers import PlaceKey, RecordedCallers
from conformance.traffic.judging.observed import Observed, observed
from conformance.traffic.recording.entry import RecordedEntry, Recording
from conformance.traffic.recording.overlap import overlaps
from conformance.traffic.recording.selection import EntrySelection, Selected

UNSIGNED = (
    "{}: has no Authorization header at all, so who asked is not known; in Chromium's network panel, "
    "allow 'sensitive data' in the settings, and export the HAR with it"
)


@dataclass(frozen=True, slots=True)
class RecordedExchange:
    """An exchange of the API, where it was recorded, and what was under way meanwhile."""

    seen: Observed
    place: PlaceKey
    overlapped: bool
    """Whether a write to the same server was under way, so that it may have been done before or after."""


@dataclass(slots=True)
class ExchangeReader:
    """Reads the exchanges of recordings by one contract."""

    contract: Contract
    callers: RecordedCallers
    selection: EntrySelection
    notes: list[str] = field(default_factory=list)
    read: int = 0

    def exchanges(self, recording: Recording) -> Iterator[RecordedExchange | RecordedEntry]:
        """The exchanges of the API, and as they are entries that say nothing and may have changed what it has."""
        found = list(self.selection.of(recording))
        asked = [each for each in found if isinstance(each, Selected)]
        selected = [each for each in asked if each.answered]
        if selected and not recording.has_credentials:
            self.notes.append(UNSIGNED.format(recording.name))
        for seen, place in self._observed(recording, selected):
            if seen.operation is not None and seen.operation.operation_id == SESSION and seen.exchange.succeeded:
                self.callers.introduce(seen.sender, place, seen.exchange.json)
        overlapping = overlaps([each for each in asked if each.answered or each.entry.ended is not None])
        for each in found:
            if isinstance(each, RecordedEntry) or not each.answered:
                yield each if isinstance(each, RecordedEntry) else each.entry
                continue
            ((seen, place),) = self._observed(recording, [each])  # only now: who asks may have become known
            self.read += 1
            yield RecordedExchange(seen, place, each.entry.place in overlapping)

    def _observed(self, recording: Recording, selected: Sequence[Selected]) -> Iterator[tuple[Observed, PlaceKey]]:
        """Each exchange, and the place that it is of."""
        for number, each in enumerate(selected, self.read + 1):
            place = (recording.name, *each.world)
            operation = route(self.contract, each.entry.method, each.path).operation
            sender = self.callers.sender(each.entry, operation, place, recorded=recording.has_credentials)
            yield observed(self.contract, each, sender, number), place
