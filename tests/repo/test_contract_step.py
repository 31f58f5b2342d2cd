"""The version of the contract keeps up with its changes: `make contract-diff` asks for the step that is due."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import repositories
from tests.repo.sources import ROOT
from tests.repositories import commit as commit_files
from tests.repositories import git

CONTRACT = """\
openapi: 3.0.3
info:
  title: Things
  version: {version}
paths:
  /things:
    get:
      operationId: things.list
      responses:
        '200':
          description: All of them.
          content:
            application/json:
              schema:
                type: object
                required: [{required}]
                properties:
                  things: {{type: array}}
                  count: {{type: integer{bound}}}
"""
FIRST = CONTRACT.format(version="0.1.0", required="things, count", bound="")
BROKEN = FIRST.replace("things, count", "things")
NARROWED = FIRST.replace("integer", "integer, minimum: 0")


def commit(folder: Path, text: str, *, version: str = "0.1.0") -> None:
    commit_files(folder, {"openapi.yaml": text.replace("0.1.0", version)})


def asked(folder: Path) -> tuple[int, str]:
    """Exit code and output of the tool in a folder."""
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "contract-step"], cwd=folder, text=True, capture_output=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return repositories.repository(tmp_path / "repository", {"openapi.yaml": FIRST})


def test_nothing_is_asked_where_nothing_has_changed(repository: Path) -> None:
    commit(repository, FIRST.replace("All of them", "All that there are"))
    code, said = asked(repository)
    assert (code, "no change; no step is right" in said) == (0, True), said


@pytest.mark.parametrize(
    ("text", "version", "right"),
    [
        (BROKEN, "0.1.0", False),
        (BROKEN, "0.1.1", False),
        (BROKEN, "0.2.0", True),
        (BROKEN, "1.0.0", True),
        (NARROWED, "0.1.0", False),
        (NARROWED, "0.1.1", True),
        (NARROWED, "0.0.9", False),
    ],
)
@pytest.mark.parametrize("committed", [False, True])
def test_below_1_a_break_asks_for_a_minor_step_and_the_rest_for_a_patch(
    repository: Path, text: str, version: str, *, right: bool, committed: bool
) -> None:
    if committed:
        commit(repository, text, version=version)
    else:
        (repository / "openapi.yaml").write_text(text.replace("0.1.0", version), encoding="utf-8")
    code, said = asked(repository)
    assert (code == 0) is right, said
    if not right:
        assert f"set it to {'0.2.0' if text == BROKEN else '0.1.1'} in openapi.yaml" in said


@pytest.mark.parametrize(
    ("text", "version", "right"),
    [(BROKEN, "2.0.0", True), (BROKEN, "1.1.0", False), (NARROWED, "1.1.0", True), (NARROWED, "1.0.1", False)],
)
def test_from_1_on_a_break_asks_for_a_major_step(repository: Path, text: str, version: str, *, right: bool) -> None:
    commit(repository, FIRST, version="1.0.0")
    commit(repository, text, version=version)
    code, said = asked(repository)
    assert (code == 0) is right, said


def test_a_step_before_this_change_does_not_count_for_it(repository: Path) -> None:
    commit(repository, NARROWED, version="0.2.0")
    assert asked(repository)[0] == 0
    commit(repository, BROKEN, version="0.2.0")
    code, said = asked(repository)
    assert (code, "set it to 0.3.0" in said) == (1, True), said


def test_a_shallow_clone_says_that_it_cannot_know(repository: Path, tmp_path: Path) -> None:
    commit(repository, BROKEN)
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{repository}", "shallow")
    code, said = asked(tmp_path / "shallow")
    assert (code, "this clone is shallow" in said, "git fetch --unshallow" in said) == (0, True, True), said


def test_a_clone_with_history_knows(repository: Path, tmp_path: Path) -> None:
    commit(repository, BROKEN)
    git(tmp_path, "clone", "--quiet", f"file://{repository}", "whole")
    assert asked(tmp_path / "whole")[0] == 1


def test_outside_of_a_repository_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "openapi.yaml").write_text(FIRST, encoding="utf-8")
    code, said = asked(tmp_path)
    assert (code, "no git repository" in said) == (0, True), said


def test_ci_and_lint_ask() -> None:
    assert re.search(r"^make .*\bcontract-diff\b", (ROOT / ".ci/run").read_text(encoding="utf-8"), re.MULTILINE)
    lint = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\nlint:")[2].partition("\n\n")[0]
    assert "tools/contract-step" in lint
