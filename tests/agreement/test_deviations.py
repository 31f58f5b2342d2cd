"""Deliberate defects are found by the rules that they break, and the mock without one has no finding."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mock_server.deviations import Deviation, deviations
from tests.live import served_mock

SAMPLE = (
    "authentication-expired-accepted",
    "authentication-scheme-case",
    "authentication-unsigned-accepted",
    "billing-expired-trial-counts",
    "billing-trial-refused",
    "contract-undeclared-status",
    "contract-wrong-type",
    "creation-name-taken-elsewhere",
    "creation-shared-at-once",
    "deletion-failed-and-done",
    "deletion-in-use-ignored",
    "envelope-fields-elsewhere",
    "envelope-request-id-header",
    "envelope-request-id-repeats",
    "files-digest-stays",
    "files-line-ends",
    "images-metadata-stays",
    "ownership-private-forbidden",
    "ownership-private-listed",
    "parallel-name-taken-twice",
    "parallel-write-lost",
    "protocol-length-off-by-one",
    "protocol-media-type-ignored",
    "protocol-trailing-slash",
    "scopes-by-prefix",
    "scopes-keys-read-only",
    "session-key-is-a-person",
    "upload-one-text",
    "visibility-noop-touches",
    "visibility-refused-and-done",
)
"""Thirty of the deviations, some of every clause."""

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


@pytest.mark.parametrize("deviation", [each for each in deviations() if each.id in SAMPLE], ids=lambda each: each.id)
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


def test_the_sample_has_a_defect_of_each_clause_of_the_contract() -> None:
    clauses = {each.id: each.clause for each in deviations()}
    assert {clauses[each] for each in SAMPLE} == set(clauses.values())
    assert len(set(SAMPLE)) == 30
