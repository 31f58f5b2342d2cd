"""An expedition: objects are made, one thing after the other is done to them, and looked at by several callers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from random import Random

from conformance.contract.contract import Operation
from conformance.explorer.cast import COLLEAGUE, KEY, LEAD, REVOKED
from conformance.explorer.looks import ITEM, NAMED, PART, Fail, TargetBroke
from conformance.explorer.memory import NOTHING, Write
from conformance.explorer.moves import (
    AGAIN,
    BILLING,
    CHOICES,
    POSTURES,
    PUT_IN,
    SET_UP,
    TIMES,
    Move,
    describe_state,
    list_states,
)
from conformance.explorer.population import BESIDE, find_kinds
from conformance.explorer.sending import USUAL, draw_way, send_so, suits
from conformance.explorer.subject import ExploredResource, find_neighbours
from conformance.explorer.together import find_pairs, write_together
from conformance.explorer.writes import judge_write
from conformance.http.exchange import Request
from conformance.oracle.declaration.registry import find_resource_in_path
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.oracle.law import Kind
from conformance.profile import Caller, Credential
from conformance.recipes.bodies import with_members
from conformance.recipes.making import WrongPrecondition, make_ready
from conformance.recipes.people import make_revoked_key
from conformance.recipes.reading import list_whole
from conformance.recipes.values.writing import draw_kind, list_kinds
from conformance.results.explored import (
    CALLER,
    CHOICE,
    FINER,
    OVERLAP,
    REPEATED,
    STATE,
    VALUE,
    VIEW,
    ExploredPairs,
    Pair,
)
from conformance.session.harness import Harness

ABLE = (LEAD, COLLEAGUE, KEY)
"""The classes of callers whose moves are right for most part."""
NOTHING_DONE = "nothing"
DRAWS = 1000
"""The number of draws of a body's values that are told apart."""
ONE_IN = 2
"""The number of writes of which one has a value in its body that is drawn of all that it may have."""


@dataclass(frozen=True, slots=True)
class ChosenLook:
    """One thing to look at."""

    resource: str
    viewer: str
    """The class of the viewer."""
    view: str
    object: int
    """The place of the object in the population."""
    way: str = USUAL
    """The way in which the request is sent."""


@dataclass(frozen=True, slots=True)
class Step:
    """A move, and the looks that follow it."""

    move: Move
    looks: tuple[ChosenLook, ...] = ()


@dataclass(frozen=True, slots=True)
class ExpeditionPlan:
    """The plan that it takes to go on an expedition again."""

    beside: tuple[str, ...]
    """The object that stands beside the first one."""
    has_neighbour: bool = True
    """Whether the resource whose objects name these is there, too."""
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Aim:
    """The aim of an expedition: its callers, its moves, its neighbours, and how many reads follow a move."""

    who: tuple[str, ...]
    """The classes of callers who do something."""
    beside: tuple[str, ...] = BESIDE
    looks: int | None = None
    """The number of looks after a move, beside the reading of its object; None: whatever every viewer is shown."""
    times: tuple[int, ...] = TIMES
    others: bool = True
    """Whether it makes further objects, has those that name the first, asks for states and changes the posture."""
    all_ready: bool = False
    """Whether every object is as a write takes it before somebody who may does it; else before every second one."""


