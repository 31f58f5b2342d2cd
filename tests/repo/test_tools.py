"""What needs a tool of another ecosystem is skipped without it, and fails where CI asks for it."""

import subprocess
import sys
from pathlib import Path

from tests.repo.sources import ROOT

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
