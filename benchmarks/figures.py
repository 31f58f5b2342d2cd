"""The figures that were measured, as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

OURS = "mock"
STARLETTE = "raw Starlette"
CONNEXION = "bare Connexion"
SCALAR = "Scalar"
PRISM = "Prism"
GRANIAN = "raw Starlette on Granian"
COMPILED = "Connexion with compiled validators"
SILENT = "mock without its journal"

GET, LIST, PATCH = "GET a pack", "list of 7 packs", "PATCH"
CALLS = (GET, LIST, PATCH)

TIMES = "x"


@dataclass(frozen=True, slots=True)
class Figure:
    """One quantity: its name, which promises cite, and a value a round."""

    name: str
    unit: str
    rounds: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.rounds)

    @property
    def lowest(self) -> float:
        return min(self.rounds)

    @property
    def highest(self) -> float:
        return max(self.rounds)


@dataclass(frozen=True, slots=True)
class Row:
    """One call on several servers: requests a second and p99, round by round."""

    call: str
    rates: Mapping[str, Sequence[float]]
    p99_ms: Mapping[str, Sequence[float]]

    def compare(self, peers: Sequence[str]) -> list[Figure]:
        """Return the mock beside each of these peers that was measured: its rate, and its p99."""
        measured = [peer for peer in peers if peer in self.rates]
        rates = [Figure(name_ratio(self.call, peer), TIMES, divide_rounds(self.rates, OURS, peer)) for peer in measured]
        return rates + [
            Figure(name_p99_ratio(self.call, peer), TIMES, divide_rounds(self.p99_ms, OURS, peer)) for peer in measured
        ]


def divide_rounds(rounds: Mapping[str, Sequence[float]], one: str, other: str) -> tuple[float, ...]:
    """Return one server's figure over the other's, within each round: what slowed the machine slowed both."""
    return tuple(above / below for above, below in zip(rounds[one], rounds[other], strict=True))


def name_ratio(call: str, peer: str, server: str = OURS) -> str:
    """Return the name of the ratio of requests a second."""
    return f"{call}: {server} / {peer}"


def name_p99_ratio(call: str, peer: str) -> str:
    """Return the name of the ratio of p99 latencies."""
    return f"{call}, p99: {OURS} / {peer}"


@dataclass(frozen=True, slots=True)
class Results:
    """One run: how it was made, what was left out and why, requests a second, and everything that may be promised."""

    conditions: Mapping[str, Any]
    left_out: Sequence[str]
    rows: Sequence[Row]
    figures: Sequence[Figure]

    def find_figure(self, name: str) -> Figure | None:
        """Return the figure of this name; None where it was not measured."""
        return next((figure for figure in self.figures if figure.name == name), None)

    def as_json(self) -> dict[str, Any]:
        """Return all of it, as JSON says it."""
        return {
            "conditions": dict(self.conditions),
            "left_out": list(self.left_out),
            "requests": [
                {
                    "call": row.call,
                    "servers": {
                        name: {"per_second": _shorten(row.rates[name]), "p99_ms": _shorten(row.p99_ms[name])}
                        for name in row.rates
                    },
                }
                for row in self.rows
            ],
            "figures": {
                figure.name: {"unit": figure.unit, "rounds": _shorten(figure.rounds)} for figure in self.figures
            },
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Results":
        """Return what `as_json` said. Raises KeyError or TypeError for anything else."""
        return cls(
            content["conditions"],
            content["left_out"],
            [
                Row(
                    row["call"],
                    {name: server["per_second"] for name, server in row["servers"].items()},
                    {name: server["p99_ms"] for name, server in row["servers"].items()},
                )
                for row in content["requests"]
            ],
            [Figure(name, each["unit"], tuple(each["rounds"])) for name, each in content["figures"].items()],
        )


def _shorten(values: Sequence[float]) -> list[float]:
    """Return five digits: more would claim a precision that no run has."""
    return [float(f"{value:.5g}") for value in values]
