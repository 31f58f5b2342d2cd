"""Recordings, judged from the first exchange to the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from conformance.contract.contract import Contract
from conformance.judging.judge import ExchangeJudge, explain_not_judged
from conformance.judging.opinion import Opinion
from conformance.oracle.breach import Breach
from conformance.traffic.callers import RecordedCallers
from conformance.traffic.client_judge import ClientJudge
from conformance.traffic.exchanges import ExchangeReader, ObservedEntry
from conformance.traffic.gathering import GatheredFindings
from conformance.traffic.recording.entry import RecordedEntry, Recording
from conformance.traffic.recording.selection import EntrySelection

CALLER = "SESSION-CALLER"


@dataclass(slots=True)
class RecordingJudge:
    """The judge of the exchanges of one recording, as they come."""

    contract: Contract
    callers: RecordedCallers
    gathered: GatheredFindings
    is_alone: bool
    side: str
    settle_s: float = 0.0
    _server: ExchangeJudge = field(init=False)
    _client: ClientJudge = field(init=False)

    def __post_init__(self) -> None:
        self.gathered.begin()
        self._server = ExchangeJudge(self.contract, self.is_alone, self.settle_s, key_of=self.callers.make_key)
        self._client = ClientJudge(self.contract)

    def take(self, seen: ObservedEntry | RecordedEntry) -> None:
        """Judge an exchange, for each side that is judged; of what says nothing, that it may have changed all."""
        if isinstance(seen, RecordedEntry):
            self._server.unsettle(seen.method, seen.host)
            return
        if reason := explain_not_judged(self.contract, seen.exchange):
            self.gathered.skip(seen, reason)
            self._server.unsettle(seen.method, seen.entry.host)  # it may have been done all the same
            return
        self.gathered.count(seen)
        if self.side != "client":
            self.gathered.add(seen, self._judge(seen))
        if self.side != "server":
            self.gathered.add(seen, self._client.judge(seen, self.callers.masks), of_client=True)

    def _judge(self, seen: ObservedEntry) -> Opinion:
        """Judge an exchange of the server; who asks, and what is secret, is learned from it."""
        opinion = self._server.judge(seen)
        self.callers.mask(self._server.place(seen.world).secrets.every)
        told = self.contract.does_tell_caller(seen.exchange.operation_id) and seen.exchange.has_succeeded
        if told and not self.callers.introduce(seen.sender, seen.world, seen.json):
            opinion.add([Breach(CALLER, "the org that its session said before", "another one")])
            opinion.settle(self.contract)
        return opinion


@dataclass(slots=True)
class TrafficJudge:
    """The judge of the recordings of one contract."""

    contract: Contract
    callers: RecordedCallers
    selection: EntrySelection
    is_alone: bool = False
    side: str = "server"
    """The side, client or server, that is judged by the contract."""
    settle_s: float = 0.0
    """The seconds for which a list or read need not show what was written."""
    gathered: GatheredFindings = field(init=False)
    _reader: ExchangeReader = field(init=False)

    def __post_init__(self) -> None:
        self.gathered = GatheredFindings(self.contract)
        self._reader = ExchangeReader(self.contract, self.callers, self.selection, self.settle_s)

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what is to be said of the recordings."""
        return tuple(self._reader.notes)

    def judge(self, recordings: Sequence[Recording]) -> GatheredFindings:
        """Judge every recording; what was found."""
        for recording in recordings:  # each with a memory of its own: the server may have been another one before
            judge = RecordingJudge(self.contract, self.callers, self.gathered, self.is_alone, self.side, self.settle_s)
            for each in self._reader.read_exchanges(recording):
                judge.take(each)
        self.gathered.skipped.update({str(reason): n for reason, n in self.selection.skipped.items()})
        return self.gathered
