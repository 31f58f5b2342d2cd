"""Verdicts as they come, so that a run that was ended goes on from there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import click
import msgspec


class Verdict(Protocol):
    """The findings on one thing that is judged."""

    @property
    def id(self) -> str:
        """Return what names it."""

    @property
    def seconds(self) -> float:
        """Return how long it took."""

    @property
    def unjudged(self) -> str:
        """Return why there is none; empty where there is one."""

    @property
    def verdict(self) -> str:
        """Return what to say of it."""


V = TypeVar("V", bound=Verdict)


class Kept(Generic[V]):
    """The file of a run's verdicts, a line each."""

    def __init__(self, path: Path, kind: type[V]) -> None:
        self.path = path
        self._kind = kind

    def read(self) -> dict[str, V]:
        """Return the verdicts that there are, by the id of what was judged; what has none is judged again."""
        lines = self.path.read_bytes().splitlines() if self.path.exists() else []
        return {it.id: it for line in lines if not (it := msgspec.json.decode(line, type=self._kind)).unjudged}

    def add(self, verdict: V) -> None:
        """Keep one more."""
        self.path.parent.mkdir(exist_ok=True)
        with self.path.open("ab") as file:
            file.write(msgspec.json.encode(verdict) + b"\n")


def judge_all(
    ids: Sequence[str], judge: Callable[[Sequence[str]], Iterator[V]], kept: Kept[V], *, resume: bool
) -> tuple[V, ...]:
    """Return the verdict on each, in the order of the ids; print a line as each is judged.

    Whatever `judge` gives is kept; with `resume` what was kept before is not judged again.
    """
    found = {name: one for name, one in kept.read().items() if name in ids} if resume else {}
    for one in judge([name for name in ids if name not in found]):
        found[one.id] = one
        kept.add(one)
        click.echo(f"{len(found)} of {len(ids)}: {one.id} {one.verdict} ({one.seconds:.1f} s)")
    return tuple(found[name] for name in ids)
