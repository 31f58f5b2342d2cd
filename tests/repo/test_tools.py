"""The tools of the repository, and what is skipped or fails where a tool of another ecosystem is missing."""

import re
import subprocess
import sys
from pathlib import Path

from tests.repo.sources import ROOT
from tests.repositories import commit, repository

NEEDY = """
import pytest

@pytest.mark.needs_node
def test_with_node(): ...

@pytest.mark.needs_browser
def test_with_a_browser(): ...

@pytest.mark.needs_java
def test_with_java(): ...
"""


def run_without_tools(folder: Path, required: str) -> str:
    """Output of pytest for two tests that need tools, on a machine that has none."""
    (folder / "test_needy.py").write_text(NEEDY, encoding="utf-8")
    (folder / "conftest.py").write_bytes((ROOT / "tests/conftest.py").read_bytes())
    options = [
        "-p",
        "no:cacheprovider",
        "-ra",
        "-o",
        "markers=needs_node\nneeds_browser\nneeds_java",
        "--rootdir",
        str(folder),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(folder)],
        env={"PATH": "", "EVERSHELL_REQUIRE_TOOLS": required},
        text=True,
        capture_output=True,
        check=False,
    )
    return done.stdout


def test_a_missing_tool_is_a_skip_with_its_reason(tmp_path: Path) -> None:
    said = run_without_tools(tmp_path, required="0")
    assert "3 skipped" in said
    assert "Node.js 20.19 or newer is not installed" in said
    assert "Chromium is not installed" in said
    assert "Java is not installed" in said


def test_where_tools_are_required_it_is_a_failure(tmp_path: Path) -> None:
    said = run_without_tools(tmp_path, required="1")
    assert "3 failed" in said or "3 errors" in said
    assert "EVERSHELL_REQUIRE_TOOLS=1 asks for it" in said


def test_ci_requires_them() -> None:
    assert "export EVERSHELL_REQUIRE_TOOLS=1" in (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()


def test_make_help_lists_what_a_developer_may_ask_for() -> None:
    listed = subprocess.run(["make", "help"], cwd=ROOT, text=True, capture_output=True, check=True).stdout
    promised = {"shell", "conformance", "mock", "test", "lint", "bench"}
    assert promised <= {line.split()[1] for line in listed.splitlines() if line}


def counted(folder: Path, *arguments: str) -> dict[str, tuple[str, ...]]:
    """The columns of each row of `tools/count-code` in a repository."""
    command = [sys.executable, ROOT / "tools/count-code", *arguments]
    done = subprocess.run(command, cwd=folder, text=True, capture_output=True, check=True)
    rows = re.findall(r"^(\w.*?) +(Python|code) +(\S+) +(\S+) +(\S+)$", done.stdout, re.MULTILINE)
    return {f"{name}, {kind}": tuple(columns) for name, kind, *columns in rows}


def test_lines_are_counted_beside_those_of_a_commit(tmp_path: Path) -> None:
    """Examples, planted defects, what is generated and what git does not track are no lines of the packages."""
    folder = tmp_path / "counted"
    for name in ("mock_server/deviations", "conformance", "examples", "tests", "mock_server/console/client_package"):
        (folder / name).mkdir(parents=True)
    before = {
        "mock_server/app.py": "a = 1\n\n# b\nc = 3\n",
        "mock_server/deviations/one.py": "d = 1\n" * 10,
        "mock_server/console/client_package/index.js": "e\n" * 100,
        "conformance/cli.py": "f = 1\n",
        "examples/many.py": "g = 1\n" * 1000,
        "tests/test_app.py": "h = 1\n" * 3,
        "openapi.yaml": "i: 1\n" * 20,
        "other.lock": "j\n" * 500,
        "README.md": "k\n" * 500,
        "run": "#!/bin/sh\n",
    }
    repository(folder, before)
    commit(folder, {"conformance/cli.py": "f = 1\n" * 4, "mock_server/deviations/one.py": "", "run": "no script\n"})
    after = counted(folder, "HEAD~1", "--of", "HEAD")
    assert after["mock_server, Python"] == ("4", "4", "100.0%")
    assert after["the two packages, Python"] == ("5", "8", "160.0%")
    assert after["tests, Python"] == ("3", "3", "100.0%")
    assert after["planted defects, Python"] == ("10", "0", "0.0%")
    assert after["benchmarks, Python"] == ("0", "0", "-")
    assert after["the repository, Python"] == ("18", "11", "61.1%")
    assert after["the repository, code"] == ("39", "31", "79.5%")
    (folder / "tests/test_app.py").write_text("h = 1\n", encoding="utf-8")
    (folder / "tests/untracked.py").write_text("l = 1\n", encoding="utf-8")
    assert counted(folder, "HEAD")["tests, Python"] == ("3", "1", "33.3%")


def test_what_cannot_be_counted_is_told(tmp_path: Path) -> None:
    command = [sys.executable, ROOT / "tools/count-code", "nothing"]
    folder = repository(tmp_path / "counted")
    done = subprocess.run(command, cwd=folder, text=True, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("count-code: git knows no commit nothing here.")
