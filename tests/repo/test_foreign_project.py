"""A project that installs the wheel, and has nothing else of ours, tests with both fixtures and both commands."""

import json
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.repo import running
from tests.repo.sources import ROOT, pins

INSTALLING = pytest.mark.timeout(900)


def run(command: list[str | Path], folder: Path) -> str:
    """Return what a command prints that nothing of this project's environment reaches; it must succeed."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
    return running.run(command, folder, clean)


@pytest.fixture(scope="module")
def binaries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The commands of an environment into which only the wheel was installed, and what it asks for."""
    folder = tmp_path_factory.mktemp("environment")
    run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT], folder)
    [wheel] = folder.glob("*.whl")
    (folder / "constraints.txt").write_text("\n".join(pins()), encoding="utf-8")
    venv.create(folder / "venv", with_pip=True)
    binaries = folder / "venv" / "bin"
    quiet = ["--quiet", "--disable-pip-version-check", "--no-compile"]
    assert f"`pip install 'dist/{wheel.name}[suite]'`" in (ROOT / "README.md").read_text(encoding="utf-8")
    run(
        [binaries / "python", "-m", "pip", "install", *quiet, "-c", folder / "constraints.txt", f"{wheel}[suite]"],
        folder,
    )
    return binaries


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The example, far from this repository."""
    for name in ("pytest", "fixtures"):
        shutil.copytree(ROOT / "examples" / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "pytest"


@INSTALLING
def test_its_tests_pass(binaries: Path, project: Path) -> None:
    said = run([binaries / "python", "-W", "error", "-m", "pytest", "-v", "--rootdir", project], project)
    assert re.search(r"\d+ passed", said)
    assert "skipped" not in said
    for file in ("test_in_process.py", "test_live.py", "test_other_frameworks.py"):
        assert f"{file}::" in said


@INSTALLING
def test_they_pass_on_several_workers(binaries: Path, project: Path) -> None:
    assert re.search(r"\d+ passed", run([binaries / "pytest", "-n", "2", "--rootdir", project], project))


@INSTALLING
def test_both_commands_are_there(binaries: Path, tmp_path: Path) -> None:
    for name in ("evershell-mock", "evershell-conformance"):
        assert run([binaries / name, "--help"], tmp_path).startswith(f"Usage: {name} ")


@INSTALLING
def test_it_has_some_defects_to_show_what_a_failure_looks_like(binaries: Path, tmp_path: Path) -> None:
    listed = json.loads(run([binaries / "evershell-mock", "deviations", "--json"], tmp_path))["deviations"]
    assert len(listed) == 12
    assert {operation for each in listed for operation in each["operations"]} == {"packs.update_visibility"}
    refused = subprocess.run(
        [binaries / "evershell-mock", "serve", "--deviation", "scopes-not-checked"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 2
    assert "a clone of the project has more than the package" in refused.stderr


@INSTALLING
def test_it_runs_what_was_installed_and_nothing_of_this_repository(binaries: Path, tmp_path: Path) -> None:
    code = "import mock_server, conformance; print(mock_server.__file__, conformance.__file__)"
    places = run([binaries / "python", "-c", code], tmp_path)
    assert places.count(str(binaries.parent)) == 2


OWN_RULES = (ROOT / "docs/own-rules.md").read_text(encoding="utf-8")


def own_rules(folder: Path, *, described: bool) -> list[str | Path]:
    """Write the files that the page shows into a folder; return its command. `described`: as the mock has it."""
    for name, block in re.findall(r"^`([\w.]+)`:\n\n```\w+\n(.*?)^```", OWN_RULES, re.MULTILINE | re.DOTALL):
        content = block if described else block.replace('.get("description")', '.get("purpose")')
        (folder / name).write_text(content, encoding="utf-8")
    [command] = re.findall(r"^pytest (.*)$", OWN_RULES, re.MULTILINE)
    return ["-m", "pytest", *command.split()]


@INSTALLING
def test_a_rule_of_its_own_is_judged(binaries: Path, tmp_path: Path) -> None:
    said = run([binaries / "python", *own_rules(tmp_path, described=True)], tmp_path)
    assert re.search(r"\b1 of \d+ rules judged", said), said
    assert "so nothing judges them" not in said
    assert "OURS-DESCRIBED" in (tmp_path / "ours.html").read_text(encoding="utf-8")


@INSTALLING
def test_a_rule_of_its_own_that_is_broken_is_found(binaries: Path, tmp_path: Path) -> None:
    command = [str(binaries / "python"), *map(str, own_rules(tmp_path, described=False))]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout
    assert "expected a description; got none" in " ".join(done.stdout.split())
