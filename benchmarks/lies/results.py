"""The findings of the suite on each lie, and the published figures as one JSON file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from conformance.budget import QUICK

NAME = "lies.json"


@dataclass(frozen=True, slots=True)
class Told:
    """A lie, and what was found of it."""

    id: str
    kind: str
    operation: str
    sentence: str
    rules: tuple[str, ...]
    """The rules with a finding when the run stopped, which it does at the first."""
    generated: tuple[str, ...] | None
    """The rules with a finding where generated cases alone judge; None where they were not asked."""
    acted: int
    """The number of answers that it changed in the last run."""
    seconds: float
    unjudged: str = ""
    """The reason for which the suite gave no verdict; empty where it did."""
    budget: str = ""
    """The budget of the run that found it."""

    @property
    def verdict(self) -> str:
        """Return what to say of it."""
        if self.unjudged:
            return f"NO VERDICT: {self.unjudged}"
        if self.rules:
            return f"found by {', '.join(self.rules)} ({self.budget})"
        return "SURVIVES" if self.acted else "SURVIVES, and no answer was one that it is about"


@dataclass(frozen=True, slots=True)
class Results:
    """The lies of a seed."""

    seed: int
    possible: int
    """The number of lies that there are to draw from."""
    told: tuple[Told, ...]
    seconds: float
    budget: str = QUICK.name
    """The budget that was asked for."""

    @property
    def has_generated(self) -> bool:
        """Whether generated cases alone judged them, too."""
        return all(it.generated is not None for it in self.told)


@dataclass(frozen=True, slots=True)
class Tally:
    """The count of some among all."""

    told: int
    found: int
    quick: int
    """The number of those found that the quick budget alone finds."""
    generated: int


def count_told(told: Iterable[Told]) -> Tally:
    """Return counts over some of them."""
    told = list(told)
    return Tally(
        told=len(told),
        found=sum(bool(it.rules) for it in told),
        quick=sum(it.budget == QUICK.name for it in told),
        generated=sum(bool(it.generated) for it in told),
    )


def count_by(told: Sequence[Told], what: str) -> dict[str, Tally]:
    """Return the counts by `kind` or `operation`."""
    return {
        name: count_told(it for it in told if getattr(it, what) == name)
        for name in sorted({getattr(it, what) for it in told})
    }


def list_survivors(told: Iterable[Told]) -> list[Told]:
    """Return the lies that were not found."""
    return [it for it in told if not it.rules]


def write(results: Results, path: Path) -> None:
    """Write them as the file that the page is made of."""
    encoded = msgspec.json.Encoder(order="deterministic").encode(results)
    path.write_bytes(msgspec.json.format(encoded, indent=1) + b"\n")


def read(path: Path) -> Results | None:
    """Return what was published last, if anything was."""
    return msgspec.json.decode(path.read_bytes(), type=Results) if path.exists() else None


def read_seconds(path: Path) -> dict[str, float]:
    """Return how long each took when the figures were published."""
    published = read(path)
    return {it.id: it.seconds for it in published.told} if published else {}
