"""How hard a wrong answer is judged: by the weakest of what the finding relies on."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from conformance.contract.contract import Contract, Provenance
from conformance.http.exchange import Exchange, Request
from conformance.oracle.bodies import Answer
from conformance.oracle.judging import describe_answers, find_provenance, is_meant, is_right

PATCH = "packs.update_visibility"


def answered(status: int, code: str | None, operation_id: str = PATCH) -> Exchange:
    body = json.dumps({"error": {"code": code}} if code else {}).encode()
    request = Request(operation_id, "PATCH", "/packs/p", {"id": "p"})
    return Exchange("acme-owner", request, "http://t/v1/packs/p", status, (), body, 1.0)


NOT_FOUND = Answer(404, "pack_not_found", "OWNERSHIP-PRIVATE-HIDDEN")
DENIED = Answer(403, "permission_denied", "SCOPE-REQUIRED")
INVALID = Answer(400, "validation_error", "CONTRACT-INVALID-REFUSED")


@pytest.mark.parametrize(
    ("got", "right"),
    [
        ((404, "pack_not_found"), True),
        ((403, "permission_denied"), True),
        ((404, "file_not_found"), False),
        ((404, None), False),
        ((403, "pack_not_found"), False),
        ((200, None), False),
        ((500, "permission_denied"), False),
    ],
)
def test_status_and_code_both_have_to_be_right(got: tuple[int, str | None], right: bool) -> None:
    assert is_right(answered(*got), [NOT_FOUND, DENIED]) is right


@pytest.mark.parametrize(
    ("got", "meant"),
    [
        ((422, "validation_error"), True),
        ((400, None), True),
        ((400, "bad_request"), True),
        ((400, "pack_exists"), False),
        ((404, "pack_not_found"), False),
        ((500, "validation_error"), False),
        ((200, None), False),
    ],
)
def test_a_refusal_with_a_wrong_envelope_is_left_to_the_laws(
    contract: Contract, got: tuple[int, str | None], meant: bool
) -> None:
    assert is_meant(contract, answered(*got), [INVALID]) is meant


@pytest.mark.parametrize(
    ("rule", "answer", "got", "provenance"),
    [
        # That the pack is hidden is said by the reference; which code hides it is assumed.
        ("OWNERSHIP-PRIVATE-HIDDEN", NOT_FOUND, (200, None), Provenance.REFERENCE),
        ("OWNERSHIP-PRIVATE-HIDDEN", NOT_FOUND, (404, "file_not_found"), Provenance.ASSUMED),
        ("OWNERSHIP-PRIVATE-HIDDEN", NOT_FOUND, (403, "permission_denied"), Provenance.REFERENCE),
        # That the body is refused is said by the seed; the number of it is assumed.
        ("PACK-PATCH-BODY", INVALID, (200, None), Provenance.SEED),
        ("PACK-PATCH-BODY", INVALID, (409, "pack_in_use"), Provenance.ASSUMED),
        ("PACK-PATCH-BODY", INVALID, (500, "oops"), Provenance.SEED),
        # A rule is never judged harder than it is founded itself.
        ("OWNERSHIP-SHARED-DELETE", NOT_FOUND, (200, None), Provenance.ASSUMED),
    ],
)
def test_a_finding_takes_the_weakest_that_it_relies_on(
    contract: Contract, rule: str, answer: Answer, got: tuple[int, str | None], provenance: Provenance
) -> None:
    assert find_provenance(contract, contract.rules[rule], answered(*got), [answer]) is provenance


def test_an_answer_that_relies_on_an_assumed_keyword_is_assumed(contract: Contract) -> None:
    unknown_key = Answer(400, "validation_error", "CONTRACT-INVALID-REFUSED", Provenance.ASSUMED)
    rule = contract.rules["PACK-PATCH-BODY"]
    assert find_provenance(contract, rule, answered(200, None), [unknown_key]) is Provenance.ASSUMED


def test_of_several_answers_the_best_founded_one_is_missed(contract: Contract) -> None:
    rule = contract.rules["SCOPE-REQUIRED"]
    weak = Answer(404, "pack_not_found", "OWNERSHIP-SHARED-DELETE", Provenance.ASSUMED)
    assert find_provenance(contract, rule, answered(200, None), [weak, DENIED]) is Provenance.REFERENCE


def test_right_answers_are_described_once_each() -> None:
    assert describe_answers([DENIED, DENIED, NOT_FOUND]) == "403 permission_denied or 404 pack_not_found"


def test_an_owned_contract_binds_but_for_what_stands_before_the_service(contract: Contract) -> None:
    rule, owned = contract.rules["CONTRACT-RIGHT-ANSWER"], contract.as_owned()
    refused = answered(404, "file_not_found")
    assert not find_provenance(contract, rule, refused, [INVALID]).is_binding
    assert find_provenance(owned, owned.rules[rule.id], refused, [INVALID]) is Provenance.OWNED
    by_a_gateway = replace(refused, request=replace(refused.request, path="/packs//p"), body=b"<html>", status=400)
    assert find_provenance(owned, owned.rules[rule.id], by_a_gateway, [NOT_FOUND]) is Provenance.ASSUMED
