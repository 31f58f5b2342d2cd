"""One sequence: each answer is held against the oracle, and what is read afterwards against each answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.contract.contract import Operation
from conformance.http.exchange import Exchange, Request
from conformance.oracle.breach import Breach
from conformance.oracle.declaration.fields import id_of
from conformance.oracle.declaration.registry import resource_in_path
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.effect import DataEffect
from conformance.oracle.facts import INACTIVE, Fact
from conformance.oracle.judging import NotProvoked, Unanswered, broken, is_meant, is_right
from conformance.oracle.law import EVERY_CALLER, Law
from conformance.profile import Caller, Credential
from conformance.recipes.reading import changed, item, list_whole, readers
from conformance.recipes.requests import build
from conformance.recipes.steps import Steps, operations_about, steps_of
from conformance.results.difference import of_bytes, of_fields, of_list
from conformance.results.verdict import Finding
from conformance.session.harness import Harness
from conformance.session.rereading import check_unchanged

RIGHT, REFUSED, GONE = "CONTRACT-RIGHT-ANSWER", "REFUSED-CHANGES-NOTHING", "DELETE-GONE"
LISTED, NOT_LISTED, LIST_ITEM = "OWNERSHIP-LISTED", "OWNERSHIP-NOT-LISTED", "OWNERSHIP-LIST-ITEM"
ARCHIVED = "LIST-ARCHIVED"
POSTURES = ("active", *INACTIVE, "active", "trial")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. Each number counts through what there is at that moment, so none is ever out of place."""

    action: int
    caller: int
    object: int
    choice: int


@dataclass(frozen=True, slots=True)
class Callers:
    """Who takes the steps."""

    lead: Caller  # makes the first object
    turns: tuple[Caller | Credential, ...]  # in the order in which numbers are dealt, the lead first
    other: Caller | None  # of another org, with the same scopes


