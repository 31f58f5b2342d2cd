"""An expedition: objects are made, one thing after the other is done to them, and looked at by several callers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import NoReturn

from conformance.contract.contract import Operation
from conformance.explorer.cast import COLLEAGUE, KEY, LEAD, Cast, choose_cast
from conformance.explorer.explored import CALLER, REPEATED, STATE, VIEW, Explored, Pair
from conformance.explorer.looks import ITEM, LIST, WHOLE_LIST, Looker, TargetBroke
from conformance.explorer.memory import NOTHING, REFUSED, Memory, Write
from conformance.explorer.moves import (
    AGAIN,
    BILLING,
    CHOICES,
    POSTURES,
    SET_UP,
    TIMES,
    Move,
    describe_state,
    find_operations,
    find_writes,
)
from conformance.explorer.population import BESIDE, Population
from conformance.http.exchange import Exchange
from conformance.oracle.breach import Breach
from conformance.oracle.declaration.fields import id_of
from conformance.oracle.declaration.registry import resource_in_path, resource_set_by
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.effect import DataEffect
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.oracle.law import EVERY_CALLER, Kind, Law
from conformance.profile import Caller, Credential
from conformance.recipes.about import path_values
from conformance.recipes.making import Unlike, ready
from conformance.recipes.reading import changed, difference, list_whole, readers
from conformance.recipes.requests import build
from conformance.recipes.steps import steps_of
from conformance.results.difference import of_bytes, of_fields
from conformance.results.finding import Finding
from conformance.session.harness import Harness

NOTHING_DONE = "nothing"
ABLE = (LEAD, COLLEAGUE, KEY)
"""The classes of callers whose moves are right for most part."""


@dataclass(frozen=True, slots=True)
class Look:
    """One thing to look at."""

    viewer: str
    """The class of the viewer."""
    view: str
    object: int
    """The place of the object in the population."""


@dataclass(frozen=True, slots=True)
class Step:
    """A move, and the looks that follow it."""

    move: Move
    looks: tuple[Look, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """All that it takes to go on an expedition again."""

    beside: tuple[str, ...]
    """What stands beside the first object."""
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Aim:
    """What an expedition is for."""

    who: tuple[str, ...]
    """The classes of callers who do something."""
    beside: tuple[str, ...] = BESIDE
    looks: int | None = None
    """How many looks follow a move, beside the reading of its object; None: whatever every viewer is shown."""
    times: tuple[int, ...] = TIMES
    others: bool = True
    """Whether it makes further objects, asks for states and changes the posture of the org."""


@dataclass(slots=True)
class Expedition:
    """One expedition about one resource."""

    harness: Harness
    resource: Resource
    kind: Kind
    aim: Aim
    random: Random
    explored: Explored
    fail: Callable[[Finding], NoReturn]
    taken: list[Step] = field(default_factory=list)
    population: Population = field(init=False)
    _casts: dict[str, Cast] = field(default_factory=dict)
    _cast: Cast = field(init=False)
    _looker: Looker = field(init=False)
    _memory: Memory = field(default_factory=Memory)
    _verbs: dict[str, Operation | None] = field(init=False)
    _archived: dict[str, bool] = field(default_factory=dict)
    """By id, whether an object was archived when that was looked at last."""
    _refused: set[Move] = field(default_factory=set)
    """Moves that cannot be taken on this target."""

    def __post_init__(self) -> None:
        cast = choose_cast(self.harness, self.resource, find_writes(self.harness, self.resource))
        if cast is None:
            raise NotProvoked(f"no caller in the profile may change a {self.resource}")
        self._cast = self._casts[cast.org] = cast
        steps = steps_of(self.harness, self.resource, cast.lead, cast.outsider)
        self._looker = Looker(self.harness, self.resource, steps, self._memory, self.fail)
        self.population = Population(self.harness, self.resource, self.kind)
        self._verbs = dict(find_operations(self.harness, self.resource))
        if not self.aim.others:
            self._verbs = {key: o for key, o in self._verbs.items() if o is not None and self._is_about_one(o)}
        elif self.harness.states:
            self._verbs |= {f"{SET_UP} {number}": None for number in range(len(steps.set_ups))} | {BILLING: None}
        self._verbs[AGAIN] = None

    def _is_about_one(self, operation: Operation) -> bool:
        return (resource_in_path(operation) or resource_set_by(operation)) is self.resource

    # Going

    def explore(self, moves: int) -> None:
        """Make the population, and take so many moves, each time the one that adds most to what is explored."""
        self._begin(self.aim.beside)
        for number in range(moves):
            move = self._choose(late=number >= moves // 2)
            if move is None:
                break
            self.taken.append(Step(move))
            if (write := self._take(move)) is not None:
                looks = self._choose_looks(move, write)
                self.taken[-1] = Step(move, looks)
                self._look(move.verb, looks, write)
        self._end()

    def follow(self, plan: Plan) -> None:
        """Take the moves and looks of a plan."""
        self._begin(plan.beside)
        for step in plan.steps:
            self.taken.append(step)
            if (write := self._take(step.move)) is not None:
                self._look(step.move.verb, step.looks, write)
        self._end()

    def look_around(self, looks: int) -> None:
        """Look at what the target shows, and write nothing."""
        list_whole(self.harness, self.resource, self._cast.lead)
        for fact in self.harness.state.facts(self.resource.name).values():
            self.population.add(fact)
        if not self.population.objects:
            return
        every = [look for place in range(len(self.population.objects)) for look in self._find_looks_at(place)]
        for _ in range(looks):
            self._look(NOTHING_DONE, [self.random.choice(every)], NOTHING)
        self._end()

    @property
    def plan(self) -> Plan:
        """What was done so far."""
        return Plan(self.aim.beside, tuple(self.taken))

    def _begin(self, beside: Sequence[str]) -> None:
        list_whole(self.harness, self.resource, self._cast.lead)
        self.population.make(self._cast, beside)
        looks = self._find_looks(self.population.objects[0], 0) if self.aim.looks is None else ()
        for look in looks:
            self._looker.look(self._cast.viewers[look.viewer], look.view, self.population.objects[0], NOTHING)

    def _end(self) -> None:
        """Have every viewer shown the lists, and the first every object."""
        _, first = self.population.find(0)
        for viewer in self._cast.viewers.values():
            for view in (LIST, WHOLE_LIST):
                self._looker.look(viewer, view, first, NOTHING)
        for place in range(len(self.population.objects)):
            self._looker.look(self._cast.lead, ITEM, self.population.find(place)[1], NOTHING)

    # Choosing

    def _choose(self, *, late: bool) -> Move | None:
        """Return the move that adds most to what is explored; None where none can be taken."""
        best: tuple[float, Move] | None = None
        for move in self._find_moves():
            pairs = self._pairs(move)
            gain = 2.0 * self.explored.count_new(pairs) + self.random.random()
            ends = move.verb == self.resource.removed_by and move.who in ABLE
            gain -= 4 if ends and not late else 0
            gain -= 2 if move.verb == BILLING else 0
            if move not in self._refused and (best is None or gain > best[0]):
                best = gain, move
        return best[1] if best else None

    def _find_moves(self) -> Iterator[Move]:
        choice = self.random.randrange(CHOICES)
        for verb, operation in self._verbs.items():
            for who in self.aim.who if operation is not None else (LEAD,):
                if who in self._cast.classes:
                    for place in range(len(self.population.objects) if self._is_placed(operation) else 1):
                        for times in self.aim.times if operation is not None and who in ABLE else (1,):
                            yield Move(verb, who, place, choice, times)

    def _is_placed(self, operation: Operation | None) -> bool:
        return operation is None or self._is_about_one(operation)

    def _pairs(self, move: Move) -> list[Pair]:
        at, fact = self.population.find(move.object)
        found: list[Pair] = [(CALLER, move.verb, move.who), (REPEATED, move.verb, str(move.times))]
        if move.who in ABLE and self._is_placed(self._verbs.get(move.verb)):
            state = describe_state(self.harness.state, self.resource, fact, self.population.lives[at])
            found.append((STATE, move.verb, state))
        return found

    def _find_looks(self, fact: Fact, place: int) -> Iterator[Look]:
        views = self._looker.find_views(fact)
        for viewer in self._cast.viewers:
            yield from (Look(viewer, view, place) for view in views)

    def _choose_looks(self, move: Move, write: Write) -> tuple[Look, ...]:
        """Return the looks after a move that add most: at its object, at the others, and at lists."""
        at, fact = self.population.find(move.object)
        if self.aim.looks is None:
            first = next(iter(self._cast.viewers))
            others = [Look(first, ITEM, place) for place in range(len(self.population.objects)) if place != at]
            return (*others, *(self._find_looks(fact, at) if write.object_id else ()))
        every = [look for place in range(len(self.population.objects)) for look in self._find_looks_at(place)]
        scored = [
            (
                2 * self.explored.count_new([_view_pair(move.verb, look)]) + (look.object == at) + self.random.random(),
                look,
            )
            for look in every
        ]
        best = sorted(scored, key=lambda each: -each[0])[: self.aim.looks]
        return tuple(look for _, look in best)

    def _find_looks_at(self, place: int) -> Iterator[Look]:
        at, fact = self.population.find(place)
        return self._find_looks(fact, at)

    # Moving

    def _take(self, move: Move) -> Write | None:
        """Return what was done; None where the move cannot be taken on this target."""
        at, fact = self.population.find(move.object)
        cast = self._cast_of(fact)
        caller = cast.classes.get(move.who)
        if caller is None:
            return None
        self.explored.note(self._pairs(move))
        write = NOTHING
        try:
            for _ in range(move.times):
                write = self._do(move, cast, caller, self.population.find(at)[1])
        except Unlike:
            raise
        except NotProvoked:
            # What the move needs cannot be had of the target: the others can be taken all the same.
            self._refused.add(move)
            return None
        finally:
            self._touch_archived()
        return write

    def _cast_of(self, fact: Fact) -> Cast:
        """Return the callers for an object: those of its org, if the profile has some who may change it."""
        org = fact.owner or self._cast.org
        if org not in self._casts:
            found = choose_cast(self.harness, self.resource, find_writes(self.harness, self.resource), org)
            self._casts[org] = found or self._cast
        return self._casts[org]

    def _do(self, move: Move, cast: Cast, caller: Caller | Credential, fact: Fact) -> Write:
        operation = self._verbs.get(move.verb)
        if operation is not None:
            return self._write(operation, caller, fact, move)
        if move.verb == AGAIN:
            made = self.population.make_again(move.object)
            self._memory.touch(made.id)
            return Write(made.id)
        if move.verb == BILLING:
            self.harness.set_posture(cast.org, POSTURES[move.choice % len(POSTURES)])
            return NOTHING
        set_up = self._looker.steps.set_ups[int(move.verb.removeprefix(SET_UP))]
        write = NOTHING
        for each in set_up(fact, move.choice):
            write = self._write(each, cast.lead, self._looker.find_known(fact), replace(move, choice=0))
        return write

    def _write(self, operation: Operation, caller: Caller | Credential, fact: Fact, move: Move) -> Write:
        if move.who in ABLE and move.choice % 2 == 0 and self._is_about_one(operation):
            fact = self._make_ready(fact, operation)
        request = self._looker.steps.request(operation, caller, fact, move.choice)
        exchange = self._looker.ask(caller, request)
        resource = resource_in_path(operation)
        if resource is not None or not exchange.succeeded:
            return self._check_object(operation, exchange, fact)
        answer = exchange.json if isinstance(exchange.json, dict) else {}
        made = self._looker.find_shown(self.resource.as_made(operation.operation_id, answer))
        if made is None:
            raise TargetBroke  # what was answered is no such object, and its schema says so
        self._looker.demand(exchange, self._looker.steps.after_creation(exchange, made, move.choice))
        self.population.add(made)
        self._memory.touch(made.id)
        return self._check_object(operation, exchange, made)

    def _make_ready(self, fact: Fact, operation: Operation) -> Fact:
        """Return the object as the operation takes it, if it can be brought to that."""
        try:
            return ready(self.harness, fact, operation)
        except NotProvoked:
            return fact
        finally:
            self._memory.touch(fact.id)

    # After a move

    def _check_object(self, operation: Operation, exchange: Exchange, before: Fact) -> Write:
        """Read the object: it is as the answer showed it, as it was before a refusal, or not there."""
        harness, resource, memory = self.harness, self.resource, self._memory
        self._touch_archived()
        behavior = resource.behavior(operation.operation_id)
        law, stood = behavior.may_change, before.id in harness.state.facts(resource.name)
        made = id_of(resource.as_made(operation.operation_id, exchange.json)) if behavior.beside else ""
        write = Write(before.id, made) if exchange.succeeded else NOTHING
        reader = self._find_reader(before)
        was = memory.items.get((reader.name, before.id)) if reader else None
        if exchange.succeeded:
            memory.touch(before.id, made)
            self._remember_content(law, exchange, before)
        shown_by = harness.contract.operations.get(resource.shown_by or "")
        if reader is None or shown_by is None:
            return write
        read = self._looker.ask(reader, build(shown_by, path_values(shown_by, before)), ITEM, before.id, write)
        if not stood or not read.succeeded:
            return write
        self._looker.demand(read, self._judge_reading(operation, exchange, read, before, was))
        memory.items[reader.name, before.id] = read.json
        if exchange.succeeded:
            self._check_parts(exchange, reader, before)
        return write

    def _touch_archived(self) -> None:
        """Forget how those objects look that were archived, or taken into use again, together with something else."""
        now = {fact.id: fact.archived for fact in self.harness.state.facts(self.resource.name).values()}
        self._memory.touch(*(each for each, archived in now.items() if self._archived.get(each, archived) != archived))
        self._archived = now

    def _find_reader(self, fact: Fact) -> Caller | None:
        """Return a caller of the object's org who is shown it."""
        shown_by = self.harness.contract.operations.get(self.resource.shown_by or "")
        if fact.owner is None or shown_by is None:
            return None
        colleagues, hides = readers(self.harness, self.resource, fact.owner), self.resource.hides
        return next((c for c in colleagues if hides(self.harness.state, fact, c, shown_by) is False), None)

    def _judge_reading(
        self, operation: Operation, exchange: Exchange, read: Exchange, before: Fact, was: object
    ) -> Iterator[Breach]:
        contract, resource, moves = self.harness.contract, self.resource, self.resource.moves
        behavior = resource.behavior(operation.operation_id)
        law = behavior.may_change
        known = was if isinstance(was, dict) else dict(before.shown)
        if not exchange.succeeded or behavior.beside:
            said = f"the {resource} as before"
            if moved := changed(contract, known, read.json, ignoring=moves):
                yield self._moved((law or Law()).keeps if exchange.succeeded else REFUSED, said, moved, known, read)
            return
        answered = exchange.json if id_of(exchange.json) else {}
        if moved := changed(contract, answered, read.json, ignoring=moves):
            rule = self._looker.steps.rule_of_reading(operation, moved)
            yield self._moved(rule, f"the {resource} as the answer showed it", moved, answered, read)
        if law is not None and known:
            free = law.moves | moves
            if operation.operation_id == resource.updated_by:
                free = (law.moves & {*json.loads(exchange.request.content or b"{}"), "updated_at"}) | moves
            compare = difference if isinstance(was, dict) else changed
            if moved := compare(contract, known, read.json, ignoring=free):
                yield self._moved(law.keeps, "every other field as before", moved, known, read)
        shown = read.json if isinstance(read.json, dict) else {}
        yield from self._looker.steps.after_write(exchange, before, shown)

    def _moved(self, rule: str, said: str, moved: list[str], was: object, read: Exchange) -> Breach:
        lost, evidence = self.resource.loss_of(self.harness.contract, moved), of_fields(moved, was, read.json)
        return Breach(rule, said, f"another {', '.join(moved)}", effect=lost, evidence=evidence)

    def _remember_content(self, law: Law | None, exchange: Exchange, fact: Fact) -> None:
        """Remember what was put into a part of the object, and forget what a write may have changed."""
        if law is None or law.content == "whole":
            self._memory.forget_content(fact.id)
        elif law.content == "part" and exchange.request.content is not None:
            for part in {*exchange.request.path_values.values()} - {fact.id}:
                self._memory.parts[fact.id, part] = exchange.request.content

    def _check_parts(self, exchange: Exchange, reader: Caller, before: Fact) -> None:
        """Read the part that was written, and whatever else the write is read by."""
        looker = self._looker
        if part := looker.steps.part_written(exchange):
            answer = looker.ask(reader, part)
            if answer.succeeded and answer.body != exchange.request.content:
                evidence = of_bytes(exchange.request.content, answer.body)
                said = "the bytes that were sent", "other bytes"
                looker.demand(answer, iter([Breach(EVERY_CALLER, *said, effect=DataEffect.LOST, evidence=evidence)]))
        for request in looker.steps.read_besides(exchange):
            answer = looker.ask(reader, request)
            looker.demand(answer, looker.steps.after_read(answer, looker.find_known(before)))

    def _look(self, verb: str, looks: Sequence[Look], write: Write) -> None:
        for look in looks:
            viewer = self._cast.viewers.get(look.viewer)
            _, fact = self.population.find(look.object)
            if viewer is not None:
                self.explored.note([_view_pair(verb, look)])
                self._looker.look(viewer, look.view, fact, write)


def _view_pair(verb: str, look: Look) -> Pair:
    view = look.view.partition(" ")[0] if look.view.startswith("part ") else look.view
    return VIEW, verb, f"{view} by {look.viewer}"
