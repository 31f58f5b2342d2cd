"""A JSON report is asked for a finding by the digits that any report prints, its own or its group's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.results.grouping import Group
from conformance.results.reading import Results, ResultsError, read_results
from conformance.results.report import json_
from conformance.results.verdict import Case, Finding, Run, Verdict

CAUSES = 14


@pytest.fixture
def run(make_run: Callable[..., Run], finding: Finding) -> Run:
    """More groups than are shown whole, of two findings each."""
    found = tuple(
        replace(finding, operation_id=f"op.{n}", expected=f"cause {number}", got="other")
        for number in range(CAUSES)
        for n in range(2)
    )
    return make_run(Case("c", finding.rule, None, Verdict.FAILED, findings=found))


@pytest.fixture
def results(run: Run, tmp_path: Path) -> Results:
    path = tmp_path / "report.json"
    path.write_text(json_.render(run))
    return read_results(path)


def test_a_group_is_asked_for_by_what_the_index_prints(run: Run, results: Results) -> None:
    assert len(run.groups) == CAUSES
    for group in run.groups:
        assert results.find_finding(group.fingerprint)["fingerprint"] == group.lead.fingerprint
        for name in group.members:
            assert results.find_finding(name)["fingerprint"] == name
        assert results.find_finding(_shortest(group, results))["fingerprint"] == group.lead.fingerprint


def _shortest(group: Group, results: Results) -> str:
    """The fewest digits that name a group and nothing else."""
    others = {*results.findings, *results.groups} - {group.fingerprint}
    return next(part for part in _beginnings(group.fingerprint) if not any(it.startswith(part) for it in others))


def _beginnings(name: str) -> Iterator[str]:
    return (name[:length] for length in range(1, len(name) + 1))


def test_what_names_several_or_none_is_refused_with_what_there_is(results: Results) -> None:
    with pytest.raises(ResultsError, match=r"findings or groups with a fingerprint that begins ;") as several:
        results.find_finding("")
    with pytest.raises(ResultsError, match="no finding or group"):
        results.find_finding("zzz")
    assert all(name in str(several.value) for name in (*results.findings, *results.groups))


def test_a_report_of_before_names_the_first_of_a_group(run: Run, tmp_path: Path) -> None:
    """Its index had no lead."""
    document = json_.build_document(run)
    for group in document["other_groups"]:
        del group["lead"], group["waiver"]
    path = tmp_path / "report.json"
    path.write_text(json.dumps(document))
    last = run.groups[-1]
    assert read_results(path).find_finding(last.fingerprint)["fingerprint"] in last.members
