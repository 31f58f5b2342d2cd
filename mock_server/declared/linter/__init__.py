"""Problems of a contract's declarations whose words are each right, found before a server starts."""

from __future__ import annotations

from collections.abc import Collection as Names
from collections.abc import Iterator

from mock_server.declared.declarations import Declarations, DerivedOperations
from mock_server.declared.linter.contradictions import find_contradictions
from mock_server.declared.linter.examples import find_example_problems
from mock_server.declared.linter.features import find_feature_problems
from mock_server.declared.linter.names import find_id_problems, find_name_problems
from mock_server.declared.linter.operation_problems import (
    find_absence_problems,
    find_function_problems,
    find_maker_problems,
)
from mock_server.declared.resource_types import KEYWORD


def find_first_problem(declared: Declarations, derived: DerivedOperations, functions: Names[str]) -> str | None:
    """Return the JSON pointer of the first problem and what is wrong there; None where there is none.

    `functions`: the ids of the operations that have one.
    """
    return next(_find_problems(declared, derived, functions), None)


def _find_problems(declared: Declarations, derived: DerivedOperations, functions: Names[str]) -> Iterator[str]:
    yield from find_feature_problems(declared.document)
    for name in declared.document.get(KEYWORD, {}):
        yield from find_name_problems(declared, name)
        yield from find_maker_problems(declared, name)
    yield from find_id_problems(declared)
    yield from find_absence_problems(declared)
    yield from find_contradictions(declared)
    yield from find_example_problems(declared)
    yield from find_function_problems(derived, functions)
