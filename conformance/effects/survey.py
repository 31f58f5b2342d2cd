"""What each of several callers is shown of several objects at one moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from conformance.contract.contract import JsonObject, Operation
from conformance.http.exchange import Exchange, Request
from conformance.oracle.bodies import Answer
from conformance.oracle.declaration.fields import id_of, objects_in
from conformance.oracle.declaration.registry import resource_of
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked, is_right
from conformance.profile import Caller
from conformance.recipes.about import path_values
from conformance.recipes.requests import build
from conformance.session.harness import Harness

MOST_PARTS = 8
"""Parts of the first object that the first viewer reads; else the first part alone is read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One answer, and those that would have been right."""

    exchange: Exchange
    answers: frozenset[Answer]

    @property
    def right(self) -> bool:
        return is_right(self.exchange, self.answers)

    @property
    def about(self) -> Mapping[str, str]:
        """What the path names: of a list nothing."""
        return self.exchange.request.path_values

    @property
    def shown(self) -> JsonObject | None:
        """The object that the answer shows; None where it shows none."""
        found = self.exchange.json if self.exchange.succeeded else None
        return found if isinstance(found, dict) else None

    def other_bytes(self, later: Reading) -> bool:
        """Whether both answers have content, and not the same."""
        both = self.exchange.succeeded and later.exchange.succeeded
        return both and self.exchange.body != later.exchange.body


@dataclass(frozen=True, slots=True)
class Survey:
    """The readings by the caller's name, and further by the object's id and the name of its part."""

    lists: Mapping[str, Reading]
    items: Mapping[tuple[str, str], Reading]
    parts: Mapping[tuple[str, str, str], Reading]
    by_id: Mapping[str, Mapping[str, list[JsonObject]]] = field(init=False)
    """What each caller's list shows of each object."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {name: _by_id(reading) for name, reading in self.lists.items()})

    @property
    def readings(self) -> Iterator[Reading]:
        yield from self.lists.values()
        yield from self.items.values()
        yield from self.parts.values()

    def listed(self, caller: Caller, object_id: str) -> list[JsonObject]:
        """What the caller's list shows of an object: once, or not at all, where it is right."""
        return self.by_id.get(caller.name, {}).get(object_id, [])

    def ids(self, caller: Caller) -> set[str]:
        """The ids of the objects in the caller's list."""
        return {*self.by_id.get(caller.name, ())}

    def answers_showing(self, caller: Caller, object_id: str) -> Iterator[tuple[Exchange, JsonObject]]:
        """Every answer that shows the object to the caller, with what it shows."""
        single = self.items.get((caller.name, object_id))
        if single is not None and single.shown is not None:
            yield single.exchange, single.shown
        for each in self.listed(caller, object_id):
            yield self.lists[caller.name].exchange, each


def _by_id(reading: Reading) -> dict[str, list[JsonObject]]:
    found: dict[str, list[JsonObject]] = {}
    for each in objects_in(reading.exchange.json) if reading.exchange.succeeded else ():
        found.setdefault(id_of(each), []).append(each)
    return found


@dataclass(frozen=True, slots=True)
class Surveyor:
    """Reads what the viewers are shown; the first of them is the one who writes."""

    harness: Harness
    resource: Resource
    viewers: tuple[Caller, ...]

    def survey(self, objects: Sequence[Fact]) -> Survey:
        """Read the list, the first object and a part of it as every viewer; the others as the first viewer alone."""
        lists, items, parts = {}, {}, {}
        for viewer in self.viewers:
            if operation := self._operation(self.resource.listed_by):
                lists[viewer.name] = self._read(viewer, build(operation))
            for fact in objects if viewer is self.viewers[0] else objects[:1]:
                if operation := self._operation(self.resource.shown_by):
                    items[viewer.name, fact.id] = self._read(viewer, build(operation, path_values(operation, fact)))
                most = MOST_PARTS if viewer is self.viewers[0] and fact is objects[0] else 1
                for name, request in list(self._parts(fact))[:most]:
                    parts[viewer.name, fact.id, name] = self._read(viewer, request)
        return Survey(lists, items, parts)

    def _operation(self, operation_id: str | None) -> Operation | None:
        return self.harness.contract.operations.get(operation_id or "")

    def _read(self, viewer: Caller, request: Request) -> Reading:
        """Read once; NotProvoked where nothing that can be judged is answered."""
        exchange, answers = self.harness.foreseen(viewer, request)
        if exchange.status >= 500:
            raise NotProvoked(f"{exchange.operation_id} answered {exchange}")
        return Reading(exchange, answers)

    def _parts(self, fact: Fact) -> Iterator[tuple[str, Request]]:
        """The requests that read parts of an object, by the part's name."""
        for operation in self.harness.contract.operations.values():
            part = resource_of(operation) if operation.safe else None
            if part is None or part.within != self.resource.name or not part.is_part:
                continue
            values = path_values(operation, fact)
            named = next(p.name for p in operation.path_parameters if p.resource and p.resource.name == part.name)
            for name in part.parts_of(self.harness.state.facts(fact.resource).get(fact.id, fact)):
                yield name, build(operation, {**values, named: name})
