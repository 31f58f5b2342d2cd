"""Results that no run gave."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.figures import Figure, Results, Row


def conditions() -> dict[str, Any]:
    return {
        "date": "2026-01-01",
        "cores": 2,
        "busy": 0.25,
        "load": "a load",
        "rounds": 5,
        "shorter": 3,
        "versions": {"Python": "3.11.7"},
    }


def row(call: str, rates: Mapping[str, Sequence[float]]) -> Row:
    """So many requests a second, each round's p99 the same everywhere."""
    return Row(call, rates, {name: [1.0] * len(each) for name, each in rates.items()})


def results(*figures: Figure, rows: Sequence[Row] = (), left_out: Sequence[str] = ()) -> Results:
    return Results(conditions(), left_out, rows, figures)
