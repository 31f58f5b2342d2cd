"""A target without worlds: everything happens in one place, and is gone afterwards."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance.targets import judge
from tests.conformance.worldless import CALLERS, profile, stored
from tests.openapi import OF_PACKS

CLAUSES = ("visibility", "ownership", "deletion", "scopes", "billing", "images")
UNJUDGED = 4
"""The exit code where a clause or an operation that was named needs a state, or a write, and no case judges it."""
ONLY = [*OF_PACKS, *(option for clause in CLAUSES for option in ("--clause", clause))]


@pytest.mark.parametrize("states", [True, False])
def test_a_run_has_no_finding_and_leaves_nothing(tmp_path: Path, origin: str, states: bool) -> None:
    before = stored(origin)
    report = tmp_path / "report.json"
    target = profile(tmp_path / "target.toml", origin, states=states)
    judged = judge("--target", target, "--seed", "3", *ONLY, "--report", f"json={report}")
    assert judged.code == (0 if states else UNJUDGED), judged.said
    results = json.loads(report.read_text())
    assert results["findings"] == results["left_behind"] == []
    assert stored(origin) == before
    reasons = {case["reason"] for case in results["cases"] if case["verdict"] == "NOT_PROVOKED"}
    assert any("has no states_url" in reason for reason in reasons) is not states


def test_what_ctrl_c_interrupts_is_cleaned_up(tmp_path: Path, origin: str) -> None:
    before = stored(origin)
    log = tmp_path / "requests.log"
    target = profile(tmp_path / "target.toml", origin, states=True)
    script = Path(sys.executable).with_name("evershell-conformance")
    command = [script, "run", "--target", target, "--clause", "scopes", "--request-log", log]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        while not (log.exists() and log.read_bytes().count(b"packs.upload") >= 3):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
    assert process.returncode == 130
    assert stored(origin) == before


def test_read_only_sends_nothing_that_writes(tmp_path: Path, origin: str) -> None:
    log = tmp_path / "requests.log"
    target = profile(tmp_path / "target.toml", origin, states=False, limits="read_only = true")
    judged = judge("--target", target, *ONLY, "--clause", "session", "--request-log", log)
    assert judged.code == UNJUDGED, judged.said
    methods = {json.loads(line)["method"] for line in log.read_text().splitlines()}
    assert methods <= {"GET", "HEAD", "OPTIONS"}


def test_no_more_requests_than_the_profile_allows(tmp_path: Path, origin: str) -> None:
    """And of these so many are kept back as it takes to remove what was made."""
    before = stored(origin)
    log = tmp_path / "requests.log"
    target = profile(tmp_path / "target.toml", origin, states=False, limits="max_requests = 25")
    judged = judge("--target", target, *ONLY, "--request-log", log)
    assert judged.code in (0, 3)
    assert 20 <= len(log.read_text().splitlines()) <= 25
    assert stored(origin) == before


def test_a_caller_who_is_somebody_else_is_the_profiles_fault(tmp_path: Path, origin: str) -> None:
    target = profile(tmp_path / "target.toml", origin, states=False)
    target.write_text(target.read_text().replace('"org_acme"', '"org_umbrella"'))
    judged = judge("--target", target)
    assert judged.code == 2
    assert "callers.acme-owner.org" in judged.complained


def test_an_org_that_is_past_due_by_itself_reaches_the_billing_cells(tmp_path: Path, origin: str) -> None:
    """Without states: a caller of such an org in the profile is enough, whatever is made up beside."""
    report = tmp_path / "report.json"
    callers = (*CALLERS, "initech-owner")
    target = profile(tmp_path / "target.toml", origin, states=False, callers=callers)
    judged = judge("--target", target, *OF_PACKS, "--clause", "billing", "--report", f"json={report}")
    assert judged.code == UNJUDGED, judged.said
    cells = json.loads(report.read_text())["cells"]
    reached = {(cell["operation_id"], cell["code"]) for cell in cells if cell["count"]}
    assert {("packs.create", "billing_inactive"), ("packs.upload", "billing_inactive")} <= reached
