"""Whole runs against the embedded mock: what they reach, and that they can be repeated."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from conformance.contract.contract import Contract
from tests.conformance.running.rules_and_operations import (
    Planned,
    cases_of,
    disagreements,
    operations_of,
    planned,
)
from tests.conformance.targets import Judged, judge
from tests.live import served_mock
from tests.openapi import OF_PACKS

SEED = "7"
TIMES = re.compile(r"(?<=[?&])((from|to)=\d{4}[^&\"]*Z|cursor=[^&\"]*)")
WHOLE = ("--target", "mock", "--seed", SEED, "--budget", "quick")
SOME = (
    *(*WHOLE, "--clause=audit", "--clause=contract", "--clause=lifecycle"),
    *("--operation=audit.list", "--operation=packs.upload", "--operation=workspaces.stop"),
)
"""Directed requests, generated ones, and what has times in it."""
CLAUSES = ("--clause", "session", "--clause", "visibility", "--clause", "deletion", "--budget", "quick")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Judged, dict[str, Any], Path]:
    """One run of every rule: what it said, its results, and its request log."""
    folder = tmp_path_factory.mktemp("whole")
    report, log = folder / "report.json", folder / "requests.log"
    judged = judge(*WHOLE, "--verbose", "--report", f"json={report}", "--request-log", log)
    return judged, json.loads(report.read_text()), log


def test_the_clean_mock_has_no_finding(whole: tuple[Judged, dict[str, Any], Path]) -> None:
    judged, results, _ = whole
    assert judged.code == 0, judged.said
    assert results["findings"] == []
    assert results["errors"] == []
    assert results["summary"]["cases"]["ERRORED"] == 0
    assert judged.last_line.startswith("no violation found")


def test_every_cell_is_reached_and_every_rule_passes(
    whole: tuple[Judged, dict[str, Any], Path], contract: Contract
) -> None:
    judged, results, _ = whole
    assert f"{len(contract.cells)} of {len(contract.cells)} cells reached" in judged.last_line
    assert {rule["id"] for rule in results["rules"]} == contract.rules.keys()
    assert {rule["verdict"] for rule in results["rules"]} == {"PASSED"}


def test_the_matrix_has_every_operation(whole: tuple[Judged, dict[str, Any], Path], contract: Contract) -> None:
    judged, _, _ = whole
    for operation_id in contract.operations:
        assert re.search(rf"│ {re.escape(operation_id)} +│", judged.said)


@pytest.fixture(scope="module")
def plans(contract: Contract) -> dict[str, Planned]:
    """What a run of all cases would judge each rule by."""
    said = judge("--target", "mock", "--seed", SEED, "--budget", "deep", "--dry-run", "-v").said
    return planned(said, contract, operations_of(contract))


def test_rules_name_the_operations_that_their_cases_ask_for_and_judge(
    whole: tuple[Judged, dict[str, Any], Path], contract: Contract, plans: dict[str, Planned]
) -> None:
    _, results, log = whole
    assert [*disagreements(contract, operations_of(contract), cases_of(results, log), plans)] == []


def test_a_rule_that_names_wrong_operations_is_noticed(
    whole: tuple[Judged, dict[str, Any], Path], contract: Contract, plans: dict[str, Planned]
) -> None:
    """Another operation in the place of all, and one too few of those that its tests are spread over."""
    _, results, log = whole
    cases, asked = defaultdict(list), defaultdict(set)
    for case in cases_of(results, log):
        cases[case.rule].append(case)
        asked[case.rule] |= case.asked
    named, missed = operations_of(contract), []
    for rule, ids in named.items():
        other = next(each for each in contract.operations if each not in asked[rule] | ids)
        wrong = [frozenset({other}), *(ids - {each} for each in ids & plans[rule].spread)]
        missed += [(rule, it) for it in wrong if not [*disagreements(contract, {rule: it}, cases[rule], plans)]]
    assert {rule for rule, _ in missed} <= {"PROTOCOL-CONCRETE-PATH"}  # which asks for no operation


@pytest.mark.parametrize("options", [pytest.param(WHOLE, marks=pytest.mark.long), SOME], ids=["all", "some"])
def test_the_same_seed_sends_the_same_requests_in_the_same_order(tmp_path: Path, options: tuple[str, ...]) -> None:
    """But for the times of events, which the mock tells: windows of the audit log and its cursors have them."""
    logs = [tmp_path / name for name in ("first", "again")]
    for log in logs:
        assert judge(*options, "--request-log", log, anew=True).code == 0
    first, again = (TIMES.sub("", log.read_text()) for log in logs)
    assert first.count("\n") > 300
    assert again == first


def test_the_request_log_holds_no_credential(whole: tuple[Judged, dict[str, Any], Path]) -> None:
    _, _, log = whole
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    assert entries
    second = [value for e in entries for name, value in e["headers"] if name.lower() == "authorization"]
    assert [value for value in second if not value.startswith("Bearer $")] == []
    assert "sk_mock_acme" not in log.read_text()
    tokens = re.findall(r"(?<![\w-])eyJ[^/?&\s]*", " ".join(e["target"] for e in entries))
    assert tokens == [], "a value that begins as a session token does; the middle of a cursor may be anything"


def verdicts(report: Path) -> dict[str, str]:
    return {case["id"]: case["verdict"] for case in json.loads(report.read_text())["cases"]}


def test_pytest_has_the_same_cases_and_verdicts(tmp_path: Path) -> None:
    command, plain, spread = (tmp_path / f"{name}.json" for name in ("command", "plain", "spread"))
    assert judge("--target", "mock", "--seed", SEED, *CLAUSES, "--report", f"json={command}").code == 0
    pytest_ = [sys.executable, "-m", "pytest", "--pyargs", "conformance", "-q", "--target", "mock", "--seed", SEED]
    for report, workers in ((plain, []), (spread, ["-n", "2"])):
        arguments = [*pytest_, *CLAUSES, "--report", f"json={report}", *workers]
        done = subprocess.run(arguments, capture_output=True, text=True, check=False, cwd=tmp_path)
        assert done.returncode == 0, done.stdout
        assert "no violation found" in done.stdout
    assert verdicts(command) == verdicts(plain) == verdicts(spread)
    assert set(verdicts(command).values()) == {"PASSED"}


def test_coverage_that_is_asked_for_and_not_reached(tmp_path: Path) -> None:
    del tmp_path
    assert judge("--target", "mock", "--clause", "session", "--require-coverage", "90").code == 4


def test_one_operation_is_judged_alone(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    arguments = ("--target", "mock", "--operation", "packs.list", "--clause", "scopes", "--report", f"json={report}")
    assert judge(*arguments).code == 0
    cases = json.loads(report.read_text())["cases"]
    assert {case["operation_id"] for case in cases} == {"packs.list"}


def test_what_is_generated_for_an_operation_is_sent_by_one_process(tmp_path: Path) -> None:
    """So two processes together send what one alone sends; each asks for itself who the callers are."""
    sent = []
    for name, workers in (("one", ()), ("two", ("-n", "2"))):
        log = tmp_path / name
        options = ("--target", "mock", "--seed", SEED, "--budget", "quick", "--only", "generated", *OF_PACKS)
        assert judge(*options, "--request-log", log, *workers).code == 0
        entries = [json.loads(line) for line in log.read_text().splitlines()]
        sent.append(Counter(f"{e['target']} {e['method']} {e['caller']} {e['body']}" for e in entries))
    alone, together = sent
    assert {what for what in together - alone if "/_worlds/conformance-baseline/" not in what} == set()
    assert alone - together == Counter()


def test_a_run_may_stop_at_its_first_finding(tmp_path: Path) -> None:
    """Of any level: envelope-extra-key breaks what the contract assumes."""
    report = tmp_path / "report.json"
    with served_mock("--deviation", "envelope-extra-key") as origin:
        judge("--target", f"{origin}/v1", "--seed", SEED, "-x", "--report", f"json={report}")
    results = json.loads(report.read_text())
    assert sum(bool(case["findings"]) for case in results["cases"]) == 1
    assert not results["interrupted"]
    assert any(rule["verdict"] == "UNTESTED" for rule in results["rules"])


def test_each_case_says_how_it_finds_out(whole: tuple[Judged, dict[str, Any], Path], tmp_path: Path) -> None:
    _, results, _ = whole
    report = tmp_path / "report.json"
    judge(*WHOLE, "--only", "generated", "--operation", "session.get", "--report", f"json={report}")
    made_up = {case["id"] for case in json.loads(report.read_text())["cases"]}
    kinds = {case["id"]: case["kind"] for case in results["cases"]}
    assert {kinds[case] for case in made_up} == {"generated"}
    assert set(kinds.values()) == {"generated", "directed"}
