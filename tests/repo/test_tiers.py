"""The lists of tests that run now and then name tests that there are, and each once."""

import ast
from collections.abc import Iterator

import pytest

from tests import tiers
from tests.repo.sources import ROOT


def _tests() -> Iterator[str]:
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield f"{path.relative_to(ROOT).as_posix()}::{node.name}"


TESTS = list(_tests())


@pytest.mark.parametrize("pattern", [*tiers.THOROUGH, *tiers.KEPT, *tiers.MUST_HAVE])
def test_a_pattern_is_of_tests_that_there_are(pattern: str) -> None:
    assert [test for test in TESTS if tiers.is_of(test, (pattern,))] != []


def test_what_is_kept_or_must_be_had_would_be_left_out_otherwise() -> None:
    named = [test for test in TESTS if tiers.is_of(test, (*tiers.KEPT, *tiers.MUST_HAVE))]
    assert [test for test in named if not tiers.is_of(test, tiers.THOROUGH)] == []


def test_ci_has_nothing_that_runs_with_every_change() -> None:
    marks = {test: [*tiers.marks_of(test)] for test in TESTS}
    assert {"ci"} not in map(set, marks.values())
    assert [test for test in marks if "ci" in marks[test]] != []
