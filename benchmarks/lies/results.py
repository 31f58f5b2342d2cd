"""The findings of the suite on each lie, and the published figures as one JSON file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

NAME = "lies.json"
RESULTS = Path(__file__).parents[2] / "docs" / NAME


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

    @property
    def verdict(self) -> str:
        """Return what to say of it."""
        if self.unjudged:
            return f"NO VERDICT: {self.unjudged}"
        if self.rules:
            return f"found by {', '.join(self.rules)}"
        return "SURVIVES" if self.acted else "SURVIVES, and no answer was one that it is about"


@dataclass(frozen=True, slots=True)
class Results:
    """The lies of a seed."""

    seed: int
    possible: int
    """The number of lies that there are to draw from."""
    told: tuple[Told, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Tally:
    """The count of some among all."""

    told: int
    found: int
    generated: int


def count_told(told: Iterable[Told]) -> Tally:
    """Return counts over some of them."""
    told = list(told)
    return Tally(len(told), sum(bool(it.rules) for it in told), sum(bool(it.generated) for it in told))


def count_by(told: Sequence[Told], what: str) -> dict[str, Tally]:
    """Return the counts by `kind` or `operation`."""
    return {
        name: count_told(it for it in told if getattr(it, what) == name)
        for name in sorted({getattr(it, what) for it in told})
    }


def list_survivors(told: Iterable[Told]) -> list[Told]:
    """Return the lies that were not found."""
    return [it for it in told if not it.rules]


def write(results: Results, path: Path = RESULTS) -> None:
    """Write them as the file that the page is made of."""
    path.write_text(json.dumps(asdict(results), indent=1, sort_keys=True) + "\n", encoding="utf-8")


def read(path: Path = RESULTS) -> Results | None:
    """Return what was published last, if anything was."""
    if not path.exists():
        return None
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Results(**data | {"told": tuple(map(read_told, data["told"]))})


def read_seconds(path: Path = RESULTS) -> dict[str, float]:
    """Return how long each took when the figures were published."""
    published = read(path)
    return {it.id: it.seconds for it in published.told} if published else {}


def read_told(written: dict[str, Any]) -> Told:
    """Return the verdict on one lie, read from its JSON."""
    rules, generated = written["rules"], written["generated"]
    return Told(**written | {"rules": tuple(rules), "generated": None if generated is None else tuple(generated)})
