"""The first of all problems, in the order in which one would put them right."""

from __future__ import annotations

from collections.abc import Collection as Names
from collections.abc import Iterator

from mock_server.declared.declarations import Declarations, Derived
from mock_server.declared.linter.features import feature_problems
from mock_server.declared.linter.names import name_problems
from mock_server.declared.linter.operations import function_problems, operation_problems


def first_problem(declared: Declarations, derived: Derived, functions: Names[str]) -> str | None:
    """Return the JSON pointer of the first problem and what is wrong there; None where there is none.

    `functions`: the ids of the operations that have one.
    """
    return next(_problems(declared, derived, functions), None)


def _problems(declared: Declarations, derived: Derived, functions: Names[str]) -> Iterator[str]:
    yield from feature_problems(declared.document)
    yield from name_problems(declared)
    yield from function_problems(derived, functions)
    yield from operation_problems(declared, derived)
