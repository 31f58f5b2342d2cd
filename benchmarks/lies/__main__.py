"""`make lies`: judge a correct server whose answers are changed by one small lie, and say which the suite noticed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from benchmarks.drawn.budgets import add_budget_option
from benchmarks.drawn.options import DrawOptions, add_drawing_options
from benchmarks.drawn.run import DrawnRun, Found, MeaninglessError, Means
from benchmarks.lies import results
from benchmarks.lies.draw import Asked
from benchmarks.lies.judge import judge_all, lies
from benchmarks.lies.lie import Lie
from benchmarks.lies.results import Results, Told, count_by, count_told, list_survivors
from benchmarks.mutants import page
from benchmarks.mutants import results as defects
from benchmarks.shards.file import ShardFile
from benchmarks.shards.merging import MergeError

LEAST = 0.97
"""The share that is to be found."""
_ROW = "{:<26} {:>6} {:>6} {:>6} {:>9} {:>10}"


def check(found: Found[Told]) -> None:
    """Raise MeaninglessError where there is no verdict on one."""
    if unjudged := [it.id for it in found.verdicts if it.unjudged]:
        raise MeaninglessError(f"no verdict on {', '.join(unjudged)}; the same with --resume tries these again")


RUN: DrawnRun[Lie, Asked, Told] = DrawnRun(
    "benchmarks.lies",
    "lie",
    ("benchmarks/lies/*.py", "benchmarks/drawn/budgets.py", "tests/proxy/*.py"),
    Told,
    ShardFile[Asked, Found[Told]],
    describe=lambda it: f"{it.id}: {it.sentence}",
    check=check,
)


def render(told: Sequence[Told]) -> Iterator[str]:
    """Yield a line a kind and an operation, and one for all; then the survivors."""
    for what in ("kind", "operation"):
        yield _ROW.format(what, "told", "quick", "found", "survived", "generated")
        for name, it in [*count_by(told, what).items(), ("all", count_told(told))]:
            generated = "-" if any(one.generated is None for one in told) else it.generated
            yield _ROW.format(name, it.told, it.quick, it.found, it.told - it.found, generated)
        yield ""
    for left in list_survivors(told):
        yield f"{left.id} {left.verdict}: {left.sentence}"


@click.command()
@click.option("--generated", is_flag=True, help="Say what generated cases alone find, too.")
@add_budget_option("a lie")
@add_drawing_options("lie", "lies", results.NAME)
@click.pass_obj
def main(means: Means[Lie, Asked, Told] | None, *, options: DrawOptions, generated: bool, budget: str) -> None:
    """Judge; exit 1 where fewer than 97 of 100 are found, 2 where the figures mean nothing.

    On several machines each judges one --shard; --merge then tells what the shards in FILES found, as one run would.
    Exit 2 where they are not all shards of one run.
    """
    means = means or Means(judge_all)
    if options.sharing.files is not None:
        asked, found = RUN.merge(options.sharing.files, _check_file)
    else:
        asked = Asked(options.seed, options.count, generated, budget)
        kept = f"lies-{asked.seed}-{asked.budget}{'-generated' if asked.generated else ''}"
        seconds = results.read_seconds(means.docs / results.NAME)
        judged = RUN.judge(list(lies().values()), asked, options, means, kept=kept, seconds=seconds)
        if judged is None:
            return
        found = judged
    for line in render(found.verdicts):
        click.echo(line)
    click.echo(f"{found.seconds:.0f} s")
    check(found)
    if options.publish:
        told = Results(asked.seed, len(lies()), found.verdicts, found.seconds, asked.budget)
        results.write(told, means.docs / results.NAME)
        page.publish(defects.read(means.docs / defects.NAME), means.docs)
    counted = count_told(found.verdicts)
    raise SystemExit(counted.found < LEAST * counted.told)


def _check_file(path: Path, file: ShardFile[Asked, Found[Told]]) -> None:
    """Raise MergeError for a shard of other lies."""
    if strange := set(file.found.ids) - lies().keys():
        raise MergeError(f"{path}: {min(strange)} is no lie about the contract here")


if __name__ == "__main__":
    main()
