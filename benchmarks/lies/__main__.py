"""`make lies`: judge a correct server whose answers are changed by one small lie, and say which the suite noticed."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import click

from benchmarks.lies.draw import drawn
from benchmarks.lies.judge import all_judged, lies
from benchmarks.lies.kept import Kept
from benchmarks.lies.lie import Lie
from benchmarks.lies.results import Results, Told, by, survivors, tally, write
from benchmarks.mutants import page, results
from benchmarks.mutants.judge import JudgeError
from benchmarks.servers import ServerError

LEAST = 0.95
"""The share that is to be found."""
_ROW = "{:<26} {:>6} {:>6} {:>9} {:>10}"


class MeaninglessError(click.ClickException):
    """The suite gave no verdict, or accuses a server that nobody lies about."""

    exit_code = 2


def _chosen(ids: Sequence[str], seed: int, count: int) -> list[Lie]:
    if unknown := set(ids) - lies().keys():
        raise click.ClickException(f"--id {min(unknown)}: there is no such lie; --list names them")
    return [lies()[name] for name in ids] or drawn(list(lies().values()), seed, count)


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
def main(  # what a command may be asked
    ids: tuple[str, ...],
    seed: int,
    count: int,
    workers: int | None,
    *,
    generated: bool,
    resume: bool,
    listed: bool,
    publish: bool,
) -> None:
    """Judge; exit 1 where fewer than 95 of 100 are found, 2 where the figures mean nothing."""
    started = time.perf_counter()
    chosen = _chosen(ids, seed, count)
    if listed:
        for it in chosen:
            click.echo(f"{it.id}: {it.sentence}")
        return
    kept = Kept(seed, generated=generated or publish)
    every = _told(chosen, seed, workers, kept, resume=resume, generated=generated or publish)
    seconds = time.perf_counter() - started
    for line in rendered(every):
        click.echo(line)
    click.echo(f"{seconds:.0f} s")
    if unjudged := [it.id for it in every if it.unjudged]:
        raise MeaninglessError(f"no verdict on {', '.join(unjudged)}; the same with --resume tries these again")
    if publish:
        write(Results(seed, len(lies()), tuple(every), round(seconds, 1)))
        page.publish(results.read())
    counted = tally(every)
    raise SystemExit(counted.found < LEAST * counted.told)


def _told(
    chosen: Sequence[Lie], seed: int, workers: int | None, kept: Kept, *, resume: bool, generated: bool
) -> list[Told]:
    """Each with what was found of it, a line as it ends."""
    told = kept.read() if resume else {}
    left = [it for it in chosen if it.id not in told]
    try:
        for one in all_judged(left, seed, workers, generated=generated):
            told[one.id] = one
            kept.add(one)
            click.echo(f"{len(told)} of {len(chosen)}: {one.id} {one.verdict} ({one.seconds:.1f} s)")
    except (JudgeError, ServerError) as error:
        raise MeaninglessError(str(error)) from error
    return [told[it.id] for it in chosen]


if __name__ == "__main__":
    main()
