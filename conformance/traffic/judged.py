"""Recordings, judged from the first exchange to the last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from conformance.contract.contract import Contract
from conformance.contract.routing import route
from conformance.oracle.learning import SESSION
from conformance.traffic.client.judge import ClientJudge
from conformance.traffic.gathering import Gathered
from conformance.traffic.judging.callers import PlaceKey, RecordedCallers
from conformance.traffic.judging.judge import ExchangeJudge, why_not
from conformance.traffic.judging.observed import Observed, observed
from conformance.traffic.recording.entry import RecordedEntry, Recording
from conformance.traffic.recording.overlap import overlaps
from conformance.traffic.recording.selection import EntrySelection, Selected

UNSIGNED = (
    "{}: has no Authorization header at all, so who asked is not known; in Chromium's network panel, "
    "allow 'sensitive data' in the settings, and export the HAR with it"
)


@dataclass(slots=True)
class TrafficJudge:
    """Judges recordings of one contract."""

    contract: Contract
    callers: RecordedCallers
    selection: EntrySelection
    alone: bool = False
    side: str = "server"
    """Of whom it is judged whether they keep to the contract."""
    gathered: Gathered = field(init=False)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gathered = Gathered(self.contract)

    def judge(self, recordings: Sequence[Recording]) -> Gathered:
        """Judge every recording; what was found."""
        for recording in recordings:
            self._judge(recording)
        self.gathered.skipped.update({str(reason): n for reason, n in self.selection.skipped.items()})
        return self.gathered

    def _judge(self, recording: Recording) -> None:
        """Judge one recording with a memory of its own: the server may have been another one before."""
        found = list(self.selection.of(recording))
        judged = [each for each in found if isinstance(each, Selected)]
        if judged and not recording.has_credentials:
            self.notes.append(UNSIGNED.format(recording.name))
        judges = ExchangeJudge(self.contract, self.callers, alone=self.alone), ClientJudge(self.contract)
        for seen, place in self._observed(recording, judged):
            if seen.operation is not None and seen.operation.operation_id == SESSION and seen.exchange.succeeded:
                self.callers.introduce(seen.sender, place, seen.exchange.json)
        overlapping = overlaps(judged)
        for each in found:
            if isinstance(each, RecordedEntry):
                judges[0].unsettle(each)
                continue
            ((seen, place),) = self._observed(recording, [each])
            if reason := why_not(self.contract, seen.exchange):
                self.gathered.skipped[reason] += 1
            else:
                self._one(seen, place, *judges, overlapped=each.entry.place in overlapping)

    def _one(
        self, seen: Observed, place: PlaceKey, judge: ExchangeJudge, client: ClientJudge, *, overlapped: bool
    ) -> None:
        """Judge one exchange, for each side that is judged."""
        self.gathered.count(seen)
        if self.side != "client":
            self.gathered.add(seen, judge.judge(seen, place, overlapped=overlapped))
        if self.side != "server":
            self.gathered.add(seen, client.judge(seen, self.callers.masks), of_client=True)

    def _observed(self, recording: Recording, judged: Sequence[Selected]) -> Iterator[tuple[Observed, PlaceKey]]:
        """Each exchange, and the place that it is of."""
        for number, selected in enumerate(judged, self.gathered.judged + 1):
            entry = selected.entry
            place = (recording.name, *selected.world)
            operation = route(self.contract, entry.method, selected.path).operation
            sender = self.callers.sender(entry, operation, place, recorded=recording.has_credentials)
            yield observed(self.contract, selected, sender, number), place
