"""Findings that are accepted for a time: shown and counted, but not failing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.contract.contract import Provenance
from conformance.results.grouping import group_findings
from conformance.results.verdict import Finding, Verdict
from conformance.results.waivers import (
    UNSAID,
    WaiverError,
    Waivers,
    add_waivers,
    format_waiver,
    list_operation_patterns,
    read_waivers,
)
from tests.conformance.targets import Judged, judge
from tests.live import served_mock
from tests.nine.app import BUGS
from tests.nine.served import profile as nine
from tests.nine.served import serving

TODAY = dt.date(2026, 11, 25)
SOME = ("--operation", "packs.get", "--operation", "packs.update_visibility")
FOUND = Finding("PACK-PATCH-APPLIES", "packs.get", "acme-owner", "404", "200", Provenance.SEED, None)


def waivers(path: Path, *entries: tuple[str, str]) -> Path:
    """A file that accepts these fingerprints until these days."""
    path.write_text(
        "".join(
            f'[[waiver]]\nfingerprint = "{name}"\nreason = "Mended in 2.4"\nuntil = {until}\n'
            for name, until in entries
        )
    )
    return path


def read(path: Path, *entries: tuple[str, str]) -> Waivers:
    return read_waivers(waivers(path, *entries), TODAY)


def of_group(path: Path, members: Sequence[str], until: str = "2099-01-01", group: str = "0" * 12) -> Waivers:
    """A file that accepts these findings of a group."""
    listed = ", ".join(f'"{name}"' for name in members)
    path.write_text(f'[[waiver]]\ngroup = "{group}"\nmembers = [{listed}]\nreason = "Mended in 2.4"\nuntil = {until}\n')
    return read_waivers(path, TODAY)


LIKE = replace(FOUND, operation_id="packs.list")


def test_a_waiver_of_a_group_covers_the_members_that_it_lists(tmp_path: Path) -> None:
    given = of_group(tmp_path / "w.toml", [FOUND.fingerprint])
    assert given.apply_to(FOUND).verdict is Verdict.WAIVED
    assert given.apply_to(LIKE).verdict is Verdict.FAILED
    assert of_group(tmp_path / "w.toml", [FOUND.fingerprint], "2020-01-01").apply_to(FOUND).verdict is Verdict.FAILED


@pytest.mark.parametrize(
    ("written", "waived"),
    [
        ('rule = "PACK-*"\noperation = "packs.*"', True),
        ('rule = "PACK-PATCH-APPLIES"\noperation = ["me.get", "packs.get"]', True),
        ('rule = ["AUTH-*", "PACK-PATCH-?PPLIES"]', True),
        ('operation = "packs.get"', True),
        ('rule = "PACK-*"\noperation = "packs.list"', False),
        ('rule = "PACK"', False),
        ('rule = "pack-*"', False),
    ],
)
def test_a_waiver_by_rule_and_operation(tmp_path: Path, written: str, waived: bool) -> None:
    path = tmp_path / "w.toml"
    path.write_text(f'[[waiver]]\n{written}\nreason = "Mended in 2.4"\nuntil = 2099-01-01\n')
    given = read_waivers(path, TODAY)
    assert bool(given.apply_to(FOUND).waived) is waived
    unused = list(given.list_complaints(group_findings({FOUND.fingerprint: [FOUND]}, {}), whole=True))
    assert [line.endswith("drop it") for line in unused] == ([] if waived else [True])
    path.write_text(path.read_text().replace("2099", "2020"))
    assert not read_waivers(path, TODAY).apply_to(FOUND).waived


def test_what_is_of_no_operation_needs_a_waiver_of_every_one(tmp_path: Path) -> None:
    nowhere = replace(FOUND, operation_id=None)
    for operation, waived in (("packs.*", False), ("*", True)):
        path = tmp_path / "w.toml"
        path.write_text(f'[[waiver]]\noperation = "{operation}"\nreason = "r"\nuntil = 2099-01-01\n')
        assert bool(read_waivers(path, TODAY).apply_to(nowhere).waived) is waived


@pytest.mark.parametrize(
    ("operations", "patterns"),
    [
        (["packs.get"], ["packs.get"]),
        (["packs.get", "packs.list"], ["packs.*"]),
        (["packs.get", "providers.get", "packs.list"], ["packs.*", "providers.get"]),
        (["packs.get", "providers.get", "tasks.get"], ["*"]),
        (["packs.get", None], ["*"]),
    ],
)
def test_several_operations_stand_for_their_resource(operations: list[str | None], patterns: list[str]) -> None:
    assert list(list_operation_patterns(operations)) == patterns


def test_what_is_found_is_added_and_what_is_written_stays(tmp_path: Path) -> None:
    """An entry that has ended is written anew, since it covers nothing."""
    path = tmp_path / "w.toml"
    groups = group_findings({each.fingerprint: [each] for each in (FOUND, replace(FOUND, rule="AUTH-REQUIRED"))}, {})
    path.write_text('# ours\n[[waiver]]\nrule = "AUTH-*"\nreason = "Known"\nuntil = 2099-01-01\n')
    before = path.read_text()
    assert "2 waivers added, until 2027-02-23" in add_waivers(path, groups, TODAY)
    assert path.read_text().startswith(before)
    given = read_waivers(path, TODAY)
    assert [str(given.apply_to(group.lead).waived) for group in groups if group.lead.rule != "AUTH-REQUIRED"] == [
        f"{UNSAID} (until 2027-02-23)"
    ]
    assert "2 waivers have the reason that --write-waivers wrote" in next(given.list_unsaid())
    written = path.read_text()
    assert "nothing was found that no waiver covers" in add_waivers(path, groups, TODAY)
    assert path.read_text() == written
    later = dt.date(2027, 3, 1)
    assert "2 waivers added, until 2027-05-30" in add_waivers(path, groups, later)


def test_what_is_drawn_at_random_is_accepted_apart_from_directed_cases(tmp_path: Path) -> None:
    """Where one defect was found, since the rules that such requests show it by differ with the seed."""
    path = tmp_path / "w.toml"
    add_waivers(path, group_findings({FOUND.fingerprint: [FOUND]}, {}), TODAY)
    given, another = read_waivers(path, TODAY), replace(FOUND, rule="EFFECT-NOTHING-ELSE")
    elsewhere = replace(another, operation_id="providers.get", source="explored")
    for source, waived in (("explored", True), ("fuzzing", True), ("directed", False), ("recorded", False)):
        assert bool(given.apply_to(replace(another, source=source)).waived) is waived
    assert not given.apply_to(elsewhere).waived
    unused = list(given.list_complaints((), whole=True))
    assert [line.startswith("waiver of PACK-PATCH-APPLIES") for line in unused if line.endswith("drop it")] == [True]


@pytest.mark.long
def test_waivers_of_one_seed_hold_for_others(tmp_path: Path) -> None:
    """Of a server with four bugs, judged by a budget that deals the cases by the seed."""
    written = tmp_path / "written.toml"
    with serving(*BUGS) as url:
        target = nine(tmp_path, url)
        first = judge("--target", target, "--budget", "quick", "--seed", "1", "--write-waivers", written)
        others = {
            seed: judge("--target", target, "--budget", "quick", "--seed", seed, "--waivers", written, "--strict")
            for seed in ("2", "3", "4")
        }
    assert first.code == 1
    assert {seed: (ended.code, ended.last_line) for seed, ended in others.items() if ended.code} == {}


def test_a_new_member_is_told(tmp_path: Path) -> None:
    both = {each.fingerprint: [each] for each in (FOUND, LIKE)}
    (group,) = group_findings(both, {})
    given = of_group(tmp_path / "w.toml", [FOUND.fingerprint], group=group.fingerprint)
    applied = {name: [given.apply_to(same[0])] for name, same in both.items()}
    (said,) = given.list_complaints(group_findings(applied, {}), whole=True)
    assert said.startswith(f"waiver {group.fingerprint} does not cover all of its group: {LIKE.fingerprint};")
    (said,) = of_group(tmp_path / "w.toml", ["f" * 12]).list_complaints(group_findings(both, {}), whole=True)
    assert said.endswith("drop it")


def test_what_a_report_gives_to_paste_is_such_a_waiver(tmp_path: Path) -> None:
    (group,) = group_findings({each.fingerprint: [each] for each in (FOUND, LIKE)}, {})
    pasted = (
        "\n".join(format_waiver(group)).replace('reason = ""', 'reason = "r"').replace("until = ", "until = 2099-01-01")
    )
    path = tmp_path / "w.toml"
    path.write_text(pasted)
    given = read_waivers(path, TODAY)
    assert [given.apply_to(each).verdict for each in (FOUND, LIKE)] == [Verdict.WAIVED] * 2


@pytest.mark.parametrize(("until", "waived"), [("2026-11-24", False), ("2026-11-25", True), ("2099-01-01", True)])
def test_a_waiver_counts_until_its_last_day(tmp_path: Path, until: str, waived: bool) -> None:
    applied = read(tmp_path / "w.toml", (FOUND.fingerprint, until)).apply_to(FOUND)
    assert (applied.verdict is Verdict.WAIVED) is waived
    assert ("Mended in 2.4" in applied.waived) is waived


def test_a_waiver_is_of_one_fingerprint(tmp_path: Path) -> None:
    read_once = read(tmp_path / "w.toml", (FOUND.fingerprint, "2099-01-01"))
    assert read_once.apply_to(replace(FOUND, got="500")).verdict is Verdict.FAILED
    assert read_once.apply_to(replace(FOUND, caller="somebody", seed=9)).verdict is Verdict.WAIVED


def test_what_is_to_be_said_of_the_waivers_themselves(tmp_path: Path) -> None:
    """Outdated ones always; unused ones where nothing was left out."""
    given = read(
        tmp_path / "w.toml", (FOUND.fingerprint, "2099-01-01"), ("0" * 12, "2099-01-01"), ("f" * 12, "2020-01-01")
    )
    said = list(given.list_complaints(group_findings({FOUND.fingerprint: [FOUND]}, {}), whole=True))
    assert [line.split(":")[0] for line in said] == [
        "waiver 000000000000 is not used",
        "waiver ffffffffffff is outdated since 2020-01-01",
    ]
    assert len(list(given.list_complaints([], whole=False))) == 1


RIGHT = '[[waiver]]\nfingerprint = "0123456789ab"\nreason = "r"\nuntil = 2099-01-01\n'


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("[[waiver]]", "[[waivers]]", "waivers: unknown key"),
        ("[[waiver]]", "[waiver]", "has to be a list of tables"),
        ("reason", "reasons", "waiver 1: reasons: unknown key"),
        ('"0123456789ab"', '"0123"', "waiver 1: fingerprint"),
        ('"0123456789ab"', "12", "waiver 1: fingerprint"),
        ('reason = "r"', 'reason = " "', "waiver 1: reason"),
        ("until = 2099-01-01", "", "waiver 1: until"),
        ("2099-01-01", '"soon"', "waiver 1: until"),
        ("fingerprint", "group", "a fingerprint, or a group with its members"),
        ('fingerprint = "0123456789ab"', "", "waiver 1: has to have a fingerprint, or a group"),
        ("reason", 'rule = "A"\nreason', "waiver 1: has to have a fingerprint, or a group"),
        ('fingerprint = "0123456789ab"', "rule = []", "waiver 1: rule"),
        ('fingerprint = "0123456789ab"', "operation = 1", "waiver 1: operation"),
        ('fingerprint = "0123456789ab"', "drawn = 1", "waiver 1: drawn"),
        ("reason", 'members = ["0123456789ab"]\nreason', "a fingerprint, or a group with its members"),
        ('fingerprint = "0123456789ab"', 'group = "0123456789ab"\nmembers = []', "waiver 1: members"),
        ('fingerprint = "0123456789ab"', 'group = "0123456789ab"\nmembers = [12]', "waiver 1: members"),
        ('fingerprint = "0123456789ab"', 'group = "01"\nmembers = ["0123456789ab"]', "waiver 1: group"),
        ("2099-01-01", "2099-01-01T00:00:00", "waiver 1: until"),
        ("2099-01-01", "2099-13-01", "not valid TOML"),
    ],
)
def test_a_broken_file_names_the_place(tmp_path: Path, before: str, after: str, said: str) -> None:
    path = tmp_path / "waivers.toml"
    path.write_text(RIGHT.replace(before, after, 1))
    with pytest.raises(WaiverError, match=said) as refused:
        read_waivers(path, TODAY)
    assert "waivers.toml" in str(refused.value)


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    judged = judge("--target", "mock", "--waivers", tmp_path / "absent.toml")
    assert judged.code == 2
    assert "absent.toml: cannot be read" in judged.complained


def test_a_waived_finding_is_shown_and_does_not_fail(tmp_path: Path) -> None:
    report, file = tmp_path / "report.json", tmp_path / "waivers.toml"

    def run(*options: str | Path) -> Judged:
        return judge("--target", f"{origin}/v1", "--clause", "scopes", *SOME, "--report", f"json={report}", *options)

    written, other = tmp_path / "written.toml", ("--seed", "4242")
    with served_mock("--deviation", "scopes-not-checked") as origin:
        first = run("--seed", "1", "--write-waivers", written)
        assert (first.code, "waivers added" in first.said or "waiver added" in first.said) == (1, True)
        assert run(*other, "--waivers", written, "--strict").code == 0, "waivers of one seed hold for another"
        broken = tmp_path / "broken.toml"
        broken.write_text("[waiver]")
        refused = run(*other, "--write-waivers", broken)
        assert (refused.code, broken.read_text()) == (2, "[waiver]")
        assert run().code == 1
        names = list(dict.fromkeys(it["fingerprint"] for it in json.loads(report.read_text())["findings"]))
        waived = run("--waivers", waivers(file, *((name, "2099-01-01") for name in names)), "--strict")
        assert waived.code == 0, waived.said
        assert f"{len(names)} waived" in waived.last_line
        assert "waived: Mended in 2.4 (until 2099-01-01)" in waived.said
        findings = json.loads(report.read_text())["findings"]
        assert {it["verdict"] for it in findings} == {"WAIVED"}
        assert {it["fingerprint"] for it in findings} == set(names)
        outdated = run("--waivers", waivers(file, *((name, "2020-01-01") for name in names)))
        assert outdated.code == 1
        assert f"waiver {names[0]} is outdated since 2020-01-01" in outdated.said
