"""What a report says of a line of the contract, and all that a report of such issues has."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad an issue is, in the words of SARIF."""

    ERROR = "error"  # it fails the run
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class IssueKind:
    """A rule that issues break, or a kind of changes."""

    id: str
    text: str
    help: str
    """How well founded it is, and what comes of a deviation."""
    provenance: str
    """Empty where nothing is said of that."""
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Issue:
    """Something that was found, at a line of the contract."""

    kind: str
    """The id of its kind."""
    level: Level
    """How bad it is, a waiver aside."""
    title: str
    message: str
    fingerprint: str
    line: int
    other_line: int | None = None
    """Where its rule stands, if that is elsewhere."""
    place: str = ""
    """The operation, or the part of the contract, that it is about."""
    count: int = 1
    """How often it was found."""
    waived: str = ""
    """The reason of its waiver, and the last day."""


@dataclass(frozen=True, slots=True)
class IssueReport:
    """All that was found, and what the reports say beside it."""

    path: str
    """The file of the contract, as its repository names it."""
    every: tuple[Issue, ...]
    """Each finding once, the worst first."""
    causes: tuple[Issue, ...]
    """One for each root cause, the worst first."""
    kinds: tuple[IssueKind, ...]
    problems: tuple[str, ...]
    """What keeps the run as a whole from a verdict, or fails it."""
    headline: str
    exit_code: int
    version: str
    """Of the suite."""
    about: str = ""
    """What was judged."""
