"""A server of a part of the contract: its profile says which, and nothing else is asked for, judged or missed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.targets import Judged, judge
from tests.nine.app import BUGS, FORGETS, KEY_WORKS_ON, LEAKS, LETS_ANYBODY
from tests.nine.served import profile, serving

NINE = {
    "session.get",
    "packs.list",
    "packs.upload",
    "packs.get",
    "packs.update_visibility",
    "packs.delete",
    "api_keys.list",
    "api_keys.create",
    "api_keys.revoke",
}
FIRST_SCREEN = 40
FOUND_BY = {
    LEAKS: "OWNERSHIP-",
    KEY_WORKS_ON: "AUTH-REVOKED",
    FORGETS: "PACK-PATCH-",
    LETS_ANYBODY: "SCOPE-REQUIRED",
}


def judged(folder: Path, target: Path, *options: str) -> tuple[Judged, Mapping[str, Any]]:
    report = folder / "report.json"
    ended = judge("--target", target, "--seed", "5", "--report", f"json={report}", *options)
    return ended, json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}


def test_a_right_server_of_nine_operations_has_no_finding(tmp_path: Path) -> None:
    log, markdown, page, junit = (tmp_path / name for name in ("log", "md", "html", "junit"))
    written = (f"markdown={markdown}", f"html={page}", f"junit={junit}")
    with serving() as url:
        target = profile(tmp_path, url)
        reports = [option for each in written for option in ("--report", each)]
        ended, run = judged(tmp_path, target, "--request-log", str(log), *reports)
    assert ended.code == 0, ended.said
    assert run["findings"] == []
    summary = run["summary"]
    assert summary["operations"] == {"asked": 9, "declared": 67}
    judged_rules, rules = summary["rules"]["judged"], summary["rules"]["all"]
    print(f"{judged_rules} of {rules} rules judged, {summary['cells']} cells")
    assert (judged_rules, rules) >= (85, 100)
    assert summary["cells"]["declared"] == 50
    assert summary["cells"]["reached"] >= 38
    assert {cell["operation_id"] for cell in run["cells"]} == NINE
    assert {case["operation_id"] for case in run["cases"]} <= {*NINE, None}
    told = (ended.said, markdown.read_text(), page.read_text(), junit.read_text())
    assert all("9 of 67" in text for text in told)
    assert all("workspaces.create" not in text and "GET /workspaces/" not in text for text in (told[0], told[1]))
    assert not any("providers" in line["line"] or "workspace" in line["line"] for line in run["gains"])
    assert "not served, as the profile says" not in ended.said
    sent = [json.loads(line) for line in log.read_text().splitlines()]
    assert {each["operation_id"] for each in sent if each["caller"] != "anonymous"} <= {*NINE, None}


@pytest.mark.parametrize("bug", BUGS)
def test_each_bug_is_found_in_the_first_screen(tmp_path: Path, bug: str) -> None:
    with serving(bug) as url:
        ended, run = judged(tmp_path, profile(tmp_path, url))
    assert ended.code == 1, ended.said
    screen = "\n".join(ended.said.splitlines()[:FIRST_SCREEN])
    assert f"failed {FOUND_BY[bug]}" in screen, screen
    assert {finding["operation_id"] for finding in run["findings"]} <= {*NINE, None}


def test_all_four_are_found_at_once(tmp_path: Path) -> None:
    with serving(*BUGS) as url:
        ended, _ = judged(tmp_path, profile(tmp_path, url))
    screen = "\n".join(ended.said.splitlines()[:FIRST_SCREEN])
    assert all(f"failed {rule}" in screen for rule in FOUND_BY.values()), screen
