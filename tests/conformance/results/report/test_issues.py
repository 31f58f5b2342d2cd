"""Reports that show findings at lines of the contract: each says the same, at the line where the thing stands."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from conformance.contract.contract import Contract, Provenance
from conformance.contract.file import load
from conformance.results.grouping import GENERAL
from conformance.results.report.issues import build_issues, render_codequality, render_github, render_sarif
from conformance.results.verdict import Case, Finding, Run, Verdict
from tests.repo.sources import ROOT

SCHEMA = ROOT / "tools/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"
MOST = 10


def contract_line(number: int) -> str:
    return (ROOT / "openapi.yaml").read_text(encoding="utf-8").splitlines()[number - 1].strip()


def sarif_of(run: Run) -> dict[str, Any]:
    (only,) = json.loads(render_sarif(build_issues(run)))["runs"]
    return dict(only)


def quality_of(run: Run) -> list[dict[str, Any]]:
    return list(json.loads(render_codequality(build_issues(run))))


def annotations(run: Run) -> list[str]:
    return render_github(build_issues(run)).splitlines()


@pytest.fixture
def with_waiver(run: Run, finding: Finding) -> Run:
    waived = replace(finding, rule="AUTH-REQUIRED", waived="Mended in 2.4 (until 2027-01-01)")
    return replace(run, cases=(*run.cases, Case("w", waived.rule, None, Verdict.WAIVED, findings=(waived,))))


@pytest.mark.needs_node  # the schema comes with a package of tools/
def test_sarif_is_valid_by_its_published_schema(with_waiver: Run, make_run: Callable[..., Run]) -> None:
    schema = jsonschema.Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    for run in (with_waiver, make_run(unusable="stopped"), make_run()):
        document = json.loads(render_sarif(build_issues(run)))
        assert [error.message for error in schema.iter_errors(document)] == []
    assert not schema.is_valid({"version": "2.1.0", "runs": [{"results": []}]})


def test_a_finding_is_at_the_line_of_its_operation_and_names_that_of_its_rule(run: Run) -> None:
    failed, advisory = sarif_of(run)["results"]
    physical = failed["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"] == {"uri": "openapi.yaml", "uriBaseId": "%SRCROOT%"}
    assert contract_line(physical["region"]["startLine"]) == "patch:"
    assert "operationId: packs.update_visibility" in "".join(
        contract_line(physical["region"]["startLine"] + after) for after in range(1, 4)
    )
    related = failed["relatedLocations"][0]["physicalLocation"]["region"]["startLine"]
    assert contract_line(related) == "PACK-PATCH-ONLY-VISIBILITY:"
    assert advisory["locations"] == failed["locations"]


def test_without_an_operation_it_is_at_the_line_of_its_rule(make_run: Callable[..., Run], finding: Finding) -> None:
    found = replace(finding, operation_id=None, rule="AUTH-REQUIRED")
    run = make_run(Case("c", found.rule, None, Verdict.FAILED, findings=(found,)))
    (entry,) = quality_of(run)
    assert contract_line(entry["location"]["lines"]["begin"]) == "AUTH-REQUIRED:"


def test_every_operation_and_rule_has_a_line(contract: Contract, run: Run, finding: Finding) -> None:
    stated = [name for name, rule in contract.rules.items() if rule.is_stated]
    findings = [
        *(replace(finding, operation_id=name) for name in contract.operations),
        *(replace(finding, operation_id=None, rule=name) for name in stated),
    ]
    cases = (Case("c", finding.rule, None, Verdict.FAILED, findings=tuple(findings)),)
    lines = {entry["location"]["lines"]["begin"] for entry in quality_of(replace(run, cases=cases))}
    assert len(lines) == len(contract.operations) + len(stated)
    assert min(lines) > 1


@pytest.mark.parametrize("own", [None, "openapi.yaml", "api/spec/openapi.yaml"])
@pytest.mark.parametrize("place", [".venv/lib/python3.13/site-packages", "tooling/lib"])
def test_no_report_points_into_a_virtual_environment(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: str | None, place: str
) -> None:
    """But to the contract of the repository, at its lines, where it has one."""
    text = (ROOT / "openapi.yaml").read_bytes()
    installed = tmp_path / place / "evershell_contract/openapi.yaml"
    installed.parent.mkdir(parents=True)
    installed.write_bytes(text)
    (tmp_path / place.split("/", maxsplit=1)[0] / "pyvenv.cfg").touch()
    if own is not None:
        (tmp_path / own).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / own).write_bytes(b"# Ours\n\n" + text)
    monkeypatch.chdir(tmp_path)
    lines = [entry["location"]["lines"]["begin"] for entry in quality_of(run)]
    of_package = replace(run, contract=replace(load(installed), path=installed))
    assert {entry["location"]["path"] for entry in quality_of(of_package)} == {own or "openapi.yaml"}
    physical = [result["locations"][0]["physicalLocation"] for result in sarif_of(of_package)["results"]]
    assert {each["artifactLocation"]["uri"] for each in physical} == {own or "openapi.yaml"}
    moved = [line if own is None or line == 1 else line + 2 for line in lines]  # the first is of the run as a whole
    assert [entry["location"]["lines"]["begin"] for entry in quality_of(of_package)] == moved


def test_sarif_has_what_identifies_and_grades_a_finding(with_waiver: Run, finding: Finding) -> None:
    document = sarif_of(with_waiver)
    rules = document["tool"]["driver"]["rules"]
    by_rule = {result["ruleId"]: result for result in document["results"]}
    failed, advisory, waived = (
        by_rule[name] for name in ("PACK-PATCH-ONLY-VISIBILITY", "CONTRACT-HEADERS", "AUTH-REQUIRED")
    )
    assert set(failed["partialFingerprints"].values()) == {finding.fingerprint}
    assert [each["level"] for each in (failed, advisory, waived)] == ["error", "warning", "error"]
    assert [each["occurrenceCount"] for each in (failed, advisory)] == [2, 1]
    assert [each["suppressions"] for each in (failed, advisory)] == [[], []]
    assert waived["suppressions"] == [{"kind": "external", "justification": "Mended in 2.4 (until 2027-01-01)"}]
    for result in document["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert "WFC-F200" in rules[advisory["ruleIndex"]]["properties"]["tags"]
    rule = rules[failed["ruleIndex"]]
    assert rule["shortDescription"]["text"] == with_waiver.contract.rules[failed["ruleId"]].text
    assert "assumed: a deviation is an advisory" in rule["help"]["text"]
    assert rule["properties"]["provenance"] == str(with_waiver.contract.rules[failed["ruleId"]].provenance)
    assert [rule["id"] for rule in rules] == list(with_waiver.contract.rules)


def test_strict_makes_an_advisory_an_error(run: Run) -> None:
    assert {result["level"] for result in sarif_of(replace(run, is_strict=True))["results"]} == {"error"}
    assert {line.split()[0] for line in annotations(replace(run, is_strict=True))} == {"::error"}


def test_code_quality_is_what_gitlab_reads(with_waiver: Run, finding: Finding) -> None:
    every = quality_of(replace(with_waiver, is_interrupted=True))
    of_run, found = every[:2], every[2:]
    assert [each["description"] for each in of_run] == ["interrupted", "errored: KeyError: 'id' in our code"]
    assert {(each["check_name"], each["severity"]) for each in of_run} == {("run", "blocker")}
    severities = {entry["check_name"]: entry["severity"] for entry in found}
    assert severities == {
        "PACK-PATCH-ONLY-VISIBILITY": "critical",
        "CONTRACT-HEADERS": "minor",
        "AUTH-REQUIRED": "info",
    }
    assert found[0]["fingerprint"] == finding.fingerprint
    assert len({entry["fingerprint"] for entry in every}) == len(every)
    assert {entry["location"]["path"] for entry in every} == {"openapi.yaml"}
    assert "(waived: Mended in 2.4 (until 2027-01-01))" in found[-1]["description"]


def test_an_annotation_is_a_workflow_command_at_a_line(run: Run, finding: Finding) -> None:
    error, warning = (line for line in annotations(run) if "PACK" in line or "CONTRACT" in line)
    head, message = error.removeprefix("::").split("::")
    name, properties = head.split(" ", 1)
    given = dict(each.split("=") for each in properties.split(","))
    assert (name, given["file"]) == ("error", "openapi.yaml")
    assert contract_line(int(given["line"])) == "patch:"
    assert given["title"] == "PACK-PATCH-ONLY-VISIBILITY packs.update_visibility"
    assert run.contract.rules[finding.rule].text in message
    assert f"[{finding.fingerprint}]" in message
    assert warning.startswith("::warning ")


def test_what_github_would_obey_is_escaped(make_run: Callable[..., Run], finding: Finding) -> None:
    """A line of a target must begin no command, and end no property."""
    evil = replace(finding, expected="100% sure", got="a\r\n::set-output name=x::y\x1b", operation_id="o,line=1:2%")
    line = annotations(make_run(Case("c", evil.rule, None, Verdict.FAILED, findings=(evil,))))
    assert len(line) == 1
    assert "title=PACK-PATCH-ONLY-VISIBILITY o%2Cline=1%3A2%25::" in line[0]
    assert "100%25 sure" in line[0]
    assert "\x1b" not in line[0]


@pytest.mark.parametrize("causes", [9, 10, 11, 120])
def test_no_more_than_github_shows_and_the_rest_is_counted(
    make_run: Callable[..., Run], contract: Contract, finding: Finding, causes: int
) -> None:
    special = [rule.id for rule in contract.rules.values() if rule.clause not in GENERAL][:causes]
    findings = tuple(replace(finding, rule=rule, got=f"answer of {rule}") for rule in special)
    weak = tuple(replace(each, provenance=Provenance.ASSUMED, got=f"{each.got} weak") for each in findings)
    for provenance, level in ((findings, "error"), (weak, "warning")):
        run = make_run(Case("c", finding.rule, None, Verdict.FAILED, findings=provenance))
        assert len(run.groups) == causes
        lines = annotations(run)
        assert len(lines) == min(MOST, causes)
        assert (f"::and {causes - MOST + 1} more {level}" in lines[-1]) is (causes > MOST)
        assert all(line.startswith(f"::{level} ") for line in lines)


def test_problems_of_the_run_come_first(run: Run) -> None:
    first, second, *_ = annotations(replace(run, unusable="stopped answering", errors=("a file of ours",)))
    assert first == "::error title=Conformance::target not usable: stopped answering"
    assert second == "::error title=Conformance::a file of ours"


def test_what_is_waived_is_no_annotation(with_waiver: Run) -> None:
    assert not [line for line in annotations(with_waiver) if "AUTH-REQUIRED" in line]


@pytest.mark.parametrize(
    ("changes", "whole"), [({}, True), ({"unusable": "stopped"}, False), ({"is_interrupted": True}, False)]
)
def test_sarif_says_whether_the_run_came_to_its_end(
    make_run: Callable[..., Run], changes: dict[str, Any], *, whole: bool
) -> None:
    run = make_run(**changes)
    (invocation,) = sarif_of(run)["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (whole, run.exit_code)
    assert bool(invocation["toolExecutionNotifications"]) is not whole


def test_the_file_is_named_as_its_repository_names_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Relative to the job's folder wherever the command runs, and by its bare name where it is of no repository."""
    folder = tmp_path / "repository" / "api"
    folder.mkdir(parents=True)
    (folder / "the contract.yaml").write_bytes((ROOT / "openapi.yaml").read_bytes())
    named = replace(run, contract=load(folder / "the contract.yaml"))
    for variable in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR", "WORKSPACE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(folder)
    assert build_issues(named).path == "the contract.yaml"
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "repository"))
    assert build_issues(named).path == "api/the contract.yaml"
    uri = sarif_of(named)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "api/the%20contract.yaml"
    assert build_issues(run).path == "openapi.yaml"
