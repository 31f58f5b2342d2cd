"""Problems of a document, place by place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from mock_server.state.records import RecordProblem

MOST_PROBLEMS = 1000

T = TypeVar("T")


class StateProblems(Exception):
    """A document is no state; `problems` says what is wrong at each JSON pointer."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{place or 'the document'}: {text}" for place, text in problems.items()))
        self.problems = dict(problems)


def write_pointer(*steps: object) -> str:
    """Return the JSON pointer (RFC 6901) of a place; the whole document's is empty."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


class Problems:
    """The problems that were found so far; a record with one is read no further."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}
        self._wrong: set[tuple[object, ...]] = set()

    def add(self, text: str, *steps: object) -> None:
        """Note what is wrong at a place, unless something is noted there already."""
        self._wrong.add(_record(steps))
        if len(self._found) < MOST_PROBLEMS:
            self._found.setdefault(write_pointer(*steps), text)

    def is_wrong(self, *steps: object) -> bool:
        """Whether anything was found in the record of a place, or around it."""
        record = _record(steps)
        return any(record[:length] in self._wrong for length in range(len(record) + 1))

    def stop(self) -> None:
        """Raise StateProblems where anything was found."""
        if self._found:
            raise StateProblems(self._found)

    def try_reading(self, make: Callable[[], T], *steps: object) -> T | None:
        """Return what is made of the record at a place; None, and a note, where it cannot be."""
        if self.is_wrong(*steps):
            return None
        try:
            return make()
        except RecordProblem as problem:
            self.add(str(problem), *steps, *problem.steps)
            return None


def _record(steps: tuple[object, ...]) -> tuple[object, ...]:
    """The record in which a place lies: one of a collection, or the clock."""
    return steps[:1] if steps[:1] == ("clock",) else steps[:2]
