"""A life of one object, with every write to it, looked at by every caller after each step."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import chain

from conformance import needs
from conformance.contract.contract import Operation
from conformance.effects.lists import wrong_lists
from conformance.effects.others import changed_others
from conformance.effects.own import wrong_object
from conformance.effects.survey import Survey, Surveyor
from conformance.effects.survey_pair import NOTHING, RIGHT, EffectBreach, SurveyPair, Write
from conformance.effects.viewers import most_able, viewers
from conformance.http.exchange import Exchange, Request
from conformance.oracle.breach import Breach
from conformance.oracle.declaration.fields import id_of
from conformance.oracle.declaration.ownership import Ownership
from conformance.oracle.declaration.registry import resource_in_path, resource_set_by
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked, broken, check_decided, is_meant, is_right
from conformance.oracle.law import Kind, Law
from conformance.profile import Caller
from conformance.recipes.about import about, path_values, suited, with_right_body
from conformance.recipes.making import Unlike, own, ready
from conformance.session.harness import Harness


def kinds_of(resource: Resource) -> tuple[Kind, ...]:
    """The kinds of a resource's objects: those that it declares, else one for each way in which an org's own stands."""
    if resource.kinds:
        return resource.kinds
    return tuple(_plain(resource, way) for way in resource.access.ownerships if way.own)


def _plain(resource: Resource, way: Ownership) -> Kind:
    return Kind(way.id, lambda session, org, _like: own(session, resource, org, way))


def writes(harness: Harness, resource: Resource) -> tuple[Operation, ...]:
    """The operations that change an object: those that leave its content first, that which removes it last."""
    every = (o for o in harness.contract.operations.values() if not o.safe)
    found = [o for o in every if (resource_in_path(o) or resource_set_by(o)) is resource]
    order = ("stays", "part", "whole")

    def rank(operation: Operation) -> tuple[bool, int]:
        law = resource.behavior(operation.operation_id).may_change or Law()
        return operation.operation_id == resource.removed_by, order.index(law.content)

    return tuple(sorted(found, key=rank))


@dataclass(slots=True)
class Walk:
    """One object of a kind, others beside it, and what everybody was shown of them last."""

    harness: Harness
    resource: Resource
    kind: Kind
    beside: bool = False
    """Whether others are made beside the object."""
    actor: Caller = field(init=False)
    _object: Fact = field(init=False)
    _bystanders: list[Fact] = field(init=False)
    _surveyor: Surveyor = field(init=False)
    _last: Survey = field(init=False)

    def __post_init__(self) -> None:
        actor = most_able(self.harness, self._writes, self.harness.callers())
        if actor is None:
            raise NotProvoked(f"no caller in the profile may change a {self.resource}")
        self.actor = actor
        self._object = self.kind.make(self.harness, self.actor.org, None)
        self._bystanders = list(self._made_beside()) if self.beside else []
        self._surveyor = Surveyor(self.harness, self.resource, viewers(self.harness, self.actor, self.resource))
        self._last = self._survey()
        if wrong := [reading for reading in self._last.readings if not reading.right]:
            raise NotProvoked(f"its precondition does not hold: {wrong[0].exchange.operation_id} answered wrongly")

    def live(self, times: int = 1) -> None:
        """Take every write so many times, remove the object, make it again, and remove it again."""
        *changing, last = self._writes
        removes = last.operation_id == self.resource.removed_by
        for operation in (changing if removes else self._writes) * times:
            # A write of the whole may leave no such part, so one of a part is taken again while the part is there.
            law = self.resource.behavior(operation.operation_id).may_change
            for _ in range(2 if law and law.content == "part" else 1):
                with suppress(_Skipped):
                    self._write(operation)
        if removes:
            with suppress(_Skipped):
                self._write(last)
                self._make_again()
                self._write(last)

    def meddle(self) -> None:
        """Let a caller to whose org the object does not belong try every write, if there is one."""
        others = [each for each in self.harness.callers() if each.org != self.actor.org or not self.kind.owned]
        other = most_able(self.harness, self._writes, others)
        if other is None and self.kind.owned:
            return
        if other is None:
            raise NotProvoked("no caller in the profile may change anything", needs.SECOND_ORG)
        # What is set by its name, a stranger sets in the own org.
        for operation in (each for each in self._writes if resource_set_by(each) is None):
            fact = self._fact
            with suppress(NotProvoked):
                request = about(self.harness, operation, other, fact, like=suited(operation, fact))
                self._ask(other, request)
        self._look(NOTHING)

    # The steps

    def _write(self, operation: Operation) -> None:
        try:
            caller, fact = self.harness.able(operation, self.actor.org), ready(self.harness, self._fact, operation)
            request = with_right_body(self.harness, operation, caller, path_values(operation, fact), fact)
        except NotProvoked as reason:
            raise _Skipped(str(reason)) from None
        exchange = self._ask(caller, request)
        law = self._law(operation, request)
        answered = exchange.json if id_of(exchange.json) else {}
        beside = self.resource.behavior(operation.operation_id).beside
        made = id_of(self.resource.as_made(operation.operation_id, exchange.json)) if beside else ""
        self._look(Write(self._object.id, law, request, answered, made) if exchange.succeeded else NOTHING)

    def _law(self, operation: Operation, request: Request) -> Law | None:
        """What the write may change: of an update no field that it does not send."""
        law = self.resource.behavior(operation.operation_id).may_change
        if law is None or operation.operation_id != self.resource.updated_by:
            return law
        sent = json.loads(request.content or b"{}")
        return replace(law, moves=law.moves & {*sent, "updated_at"})

    def _make_again(self) -> None:
        try:
            self._object = self.kind.make(self.harness, self.actor.org, self._object)
        except Unlike:
            raise
        except NotProvoked as reason:
            raise _Skipped(str(reason)) from None
        self._look(Write(self._object.id, answered=self._fact.shown))

    def _ask(self, caller: Caller, request: Request) -> Exchange:
        """The exchange; a finding unless the oracle knows its answer for a right one."""
        exchange, answers = self.harness.foreseen(caller, request)
        contract = self.harness.contract
        check_decided(contract, exchange, answers)
        if not is_right(exchange, answers) and not is_meant(contract, exchange, answers):
            rule = contract.rules[broken(contract, exchange, answers, RIGHT)]
            self.harness.fail(self.harness.missed(rule, exchange, answers))
        return exchange

    def _look(self, write: Write) -> None:
        """Survey, and file the first thing that is wrong."""
        before, self._last = self._last, self._survey()
        pair = SurveyPair(
            self.harness.contract,
            self.resource,
            self.harness.state,
            self._surveyor.viewers,
            before,
            self._last,
        )
        breaches = chain(
            pair.wrong_answers(write),
            wrong_lists(pair, write),
            wrong_object(pair, write),
            changed_others(pair, write),
        )
        for breach in breaches:
            self._file(breach)

    def _file(self, breach: EffectBreach) -> None:
        harness, exchange = self.harness, breach.exchange
        rule = harness.contract.rules.get(breach.rule, harness.rule)
        if breach.reading is not None:
            harness.fail(harness.missed(rule, exchange, breach.reading.answers))
        said = Breach(rule.id, breach.expected, breach.got, breach.provenance, breach.effect, breach.evidence)
        harness.fail(harness.finding(said, exchange))

    # What there is

    @property
    def _writes(self) -> tuple[Operation, ...]:
        return writes(self.harness, self.resource)

    @property
    def _fact(self) -> Fact:
        return self.harness.state.facts(self.resource.name).get(self._object.id, self._object)

    def _made_beside(self) -> Iterator[Fact]:
        """One more of the kind in the same org, and one in another, each as like the object as may be."""
        others = [caller.org for caller in self.harness.callers() if caller.org != self.actor.org and self.kind.owned]
        for org in dict.fromkeys([self.actor.org, *others[:1]]):
            with suppress(NotProvoked):
                yield self.kind.make(self.harness, org, self._object)

    def _survey(self) -> Survey:
        gone = self.harness.state.is_gone
        facts = self.harness.state.facts(self.resource.name)
        beside = (facts.get(each.id, each) for each in self._bystanders if not gone(each.resource, each.id))
        return self._surveyor.survey([self._fact, *beside])


class _Skipped(Exception):
    """A step cannot be taken on this target; the others can."""
