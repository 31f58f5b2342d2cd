"""What is held of every answer: one spoilt answer a law, and the whole one that no law minds."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from conformance.contract.contract import Contract, Provenance
from conformance.http.exchange import Exchange, Request
from conformance.judging.laws import ResponseInvariants
from conformance.oracle.breach import Breach

HEADERS = (("content-type", "application/json"), ("x-request-id", "7f3a9c2e"))
CHALLENGE = ("www-authenticate", "Bearer")
ERROR = {"code": "unauthenticated", "message": "Sign in.", "request_id": "7f3a9c2e"}
PACK = {
    "id": "p",
    "name": "p",
    "display_name": "P",
    "version": "1.0.0",
    "tier": "community",
    "visibility": "org",
    "owned": True,
}


def answer(status: int, body: object, *headers: tuple[str, str], path: str = "/packs/p") -> Exchange:
    request = Request("packs.get", "GET", path, {"id": "p"})
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Exchange("acme-owner", request, f"http://t/v1{path}", status, (*HEADERS, *headers), content, 1.0)


def refused(**changes: object) -> Exchange:
    error = {key: value for key, value in {**ERROR, **changes}.items() if value is not None}
    return answer(401, {"error": error}, CHALLENGE)


def rules(contract: Contract, *exchanges: Exchange) -> set[str]:
    laws = ResponseInvariants(contract)
    return {breach.rule for exchange in exchanges for breach in laws.find_breaches(exchange)}


def test_no_law_minds_a_right_answer(contract: Contract) -> None:
    earlier = replace(answer(200, PACK), headers=(HEADERS[0], ("x-request-id", "7f3a9c2d")))
    assert rules(contract, earlier, refused()) == set()


def test_an_answer_that_is_no_error_repeats_no_request_id_either(contract: Contract) -> None:
    laws = ResponseInvariants(contract)
    assert list(laws.find_breaches(answer(200, PACK))) == []
    (again,) = laws.find_breaches(answer(200, PACK))
    assert (again.rule, again.provenance) == ("ENVELOPE-REQUEST-ID-UNIQUE", Provenance.ASSUMED)


CANCELLED = Exchange(
    "acme-owner",
    Request("tasks.cancel", "POST", "/workspaces/w/task/cancel", {"id": "w"}),
    "http://t/v1/workspaces/w/task/cancel",
    202,
    (HEADERS[1],),
    b"",
    1.0,
)


def test_a_body_that_may_be_left_out_is_none_or_as_declared(contract: Contract) -> None:
    body = json.dumps({"status": "cancelling"}).encode()
    assert rules(contract, CANCELLED) == set()
    assert rules(contract, replace(CANCELLED, headers=HEADERS, body=body)) == set()
    wrong = replace(CANCELLED, headers=HEADERS, body=b'{"status": "done"}')
    assert rules(contract, wrong) == {"CONTRACT-BODY-SCHEMA"}
    assert rules(contract, replace(answer(200, b""), headers=(HEADERS[1],))) == {"CONTRACT-CONTENT-TYPE"}


NOT_JSON = replace(refused(), headers=(("content-type", "application/problem+json"), CHALLENGE))


@pytest.mark.parametrize(
    ("exchange", "broken"),
    [
        (refused(request_id=None), {"ENVELOPE-EVERY-ERROR"}),
        (refused(message=None), {"ENVELOPE-EVERY-ERROR"}),
        (refused(message=""), {"ENVELOPE-EVERY-ERROR"}),
        (refused(details=[]), {"ENVELOPE-EVERY-ERROR"}),
        (answer(401, {"message": "no"}, CHALLENGE), {"ENVELOPE-EVERY-ERROR"}),
        (answer(401, b"no", CHALLENGE), {"ENVELOPE-EVERY-ERROR"}),
        (NOT_JSON, {"ENVELOPE-EVERY-ERROR"}),
        (refused(trace="x"), {"ENVELOPE-KEYS"}),
        (refused(code="made_up"), {"ENVELOPE-CODE-STATUS"}),
        (refused(code="pack_not_found"), {"ENVELOPE-CODE-STATUS"}),
        (refused(request_id="another"), {"ENVELOPE-REQUEST-ID-HEADER"}),
        (replace(refused(), headers=HEADERS), {"AUTH-CHALLENGE"}),
        (answer(500, {"error": ERROR}), {"CONTRACT-NO-SERVER-ERROR", "ENVELOPE-CODE-STATUS"}),
        (answer(418, {"error": ERROR}), {"CONTRACT-STATUS-DECLARED", "ENVELOPE-CODE-STATUS"}),
        (answer(204, b""), {"CONTRACT-STATUS-DECLARED"}),
        (answer(200, {**PACK, "owned": "yes"}), {"CONTRACT-BODY-SCHEMA"}),
        (answer(200, {"id": "p"}), {"CONTRACT-BODY-SCHEMA"}),
        (replace(answer(200, PACK), headers=(("content-type", "text/plain"),)), {"CONTRACT-CONTENT-TYPE"}),
    ],
)
def test_a_spoilt_answer_breaks_its_law(contract: Contract, exchange: Exchange, broken: set[str]) -> None:
    assert broken <= rules(contract, exchange) <= {*broken, "CONTRACT-BODY-SCHEMA"}


def test_a_request_id_is_not_the_clients(contract: Contract) -> None:
    right = refused()
    own = replace(right.request, headers=(("X-Request-Id", right.find_header("x-request-id") or ERROR["request_id"]),))
    assert rules(contract, replace(right, request=own)) == {"ENVELOPE-REQUEST-ID-UNIQUE"}


def test_a_request_id_is_seen_once_below_one_base_url(contract: Contract) -> None:
    elsewhere = replace(refused(), url="http://t/_worlds/b/v1/packs/p")
    assert rules(contract, refused(), elsewhere) == set()
    assert rules(contract, refused(), refused()) == {"ENVELOPE-REQUEST-ID-UNIQUE"}


def test_a_gateway_and_a_limit_are_not_the_target(contract: Contract) -> None:
    page = replace(answer(502, b"<html>"), headers=(("content-type", "text/html"),))
    assert rules(contract, page, answer(429, b"slow down")) == set()


def one(contract: Contract, exchange: Exchange, rule: str) -> Breach:
    return next(breach for breach in ResponseInvariants(contract).find_breaches(exchange) if breach.rule == rule)


def test_a_path_that_may_have_been_tidied_may_be_answered_as_another(contract: Contract) -> None:
    """No answer of the operation is a 202; one of whatever the tidied path names may be."""
    founded = {}
    for name in ("x", "../x"):
        request = Request("packs.read_file", "GET", f"/packs/p/files/{name}", {"id": "p", "path": name})
        exchange = replace(answer(202, PACK), request=request)
        founded[name] = one(contract, exchange, "CONTRACT-STATUS-DECLARED").provenance
    assert founded == {"x": Provenance.SEED, "../x": Provenance.ASSUMED}


def test_a_breach_is_no_better_founded_than_the_keyword(contract: Contract) -> None:
    grammar = one(contract, answer(200, {**PACK, "name": "Not A Slug"}), "CONTRACT-BODY-SCHEMA")
    assert grammar.provenance is Provenance.ASSUMED
    lacking = one(contract, answer(200, {**PACK, "owned": None}), "CONTRACT-BODY-SCHEMA")
    assert lacking.provenance.is_binding


def test_another_number_of_a_refusal_is_assumed_and_a_crash_is_not(contract: Contract) -> None:
    assert one(contract, answer(422, {"error": ERROR}), "CONTRACT-STATUS-DECLARED").provenance is Provenance.ASSUMED
    assert one(contract, answer(500, {"error": ERROR}), "CONTRACT-NO-SERVER-ERROR").provenance.is_binding


@pytest.mark.parametrize(
    ("code", "status", "path"),
    [
        ("agent_unreachable", 503, "/workspaces/w/session"),
        ("auth_disabled", 500, "/credentials"),
        ("secrets_disabled", 502, "/secrets"),
    ],
)
def test_another_number_of_a_declared_failure_is_as_assumed_as_the_number(
    contract: Contract, code: str, status: int, path: str
) -> None:
    failed = answer(status, {"error": {**ERROR, "code": code}}, path=path)
    assert one(contract, failed, "CONTRACT-NO-SERVER-ERROR").provenance is Provenance.ASSUMED
    elsewhere = answer(status, {"error": {**ERROR, "code": code}})
    assert one(contract, elsewhere, "CONTRACT-NO-SERVER-ERROR").provenance.is_binding, (
        "no such failure is declared there"
    )


SANDBOX = replace(answer(409, b"", path="/workspaces/w/sandbox/files"), headers=())


@pytest.mark.parametrize(
    ("exchange", "broken"),
    [
        (SANDBOX, set()),
        (replace(SANDBOX, headers=(("content-type", "text/plain"),)), {"CONTRACT-CONTENT-TYPE"}),
        (replace(SANDBOX, headers=(("content-type", "text/plain"),), body=b"no"), {"ENVELOPE-EVERY-ERROR"}),
        (replace(SANDBOX, status=404), {"ENVELOPE-EVERY-ERROR"}),
    ],
)
def test_a_refusal_that_is_declared_without_a_body_needs_none(
    contract: Contract, exchange: Exchange, broken: set[str]
) -> None:
    assert rules(contract, exchange) == broken


def test_an_envelope_is_right_where_none_is_declared(contract: Contract) -> None:
    enveloped = answer(409, {"error": {**ERROR, "code": "workspace_stopped"}}, path=SANDBOX.path)
    assert rules(contract, enveloped) == set()
