"""Checks that the tests of several clauses make in one way, and the requests that they begin with."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import pairwise
from typing import Any, TypeVar

from conformance.contract.contract import JsonObject, Operation
from conformance.hostile.trying import VALUES
from conformance.http.exchange import Exchange, Request
from conformance.oracle.breach import Breach, DataEffect
from conformance.oracle.declaration.lifetime import close_over
from conformance.oracle.declaration.registry import find_resource_of
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.reading import get_field, is_later
from conformance.recipes.valid import build_valid
from conformance.results.difference import from_bytes, from_field, from_fields
from conformance.running.binding import over
from conformance.session.harness import Harness
from conformance.session.rereading import ChangedMeanwhile

COARSEST_S = 1.1
"""The seconds until times that are kept in whole seconds have moved on."""
STATUS, FIELDS = "status", "ENVELOPE-FIELDS"
TELLING = 8
"""The characters in a row of a secret that tell it; a shorter text may stand anywhere by chance."""
F = TypeVar("F", bound=Callable[..., object])
EACH_OPERATION = over("operation", lambda scope: scope.operations)


def parametrize_tried(rule_id: str) -> Callable[[F], F]:
    """Parametrize a test over the operations that a hostile value suits of which the rule speaks."""
    kinds = [kind for kind in VALUES if kind.rule == rule_id]
    return over("operation", lambda scope: [o for o in scope.operations if any(kind.suits(o) for kind in kinds)])


def serve_once(harness: Harness, operation: Operation, caller: Caller | None = None) -> tuple[Caller, Request]:
    """Return a caller whose valid request was served, and another such request.

    By default it is of somebody who may do it.
    """
    caller = caller or harness.able(operation)
    harness.hold(caller, build_valid(harness, operation, caller))
    return caller, build_valid(harness, operation, caller)


def check_each(objects: Iterable[JsonObject], check: Callable[[JsonObject], None]) -> None:
    """Check the objects of a list one by one; that others changed one meanwhile is told once the rest are checked."""
    changed: ChangedMeanwhile | None = None
    for each in objects:
        try:
            check(each)
        except ChangedMeanwhile as reason:
            changed = reason
    if changed is not None:
        raise changed


def check_equal(
    harness: Harness,
    exchange: Exchange,
    got: object,
    expected: object,
    said: str,
    *,
    name: str = "",
    effect: DataEffect | None = None,
) -> None:
    """Raise a finding unless a value of the answer is the expected one, of which `said` tells; name: its field's."""
    evidence = from_field(name or said.partition(" ")[0], expected, got)
    harness.check(got == expected, exchange, said, repr(got), evidence=evidence, effect=effect)


def check_shows(
    harness: Harness, exchange: Exchange, name: str, expected: object, *, effect: DataEffect | None = None
) -> None:
    """Raise a finding unless the field has the expected value in the answer."""
    got, said = get_field(exchange.json, name), f"{name} {expected!r}"
    check_equal(harness, exchange, got, expected, said, name=name, effect=effect)


def check_unchanged(
    harness: Harness, exchange: Exchange, changed: list[str], said: str, between: tuple[Any, Any]
) -> None:
    """Raise a finding where fields changed between two showings of an object that should be as `said`."""
    operation = harness.contract.operations.get(exchange.operation_id or "")
    about = find_resource_of(operation) if operation else None
    lost = about.find_loss(harness.contract, changed) if about else None
    evidence = from_fields(changed, *between)
    harness.check(not changed, exchange, said, f"{', '.join(changed)} changed", evidence=evidence, effect=lost)


def check_content(harness: Harness, read: Exchange, right: bytes, said: str) -> None:
    """Raise a finding unless the answer has the bytes of which `said` tells: data that a write left is lost."""
    evidence = from_bytes(right, read.body)
    harness.check(read.body == right, read, said, "other bytes", evidence=evidence, effect=DataEffect.LOST)


def check_hides(harness: Harness, answer: Exchange, secret: str, said: str) -> None:
    """Raise a finding where an answer holds a secret, of which `said` tells, or so much in a row that it tells it."""
    text = answer.body.decode("utf-8", "replace") + json.dumps(answer.headers)
    parts = {secret[at : at + TELLING] for at in range(len(secret) - TELLING + 1)}
    got = said if secret in text else f"a part of {said}"
    hides = not any(part in text for part in parts)
    harness.check(hides, answer, f"nothing of {said}", got, effect=DataEffect.LEAKED)


def check_moves_forward(harness: Harness, write: Callable[[int], tuple[Exchange, Exchange]]) -> None:
    """Raise a finding unless a write moves updated_at forward; at once, or where a second is between two writes.

    `write`: of the turn, the object as it is read before a write and after it.
    """
    for turn in range(2):
        before, read = write(turn)
        earlier, later = get_field(before.json, "updated_at"), get_field(read.json, "updated_at")
        if not isinstance(earlier, str) or not isinstance(later, str):
            raise NotProvoked("the pack shows no updated_at")
        moved = is_later(earlier, later)
        if moved is not None:
            break
        if turn == 0:
            time.sleep(COARSEST_S)
    evidence = from_field("updated_at", earlier, later)
    harness.check(moved is True, read, "a later updated_at", "the same or an earlier one", evidence=evidence)


def check_steps(harness: Harness, readings: Iterable[Exchange], steps: Mapping[str, Collection[str]]) -> None:
    """Raise a finding where what was read again and again went on by none of the steps; phases may be skipped."""
    for before, after in pairwise(readings):
        was, now = str(get_field(before.json, STATUS)), str(get_field(after.json, STATUS))
        right = now in close_over(steps, was)
        harness.check(right, after, f"a step from {was}", now, evidence=from_field(STATUS, None, now))


def read_named_fields(refused: Exchange) -> dict[str, str]:
    """Return the details.fields of a validation error; empty where there are none."""
    fields = get_field(get_field(get_field(refused.json, "error"), "details"), "fields")
    return fields if isinstance(fields, dict) else {}


def check_named(harness: Harness, names: Collection[str], refused: Exchange) -> None:
    """Raise a finding where a validation error names none of the fields, parts or parameters that may be wrong."""
    if refused.code != "validation_error":
        return
    named = sorted(read_named_fields(refused))
    if {re.split(r"[.\[/]", each)[0] for each in named}.isdisjoint(names):  # a part of one is named by its path
        said = f"details.fields naming {' or '.join(names)}", ", ".join(named) or "no field"
        harness.fail(harness.build_finding(Breach(FIELDS, *said), refused))
