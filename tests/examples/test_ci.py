"""The templates for pipelines: their shell steps, executed with the environment that GitHub and GitLab set."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conformance.targets import judge
from tests.repo.console import PATH
from tests.repo.sources import ROOT

CI = ROOT / "examples" / "ci"
GITHUB = yaml.safe_load((CI / "github.yml").read_text(encoding="utf-8"))
GITLAB = yaml.safe_load((CI / "gitlab.yml").read_text(encoding="utf-8"))
SHARDS = 2
"""How many are executed here, of the eight that the templates have."""
HERE = {"BUDGET": "quick", "SUITE": "evershell-contract[suite]", "PIP_NO_INDEX": "1"}
"""The suite is installed already, so that pip has nothing to fetch."""
GITHUB_SHELL = ("bash", "-e", "-c")
GITLAB_SHELL = ("bash", "-eo", "pipefail", "-c")


def run(shell: tuple[str, ...], script: str, folder: Path, environment: Mapping[str, str]) -> int:
    done = subprocess.run(
        [*shell, script],
        cwd=folder,
        env={**os.environ, "PATH": PATH, **{key: str(value) for key, value in environment.items()}, **HERE},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.returncode


def evaluated(text: str, context: Mapping[str, str]) -> str:
    """The text with GitHub's expressions replaced; KeyError for one that the test does not know."""
    return re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda found: context[found[1]], text)


def github_steps(name: str, folder: Path, context: Mapping[str, str], environment: Mapping[str, str]) -> None:
    """Execute the shell steps of a job."""
    for step in GITHUB["jobs"][name]["steps"]:
        if "run" in step:
            own = {key: evaluated(value, context) for key, value in step.get("env", {}).items()}
            run(GITHUB_SHELL, step["run"], folder, {**GITHUB["env"], **environment, **own})


def gitlab_script(name: str, folder: Path, environment: Mapping[str, str]) -> None:
    """Execute the script of a job as GitLab does: one line after the other in one shell."""
    lines = [*GITLAB["default"]["before_script"], *GITLAB[name]["script"]]
    run(GITLAB_SHELL, "\n".join(lines), folder, {**GITLAB["variables"], **environment})


def uploaded(pattern: str, machine: Path, to: Path) -> None:
    """What the system carries from one machine to another."""
    files = list(machine.glob(pattern))
    assert files, pattern
    for file in files:
        shutil.copy(file, to)


def check_judged(folder: Path) -> None:
    report: dict[str, Any] = json.loads((folder / "last.json").read_text())
    assert (report["seed"], report["budget"], report["exit_code"]) == (41, "quick", 0)
    assert report["summary"]["coverage"] == 100
    assert (folder / "junit.xml").stat().st_size
    assert (folder / "conformance.html").stat().st_size


def machine(folder: Path, name: str) -> Path:
    """An empty folder, as a job begins in."""
    (folder / name).mkdir()
    return folder / name


def test_github(tmp_path: Path) -> None:
    merging = machine(tmp_path, "merge")
    pipeline = {"GITHUB_RUN_NUMBER": "41", "GITHUB_STEP_SUMMARY": str(merging / "step.md")}
    for number in range(1, SHARDS + 1):
        place = machine(tmp_path, str(number))
        context = {"matrix.shard": str(number), "strategy.job-total": str(SHARDS)}
        github_steps("shard", place, context, pipeline)
        (upload,) = (step for step in GITHUB["jobs"]["shard"]["steps"] if "upload-artifact" in step.get("uses", ""))
        uploaded(evaluated(upload["with"]["path"], context), place, merging)
    github_steps("merge", merging, {}, pipeline)
    check_judged(merging)
    assert "no violation found" in (merging / "step.md").read_text()


def test_gitlab_with_the_durations_of_an_earlier_run(tmp_path: Path) -> None:
    earlier = ("--target", "mock", "--operation", "session.get", "--report", f"json={tmp_path / 'last.json'}")
    assert judge(*earlier).code == 0
    merging = machine(tmp_path, "merge")
    pipeline = {"CI_PIPELINE_IID": "41", "CI_NODE_TOTAL": str(SHARDS)}
    for number in range(1, SHARDS + 1):
        place = machine(tmp_path, str(number))
        uploaded(GITLAB["shard"]["cache"]["paths"][0], tmp_path, place)
        gitlab_script("shard", place, {**pipeline, "CI_NODE_INDEX": str(number)})
        uploaded(GITLAB["shard"]["artifacts"]["paths"][0], place, merging)
    gitlab_script("merge", merging, pipeline)
    check_judged(merging)


def test_all_shards_are_judged_and_joined() -> None:
    """Also where one has found something."""
    github, gitlab = GITHUB["jobs"], GITLAB
    assert github["shard"]["strategy"]["matrix"]["shard"] == [*range(1, 9)]
    assert github["shard"]["strategy"]["fail-fast"] is False
    assert (github["merge"]["needs"], github["merge"]["if"]) == ("shard", "always()")
    assert (gitlab["shard"]["parallel"], gitlab["shard"]["artifacts"]["when"]) == (8, "always")
    assert (gitlab["merge"]["stage"], gitlab["merge"]["when"]) == (gitlab["stages"][-1], "always")


@pytest.mark.parametrize("template", [GITHUB, GITLAB], ids=["github", "gitlab"])
def test_nothing_is_fetched_from_a_fixed_address(template: dict[str, Any]) -> None:
    assert "://" not in json.dumps(template)
