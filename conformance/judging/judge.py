"""The judge of exchanges one after the other, as they come: live ones, recorded ones, and what passes a proxy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from conformance.contract.contract import Contract
from conformance.http.exchange import SAFE, Exchange
from conformance.http.gateways import explain_unjudged
from conformance.judging.belongings import Belongings
from conformance.judging.clock import ServerClock
from conformance.judging.constancy import Constancy
from conformance.judging.credentials import RevokedKeys, Secrets, judge_session, write_only
from conformance.judging.events import judge_events, list_events
from conformance.judging.lawful import judge_laws
from conformance.judging.laws import ResponseInvariants
from conformance.judging.log import EventLog
from conformance.judging.memory import Memory
from conformance.judging.objects import ShownObject, judge_objects, list_shown
from conformance.judging.observed import ObservedExchange, World
from conformance.judging.open_world import find_possible, judge_answer
from conformance.judging.opinion import Opinion
from conformance.judging.presence import Presence, judge_lists
from conformance.judging.trail import Trail
from conformance.oracle.facts import State
from conformance.oracle.judging import limit_of
from conformance.oracle.served import find_unserved_operation

UNSERVED = "of an operation that is not served, as the profile says"


@dataclass(slots=True)
class Place:
    """One server, as far as it was seen: another one may have other objects of the same id."""

    laws: ResponseInvariants
    clock: ServerClock
    memory: Memory
    secrets: Secrets
    revoked: RevokedKeys
    belongings: Belongings
    trail: Trail
    presence: Presence
    constancy: Constancy
    log: EventLog


@dataclass(slots=True)
class ExchangeJudge:
    """The judge of the exchanges of a contract."""

    contract: Contract
    is_alone: bool = False
    """Whether nobody but whom it is shown has changed anything."""
    settle_s: float = 0.0
    """The seconds for which a list or read need not show a write, and by which clocks of the server may differ."""
    laws: ResponseInvariants | None = None
    """The laws of all places, where they are to be kept longer than what is remembered of a place."""
    remembers: bool = True
    """Whether answers are held against what earlier ones showed; a run's own session knows more, and does so itself."""
    key_of: Callable[[str], str] = str
    """The function that tells the sender of a request by the credential."""
    _places: dict[World, Place] = field(default_factory=dict)
    _strangers: State = field(init=False)

    def __post_init__(self) -> None:
        self._strangers = State(contract=self.contract, is_recorded=True)

    def place(self, name: World) -> Place:
        """Return what is remembered of a place."""
        if name not in self._places:
            state = State(contract=self.contract, is_recorded=True, is_own_world=self.is_alone)
            clock = ServerClock(self.settle_s)
            self._places[name] = Place(
                self.laws or ResponseInvariants(self.contract),
                clock,
                Memory(self.contract, state),
                Secrets(write_only(self.contract)),
                RevokedKeys(self.key_of, self.settle_s),
                Belongings(self.is_alone),
                Trail(self.settle_s),
                Presence(self.contract, clock, self.settle_s),
                Constancy(self.contract, clock, holds_writes=self.remembers),
                EventLog(self.settle_s),
            )
        return self._places[name]

    def unsettle(self, method: str, host: str) -> None:
        """Forget everything about a server after an unjudged request that may have changed it."""
        if method not in SAFE:
            self._places = {key: each for key, each in self._places.items() if host not in key[1]}

    def judge(self, seen: ObservedExchange) -> Opinion:
        """Return what an exchange shows. Those of one world come in the order of their sending."""
        opinion, at = Opinion(tells_breaches_alone=not self.remembers), self.place(seen.world)
        judge_laws(self.contract, at.laws, seen, opinion)
        if (
            not seen.is_blurred and not self.contract.is_plain
        ):  # else nothing says what an object, a list or a session is
            shown = list_shown(seen)
            at.clock.note(seen, shown)
            if self.remembers:
                self._judge_possible(seen, at.memory.state, opinion)
            if seen.operation is not None and seen.exchange.has_succeeded:
                self._judge_shown(seen, shown, at, opinion)
            at.secrets.judge(seen, opinion)
            at.revoked.judge(seen, opinion)
            at.presence.judge(seen, shown, opinion)
            if self.remembers:
                at.memory.judge(seen, shown, opinion)
                if not seen.is_unsettled:
                    at.memory.learn(seen, shown)
            at.constancy.judge(seen, shown, opinion)
        opinion.settle(self.contract)
        return opinion

    def _judge_possible(self, seen: ObservedExchange, state: State, opinion: Opinion) -> None:
        """Say whether the answer is right in some state in which the target may have been."""
        if seen.is_uncertain:
            state = replace(state, is_own_world=False, gone=frozenset())
        strangers = replace(self._strangers, gone=state.gone)
        judge_answer(self.contract, seen, find_possible(state, seen, strangers=strangers), opinion)

    def _judge_shown(self, seen: ObservedExchange, shown: tuple[ShownObject, ...], at: Place, opinion: Opinion) -> None:
        """Say what is wrong with what a success shows."""
        judge_objects(self.contract, seen, shown, opinion)
        judge_lists(seen, shown, opinion)
        judge_events(self.contract, seen, events := list_events(seen), opinion)
        at.trail.judge(seen, events, shown, opinion)
        at.log.judge(seen, events, opinion)
        judge_session(self.contract, seen, opinion)
        at.belongings.judge(seen, shown, opinion)


def explain_not_judged(contract: Contract, exchange: Exchange) -> str | None:
    """Return why an answer says nothing of the contract; None where it does."""
    if find_unserved_operation(contract, exchange.method, exchange.path) is not None:
        return UNSERVED
    if limit_of(contract, exchange) is not None:
        return "of a target that is full"
    return "of a rate limit or a gateway" if explain_unjudged(exchange) is not None else None
