"""The guide to recordings tells the truth: its sessions print what it shows, and its commands and rules are there."""

import re
from pathlib import Path

import pytest

from conformance.traffic.client_judge import RULES
from tests.repo.console import replayed
from tests.repo.sources import ROOT
from tests.repo.test_suite_guide import run

PAGE = ROOT / "docs" / "traffic.md"
GUIDE = PAGE.read_text(encoding="utf-8")
SHELL = re.findall(r"^```sh\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
MOST_LINES = 300


def test_the_sessions_print_what_the_guide_shows() -> None:
    written, printed = replayed(PAGE)
    assert written
    assert printed == written


@pytest.mark.parametrize("line", [line for block in SHELL for line in block.splitlines()])
def test_each_command_succeeds(line: str, tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    run(line, tmp_path)
    assert (tmp_path / "traffic.html").stat().st_size


def test_it_names_every_rule_of_clients() -> None:
    assert set(re.findall(r"`(CLIENT-[A-Z-]+)`", GUIDE)) == {*RULES}


def test_it_stays_readable() -> None:
    assert GUIDE.count("\n") < MOST_LINES
