"""Recorded answers are judged by all that is known of them, and by nothing that is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conformance.traffic.har import TOKEN, entry, error
from tests.conformance.traffic.judging import introduced, judged, pack, refused, session

CHALLENGE = {"WWW-Authenticate": "Bearer"}
CREATED = {"image_ref": "registry.example/other:1.0.0"}


def test_right_answers_have_no_finding_and_decide_rules(tmp_path: Path) -> None:
    said = judged(
        tmp_path,
        introduced(),
        entry(answer={"packs": [pack()]}, at=1),
        refused("GET", "/nowhere", 404, "not_found", at=2),
        refused("GET", "/packs", 401, "unauthenticated", token=None, at=3, got=CHALLENGE),
        refused("PUT", "/packs", 405, "method_not_allowed", at=4, got={"Allow": "GET, POST"}),
    )
    assert (said.code, said.found) == (0, [])
    for rule in ("AUTH-REQUIRED", "AUTH-CHALLENGE", "PROTOCOL-METHOD", "PROTOCOL-UNKNOWN-PATH", "CONTRACT-BODY-SCHEMA"):
        assert said.verdict(rule) == "PASSED"
    assert said.verdict("EFFECT-NOTHING-ELSE") == "UNTESTED"
    assert {cell["count"] for cell in said.report["cells"] if cell["operation_id"] == "packs.list"} == {0, 1}


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        (refused("GET", "/packs", 418, "validation_error"), "CONTRACT-STATUS-DECLARED"),
        (entry(status=500), "CONTRACT-NO-SERVER-ERROR"),
        (entry(answer={"packs": [{"id": 1}]}), "CONTRACT-BODY-SCHEMA"),
        (entry(answer=b"<p>", got={"Content-Type": "text/html"}), "CONTRACT-CONTENT-TYPE"),
        (entry(status=404, path="/packs/pack_1", answer={"error": {"code": "pack_not_found"}}), "ENVELOPE-EVERY-ERROR"),
        (refused("GET", "/packs", 401, "unauthenticated"), "AUTH-CHALLENGE"),
        (refused("PUT", "/packs", 405, "method_not_allowed", got={"Allow": "GET"}), "PROTOCOL-METHOD"),
        (entry(token=None, answer={"packs": []}), "AUTH-REQUIRED"),
        (entry("POST", body={}, status=201, answer=pack()), "CONTRACT-INVALID-REFUSED"),
        (refused("POST", "/packs", 403, "permission_denied", body=CREATED), "SCOPE-SUFFICIENT"),
        (refused("GET", "/packs", 423, "billing_inactive"), "BILLING-READ-FREE"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_answer_is_named_by_its_rule(tmp_path: Path, answer: Any, rule: str) -> None:
    said = judged(tmp_path, introduced(), answer, options=("--strict",))
    assert said.code == 1
    assert rule in [found for found, _ in said.found]


def test_all_that_would_have_been_right_is_told(tmp_path: Path) -> None:
    """A pack may be hidden: its 404 would have been right beside the 200."""
    said = judged(tmp_path, introduced(), refused("GET", "/packs/pack_99", 403, "permission_denied"))
    assert "200 or 404 pack_not_found" in [finding["expected"] for finding in said.report["findings"]]


@pytest.mark.parametrize(
    "answer",
    [
        refused("POST", "/packs", 409, "pack_exists", body=CREATED),
        refused("POST", "/packs", 423, "billing_inactive", body=CREATED),
        refused("POST", "/packs", 400, "validation_error", body=CREATED),
        refused("GET", "/packs/pack_1", 404, "pack_not_found"),
        refused("DELETE", "/packs/pack_1", 409, "pack_in_use"),
        refused("DELETE", "/packs/pack_1", 502, "registry_cleanup_failed"),
        refused("GET", "/packs", 401, "unauthenticated", got=CHALLENGE),
        entry(path="/packs/pack_1", answer=pack()),
        entry(status=429, answer=b"slow down"),
        entry(status=502, answer=b"<html>"),
    ],
)
def test_what_may_be_right_in_some_state_is_no_finding(tmp_path: Path, answer: Any) -> None:
    said = judged(tmp_path, introduced(), answer, options=("--strict",))
    assert (said.code, said.found) == (0, [])


def test_what_is_refused_for_want_of_a_scope_depends_on_who_asks(tmp_path: Path) -> None:
    served = entry("POST", body=CREATED, status=201, answer=pack(image_origin="image_ref"), at=1)
    assert judged(tmp_path, introduced(permissions=()), served).found == [("SCOPE-REQUIRED", "packs.create")]
    assert judged(tmp_path, served).found == []
    own = introduced(permissions=("workspace:read",))
    assert judged(tmp_path, own, served).found == [("SCOPE-REQUIRED", "packs.create")]


def test_a_caller_of_whom_two_sessions_say_different_things_is_not_judged_by_scopes(tmp_path: Path) -> None:
    served = entry("POST", body=CREATED, status=201, answer=pack(image_origin="image_ref"), at=1)
    later = entry(path="/me/session", answer=session(permissions=("caps:write",)), at=2)
    assert judged(tmp_path, introduced(permissions=()), served, later).found == []


def without(answer: dict[str, Any], *headers: str) -> dict[str, Any]:
    kept = [each for each in answer["request"]["headers"] if each["name"] not in headers]
    return {**answer, "request": {**answer["request"], "headers": kept}}


def test_a_recording_without_credentials_says_nothing_of_who_asked(tmp_path: Path) -> None:
    entries = [introduced(), entry(answer={"packs": []}), refused("POST", "/packs", 403, "permission_denied")]
    said = judged(tmp_path, *(without(each, "Authorization") for each in entries))
    assert said.found == []
    assert "has no Authorization header at all" in said.output
    masked = [without(each, "Authorization") for each in entries]
    for each in masked:
        each["request"]["headers"].append({"name": "Authorization", "value": "[Filtered]"})
    said = judged(tmp_path, *masked)
    assert said.found == []
    assert "has no Authorization" not in said.output


def test_masked_headers_of_an_answer_are_not_judged(tmp_path: Path) -> None:
    masked = {"WWW-Authenticate": "[Filtered]", "X-Request-Id": "[Filtered]"}
    answers = [refused("GET", "/packs", 401, "unauthenticated", at=n, got=masked) for n in range(3)]
    assert judged(tmp_path, *answers).found == []


def test_a_body_that_was_not_recorded_is_not_judged(tmp_path: Path) -> None:
    answer = entry("POST", body=CREATED, status=201, answer=pack())
    answer["response"]["content"] = {"size": 800}
    refusal = refused("POST", "/packs", 400, "validation_error", body=CREATED, at=1)
    refusal["request"]["postData"] = {"mimeType": "application/json", "text": ""}
    error_ = entry(path="/packs/pack_1", status=404, answer=error("pack_not_found"), at=2)
    error_["response"]["content"] = {"size": 90, "text": ""}
    said = judged(tmp_path, introduced(), answer, refusal, error_, options=("--strict",))
    assert (said.code, said.found) == (0, [])


def test_a_request_id_that_comes_again_is_a_breach_but_for_a_repeated_answer(tmp_path: Path) -> None:
    once = entry(path="/packs/pack_1", status=404, answer=error("pack_not_found", "req-1"))
    again = entry(path="/packs/pack_1", status=404, answer=error("pack_not_found", "req-1"), at=1)
    assert judged(tmp_path, once, again).found == [("ENVELOPE-REQUEST-ID-UNIQUE", "packs.get")]
    assert judged(tmp_path, once, {**again, "_fromCache": "memory"}).found == []


def test_after_a_write_beside_the_api_everything_may_be_another(tmp_path: Path) -> None:
    once = entry(path="/packs/pack_1", status=404, answer=error("pack_not_found", "req-1"))
    reset = entry("POST", url="https://acme.example/_control/reset", at=1)
    again = entry(path="/packs/pack_1", status=404, answer=error("pack_not_found", "req-1"), at=2)
    assert judged(tmp_path, once, reset, again).found == []


def test_no_credential_stands_in_any_output(tmp_path: Path) -> None:
    leak = entry(answer={"packs": [pack(description=TOKEN, id=3)]}, path=f"/packs?x={TOKEN}")
    kinds = ("html", "junit", "markdown", "sarif", "codequality")
    options = (
        "--show-values",
        "--report",
        "github",
        *(each for kind in kinds for each in ("--report", f"{kind}={tmp_path / kind}")),
    )
    said = judged(tmp_path, introduced(), leak, options=options)
    assert said.found
    for text in (
        said.output,
        (tmp_path / "report.json").read_text(),
        *((tmp_path / kind).read_text() for kind in kinds),
    ):
        assert TOKEN not in text
        assert TOKEN[2:] not in text


def test_values_are_lengths_unless_they_are_asked_for(tmp_path: Path) -> None:
    wrong = entry(answer={"packs": [pack(size_bytes="many bytes", name="a-name-of-ours")]})
    private = ("What nobody else is to read.", "a-name-of-ours", "many bytes", "somebody@acme.example")
    said = judged(tmp_path, introduced(), wrong)
    text = (tmp_path / "report.json").read_text() + said.output
    assert said.found == [("CONTRACT-BODY-SCHEMA", "packs.list")]
    assert [each for each in private if each in text] == []
    assert "pack_1" in text
    judged(tmp_path, introduced(), wrong, options=("--show-values",))
    text = (tmp_path / "report.json").read_text()
    assert "What nobody else is to read." in text
