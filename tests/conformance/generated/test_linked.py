"""Scenarios along the contract's links: what follows on what, who asks, and what a planted defect looks like."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from conformance.budget import NORMAL, QUICK, Budget
from conformance.contract.contract import Contract
from conformance.oracle.declaration.registry import resource_made_by
from tests.conformance.targets import Judged, judge
from tests.live import served_mock

CASE = "test_contract.py::test_linked_requests_are_answered_right"


MADE_FOR_ONE = 3
"""The provider, the role and the workspace that are made for a step of a scenario, beside its steps."""
NAMES_ONE = re.compile(r"/v1/(orgs/\w+/)?[a-z-]+/(pack|provider|role|api_key|cred|mem)_")


def cases_of(budget: Budget) -> list[str]:
    return [f"--case={CASE}[{part.id}]" for part in budget.scenario_parts]


def followed(log: Path, *options: str, budget: Budget = NORMAL) -> Judged:
    options = (*cases_of(budget), "--budget", budget.name, *options)
    return judge("--target", "mock", "--request-log", log, *options)


def scenarios(log: Path) -> dict[str, list[dict[str, Any]]]:
    """The contract's requests of a log by the world that they were sent to."""
    worlds: dict[str, list[dict[str, Any]]] = {}
    for entry in map(json.loads, log.read_text().splitlines()):
        if entry["target"].startswith("/_worlds/") and "baseline" not in entry["target"]:
            worlds.setdefault(entry["target"].split("/")[2], []).append(entry)
    return worlds


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("linked") / "requests.log"
    judged = followed(path, "--seed", "5")
    assert judged.code == 0, judged.said
    return path


def test_a_scenario_asks_for_what_an_answer_of_it_named(log: Path, contract: Contract) -> None:
    """Ten scenarios ask for more than six of the operations that a link leads to, about what was named before."""
    linked = {o.operation_id for o in contract.operations.values() if o.resources}
    about: set[str] = set()
    for requests in scenarios(log).values():
        first = contract.operations[requests[0]["operation_id"]]
        assert resource_made_by(first) is not None or not first.resources
        named = (r for r in requests if NAMES_ONE.search(r["target"]))
        about |= {request["operation_id"] for request in named}
    assert about <= linked
    assert len(about) > 6


def test_requests_are_sent_by_others_too(log: Path) -> None:
    callers = {request["caller"] for requests in scenarios(log).values() for request in requests}
    assert len(callers) > 3


def test_the_budget_says_how_many_there_are(log: Path) -> None:
    assert len(scenarios(log)) == NORMAL.linked
    assert max(len(requests) for requests in scenarios(log).values()) <= NORMAL.steps + MADE_FOR_ONE


def test_another_budget_says_so_too_and_the_same_seed_sends_the_same_bytes(tmp_path: Path) -> None:
    logs = [tmp_path / "first.log", tmp_path / "again.log"]
    assert [followed(each, "--seed", "5", budget=QUICK).code for each in logs] == [0, 0]
    assert len(scenarios(logs[0])) == QUICK.linked != NORMAL.linked
    assert logs[0].read_bytes() == logs[1].read_bytes()


def test_a_defect_is_found_with_the_steps_before_it(tmp_path: Path) -> None:
    """What was deleted is still there: only a request that follows on the deletion can show it, which is drawn soon."""
    report = tmp_path / "report.json"
    with served_mock("--deviation", "deletion-not-done") as origin:
        runs = (
            judge("--target", f"{origin}/v1", "--seed", f"{seed}", *cases_of(NORMAL), "--report", f"json={report}")
            for seed in range(3, 11)
        )
        assert 1 in (judged.code for judged in runs)
    findings = json.loads(report.read_text())["findings"]
    assert {finding["source"] for finding in findings} == {"stateful"}
    assert "DELETE-GONE" in {finding["rule"] for finding in findings}
    assert all("DELETE" in {step["method"] for step in finding["steps"]} for finding in findings)
