"""`make mutants`: judge the mock with each planted defect, and say what the suite noticed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import click

from benchmarks.drawn.options import WORKERS
from benchmarks.mutants import catalogue, clean, publishing, results, table
from benchmarks.mutants.catalogue import Planted
from benchmarks.mutants.judge import JudgeError
from benchmarks.mutants.power import list_shortfalls
from benchmarks.mutants.run import Asked, Found, Judges, join_shards, judge_all
from benchmarks.servers import ServerError
from benchmarks.shards.file import ShardFile
from benchmarks.shards.merging import MergeError, judge_shard, merge_files
from benchmarks.shards.options import Share, Sharing, add_sharing_options
from benchmarks.sources import digest

COMMAND = "benchmarks.mutants"
JUDGING = ("examples/second_server/*",)
"""The sources that the verdicts depend on beside those of every verdict."""


@dataclass(frozen=True, slots=True)
class Means:
    """The means of a run: the context's object, where there is one."""

    judges: Judges = field(default_factory=Judges)
    docs: Path = results.DOCS


@click.command()
@click.option("--id", "ids", multiple=True, metavar="ID", help="Judge this defect only.")
@click.option(
    "--sample", is_flag=True, help="Judge the fixed sample, and what is new since the figures were published."
)
@click.option("--draw", type=click.IntRange(1), help="Judge so many, drawn by the seed.")
@click.option("--without-worlds", is_flag=True, help="As a server that others use, which has states and one world.")
@click.option("--new", is_flag=True, help="Judge what is new since the figures were published.")
@click.option("--quick", is_flag=True, help="Stop at the first finding: who survives, and nothing else.")
@click.option(
    "--narrowed",
    is_flag=True,
    help="Judge each at its own operations alone, --operation by --operation, and stop at the first finding.",
)
@click.option("--only", type=click.Choice(["generated", "directed"]), help="With these cases alone.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0))
@click.option("--clean-seeds", default=3, show_default=True, type=click.IntRange(0), help="Seeds for false alarms.")
@WORKERS
@click.option(
    "--publish",
    is_flag=True,
    help="Write docs/judging-power.json, and the page made of it; of some defects, beside the others' figures.",
)
@add_sharing_options("--judged", "--kills")
@click.pass_obj
def main(  # what a command may be asked
    means: Means | None,
    *,
    ids: tuple[str, ...],
    only: str | None,
    seed: int,
    clean_seeds: int,
    workers: int | None,
    sharing: Sharing,
    draw: int | None,
    without_worlds: bool,
    sample: bool,
    new: bool,
    quick: bool,
    narrowed: bool,
    publish: bool,
) -> None:
    """Judge; exit 1 where a defect survives, is blamed on others, or a clean server has a finding.

    On several machines each judges one --shard; --merge then tells what the shards in FILES found, as one run would.
    Exit 2 where they are not all shards of one run.
    """
    means = means or Means()
    every = catalogue.list_catalogue()
    if sharing.files is not None:
        asked, found = _merge_shards(sharing.files, every)
    else:
        if narrowed and (quick or only):
            raise click.UsageError("--narrowed goes with neither --quick nor --only")
        asked = Asked(seed, only, quick, clean_seeds, narrowed, not without_worlds)
        planted = _choose_asked(every, ids, means.docs / results.NAME, sample=sample, new=new)
        planted = Random(seed).sample(planted, min(draw, len(planted))) if draw else planted  # noqa: S311
        if sharing.share:
            _judge_shard(sharing.share, asked, planted, means, workers)
            return
        found = _judge_asked(asked, planted, clean.list_runs(clean_seeds), means, workers)
    _tell(asked, found)
    if publish:
        publishing.publish(every, asked, found, means.docs)
    short = _list_shortfalls(asked, found)
    for line in short:
        click.echo(line, err=True)
    raise SystemExit(bool(short))


def _judge_asked(
    asked: Asked, planted: Sequence[Planted], runs: Sequence[clean.CleanRun], means: Means, workers: int | None
) -> Found:
    try:
        return judge_all(asked, planted, runs, means.judges, workers)
    except (JudgeError, ServerError) as error:
        raise click.ClickException(str(error)) from error


def _judge_shard(share: Share, asked: Asked, planted: Sequence[Planted], means: Means, workers: int | None) -> None:
    runs = clean.list_runs(asked.clean_seeds)

    def judge(own: Sequence[str]) -> Found:
        here = [it for it in planted if it.id in own], [it for it in runs if it.id in own]
        return _judge_asked(asked, *here, means, workers)

    judge_shard(
        share,
        COMMAND,
        asked,
        [*(it.id for it in planted), *(it.id for it in runs)],
        seconds=results.read_seconds(means.docs / results.NAME),
        sources=digest(*JUDGING),
        judge=judge,
    )


def _merge_shards(files: Sequence[Path], every: Sequence[Planted]) -> tuple[Asked, Found]:
    """Return what was asked of all shards, and what they found."""
    held = merge_files(files, COMMAND, ShardFile[Asked, Found], digest(*JUDGING))
    for path, file in held.items():
        for kill in file.found.kills:
            if kill.planted not in every:
                raise MergeError(f"{path}: {kill.planted.id} is no defect of the catalogue here")
    first = next(iter(held.values()))
    return first.asked, join_shards([file.found for file in held.values()], [name for name, _ in first.deal])


def _tell(asked: Asked, found: Found) -> None:
    for line in table.render(found.kills):
        click.echo(line)
    for name, count in found.false_alarms.items():
        click.echo(f"{name} without a defect: {count} findings in {asked.clean_seeds} seeds")
    click.echo(f"{found.seconds:.0f} s")


def _list_shortfalls(asked: Asked, found: Found) -> list[str]:
    """Return what is not as promised, in words."""
    if asked.quick or asked.only or asked.narrowed:
        short = [f"{kill.planted.id} survives" for kill in found.kills if not kill.rules]
    else:
        short = list_shortfalls(found.kills)
    return short + [f"{name} has findings without a defect" for name, count in found.false_alarms.items() if count]


def _choose_asked(
    every: Sequence[Planted], ids: Sequence[str], published: Path, *, sample: bool, new: bool
) -> list[Planted]:
    """Return the defects that the options name; what is new is in every sample."""
    if new:
        return results.list_new(every, published)
    planted = list(catalogue.choose(every, ids, sample=sample))
    return planted + [it for it in results.list_new(every, published) if sample and it not in planted]


if __name__ == "__main__":
    main()
