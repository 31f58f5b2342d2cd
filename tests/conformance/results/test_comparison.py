"""Two runs side by side: what is new, gone, still there, and of what nothing is known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conformance.targets import judge
from tests.live import served_mock
from tests.openapi import OF_PACKS


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Of a clean server, of two defective ones, and of one of them judged by fewer rules."""
    folder = tmp_path_factory.mktemp("reports")
    made = {}
    for name, deviations, rules in (
        ("clean", (), ("SCOPE-REQUIRED", "ENVELOPE-KEYS")),
        ("one", ("scopes-not-checked",), ("SCOPE-REQUIRED", "ENVELOPE-KEYS")),
        ("both", ("scopes-not-checked", "envelope-extra-key"), ("SCOPE-REQUIRED", "ENVELOPE-KEYS")),
        ("fewer", ("scopes-not-checked", "envelope-extra-key"), ("ENVELOPE-KEYS",)),
    ):
        options = [option for deviation in deviations for option in ("--deviation", deviation)]
        made[name] = folder / f"{name}.json"
        with served_mock(*options) as origin:
            asked = [option for rule in rules for option in ("--rule", rule)]
            judge("--target", f"{origin}/v1", *asked, *OF_PACKS, "--report", f"json={made[name]}")
    return made


def sections(said: str) -> dict[str, list[str]]:
    """Rule ids by the title that they stand under."""
    found: dict[str, list[str]] = {}
    title = ""
    for line in said.splitlines():
        if line.endswith(":"):
            title = line[:-1]
        elif line.startswith("  "):
            found.setdefault(title, []).append(line.split()[2].rstrip(":"))
    return {title: sorted(set(rules)) for title, rules in found.items()}


def test_a_new_violation_is_named_and_counts(reports: dict[str, Path]) -> None:
    compared = judge(reports["clean"], reports["one"], command="compare")
    assert compared.code == 1
    assert sections(compared.said) == {"new": ["SCOPE-REQUIRED"]}


def test_what_is_gone_and_what_is_still_there(reports: dict[str, Path]) -> None:
    compared = judge(reports["both"], reports["one"], command="compare")
    assert compared.code == 0
    assert sections(compared.said) == {"gone": ["ENVELOPE-KEYS"], "still there": ["SCOPE-REQUIRED"]}


def test_a_new_advisory_counts_on_request(reports: dict[str, Path]) -> None:
    assert judge(reports["one"], reports["both"], command="compare").code == 0
    assert judge(reports["one"], reports["both"], "--strict", command="compare").code == 1


def test_a_rule_that_was_not_judged_again_is_not_mended(reports: dict[str, Path]) -> None:
    compared = judge(reports["both"], reports["fewer"], command="compare")
    assert sections(compared.said)["not judged again"] == ["SCOPE-REQUIRED"]


def test_two_runs_of_other_seeds_name_a_defect_alike(reports: dict[str, Path]) -> None:
    """Whatever the server called its objects, and whatever the run did."""
    seeds = {json.loads(reports[name].read_text())["seed"] for name in ("one", "both")}
    assert len(seeds) == 2
    of_both, of_one = (
        {
            it["fingerprint"]
            for it in json.loads(reports[name].read_text())["findings"]
            if it["rule"] == "SCOPE-REQUIRED"
        }
        for name in ("both", "one")
    )
    assert of_both == of_one != set()


def test_a_file_that_is_no_report(reports: dict[str, Path], tmp_path: Path) -> None:
    compared = judge(reports["clean"], tmp_path / "absent.json", command="compare")
    assert compared.code == 2
    assert "absent.json: cannot be read" in compared.complained
