"""Contracts that are not ours: the mock serves each by its document, and the suite judges it by the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conformance.targets import judge
from tests.live import served_mock

CONTRACTS = Path(__file__).parents[2] / "examples" / "contracts"
LEFT_OPEN = {
    "todo": set(),
    "petstore": {"AUTH-INVALID", "SCOPE-REQUIRED", "PUT-REPLACES"},
    "conduit": {"AUTH-INVALID", "PUT-REPLACES"},
}
"""The rules that are not judged: the mock takes any credential for every scope, since nothing says who there is.

A PUT that requires less than a creation may be meant to merge.
"""


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
    assert ("OWNERSHIP-OWN-CHANGED" in verdicts) is (name == "conduit")


OWNED = {
    "list": {"schema": "List", "path": "/lists/{listId}", "id": {"field": "id", "is": "uuid"}, "owner": "owner_id"},
    "todo": {"schema": "Todo", "path": "/todos/{todoId}", "id": {"field": "id", "is": "uuid"}, "owner": "owner_id"},
}
BEARER = {
    "security": [{"person": []}],
    "components": {"securitySchemes": {"person": {"type": "http", "scheme": "bearer"}}},
}


def write_overlay(path: Path, *, is_owned: bool) -> Path:
    """Write an overlay by which the to-dos ask for a credential, and each is its maker's where they are owned."""
    types = {
        name: {key: each for key, each in said.items() if is_owned or key != "owner"} for name, said in OWNED.items()
    }
    overlay = {
        "overlay": "1.0.0",
        "info": {"title": "Whose a to-do is", "version": "1"},
        "actions": [{"target": "$", "update": {**BEARER, "x-resource-types": types}}],
    }
    path.write_text(json.dumps(overlay), encoding="utf-8")
    return path


@pytest.mark.parametrize("is_owned", [True, False], ids=["kept apart", "everybody's"])
def test_objects_are_their_makers_or_the_suite_finds_out(tmp_path: Path, *, is_owned: bool) -> None:
    """The suite judges by two callers; a mock whose contract has no owner keeps nothing apart."""
    contract = ("--contract", str(CONTRACTS / "todo.yaml"), "--overlay")
    served, by = (write_overlay(tmp_path / f"{owned}.yaml", is_owned=owned) for owned in (is_owned, True))
    rules = ("OWNERSHIP-PRIVATE-HIDDEN", "OWNERSHIP-NOT-LISTED", "OWNERSHIP-OWN-CHANGED")
    options = [*contract, str(by), *(word for each in rules for word in ("--rule", each))]
    report = tmp_path / "report.json"
    with served_mock(*contract, str(served)) as origin:
        judge("--target", origin, "--seed", "1", "--budget", "quick", *options, "--report", f"json={report}")
    told = json.loads(report.read_text(encoding="utf-8"))
    verdicts = {each["id"]: each["verdict"] for each in told["rules"] if each["id"] in rules}
    assert verdicts == dict.fromkeys(rules, "PASSED" if is_owned else "FAILED")


def test_the_embedded_mock_is_started_with_it(tmp_path: Path) -> None:
    """By `--target mock` alone, with contract and overlay."""
    options = ("--contract", str(CONTRACTS / "todo.yaml"), "--overlay", str(CONTRACTS / "todo.overlay.yaml"))
    judged = judge("--target", "mock", "--seed", "1", "--rule", "CREATE-UNIQUE", *options, cwd=tmp_path)
    assert judged.code == 0, judged.said + judged.complained
    assert "1 of 19 rules judged" in judged.said
