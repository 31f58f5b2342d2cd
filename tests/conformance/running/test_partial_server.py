"""A server of a part of the contract: its profile says which, and nothing else is asked for, judged or missed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from conformance.contract.file import load
from conformance.oracle.declaration.registry import list_known_keys
from conformance.oracle.served import narrow_to_profile as serving_part
from conformance.profile import read_profile
from tests.conformance.targets import Judged, judge
from tests.nine.app import BUGS, FORGETS, KEY_WORKS_ON, LEAKS, LETS_ANYBODY
from tests.nine.served import OPERATIONS, made_pack, profile, serving
from tests.nine.store import Store
from tests.openapi import OPERATIONS as ALL

NINE = {*OPERATIONS[:-1], *(f"api_keys.{name}" for name in ("list", "create", "revoke"))}
FIRST_SCREEN = 40
JUDGED_IN_PART = {
    "test_a_refusal_changes_nothing[REFUSED-CHANGES-NOTHING-packs.update_visibility-403-permission_denied]",
    "test_one_folder_around_the_pack_is_no_part_of_it[data]",
    *(f"test_a_revoked_key_is_refused[{name}]" for name in ("session.get", "packs.list", "packs.delete")),
}
"""Cases that look at files as well where these are served, or have a key by a state where none can be made."""
FAR = "judged as far as it is served: {}"
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
    assert summary["operations"] == {"asked": 9, "declared": len(ALL)}
    judged_rules, rules = summary["rules"]["judged"], summary["rules"]["all"]
    assert f"{judged_rules} of {rules} rules judged" in ended.last_line
    assert rules - judged_rules < 20 < judged_rules
    assert judged_rules >= 85
    judged_cases = {case["id"].partition("::")[2] for case in run["cases"] if case["verdict"] == "PASSED"}
    assert judged_cases >= JUDGED_IN_PART
    assert not [case for case in run["cases"] if case["id"].endswith("[/packs/{id}-PUT]")]
    assert summary["cells"] == {"reached": 38, "declared": 50}
    assert {cell["operation_id"] for cell in run["cells"]} == NINE
    assert {case["operation_id"] for case in run["cases"]} <= {*NINE, None}
    told = (ended.said, markdown.read_text(), page.read_text(), junit.read_text())
    assert all(f"9 of {len(ALL)}" in text for text in told)
    assert all("workspaces.create" not in text and "GET /workspaces/" not in text for text in (told[0], told[1]))
    assert not any("providers" in line["line"] or "workspace" in line["line"] for line in run["gains"])
    assert "not served, as the profile says" not in ended.said
    sent = [json.loads(line) for line in log.read_text().splitlines()]
    assert {each["operation_id"] for each in sent if each["caller"] != "anonymous"} <= {*NINE, None}


def test_its_four_bugs_are_each_found_in_the_first_screen(tmp_path: Path) -> None:
    with serving(*BUGS) as url:
        ended, run = judged(tmp_path, profile(tmp_path, url), "--budget", "quick")
    assert ended.code == 1, ended.said
    screen = "\n".join(ended.said.splitlines()[:FIRST_SCREEN])
    assert all(f"failed {rule}" in screen for rule in FOUND_BY.values()), screen
    assert {finding["operation_id"] for finding in run["findings"]} <= {*NINE, None}


def test_what_answers_though_it_is_not_served_is_printed(tmp_path: Path) -> None:
    """One harmless request each; of what is right or wrong there is no word."""
    with serving() as url:
        target = profile(tmp_path, url, 'operations = ["session.get", "packs.*"]\nnot_served = ["packs.[u-z]*"]')
        ended, run = judged(tmp_path, target, "--operation", "session.get", "--only", "directed")
    (note,) = (each for each in run["notes"] if "not served" in each)
    told = [name for name in sorted(NINE) if f"{name} (401 unauthenticated)" in note]
    assert told == ["api_keys.create", "api_keys.list", "api_keys.revoke", "packs.update_visibility", "packs.upload"]
    assert note.count("(") == len(told)
    assert note in ended.said
    assert ended.code == 0


def test_init_proposes_what_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RED_TOKEN", "session-red-owner")
    written = tmp_path / "target.toml"
    with serving() as url:
        asked = ("--target", url, "--caller", "red=env:RED_TOKEN", "--output", str(written))
        written_by = judge(*asked, command="init")
        served = read_profile(written, list_known_keys())
        planned = judge("--target", written, "--dry-run")
    assert written_by.code == 0
    assert f"9 of {len(ALL)} operations answered" in written_by.said
    assert {*serving_part(load(), served).operations} == NINE
    assert planned.code == 0
    assert "GET /packs for packs.list" in planned.said
    assert "workspace" not in planned.said
    assert f"9 of {len(ALL)} operations" in planned.said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            'operations = ["pakcs.*"]',
            "target.operations: 'pakcs.*' matches no operation of the contract; did you mean packs.*?",
        ),
        (
            'not_served = ["packs.gett"]',
            "target.not_served: 'packs.gett' matches no operation of the contract; did you mean packs.get?",
        ),
        ("operations = []", "target.operations: has to be a list of operation ids or patterns"),
        ('not_served = ["*"]', "target.not_served: leaves no operation of the contract that could be judged"),
    ],
)
def test_a_pattern_that_says_nothing_is_an_error(tmp_path: Path, line: str, said: str) -> None:
    ended = judge("--target", profile(tmp_path, "http://127.0.0.1:9/v1", line))
    assert ended.code == 2
    assert said in ended.complained


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--rule", "AUTH-EXPIRED"), "--rule AUTH-EXPIRED (needs the state"),
        (("--rule", "AUTH-REQUIRED", "--rule", "AUTH-EXPIRED"), "--rule AUTH-EXPIRED (needs the state"),
        (("--rule", "AUDIT-WRITTEN"), "--rule AUDIT-WRITTEN (GET /audit is not served)"),
        (
            ("--rule", "PACK-PATCH-APPLIES", "--operation", "session.get"),
            "--operation session.get (what was asked for has no case in common)",
        ),
        (("--operation", "packs.create"), "--operation packs.create (POST /packs is not served)"),
        (("--clause", "streams"), "--clause streams (it is about nothing that is served)"),
        (("--rule", "AUTH-REQUIRED", "--require-rules", "100"), "fewer rules judged than the 100.0 % asked for"),
    ],
)
def test_what_no_case_judges_is_no_success(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    with serving() as url:
        ended, run = judged(tmp_path, profile(tmp_path, url), *options)
    assert ended.code == run["exit_code"] == 4
    assert said in ended.last_line
    assert run["verdict"] in ("UNJUDGED", "LOW_COVERAGE")


def test_the_shards_of_a_partial_server_are_joined(tmp_path: Path) -> None:
    """On worlds that are none: each part may be judged by itself."""
    with serving() as url:
        target = profile(tmp_path, url, f'world_url = "{url}"\noperations = ["session.get", "packs.get"]')
        parts = []
        for number in (1, 2):
            part = tmp_path / f"{number}.json"
            shard = ("--shard", f"{number}/2", "--seed", "5", "--report", f"shard={part}", "--clause", "session")
            judge("--target", target, *shard)
            parts.append(part)
    joined = judge(*parts, command="merge")
    assert joined.code == 0, joined.said + joined.complained
    assert f"2 of {len(ALL)} operations" in joined.last_line


@pytest.mark.parametrize(
    ("rule", "judged_in_part", "not_judged"),
    [
        (
            "REFUSED-CHANGES-NOTHING",
            {
                "[REFUSED-CHANGES-NOTHING-packs.delete-404-pack_not_found]",
                "[REFUSED-CHANGES-NOTHING-packs.upload-409-pack_exists]",
                "[REFUSED-CHANGES-NOTHING-packs.upload-400-validation_error]",
            },
            {},
        ),
        ("CREATE-NAME-TAKEN", {"[packs.upload]", "[packs.upload-packs.upload]"}, {}),
        ("CREATE-READABLE", {"[packs.upload]"}, {}),
        ("UPLOAD-WRAPPING-FOLDER", {"[data]"}, {"[data]": FAR.format("GET /packs/{id}/files/{path} is not served")}),
    ],
)
def test_a_rule_is_judged_as_far_as_it_is_served(
    tmp_path: Path, rule: str, judged_in_part: set[str], not_judged: Mapping[str, str]
) -> None:
    """By the list alone, where neither single packs nor files are read; what cannot be judged so says why."""
    with serving() as url:
        part = 'operations = ["session.get", "packs.list", "packs.upload", "packs.delete"]'
        ended, run = judged(tmp_path, profile(tmp_path, url, part), "--rule", rule)
    cases = {f"[{case['id'].partition('[')[2]}": case for case in run["cases"]}
    assert (ended.code, run["findings"]) == (0, [])
    assert {name for name in judged_in_part if cases[name]["verdict"] != "PASSED"} == set()
    assert {name: cases[name]["reason"] for name in not_judged} == not_judged


def test_an_expendable_pack_does_where_none_can_be_made(tmp_path: Path) -> None:
    store = Store()
    pack = made_pack(store, "org_red", "spare")
    with serving(store=store) as url:
        part = 'operations = ["session.get", "packs.get", "packs.update_visibility"]'
        target = profile(tmp_path, url, part)
        options = ("--rule", "PACK-PATCH-UPDATED-AT")
        without, _ = judged(tmp_path, target, *options)
        target.write_text(f'{target.read_text()}[known]\nexpendable = ["{pack}"]\n')
        ended, run = judged(tmp_path, target, *options)
    assert without.code == 4
    assert "POST /packs/upload is not served; POST /packs is not served; needs the state" in without.complained
    assert (ended.code, run["findings"]) == (0, [])
    assert {case["verdict"] for case in run["cases"]} == {"PASSED"}


def test_of_what_it_cannot_remove_it_makes_no_more_than_the_limit(tmp_path: Path) -> None:
    part = 'operations = ["session.get", "packs.upload", "packs.get", "packs.update_visibility", "packs.list"]'
    with serving() as url:
        target = profile(tmp_path, url, part)
        target.write_text(f"{target.read_text()}[limits]\nmax_lasting = 1\n")
        ended, run = judged(tmp_path, target, "--rule", "PACK-PATCH-UPDATED-AT")
    assert ended.code == 0
    assert sorted(case["verdict"] for case in run["cases"]) == ["NOT_PROVOKED", "PASSED"]
    assert "limits.max_lasting: 1 objects are made that cannot be removed" in str(run["cases"])
    assert len(run["left_behind"]) == 1


def test_plain_pytest_asks_for_the_same_part(tmp_path: Path) -> None:
    with serving() as url:
        options = ("--target", str(profile(tmp_path, url)), "--clause", "session", "--clause", "streams", "-q")
        command = [sys.executable, "-m", "pytest", "--pyargs", "conformance", *options, "-p", "no:cacheprovider"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=580, check=False)
    assert done.returncode == 4, done.stdout
    assert "judged by no case: --clause streams (it is about nothing that is served)" in done.stdout
    assert f"9 of {len(ALL)} operations" in done.stdout
