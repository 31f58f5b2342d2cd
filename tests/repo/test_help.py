"""The three lists of commands fit a screen, and begin with what somebody needs on a first day."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repo.sources import ROOT

BINARIES = Path(sys.executable).parent
LINES, COLUMNS = 24, 80
FIRST = {
    ("make", "help"): ["conformance", "mock", "test"],
    (str(BINARIES / "evershell-mock"), "--help"): ["serve", "personas", "journal"],
    (str(BINARIES / "evershell-conformance"), "--help"): ["run", "init", "replay"],
}


def printed(command: tuple[str, ...]) -> list[str]:
    alone = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(command, cwd=ROOT, env=alone, text=True, capture_output=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.parametrize("command", FIRST, ids=lambda command: Path(command[0]).name)
def test_it_fits_a_screen(command: tuple[str, ...]) -> None:
    lines = printed(command)
    assert len(lines) < LINES  # the prompt has a line too
    assert max(map(len, lines)) <= COLUMNS
    assert not [line for line in lines if line.startswith("  ") and line.endswith("...")]


@pytest.mark.parametrize("command", FIRST, ids=lambda command: Path(command[0]).name)
def test_it_begins_with_the_commands_of_a_first_day(command: tuple[str, ...]) -> None:
    listed = [found[1] for line in printed(command) if (found := re.match(r"  (?:make )?([a-z]\S*)  +\S", line))]
    assert listed[:3] == FIRST[command]


def test_make_help_all_has_every_target() -> None:
    targets = re.findall(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    described = set(re.findall(r"^  make ([a-z-]+) ", "\n".join(printed(("make", "help-all"))), re.MULTILINE))
    assert {name for line in targets for name in line.split()} - described == {"help-all", "tools", "peers", "plain"}
