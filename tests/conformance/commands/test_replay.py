"""A finding is run again by its fingerprint, and a curl command shows its request to whoever has the tokens."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from conformance.http.variables import name_token_variable
from tests.conformance.targets import Judged, judge
from tests.conformance.worldless import personas
from tests.examples.second import profile, serving, sessions
from tests.live import served_mock

DEVIATION, RULE = "visibility-in-use-ignored", "PACK-PATCH-IN-USE"


def found(origin: str, report: Path, rule: str, *options: str) -> Mapping[str, Any]:
    """The first finding of a rule on a server with a defect."""
    judge("--target", f"{origin}/v1", "--rule", rule, "--report", f"json={report}", *options)
    return next(it for it in json.loads(report.read_text())["findings"] if it["rule"] == rule)


@pytest.fixture
def report(tmp_path: Path) -> Path:
    return tmp_path / "report.json"


@contextmanager
def defective() -> Iterator[str]:
    with served_mock("--deviation", DEVIATION) as origin:
        yield origin


@pytest.fixture(scope="module")
def gone(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The report of a server with a defect that has ended since, and the fingerprint of a finding in it."""
    report = tmp_path_factory.mktemp("gone") / "report.json"
    with defective() as origin:
        return report, found(origin, report, RULE)["fingerprint"]


def again(report: Path, fingerprint: str, *options: str, anew: bool = False) -> Judged:
    return judge(report, fingerprint, *options, command="replay", anew=anew)


def test_a_finding_that_still_holds(report: Path) -> None:
    """Shown with its curl command, by the fingerprint of the finding or of its group, or by the beginning of one."""
    with defective() as origin:
        finding = found(origin, report, RULE)
        document = json.loads(report.read_text())
        groups = [*document["groups"], *document["other_groups"]]
        group = next(it["fingerprint"] for it in groups if it["lead"] == finding["fingerprint"])
        for named in (finding["fingerprint"], finding["fingerprint"][:6].upper(), group, group[:6]):
            replayed = again(report, named)
            assert (replayed.code, replayed.last_line) == (1, "still holds"), replayed.complained
            assert f"now: expected {finding['expected']}; got {finding['got']}" in replayed.said
            assert "curl " in replayed.said


def test_a_finding_that_holds_no_longer(gone: tuple[Path, str]) -> None:
    """On the same target, mended since, or on another one."""
    replayed = again(*gone, "--target", "mock")
    assert (replayed.code, replayed.last_line) == (0, "holds no longer"), replayed.complained


def test_a_finding_of_a_target_that_is_gone(gone: tuple[Path, str]) -> None:
    replayed = again(*gone)
    assert replayed.code == 3
    assert "now: not judged: " in replayed.said


def test_a_finding_of_a_generated_request(tmp_path: Path) -> None:
    """Its whole operation is generated again, with the same seed."""
    path = tmp_path / "generated.json"
    with served_mock("--deviation", "contract-server-error") as origin:
        options = ("--only", "generated", "--operation", "packs.create", "--budget", "quick")
        fingerprint = found(origin, path, "CONTRACT-NO-SERVER-ERROR", *options)["fingerprint"]
        assert again(path, fingerprint, anew=True).last_line == "still holds"


@pytest.mark.parametrize(
    ("content", "named", "reason"),
    [
        (None, "ab", "cannot be read"),
        ("{", "ab", "is not JSON"),
        ("[]", "ab", "holds no results of this version"),
        ('{"format": 1}', "ab", "holds no results of this version"),
    ],
)
def test_what_is_no_report(tmp_path: Path, content: str | None, named: str, reason: str) -> None:
    path = tmp_path / "report.json"
    if content is not None:
        path.write_text(content)
    replayed = again(path, named)
    assert replayed.code == 2
    assert reason in replayed.complained
    assert "Traceback" not in replayed.complained


def test_a_finding_that_the_report_does_not_have(gone: tuple[Path, str]) -> None:
    report, fingerprint = gone
    replayed = again(report, "zzz")
    assert replayed.code == 2
    assert fingerprint in replayed.complained


@pytest.mark.parametrize(
    ("deviation", "rule"),
    [
        ("scopes-keys-read-only", "SCOPE-SUFFICIENT"),
        ("authentication-scheme-case", "AUTH-SCHEME-CASE"),
        ("protocol-trailing-slash", "PROTOCOL-TRAILING-SLASH"),
    ],
)
def test_the_curl_shows_the_same_answer(report: Path, deviation: str, rule: str) -> None:
    """With the tokens in the environment alone, where the request does not depend on what was sent before."""
    with served_mock("--deviation", deviation) as origin:
        finding = found(origin, report, rule, "--budget", "quick", "-x")
        tokens = {name_token_variable(name): persona["token"] for name, persona in personas(origin).items()}
        environment = {"PATH": os.environ["PATH"], **tokens}
        ran = subprocess.run(["sh", "-c", finding["curl"]], env=environment, capture_output=True, text=True, check=True)
    statuses = re.findall(r"^HTTP/1\.1 (\d{3})", ran.stdout, re.MULTILINE)
    assert statuses == [str(finding["exchange"]["status"])]


def test_no_report_holds_a_credential(tmp_path: Path) -> None:
    """Neither a caller's nor one that a state made, in any of its forms."""
    few = ("--budget", "quick", "--only", "directed", "--operation", "packs.get", "--operation", "packs.delete")
    kinds = ("json", "html", "junit", "markdown")
    with served_mock("--deviation", "authentication-revoked-accepted") as origin:
        secrets = [str(persona["token"]) for persona in personas(origin).values()]
        reports = [option for kind in kinds for option in ("--report", f"{kind}={tmp_path / kind}")]
        judged = judge("--target", f"{origin}/v1", "--clause", "authentication", "--clause", "scopes", *few, *reports)
    assert judged.code == 1
    for written in (judged.said, *((tmp_path / kind).read_text() for kind in kinds)):
        assert not [secret for secret in secrets if secret in written]
        assert "eyJ" not in written.replace("eyJhbGciOiJub25lIn0", "")


def test_the_curl_reads_the_variables_of_the_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In JSON, HTML and what replay prints."""
    report, page, key = tmp_path / "report.json", tmp_path / "report.html", "sk_fake_alder_full_access"
    for name, token in {**sessions(), "STAGING_KEY": key}.items():
        monkeypatch.setenv(name, token)
    choice = ("--rule", "OWNERSHIP-PRIVATE-HIDDEN", "--operation", "packs.get", "--only", "directed")
    with serving("--defect", "private-pack-is-forbidden") as origin:
        target = profile(tmp_path, origin)
        target.write_text(target.read_text().replace(f'"{key}"', '"env:STAGING_KEY"'))
        judge("--target", target, *choice, "--seed", "1", "--report", f"json={report}", "--report", f"html={page}")
        findings = json.loads(report.read_text())["findings"]
        finding = next(it for it in findings if it["caller"] == "alder-full-access")
        replayed = again(report, finding["fingerprint"])
    for text in (finding["curl"], replayed.said, page.read_text()):
        assert "Authorization: Bearer $STAGING_KEY" in text
        assert "ALDER_FULL_ACCESS_TOKEN" not in text
        assert key not in text