class SequenceFinding(AssertionError):
    """A sequence that found something."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


class TargetBroke(Exception):
    """The target broke, which the laws of every answer say; or a limit answered for it. Nothing follows from it."""


@dataclass(slots=True)
class SequenceJudge:
    """Takes the steps of one sequence about a resource with a harness of its own."""

    harness: Harness
    resource: Resource
    callers: Callers
    case: str  # the test that a finding is of
    reads_alone: bool = False  # about what the target shows, of which nothing is changed
    _steps: Steps = field(init=False)
    _operations: tuple[Operation, ...] = field(init=False)
    _known: dict[str, Fact] = field(default_factory=dict)
    """The objects of the sequence, those that are gone too, in the order of their making."""

    def __post_init__(self) -> None:
        self._steps = steps_of(self.harness, self.resource, self.callers.lead, self.callers.other)
        operations = self.harness.contract.operations
        self._operations = operations_about(self.resource, operations)
        if self.reads_alone:
            listing = operations.get(self.resource.listed_by or "")
            self._operations = (*(o for o in self._operations if o.safe), *filter(None, (listing,)))

    @property
    def actions(self) -> int:
        """How many actions a step may be; those that the target's side has to do need states."""
        return len(self._operations) + (len(self._steps.set_ups) + 1 if self.harness.states else 0)

    def judge(self, steps: Sequence[Step]) -> None:
        """Make an object, or list those that are there, and take the steps; SequenceFinding at the first wrong."""
        if self.reads_alone:
            list_whole(self.harness, self.resource, self.callers.lead)
        else:
            self._steps.begin(steps[0].choice)
        try:
            for step in steps:
                self._take(step)
            for caller in filter(None, (self.callers.lead, self.callers.other)):
                self._check_list(caller)
        except TargetBroke:
            return

    def _objects(self) -> list[Fact]:
        """As they are known now; of what is gone what was known last."""
        self._known |= {fact.id: fact for fact in self._facts.values() if fact.made or self.reads_alone}
        return list(self._known.values())

    @property
    def _facts(self) -> Mapping[str, Fact]:
        return self.harness.state.facts(self.resource.name)

    def _take(self, step: Step) -> None:
        known = self._objects()
        if not known or not step.action:
            # The target shows none of what was made, or there is nothing to do.
            return
        fact, number, set_ups = known[step.object % len(known)], step.action - 1, self._steps.set_ups
        lead, caller = self.callers.lead, self.callers.turns[step.caller % len(self.callers.turns)]
        try:
            if number < len(self._operations):
                self._ask(self._operations[number], caller, fact, step.choice)
            elif number < len(self._operations) + len(set_ups):
                for operation in set_ups[number - len(self._operations)](fact, step.choice):
                    self._ask(operation, lead, self._facts.get(fact.id, fact), 0)
            else:
                self.harness.set_posture(lead.org, POSTURES[step.choice % len(POSTURES)])
        except NotProvoked:
            # What this step needs cannot be had of the target: the others can be taken all the same.
            return

    def _ask(self, operation: Operation, caller: Caller | Credential, fact: Fact, choice: int) -> None:
        exchange = self._judged(caller, self._steps.request(operation, caller, fact, choice))
        if operation.safe:
            self._demand_none(exchange, self._steps.after_read(exchange, fact))
        elif resource_in_path(operation) or not exchange.succeeded:
            self._check_object(operation, exchange, fact)
        else:
            answer = exchange.json if isinstance(exchange.json, dict) else {}
            made = self._facts.get(id_of(self.resource.as_made(operation.operation_id, answer)))
            if made is None:
                raise TargetBroke  # what was answered is no such object, and its schema says so
            self._demand_none(exchange, self._steps.after_creation(exchange, made, choice))
            self._check_object(operation, exchange, made)

    def _judged(self, caller: Caller | Credential, request: Request) -> Exchange:
        """The exchange; SequenceFinding unless its answer is one of the oracle's."""
        contract = self.harness.contract
        try:
            exchange, answers = self.harness.foreseen(caller, request)
        except Unanswered:
            raise TargetBroke from None  # what the target did is not known, nor what is right from here on
        operation = contract.operations.get(request.operation_id or "")
        undeclared = operation is not None and exchange.status not in operation.responses
        if exchange.status >= 500 and undeclared:
            raise TargetBroke
        if not is_right(exchange, answers) and not is_meant(contract, exchange, answers):
            rule = contract.rules[broken(contract, exchange, answers, RIGHT)]
            self._fail(self.harness.missed(rule, exchange, answers))
        return exchange

    def _check_object(self, operation: Operation, exchange: Exchange, before: Fact) -> None:
        """Read the object after a write: it is as the answer showed it, as it was before a refusal, or not there."""
        shown_by = self.harness.contract.operations.get(self.resource.shown_by or "")
        if before.owner is None or shown_by is None:
            return
        colleagues = readers(self.harness, self.resource, before.owner)
        hides, state = self.resource.hides, self.harness.state
        reader = next((each for each in colleagues if hides(state, before, each, shown_by) is False), None)
        if reader is None:
            return
        name, stood = self.resource.name, before.id in self._facts
        ids = {p.name: before.id for p in shown_by.path_parameters}
        read = self._judged(reader, build(shown_by, ids))
        if not stood or not read.succeeded:
            return
        behavior = self.resource.behavior(operation.operation_id)
        if not exchange.succeeded or behavior.beside:
            law = behavior.may_change or Law()
            was = dict(before.shown)
            moved = changed(self.harness.contract, was, read.json, ignoring=self.resource.moves)
            said = f"the {name} as before", f"{', '.join(moved)} changed"
            rule = law.keeps if exchange.succeeded else REFUSED
            self._demand(not moved, read, self._moved(rule, said, moved, was, read.json))
            return
        moved = changed(self.harness.contract, exchange.json, read.json, ignoring=self.resource.moves)
        rule = self._steps.rule_of_reading(operation, moved)
        said = f"the {name} as the answer showed it", f"another {', '.join(moved)}"
        self._demand(not moved, read, self._moved(rule, said, moved, exchange.json, read.json))
        shown = read.json if isinstance(read.json, dict) else {}
        self._demand_none(read, self._steps.after_write(exchange, before, shown))
        if part := self._steps.part_written(exchange):
            answer = self._judged(reader, part)
            evidence = of_bytes(exchange.request.content, answer.body)
            said = "the bytes that were sent", "other bytes"
            breach = Breach(rule, *said, effect=DataEffect.LOST, evidence=evidence)
            self._demand(answer.body == exchange.request.content, answer, breach)
        for request in self._steps.read_besides(exchange):
            answer = self._judged(reader, request)
            self._demand_none(answer, self._steps.after_read(answer, self._facts.get(before.id, before)))
        self._check_abroad(shown_by, before.id)

    def _moved(self, rule: str, said: tuple[str, str], moved: list[str], was: Any, now: Any) -> Breach:
        """That an object has other values of these fields than it should have."""
        lost, evidence = self.resource.loss_of(self.harness.contract, moved), of_fields(moved, was, now)
        return Breach(rule, *said, effect=lost, evidence=evidence)

    def _check_abroad(self, shown_by: Operation, object_id: str) -> None:
        """Whoever sees the object in another org is shown what its own org is, and nothing that is for that alone."""
        other, fact, resource = self.callers.other, self._facts.get(object_id), self.resource
        if other is None or fact is None or fact.owned_by(other.org) or not fact.visible_to(other.org):
            return
        if not self.harness.state.certain(fact):
            return
        read = self._judged(other, build(shown_by, {p.name: object_id for p in shown_by.path_parameters}))
        if not read.succeeded or not isinstance(read.json, dict):
            return
        contract = self.harness.contract
        moved = changed(contract, dict(fact.shown), read.json, ignoring=resource.by_viewer)
        said = f"the {resource.name} as its own org is shown it", f"another {', '.join(moved)}"
        self._demand(not moved, read, self._moved(EVERY_CALLER, said, moved, fact.shown, read.json))
        leaking = sorted(read.json.keys() & resource.owner_only)
        said = "no field that its own org alone is shown", ", ".join(leaking)
        evidence = of_fields(leaking, {}, read.json)
        breach = Breach(EVERY_CALLER, *said, effect=DataEffect.LEAKED, evidence=evidence)
        self._demand(not leaking, read, breach)

    def _check_list(self, caller: Caller) -> None:
        """The list holds what the caller sees of the sequence's objects, as it is, and nothing else of them."""
        facts, name, state = self._objects(), self.resource.name, self.harness.state
        listed_by = self.harness.contract.operations.get(self.resource.listed_by or "")
        if listed_by is None:
            return
        known = {*self._facts}
        answer = self._judged(caller, build(listed_by))
        if not answer.succeeded:
            return
        for fact in facts:
            shown, stands = item(answer, fact.id), fact.id in known
            hidden = stands and self.resource.hides(state, fact, caller, listed_by)
            if hidden is None or (stands and not state.certain(fact)):
                continue
            if hidden and self.resource.access.personal:
                said = f"no {name} of somebody else in the list", "one"
                breach = Breach(
                    self.resource.access.personal.listed, *said, effect=DataEffect.LEAKED, evidence=of_list(*said)
                )
                self._demand(shown is None, answer, breach)
                continue
            if stands and fact.visible_to(caller.org) and not self.resource.is_listed(fact):
                said = f"no archived {name} in the list", "one"
                self._demand(shown is None, answer, Breach(ARCHIVED, *said, evidence=of_list(*said)))
            elif stands and fact.visible_to(caller.org):
                lost = DataEffect.LOST if fact.owned_by(caller.org) else None
                said = f"every visible {name} in the list", "one is not in it"
                breach = Breach(LISTED, *said, effect=lost, evidence=of_list(*said))
                self._demand(shown is not None, answer, breach)
                differing = self._steps.differing(shown, fact, own=fact.owned_by(caller.org))
                evidence = of_fields(differing, fact.shown, shown)
                breach = Breach(LIST_ITEM, f"the {name} as it is", f"another {', '.join(differing)}", evidence=evidence)
                self._demand(not differing, answer, breach)
            else:
                leak = DataEffect.LEAKED if stands else None
                said = f"the {name} not in the list", "in it"
                breach = Breach(NOT_LISTED if stands else GONE, *said, effect=leak, evidence=of_list(*said))
                self._demand(shown is None, answer, breach)

    def _demand_none(self, exchange: Exchange, breaches: Iterable[Breach]) -> None:
        for breach in breaches:
            known = breach.rule if breach.rule in self.harness.contract.rules else RIGHT
            self._fail(self.harness.finding(replace(breach, rule=known), exchange))

    def _demand(self, holds: bool, exchange: Exchange, breach: Breach) -> None:  # noqa: FBT001  # the claim itself
        self._demand_none(exchange, () if holds else (breach,))

    def _fail(self, finding: Finding) -> None:
        if finding.exchange is not None:
            check_unchanged(self.harness, finding.exchange)
        raise SequenceFinding(replace(finding, case=self.case, source="sequences"))
