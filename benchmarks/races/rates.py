"""The number of runs in which each planted race is found, and the published rates as one JSON file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

NAME = "races.json"
RESULTS = Path(__file__).parents[2] / "docs" / NAME


@dataclass(frozen=True, slots=True)
class Rate:
    """The number of runs in which a race is found."""

    id: str
    rule: str
    text: str
    found: int
    seeds: int


def read(path: Path = RESULTS) -> tuple[Rate, ...]:
    """Return the published rates; none where there are none."""
    return tuple(Rate(**each) for each in json.loads(path.read_text(encoding="utf-8"))) if path.exists() else ()


def list_lines(found: Sequence[Rate]) -> Iterator[str]:
    """Yield the table of the rates."""
    yield "| race | what goes wrong | found in |"
    yield "|---|---|---|"
    for each in found:
        yield f"| `{each.id}` | {each.text} | {each.found} of {each.seeds} |"
