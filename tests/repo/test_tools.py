"""The tools of the repository, and what is skipped or fails where a tool of another ecosystem is missing."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repo.sources import ROOT
from tests.repositories import commit, git, repository

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
    done = run_tool("count-code", *arguments, folder=folder)
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


MEASURED = """
import os
import sys
from pathlib import Path

assert sys.argv[1:] == ["--rounds", "1", "--times", "10000", "--no-profile"]
rounds = Path(os.environ["XDG_CACHE_HOME"])
seen = len(rounds.read_text()) if rounds.exists() else 0
rounds.write_text("." * (seen + 1))
for call, times in ("GET", 1), ("list", 2):
    print(call, times * {figures}[seen], "(0.1-0.9)", 0.5)
"""
"""A program in the place of `benchmarks.inside`, of which each round is known."""


@pytest.mark.parametrize(("figures", "ratio", "code"), [([99.0, 1.0, 10.5], "1.05", 0), ([99.0, 1.0, 10.6], "1.06", 1)])
def test_two_commits_are_compared_by_the_medians_of_their_own_code(
    tmp_path: Path, figures: list[float], ratio: str, code: int
) -> None:
    folder = tmp_path / "compared"
    (folder / "benchmarks").mkdir(parents=True)
    (folder / "benchmarks/__init__.py").touch()
    repository(folder, {"benchmarks/inside.py": MEASURED.replace("{figures}", "[1.0, 10.0, 30.0]")})
    commit(folder, {"benchmarks/inside.py": MEASURED.replace("{figures}", str(figures))})
    (folder / "benchmarks/inside.py").write_text("not committed", encoding="utf-8")
    done = run_tool("compare-commits", "HEAD~1", "--rounds", "3", folder=folder)
    before, after = (git(folder, "rev-parse", each)[:12] for each in ("HEAD~1", "HEAD"))
    told = [line.split() for line in done.stdout.splitlines()]
    assert told[0][-3:] == [before, after, "ratio"], done.stderr
    assert told[1:3] == [
        ["GET", "10.0", str(figures[2]), ratio],
        ["list", "20.0", str(2 * figures[2]), ratio],
    ]
    assert done.returncode == code
    assert len(git(folder, "worktree", "list").splitlines()) == 1


@pytest.mark.parametrize("tool", ["count-code", "compare-commits"])
def test_a_commit_that_git_does_not_know_is_told(tmp_path: Path, tool: str) -> None:
    done = run_tool(tool, "nothing", folder=repository(tmp_path / "empty"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{tool}: git knows no commit nothing here.")


def test_a_commit_that_cannot_be_measured_is_told_and_left(tmp_path: Path) -> None:
    folder = repository(tmp_path / "empty")
    done = run_tool("compare-commits", "HEAD", folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("compare-commits: before-")
    assert done.stderr.endswith(" has no benchmarks.inside of its own\n")
    assert len(git(folder, "worktree", "list").splitlines()) == 1


def run_tool(name: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "tools" / name, *arguments]
    return subprocess.run(command, cwd=folder, text=True, capture_output=True, check=False)


@pytest.mark.long
def test_two_commits_of_this_repository_can_be_measured() -> None:
    """Whether one takes more than the other is not asked here."""
    done = run_tool("compare-commits", "HEAD", "--rounds", "1", "--times", "1000", folder=ROOT)
    assert done.returncode in (0, 1), done.stderr
    assert re.search(r"^GET +[\d.]+ +[\d.]+ +[\d.]+$", done.stdout, re.MULTILINE)
