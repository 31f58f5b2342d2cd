"""The exchanges of recordings, each with who sent it, in the order in which they were sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from conformance.contract.contract import Contract
from conformance.contract.routing import find_route
from conformance.judging.objects import find_org
from conformance.judging.overlap import find_overlaps
from conformance.traffic.callers import RecordedCallers
from conformance.traffic.observed import ObservedEntry, observe_entry
from conformance.traffic.recording.entry import RecordedEntry, Recording
from conformance.traffic.recording.selection import EntrySelection, SelectedEntry

UNSIGNED = (
    "{}: has no Authorization header at all, so who asked is not known; in Chromium's network panel, "
    "allow 'sensitive data' in the settings, and export the HAR with it"
)


@dataclass(slots=True)
class ExchangeReader:
    """The reader of the exchanges of recordings by one contract."""

    contract: Contract
    callers: RecordedCallers
    selection: EntrySelection
    settle_s: float = 0.0
    """The seconds for which a list or read need not show what was written."""
    notes: list[str] = field(default_factory=list)
    read: int = 0

    def read_exchanges(self, recording: Recording) -> Iterator[ObservedEntry | RecordedEntry]:
        """Yield the exchanges of the API, and as they are entries that say nothing and may have changed what it has."""
        found = list(self.selection.select(recording))
        asked = [each for each in found if isinstance(each, SelectedEntry)]
        selected = [each for each in asked if each.answered]
        if selected and not recording.has_credentials:
            self.notes.append(UNSIGNED.format(recording.name))
        for one in selected:
            self.introduce(recording, one)
        worlds: dict[tuple[str, str], list[RecordedEntry]] = defaultdict(list)
        for one in asked:
            if one.answered or one.entry.ended is not None:
                worlds[one.world].append(one.entry)
        beside = find_overlaps(worlds.values(), self.settle_s)
        for each in found:
            place = each.entry.place if isinstance(each, SelectedEntry) else ""
            yield self.read_exchange(
                recording, each, overlapped=place in beside.met, unsettled=place in beside.unsettled
            )

    def introduce(self, recording: Recording, selected: SelectedEntry) -> None:
        """Learn who asks, where an exchange is about that."""
        operation = find_route(self.contract, selected.entry.method, selected.path).operation
        if operation is not None and self.contract.does_tell_caller(operation.operation_id):
            seen = self._observe_entry(recording, selected)
            if seen.exchange.succeeded:
                self.callers.introduce(seen.sender, seen.world, seen.json)

    def read_exchange(
        self, recording: Recording, found: SelectedEntry | RecordedEntry, *, overlapped: bool, unsettled: bool
    ) -> ObservedEntry | RecordedEntry:
        """Return a selected entry as an exchange, by what is known of its sender by now; other things as they are."""
        if isinstance(found, RecordedEntry) or not found.answered:
            return found if isinstance(found, RecordedEntry) else found.entry
        seen = self._observe_entry(recording, found)
        if self.callers.assign(seen.sender, seen.world, None if self.contract.is_plain else find_org(seen)):
            seen = self._observe_entry(recording, found)
        self.read += 1
        return replace(seen, overlapped=overlapped, unsettled=unsettled)

    def _observe_entry(self, recording: Recording, selected: SelectedEntry) -> ObservedEntry:
        world = (recording.name, *selected.world)
        operation = find_route(self.contract, selected.entry.method, selected.path).operation
        sender = self.callers.find_sender(selected.entry, operation, world, recorded=recording.has_credentials)
        return observe_entry(self.contract, selected, sender, world, self.read + 1)
