"""What is said of what passed: findings, exit codes, and that a recording of it says the same."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import plain
from tests.conformance.targets import judge
from tests.conformance.traffic.proxy.proxied import proxied, rules, signed, started, token_of
from tests.live import served_mock

COOKIE = "session=0123456789abcdef"
DEFECT = "visibility-not-stored"


def visit(url: str, token: str) -> str:
    """Ask what a front end asks, and two requests that are wrong; the API key that it makes."""
    with plain.Client(base_url=url, headers=signed(token)) as client:
        client.get("/v1/packs")
        client.get("/v1/me/session")
        client.patch("/v1/packs/pack_01HZ", json={"visibility": "community"}).raise_for_status()
        client.get("/v1/packs/pack_01HZ")
        made = client.post("/v1/api-keys", json={"label": "of-a-test", "permission_set": "read_only"})
        key = made.raise_for_status().json()["value"]
        client.get("/v1/packs", headers={"Authorization": f"Bearer {key}"})
        client.get("/v1/packs", params={"token": key, "limit": 3}, headers={"Cookie": COOKIE})
        client.get("/v1/packs", headers={"Authorization": ""})
        return str(key)


@pytest.mark.parametrize("deviation", [None, DEFECT], ids=["right", "with-a-defect"])
def test_a_recording_of_what_passed_is_judged_alike(tmp_path: Path, deviation: str | None) -> None:
    record, live, again = (tmp_path / name for name in ("out.har", "live.json", "again.json"))
    options = ("--alone", "--side", "both")
    with (
        served_mock(*(["--deviation", deviation] if deviation else [])) as origin,
        proxied(origin, *options, "--record", record, "--report", f"json={live}") as proxy,
    ):
        token = token_of(origin)
        key = visit(proxy.url, token)
        code = proxy.end()
        said = proxy.said()
    judged = judge(record, *options, "--report", f"json={again}", command="traffic")
    one, other = (json.loads(path.read_text(encoding="utf-8")) for path in (live, again))
    assert code == judged.code == (1 if deviation else 0)
    assert rules(one) == rules(other)
    assert {each["rule"] for each in one["findings"] if each["verdict"] == "FAILED"} == (
        {"PACK-PATCH-APPLIES"} if deviation else set()
    )
    of_clients = [each["rule"] for each in one["findings"] if each["verdict"] == "ADVISORY"]
    assert of_clients
    assert all(rule.startswith("CLIENT-") for rule in of_clients)
    for part in ("rules", "cells"):
        assert one[part] == other[part]
    assert one["traffic"]["callers"] == other["traffic"]["callers"]
    assert one["traffic"]["judged"] == other["traffic"]["judged"] == 8
    for written in (record.read_text(), live.read_text(), again.read_text(), said, judged.said):
        assert not [secret for secret in (token, key, COOKIE) if secret in written]
    assert "Bearer caller-1" in record.read_text()


def test_what_the_profile_says_is_not_served_is_not_judged(tmp_path: Path) -> None:
    """It passes, and is recorded without its secrets, as everything is."""
    record, report, profile = (tmp_path / name for name in ("out.har", "report.json", "part.toml"))
    with served_mock() as origin:
        profile.write_text(f'[target]\nurl = "{origin}/v1"\nnot_served = ["api_keys.*"]\n')
        options = ("--side", "both", "--profile", profile, "--record", record, "--report", f"json={report}")
        with proxied(origin, *options) as proxy:
            key = visit(proxy.url, token_of(origin))
            assert proxy.end() == 0
            said = proxy.said()
    run = json.loads(report.read_text(encoding="utf-8"))
    assert run["traffic"]["judged"] == 7
    assert run["traffic"]["skipped"] == {"of an operation that is not served, as the profile says": 1}
    assert not [cell for cell in run["cells"] if cell["operation_id"].startswith("api_keys")]
    assert "but they answer otherwise than with 404, 405 or 501: api_keys.create (201)" in said
    assert not [written for written in (record.read_text(), report.read_text(), said) if key in written]


def test_findings_show_at_lines_of_the_contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of these reports is written once, at the end, with the findings that the report so far had."""
    sarif, quality, summary = (tmp_path / name for name in ("a.sarif", "quality.json", "summary.md"))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    reports = [f"--report={kind}" for kind in (f"sarif={sarif}", f"codequality={quality}", "github")]
    with served_mock("--deviation", DEFECT) as origin, proxied(origin, "--alone", "--quiet", *reports) as proxy:
        visit(proxy.url, token_of(origin))
        found = {(rule, fingerprint) for rule, _, fingerprint in rules(proxy.report())}
        assert not [path for path in (sarif, quality, summary) if path.exists()]
        assert proxy.end() == 1
        said = proxy.said()
    (run,) = json.loads(sarif.read_text(encoding="utf-8"))["runs"]
    issues = json.loads(quality.read_text(encoding="utf-8"))
    assert {
        (each["ruleId"], value) for each in run["results"] for value in each["partialFingerprints"].values()
    } == found
    assert {(each["check_name"], each["fingerprint"]) for each in issues} == found
    annotations = [line for line in said.splitlines() if line.startswith("::error file=openapi.yaml,line=")]
    assert len(annotations) == len(found) == 1
    assert all(rule in said for rule, _ in found)
    assert summary.read_text(encoding="utf-8").startswith("## Conformance: does not conform: ")


