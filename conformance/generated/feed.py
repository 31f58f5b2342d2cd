"""Puts a caller and real data into a generated request, so that it reaches what it is about.

A request that breaks one thing gets a caller who may do it and an object that is there, so that
nothing else stands in its way. The others are dealt out: to every caller, on every kind of object.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from random import Random
from typing import Any, TypeVar
from urllib.parse import quote

from schemathesis import Case

from conformance.contract.contract import Parameter
from conformance.generated import conversion
from conformance.generated.cases import Generated
from conformance.generated.schemathesis_adapter import Binary, ParameterLocation
from conformance.generated.stage import Stage
from conformance.oracle.expect import expect
from conformance.oracle.facts import Fact
from conformance.oracle.resource import resource_named
from conformance.profile import Caller, Credential
from conformance.recipes.bodies import KEEP_GENERATED, Turn
from conformance.recipes.draw import derived

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fed:
    """A generated request as it is sent."""

    generated: Generated
    caller: Caller | Credential

    @property
    def case(self) -> Case[Any]:
        """The case, real data in it."""
        return self.generated.case


class Feeder:
    """Deals out callers and objects in an order that the seed decides."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        random = Random(derived(stage.harness.seed, stage.operation.operation_id, "feed"))  # noqa: S311  # reproducible, not secret
        self._others = cycle(_shuffled(random, stage.others))
        self._dealt = 0
        self._last_suited: str | None = None

    @property
    def bodies_left(self) -> int:
        """Bodies that nobody has sent yet."""
        return self._stage.bodies.left if self._stage.bodies else 0

    def fed(self, generated: Generated) -> Fed:
        """The request with a caller and real data; the case itself is changed."""
        focused = not generated.valid or generated.phase in ("examples", "archives")
        self._dealt += not focused
        if focused or self._dealt % 2:
            self._dress(generated, self._suited(generated), plain=True)
            return Fed(generated, self._stage.lead)
        self._dress(generated, self._any(generated.case.method), plain=False)
        return Fed(generated, next(self._others))

    def _suited(self, generated: Generated) -> Fact | None:
        """An object on which the request succeeds, if one can be had."""
        stage = self._stage
        if stage.resource is None:
            return None
        facts = stage.candidates(generated.case.method)
        if not generated.valid:
            return _first([fact for fact in facts if fact.id == self._last_suited] or facts or stage.add_object())
        for fact in facts:
            if self._succeeds(generated, fact):
                self._last_suited = fact.id
                return fact
        return _first(stage.add_object() or facts)

    def _succeeds(self, generated: Generated, fact: Fact) -> bool:
        self._dress(generated, fact, plain=True)
        harness, operation = self._stage.harness, self._stage.operation
        base_url = harness.base_url(self._stage.lead.org)
        request = conversion.request(generated.case, operation.operation_id, base_url)
        answers = expect(harness.state, self._stage.lead, request)
        return any(answer.status < 400 for answer in answers)

    def _any(self, method: str) -> Fact | None:
        facts = self._stage.subjects(method)
        if not facts or self._dealt % KEEP_GENERATED == 0:
            return None
        return facts[(self._dealt // 2) % len(facts)]

    def _dress(self, generated: Generated, fact: Fact | None, *, plain: bool) -> None:
        case, stage = generated.case, self._stage
        values = dict(case.path_parameters)
        for parameter in stage.operation.path_parameters:
            if parameter.spans_segments:
                values[parameter.name] = str(values[parameter.name]).replace("%2F", "/")
            if fact is not None and parameter.resource and not _is_about(case, parameter):
                values[parameter.name] = self._value(parameter, values, fact, plain=plain)
            elif not parameter.spans_segments:
                values[parameter.name] = stage.unharmful(str(values[parameter.name]), case.method)
        case.path_parameters = values
        if isinstance(case.body, dict) and stage.bodies is not None:
            turn = Turn(generated.number, generated.valid, plain, self._dealt, binary_fields(case.body))
            case.body = stage.bodies.fill(case.body, turn, stage.operation, stage.lead, fact)

    def _value(self, parameter: Parameter, values: dict[str, Any], fact: Fact, *, plain: bool) -> str:
        """The encoded value of a path parameter that names a resource."""
        name = parameter.resource.name if parameter.resource else ""
        if name == fact.resource:
            return quote(fact.id, safe="")
        part = resource_named(name)
        if part is None or part.in_object is None or (not plain and self._dealt % KEEP_GENERATED == 2):
            return str(values[parameter.name])
        found = part.in_object(fact)
        return quote(found[0] if plain else found[self._dealt % len(found)], safe="/")


def _is_about(case: Case[Any], parameter: Parameter) -> bool:
    """Whether the coverage phase made the request for this parameter's value."""
    data = case.meta.phase.data if case.meta else None
    location = getattr(data, "parameter_location", None)
    return location is ParameterLocation.PATH and getattr(data, "parameter", None) == parameter.name


def binary_fields(body: Mapping[str, Any]) -> frozenset[str]:
    """The names of the body's fields or parts that are bytes."""
    return frozenset(name for name, value in body.items() if is_binary(value))


def is_binary(value: object) -> bool:
    """Whether Schemathesis means bytes by it."""
    return isinstance(value, bytes | Binary)


def _first(facts: Sequence[Fact]) -> Fact | None:
    return facts[0] if facts else None


def _shuffled(random: Random, values: Iterable[T]) -> Iterator[T]:
    listed = list(values)
    random.shuffle(listed)
    return iter(listed)
