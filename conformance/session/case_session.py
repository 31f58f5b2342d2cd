"""One test's session with the target: sends, remembers what it learned, asks for states, cleans up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from conformance import needs
from conformance.contract.contract import Contract, Operation, Provenance, Rule
from conformance.custody.guard import Guard, Withheld
from conformance.custody.interrupt import delay_interrupts
from conformance.custody.made_objects import MadeObjects
from conformance.custody.removal import Remover
from conformance.http.client import Client, Outgoing
from conformance.http.exchange import Exchange, Request
from conformance.oracle.archiving import list_refusals_again
from conformance.oracle.breach import Breach
from conformance.oracle.declaration.provider_state import ORG
from conformance.oracle.declaration.registry import concerns, list_resources
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import INACTIVE, State
from conformance.oracle.judging import (
    NotProvoked,
    build_finding,
    check_answered,
)
from conformance.oracle.law import EVERY_CALLER
from conformance.oracle.learning import observe
from conformance.profile import Caller, Credential, Profile
from conformance.results.explored import ExploredPairs
from conformance.results.verdict import Finding
from conformance.session.names import Names
from conformance.session.provider_states import BILLING, ProviderStates, list_undeclared
from conformance.session.settling import Settling
from conformance.session.story import Story, mask_shown_once
from conformance.session.turns import Turns
from conformance.values import copy_with


@dataclass(slots=True)
class CaseSession:
    """The exchanges of one test with the target. What it learns ends with it; what it made is removed."""

    contract: Contract
    profile: Profile
    client: Client
    rule: Rule
    """The rule that the test cites."""
    case: str
    seed: int
    knowledge: State
    world: str
    provider_states: ProviderStates | None
    made: MadeObjects
    turns: Turns | None
    """The turns of the processes that judge the same place, where there may be several."""
    prefix: str
    """The beginning of the names of all that the run makes."""
    asked: frozenset[str] = frozenset()
    """The ids of the operations that the run is narrowed to; empty: all are judged."""
    is_in_full: bool = False
    """Whether what a seed would deal out is judged in full."""
    findings: list[Finding] = field(default_factory=list)
    random: Random = field(init=False)
    history: Story = field(init=False)
    explored: ExploredPairs = field(default_factory=ExploredPairs)
    """The pairs that the test has met together."""
    judged: dict[str, None] = field(default_factory=dict)
    """The ids of the operations whose answers were held against the cited rule, in the order of that."""
    _settling: Settling = field(init=False)
    _names: Names = field(init=False)
    _absent: int = 0

    def __post_init__(self) -> None:
        self.history = Story(frozenset(caller.org for caller in self.profile.callers))
        self.random = Random(f"{self.seed}/{self.case}")  # noqa: S311  # reproducible, not secret
        self._settling = Settling(self.profile.limits.settle_seconds)
        self._names = Names(self.prefix, self.seed, self.case, self.is_alone)
        if self.turns:
            self.turns.share()

    def send(
        self, caller: Caller | Credential, request: Request, *, org: str | None = None, harmless: bool = False
    ) -> Exchange:
        """Send and learn; NotProvoked where it is withheld, or no answer of the target comes. harmless: is refused."""
        credential = caller if isinstance(caller, Credential) else caller.credential
        of = caller.org if isinstance(caller, Caller) else org
        request = self._put_in_org(request, credential, of)
        if again := list_refusals_again(request.operation_id):
            request = copy_with(request, foreseen=request.foreseen | again)
        with delay_interrupts():
            key = self.made.announce(self.knowledge, of or self._choose_org(), request)
            with self.made.reserve_removals(self.knowledge, request):
                exchange = self.client.send(request, credential, self.find_base_url(of), harmless=harmless)
            if self._settling.seconds and isinstance(caller, Caller):
                exchange = self._settle(caller, exchange)
            self._learn(caller, of or self._choose_org(), exchange, key)
        check_answered(self.contract, exchange)
        return exchange

    def _settle(self, caller: Caller, exchange: Exchange) -> Exchange:
        """Return the first answer that shows what the test wrote, and file once that it took a while.

        That a write is shown at once is assumed of a target that says otherwise.
        """
        noted, settling = self._settling.was_late, self._settling
        again = partial(self.client.send, exchange.request, caller.credential, self.find_base_url(caller.org))
        exchange = settling.settle(caller, exchange, self.knowledge, self.history.steps, again)
        if settling.was_late and not noted:
            rule = EVERY_CALLER if EVERY_CALLER in self.contract.rules else self.rule.id
            said = ("a write shown by the first read after it", "only when it was read again, within settle_seconds")
            self.findings.append(self.build_finding(Breach(rule, *said, Provenance.ASSUMED), exchange))
        return exchange

    def send_together(self, asked: Sequence[tuple[Caller, Request]]) -> tuple[Exchange, ...]:
        """Send requests at the same time, each for its own caller, and learn from their answers in the order given."""
        requests = [(caller, self._put_in_org(request, caller.credential, caller.org)) for caller, request in asked]
        with delay_interrupts():
            keys = [self.made.announce(self.knowledge, caller.org, request) for caller, request in requests]
            with self.made.reserve_removals(self.knowledge, *(request for _, request in requests)):
                exchanges = self.client.send_together(
                    [Outgoing(request, it.credential, self.find_base_url(it.org)) for it, request in requests]
                )
            for (caller, _), exchange, key in zip(requests, exchanges, keys, strict=True):
                self._learn(caller, caller.org, exchange, key)
        return check_answered(self.contract, *exchanges)

    @contextmanager
    def send_elsewhere(
        self, caller: Caller | Credential, request: Request, *, org: str
    ) -> Iterator[tuple[Request, Callable[[Exchange], None]]]:
        """Keep custody of a request that somebody else sends; yield it as it is admitted, and what learns its answer.

        NotProvoked where it is withheld.
        """
        credential = caller if isinstance(caller, Credential) else caller.credential
        request = self._put_in_org(request, credential, org)
        key = self.made.announce(self.knowledge, org, request)
        with self.made.reserve_removals(self.knowledge, request):
            yield request, lambda exchange: self._learn(caller, org, exchange, key)

    def _learn(self, caller: Caller | Credential, org: str, exchange: Exchange, key: str | None) -> None:
        before = self.knowledge
        mask_shown_once(self.client, self.contract, exchange)
        self.knowledge = observe(before, caller if isinstance(caller, Caller) else None, exchange)
        self.made.note(before, self.knowledge, org, exchange, key)
        self.history.add(exchange, caller.credential if isinstance(caller, Caller) else caller)

    def _put_in_org(self, request: Request, credential: Credential, org: str | None) -> Request:
        """Return the request with its caller's org in its path.

        NotProvoked, before it is entered anywhere, if withheld.
        """
        request = request.put_in_org(org or self._choose_org())
        try:
            self.guard.check(request, credential.label)
        except Withheld as reason:
            raise NotProvoked(str(reason), *reason.needs) from None
        return request

    def _choose_org(self) -> str:
        """Return the org that gets what an unknown caller makes, if the target lets him; made up where nobody calls."""
        return self.profile.callers[0].org if self.profile.callers else self.guard.make_absent_id("org")

    def find_base_url(self, org: str | None) -> str:
        """Return the base URL for the callers of an org: that of the test's world, of the org, or of the target."""
        return self.profile.find_url(org, self.world)

    def build_finding(self, breach: Breach, exchange: Exchange) -> Finding:
        """Return a finding of this test."""
        steps = self.story(exchange)
        return build_finding(self.contract, breach, exchange, steps=steps, case=self.case, seed=self.seed)

    def story(self, exchange: Exchange) -> tuple[Exchange, ...]:
        """Return the last steps of this test before an exchange, states among them."""
        return self.history.list_steps_to(exchange)

    def callers(self, org: str | None = None) -> list[Caller]:
        """Return the profile's callers in its order, of one org or of all."""
        return [c for c in self.profile.callers if org is None or c.org == org]

    def able(self, operation: Operation, org: str | None = None) -> Caller:
        """Return a caller whom neither scope, role nor billing forbids the operation; else not provoked."""
        if found := next((caller for caller in self.callers(org) if self.is_permitted(caller, operation)), None):
            return found
        if not self.profile.callers:
            raise NotProvoked("the profile has no callers", needs.CALLER)
        where = f" of {org}" if org else ""
        raise NotProvoked(f"no caller{where} in the profile may do {operation}", needs.need_somebody_for(operation))

    def is_asked_about(self, resource: Resource) -> bool:
        """Return whether the run is to judge any operation on objects of the resource."""
        every = (self.contract.operations[each] for each in self.asked if each in self.contract.operations)
        return not self.asked or any(concerns(operation, resource) for operation in every)

    def is_permitted(self, caller: Caller, operation: Operation) -> bool:
        """Return whether scope, role and billing let the caller do the operation, as far as is known."""
        billed = operation.billing != "create" or self.knowledge.postures.get(caller.org) not in INACTIVE
        return billed and operation.role in (None, caller.role) and operation.permissions.are_held_by(caller.held)

    def provide(
        self, state: str, *, creates: bool = True, alone: bool = False, org: str | None = None, **params: Any
    ) -> Mapping[str, Any]:
        """Have the target's side make a state until the test ends; NotProvoked where it cannot.

        `is_alone`: it changes what is right for every other request of an org, so nobody else judges meanwhile.
        """
        if self.provider_states is None:
            why = "the run is read-only" if self.profile.limits.read_only else "the target has no states_url"
            need = needs.WRITING if self.profile.limits.read_only else needs.state(state)
            raise NotProvoked(f"needs the state '{state}', and {why}", need)
        given = {key: value for key, value in {ORG.name: org, **params}.items() if value is not None}
        if unknown := list_undeclared(state, given):
            raise ValueError(f"the state '{state}' is not declared with {', '.join(unknown)}")
        if self.turns and alone:
            self.turns.wait_until_alone()
        values = self.provider_states.set_up(state, given, creates=creates)
        for resource in list_resources() if creates else ():
            if isinstance(made := values.get(resource.id_key), str):
                self.guard.allow_made(made)
        self.history.add_state(self.provider_states.url, state, given, values, self.client.sent)
        return values

    def take_back(self, state: str, *, org: str | None, **more: Any) -> None:
        """Have the target's side take back a state that it made for this test; NotProvoked where it does not."""
        params = {ORG.name: org, **more}
        if self.provider_states is None or not self.provider_states.undo(state, params):
            raise NotProvoked(f"the state '{state}' was not taken back")
        self.history.add_state(self.provider_states.url, state, params, {}, self.client.sent, action="teardown")

    def set_posture(self, org: str, posture: str) -> None:
        """Bring an org to a billing posture; not provoked where that cannot be done."""
        if self.knowledge.postures.get(org) != posture:
            self.provide(BILLING, creates=False, alone=True, org=org, posture=posture)
            self.knowledge = self.knowledge.with_posture(org, posture)

    @property
    def guard(self) -> Guard:
        """The check of requests, which is told of every id that the test makes or makes up."""
        return self.made.guard

    def make_absent_id(self, resource: str) -> str:
        """Return an id that no object has."""
        self._absent += 1
        made_up = self.guard.make_absent_id(resource, str(self.seed), self.case, str(self._absent))
        self.knowledge = self.knowledge.with_absent(made_up)
        return made_up

    def make_absent_id_like(self, object_id: str) -> str | None:
        """Return an id that no object has, of the same length and letters; None where it is too short for that."""
        if made_up := self.guard.make_absent_id_like(object_id, self.case):
            self.knowledge = self.knowledge.with_absent(made_up)
        return made_up

    def make_fresh_name(self, length: int | None = None) -> str:
        """Return a name with the run's mark that nothing known has, the same for the same seed but for the mark."""
        return self._names.make_fresh(self.knowledge, length)

    def clean_up(self) -> list[str]:
        """Remove what the test made; what is left behind, in words."""
        left = self.provider_states.tear_down() if self.provider_states else []
        if not self.is_alone:
            left += Remover(self.contract, self.profile, self.client, self.find_base_url).clear(
                self.made, self.knowledge
            )
        if self.turns:
            self.turns.leave()
        return left

    @property
    def is_alone(self) -> bool:
        """Return whether the test has a world of its own, which nobody else changes."""
        return self.profile.world_url is not None
