"""`make mutants-source`: judge a right server with one small change of its source after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from benchmarks.kinds import draw
from benchmarks.mutants import page
from benchmarks.mutants import results as defects
from benchmarks.shards.file import ShardFile
from benchmarks.shards.judging import judge_shard
from benchmarks.shards.kept import Kept
from benchmarks.shards.merging import merged
from benchmarks.shards.options import Share, Sharing, shared
from benchmarks.source_mutants import equivalent, results
from benchmarks.source_mutants.asked import Asked
from benchmarks.source_mutants.judge import BUDGETS, Judge, all_judged
from benchmarks.source_mutants.mutant import Mutant
from benchmarks.source_mutants.mutations import every
from benchmarks.source_mutants.results import Draw, tally
from benchmarks.source_mutants.run import Found, judged, together
from benchmarks.source_mutants.servers import ROOT, SERVERS
from benchmarks.source_mutants.verdict import MutantVerdict
from benchmarks.sources import digest

COMMAND = "benchmarks.source_mutants"
JUDGING = (
    *(f"benchmarks/source_mutants/{it}.py" for it in ("judge", "mutant", "mutations", "place", "servers", "unseen")),
    *(f"{it.folder.relative_to(ROOT)}/**/*" for it in SERVERS.values()),
)
"""What a verdict depends on beside what every verdict does: other sources' verdicts count no more."""
LEAST = 0.9
"""The share that is to be found."""
_ROW = "{:<32} {:>6} {:>7} {:>6} {:>10} {:>7}"


@dataclass(frozen=True, slots=True)
class Means:
    """What a run is done with: the context's object, where there is one."""

    judge: Judge = all_judged
    docs: Path = defects.DOCS
    reports: Path = ROOT / "reports"
    """Where verdicts are kept."""


def rendered(verdicts: Sequence[MutantVerdict]) -> Iterator[str]:
    """A line an operator, and one for all; then what is missed."""
    known = equivalent.read()
    yield _ROW.format("operator", "drawn", "broken", "found", "equivalent", "missed")
    for name, it in [*results.by(verdicts, lambda one: [one.kind], known).items(), ("all", tally(verdicts, known))]:
        yield _ROW.format(name, it.drawn, it.broken, it.found, it.equivalent, it.missed)
    for left in results.missed(verdicts, known):
        yield ""
        yield f"{left.id} {left.verdict}"
        yield left.diff


@click.command()
@click.option("--server", type=click.Choice(list(SERVERS)), default=next(iter(SERVERS)), show_default=True)
@click.option("--id", "ids", multiple=True, metavar="ID", help="Judge this mutant only.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Draws the mutants, and requests.")
@click.option("--count", default=200, show_default=True, type=click.IntRange(1), help="How many are drawn.")
@click.option("--without-worlds", is_flag=True, help="Without the world_url of the server's profile.")
@click.option(
    "--budget",
    type=click.Choice(list(BUDGETS)),
    default=list(BUDGETS)[-1],
    show_default=True,
    help="What the suite judges a mutant with, after the quick budget.",
)
@click.option("--workers", type=click.IntRange(1), help="Runs side by side; as many as there are cores without it.")
@click.option("--resume", is_flag=True, help="Keep the verdicts of a run before, if no source has changed.")
@click.option("--list", "listed", is_flag=True, help="Say what would be judged, and judge nothing.")
@click.option("--publish", is_flag=True, help="Write docs/source-mutants.json, and the page made of it.")
@shared("--judged")
@click.pass_obj
def main(  # what a command may be asked
    means: Means | None,
    *,
    server: str,
    ids: tuple[str, ...],
    seed: int,
    count: int,
    without_worlds: bool,
    budget: str,
    workers: int | None,
    sharing: Sharing,
    resume: bool,
    listed: bool,
    publish: bool,
) -> None:
    """Judge; exit 1 where fewer than 90 of 100 that are no equivalents are found, 2 where the figures mean nothing.

    On several machines each judges one --shard; --merge then tells what the shards in FILES found, as one run would.
    Exit 2 where they are not all shards of one run.
    """
    means = means or Means()
    if sharing.files is not None:
        asked, found = _merged(sharing.files)
    else:
        asked = Asked(server, seed, count, without_worlds, budget)
        chosen = _chosen(every(SERVERS[server]), ids, asked)
        if listed:
            for it in chosen:
                click.echo(f"{it.id} {it.kind}\n{it.diff}")
            return
        run = partial(
            judged, asked, workers=workers, kept=_kept(asked, means.reports), resume=resume, judge=means.judge
        )
        if sharing.share:
            _judge_shard(sharing.share, asked, chosen, run, means.docs)
            return
        found = run(chosen)
    for line in rendered(found.verdicts):
        click.echo(line)
    click.echo(f"{found.seconds:.0f} s")
    if publish:
        _publish(asked, found, means.docs)
    counted = tally(found.verdicts, equivalent.read())
    raise SystemExit(counted.found < LEAST * counted.real)


def _chosen(mutants: Sequence[Mutant], ids: Sequence[str], asked: Asked) -> list[Mutant]:
    by_id = {it.id: it for it in mutants}
    if unknown := set(ids) - by_id.keys():
        raise click.ClickException(
            f"--id {min(unknown)}: the {asked.server} server has no such mutant; --list names some"
        )
    return [by_id[name] for name in dict.fromkeys(ids)] or draw(mutants, asked.seed, asked.count)


def _kept(asked: Asked, reports: Path) -> Kept[MutantVerdict]:
    """The file of one draw, and of the sources as they are."""
    worlds = "-without-worlds" if asked.without_worlds else ""
    name = f"mutants-{asked.server}-{asked.seed}{worlds}-{asked.budget}-{digest(*JUDGING)}.jsonl"
    return Kept(reports / name, MutantVerdict)


def _judge_shard(
    share: Share, asked: Asked, chosen: Sequence[Mutant], run: Callable[[Sequence[Mutant]], Found], docs: Path
) -> None:
    judge_shard(
        share,
        COMMAND,
        asked,
        [it.id for it in chosen],
        seconds=results.seconds(docs / results.NAME),
        sources=digest(*JUDGING),
        judge=lambda own: run([it for it in chosen if it.id in own]),
    )


def _merged(files: Sequence[Path]) -> tuple[Asked, Found]:
    """What was asked of all shards, and what they found."""
    held = merged(files, COMMAND, ShardFile[Asked, Found], digest(*JUDGING))
    first = next(iter(held.values()))
    return first.asked, together([file.found for file in held.values()], [name for name, _ in first.deal])


def _publish(asked: Asked, found: Found, docs: Path) -> None:
    """Write the figures, and the page; ClickException where not all that is drawn was judged."""
    mutants = every(SERVERS[asked.server])
    if found.ids != [it.id for it in draw(mutants, asked.seed, asked.count)]:
        raise click.ClickException("--publish: the figures are of a whole draw, and these are of some --id")
    path = docs / results.NAME
    results.write(results.read(path).with_draw(Draw(asked, len(mutants), found.verdicts)), path)
    page.publish(defects.read(docs / defects.NAME), docs)


if __name__ == "__main__":
    main()
