"""`make mutants-source`: judge a right server with one small change of its source after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from benchmarks.drawn.budgets import add_budget_option
from benchmarks.drawn.options import DrawOptions, add_drawing_options
from benchmarks.drawn.run import DrawnRun, Found, Means
from benchmarks.kinds import draw
from benchmarks.mutants import page
from benchmarks.mutants import results as defects
from benchmarks.shards.file import ShardFile
from benchmarks.source_mutants import equivalent, results
from benchmarks.source_mutants.asked import Asked
from benchmarks.source_mutants.judge import judge_all
from benchmarks.source_mutants.mutant import Mutant
from benchmarks.source_mutants.mutations import list_mutants
from benchmarks.source_mutants.results import Draw, count_verdicts
from benchmarks.source_mutants.servers import ROOT, SERVERS
from benchmarks.source_mutants.verdict import MutantVerdict

JUDGING = (
    *(f"benchmarks/source_mutants/{it}.py" for it in ("judge", "mutant", "mutations", "place", "servers", "unseen")),
    "benchmarks/drawn/budgets.py",
    *(f"{it.folder.relative_to(ROOT)}/**/*" for it in SERVERS.values()),
)
RUN: DrawnRun[Mutant, Asked, MutantVerdict] = DrawnRun(
    "benchmarks.source_mutants",
    "mutant",
    JUDGING,
    MutantVerdict,
    ShardFile[Asked, Found[MutantVerdict]],
    describe=lambda it: f"{it.id} {it.kind}\n{it.diff}",
)
LEAST = 0.9
"""The share that is to be found."""
_ROW = "{:<32} {:>6} {:>7} {:>6} {:>10} {:>7}"


def render(verdicts: Sequence[MutantVerdict]) -> Iterator[str]:
    """Yield a line an operator, and one for all; then what is missed."""
    known = equivalent.read()
    yield _ROW.format("operator", "drawn", "broken", "found", "equivalent", "missed")
    for name, it in [
        *results.count_by(verdicts, lambda one: [one.kind], known).items(),
        ("all", count_verdicts(verdicts, known)),
    ]:
        yield _ROW.format(name, it.drawn, it.broken, it.found, it.equivalent, it.missed)
    for left in results.list_missed(verdicts, known):
        yield ""
        yield f"{left.id} {left.verdict}"
        yield left.diff


@click.command()
@click.option("--server", type=click.Choice(list(SERVERS)), default=next(iter(SERVERS)), show_default=True)
@click.option("--without-worlds", is_flag=True, help="Without the world_url of the server's profile.")
@add_budget_option("a mutant")
@add_drawing_options("mutant", "mutants", results.NAME)
@click.pass_obj
def main(
    means: Means[Mutant, Asked, MutantVerdict] | None,
    *,
    options: DrawOptions,
    server: str,
    without_worlds: bool,
    budget: str,
) -> None:
    """Judge; exit 1 where fewer than 90 of 100 that are no equivalents are found, 2 where the figures mean nothing.

    On several machines each judges one --shard; --merge then tells what the shards in FILES found, as one run would.
    Exit 2 where they are not all shards of one run.
    """
    means = means or Means(judge_all)
    if options.sharing.files is not None:
        asked, found = RUN.merge(options.sharing.files)
    else:
        asked = Asked(server, options.seed, options.count, without_worlds, budget)
        worlds = "-without-worlds" if without_worlds else ""
        kept, seconds = (
            f"mutants-{server}-{asked.seed}{worlds}-{budget}",
            results.read_seconds(means.docs / results.NAME),
        )
        judged = RUN.judge(list_mutants(SERVERS[server]), asked, options, means, kept=kept, seconds=seconds)
        if judged is None:
            return
        found = judged
    for line in render(found.verdicts):
        click.echo(line)
    click.echo(f"{found.seconds:.0f} s")
    if options.publish:
        _publish(asked, found, means.docs)
    counted = count_verdicts(found.verdicts, equivalent.read())
    raise SystemExit(counted.found < LEAST * counted.real)


def _publish(asked: Asked, found: Found[MutantVerdict], docs: Path) -> None:
    """Write the figures, and the page; ClickException where not all that is drawn was judged."""
    mutants = list_mutants(SERVERS[asked.server])
    if found.ids != [it.id for it in draw(mutants, asked.seed, asked.count)]:
        raise click.ClickException("--publish: the figures are of a whole draw, and these are of some --id")
    path = docs / results.NAME
    results.write(results.read(path).with_draw(Draw(asked, len(mutants), found.verdicts)), path)
    page.publish(defects.read(docs / defects.NAME), docs)


if __name__ == "__main__":
    main()
