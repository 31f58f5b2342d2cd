"""What is wrong with a document, place by place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from mock_server.state.clock import moment

MOST_FAULTS = 1000

T = TypeVar("T")


class StateFaults(Exception):
    """A document is no state; `faults` says what is wrong at each JSON pointer."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{place or 'the document'}: {text}" for place, text in faults.items()))
        self.faults = dict(faults)


class FieldFault(ValueError):
    """A record cannot be read; `steps` lead from it to what is wrong."""

    def __init__(self, text: str, *steps: object) -> None:
        super().__init__(text)
        self.steps = steps


def pointer(*steps: object) -> str:
    """Return the JSON pointer (RFC 6901) of a place; the whole document's is empty."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


class Findings:
    """The faults that were found so far; a record with one is read no further."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}
        self._wrong: set[tuple[object, ...]] = set()

    def add(self, text: str, *steps: object) -> None:
        """Note what is wrong at a place; the first word on it stands."""
        self._wrong.add(_record(steps))
        if len(self._found) < MOST_FAULTS:
            self._found.setdefault(pointer(*steps), text)

    def is_wrong(self, *steps: object) -> bool:
        """Whether anything was found in the record of a place, or around it."""
        record = _record(steps)
        return any(record[:length] in self._wrong for length in range(len(record) + 1))

    def stop(self) -> None:
        """Raise StateFaults where anything was found."""
        if self._found:
            raise StateFaults(self._found)

    def each(self, records: Mapping[str, Any], make: Callable[[str, Any], T], *steps: object) -> dict[str, T | None]:
        """Return what is made of each record below a place; None for one that cannot be, or is wrong."""
        return {name: self.one(partial(make, name, record), *steps, name) for name, record in records.items()}

    def one(self, make: Callable[[], T], *steps: object) -> T | None:
        """Return what is made of the record at a place; None, and a note, where it cannot be."""
        if self.is_wrong(*steps):
            return None
        try:
            return make()
        except FieldFault as fault:
            self.add(str(fault), *steps, *fault.steps)
            return None


def _record(steps: tuple[object, ...]) -> tuple[object, ...]:
    """The record in which a place lies: one of a collection, or the clock."""
    return steps[:1] if steps[:1] == ("clock",) else steps[:2]


def moment_of(record: Mapping[str, Any], field: str) -> datetime:
    """Return the moment in a field; FieldFault where it is none that there can be."""
    try:
        return moment(record[field])
    except ValueError as error:
        raise FieldFault(f"It is not a date-time that can be: {error}.", field) from error


def optional_moment(record: Mapping[str, Any], field: str) -> datetime | None:
    """Return the moment in a field, or None where the field is absent."""
    return moment_of(record, field) if field in record else None
