"""A run over mutants: how it judges, and what it found."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import click

from benchmarks.mutants.judge import JudgeError
from benchmarks.servers import ServerError
from benchmarks.shards.kept import Kept, judge_all
from benchmarks.source_mutants.asked import Asked
from benchmarks.source_mutants.judge import Judge
from benchmarks.source_mutants.mutant import Mutant
from benchmarks.source_mutants.servers import SERVERS
from benchmarks.source_mutants.verdict import MutantVerdict


class MeaninglessError(click.ClickException):
    """The suite accuses the server without a change, or cannot judge it."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Found:
    """What a run found, or a shard of it."""

    verdicts: tuple[MutantVerdict, ...]
    seconds: float

    @property
    def ids(self) -> list[str]:
        """What was judged."""
        return [it.id for it in self.verdicts]


def judged(
    asked: Asked,
    chosen: Sequence[Mutant],
    *,
    workers: int | None,
    kept: Kept[MutantVerdict],
    resume: bool,
    judge: Judge,
) -> Found:
    """Return what was found of each mutant, in the order in which they are given; print a line as one is judged."""
    started = time.perf_counter()
    server, mutants = SERVERS[asked.server], {it.id: it for it in chosen}

    def judge_some(ids: Sequence[str]) -> Iterator[MutantVerdict]:
        some = [mutants[name] for name in ids]
        return judge(server, some, asked, workers)

    try:
        verdicts = judge_all(list(mutants), judge_some, kept, resume=resume)
    except (JudgeError, ServerError) as error:
        raise MeaninglessError(str(error)) from error
    return Found(verdicts, round(time.perf_counter() - started, 1))


def together(shards: Sequence[Found], order: Sequence[str]) -> Found:
    """Return what the shards found, as one run would tell it; order: of all that was judged.

    The seconds are those of the longest.
    """
    verdicts = {it.id: it for found in shards for it in found.verdicts}
    return Found(tuple(verdicts[name] for name in order), max(found.seconds for found in shards))
