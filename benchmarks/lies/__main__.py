"""`make lies`: judge a correct server whose answers are changed by one small lie, and say which the suite noticed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from benchmarks.kinds import draw
from benchmarks.lies import results
from benchmarks.lies.contract import ROOT
from benchmarks.lies.judge import all_judged, lies
from benchmarks.lies.lie import Lie
from benchmarks.lies.results import Results, Told, by, survivors, tally
from benchmarks.lies.run import Asked, Heard, Judge, judged, together
from benchmarks.mutants import page
from benchmarks.mutants import results as defects
from benchmarks.shards.file import ShardFile
from benchmarks.shards.judging import judge_shard
from benchmarks.shards.kept import Kept
from benchmarks.shards.merging import MergeError, merged
from benchmarks.shards.options import Share, Sharing, shared
from benchmarks.sources import digest

COMMAND = "benchmarks.lies"
LEAST = 0.95
"""The share that is to be found."""
JUDGING = ("benchmarks/lies/*.py", "tests/proxy/*.py")
"""What a verdict on a lie depends on beside what every verdict does."""
_ROW = "{:<26} {:>6} {:>6} {:>9} {:>10}"


@dataclass(frozen=True, slots=True)
class Means:
    """What a run is done with: the context's object, where there is one."""

    judge: Judge = all_judged
    docs: Path = defects.DOCS
    reports: Path = ROOT / "reports"
    """Where verdicts are kept."""


def _chosen(ids: Sequence[str], seed: int, count: int) -> list[Lie]:
    if unknown := set(ids) - lies().keys():
        raise click.ClickException(f"--id {min(unknown)}: there is no such lie; --list names them")
    return [lies()[name] for name in dict.fromkeys(ids)] or draw(list(lies().values()), seed, count)


def _kept(asked: Asked, reports: Path) -> Kept[Told]:
    """The file of one seed, and of the sources as they are: what other sources were found to do counts no more."""
    kind = "-generated" if asked.generated else ""
    return Kept(reports / f"lies-{asked.seed}{kind}-{digest(*JUDGING)}.jsonl", Told)


def rendered(told: Sequence[Told]) -> Iterator[str]:
    """A line a kind and an operation, and one for all; then the survivors."""
    for what in ("kind", "operation"):
        yield _ROW.format(what, "told", "found", "survived", "generated")
        for name, it in [*by(told, what).items(), ("all", tally(told))]:
            yield _ROW.format(name, it.told, it.found, it.told - it.found, it.generated)
        yield ""
    for left in survivors(told):
        yield f"{left.id} {left.verdict}: {left.sentence}"


@click.command()
@click.option("--id", "ids", multiple=True, metavar="ID", help="Tell this lie only.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Draws the lies, and the requests.")
@click.option("--count", default=200, show_default=True, type=click.IntRange(1), help="How many are drawn.")
@click.option("--generated", is_flag=True, help="Say what generated cases alone find, too.")
@click.option("--workers", type=click.IntRange(1), help="Runs side by side; as many as there are cores without it.")
@click.option("--resume", is_flag=True, help="Keep the verdicts of a run before, if no source has changed.")
@click.option("--list", "listed", is_flag=True, help="Say what would be told, and tell nothing.")
@click.option("--publish", is_flag=True, help="Write docs/lies.json, and the page made of it.")
@shared("--judged")
@click.pass_obj
def main(  # what a command may be asked
    means: Means | None,
    *,
    ids: tuple[str, ...],
    seed: int,
    count: int,
    workers: int | None,
    sharing: Sharing,
    generated: bool,
    resume: bool,
    listed: bool,
    publish: bool,
) -> None:
    """Judge; exit 1 where fewer than 95 of 100 are found, 2 where the figures mean nothing.

    On several machines each judges one --shard; --merge then tells what the shards in FILES found, as one run would.
    Exit 2 where they are not all shards of one run.
    """
    means = means or Means()
    if sharing.files is not None:
        asked, heard = _merged(sharing.files, publish=publish)
    else:
        asked, chosen = Asked(seed, count, generated or publish), _chosen(ids, seed, count)
        if listed:
            for it in chosen:
                click.echo(f"{it.id}: {it.sentence}")
            return
        kept = _kept(asked, means.reports)
        run = partial(judged, asked, workers=workers, kept=kept, resume=resume, judge=means.judge)
        if sharing.share:
            _judge_shard(sharing.share, asked, chosen, run, means.docs)
            return
        heard = run(chosen)
    for line in rendered(heard.told):
        click.echo(line)
    click.echo(f"{heard.seconds:.0f} s")
    heard.check()
    if publish:
        results.write(Results(asked.seed, len(lies()), heard.told, heard.seconds), means.docs / results.NAME)
        page.publish(defects.read(means.docs / defects.NAME), means.docs)
    counted = tally(heard.told)
    raise SystemExit(counted.found < LEAST * counted.told)


def _judge_shard(
    share: Share, asked: Asked, chosen: Sequence[Lie], run: Callable[[Sequence[Lie]], Heard], docs: Path
) -> None:
    def judge(own: Sequence[str]) -> Heard:
        heard = run([it for it in chosen if it.id in own])
        heard.check()
        return heard

    judge_shard(
        share,
        COMMAND,
        asked,
        [it.id for it in chosen],
        seconds=results.seconds(docs / results.NAME),
        sources=digest(*JUDGING),
        judge=judge,
    )


def _merged(files: Sequence[Path], *, publish: bool) -> tuple[Asked, Heard]:
    """What was asked of all shards, and what they found."""
    held = merged(files, COMMAND, ShardFile[Asked, Heard], digest(*JUDGING))
    for path, file in held.items():
        if strange := set(file.found.ids) - lies().keys():
            raise MergeError(f"{path}: {min(strange)} is no lie about the contract here")
        if publish and not file.asked.generated:
            raise MergeError(f"{path}: what is published needs what --generated asks for, and it was judged without")
    first = next(iter(held.values()))
    return first.asked, together([file.found for file in held.values()], [name for name, _ in first.deal])


if __name__ == "__main__":
    main()
