"""`make bench-smoke`: about a minute, beside the ratios that the repository holds. It warns and never fails by them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from benchmarks.figures import TIMES, Figure, Results
from benchmarks.judging import format_measured
from benchmarks.load import LoadError
from benchmarks.parts import PARTS, SMOKE, Gathered
from benchmarks.promises import PROMISES
from benchmarks.report import results
from benchmarks.servers import ServerError

WORSE = 1.25
"""The factor by which a quick ratio must be worse than the committed one before it is worth a word."""
_PARTS = ("peers", "starts")


def list_warnings(quick: Sequence[Figure], before: Results) -> Iterator[str]:
    """Yield a sentence for each promised ratio that is worse than before, and not only in some of its rounds."""
    bounds = {promise.figure: promise for promise in PROMISES}
    for now in quick:
        then, promise = before.find_figure(now.name), bounds.get(now.name)
        if then is None or promise is None or now.unit != TIMES:
            continue
        worse = now.lowest / then.median if promise.at_most else then.median / now.highest
        if worse > WORSE:
            yield f"warning: {now.name} is {format_measured(now)}, {format_measured(then)} is committed"


@click.command()
def main() -> None:
    """Measure what can be measured in a minute, without Node.js, and compare."""
    gathered = Gathered()
    for part in _PARTS:
        try:
            PARTS[part](SMOKE, gathered)
        except LoadError as error:  # an answer that did not come in time, for one, is a busy machine's
            click.echo(f"warning: {part} could not be measured: {error}")
        except ServerError as error:
            raise click.ClickException(str(error)) from error
    for figure in gathered.figures:
        click.echo(f"{figure.name}: {format_measured(figure)} {figure.unit}")
    before = results.read_committed()
    if before is None:
        click.echo(f"nothing to compare with: there is no {results.FILE}; make bench writes it")
        return
    said = list(list_warnings(gathered.figures, before))
    for line in said or ["no ratio is clearly worse than the committed one"]:
        click.echo(line)


if __name__ == "__main__":
    main()
