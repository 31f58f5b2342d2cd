"""`--report github` of each command: annotations on standard output, and the summary of the job."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance.cli import main
from tests.conformance.changes.edits import edited, remove, schema
from tests.conformance.targets import judge
from tests.live import served_mock
from tests.repo.sources import ROOT

ONE = ("--operation", "packs.list", "--clause", "contract", "--seed", "1", "--budget", "quick")
EARLIER = "# An earlier step\n"


@pytest.fixture
def summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file to which GitHub's steps append what the page of the run shows."""
    path = tmp_path / "summary.md"
    path.write_text(EARLIER, encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
    return path


def test_run_and_merge_annotate_what_they_find(summary: Path, tmp_path: Path) -> None:
    shard = tmp_path / "shard.json"
    with served_mock("--deviation", "contract-request-id-empty") as origin:
        target = ("--target", f"{origin}/v1", *ONE)
        run = judge(*target, "--strict", "--report", "github", "--quiet")
    assert run.code == 1, run.complained
    first, *_, headline = run.said.splitlines()
    assert first.startswith("::error file=openapi.yaml,line=")
    assert headline.startswith("does not conform: ")
    written = summary.read_text(encoding="utf-8")
    assert written.startswith(f"{EARLIER}## Conformance: does not conform")
    some = ("--operation", "packs.list", "--clause", "billing", "--seed", "1")  # one of the operation's three answers
    part = judge("--target", "mock", *some, "--shard", "1/1", "--report", f"shard={shard}")
    assert part.code == 0, part.complained
    merged = judge(shard, "--report", "github", "--require-coverage", "100", command="merge")
    assert merged.code == 4
    assert merged.said.startswith("::error title=Conformance::coverage: ")
    assert summary.read_text(encoding="utf-8").count("## Conformance: ") == 2


@pytest.mark.usefixtures("summary")
def test_pytest_prints_them_too(tmp_path: Path) -> None:
    with served_mock("--deviation", "contract-request-id-empty") as origin:
        suite = [sys.executable, "-m", "pytest", "--pyargs", "conformance", "-p", "no:cacheprovider"]
        options = ["--target", f"{origin}/v1", *ONE, "--conformance-strict", "--report", "github"]
        said = subprocess.run([*suite, *options], cwd=tmp_path, capture_output=True, text=True, check=False).stdout
    assert any(line.startswith("::error file=openapi.yaml,line=") for line in said.splitlines()), said


def test_diff_annotates_the_new_contract(summary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lines = (ROOT / "openapi.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
    start = lines.index("    Pack:\n")
    named = next(number for number in range(start, len(lines)) if "tier, visibility, owned]" in lines[number])
    lines[named] = lines[named].replace(", owned]", "]")
    (tmp_path / "new.yaml").write_text("".join(lines), encoding="utf-8")
    reports = ("--report", "github", "--report", "sarif=d/diff.sarif", "--report", "codequality=d/quality.json")
    done = CliRunner().invoke(main, ["diff", str(ROOT / "openapi.yaml"), "new.yaml", *reports])
    assert done.exit_code == 1, done.output
    first = done.output.splitlines()[0]
    assert first.startswith(f"::error file=new.yaml,line={named + 1},title=answer-field-optional Pack.owned::")
    assert "## Contract: " in summary.read_text(encoding="utf-8")
    (result,) = json.loads((tmp_path / "d/diff.sarif").read_text())["runs"][0]["results"]
    (entry,) = json.loads((tmp_path / "d/quality.json").read_text())
    assert result["ruleId"] == entry["check_name"] == "answer-field-optional"
    assert entry["location"] == {"path": "new.yaml", "lines": {"begin": named + 1}}
    assert result["partialFingerprints"]["evershell/v1"] == entry["fingerprint"]
    assert entry["fingerprint"] in first


def test_traffic_annotates_what_was_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    (recording,) = sorted((ROOT / "examples/recordings").glob("*.har"))[:1]
    har = json.loads(recording.read_text(encoding="utf-8"))
    for entry in har["log"]["entries"]:
        entry["response"]["headers"] = [
            each for each in entry["response"]["headers"] if each["name"].lower() != "x-request-id"
        ]
    (tmp_path / "wrong.har").write_text(json.dumps(har), encoding="utf-8")
    done = CliRunner().invoke(main, ["traffic", str(tmp_path / "wrong.har"), "--report", "github", "--quiet"])
    assert done.exit_code == 1, done.output
    assert done.output.startswith("::error file=openapi.yaml,line=")


@pytest.mark.parametrize("given", ["github=here", "sarif", "sarif=", "neither=x"])
def test_another_form_is_a_2_that_says_which(given: str) -> None:
    done = CliRunner().invoke(main, ["diff", "a", "b", "--report", given])
    assert done.exit_code == 2
    assert f"--report {given}: has to be github, or KIND=PATH with a kind of " in done.output


def test_a_summary_that_cannot_be_written_is_a_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    new = tmp_path / "new.json"
    new.write_text(json.dumps(edited(remove(*schema("Pack", "required"), "version")).document), encoding="utf-8")
    done = CliRunner().invoke(main, ["diff", str(ROOT / "openapi.yaml"), str(new), "--report", "github"])
    assert done.exit_code == 2
    assert f"GITHUB_STEP_SUMMARY={tmp_path} cannot be written" in done.output
