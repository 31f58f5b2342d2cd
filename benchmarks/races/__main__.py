"""`python -m benchmarks.races`: in how many of ten seeds each planted race is found, by the clause parallel alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import click

from benchmarks.mutants import page, results, warm
from benchmarks.mutants.catalogue import Planted, choose, list_catalogue
from benchmarks.mutants.judge import judge
from benchmarks.races.rates import NAME, RESULTS, Rate, list_lines, read

CLAUSE, BUDGET = "parallel", "normal"


def list_races(every: Sequence[Planted]) -> tuple[Planted, ...]:
    """Return the defects that were written for a rule of requests that overlap."""
    return tuple(each for each in every if each.rule.startswith("PARALLEL-"))


def measure_rates(planted: Sequence[Planted], seeds: int, workers: int | None) -> Iterator[Rate]:
    """Judge each race with the seeds from 1 on, and yield in how many runs it was found."""
    cases = [(each.id, seed) for each in planted for seed in range(1, seeds + 1)]
    found = list(warm.run_in_copies(_judge_race, cases, workers))
    for each in planted:
        yield Rate(each.id, each.rule, each.text, sum(name == each.id and hit for name, hit in found), seeds)


def _judge_race(case: tuple[str, int]) -> tuple[str, bool]:
    name, seed = case
    options = ("--clause", CLAUSE, "--budget", BUDGET, "-x")
    return name, judge([name], seed, *options, suite=warm.run, mock=warm.serve_mock).is_killed


@click.command()
@click.option("--id", "ids", multiple=True, metavar="ID", help="Judge this race only.")
@click.option("--seeds", default=10, show_default=True, type=click.IntRange(1), help="So many runs of each.")
@click.option("--workers", type=click.IntRange(1), help="Runs side by side; as many as there are cores without it.")
@click.option("--publish", is_flag=True, help=f"Write docs/{NAME}, and the page on judging power.")
def main(*, ids: tuple[str, ...], seeds: int, workers: int | None, publish: bool) -> None:
    """Plant one race after the other, and say in how many runs the suite finds it."""
    every = list_races(list_catalogue())
    found = tuple(measure_rates(choose(every, ids, sample=False), seeds, workers))
    click.echo("\n".join(list_lines(found)))
    if publish:
        kept = {each.id: each for each in (*read(), *found)}
        written = [asdict(kept[each.id]) for each in every if each.id in kept]
        RESULTS.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
        page.publish(results.read(), results.DOCS)


if __name__ == "__main__":
    main()
