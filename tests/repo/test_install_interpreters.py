"""The wheel and the locked packages do their work on each Python from 3.11 to 3.14 that is there.

The version that runs these tests does all of them; each other one gets an environment of its own.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import plain
from tests.interpreters import HERE, VERSIONS, first, found, told
from tests.live import served_mock
from tests.repo.sources import ROOT, project
from tests.repo.test_wheel import built

OTHERS = [version for version in VERSIONS if version != HERE]
PROJECT = project()["project"]
RUN = ("run", "--target", "mock", "--clause", "session", "--budget", "quick", "--seed", "1", "--quiet")


def done(*command: str | Path, folder: Path) -> str:
    """What a command prints; it has to succeed, and to find nothing of ours but what is installed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
    environment = {**kept, "XDG_STATE_HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache")}
    ran = subprocess.run(
        [*map(str, command)], cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def environment(interpreter: Path, folder: Path) -> Path:
    """A new environment with the wheel and what it needs, each as the lock has it; its folder of commands."""
    wheel, home = built(ROOT, folder), folder / "environment"
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{PROJECT['name']}[suite] @ {wheel.as_uri()} --hash=sha256:{digest}\n", encoding="utf-8")
    done(interpreter, "-m", "venv", "--without-pip", home, folder=folder)
    pip = (sys.executable, "-m", "pip", "--python", home / "bin/python", "install", "--quiet")
    locked = ("--only-binary=:all:", "--require-hashes", "--constraint", ROOT / "requirements.lock")
    cache = os.environ.get("PIP_CACHE_DIR") or Path("~/.cache/pip").expanduser()
    done(*pip, "--no-compile", "--cache-dir", cache, *locked, "--requirement", wanted, folder=folder)
    return home / "bin"


@pytest.mark.timeout(900)  # some hundred packages are installed, on a machine that may be busy
@pytest.mark.parametrize("version", OTHERS)
def test_another_python_serves_the_mock_and_judges_it(version: str, tmp_path: Path) -> None:
    interpreter = found().get(version)
    if interpreter is None:
        pytest.skip(f"no python{version} is installed")
    commands = environment(interpreter, tmp_path)
    assert done(commands / "python", "--version", folder=tmp_path).startswith(f"Python {version}.")
    assert done(commands / "evershell-conformance", *RUN, folder=tmp_path).startswith(
        "no violation found: 0 violations, 0 advisories; "
    )
    with served_mock(program=commands / "evershell-mock") as origin:
        answer = plain.get(f"{origin}/v1/packs")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthenticated")


def test_the_versions_are_those_that_the_project_names() -> None:
    named = [each.rpartition(" ")[2] for each in PROJECT["classifiers"] if "Python :: 3." in each]
    assert (tuple(named), PROJECT["requires-python"]) == (VERSIONS, f">={VERSIONS[0]}")


@pytest.mark.parametrize(
    ("text", "mode"),
    [("#!/bin/sh\nexit 127\n", 0o755), ("#!/no/such/interpreter\n", 0o755), ("no program", 0o644)],
    ids=["of a manager without that version", "of what is gone", "not executable"],
)
def test_a_name_that_does_not_start_is_passed_over(
    text: str, mode: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = OTHERS[0]
    shims, right = tmp_path / "shims", tmp_path / "right"
    for folder, content, rights in ((shims, text, mode), (right, f"#!/bin/sh\necho {version}\n", 0o755)):
        folder.mkdir()
        (folder / f"python{version}").write_text(content, encoding="utf-8")
        (folder / f"python{version}").chmod(rights)
    monkeypatch.setenv("PATH", f"{shims}{os.pathsep}{right}")
    assert first(version) == right / f"python{version}"
    monkeypatch.setenv("PATH", str(shims))
    assert first(version) is None


def test_the_report_says_which_were_there(pytestconfig: pytest.Config) -> None:
    said = pytestconfig.hook.pytest_report_header(config=pytestconfig, start_path=ROOT)
    assert told() in said
    assert all(version in told() for version in VERSIONS)
