"""What is said of an answer: by which rule, and how hard. The answers are made up; the requests are generated."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from conformance.budget import NORMAL
from conformance.contract.contract import Contract
from conformance.fuzzing import conversion
from conformance.fuzzing.cases import GeneratedRequest, Generator
from conformance.fuzzing.judge import Judge
from conformance.http.exchange import Exchange
from conformance.oracle.bodies import Answer

BASE = "http://127.0.0.1:4010/v1"
PACK = {
    "id": "pack_1",
    "name": "a",
    "display_name": "A",
    "version": "1.0.0",
    "tier": "community",
    "visibility": "org",
    "owned": True,
}
ACCEPTED = frozenset({Answer(200, None, "CONTRACT-VALID-ACCEPTED")})
REFUSED = frozenset({Answer(400, "validation_error", "CONTRACT-INVALID-REFUSED")})
HIDDEN = frozenset({Answer(404, "pack_not_found", "OWNERSHIP-PRIVATE-HIDDEN")})
UNROUTED = frozenset({Answer(405, "method_not_allowed", "PROTOCOL-METHOD")})

Judgement = Callable[..., list[tuple[str, str]]]


@pytest.fixture(scope="module")
def generator(contract: Contract) -> Generator:
    return Generator(contract, seed=1, budget=NORMAL)


def error(code: str, **more: Any) -> dict[str, Any]:
    return {"error": {"code": code, "message": "No.", "request_id": "7f3a9c2e", **more}}


INVALID = error("validation_error", details={"fields": {"body": "is not right"}})


@pytest.fixture
def breaches(contract: Contract) -> Judgement:
    """Rule and weight of everything that is wrong with an answer to a generated request."""

    def judged(
        generated: GeneratedRequest,
        answers: frozenset[Answer],
        status: int,
        body: Any,
        *,
        media_type: str = "application/json",
        failure: str | None = None,
        **headers: str,
    ) -> list[tuple[str, str]]:
        request = conversion.request(generated.case, generated.operation_id, BASE)
        if not generated.is_method_declared:
            request = conversion.request(generated.case, None, BASE)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = [("content-type", media_type), ("content-length", str(len(content)))]
        given += [(name.replace("_", "-"), value) for name, value in headers.items()]
        exchange = Exchange("acme-owner", request, BASE + request.path, status, tuple(given), content, 1.0, failure)
        found = Judge(contract).judge(generated, exchange, answers, lambda _: ()).breaches
        return [(it.rule, "violation" if it.provenance.is_binding else "advisory") for it in found]

    return judged


@pytest.fixture(scope="module")
def valid_patch(generator: Generator) -> GeneratedRequest:
    return next(it for it in generator.get_cases("packs.update_visibility") if it.is_valid)


def spoiled(generator: Generator, body: Any) -> GeneratedRequest:
    """The coverage phase's PATCH that breaks the schema, with this body in place of its own."""
    generated = next(
        it for it in generator.get_cases("packs.update_visibility") if it.scenario == "object_unexpected_properties"
    )
    generated.case.body = body
    return generated


@pytest.fixture(scope="module")
def undeclared(generator: Generator) -> GeneratedRequest:
    return next(it for it in generator.get_cases("packs.list") if not it.is_method_declared)


def test_a_right_answer_is_right(
    breaches: Judgement, valid_patch: GeneratedRequest, generator: Generator, undeclared: GeneratedRequest
) -> None:
    assert breaches(valid_patch, ACCEPTED, 200, PACK) == []
    assert breaches(valid_patch, HIDDEN, 404, error("pack_not_found")) == []
    assert breaches(spoiled(generator, {}), REFUSED, 400, INVALID) == []
    assert breaches(undeclared, UNROUTED, 405, error("method_not_allowed"), allow="GET, POST") == []


@pytest.mark.parametrize(
    ("body", "weight"),
    [
        ({"visibility": "secret"}, "violation"),
        ({"visibility": 1}, "violation"),
        ({"visibility": "org", "surprise": 1}, "advisory"),
        ({}, "advisory"),
    ],
    ids=["value outside the enum", "wrong type", "unknown key", "nothing"],
)
def test_an_invalid_request_that_is_accepted_weighs_what_its_keyword_weighs(
    breaches: Judgement, generator: Generator, body: object, weight: str
) -> None:
    assert breaches(spoiled(generator, body), REFUSED, 200, PACK) == [("CONTRACT-INVALID-REFUSED", weight)]


def test_a_valid_request_that_is_refused_is_a_violation(breaches: Judgement, valid_patch: GeneratedRequest) -> None:
    assert breaches(valid_patch, ACCEPTED, 400, INVALID) == [("CONTRACT-VALID-ACCEPTED", "violation")]


