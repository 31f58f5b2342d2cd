"""Callers and real data for the generated requests of one operation, so that each reaches what it is about.

A request that breaks one thing gets a caller who may do it and an object that is there, so that
nothing else stands in its way. The others are dealt out: to every caller, on every kind of object.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import cycle
from random import Random
from typing import Any
from urllib.parse import quote, unquote

from schemathesis import Case

from conformance.contract.contract import OWN_ORG, Operation, Parameter
from conformance.fuzzing import conversion
from conformance.fuzzing.cases import GeneratedRequest
from conformance.fuzzing.schemathesis_adapter import Binary, ParameterLocation
from conformance.http.client import LimitReached
from conformance.http.exchange import SAFE
from conformance.oracle.declaration.registry import (
    find_resource,
    find_resource_in_path,
    find_resource_of,
    find_resource_set,
)
from conformance.oracle.expect import expect
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import ANONYMOUS, Caller, Credential
from conformance.recipes.bodies import KEEP_GENERATED, Turn, find_bodies
from conformance.recipes.draw import derive_seed
from conformance.recipes.making import create_owned, obtain, prepare_for
from conformance.session.harness import Harness

CANDIDATES = 8
"""Objects of which the oracle is asked whether the request succeeds on them, before a new one is made."""


class Feeder:
    """The dealer of callers and objects, in an order that the seed decides."""

    def __init__(self, harness: Harness, operation: Operation) -> None:
        """Have callers and objects of every ownership; NotProvoked where no caller may do the operation."""
        self._harness = harness
        self._operation = operation
        self._resource = in_path = find_resource_in_path(operation)
        self.lead = lead = harness.able(operation)
        """May do the operation: neither scope nor billing stands in the way."""
        # The target is judged on objects that it has too, so it does not matter which of these it lets be made.
        # What is kept from all but its creator is made for the operation: by another scope than that of reading.
        self._made_for = operation if in_path is not None and in_path.access.personal else None
        if in_path is not None:
            for ownership in in_path.access.ownerships:
                with suppress(NotProvoked, LimitReached):
                    fact = obtain(harness, in_path, ownership, lead, self._made_for)
                    if ownership.is_own:
                        prepare_for(harness, in_path, fact, operation)
        about = in_path or find_resource_of(operation)
        self._bodies = find_bodies(harness, about) if about else None
        if self._bodies:
            self._bodies.prepare(operation, lead)
        others: list[Caller | Credential] = [*(c for c in harness.callers() if c is not lead), ANONYMOUS]
        Random(derive_seed(harness.seed, operation.operation_id, "feed")).shuffle(others)  # noqa: S311  # reproducible, not secret
        self._others = cycle(others)
        self._dealt = 0
        self._last_suited: str | None = None

    @property
    def bodies_left(self) -> int:
        """Bodies that nobody has sent yet."""
        return self._bodies.left if self._bodies else 0

    def feed(self, generated: GeneratedRequest) -> Caller | Credential:
        """Put real data into the case; who is to send it."""
        focused = not generated.is_valid or generated.phase in ("examples", "archives")
        self._dealt += not focused
        if focused or self._dealt % 2:
            self._fill(generated, self._choose_suited(generated), plain=True)
            return self.lead
        self._fill(generated, self._choose_any(generated.case.method), plain=False)
        return next(self._others)

    def _choose_suited(self, generated: GeneratedRequest) -> Fact | None:
        """Return an object on which the request succeeds, if one can be had."""
        if self._resource is None:
            return None
        facts = self._list_candidates(generated.case.method)
        if not generated.is_valid:
            found = [fact for fact in facts if fact.id == self._last_suited] or facts or self._make_new_object()
            return next(iter(found), None)
        for fact in facts:
            if self._is_served(generated, fact):
                self._last_suited = fact.id
                return fact
        return next(iter(self._make_new_object() or facts), None)

    def _list_candidates(self, method: str) -> list[Fact]:
        """Return objects on which the lead may well succeed: its own, and for reading whatever it can see."""
        if method not in SAFE:
            return [fact for fact in self._list_facts() if fact.is_owned_by(self.lead.org) and fact.made]
        return [fact for fact in self._list_subjects(method) if fact.is_visible_to(self.lead.org)][:CANDIDATES]

    def _list_subjects(self, method: str) -> list[Fact]:
        """Return the objects that a request of anybody may be about, those that the run made first."""
        known = [fact for fact in self._list_facts() if self._is_stable(fact)]
        allowed = (fact for fact in known if method in SAFE or self._harness.guard.may_change(fact.id))
        return sorted(allowed, key=lambda fact: (not fact.made, fact.name or "", fact.owner or ""))

    def _list_facts(self) -> list[Fact]:
        return list(self._harness.knowledge.get_facts(self._resource.name).values()) if self._resource else []

    def _is_stable(self, fact: Fact) -> bool:
        """Return whether nobody else is likely to change or remove the object while the run goes on."""
        given = (*self._harness.guard.given, *self._harness.profile.known.expendable)
        return self._harness.is_alone or fact.made or fact.is_platform or fact.id in given

    def _make_new_object(self) -> list[Fact]:
        """Return one more own object; none where it cannot be made."""
        with suppress(NotProvoked, LimitReached):
            if self._resource:
                org, lead = self.lead.org, self.lead
                made = create_owned(self._harness, self._resource, org, operation=self._made_for, caller=lead)
                return [prepare_for(self._harness, self._resource, made, self._operation)]
        return []

    def _is_served(self, generated: GeneratedRequest, fact: Fact) -> bool:
        self._fill(generated, fact, plain=True)
        base_url = self._harness.find_base_url(self.lead.org)
        request = conversion.request(generated.case, self._operation.operation_id, base_url)
        return any(answer.status < 400 for answer in expect(self._harness.knowledge, self.lead, request))

    def _choose_any(self, method: str) -> Fact | None:
        facts = self._list_subjects(method)
        if not facts or self._dealt % KEEP_GENERATED == 0:
            return None
        return facts[(self._dealt // 2) % len(facts)]

    def _fill(self, generated: GeneratedRequest, fact: Fact | None, *, plain: bool) -> None:
        case = generated.case

        def choose_value(parameter: Parameter) -> str | None:
            if fact is None or parameter.resource is None or _is_about(case, parameter):
                return None
            return self._encode_value(parameter.resource.name, fact, plain=plain)

        fill_path(self._harness, self._operation, case, choose_value)
        if isinstance(case.body, dict) and self._bodies is not None:
            turn = Turn(generated.number, generated.is_valid, plain, self._dealt, find_binary_fields(case.body))
            case.body = self._bodies.fill(case.body, turn, self._operation, self.lead, fact)

    def _encode_value(self, resource: str, fact: Fact, *, plain: bool) -> str | None:
        """Return the encoded value of a path parameter that names the object or a part of it.

        None: the generated one.
        """
        if resource == fact.resource:
            return quote(fact.id, safe="")
        part = find_resource(resource)
        found = part.list_parts(fact) if part else ()
        if not found or (not plain and self._dealt % KEEP_GENERATED == 2):
            return None
        return quote(found[0] if plain else found[self._dealt % len(found)], safe="/")


def fill_path(
    harness: Harness, operation: Operation, case: Case[Any], value_of: Callable[[Parameter], str | None]
) -> None:
    """Put encoded values into the path; where there is none, the generated one, if no harm can come of it.

    An unsafe method could meet somebody's object by an id that was made up, so its id is one of nothing.
    A method that the path does not have counts by what it would do if it had it.
    """
    resource, made, values = find_resource_in_path(operation), find_resource_set(operation), dict(case.path_parameters)
    for parameter in operation.path_parameters:
        value = str(values[parameter.name])
        if parameter.is_own_org:
            value = OWN_ORG
        elif (given := value_of(parameter)) is not None:
            value = given
        elif parameter.spans_segments:
            value = value.replace("%2F", "/")
        elif case.method not in SAFE and not harness.guard.may_change(unquote(value), resource):
            new = made.fields[parameter.name].value(harness, None, None) if made else None
            value = str(new) if new else harness.make_absent_id(str(resource or "object"))
        values[parameter.name] = value
    case.path_parameters = values


def _is_about(case: Case[Any], parameter: Parameter) -> bool:
    """Return whether the coverage phase made the request for this parameter's value."""
    data = case.meta.phase.data if case.meta else None
    location = getattr(data, "parameter_location", None)
    return location is ParameterLocation.PATH and getattr(data, "parameter", None) == parameter.name


def find_binary_fields(body: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of the body's fields or parts that are bytes."""
    return frozenset(name for name, value in body.items() if is_binary(value))


def is_binary(value: object) -> bool:
    """Return whether Schemathesis means bytes by it."""
    return isinstance(value, bytes | Binary)
