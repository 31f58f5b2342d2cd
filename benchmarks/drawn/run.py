"""A run over what a seed draws: verdicts that are kept as they come, whole or in shards."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import click

from benchmarks.drawn.options import DrawOptions
from benchmarks.kinds import draw
from benchmarks.mutants.judge import JudgeError
from benchmarks.mutants.results import DOCS
from benchmarks.servers import ServerError
from benchmarks.shards.file import ShardFile
from benchmarks.shards.kept import Kept, Verdict, judge_all
from benchmarks.shards.merging import judge_shard, merge_files
from benchmarks.sources import ROOT, digest

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class Drawn(Protocol):
    """A thing that can be drawn, and judged."""

    @property
    def id(self) -> str:
        """Return the name of the thing."""

    @property
    def kind(self) -> str:
        """The name of its kind."""


D = TypeVar("D", bound=Drawn)
A = TypeVar("A", bound="DataclassInstance")
V = TypeVar("V", bound=Verdict)


class MeaninglessError(click.ClickException):
    """The suite gave no verdict, or accuses a server without a mistake: figures mean nothing."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Found(Generic[V]):
    """The findings of a run, or of a shard of it."""

    verdicts: tuple[V, ...]
    seconds: float

    @property
    def ids(self) -> list[str]:
        """Return what was judged."""
        return [it.id for it in self.verdicts]


@dataclass(frozen=True, slots=True)
class Means(Generic[D, A, V]):
    """The means of a run: the context's object, where there is one."""

    judge: Callable[[Sequence[D], A, int | None], Iterator[V]]
    """The function that gives each verdict as it comes; JudgeError where figures mean nothing."""
    docs: Path = DOCS
    reports: Path = ROOT / "reports"
    """The folder of verdicts."""


@dataclass(frozen=True, slots=True)
class DrawnRun(Generic[D, A, V]):
    """The way in which a command judges what it draws."""

    command: str
    """The module of the command."""
    what: str
    """The word for what is judged."""
    sources: tuple[str, ...]
    """The sources that a verdict depends on beside those of every verdict: other sources' verdicts count no more."""
    verdict: type[V]
    shard: type[ShardFile[A, Found[V]]]
    describe: Callable[[D], str]
    """The function that gives the words for --list."""
    check: Callable[[Found[V]], None] = lambda _: None
    """The check that raises MeaninglessError where what was found is not to be written."""

    def judge(
        self,
        every: Sequence[D],
        asked: A,
        options: DrawOptions,
        means: Means[D, A, V],
        *,
        kept: str,
        seconds: Mapping[str, float],
    ) -> Found[V] | None:
        """Return what is found of what the options name; None where they ask for a list, or for a shard.

        `kept`: the name of the file of verdicts, without the digest of the sources; `seconds`: how long each took.
        """
        chosen = self._choose(every, options)
        if options.listed:
            for it in chosen:
                click.echo(self.describe(it))
            return None
        verdicts = Kept(means.reports / f"{kept}-{digest(*self.sources)}.jsonl", self.verdict)

        def judge_some(ids: Sequence[str]) -> Found[V]:
            return self._judge([it for it in chosen if it.id in ids], asked, options, means, verdicts)

        ids = [it.id for it in chosen]
        if options.sharing.share is None:
            return judge_some(ids)

        def judge_own(own: Sequence[str]) -> Found[V]:
            found = judge_some(own)
            self.check(found)
            return found

        judge_shard(
            options.sharing.share,
            self.command,
            asked,
            ids,
            seconds=seconds,
            sources=digest(*self.sources),
            judge=judge_own,
        )
        return None

    def _choose(self, every: Sequence[D], options: DrawOptions) -> list[D]:
        by_id = {it.id: it for it in every}
        if unknown := set(options.ids) - by_id.keys():
            raise click.ClickException(f"--id {min(unknown)}: there is no such {self.what}; --list names some")
        return [by_id[name] for name in dict.fromkeys(options.ids)] or draw(every, options.seed, options.count)

    def _judge(
        self, chosen: Sequence[D], asked: A, options: DrawOptions, means: Means[D, A, V], kept: Kept[V]
    ) -> Found[V]:
        started, by_id = time.perf_counter(), {it.id: it for it in chosen}

        def judge(ids: Sequence[str]) -> Iterator[V]:
            return means.judge([by_id[name] for name in ids], asked, options.workers)

        try:
            verdicts = judge_all(list(by_id), judge, kept, resume=options.resume)
        except (JudgeError, ServerError) as error:
            raise MeaninglessError(str(error)) from error
        return Found(verdicts, round(time.perf_counter() - started, 1))

    def merge(
        self, files: Sequence[Path], check: Callable[[Path, ShardFile[A, Found[V]]], None] = lambda *_: None
    ) -> tuple[A, Found[V]]:
        """Return what was asked of all shards, and what they found as one run tells it; the seconds are the longest's.

        `check`: raises MergeError for a file that does not belong here.
        """
        held = merge_files(files, self.command, self.shard, digest(*self.sources))
        for path, file in held.items():
            check(path, file)
        shards, first = [file.found for file in held.values()], next(iter(held.values()))
        verdicts = {it.id: it for found in shards for it in found.verdicts}
        return first.asked, Found(
            tuple(verdicts[name] for name, _ in first.deal), max(found.seconds for found in shards)
        )
