"""A change of the contract, and its two grades."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class Grade(IntEnum):
    """What a change does to those who were right by the contract before it."""

    NO = 0  # it breaks nobody
    MAY = 1  # it may break somebody, or nothing decides whether it does
    BREAKS = 2

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class ChangeKind:
    """A row of the table of changes."""

    id: str
    clients: Grade
    servers: Grade
    meaning: str


OperationCounts = tuple[tuple[str, int], ...]
"""How often something was met, by operation, the most first."""


@dataclass(frozen=True, slots=True)
class RecordedExample:
    """One recorded exchange, without secrets, and with the length of a text in its place."""

    place: str
    """The file, and the number of its entry."""
    caller: str
    request: str
    """Method and target."""
    status: int
    body: str
    """Of the request that is refused now, or of the answer that is ruled out."""
    broken: str
    """What the new contract has against it."""


@dataclass(frozen=True, slots=True)
class Met:
    """What of a recording a change meets."""

    refused: OperationCounts = ()
    """Requests that were served, and that the new contract refuses."""
    forbidden: OperationCounts = ()
    """Answers that the new contract rules out."""
    example: RecordedExample | None = None
    """The first request of them, or the first answer where no request is refused."""

    @property
    def requests(self) -> int:
        return sum(count for _, count in self.refused)

    @property
    def answers(self) -> int:
        return sum(count for _, count in self.forbidden)

    def __bool__(self) -> bool:
        return bool(self.refused or self.forbidden)


NOTHING_MET = Met()


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one part of the contract, with the operations that it is about."""

    kind: str
    """The id of its row in the table."""
    where: str
    """The part that was changed: a field of a component, a parameter, a status, a rule."""
    text: str
    clients: Grade
    servers: Grade
    operations: tuple[str, ...] = ()
    """By their ids, of the new contract where it still has them; none for what holds for all."""
    lost: str = ""
    """What was taken or given before and is no more."""
    gained: str = ""
    """What was not and is now."""
    waived: str = ""
    """The reason of its waiver, and the last day."""
    met: Met = NOTHING_MET
    """What of the recordings it meets, where any were given."""

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that name the change in a waiver: another operation or another value makes another."""
        told = [self.kind, self.where, self.text, self.lost, self.gained, *self.operations]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12]

    @property
    def grades(self) -> tuple[Grade, Grade]:
        """What it does to clients, and to servers."""
        return self.clients, self.servers


def worst_first(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes by what they break, and by how often a recording meets them."""
    return tuple(sorted(changes, key=_rank))


def _rank(change: Change) -> tuple[int, int, int, int, str, str, str]:
    met = change.met
    return -change.clients, -change.servers, -met.requests, -met.answers, change.kind, change.where, change.text
