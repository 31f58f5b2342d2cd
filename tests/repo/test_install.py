"""The ways to install that README names, each followed as printed, in a copy of the repository."""

import os
import re
import shutil
import signal
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.repo import running
from tests.repo.sources import ROOT, pins, tracked

INSTALLING = pytest.mark.timeout(900)
BINARIES = Path(sys.executable).parent
OF_THE_SUITE = {"pytest", "hypothesis", "schemathesis"}
README = (ROOT / "README.md").read_text(encoding="utf-8")


def lines() -> dict[str, str]:
    """Each command of README's section on installing, by its tool."""
    section = README.partition("\n## Install\n")[2].partition("\n## ")[0]
    block = re.findall(r"^```sh\n(.*?)^```", section, re.MULTILINE | re.DOTALL)[0]
    commands = [line.partition("#")[0].strip() for line in block.splitlines()]
    return {f"{command.split()[0]} {'suite' if 'suite' in command else 'mock'}": command for command in commands}


LINES = lines()


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a clone of the repository holds."""
    folder = tmp_path_factory.mktemp("clone")
    for path in tracked():
        copy = folder / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copy)
    return folder


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A shell that knows pipx and uvx, and nothing of this project's own environment."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("pipx", "uv", "uvx"):
        (tools / name).symlink_to(BINARIES / name)
    constraints = tmp_path / "constraints.txt"
    constraints.write_text("\n".join(pins()), encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST", "VIRTUAL"))}
    return kept | {
        "PATH": os.pathsep.join(map(str, (tmp_path / "bin", tools, "/usr/local/bin", "/usr/bin", "/bin"))),
        "PIPX_HOME": str(tmp_path / "pipx"),
        "PIPX_BIN_DIR": str(tmp_path / "bin"),
        "PIPX_DEFAULT_PYTHON": sys.executable,
        "UV_CACHE_DIR": str(tmp_path / "uv"),
        "UV_PYTHON": sys.executable,
        "PIP_CONSTRAINT": str(constraints),
        "PIP_NO_COMPILE": "1",
        "UV_CONSTRAINT": str(constraints),
    }


def run(command: str, folder: Path, environment: dict[str, str]) -> str:
    """Return what a line of a shell prints; it must succeed."""
    return running.run(["bash", "-euc", command], folder, environment)


def test_readme_begins_with_them() -> None:
    assert README.index("\n## Install\n") < README.index("\n## ", README.index("\n## Install\n") + 1)
    assert README.index("\n## ") == README.index("\n## Install\n")
    assert set(LINES) == {"pipx mock", "pipx suite", "uvx mock", "pip mock", "pip suite"}


@INSTALLING
def test_pipx_brings_the_mock_without_the_libraries_of_the_suite(clone: Path, environment: dict[str, str]) -> None:
    run(LINES["pipx mock"], clone, environment)
    assert "evershell-mock, version" in run("evershell-mock --version", clone, environment)
    listed = run("pipx runpip evershell-contract list --format freeze", clone, environment)
    assert OF_THE_SUITE.isdisjoint(re.findall(r"^([a-z]+)==", listed.lower(), re.MULTILINE))
    done = subprocess.run(
        ["bash", "-c", "evershell-conformance run --target mock"],
        cwd=clone,
        env=environment,
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    advice = re.search(r"Run: (pip install '[^']+')$", done.stderr)
    assert advice is not None, done.stderr
    assert "Traceback" not in done.stderr


@INSTALLING
def test_pipx_brings_both_commands_with_the_extra(clone: Path, environment: dict[str, str]) -> None:
    run(LINES["pipx suite"], clone, environment)
    judged = run("evershell-conformance run --target mock --clause session --quiet", clone, environment)
    assert judged.startswith("no violation found")


@INSTALLING
def test_uvx_serves_the_mock_without_installing(clone: Path, environment: dict[str, str]) -> None:
    with subprocess.Popen(
        ["bash", "-c", f"exec {LINES['uvx mock']} --port 0"],
        cwd=clone,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        assert process.stdout is not None
        origin = next(found[0] for line in process.stdout if (found := re.search(r"http://127\.0\.0\.1:\d+", line)))
        answer = run(f"curl -s {origin}/_mock/health", clone, environment)
        packed = run(f"curl -s {origin}/_mock/client.tgz | tar tz", clone, environment)
        process.send_signal(signal.SIGINT)
        process.stdout.read()
    assert '"ok"' in answer
    assert "package/dist/index.js" in packed.splitlines()


@INSTALLING
def test_pip_installs_both_commands_from_the_repository(
    clone: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    environment["PATH"] = f"{tmp_path / 'venv' / 'bin'}{os.pathsep}{environment['PATH']}"
    run(LINES["pip mock"], clone, environment)
    assert "evershell-mock, version" in run("evershell-mock --version", clone, environment)
    listed = run("pip list --format freeze", clone, environment).lower()
    assert OF_THE_SUITE.isdisjoint(re.findall(r"^([a-z-]+)==", listed, re.MULTILINE))
    run(LINES["pip suite"], clone, environment)
    for command in ("evershell-mock", "evershell-conformance"):
        assert run(f"{command} --help", clone, environment).startswith(f"Usage: {command} ")


def test_make_shell_opens_a_shell_that_knows_the_commands(environment: dict[str, str]) -> None:
    done = subprocess.run(
        ["make", "--silent", "shell"],
        cwd=ROOT,
        env=environment | {"SHELL": "/bin/bash"},
        input="evershell-mock --version && evershell-conformance --help\n",
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "evershell-mock, version" in done.stdout
    assert "Usage: evershell-conformance" in done.stdout
