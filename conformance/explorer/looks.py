"""Reads of the population by its viewers, compared with what is known of its objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NoReturn

from conformance.contract.contract import JsonObject, Operation
from conformance.explorer.memory import SeenObjects, Write
from conformance.explorer.parts import PartReading, find_part_readings
from conformance.explorer.sending import USUAL, send_so
from conformance.http.event_stream import MEDIA_TYPE
from conformance.http.exchange import Exchange, Request
from conformance.judging.opinion import ARCHIVED, GONE, LISTED, NOT_LISTED
from conformance.oracle.breach import Breach, DataEffect
from conformance.oracle.declaration.fields import list_objects, read_id
from conformance.oracle.declaration.registry import (
    find_resource,
    find_resource_in_path,
    find_resource_of,
    list_resources,
)
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact, State
from conformance.oracle.judging import NotProvoked, Unanswered, explain_crash, find_broken_rule, is_meant, is_right
from conformance.oracle.law import EVERY_CALLER
from conformance.oracle.showing import find_mismatches
from conformance.profile import Caller, Credential
from conformance.recipes.about import choose_path_values
from conformance.recipes.reading import differing_fields, list_differences
from conformance.recipes.requests import build
from conformance.recipes.steps import Steps
from conformance.results.difference import from_bytes, from_fields, from_list
from conformance.results.finding import Finding
from conformance.session.harness import Harness

RIGHT, LIST_ITEM = "CONTRACT-RIGHT-ANSWER", "OWNERSHIP-LIST-ITEM"
ITEM, LIST, WHOLE_LIST, PART = "item", "list", "list with archived ones", "part "
MOST_PARTS = 8
"""Parts of an object that are looked at, by all that reads one."""
NAMED = "named: "
"""The beginning of the view of an object that the one at hand names."""


Fail = Callable[[Finding], NoReturn]
"""Files a finding and ends whatever found it."""


class TargetBroke(NotProvoked):
    """The target broke, which the laws of every answer say, or a limit answered for it: nothing follows from it."""


@dataclass(slots=True)
class Looker:
    """The reader of a resource's objects, which judges what is shown."""

    harness: Harness
    resource: Resource
    steps: Steps
    memory: SeenObjects
    fail: Fail
    rule: str | None = None
    """The rule that everything is blamed on; None: that of each breach."""
    _parts: tuple[PartReading, ...] = field(init=False)
    _readings: tuple[Operation, ...] = field(init=False)
    """The operations that read of one object and show neither it nor a part."""
    _of_all: tuple[Operation, ...] = field(init=False)
    """The operations that read what no single object is, such as a log, or its statistics."""

    def __post_init__(self) -> None:
        contract = self.harness.contract
        self._parts = tuple(find_part_readings(contract, self.resource))
        self._readings = tuple(filter(self._is_another_reading, contract.operations.values()))
        listing = {each.listed_by for each in list_resources()}
        plain = (each for each in contract.operations.values() if each.is_safe and each.operation_id not in listing)
        self._of_all = tuple(each for each in plain if not each.names_object and not _is_stream(each))

    # Which looks there are

    def find_views(self, fact: Fact) -> Mapping[str, Request]:
        """Return by name the requests that show an object: itself, lists, its parts, and whatever is read of it."""
        found: dict[str, Request] = {}
        operations = self.harness.contract.operations
        if shown_by := operations.get(self.resource.shown_by or ""):
            found[ITEM] = build(shown_by, choose_path_values(shown_by, fact))
        found |= self.find_lists()
        for reading in self._parts:
            for name in reading.list_known(fact)[: MOST_PARTS // len(self._parts)]:
                found[f"{PART}{reading.operation} {name}"] = reading.request(fact, name)
        for operation in self._readings:
            found[str(operation)] = build(operation, choose_path_values(operation, fact))
        return found

    def find_views_elsewhere(self, fact: Fact) -> Mapping[str, Request]:
        """Return by name the requests that read where an object leaves traces: objects that it names, and logs."""
        found = {str(each): build(each) for each in self._of_all}
        declared = self.harness.contract.types.get(self.resource.name)
        for name, reference in declared.refers.items() if declared else ():
            other, value = find_resource(reference.to), fact.shown.get(name)
            shown_by = self.harness.contract.operations.get((other and other.shown_by) or "")
            known = self.harness.knowledge.get_facts(reference.to)
            for each in value if isinstance(value, list) else [value]:
                if shown_by is not None and isinstance(each, str) and each in known:
                    found[f"{NAMED}{reference.to}"] = build(shown_by, choose_path_values(shown_by, known[each]))
        return found

    def is_elsewhere(self, view: str) -> bool:
        """Return whether a view is one of `find_views_elsewhere`."""
        return view.startswith(NAMED) or view in map(str, self._of_all)

    def find_lists(self) -> Mapping[str, Request]:
        """Return by name the requests that list the objects."""
        listed_by = self.harness.contract.operations.get(self.resource.listed_by or "")
        if listed_by is None:
            return {}
        archiving = self.resource.archiving
        whole = {WHOLE_LIST: build(listed_by, query=f"{archiving.asked_for}=true")} if archiving else {}
        return {LIST: build(listed_by), **whole}

    def _is_another_reading(self, operation: Operation) -> bool:
        if not operation.is_safe or operation.operation_id == self.resource.shown_by:
            return False
        if _is_stream(operation):
            return False
        named = [each for each in operation.path_parameters if not each.is_own_org]
        about = [each.resource.name for each in named if each.resource is not None]
        return find_resource_in_path(operation) is self.resource and about == [self.resource.name] and len(named) == 1

    # A look

    def look(self, viewer: Caller, view: str, fact: Fact, write: Write, way: str = USUAL) -> None:
        """Ask for a view of an object as a viewer, in a way; what is wrong with the answer is a finding."""
        request = {**self.find_views(fact), **self.find_views_elsewhere(fact)}.get(view)
        if request is None:
            return
        request = send_so(self.harness, request, way)
        if view in (LIST, WHOLE_LIST):
            self.look_at_list(viewer, request, write)
            return
        before, known = self.harness.knowledge, self.find_known(fact)
        exchange = self.ask(viewer, request, view, fact.id, write)
        if not exchange.has_succeeded:
            return
        if view == ITEM:
            self.demand(exchange, self._judge_item(exchange, viewer, known, write))
        elif view.startswith(PART):
            self.demand(exchange, self._judge_part(exchange, known, write))
        elif view.startswith(NAMED):
            self.demand(exchange, _judge_named(before, viewer, exchange, write))
        else:
            self.demand(exchange, self.steps.check_read(exchange, known))

    def look_at_list(self, viewer: Caller, request: Request, write: Write) -> None:
        """Ask for a list as a viewer; what is wrong with it is a finding."""
        exchange = self.ask(viewer, request, LIST, write=write)
        if exchange.has_succeeded and exchange.json is not None:
            self.demand(exchange, self._judge_list(exchange, viewer, request.query, write))

    def ask(
        self,
        caller: Caller | Credential,
        request: Request,
        view: str = "",
        object_id: str = "",
        write: Write | None = None,
    ) -> Exchange:
        """Return the exchange; a finding unless the oracle knows its answer for a right one.

        Of an object that was answered right before and that nothing was written to, the last write is blamed.
        """
        harness, contract = self.harness, self.harness.contract
        try:
            exchange, answers = harness.foresee(caller, request)
        except Unanswered as reason:
            raise TargetBroke(str(reason)) from None
        if crash := explain_crash(contract, exchange):
            raise TargetBroke(crash)
        name = caller.name if isinstance(caller, Caller) else ""
        place = (name, view, object_id)
        if is_right(exchange, answers) or is_meant(contract, exchange, answers):
            self.memory.right.add(place)
            return exchange
        rule = find_broken_rule(contract, exchange, answers, RIGHT)
        if write is not None and view not in ("", LIST, WHOLE_LIST) and place in self.memory.right:
            rule = write.rule_of_others
        return self.fail(harness.build_missed(contract.rules[self._choose_rule(rule)], exchange, answers))

    def find_known(self, fact: Fact) -> Fact:
        """Return the present fact of an object, or the last one where it is gone."""
        return self.harness.knowledge.get_facts(self.resource.name).get(fact.id, fact)

    def find_shown(self, shown: JsonObject) -> Fact | None:
        """Return what is known of the object that an answer shows; None where it shows none."""
        return self.harness.knowledge.get_facts(self.resource.name).get(read_id(shown))

    def demand(self, exchange: Exchange, breaches: Iterator[Breach]) -> None:
        """File the first of what is wrong with an answer."""
        for breach in breaches:
            self.fail(self.harness.build_finding(replace(breach, rule=self._choose_rule(breach.rule)), exchange))

    def _choose_rule(self, rule: str) -> str:
        """Return the rule that is blamed, which the contract has."""
        rules = self.harness.contract.rules
        return self.rule or next((each for each in (rule, RIGHT) if each in rules), self.harness.rule.id)

    # An object

    def _judge_item(self, exchange: Exchange, viewer: Caller, known: Fact, write: Write) -> Iterator[Breach]:
        """Yield what is wrong with an object as a viewer is shown it."""
        shown, key, state = exchange.json, (viewer.name, known.id), self.harness.knowledge
        if not isinstance(shown, dict):
            return
        was = self.memory.items.get(key)
        self.memory.items[key] = shown
        if known.id not in state.get_facts(self.resource.name) or not state.is_certain(known):
            return
        moves, contract, name = self.resource.moves, self.harness.contract, self.resource.name
        if was is not None:
            if moved := list_differences(contract, was, shown, ignoring=moves):
                yield self.tell_moved(write.rule_of_others, f"every other {name} as before", moved, was, shown)
        elif moved := differing_fields(contract, dict(known.shown), shown, ignoring=self.resource.by_viewer | moves):
            yield self.tell_moved(
                EVERY_CALLER, f"the {name} as the caller who wrote is shown it", moved, known.shown, shown
            )
        leaking = [] if known.is_owned_by(viewer.org) else sorted(shown.keys() & self.resource.owner_only)
        if leaking and known.owner is not None:
            evidence, said = from_fields(leaking, {}, shown), "no field that its own org alone is shown"
            yield Breach(EVERY_CALLER, said, ", ".join(leaking), effect=DataEffect.LEAKED, evidence=evidence)

    def tell_moved(self, rule: str, expected: str, moved: list[str], was: JsonObject, now: JsonObject) -> Breach:
        """Return the breach that an object has other values of these fields than it should have."""
        lost, evidence = self.resource.find_loss(self.harness.contract, moved), from_fields(moved, was, now)
        return Breach(rule, expected, f"another {', '.join(moved)}", effect=lost, evidence=evidence)

    # A part

    def _judge_part(self, exchange: Exchange, known: Fact, write: Write) -> Iterator[Breach]:
        """Yield a breach where a part has not the bytes that were sent for it, or those read before."""
        yield from self.steps.check_read(exchange, known)
        reading = next(each for each in self._parts if each.operation.operation_id == exchange.operation_id)
        if not reading.is_raw:
            return
        name = exchange.request.path_values[reading.parameter]
        was = reading.part.find_content(known, name)
        if was is None and reading.part.within:
            was = self.memory.parts.setdefault((known.id, name), exchange.body)
        if was is not None and was != exchange.body and self.harness.knowledge.is_certain(known):
            rule = EVERY_CALLER if known.id == write.object_id else write.rule_of_others
            said, evidence = (
                ("the bytes of before, or those that were sent", "other bytes"),
                from_bytes(was, exchange.body),
            )
            yield Breach(rule, *said, effect=DataEffect.LOST, evidence=evidence)

    # A list

    def _judge_list(self, exchange: Exchange, viewer: Caller, query: str, write: Write) -> Iterator[Breach]:
        """Yield a breach where a list lacks an object, has one twice or otherwise, or one not for this caller."""
        state, name = self.harness.knowledge, self.resource.name
        listed: dict[str, list[JsonObject]] = {}
        for each in list_objects(exchange.json):
            listed.setdefault(read_id(each), []).append(each)
        for fact in state.get_facts(name).values():
            if state.is_certain(fact) and (state.is_own_world or fact.made):
                yield from self._check_list(viewer, query, fact, write, times=len(listed.get(fact.id, ())))
                for each in listed.get(fact.id, ())[:1]:
                    yield from self._check_item(viewer, fact, each, write)
        if any((name, each) in state.gone for each in listed):
            said = (f"no deleted {name} in the list", "one")
            yield Breach(GONE, *said, evidence=from_list(*said))
        creations = self.harness.provider_states.creations if self.harness.provider_states else 0
        came, went = self.memory.compare_list(viewer.name, query, listed, creations)
        unanswered = {each for resource, each in state.unsettled if resource == name}
        came = set() if "" in unanswered else came  # a creation may have been done
        expected = self._find_made() | unanswered | {write.object_id, write.made}
        if state.is_own_world and (moved := (came | went) - expected):
            evidence = from_list(*(", ".join(sorted(each & moved)) or "none of them" for each in (went, came)))
            lost = DataEffect.LOST if moved & went else None
            said = (f"every other {name} as before", f"{len(moved)} came or went")
            yield Breach(write.rule_of_others, *said, effect=lost, evidence=evidence)

    def _find_made(self) -> set[str]:
        """Return the ids of what the run made, by whatever requests."""
        return {fact.id for fact in self.harness.knowledge.get_facts(self.resource.name).values() if fact.made}

    def _check_list(self, viewer: Caller, query: str, fact: Fact, write: Write, *, times: int) -> Iterator[Breach]:
        """Yield what is wrong with a list that has this object so many times."""
        name, target, resource = self.resource.name, fact.id == write.object_id, self.resource
        others, operation = write.rule_of_others, self.harness.contract.operations[resource.listed_by or ""]
        hidden, personal = resource.hides(self.harness.knowledge, fact, viewer, operation), resource.access.personal
        visible, in_list = fact.is_visible_to(viewer.org), resource.is_listed(fact, query)
        seen = self.memory.lists.get((viewer.name, query))
        before = seen is not None and fact.id not in seen.touched and fact.id in seen.ids
        if times and hidden and personal is not None:
            yield _make_breach(personal.listed, f"no {name} of somebody else", "one", DataEffect.LEAKED)
        elif times and not visible:
            stranger = seen is not None and not before and not target
            rule = others if stranger else NOT_LISTED
            yield _make_breach(rule, f"no {name} that the caller does not see", "one", DataEffect.LEAKED)
        elif times and not in_list:
            yield _make_breach(ARCHIVED, f"no archived {name} in the list", "one", None)
        elif times > 1:
            yield _make_breach(LISTED, f"the {name} once in the list", f"{times} times", None)
        elif not times and hidden is False and visible and in_list:
            lost = DataEffect.LOST if fact.is_owned_by(viewer.org) else None
            yield _make_breach(others if before else LISTED, f"the {name} in the list", "not in it", lost)

    def _check_item(self, viewer: Caller, fact: Fact, shown: JsonObject, write: Write) -> Iterator[Breach]:
        """Yield what is wrong with an object as an item of a list: it is as it is read alone, and as it was before."""
        contract, moves, own = self.harness.contract, self.resource.moves, fact.is_owned_by(viewer.org)
        was = self.memory.items.get((viewer.name, fact.id))
        if was is not None and (moved := list_differences(contract, was, shown, ignoring=moves)):
            again = self.find_views(fact).get(ITEM)
            if again is None or list_differences(contract, was, self.harness.send(viewer, again).json, ignoring=moves):
                yield self.tell_moved(write.rule_of_others, f"every other {self.resource} as before", moved, was, shown)
            yield self.tell_moved(LIST_ITEM, "what the single read shows", moved, was, shown)
        elif was is None and (moved := self.steps.compare_item(shown, fact, own=own)):
            yield self.tell_moved(LIST_ITEM, f"the {self.resource} as it is", moved, fact.shown, shown)
        if self.resource.shown_by not in contract.operations:
            self.memory.items[viewer.name, fact.id] = shown


def _is_stream(operation: Operation) -> bool:
    """Return whether the answer to the operation is a stream, which has no end."""
    return MEDIA_TYPE in operation.success.schemas


def _judge_named(before: State, viewer: Caller, exchange: Exchange, write: Write) -> Iterator[Breach]:
    """Yield the differences of an object that another one names; one that was archived with it may differ."""
    operation = before.contract.operations[exchange.operation_id or ""]
    resource = find_resource_of(operation)
    stamp = {resource.archiving.shown_in} if resource and resource.archiving else set()
    for each in find_mismatches(before, viewer, exchange, {"updated_at", *stamp}):
        yield Breach(write.rule_of_others, each.expected, each.got, effect=each.effect, evidence=each.evidence)


def _make_breach(rule: str, expected: str, got: str, effect: DataEffect | None) -> Breach:
    return Breach(rule, expected, got, effect=effect, evidence=from_list(expected, got))
