"""The explorer: how far it goes, what it says of that, and what a planted defect looks like as its story."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from conformance.budget import BUDGETS, NORMAL, QUICK, Budget
from conformance.results.explored import KINDS
from tests.conformance.targets import judge
from tests.live import served_mock

CASE = "test_contract.py::test_whatever_is_done_is_answered_right"
SEED = "1"
OF_PROVIDERS = ("--operation=providers.update", "--operation=providers.get")
"""What expeditions are narrowed to that look for a defect of providers alone."""
LOOKED_AT = {"tasks.get", "sandbox.download", "snapshots.read_file", "audit.list", "audit.stats"}
"""Parts of workspaces, which are declared in no other resource, and what is of no single object."""
MAKING = ("POST /packs/upload", "POST /packs", "POST states")


def cases_of(budget: Budget) -> list[str]:
    return [f"--case={CASE}[{part.id}]" for part in budget.expedition_parts]


def count_expeditions(log: Path) -> int:
    """Expeditions about packs that a request log holds: each has a world of its own, and begins with the list."""
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    first: dict[str, str] = {}
    for entry in entries:
        if "/_worlds/" in entry["target"]:
            first.setdefault(entry["target"].split("/")[2], entry["operation_id"])
    return Counter(first.values())["packs.list"]


def test_the_budget_says_how_far_it_goes_and_the_report_how_far_that_was(tmp_path: Path) -> None:
    """One seed sends the same bytes twice; of each kind of pair the report says how many were met."""
    logs, report = [tmp_path / "first.log", tmp_path / "again.log"], tmp_path / "report.json"
    options = ("--target", "mock", "--seed", SEED, *cases_of(QUICK), "--budget", QUICK.name)
    for log in logs:
        judged = judge(*options, "--request-log", log, "--report", f"json={report}")
        assert judged.code == 0, judged.said
    assert count_expeditions(logs[0]) == QUICK.expeditions != NORMAL.expeditions
    assert logs[0].read_bytes() == logs[1].read_bytes()
    assert {json.loads(line)["operation_id"] for line in logs[0].read_text().splitlines()} >= LOOKED_AT
    shares = {share["kind"]: share for share in json.loads(report.read_text())["explored"]}
    assert shares.keys() == {*KINDS} - {"overlap"} < KINDS.keys()
    assert all(0 < share["met"] <= share["of"] for share in shares.values())
    told = ", ".join(f"{share['met']} of {share['of']} pairs by {kind}" for kind, share in shares.items())
    assert f"explored: {told}" in judged.said.splitlines()


def test_a_budget_that_there_is_not(tmp_path: Path) -> None:
    judged = judge("--target", "mock", "--budget", "huge", cwd=tmp_path)
    assert judged.code == 2
    assert all(name in judged.complained for name in BUDGETS)


DEFECTS = {
    "visibility-not-stored": ("PACK-PATCH-APPLIES", "PATCH /packs/{id}"),
    "deletion-not-done": ("DELETE-GONE", "DELETE /packs/{id}"),
}
"""The rule, and the one step that is left of the expedition between what makes the object and what shows it."""


def describe_step(exchange: dict[str, Any]) -> str:
    path = exchange["path"]
    if path.endswith("/states"):
        return f"{exchange['method']} states"
    for name, value in exchange["path_values"].items():
        path = path.replace(value, f"{{{name}}}")
    return f"{exchange['method']} {path}"


@contextmanager
def found(defect: str, report: Path, *narrowed: str) -> Iterator[dict[str, Any]]:
    """Yield the one finding of the expeditions on a mock with this defect, which is still served."""
    with served_mock("--deviation", defect) as origin:
        options = ("--seed", SEED, cases_of(NORMAL)[0], *narrowed, "--report", f"json={report}")
        judged = judge("--target", f"{origin}/v1", *options)
        assert judged.code == 1
        (finding,) = json.loads(report.read_text())["findings"]
        yield finding


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_is_told_as_a_short_story_that_is_found_again(defect: str, tmp_path: Path) -> None:
    """Only the steps that it takes are left, beside what makes the object; `replay` finds it again."""
    report, (rule, step) = tmp_path / "report.json", DEFECTS[defect]
    with found(defect, report) as finding:
        assert (finding["rule"], finding["source"]) == (rule, "explored")
        told = [describe_step(each) for each in finding["steps"]]
        assert [each for each in told if not each.startswith("GET ")] in ([making, step] for making in MAKING)
        assert len(told) <= 4
        again = judge(report, finding["fingerprint"], command="replay")
    assert (again.code, again.last_line) == (1, "still holds"), again.said


def test_what_is_sent_in_chunks_has_to_be_done_too(tmp_path: Path) -> None:
    """An update of which the answer alone is right is found by what is read afterwards; its story keeps the chunks."""
    report = tmp_path / "report.json"
    with found("configuration-chunks-passed-over", report, *OF_PROVIDERS) as finding:
        (update,) = (each for each in finding["steps"] if each["method"] == "PATCH")
    assert (finding["rule"], finding["source"]) == ("CONFIG-PATCH-APPLIES", "explored")
    assert ["Transfer-Encoding", "chunked"] in update["request_headers"]
