"""Contracts that are not ours: the mock serves each by its document, and the suite judges it by the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conformance.targets import judge
from tests.live import served_mock

CONTRACTS = Path(__file__).parents[2] / "examples" / "contracts"
LEFT_OPEN = {"todo": set(), "conduit": {"AUTH-INVALID"}}
"""The rules that are not judged: the mock takes any credential, since nothing says who there is."""


@pytest.mark.parametrize("name", LEFT_OPEN)
def test_nothing_is_found_of_the_mock_of_one(tmp_path: Path, name: str) -> None:
    """Each test has a world of its own, by what the mock tells of itself."""
    overlay = CONTRACTS / f"{name}.overlay.yaml"
    options = ("--contract", str(CONTRACTS / f"{name}.yaml"), "--overlay", str(overlay))
    report = tmp_path / "report.json"
    with served_mock(*options) as origin:
        judged = judge("--target", origin, "--seed", "1", "--budget", "quick", *options, "--report", f"json={report}")
    assert judged.code == 0, judged.said
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["findings"] == told["left_behind"] == []
    verdicts = {each["id"]: each["verdict"] for each in told["rules"]}
    assert {rule for rule, verdict in verdicts.items() if verdict != "PASSED"} == LEFT_OPEN[name]
    assert len(verdicts) > 14


def test_the_embedded_mock_is_started_with_it(tmp_path: Path) -> None:
    """By `--target mock` alone, with contract and overlay."""
    options = ("--contract", str(CONTRACTS / "todo.yaml"), "--overlay", str(CONTRACTS / "todo.overlay.yaml"))
    judged = judge("--target", "mock", "--seed", "1", "--rule", "CREATE-UNIQUE", *options, cwd=tmp_path)
    assert judged.code == 0, judged.said + judged.complained
    assert "1 of 15 rules judged" in judged.said
