"""The README tells the truth: its sessions print what it shows, its commands exist."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import click
import pytest

from conformance.cli import main as conformance
from mock_server.cli import main as mock
from tests.repo.console import replayed
from tests.repo.sources import ROOT, tracked

DOCUMENTS = [path for path in tracked() if path.suffix == ".md"]
COMMANDS = {"evershell-mock": mock, "evershell-conformance": conformance}
PHONY = re.findall(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
TARGETS = {name for line in PHONY for name in line.split()}


def test_the_sessions_print_what_the_readme_shows() -> None:
    written, printed = replayed(ROOT / "README.md")
    assert written
    assert printed == written


def code(document: Path) -> Iterator[str]:
    """Each line of a fenced block, and each piece of inline code."""
    text = document.read_text(encoding="utf-8")
    for block in re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield from block.splitlines()
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def make_targets(document: Path) -> set[str]:
    return {target for line in code(document) for target in re.findall(r"^(?:\$ )?make ([a-z][a-z-]*)", line)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_its_make_targets_exist(document: Path) -> None:
    assert make_targets(document) - TARGETS == set()


OURS = re.compile(r"^(?:\$ )?(?:evershell-|python -m |pytest )", re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_it_says_before_the_first_command_where_the_commands_come_from(document: Path) -> None:
    blocks = re.split(
        r"^```(?:sh|console)\n(.*?)^```$", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    first = next((at for at in range(1, len(blocks), 2) if OURS.search(blocks[at])), None)
    assert first is None or "`make shell`" in "".join(blocks[:first])


def unknown_words(line: str) -> list[str]:
    """What a command line of ours names that the command does not have: a subcommand, or an option."""
    words = re.sub(r"\s#.*|\s[|>].*", "", line).removeprefix("$ ").replace("[", " ").replace("]", " ").split()
    command, known = COMMANDS[words[0]], {"--help", "-h", "--version"}
    for before, word in pairwise(words):
        if not isinstance(command, click.Group) or before.startswith("-"):
            break  # what follows are arguments
        if word.startswith("-"):
            continue
        found = command.get_command(click.Context(command), word)
        if found is None:
            return [word]
        command = found
        known |= {name for option in command.params for name in option.opts}
    return [word for word in words[1:] if word.startswith("-") and word.partition("=")[0] not in known]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_its_commands_and_options_exist(document: Path) -> None:
    lines = [line for line in code(document) if line.removeprefix("$ ").split(" ")[0] in COMMANDS]
    assert {line: words for line in lines if (words := unknown_words(line))} == {}


def test_the_readme_names_the_two_commands_that_matter() -> None:
    assert {"conformance", "test"} <= make_targets(ROOT / "README.md")
