"""Walks: random sequences of requests by several callers about one resource, which the suite's own judge takes."""

from __future__ import annotations

from random import Random

from conformance.contract.contract import Contract
from conformance.oracle.declaration.registry import resources
from conformance.oracle.declaration.resource import Resource
from conformance.recipes.steps import creation
from conformance.results.finding import Finding
from conformance.sequences.judging import SequenceFinding, SequenceJudge, Step
from conformance.sequences.run import CHOICES, OBJECTS, TURNS, callers_of
from conformance.session.harness import Harness

RULE = "CONTRACT-RIGHT-ANSWER"
"""The rule that a walk is about, where no other is broken."""
STEPS = 20


def walked(contract: Contract, *, reads_alone: bool = False) -> list[Resource]:
    """Return the resources that walks are about: those that a request makes, or that one lists.

    By a plain document there are none: nothing says of each answer of a walk what is right.
    """
    if contract.is_plain:
        return []
    return [
        each
        for each in resources()
        if any(name in contract.operations for name in ((each.listed_by,) if reads_alone else each.made_by))
    ]


def walk(harness: Harness, resource: Resource, random: Random) -> Finding | None:
    """Take a walk, which only reads where nothing else may be sent; return what it found.

    NotProvoked where the target lacks what it needs.
    """
    operations, reads_alone = harness.contract.operations, harness.profile.limits.read_only
    listing = operations.get(resource.listed_by or "") if reads_alone else None
    callers = callers_of(harness, listing or creation(resource, operations))
    judge = SequenceJudge(harness, resource, callers, harness.case, reads_alone)
    try:
        judge.judge([_step(judge.actions, random) for _ in range(STEPS)])
    except SequenceFinding as found:
        return found.finding
    return None


def _step(actions: int, random: Random) -> Step:
    return Step(*(random.randrange(most) for most in (actions + 1, TURNS, OBJECTS, CHOICES)))
