"""The lists of tests that run now and then name tests that there are, and each once."""

import re
from collections.abc import Callable, Iterator

import pytest

from tests import tiers
from tests.repo.sources import ROOT


def _tests() -> Iterator[str]:
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for name in re.findall(r"^(?:async )?(?:def|class) (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE):
            yield f"{path.relative_to(ROOT).as_posix()}::{name}"


TESTS = list(_tests())


def test_a_pattern_is_of_tests_that_there_are() -> None:
    patterns = (*tiers.THOROUGH, *tiers.KEPT, *tiers.MUST_HAVE)
    assert [each for each in patterns if not any(tiers.is_of(test, (each,)) for test in TESTS)] == []


def test_what_is_kept_or_must_be_had_would_be_left_out_otherwise() -> None:
    named = [test for test in TESTS if tiers.is_of(test, (*tiers.KEPT, *tiers.MUST_HAVE))]
    assert [test for test in named if not tiers.is_of(test, tiers.THOROUGH)] == []


def test_ci_has_nothing_that_runs_with_every_change() -> None:
    marks = {test: [*tiers.marks_of(test)] for test in TESTS}
    assert {"ci"} not in map(set, marks.values())
    assert [test for test in marks if "ci" in marks[test]] != []


@pytest.mark.parametrize(
    ("expression", "runs"),
    [
        ("not long and not thorough", lambda marks: "thorough" not in marks),
        ("ci and not long", lambda marks: "ci" in marks),
        ("not long", lambda _: True),
    ],
)
def test_a_file_is_left_unread_where_none_of_its_tests_would_run(
    expression: str, runs: Callable[[list[str]], bool]
) -> None:
    running = {test.split("::")[0] for test in TESTS if runs([*tiers.marks_of(test)])}
    files = {test.split("::")[0] for test in TESTS}
    assert {file for file in files if not tiers.has_none_for(file, expression)} == running
