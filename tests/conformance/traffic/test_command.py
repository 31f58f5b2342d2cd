"""The command: its exit codes, its reports, and what it refuses."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest
from click.testing import CliRunner

from conformance.cli import main
from conformance.results.report.json_ import read_schema
from tests.conformance.targets import judge
from tests.conformance.traffic.har import BASE, document, entry, error, written
from tests.conformance.traffic.judging import introduced, judged
from tests.openapi import OPERATIONS

WRONG = entry(answer={"packs": [{}]})


def test_the_exit_code_says_how_it_ended(tmp_path: Path) -> None:
    assert judged(tmp_path, introduced()).code == 0
    assert judged(tmp_path, WRONG).code == 1
    assert judged(tmp_path, entry(url="https://elsewhere.example/"), options=("--base", BASE)).code == 3
    assert judged(tmp_path, introduced(), options=("--require-coverage", "90")).code == 4


def test_what_the_contract_assumes_binds_its_own_team(tmp_path: Path) -> None:
    """A declared refusal by another number, which no document promises; by an option or by the profile."""
    odd = entry("GET", "/packs/pack_x", 410, error("pack_not_found"))
    profile = tmp_path / "own.toml"
    profile.write_text(f'[target]\nurl = "{BASE}"\n[contract]\nowned = true\n')
    for options, code, verdict in (
        ((), 0, "ADVISORY"),
        (("--owned",), 1, "FAILED"),
        (("--profile", str(profile)), 1, "FAILED"),
    ):
        said = judged(tmp_path, odd, options=options)
        found = {(each["rule"], each["verdict"]) for each in said.report["findings"]}
        assert (said.code, said.report["contract"]["owned"]) == (code, bool(options)), said.output
        assert ("CONTRACT-STATUS-DECLARED", verdict) in found


NOT_SERVED = "of an operation that is not served, as the profile says"


def test_what_the_profile_says_is_not_served_is_not_judged(tmp_path: Path) -> None:
    """It is in no finding, matrix or coverage; what answers all the same is printed."""
    page, wrong = {"got": {"Content-Type": "text/plain"}}, {"workspaces": "none"}
    entries = (
        introduced(),
        entry(path="/workspaces", answer=wrong),
        entry(path="/secrets", status=404, answer=b"404 page not found", **page),
        entry("POST", "/packs", 405, b"no", **page, body={}),
        WRONG,
    )
    profile = tmp_path / "part.toml"
    profile.write_text(
        f'[target]\nurl = "{BASE}"\noperations = ["session.get", "packs.*"]\nnot_served = ["packs.create"]\n'
    )
    whole, said = judged(tmp_path, *entries), judged(tmp_path, *entries, options=("--profile", str(profile)))
    assert {"workspaces.list", "secrets.list", "packs.create"} <= {operation for _, operation in whole.found}
    assert said.code == 1
    assert {operation for _, operation in said.found} == {"packs.list"}
    assert said.report["traffic"]["skipped"] == {NOT_SERVED: 3}
    assert said.report["summary"]["operations"] == {"asked": 10, "declared": len(OPERATIONS)}
    assert {cell["operation_id"].partition(".")[0] for cell in said.report["cells"]} == {"session", "packs"}
    (note,) = said.report["notes"]
    assert "but they answer otherwise than with 404, 405 or 501: workspaces.list (200)" in note
    assert note in said.output


def test_a_path_that_is_not_served_is_one_group(tmp_path: Path) -> None:
    """Whether it never was, or no longer is; another recording may be of another server."""
    page = {"status": 404, "answer": b"404 page not found", "got": {"Content-Type": "text/plain"}}
    never = [entry(path="/workspaces", **page, at=1), entry(path="/workspaces", **page, at=2)]
    found = judged(tmp_path, introduced(), *never).report["groups"]
    assert [(each["title"], each["operations"]) for each in found] == [
        ("workspaces.list: not served, or no longer: 404", ["workspaces.list"])
    ]
    late = [entry(path="/me/session", **page, at=number) for number in range(1, 15)]
    assert [each["title"] for each in judged(tmp_path, introduced(), *late).report["groups"]] == [
        "session.get: not served, or no longer: 404"
    ]
    assert len(judged(tmp_path, *late[:3], introduced()).report["groups"]) > 1


def test_an_error_of_ours_is_a_5_and_no_violation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("conformance.commands.traffic.read_recordings", fails)
    done = CliRunner().invoke(main, ["traffic", str(written(tmp_path, introduced()))])
    assert (done.exit_code, "an error of the suite" in done.output) == (5, True)


def test_what_was_not_reached_is_one_line_unless_it_is_asked_for(tmp_path: Path) -> None:
    command = ["traffic", str(written(tmp_path, introduced()))]
    short, long = (CliRunner().invoke(main, [*command, *more]).output for more in ((), ("--verbose",)))
    assert re.fullmatch(r"not reached: (\d+) of \d+ cells; --verbose names them.*\nno violation found: .*\n", short), (
        short
    )
    assert long.count("\nnot reached: ") > 1
    assert "not reached: packs.create 201" in long


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("absent.har",), "absent.har: cannot be read"),
        (("bad.har",), "bad.har: is no HAR"),
        (("good.har", "--base", "acme"), "--base"),
        (("good.har", "--profile", "absent.toml"), "absent.toml: cannot be read"),
        (("good.har", "--waivers", "absent.toml"), "absent.toml: cannot be read"),
        (("good.har", "--report", "pdf=a"), "KIND=PATH"),
        (("good.har", "--contract", "absent.yaml"), "absent.yaml: cannot be read"),
    ],
)
def test_bad_input_is_one_clear_sentence(tmp_path: Path, options: tuple[str, ...], reason: str) -> None:
    written(tmp_path, introduced(), name="good.har")
    (tmp_path / "bad.har").write_text("{")
    said = judge(*options, command="traffic", cwd=tmp_path)
    assert said.code == 2
    assert reason in said.complained
    assert "Traceback" not in said.complained


def test_a_recording_is_read_of_the_standard_input() -> None:
    command = [sys.executable, "-m", "conformance.cli", "traffic", "-", "--quiet"]
    given = json.dumps(document(introduced(), WRONG)).encode()
    done = subprocess.run(command, input=given, capture_output=True, check=False)
    assert done.returncode == 1
    assert b"does not conform: 1 violation" in done.stdout


def test_the_report_has_its_schema_and_tells_of_the_traffic(tmp_path: Path) -> None:
    said = judged(tmp_path, introduced(), WRONG, entry(status=304), entry(url="https://elsewhere.example/"))
    jsonschema_rs.validator_for(read_schema()).validate(said.report)
    assert said.report["traffic"] == {
        "recordings": ["traffic.har"],
        "exchanges": 4,
        "judged": 2,
        "skipped": {"from a cache, or not modified": 1, "of another host": 1},
        "callers": ["publisher of org_acme"],
    }
    assert said.report["budget"] == "none"
    assert {case["kind"] for case in said.report["cases"]} == {"observed"}


def test_a_report_names_every_entry_that_shows_the_same(tmp_path: Path) -> None:
    """As many as a hundred, and how many there are."""
    said = judged(tmp_path, introduced(), *[WRONG] * 120)
    jsonschema_rs.validator_for(read_schema()).validate(said.report)
    (found,) = said.report["findings"]
    assert found["count"] == 120
    assert found["cases"] == [f"traffic.har #{number}" for number in range(2, 102)]
    assert "traffic.har #2, traffic.har #3" in said.output
    assert "and 115 more" in said.output
    assert "120 times" in said.output


def test_a_finding_can_be_waived(tmp_path: Path) -> None:
    said = judged(tmp_path, WRONG)
    until = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=3)
    waivers = tmp_path / "waivers.toml"
    waiver = '[[waiver]]\nfingerprint = "{}"\nreason = "known"\nuntil = {}\n'
    waivers.write_text("".join(waiver.format(each["fingerprint"], until) for each in said.report["findings"]))
    assert judged(tmp_path, WRONG, options=("--waivers", str(waivers))).code == 0
    waivers.write_text("".join(f"{each['waiver']}\n" for each in said.report["groups"]).replace('""', '"known"'))
    waivers.write_text(waivers.read_text().replace("until = ", f"until = {until}"))
    assert judged(tmp_path, WRONG, options=("--waivers", str(waivers))).code == 0


def test_a_profile_names_the_callers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONE", "a-token-of-somebody")
    profile = tmp_path / "profile.toml"
    profile.write_text(
        f'[target]\nurl = "{BASE}"\n[callers.ann]\norg = "org_acme"\nrole = "member"\ntoken = "env:ONE"\nscopes = []\n'
    )
    served = entry("POST", body={"image_ref": "registry.example/other:1.0.0"}, status=201, answer={"id": "pack_1"})
    said = judged(tmp_path, served, options=("--profile", str(profile)))
    assert ("SCOPE-REQUIRED", "packs.create") in said.found
    assert said.report["traffic"]["callers"] == ["ann"]
