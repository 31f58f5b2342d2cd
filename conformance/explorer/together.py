"""Pairs of requests at once about an object of an expedition, whose answers and end some order has to explain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from conformance.explorer.looks import TargetBroke
from conformance.explorer.memory import Write
from conformance.explorer.overlaps import Way, explain_wrong_alone, is_wrong_alone, judge_together
from conformance.explorer.pairs import OperationPair, pair_writes
from conformance.explorer.subject import ExploredResource
from conformance.judging.opinion import TOGETHER
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked, Unanswered, Violation
from conformance.recipes.making import make_ready


def find_pairs(subject: ExploredResource) -> Iterator[OperationPair]:
    """Yield every two writes about one object of the resource, if the contract says what is right of them."""
    contract = subject.harness.contract
    for pair in pair_writes(contract) if TOGETHER in contract.rules else ():
        if pair.resource is subject.resource and all(map(subject.is_about_one, (pair.first, pair.second))):
            yield pair


def write_together(subject: ExploredResource, pair: OperationPair, fact: Fact, choice: int) -> Write:
    """Send both requests about an object at once, and read what they left; a finding where no order explains it."""
    harness, looker, lead = subject.harness, subject.looker, subject.find_cast(fact).lead
    with suppress(NotProvoked):
        fact = make_ready(harness, fact, pair.first)
    both = (pair.first, pair.second)
    asked = [(lead, looker.steps.request(each, lead, fact, number)) for number, each in enumerate(both, choice)]
    subject.memory.touch(fact.id)
    subject.memory.forget_content(fact.id)
    cited, found = harness.rule, len(harness.findings)
    harness.rule = harness.contract.rules[TOGETHER]
    try:
        judge_together(harness, asked)
    except Unanswered as reason:
        raise TargetBroke(str(reason)) from None
    except Violation:
        finding = harness.findings[found]
        del harness.findings[found:]
        if is_wrong_alone(harness, pair, Way.IN_TURN):
            raise TargetBroke(explain_wrong_alone(pair)) from None
        subject.fail(finding)
    finally:
        harness.rule = cited
    return Write(fact.id)
