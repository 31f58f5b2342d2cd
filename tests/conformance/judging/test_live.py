"""What a run is answered is held against the laws that recordings are judged by: one spoilt answer of the mock each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from conformance.contract.contract import Contract
from conformance.http.exchange import Exchange
from conformance.recipes.requests import build
from conformance.running.suite import Suite
from conformance.session.harness import Harness
from conformance.target.target import open_target

LISTED, SERVED = "OWNERSHIP-LISTED", "OWNERSHIP-OWN-SERVED"


@pytest.fixture(scope="module")
def suite(contract: Contract) -> Iterator[Suite]:
    target = open_target("mock", seed=1)
    opened = Suite(target.profile, contract, seed=1)
    opened.prepare()
    yield opened
    opened.close()
    target.close()


@pytest.fixture
def harness(suite: Suite, request: pytest.FixtureRequest) -> Harness:
    suite.client.take()
    return suite.open_session("CONTRACT-RIGHT-ANSWER", request.node.name)


def answers(suite: Suite, harness: Harness, *operations: str) -> list[Exchange]:
    """What the owner of an org is answered; where a path names a pack, about one of the org's."""
    owner = next(each for each in suite.profile.callers if each.role == "owner")
    pack = next(fact.id for fact in harness.knowledge.list_owned("pack", owner.org))
    for name in operations:
        operation = harness.contract.operations[name]
        harness.send(owner, build(operation, {each.name: pack for each in operation.path_parameters}))
    return suite.client.take()


def broken(suite: Suite, harness: Harness, exchanges: Sequence[Exchange]) -> list[tuple[str, int]]:
    """Each rule that is broken, and by which of the answers."""
    return [(breach.rule, exchanges.index(each)) for each, breach in suite.judge.find_breaches(harness, exchanges)]


def saying(exchange: Exchange, **changes: Any) -> Exchange:
    return replace(exchange, body=json.dumps({**exchange.json, **changes}).encode())


def twice(exchange: Exchange) -> Exchange:
    return saying(exchange, packs=[*exchange.json["packs"], exchange.json["packs"][0]])


def of_another_org(exchange: Exchange) -> Exchange:
    events = exchange.json["events"]
    return saying(exchange, events=[{**events[0], "org_id": "org_other"}, *events[1:]])


@pytest.mark.parametrize(
    ("operation", "spoilt", "rules"),
    [
        ("packs.list", twice, {LISTED}),
        ("audit.list", lambda it: saying(it, events=it.json["events"][::-1]), {"AUDIT-ORDER"}),
        ("audit.list", of_another_org, {"OWNERSHIP-NOT-LISTED"}),
        ("session.get", lambda it: saying(it, api_key_label="a"), {"SESSION-KEY-LABEL"}),
        (
            "packs.get",
            lambda it: saying(it, owned=False, visibility="org"),
            {"OWNERSHIP-OWNED", "OWNERSHIP-PRIVATE-HIDDEN"},
        ),
    ],
    ids=["a list", "a page", "a foreign event", "a session", "an object"],
)
def test_an_answer_is_held_against_what_it_says_by_itself(
    suite: Suite, harness: Harness, operation: str, spoilt: Callable[[Exchange], Exchange], rules: set[str]
) -> None:
    (right,) = answers(suite, harness, operation)
    assert {*broken(suite, harness, [spoilt(right)])} == {(rule, 0) for rule in rules}


def test_a_right_answer_breaks_nothing(suite: Suite, harness: Harness) -> None:
    assert broken(suite, harness, answers(suite, harness, "packs.list", "audit.list", "session.get", "packs.get")) == []


def denied(exchange: Exchange) -> Exchange:
    error = {"code": "pack_not_found", "message": "No.", "request_id": exchange.find_header("x-request-id")}
    return replace(exchange, status=404, body=json.dumps({"error": error}).encode())


def test_what_is_there_again_was_there_in_between(suite: Suite, harness: Harness) -> None:
    before, between, after = answers(suite, harness, "packs.get", "packs.get", "packs.get")
    assert broken(suite, harness, [before, denied(between), after]) == [(SERVED, 2)]


def test_of_what_crosses_a_write_nothing_is_said_that_rests_on_an_order(suite: Suite, harness: Harness) -> None:
    before, between, after, write = answers(suite, harness, *["packs.get"] * 4)
    whole = (after.started - before.started) * 1000 + after.elapsed_ms
    request = replace(write.request, operation_id="packs.delete", method="DELETE")
    write = replace(write, request=request, status=204, headers=(), body=b"", started=before.started, elapsed_ms=whole)
    found = broken(suite, harness, [before, denied(between), after, write])
    assert SERVED not in {rule for rule, _ in found}
