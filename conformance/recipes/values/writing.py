"""Values of every kind in the bodies of requests that may be served."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from conformance.contract.contract import Operation
from conformance.http.exchange import Request
from conformance.oracle.bodies import Answer
from conformance.oracle.declaration.registry import find_resource_of
from conformance.oracle.expect import expect
from conformance.profile import Caller
from conformance.recipes import boundaries
from conformance.recipes.values.value_kinds import LONGEST, ValueKind, find_kinds_of_field, list_fields, replace_value
from conformance.session.harness import Harness


@dataclass(frozen=True, slots=True)
class WrittenKind:
    """A request whose body has a value of one kind in one field."""

    request: Request
    field: str
    kind: ValueKind


def list_tried_fields(operation: Operation) -> list[str]:
    """Return the fields that can have any value at will."""
    bounded = {*boundaries.list_bounded_fields(operation)}
    return [each for each in list_fields(operation) if each in bounded and boundaries.is_obtainable(operation, each)]


def list_kinds(harness: Harness, operation: Operation) -> Iterator[tuple[str, ValueKind]]:
    """Yield the fields of a JSON body that can have any value at will, each with every kind of those."""
    for name in list_tried_fields(operation) if boundaries.is_json(operation) else ():
        yield from ((name, kind) for kind in find_kinds_of_field(harness.contract, operation, name))


def draw_kind(
    harness: Harness, operation: Operation, caller: Caller, request: Request, random: Random
) -> WrittenKind | None:
    """Return the request with another value in a field that it has, which is as right; None where it has none."""
    every = [*list_kinds(harness, operation)]
    if not every:
        return None
    name, kind = random.choice(every)
    value = make_value(harness, operation, request, name, kind, random=random)
    if value is None or not boundaries.make_right(harness, operation, name, value):
        return None
    changed = boundaries.with_value(operation, request, name, value)
    right = find_refusals(harness, caller, changed)
    return (
        WrittenKind(changed, name, kind)
        if right is not None and right == find_refusals(harness, caller, request)
        else None
    )


def find_refusals(harness: Harness, caller: Caller, request: Request) -> frozenset[Answer] | None:
    """Return the refusals that would be right, beside a success; None where no success would be."""
    answers = expect(harness.knowledge, caller, request)
    refusals = frozenset(each for each in answers if each.code is not None)
    return None if refusals == answers else refusals


def make_value(
    harness: Harness, operation: Operation, right: Request, name: str, kind: ValueKind, *, random: Random
) -> Any:
    """Return a value of the kind, with the run's mark where it names something that others may name; None: no such."""
    value = kind.make(random, LONGEST)
    resource = find_resource_of(operation)
    declared = resource.fields.get(name) if resource else None
    if declared is not None and resource is not None and (resource.marked_alone or not harness.is_alone):
        value = declared.marked(harness, value)
    if boundaries.is_json(operation):
        value = replace_value(json.loads(right.content or b"{}").get(name), value)
    elif not isinstance(value, str):
        return None
    return value if value is not None and boundaries.fits(harness.contract, operation, name, value) else None
