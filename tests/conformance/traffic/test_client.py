"""What the sender of requests owes to the contract: a violation where it is served, else an advisory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conformance.traffic.har import TOKEN, entry
from tests.conformance.traffic.judging import Said, introduced, judged, pack, refused

CREATED = {"image_ref": "registry.example/other:1.0.0"}
BOTH, CLIENT = ("--side", "both"), ("--side", "client")


def of_client(said: Said) -> dict[str, str]:
    return {each["rule"]: each["verdict"] for each in said.report["findings"] if each["rule"].startswith("CLIENT-")}


def created(body: Any, **more: Any) -> dict[str, Any]:
    return entry("POST", body=body, status=201, answer=pack(), at=1, **more)


@pytest.mark.parametrize(
    ("request_", "rule"),
    [
        (entry(path="/packs?colour=red", answer={"packs": []}), "CLIENT-QUERY"),
        (entry(path="/agent-roles?include_archived=perhaps", answer={"agent_roles": []}), "CLIENT-QUERY"),
        (created({**CREATED, "colour": "red"}), "CLIENT-KEY"),
        (created({}), "CLIENT-BODY"),
        (created([]), "CLIENT-BODY"),
        (created(b"<a/>", sent={"Content-Type": "application/xml"}), "CLIENT-MEDIA-TYPE"),
        (entry(path="/nowhere"), "CLIENT-PATH"),
        (entry("PUT"), "CLIENT-METHOD"),
        (entry(path=f"/packs?access_token={TOKEN}", answer={"packs": []}), "CLIENT-CREDENTIAL-URL"),
        (entry(token=None, answer={"packs": []}), "CLIENT-CREDENTIAL-MISSING"),
        (entry(sent={"Authorization": f"Token {TOKEN}"}, answer={"packs": []}), "CLIENT-SCHEME"),
        (created(b'{"a": "' + b"x" * 2**20 + b'"}'), "CLIENT-SIZE"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_wrong_and_served_is_a_violation_of_the_client(tmp_path: Path, request_: Any, rule: str) -> None:
    said = judged(tmp_path, introduced(), request_, options=CLIENT)
    assert of_client(said)[rule] == "FAILED"
    assert {each["rule"] for each in said.report["findings"]} == set(of_client(said))
    assert TOKEN not in said.output + (tmp_path / "report.json").read_text()


def test_what_is_wrong_and_refused_is_an_advisory(tmp_path: Path) -> None:
    said = judged(
        tmp_path, introduced(), refused("POST", "/packs", 400, "validation_error", body={}, at=1), options=BOTH
    )
    assert of_client(said) == {"CLIENT-BODY": "ADVISORY"}
    assert said.code == 0


def test_the_same_refused_request_three_times_is_a_storm(tmp_path: Path) -> None:
    times = [refused("GET", "/packs/pack_1", 404, "pack_not_found", at=n) for n in range(4)]
    assert of_client(judged(tmp_path, introduced(), *times[:2], options=CLIENT)) == {}
    assert of_client(judged(tmp_path, introduced(), *times, options=CLIENT)) == {"CLIENT-STORM": "ADVISORY"}


def test_right_requests_have_no_finding_and_pass(tmp_path: Path) -> None:
    said = judged(
        tmp_path, introduced(), entry(path="/agent-roles?include_archived=true"), created(CREATED), options=CLIENT
    )
    assert of_client(said) == {}
    assert {said.verdict(f"CLIENT-{name}") for name in ("QUERY", "KEY", "BODY", "PATH", "SCHEME")} == {"PASSED"}


def test_a_side_that_is_not_judged_has_no_rules(tmp_path: Path) -> None:
    wrong = entry(path="/nowhere", answer={"packs": [{}]})
    assert of_client(judged(tmp_path, introduced(), wrong)) == {}
    assert [rule for rule, _ in judged(tmp_path, introduced(), wrong, options=CLIENT).found] == ["CLIENT-PATH"]


def test_what_is_not_recorded_says_nothing_of_the_client(tmp_path: Path) -> None:
    unknown = created(CREATED, token=None)
    unknown["request"]["postData"] = {"mimeType": "application/json", "text": ""}
    assert of_client(judged(tmp_path, unknown, options=CLIENT)) == {}