def test_who_asks_is_known_by_a_session_that_comes_later() -> None:
    """What a caller asked before is judged by it too."""
    with served_mock() as origin, proxied(origin) as proxy:
        visit(proxy.url, token_of(origin))
        assert proxy.report()["traffic"]["callers"][0] == "owner of org_acme"


def test_a_profile_names_the_callers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the recording too, which the same profile explains."""
    record, report = tmp_path / "out.har", tmp_path / "report.json"
    with served_mock() as origin:
        monkeypatch.setenv("ONE", token_of(origin))
        profile = tmp_path / "profile.toml"
        profile.write_text(f'[target]\nurl = "{origin}/v1"\n[callers.ann]\norg = "org_acme"\ntoken = "env:ONE"\n')
        with proxied(origin, "--profile", profile, "--record", record) as proxy:
            plain.get(f"{proxy.url}/v1/packs", headers=signed(token_of(origin)))
            assert proxy.report()["traffic"]["callers"] == ["ann"]
    judge(record, "--profile", profile, "--report", f"json={report}", command="traffic")
    assert json.loads(report.read_text())["traffic"]["callers"] == ["ann"]
    assert "Bearer ann" in record.read_text()


def test_a_finding_names_the_test_that_sent_the_request() -> None:
    def wrong(client: httpx.Client, **headers: str) -> None:
        client.get("/v1/packs?limit=3", headers=headers)

    with served_mock() as origin, proxied(origin, "--side", "client") as proxy:
        with plain.Client(base_url=proxy.url, headers=signed(token_of(origin))) as client:
            wrong(client)
            wrong(client, **{"X-Conformance-Test": "by a header"})
            proxy.name_test("checkout, where it pays")
            wrong(client)
            wrong(client, **{"X-Conformance-Test": "by a header"})
            proxy.name_test("")
            wrong(client)
        report = proxy.report()
        (found,) = (each for each in report["findings"] if each["rule"] == "CLIENT-QUERY")
        assert (found["count"], found["case"]) == (5, "proxy #1")
        assert proxy.end() == 0
        said = " ".join(proxy.said().split())
    assert (
        "recorded as proxy #1, proxy #2, test by a header, proxy #3, test checkout, where it pays, "
        "proxy #4, test by a header, proxy #5" in said
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_the_report(tmp_path: Path, number: signal.Signals) -> None:
    report = tmp_path / "report.json"
    with (
        served_mock("--deviation", DEFECT) as origin,
        started(origin, "--report", f"json={report}", "--alone", "--quiet") as (url, process),
    ):
        visit(url, token_of(origin))
        process.send_signal(number)
        said, complained = process.communicate(timeout=60)
    assert process.returncode == 1, complained
    assert said.startswith("does not conform: ")
    assert json.loads(report.read_text())["traffic"]["judged"] == 8


BAD: dict[str, tuple[tuple[str, ...], str]] = {
    "no URL": (("--to", "staging"), "--to staging: is no URL of a server"),
    "a user": (("--to", "http://a:b@c"), "--to: has a user"),
    "a port": (("--to", "http://a:99999"), "--to http://a:99999: its host or port cannot be read"),
    "a certificate": (("--to", "https://a", "--cacert", "none.pem"), "--cacert none.pem: cannot be read"),
    "a host": (("--to", "http://a", "--host", "300.1.1.1"), "--host 300.1.1.1 --port 4040: cannot listen there"),
    "a folder": (("--to", "http://a", "--port", "0", "--record", "/proc/none/a.har"), "--record /proc/none/a.har:"),
    "a full disk": (
        ("--to", "http://a", "--port", "0", "--record", "/dev/full"),
        "--record /dev/full: cannot",
    ),
    "a report": (("--to", "http://a", "--report", "pdf=a"), "KIND=PATH"),
    "a profile": (("--to", "http://a", "--profile", "none.toml"), "none.toml: cannot be read"),
}


@pytest.mark.parametrize(("options", "reason"), BAD.values(), ids=BAD)
def test_bad_input_is_one_clear_sentence(options: tuple[str, ...], reason: str, tmp_path: Path) -> None:
    said = judge(*options, command="proxy", cwd=tmp_path)
    assert said.code == 2
    assert reason in said.complained
    assert "Traceback" not in said.complained


def test_it_does_not_ask_itself() -> None:
    with served_mock() as origin:
        port = origin.rpartition(":")[2]
        said = judge("--to", origin, "--port", port, command="proxy")
        assert (said.code, "--port" in said.complained) == (2, True)


def test_what_is_asked_of_the_proxy_itself() -> None:
    with served_mock() as origin, proxied(origin) as proxy:
        answers: list[tuple[str, str, Any, int]] = [
            ("GET", "none", None, 404),
            ("GET", "end", None, 405),
            ("POST", "test", b"\xff", 400),
            ("POST", "test", b"a\nb", 400),
            ("POST", "test", b"x" * 5000, 400),
            ("POST", "test", b"checkout", 204),
            ("HEAD", "report.json", None, 200),
        ]
        for method, name, body, status in answers:
            answer = plain.request(method, f"{proxy.url}/_conformance/{name}", content=body)
            assert (answer.status_code, "x-conformance-proxy" in answer.headers) == (status, True)
        assert proxy.end() == 3
