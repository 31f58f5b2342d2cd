"""A change of the contract, and its two grades."""

from __future__ import annotations

import hashlib
import json
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

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that name the change in a waiver: another operation or another value makes another."""
        told = [self.kind, self.where, self.text, self.lost, self.gained, *self.operations]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12]

    @property
    def grades(self) -> tuple[Grade, Grade]:
        """What it does to clients, and to servers."""
        return self.clients, self.servers
