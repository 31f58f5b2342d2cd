"""What a wrong answer does to data is judged at its own provenance, whatever that of the status or code is."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from conformance.contract.contract import Contract, Provenance
from conformance.http.exchange import Exchange, Request
from conformance.oracle.bodies import Answer
from conformance.oracle.breach import DataEffect
from conformance.oracle.expect import expect
from conformance.oracle.facts import State
from conformance.oracle.judging import find_effect, weaken_provenance
from conformance.profile import Caller
from tests.conformance.oracle.test_expect import OWNER, STRANGER, state

__all__ = ["state"]
"""A fixture."""

ASSUMED, BINDING = Provenance.ASSUMED, Provenance.REFERENCE
GUESS = "OWNERSHIP-SHARED-DELETE"


def answered(status: int, code: str | None = None, path: str = "/packs/p", method: str = "GET") -> Exchange:
    body = json.dumps({"error": {"code": code, "message": "m", "request_id": "r"}} if code else {}).encode()
    request = Request("packs.get" if method == "GET" else "packs.delete", method, path, {"id": "p"})
    return Exchange("acme-owner", request, f"http://t/v1{path}", status, (), body, 1.0)


@pytest.mark.parametrize(
    ("effect", "judged"), [(None, ASSUMED), (DataEffect.LOST, BINDING), (DataEffect.LEAKED, BINDING)]
)
def test_an_effect_weighs_more_than_a_guess_of_the_status(
    contract: Contract, effect: DataEffect | None, judged: Provenance
) -> None:
    assert weaken_provenance(contract, contract.rules[GUESS], answered(200), ASSUMED, effect) is judged


def test_an_effect_does_not_make_a_promise_weaker(contract: Contract) -> None:
    rule = contract.rules["PACK-PATCH-APPLIES"]
    assert weaken_provenance(contract, rule, answered(200), Provenance.SEED, DataEffect.LOST) is Provenance.SEED


def test_what_may_come_from_a_gateway_stays_weak(contract: Contract) -> None:
    odd = answered(200, path="/packs/%2e%2e/p")
    assert weaken_provenance(contract, contract.rules[GUESS], odd, ASSUMED, DataEffect.LOST) is ASSUMED


def test_without_the_rules_that_forbid_it_nothing_is_raised(contract: Contract) -> None:
    fewer = replace(contract, rules={GUESS: contract.rules[GUESS]})
    assert weaken_provenance(fewer, fewer.rules[GUESS], answered(200), ASSUMED, DataEffect.LEAKED) is ASSUMED


GONE = Answer(404, "pack_not_found", GUESS, effect=DataEffect.LEAKED)
THERE = Answer(200, None, "CONTRACT-VALID-ACCEPTED", effect=DataEffect.LOST)


@pytest.mark.parametrize(
    ("right", "came", "effect"),
    [
        (GONE, (200, None), DataEffect.LEAKED),
        (GONE, (403, "permission_denied"), None),
        (GONE, (500, None), None),
        (THERE, (404, "pack_not_found"), DataEffect.LOST),
        (THERE, (404, "not_found"), None),
        (THERE, (403, "permission_denied"), None),
        (replace(GONE, effect=None), (200, None), None),
    ],
)
def test_an_answer_does_what_it_shows_to_be_done(
    contract: Contract, right: Answer, came: tuple[int, str | None], effect: DataEffect | None
) -> None:
    assert find_effect(contract, answered(*came), [right]) is effect


@pytest.mark.parametrize(
    ("asked", "effects"),
    [
        (("DELETE", "/packs/shared", STRANGER), {DataEffect.LOST}),
        (("DELETE", "/packs/private", STRANGER), {DataEffect.LOST}),
        (("GET", "/packs/private", STRANGER), {DataEffect.LEAKED}),
        (("GET", "/packs/private", OWNER), {DataEffect.LOST}),
        (("GET", "/packs/platform", OWNER), {None}),
        (("GET", "/packs/nowhere", OWNER), {None}),
        (("DELETE", "/packs/used", OWNER), {None}),
    ],
)
def test_the_oracle_says_what_the_wrong_answer_does(
    state: State, asked: tuple[str, str, Caller], effects: set[DataEffect | None]
) -> None:
    method, path, caller = asked
    answers = expect(state, caller, Request(None, method, path, {}))
    assert {each.effect for each in answers} == effects


def test_what_is_not_certain_has_no_effect(state: State) -> None:
    unknown = replace(state, is_own_world=False, objects={}, listed=frozenset())
    assert {each.effect for each in expect(unknown, STRANGER, Request(None, "DELETE", "/packs/shared", {}))} == {None}
