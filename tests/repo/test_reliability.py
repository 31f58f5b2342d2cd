"""The page on reliability names what is there: a section a promise, commands that exist, tests that exist."""

import re
import shlex

import pytest

from benchmarks.hardening.__main__ import main as hardening
from tests.repo.sources import ROOT

PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS = [shlex.split(line) for block in BLOCKS for line in block.splitlines()]
PROMISES = [
    *("Fuzz", "Archives", "Slow and greedy clients", "Concurrency", "Persistence", "Shutdown and restart"),
    *("The control surface", "Leaks", "JWT", "The suite on hostile targets", "A soak", "Supply chain"),
    *("What a run leaves behind", "Run all of it"),
]


def test_each_promise_has_its_section() -> None:
    assert re.findall(r"^## (.+)$", PAGE, re.MULTILINE) == [f"{at}. {name}" for at, name in enumerate(PROMISES, 1)]


@pytest.mark.parametrize(
    "words", [words for words in COMMANDS if words[:3] == ["python", "-m", "benchmarks.hardening"]], ids=" ".join
)
def test_a_command_that_tries_to_break_a_mock_is_there(words: list[str]) -> None:
    _, _, _, name, *arguments = words
    command = hardening.commands[name]
    command.make_context(name, arguments)  # which refuses what it does not know


def test_each_test_and_folder_that_it_names_is_there() -> None:
    named = set(re.findall(r"\b(?:tests|benchmarks|mock_server|conformance)/[\w./-]*\w", PAGE))
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_its_commands_are_the_suites_own_or_the_projects() -> None:
    assert COMMANDS
    assert {words[0] for words in COMMANDS} <= {"python", "make", "evershell-mock", "evershell-conformance"}
