"""Every deliberate defect is found by the rule that it breaks, and the mock without one has no finding."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mock_server.deviations import Deviation, deviations
from tests.live import served_mock

COMMAND = str(Path(sys.executable).with_name("evershell-conformance"))


def judged(target: str, folder: Path, *options: str) -> dict[str, Any]:
    """The JSON report of a run."""
    report = folder / "report.json"
    command = [COMMAND, "run", "--target", target, "--report", f"json={report}", *options]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert report.exists(), ran.stdout + ran.stderr
    result: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    assert not result["errors"]
    return result


@pytest.mark.parametrize("deviation", deviations(), ids=lambda deviation: deviation.id)
def test_a_defect_is_found_by_every_rule_that_it_breaks(deviation: Deviation, tmp_path: Path) -> None:
    asked = [f"--rule={rule}" for rule in deviation.breaks]
    with served_mock("--deviation", deviation.id) as origin:
        report = judged(f"{origin}/v1", tmp_path, "--seed=1", *asked)
    assert set(deviation.breaks) <= {finding["rule"] for finding in report["findings"]}


@pytest.mark.parametrize("seed", range(5))
def test_the_mock_without_a_defect_has_no_finding(seed: int, tmp_path: Path) -> None:
    report = judged("mock", tmp_path, f"--seed={seed}")
    assert [finding["rule"] for finding in report["findings"]] == []
    assert report["summary"]["cells"]["reached"] == report["summary"]["cells"]["declared"]
    assert {rule["id"] for rule in report["rules"] if rule["verdict"] != "PASSED"} == set()


def test_there_is_a_defect_for_each_clause_of_the_contract() -> None:
    clauses = {deviation.clause for deviation in deviations()}
    assert len(deviations()) >= 12
    assert clauses >= {
        "authentication",
        "billing",
        "contract",
        "creation",
        "deletion",
        "envelope",
        "files",
        "images",
        "ownership",
        "protocol",
        "scopes",
        "session",
        "upload",
        "visibility",
    }