def test_a_valid_request_may_be_refused_for_what_no_schema_says(
    breaches: Judgement, valid_patch: GeneratedRequest
) -> None:
    known = frozenset({Answer(400, "validation_error", "IMAGE-UNKNOWN")})
    assert breaches(valid_patch, known, 400, INVALID) == []
    inactive = frozenset({Answer(423, "billing_inactive", "BILLING-CREATE-REFUSED")})
    assert breaches(valid_patch, inactive, 423, error("billing_inactive")) == []


def test_a_refusal_under_another_number_is_an_advisory(breaches: Judgement, generator: Generator) -> None:
    """Which the laws of all answers say; nothing is added to it."""
    assert breaches(spoiled(generator, {}), REFUSED, 422, INVALID) == []


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, PACK), (403, error("permission_denied")), (409, error("pack_in_use", details={"roles": 1}))],
)
def test_a_declared_answer_that_is_not_the_right_one_is_found(
    breaches: Judgement, valid_patch: GeneratedRequest, status: int, body: object
) -> None:
    assert breaches(valid_patch, HIDDEN, status, body) == [("OWNERSHIP-PRIVATE-HIDDEN", "violation")]


def test_a_code_that_is_only_assumed_weighs_less_than_its_number(
    breaches: Judgement, valid_patch: GeneratedRequest
) -> None:
    anonymous = frozenset({Answer(401, "unauthenticated", "AUTH-REQUIRED")})
    challenge = {"www_authenticate": "Bearer"}
    wrong_code = breaches(valid_patch, anonymous, 401, error("permission_denied"), **challenge)
    assert "violation" not in [weight for _, weight in wrong_code]
    assert breaches(valid_patch, anonymous, 200, PACK) == [("AUTH-REQUIRED", "violation")]


@pytest.mark.parametrize(
    ("refusal", "rule"),
    [((403, "permission_denied"), "SCOPE-SUFFICIENT"), ((409, "pack_in_use"), "CONTRACT-RIGHT-ANSWER")],
)
def test_a_wrongful_refusal_counts_for_the_rule_that_forbids_it(
    breaches: Judgement, valid_patch: GeneratedRequest, refusal: tuple[int, str], rule: str
) -> None:
    """Where one does; else for the rule of any answer."""
    served = frozenset(
        {Answer(200, None, "CONTRACT-VALID-ACCEPTED", wrongful=(("permission_denied", "SCOPE-SUFFICIENT"),))}
    )
    status, code = refusal
    details = {"details": {"roles": 1}} if code == "pack_in_use" else {}
    assert breaches(valid_patch, served, status, error(code, **details)) == [(rule, "violation")]


@pytest.mark.parametrize("headers", [{}, {"allow": "GET"}, {"allow": "GET, POST, PUT"}], ids=str)
def test_a_405_names_exactly_the_methods_of_the_path(
    breaches: Judgement, undeclared: GeneratedRequest, headers: dict[str, str]
) -> None:
    found = breaches(undeclared, UNROUTED, 405, error("method_not_allowed"), **headers)
    assert found == [("CONTRACT-METHOD-UNDECLARED", "advisory")]


@pytest.mark.parametrize("status", [200, 404])
def test_an_undeclared_method_is_a_405(breaches: Judgement, undeclared: GeneratedRequest, status: int) -> None:
    body = {"packs": []} if status == 200 else error("not_found")
    assert [weight for _, weight in breaches(undeclared, UNROUTED, status, body)] == ["advisory"]


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        ("application/json", b'{"a": 1}'),
        ("application/json", b"{not json"),
        ("application/yaml", b"name: a\n"),
        ("application/yaml", b"\xff: ["),
        ("text/markdown", b"# A"),
        ("image/png", b"\x89PNG"),
    ],
)
def test_the_bytes_of_a_file_are_not_judged_as_data(
    breaches: Judgement, generator: Generator, media_type: str, content: bytes
) -> None:
    generated = next(it for it in generator.get_cases("packs.read_file") if it.is_valid)
    assert breaches(generated, ACCEPTED, 200, content, media_type=media_type) == []


def test_a_declared_server_error_is_none_of_the_servers(breaches: Judgement, generator: Generator) -> None:
    generated = next(it for it in generator.get_cases("packs.delete") if it.is_valid)
    failing = frozenset({Answer(502, "registry_cleanup_failed", "DELETE-PURGE-FAILED")})
    assert breaches(generated, failing, 502, error("registry_cleanup_failed")) == []
