"""Sequences of requests by several callers: how many are walked, and what a planted defect looks like in one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from conformance.budget import BUDGETS, NORMAL, QUICK, Budget
from tests.conformance.targets import judge
from tests.live import served_mock

CASE = "test_contract.py::test_sequences_are_answered_right"
SEED = "1"


def cases_of(budget: Budget) -> list[str]:
    return [f"--case={CASE}[{part.id}]" for part in budget.sequence_parts]


def walked(log: Path) -> int:
    """Sequences of packs that a request log holds: each has a world of its own, and begins with the list."""
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    first: dict[str, str] = {}
    for entry in entries:
        if "/_worlds/" in entry["target"]:
            first.setdefault(entry["target"].split("/")[2], entry["operation_id"])
    return Counter(first.values())["packs.list"]


def test_the_budget_says_how_many_are_walked(tmp_path: Path) -> None:
    log = tmp_path / "requests.log"
    judged = judge("--target", "mock", "--seed", SEED, *cases_of(QUICK), "--request-log", log, "--budget", QUICK.name)
    assert judged.code == 0, judged.said
    assert walked(log) == QUICK.sequences != NORMAL.sequences


def test_a_budget_that_there_is_not(tmp_path: Path) -> None:
    judged = judge("--target", "mock", "--budget", "huge", cwd=tmp_path)
    assert judged.code == 2
    assert all(name in judged.complained for name in BUDGETS)


DEFECTS = {
    "visibility-not-stored": ("PACK-PATCH-APPLIES", ["POST /packs/upload", "PATCH /packs/{id}"]),
    "deletion-in-use-ignored": ("DELETE-IN-USE", ["POST /packs/upload", "POST states"]),
}
"""The rule, and the steps that are left of the sequence before the request that shows it."""


def step(exchange: dict[str, Any]) -> str:
    path = exchange["path"]
    if path.endswith("/states"):
        return f"{exchange['method']} states"
    for name, value in exchange["path_values"].items():
        path = path.replace(value, f"{{{name}}}")
    return f"{exchange['method']} {path}"


@contextmanager
def found(defect: str, report: Path) -> Iterator[dict[str, Any]]:
    """Yield the one finding of the sequences on a mock with this defect, which is still served."""
    with served_mock("--deviation", defect) as origin:
        judged = judge("--target", f"{origin}/v1", "--seed", SEED, cases_of(NORMAL)[0], "--report", f"json={report}")
        assert judged.code == 1
        (finding,) = json.loads(report.read_text())["findings"]
        yield finding


def check(finding: dict[str, Any], rule: str, *steps: str) -> None:
    """Assert that a finding is of the rule, and that no more steps are left than these."""
    assert (finding["rule"], finding["source"]) == (rule, "sequences")
    assert [step(exchange) for exchange in finding["steps"]] == [*steps]
    assert finding["curl"].count("curl ") == 1, "the request that shows it"


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_is_found_and_only_the_steps_that_it_takes_are_left(defect: str, tmp_path: Path) -> None:
    rule, steps = DEFECTS[defect]
    with found(defect, tmp_path / "report.json") as finding:
        check(finding, rule, *steps)


def test_a_finding_of_a_sequence_is_found_again(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    with found("deletion-not-done", report) as finding:
        check(finding, "DELETE-GONE", "POST /packs/upload", "DELETE /packs/{id}")
        again = judge(report, finding["fingerprint"], command="replay")
    assert (again.code, again.last_line) == (1, "still holds"), again.said
    assert [line for line in again.said.splitlines() if line.startswith("sent before it: POST /packs/upload as ")]
