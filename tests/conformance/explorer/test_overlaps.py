"""Requests that are sent at once to real servers: what goes wrong is found, and what is made is removed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests import plain
from tests.conformance.targets import judge
from tests.conformance.worldless import personas, profile
from tests.live import served_mock

WRITES, READS = "two_writes_at_once_are_as_one_after_the_other", "what_is_read_beside_a_write_is_of_before_or_after_it"


def case(test: str, pair: str, rule: str = "") -> str:
    return f"--case=test_parallel.py::test_{test}[{rule and f'{rule}-'}{pair}]"


RACES = {
    "parallel-role-fields-lost": (
        "PARALLEL-WRITES",
        case(WRITES, "agent_roles.update+agent_roles.update", "PARALLEL-WRITES"),
    ),
    "parallel-invited-twice": (
        "PARALLEL-NAMES",
        case(WRITES, "memberships.invite+memberships.invite", "PARALLEL-NAMES"),
    ),
    "parallel-digest-of-another": (
        "PARALLEL-WRITES",
        case(WRITES, "packs.replace_file+packs.replace_file", "PARALLEL-WRITES"),
    ),
    "parallel-tasks-lost": (
        "PARALLEL-WRITES",
        case(WRITES, "tasks.submit_to_workspace+tasks.submit_to_workspace", "PARALLEL-WRITES"),
    ),
    "parallel-read-half-written": ("PARALLEL-READS", case(READS, "packs.replace_file+packs.get")),
    "parallel-steps-both-taken": ("PARALLEL-STEPS", case(WRITES, "workspaces.stop+workspaces.stop", "PARALLEL-STEPS")),
}
"""By planted race: the rule and the case that find it."""


TRIES = 5
"""Runs by which a race has been met on a busy machine too: its window is open for some hundredths of a second."""


def judged(target: Path | str, folder: Path, *options: str, seed: int = 1) -> dict[str, Any]:
    """The results of a run."""
    report = folder / "report.json"
    ended = judge("--target", target, "--seed", str(seed), "--report", f"json={report}", *options)
    assert report.exists(), ended.said + ended.complained
    found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    assert found["errors"] == found["left_behind"] == []
    return found


@pytest.mark.parametrize("race", RACES)
def test_a_race_is_found(tmp_path: Path, race: str) -> None:
    rule, option = RACES[race]
    with served_mock("--deviation", race) as origin:
        runs = (judged(f"{origin}/v1", tmp_path, option, seed=seed)["findings"] for seed in range(1, 1 + TRIES))
        found = next(filter(None, runs), [])
    assert {each["rule"] for each in found} == {rule}


def test_what_was_made_beside_a_deletion_is_removed(tmp_path: Path) -> None:
    """On a server that stays, whichever of the two came last."""
    with served_mock() as origin:
        headers = {"Authorization": f"Bearer {personas(origin)['acme-owner']['token']}"}
        before = plain.get(f"{origin}/v1/secrets", headers=headers).json()
        target = profile(tmp_path / "target.toml", origin, states=False)
        pairs = ("secrets.set+secrets.delete", "secrets.set+secrets.set")
        options = (case(WRITES, each, "PARALLEL-WRITES") for each in pairs)
        found = judged(target, tmp_path, *options)
        assert plain.get(f"{origin}/v1/secrets", headers=headers).json() == before
    assert found["findings"] == []
    assert {each["verdict"] for each in found["cases"]} == {"PASSED"}


def test_a_run_that_is_to_change_nothing_sends_no_write(tmp_path: Path) -> None:
    with served_mock() as origin:
        target = profile(tmp_path / "target.toml", origin, states=False, limits="read_only = true")
        found = judged(target, tmp_path, case(WRITES, "api_keys.create+api_keys.revoke", "PARALLEL-WRITES"))
    assert {each["verdict"] for each in found["cases"]} == {"NOT_PROVOKED"}
