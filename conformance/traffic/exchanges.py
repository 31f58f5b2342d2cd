"""The exchanges of recordings, each with who sent it, in the order in which they were sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from conformance.contract.contract import Contract
from conformance.contract.routing import route
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
    unsettled: bool = False
    """Whether a write had ended so shortly before that a read need not show it."""


@dataclass(slots=True)
class ExchangeReader:
    """Reads the exchanges of recordings by one contract."""

    contract: Contract
    callers: RecordedCallers
    selection: EntrySelection
    settle_s: float = 0.0
    """For how long a list or read need not show what was written."""
    notes: list[str] = field(default_factory=list)
    read: int = 0

    def exchanges(self, recording: Recording) -> Iterator[RecordedExchange | RecordedEntry]:
        """The exchanges of the API, and as they are entries that say nothing and may have changed what it has."""
        found = list(self.selection.of(recording))
        asked = [each for each in found if isinstance(each, Selected)]
        selected = [each for each in asked if each.answered]
        if selected and not recording.has_credentials:
            self.notes.append(UNSIGNED.format(recording.name))
        for one in selected:
            self.introduce(recording, one)
        timed = [each for each in asked if each.answered or each.entry.ended is not None]
        beside = overlaps(timed, self.settle_s)
        for each in found:
            place = each.entry.place if isinstance(each, Selected) else ""
            yield self.exchange(recording, each, overlapped=place in beside.met, unsettled=place in beside.unsettled)

    def introduce(self, recording: Recording, selected: Selected) -> None:
        """Learn who asks, where an exchange is about that."""
        operation = route(self.contract, selected.entry.method, selected.path).operation
        if operation is not None and self.contract.tells_caller(str(operation)):
            seen, place = self._observed(recording, selected)
            if seen.exchange.succeeded:
                self.callers.introduce(seen.sender, place, seen.exchange.json)

    def exchange(
        self, recording: Recording, found: Selected | RecordedEntry, *, overlapped: bool, unsettled: bool
    ) -> RecordedExchange | RecordedEntry:
        """What is selected as an exchange, by what is known of its sender by now; what says nothing as it is."""
        if isinstance(found, RecordedEntry) or not found.answered:
            return found if isinstance(found, RecordedEntry) else found.entry
        seen, place = self._observed(recording, found)
        self.read += 1
        return RecordedExchange(seen, place, overlapped, unsettled)

    def _observed(self, recording: Recording, selected: Selected) -> tuple[Observed, PlaceKey]:
        """An exchange, and the place that it is of."""
        place = (recording.name, *selected.world)
        operation = route(self.contract, selected.entry.method, selected.path).operation
        sender = self.callers.sender(selected.entry, operation, place, recorded=recording.has_credentials)
        return observed(self.contract, selected, sender, self.read + 1), place
