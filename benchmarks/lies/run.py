"""A run over lies: how it judges, and what it found."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import click

from benchmarks.lies.judge import all_judged
from benchmarks.lies.lie import Lie
from benchmarks.lies.results import Told
from benchmarks.mutants.judge import JudgeError
from benchmarks.servers import ServerError
from benchmarks.shards.kept import Kept, judge_all


class Judge(Protocol):
    """What judges lies."""

    def __call__(self, chosen: Sequence[Lie], seed: int, workers: int | None, *, generated: bool) -> Iterator[Told]:
        """Each as it ends; JudgeError where figures mean nothing."""


class MeaninglessError(click.ClickException):
    """The suite gave no verdict, or accuses a server that nobody lies about."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """How a run judges."""

    seed: int
    count: int
    generated: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """What a run found, or a shard of it."""

    told: tuple[Told, ...]
    seconds: float

    @property
    def ids(self) -> list[str]:
        """What was judged."""
        return [it.id for it in self.told]

    def check(self) -> None:
        """Raise MeaninglessError where there is no verdict on one."""
        if unjudged := [it.id for it in self.told if it.unjudged]:
            raise MeaninglessError(f"no verdict on {', '.join(unjudged)}; the same with --resume tries these again")


def judged(
    asked: Asked,
    chosen: Sequence[Lie],
    *,
    workers: int | None,
    kept: Kept[Told],
    resume: bool,
    judge: Judge = all_judged,
) -> Heard:
    """Each lie with what was found of it, in the order in which it is given; a line as it ends."""
    started = time.perf_counter()
    lies = {it.id: it for it in chosen}

    def judge_some(ids: Sequence[str]) -> Iterator[Told]:
        return judge([lies[name] for name in ids], asked.seed, workers, generated=asked.generated)

    try:
        told = judge_all(list(lies), judge_some, kept, resume=resume)
    except (JudgeError, ServerError) as error:
        raise MeaninglessError(str(error)) from error
    return Heard(told, round(time.perf_counter() - started, 1))


def together(shards: Sequence[Heard], order: Sequence[str]) -> Heard:
    """What the shards found, as one run would tell it; order: of all that was judged. The seconds are the longest's."""
    told = {it.id: it for heard in shards for it in heard.told}
    return Heard(tuple(told[name] for name in order), max(heard.seconds for heard in shards))
