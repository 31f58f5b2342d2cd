"""The page on load tells the truth: its commands work as they stand, and name every option."""

import re
from pathlib import Path

import pytest

from conformance.commands.command_line import LOAD
from tests.repo.sources import ROOT
from tests.repo.test_suite_guide import run

GUIDE = (ROOT / "docs/load.md").read_text(encoding="utf-8")
SHELL = re.findall(r"^```sh\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("line", [line for block in SHELL for line in block.splitlines()])
def test_each_command_succeeds(line: str, tmp_path: Path) -> None:
    run(line, tmp_path)
    assert "--report" not in line or (tmp_path / "load.html").stat().st_size


def test_it_names_every_option() -> None:
    def command() -> None:
        """Take the options."""

    for option in LOAD:
        option(command)
    named = {name for each in vars(command)["__click_params__"] for name in each.opts if name.startswith("--")}
    assert {name for name in named if name not in GUIDE} == set()
