"""A run in two processes is the run that one of them would make, and ends as it does."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.running.processes import can_fork
from tests.conformance.processes import children, is_gone
from tests.conformance.targets import judge
from tests.live import served_mock

pytestmark = pytest.mark.skipif(not can_fork(), reason="this system does not copy processes")

SEED = "5"
FEW = ("--clause", "billing", "--clause", "visibility")
EVERY_KIND = ("--clause", "contract", *FEW)
"""Directed cases, generated ones and expeditions."""
LASTING = (
    "--clause",
    "scopes",
    "--operation",
    "packs.create",
    "--operation",
    "packs.upload",
    "--operation",
    "packs.get",
)
"""What goes on for some seconds after the first line of progress."""


def results(path: Path, *options: str) -> dict[str, Any]:
    judge("--target", "mock", "--seed", SEED, "--budget", "quick", "--report", f"json={path}", *options)
    document: dict[str, Any] = json.loads(path.read_text())
    return document


def test_both_have_the_same_cases_cells_and_requests(tmp_path: Path) -> None:
    alone, together = (results(tmp_path / workers, *EVERY_KIND, "-n", workers) for workers in "12")
    assert [(case["id"], case["verdict"]) for case in together["cases"]] == [
        (case["id"], case["verdict"]) for case in alone["cases"]
    ]
    # How often is chance where requests are under way at the same time.
    assert [cell | {"count": 0} for cell in together["cells"]] == [cell | {"count": 0} for cell in alone["cells"]]
    assert together["summary"]["requests"] == alone["summary"]["requests"]


def test_they_send_the_same_requests(tmp_path: Path) -> None:
    sent = []
    for workers in "123":
        log = tmp_path / workers
        results(tmp_path / "report.json", *FEW, "-n", workers, "--request-log", str(log))
        entries = [json.loads(line) for line in log.read_text().splitlines()]
        sent.append(Counter(json.dumps(entry | {"number": 0}) for entry in entries))
    alone, *together = sent
    assert together == [alone, alone]


def test_what_only_a_copy_finds_is_found(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    with served_mock("--deviation", "visibility-not-stored") as origin:
        given = ("--target", f"{origin}/v1", "--seed", SEED, "--budget", "quick", *FEW, "--report", f"json={report}")
        assert judge(*given, "-n", "2").code == 1
        together = json.loads(report.read_text())
        judge(*given, "-n", "1")
    alone = json.loads(report.read_text())
    assert {finding["fingerprint"] for finding in together["findings"]} == {
        finding["fingerprint"] for finding in alone["findings"]
    }


@contextlib.contextmanager
def copied(report: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A run that goes on in two processes, and the id of the second one."""
    script = Path(sys.executable).with_name("evershell-conformance")
    with served_mock() as origin:
        options = ["--budget", "quick", *LASTING, "--report", f"json={report}", "-n", "2"]
        command = [script, "run", "--target", f"{origin}/v1", *options]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            assert "of" in process.stderr.readline()  # the first line of progress
            (copy,) = children(process.pid)
            yield process, copy
            if process.poll() is None:
                process.kill()


def test_a_copy_that_is_killed_is_an_error_of_the_run(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    with copied(report) as (process, copy):
        os.kill(copy, signal.SIGKILL)
        process.communicate(timeout=60)
    assert process.returncode == 5
    assert json.loads(report.read_text())["errors"] == ["a process of the run was ended, and its tests with it"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_of_an_interrupted_run_goes_on(tmp_path: Path, number: signal.Signals) -> None:
    with copied(tmp_path / "report.json") as (process, copy):
        process.send_signal(number)
        process.communicate(timeout=60)
    assert process.returncode == 130
    assert is_gone(copy)


def test_a_copy_ends_with_a_run_that_is_killed(tmp_path: Path) -> None:
    with copied(tmp_path / "report.json") as (process, _):
        process.kill()
        process.communicate(timeout=60)  # until nobody has its pipes any more
    assert process.returncode == -signal.SIGKILL
