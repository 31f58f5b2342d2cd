"""`make bench`: the mock beside its peers and beside its promises, in one run."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import click
import httpx

from benchmarks.asking import Refused
from benchmarks.judging import judge_promises
from benchmarks.load import LoadError
from benchmarks.parts import FULL, PARTS, USUAL, Gathered
from benchmarks.report import page, results
from benchmarks.servers import ServerError

_QUIET = 0.5  # processes that want to run, on average of the last minute


@click.command()
@click.option("--full", is_flag=True, help="All sizes, more rounds, a million requests of each call.")
@click.option("--only", multiple=True, type=click.Choice(list(PARTS)), help="A part of the run. May be repeated.")
@click.option("--rounds", type=click.IntRange(1), help="Rounds beside the peers; half as many of all else.")
@click.option("--seconds", type=click.FloatRange(0.1), help="Length of one measurement.")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write results, plot and page below this folder; a whole run writes to the repository without it.",
)
def main(*, full: bool, only: tuple[str, ...], rounds: int | None, seconds: float | None, into: Path | None) -> None:
    """Measure, and write what was measured; exit 1 where a promise is not kept, or a part could not be measured."""
    busy = os.getloadavg()[0]
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # who installs has bytecode, and so has what is started here
    if busy > _QUIET:
        click.echo(f"This machine is busy (load average {busy:.1f}): read the spread before the ratios.")
    size = FULL if full else USUAL
    size = replace(size, rounds=rounds or size.rounds, seconds=seconds or size.seconds)
    gathered = Gathered()
    failures = []
    for name in only or PARTS:
        started = time.monotonic()
        try:
            PARTS[name](size, gathered)
        except (LoadError, ServerError, Refused, httpx.HTTPError, OSError) as error:
            failures.append(f"{name}: {error}")
            gathered.left_out.append(f"{name} could not be measured")
        click.echo(f"{name}: {time.monotonic() - started:.0f} s")
    measured = results.build_results(gathered, size, busy)
    for line in page.list_lines(measured):
        click.echo(line)
    if into or not only:
        results.write(measured, into or results.ROOT)
    _end([*failures, *page.list_shortfalls(judge_promises(measured))])


def _end(wrong: list[str]) -> None:
    if wrong:
        raise click.ClickException("\n".join(wrong))


if __name__ == "__main__":
    main()