@dataclass(slots=True)
class Expedition:
    """One expedition about one resource, and at times about another one whose objects name its objects."""

    harness: Harness
    resource: Resource
    kind: Kind
    aim: Aim
    random: Random
    explored: ExploredPairs
    fail: Fail
    neighbour: Resource | None = None
    taken: list[Step] = field(default_factory=list)
    _subjects: dict[str, ExploredResource] = field(default_factory=dict)
    """The explored resources by name, the one that it is about first."""
    _verbs: dict[str, tuple[ExploredResource, Operation | None]] = field(default_factory=dict)
    _states: dict[tuple[str, int], str] = field(default_factory=dict)
    """The state of an object in words, by resource and place, as long as nothing is done."""
    _revoked: Credential | None = None
    """The key that was revoked, once somebody has asked for one."""
    _refused: set[Move] = field(default_factory=set)
    """The moves that cannot be taken on this target."""

    def __post_init__(self) -> None:
        self._add_subject(self.resource, self.kind)
        if self.neighbour is not None:
            with suppress(NotProvoked):
                self._add_subject(self.neighbour, find_kinds(self.neighbour)[0])

    def _add_subject(self, resource: Resource, kind: Kind) -> None:
        subject = self._subjects[resource.name] = ExploredResource(self.harness, resource, kind, self.fail)
        verbs = subject.find_verbs(others=self.aim.others)
        self._verbs |= {verb: (subject, each) for verb, each in verbs.items() if verb not in self._verbs}

    def _list_possible(self, subject: ExploredResource) -> Iterator[Pair]:
        """Yield the pairs that can be met on expeditions about the resource of a subject."""
        states = list_states(self.harness.knowledge, subject.resource)
        views = [*self._find_looks(subject, 0)]
        for verb, (of, operation) in self._verbs.items():
            if of is not subject:
                continue
            yield from ((CALLER, verb, who) for who in (self.aim.who if operation else (LEAD,)))
            yield from ((REPEATED, verb, str(times)) for times in (self.aim.times if operation else (1,)))
            if operation is not None and subject.is_about_one(operation):
                yield from (
                    (VALUE, f"{operation}.{name}", str(each)) for name, each in list_kinds(self.harness, operation)
                )
            if operation is None or subject.is_about_one(operation):
                yield from ((STATE, verb, state) for state in states)
                yield from (_pair_view(verb, look) for look in views)

    @property
    def _main(self) -> ExploredResource:
        return self._subjects[self.resource.name]

    @property
    def plan(self) -> ExpeditionPlan:
        """The moves and looks so far, as a plan to be followed."""
        return ExpeditionPlan(self.aim.beside, len(self._subjects) > 1, tuple(self.taken))

    # Going

    def explore(self, moves: int, together: int = 0) -> None:
        """Make the population, and take so many moves, each time the one that adds most to what is explored.

        `together`: so many pairs of writes are under way at once in the end, when no move depends on which came first.
        """
        self._begin(self.aim.beside)
        for number in range(moves):
            move = self._choose(late=number >= moves // 2)
            if move is None:
                break
            self.taken.append(Step(move))
            state = self._describe(move)
            if (write := self._take(move)) is not None:
                looks = self._choose_looks(move, state, write)
                self.taken[-1] = Step(move, looks)
                self.explored.note(pair for look in looks for pair in _pair_views(move.verb, state, look)[1:])
                self._look(move.verb, looks, write)
        for move in filter(None, (self._choose_together() for _ in range(together))):
            self.taken.append(Step(move))
            self._take(move)
        self._end()

    def follow(self, plan: ExpeditionPlan) -> None:
        """Take the moves and looks of a plan."""
        self._begin(plan.beside)
        for step in plan.steps:
            self.taken.append(step)
            if (write := self._take(step.move)) is not None:
                self._look(step.move.verb, step.looks, write)
        self._end()

    def look_around(self, looks: int) -> None:
        """Look at what the target shows, and write nothing."""
        list_whole(self.harness, self.resource, self._main.cast.lead)
        for fact in self.harness.knowledge.get_facts(self.resource.name).values():
            self._main.population.add(fact)
        every = [*self._find_looks(self._main)]
        for _ in range(looks if every else 0):
            self._look(NOTHING_DONE, [self.random.choice(every)], NOTHING)
        self._end()

    def _begin(self, beside: Sequence[str]) -> None:
        for subject in self._subjects.values():
            list_whole(self.harness, subject.resource, subject.cast.lead)
            try:
                subject.population.make(subject.cast, beside if subject is self._main else ())
            except NotProvoked:
                if subject is self._main:
                    raise
        for subject in (each for each in self._subjects.values() if each.population.objects):
            self.explored.possible.update(self._list_possible(subject))
        if self.aim.looks is None:
            first, count = next(iter(self._main.cast.viewers)), len(self._main.population.objects)
            others = [ChosenLook(self.resource.name, first, ITEM, place) for place in range(1, count)]
            self._look(NOTHING_DONE, [*self._find_looks(self._main, 0), *others], NOTHING)

    def _end(self) -> None:
        """Have every viewer shown the lists, and the first every object."""
        for subject in self._subjects.values():
            for viewer in subject.cast.viewers.values():
                for request in subject.looker.find_lists().values():
                    subject.looker.look_at_list(viewer, request, NOTHING)
            for place in range(len(subject.population.objects)):
                subject.looker.look(subject.cast.lead, ITEM, subject.population.find(place)[1], NOTHING)

    # Choosing

    def _choose(self, *, late: bool) -> Move | None:
        """Return the move that adds most to what is explored; None where none can be taken."""
        best: tuple[float, Move] | None = None
        for move in self._find_moves():
            gain = 2.0 * self.explored.count_new(self._find_pairs(move)) + self.random.random()
            gain += self.explored.count_new(self._find_finer(move))
            ends = move.verb == self.resource.removed_by and move.who in ABLE
            gain -= 4 if ends and not late else 0
            # Operations alone make the shorter story; without parts there is nothing of them to look at.
            gain -= 2 if self._verbs[move.verb][1] is None and not move.verb.startswith(PUT_IN) else 0
            if move not in self._refused and (best is None or gain > best[0]):
                best = gain, move
        return best[1] if best else None

    def _choose_together(self) -> Move | None:
        """Return two writes at once, of those that are explored least; None where nothing can be done so."""
        subject = self._main
        there = self.harness.knowledge.get_facts(subject.resource.name)
        places = [n for n, each in enumerate(subject.population.objects) if each.id in there]
        pairs = [*find_pairs(subject)] if places else []
        self.explored.possible.update((OVERLAP, str(each.first), str(each.second)) for each in pairs)
        self.random.shuffle(pairs)
        pairs.sort(key=lambda each: -self.explored.count_new([(OVERLAP, str(each.first), str(each.second))]))
        for pair in pairs[:1]:
            choice, place = self.random.randrange(CHOICES), self.random.choice(places)
            return Move(pair.first.operation_id, LEAD, place, choice, beside=pair.second.operation_id)
        return None

    def _find_moves(self) -> Iterator[Move]:
        first, way = self.random.randrange(CHOICES), draw_way(self.random)
        drawn = self.random.randrange(1, DRAWS) if self.random.randrange(ONE_IN) == 0 else 0
        for verb, (subject, operation) in self._verbs.items():
            choice = self._choose_way(verb, first)
            for who in self.aim.who if operation is not None else (LEAD,):
                if who not in (*subject.cast.classes, REVOKED) or not subject.population.objects:
                    continue
                placed = operation is None or subject.is_about_one(operation)
                for place in range(len(subject.population.objects) if placed else 1):
                    for times in self.aim.times if operation is not None and who in ABLE else (1,):
                        usual = operation is None
                        yield Move(verb, who, place, choice, times, USUAL if usual else way, 0 if usual else drawn)

    def _choose_way(self, verb: str, first: int) -> int:
        """Return the choice with which a move was made the least often so far by somebody who may."""
        turned = ((first + at) % CHOICES for at in range(CHOICES))
        return min(turned, key=lambda choice: self.explored.met[CHOICE, verb, str(choice)])

    def _find_pairs(self, move: Move) -> list[Pair]:
        subject, operation = self._verbs[move.verb]
        found: list[Pair] = [(CALLER, move.verb, move.who), (REPEATED, move.verb, str(move.times))]
        if move.who in ABLE and (operation is None or subject.is_about_one(operation)):
            found.append((STATE, move.verb, self._describe(move)))
        return found

    def _find_finer(self, move: Move) -> list[Pair]:
        """Return the pairs that tell callers apart by the state of the object, too, and by the way of sending."""
        _, operation = self._verbs[move.verb]
        sent = operation is not None and move.who in ABLE and suits(move.way, operation)
        ways: list[Pair] = [(FINER, move.verb, f"sent {move.way}")] if sent else []
        return [(FINER, move.verb, f"{self._describe(move)} by {move.who}"), *ways]

    def _describe(self, move: Move) -> str:
        """Return the state of the move's object in words, which a move alone changes."""
        subject, _ = self._verbs[move.verb]
        place = subject.resource.name, move.object
        if place not in self._states:
            at, fact = subject.population.find(move.object)
            words = describe_state(self.harness.knowledge, subject.resource, fact, subject.population.lives[at])
            self._states[place] = words
        return self._states[place]

    def _find_looks(self, subject: ExploredResource, place: int | None = None) -> Iterator[ChosenLook]:
        """Yield what can be looked at: of one object, or of all of them."""
        for at in range(len(subject.population.objects)) if place is None else (place,):
            _, fact = subject.population.find(at)
            elsewhere = subject.looker.find_views_elsewhere(fact) if self.aim.looks is not None else {}
            for view in (*subject.looker.find_views(fact), *elsewhere):
                yield from (ChosenLook(subject.resource.name, viewer, view, at) for viewer in subject.cast.viewers)

    def _choose_looks(self, move: Move, state: str, write: Write) -> tuple[ChosenLook, ...]:
        """Return the looks after a move that add most: at its object, at the others, and at lists."""
        subject, _ = self._verbs[move.verb]
        at = move.object % len(subject.population.objects)
        if self.aim.looks is None:
            first, name = next(iter(subject.cast.viewers)), subject.resource.name
            others = [
                ChosenLook(name, first, ITEM, each) for each in range(len(subject.population.objects)) if each != at
            ]
            return (*others, *(self._find_looks(subject, at) if write.object_id else ()))
        every = [look for each in self._subjects.values() for look in self._find_looks(each)]
        scored = []
        for look in every:
            gain = self.explored.count_new(_pair_views(move.verb, state, look)) + self.random.random()
            if not self._subjects[look.resource].looker.is_elsewhere(look.view):
                of_move = look.object == at and look.resource == subject.resource.name
                gain += gain + of_move + look.view.startswith(PART)
            scored.append((gain, look))
        best = sorted(scored, key=lambda each: -each[0])[: self.aim.looks]
        return tuple(replace(look, way=draw_way(self.random)) for _, look in best)

    # Moving

    def _take(self, move: Move) -> Write | None:
        """Return what was done; None where the move cannot be taken on this target."""
        subject, _ = self._verbs.get(move.verb, (None, None))
        if subject is None or not subject.population.objects:
            return None
        at, fact = subject.population.find(move.object)
        write = NOTHING
        try:
            caller = self._find_revoked() if move.who == REVOKED else subject.find_cast(fact).classes.get(move.who)
            if caller is None:
                return None
            self.explored.note([*self._find_pairs(move), *self._find_finer(move)])
            self.explored.note([(CHOICE, move.verb, str(move.choice))] if move.who in ABLE else ())
            for _ in range(move.times):
                write = self._do(move, subject, caller, subject.population.find(at)[1])
        except (WrongPrecondition, TargetBroke):
            raise
        except NotProvoked:
            # What the move needs cannot be had of the target: the others can be taken all the same.
            self._refused.add(move)
            return None
        finally:
            self._states.clear()
            for each in self._subjects.values():
                each.touch_archived()
        return write

    def _find_revoked(self) -> Credential:
        """Return a credential that lets nobody in any more, the same on the whole expedition."""
        bearers = (each for each in self.harness.callers() if each.permission_set)
        self._revoked = self._revoked or make_revoked_key(self.harness, next(bearers, None))
        return self._revoked

    def _do(self, move: Move, subject: ExploredResource, caller: Caller | Credential, fact: Fact) -> Write:
        _, operation = self._verbs[move.verb]
        if move.beside:
            pair = next(each for each in find_pairs(subject) if each.is_of(move.verb, move.beside))
            self.explored.note([(OVERLAP, str(pair.first), str(pair.second))])
            return write_together(subject, pair, fact, move.choice)
        if operation is not None:
            return self._write(operation, subject, caller, fact, move)
        if move.verb.startswith(PUT_IN):
            subject.parts[move.verb.removeprefix(f"{PUT_IN}: ")].put_into(self.harness, fact)
            subject.memory.touch(fact.id)
            return Write(fact.id)
        if move.verb.startswith(AGAIN):
            made = subject.population.make_again(move.object)
            subject.memory.touch(made.id)
            return Write(made.id)
        if move.verb == BILLING:
            self.harness.set_posture(subject.find_cast(fact).org, POSTURES[move.choice % len(POSTURES)])
            return NOTHING
        set_up = subject.looker.steps.set_ups[int(move.verb.removeprefix(SET_UP).split()[0])]
        write = NOTHING
        for each in set_up(fact, move.choice):
            lead = subject.find_cast(fact).lead
            write = self._write(each, subject, lead, subject.looker.find_known(fact), replace(move, choice=0))
        return write

    def _write(
        self, operation: Operation, subject: ExploredResource, caller: Caller | Credential, fact: Fact, move: Move
    ) -> Write:
        looker = subject.looker
        is_readied = self.aim.all_ready or move.choice % 2 == 0
        if move.who in ABLE and is_readied and subject.is_about_one(operation):
            with suppress(NotProvoked):
                fact = make_ready(self.harness, fact, operation)
            subject.memory.touch(fact.id)
        request = looker.steps.request(operation, caller, fact, move.choice)
        if isinstance(caller, Caller) and move.drawn and subject.is_about_one(operation):
            request = self._with_any_value(operation, caller, request, move)
        elif isinstance(caller, Caller):
            request = with_members(self.harness, operation, caller, request, move.choice)
        exchange = looker.ask(caller, send_so(self.harness, request, move.way))
        if find_resource_in_path(operation) is not None or not exchange.has_succeeded:
            return judge_write(subject, operation, exchange, fact)
        answer = exchange.json if isinstance(exchange.json, dict) else {}
        made = looker.find_shown(subject.resource.as_made(operation.operation_id, answer))
        if made is None:
            # The schema of the answer says that it is none.
            raise TargetBroke(f"what {exchange.asked} answered is no {subject.resource}")
        looker.demand(exchange, looker.steps.check_creation(exchange, made, move.choice))
        subject.population.add(made)
        subject.memory.touch(made.id)
        return judge_write(subject, operation, exchange, made)

    def _with_any_value(self, operation: Operation, caller: Caller, request: Request, move: Move) -> Request:
        """Return the request with a value in its body that is drawn of all that it may have there."""
        random = Random(f"{self.harness.seed}/{move.verb}/{move.drawn}")  # noqa: S311  # reproducible, not secret
        written = draw_kind(self.harness, operation, caller, request, random)
        if written is None:
            return request
        self.explored.note([(VALUE, f"{operation}.{written.field}", str(written.kind))])
        return written.request

    def _look(self, verb: str, looks: Sequence[ChosenLook], write: Write) -> None:
        for look in looks:
            subject = self._subjects.get(look.resource)
            viewer = subject.cast.viewers.get(look.viewer) if subject else None
            if subject is not None and viewer is not None and subject.population.objects:
                self.explored.note([_pair_view(verb, look)])
                subject.looker.look(viewer, look.view, subject.population.find(look.object)[1], write, look.way)


def choose_neighbour(harness: Harness, resource: Resource, number: int) -> Resource | None:
    """Return the resource that an expedition explores beside its own; None for every second expedition."""
    found = [*find_neighbours(harness, resource)]
    return found[number // 2 % len(found)] if found and number % 2 else None


def _pair_views(verb: str, state: str, look: ChosenLook) -> tuple[Pair, Pair]:
    kind, _, seen = _pair_view(verb, look)
    return (kind, verb, seen), (FINER, f"{verb}, {state}", seen)


def _pair_view(verb: str, look: ChosenLook) -> Pair:
    view = next((kind.strip(" :") for kind in (PART, NAMED) if look.view.startswith(kind)), look.view)
    return VIEW, verb, f"{view} of the {look.resource} by {look.viewer}"
