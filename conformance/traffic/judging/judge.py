"""Judges recorded exchanges one after the other, as they come."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from conformance.contract.contract import Contract
from conformance.http.exchange import SAFE, Exchange
from conformance.http.throttling import why_unjudged
from conformance.oracle.facts import State
from conformance.oracle.fullness import limit_of
from conformance.oracle.laws import Breach, Laws
from conformance.oracle.served import unserved_operation
from conformance.traffic.judging.belongings import Belongings
from conformance.traffic.judging.callers import PlaceKey, RecordedCallers
from conformance.traffic.judging.lawful import judge_laws
from conformance.traffic.judging.lists import judge_lists
from conformance.traffic.judging.log.page import events_in, judge_events
from conformance.traffic.judging.log.trail import Trail
from conformance.traffic.judging.memory import Memory
from conformance.traffic.judging.objects import judge_objects, shown_by
from conformance.traffic.judging.observed import Observed
from conformance.traffic.judging.open_world import judge_answer, possible
from conformance.traffic.judging.opinion import Opinion
from conformance.traffic.judging.presence import Presence
from conformance.traffic.judging.secrets import Secrets
from conformance.traffic.judging.sessions import judge_session
from conformance.traffic.privacy import write_only
from conformance.traffic.recording.entry import RecordedEntry

CALLER = "SESSION-CALLER"
UNSERVED = "of an operation that is not served, as the profile says"


@dataclass(slots=True)
class Place:
    """One server of one recording, as far as it was seen: another one may have other objects of the same id."""

    laws: Laws
    memory: Memory
    secrets: Secrets
    belongings: Belongings
    trail: Trail
    presence: Presence


@dataclass(slots=True)
class ExchangeJudge:
    """Judges the exchanges of a contract."""

    contract: Contract
    callers: RecordedCallers
    alone: bool = False
    """Whether nobody but whom the recording has changed anything."""
    settle_s: float = 0.0
    """For how long a list or read need not show what was written, and by how much clocks of the server may differ."""
    _places: dict[PlaceKey, Place] = field(default_factory=dict)
    _strangers: State = field(init=False)

    def __post_init__(self) -> None:
        self._strangers = State(contract=self.contract, recorded=True)

    def place(self, name: PlaceKey) -> Place:
        """What is remembered of a place."""
        if name not in self._places:
            state = State(contract=self.contract, recorded=True, own_world=self.alone)
            self._places[name] = Place(
                Laws(self.contract),
                Memory(self.contract, state, self.settle_s),
                Secrets(write_only(self.contract)),
                Belongings(self.alone),
                Trail(self.settle_s),
                Presence(self.contract, self.settle_s),
            )
        return self._places[name]

    def unsettle(self, entry: RecordedEntry) -> None:
        """Forget what was seen on a server where an exchange beside the API may have changed all of it."""
        if entry.method not in SAFE:
            self._places = {key: each for key, each in self._places.items() if entry.host not in key[1]}

    def judge(self, seen: Observed, place: PlaceKey, *, overlapped: bool = False, unsettled: bool = False) -> Opinion:
        """What an exchange shows. Those of one place come in the order of their sending.

        overlapped: a write to the place was under way meanwhile, so that it may have been done before or after.
        unsettled: a write had ended so shortly before that this read need not show it.
        """
        opinion, at, uncertain = Opinion(), self.place(place), overlapped or unsettled
        judge_laws(self.contract, at.laws, seen, opinion)
        told = self.contract.tells_caller(seen.exchange.operation_id) and seen.exchange.succeeded
        if told and not self.callers.introduce(seen.sender, place, seen.exchange.json):
            opinion.add([Breach(CALLER, "the org that its session said before", "another one")])
        if not seen.blurred:
            state = at.memory.state
            if uncertain:
                state = replace(state, own_world=False, gone=frozenset())
            strangers = replace(self._strangers, gone=state.gone)
            judge_answer(self.contract, seen, possible(state, seen, strangers=strangers), opinion)
            shown = shown_by(seen)
            judge_objects(self.contract, seen, shown, opinion)
            judge_lists(seen, shown, opinion)
            judge_events(self.contract, seen, events := events_in(seen), opinion)
            at.trail.judge(seen, events, shown, opinion, overlapped=uncertain)
            judge_session(self.contract, seen, opinion)
            at.secrets.judge(seen, opinion)
            self.callers.mask(at.secrets.every)
            at.presence.judge(seen, shown, opinion, state.gone, overlapped=uncertain)
            at.belongings.judge(seen, shown, opinion, overlapped=uncertain)
            at.memory.judge(seen, shown, opinion, overlapped=uncertain)
            if not unsettled:
                at.memory.learn(seen, shown, overlapped=overlapped)
        opinion.settle(self.contract)
        return opinion


def why_not(contract: Contract, exchange: Exchange) -> str | None:
    """Why an answer says nothing of the contract; None where it does."""
    if unserved_operation(contract, exchange.method, exchange.path) is not None:
        return UNSERVED
    if limit_of(contract, exchange) is not None:
        return "of a target that is full"
    return "of a rate limit or a gateway" if why_unjudged(exchange) is not None else None
