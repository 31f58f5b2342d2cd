"""A project that installs the wheel, and has nothing else of ours, tests with both fixtures and both commands."""

import os
import re
import shutil
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
def test_it_runs_what_was_installed_and_nothing_of_this_repository(binaries: Path, tmp_path: Path) -> None:
    code = "import mock_server, conformance; print(mock_server.__file__, conformance.__file__)"
    places = run([binaries / "python", "-c", code], tmp_path)
    assert places.count(str(binaries.parent)) == 2
