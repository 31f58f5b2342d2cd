"""The page on changes of the contract tells the truth: its sessions print what it shows, and its commands work."""

import os
import re
from pathlib import Path

import pytest

from conformance.changes.change import KINDS
from conformance.changes.report import read_schema
from tests.repo.console import CONTRACT, PATH, lay_out_contract, replayed
from tests.repo.running import run
from tests.repo.sources import ROOT
from tests.repositories import commit, git

PAGE = ROOT / "docs" / CONTRACT
GUIDE = PAGE.read_text(encoding="utf-8")
SHELL = re.findall(r"^```sh\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
MOST_LINES = 300


def test_the_sessions_print_what_the_page_shows() -> None:
    written, printed = replayed(PAGE)
    assert written
    assert printed == written


@pytest.mark.parametrize("block", SHELL)
def test_its_other_commands_succeed(block: str, tmp_path: Path) -> None:
    """In a branch of a commit more than the target branch has."""
    lay_out_contract(tmp_path, GUIDE)
    git(tmp_path, "update-ref", "refs/remotes/origin/main", "HEAD")
    commit(tmp_path)
    run(["bash", "-euo", "pipefail", "-c", block], tmp_path, {**os.environ, "PATH": PATH})


def test_it_is_short() -> None:
    assert GUIDE.count("\n") <= MOST_LINES


def test_the_schema_that_it_names_is_there() -> None:
    (named,) = re.findall(r"`(conformance/[^`]+\.schema\.json)`", GUIDE)
    assert read_schema()["title"] in (ROOT / named).read_text(encoding="utf-8")


def test_the_kinds_that_its_sessions_print_are_rows_of_the_table() -> None:
    printed = re.findall(r"^[0-9a-f]{12} clients: .*?  ([a-z-]+)$", GUIDE, re.MULTILINE)
    assert printed
    assert set(printed) <= set(KINDS)
