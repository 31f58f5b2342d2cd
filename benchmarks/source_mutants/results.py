"""The published draws of mutants, as one JSON file, and what is counted over one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from benchmarks.source_mutants.asked import Asked
from benchmarks.source_mutants.equivalent import Equivalent
from benchmarks.source_mutants.verdict import MutantVerdict

NAME = "source-mutants.json"
MOST_EQUIVALENT = 0.1
"""The share of a draw that may be equivalent; what is beyond it counts as missed."""


@dataclass(frozen=True, slots=True)
class Draw:
    """The mutants of one seed, and what was found of each."""

    asked: Asked
    possible: int
    """The number of mutants that there were to draw from."""
    verdicts: tuple[MutantVerdict, ...]

    @property
    def of_server(self) -> tuple[str, bool]:
        """The server, and whether it was judged without worlds."""
        return self.asked.server, self.asked.without_worlds


@dataclass(frozen=True, slots=True)
class Published:
    """The first draw of each server, before the suite was changed for any, and the last."""

    first: tuple[Draw, ...] = ()
    last: tuple[Draw, ...] = ()

    def with_draw(self, draw: Draw) -> Published:
        """Return these with a draw as the last of its server; the first of all stays."""
        is_first = all(it.of_server != draw.of_server for it in self.first)
        others = tuple(it for it in self.last if it.of_server != draw.of_server)
        return Published((*self.first, draw) if is_first else self.first, (*others, draw))


@dataclass(frozen=True, slots=True)
class Tally:
    """The count of some among all."""

    drawn: int
    broken: int
    """The number of mutants with which the server does not start, which are counted apart."""
    found: int
    undecided: int
    equivalent: int

    @property
    def judged(self) -> int:
        """All that the suite had to find."""
        return self.drawn - self.broken

    @property
    def missed(self) -> int:
        """Return the number of mutants of which the suite said nothing, and that are not equivalent."""
        return self.judged - self.found - self.equivalent

    @property
    def real(self) -> int:
        """Return the number of real mistakes: of those that are equivalent only so many count as a draw may have."""
        return self.judged - min(self.equivalent, int(MOST_EQUIVALENT * self.drawn))


def count_verdicts(verdicts: Iterable[MutantVerdict], equivalent: Mapping[str, Equivalent]) -> Tally:
    """Return the counts over some of them."""
    every = list(verdicts)
    left = [it for it in every if not (it.is_broken or it.is_found)]
    return Tally(
        drawn=len(every),
        broken=sum(it.is_broken for it in every),
        found=sum(it.is_found for it in every),
        undecided=sum(bool(it.unjudged) for it in left),
        equivalent=sum(it.digest in equivalent for it in left),
    )


def count_by(
    verdicts: Sequence[MutantVerdict],
    names: Callable[[MutantVerdict], Iterable[str]],
    equivalent: Mapping[str, Equivalent],
) -> dict[str, Tally]:
    """Return the counts of each name that a verdict has."""
    every = sorted({name for it in verdicts for name in names(it)})
    return {name: count_verdicts((it for it in verdicts if name in names(it)), equivalent) for name in every}


def list_missed(verdicts: Iterable[MutantVerdict], equivalent: Mapping[str, Equivalent]) -> list[MutantVerdict]:
    """Return those that the suite should have found."""
    return [it for it in verdicts if not (it.is_broken or it.is_found or it.digest in equivalent)]


def write(published: Published, path: Path) -> None:
    """Write them as the file that the page is made of."""
    encoded = msgspec.json.Encoder(order="deterministic").encode(published)
    path.write_bytes(msgspec.json.format(encoded, indent=1) + b"\n")


def read(path: Path) -> Published:
    """Return what was published; nothing where nothing was."""
    return msgspec.json.decode(path.read_bytes(), type=Published) if path.exists() else Published()


def read_seconds(path: Path) -> dict[str, float]:
    """Return how long each took when it was published."""
    published = read(path)
    return {it.id: it.seconds for draw in (*published.first, *published.last) for it in draw.verdicts}
