"""The first of all problems."""

from __future__ import annotations

from collections.abc import Collection as Names
from collections.abc import Iterator

from mock_server.declared.declarations import Declarations, Derived
from mock_server.declared.linter.features import feature_problems
from mock_server.declared.linter.names import id_problems, name_problems
from mock_server.declared.linter.operations import absence_problems, function_problems, maker_problems
from mock_server.declared.resource_types import KEYWORD


def first_problem(declared: Declarations, derived: Derived, functions: Names[str]) -> str | None:
    """Return the JSON pointer of the first problem and what is wrong there; None where there is none.

    `functions`: the ids of the operations that have one.
    """
    return next(_problems(declared, derived, functions), None)


def _problems(declared: Declarations, derived: Derived, functions: Names[str]) -> Iterator[str]:
    yield from feature_problems(declared.document)
    for name in declared.document.get(KEYWORD, {}):
        yield from name_problems(declared, name)
        yield from maker_problems(declared, name)
    yield from id_problems(declared)
    yield from absence_problems(declared)
    yield from function_problems(derived, functions)
