"""Which tests run when: `make test` with every change, `make test-ci` beside it in `.ci/run`, `make test-all` all.

A pattern is of a test's file, or of its id with `::`, as fnmatch reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

THOROUGH: tuple[str, ...] = ()
"""Left out of `make test`: what takes long beside what it tells that the others do not."""

KEPT: tuple[str, ...] = ()
"""In `make test` all the same."""

MUST_HAVE: tuple[str, ...] = ()
"""In `.ci/run` all the same: what only a whole set-up shows."""


def marks_of(test: str) -> Iterator[str]:
    """Yield the marks of a test by its id: `thorough` where `make test` leaves it out, `ci` where `.ci/run` has it."""
    if _is_of(test, THOROUGH) and not _is_of(test, KEPT):
        yield "thorough"
    if _is_of(test, MUST_HAVE):
        yield "ci"


def _is_of(test: str, patterns: tuple[str, ...]) -> bool:
    file, name = test.split("::", 1)[0], test.partition("[")[0]
    return any(fnmatchcase(name if "::" in each else file, each) for each in patterns)
