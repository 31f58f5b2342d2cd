"""`make mutants-compare`: the same defects for other suites, each as its documentation starts it."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import click

from benchmarks import servers
from benchmarks.asking import read_token
from benchmarks.mutants import page, results
from benchmarks.mutants.catalogue import Planted, choose, list_catalogue
from benchmarks.mutants.judge import judge
from benchmarks.mutants.others import TOOLS, Failures, Tool
from benchmarks.mutants.pool import judge_each

CALLER = "acme-owner"
USUAL = 2
"""The number of runs without a defect whose failures do not count: a tool may make up other requests each time."""


def find_failures(tool: Tool, deviations: Sequence[str], seed: int) -> Failures:
    """Return the failures of one run of the tool on a mock with these defects; ServerError where it gave no report."""
    planted = [option for name in deviations for option in ("--deviation", name)]
    with servers.run_mock(*planted) as url, TemporaryDirectory() as folder:
        try:
            return tool.failures(f"{url}/v1", read_token(url, CALLER), seed, Path(folder))
        except (FileNotFoundError, ValueError) as error:
            what = ", ".join(deviations) or "no defect"
            raise servers.ServerError(f"{tool.name} gave no report on a mock with {what}: {error}") from error


def time_runs(tools: Sequence[Tool], seed: int, rounds: int) -> dict[str, float]:
    """Return how long each takes on the mock without a defect, ours too: in turn, nothing else running, the median."""
    runs: dict[str, Callable[[], object]] = {results.OURS: lambda: judge((), seed)}
    runs |= {tool.name: partial(find_failures, tool, (), seed) for tool in tools}
    took: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            started = time.perf_counter()
            run()
            took[name].append(time.perf_counter() - started)
    return {name: round(median(each), 1) for name, each in took.items()}


def list_noticed(tool: Tool, planted: Sequence[Planted], seed: int, workers: int | None) -> list[str]:
    """Return the defects that the tool notices, in the catalogue's order; a line as each is judged."""
    usual = frozenset[tuple[str, str]]().union(*(find_failures(tool, (), seed) for _ in range(USUAL)))
    click.echo(f"{tool.name}: {len(usual)} failures without a defect, which do not count")

    def is_noticed(it: Planted) -> bool:
        return bool(find_failures(tool, (it.id,), seed) - usual)

    seen = set()
    for number, (it, found) in enumerate(judge_each(planted, is_noticed, workers), start=1):
        seen |= {it.id} if found else set()
        click.echo(f"{number} of {len(planted)}: {it.id} {'noticed' if found else '-'}")
    click.echo(f"{tool.name}: {len(seen)} of {len(planted)}")
    return [it.id for it in planted if it.id in seen]


@click.command()
@click.option("--id", "ids", multiple=True, metavar="ID", help="This defect only.")
@click.option("--tool", "names", multiple=True, metavar="NAME", help="Tools whose name begins so; all without it.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0))
@click.option("--workers", type=click.IntRange(1), help="Runs side by side; as many as there are cores without it.")
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(0), help="Runs of each that are timed.")
@click.option("--timed-only", is_flag=True, help="Time the tools, and judge no defect.")
@click.option("--publish", is_flag=True, help="Write what they noticed into docs/judging-power.json and its page.")
def main(  # what a command may be asked
    ids: tuple[str, ...],
    names: tuple[str, ...],
    seed: int,
    workers: int | None,
    rounds: int,
    *,
    timed_only: bool,
    publish: bool,
) -> None:
    """Judge each defect with each tool. Noticed: it says what it does not say of the mock without a defect."""
    planted = choose(list_catalogue(), ids, sample=False)
    tools = list(_list_installed(names))
    try:
        if rounds:
            _print_times(tools, seed, rounds, publish=publish)
        for tool in () if timed_only else tools:
            seen = list_noticed(tool, planted, seed, workers)
            if publish:
                _publish(others=results.read().others | {tool.name: seen})
    except servers.ServerError as error:
        raise click.ClickException(str(error)) from error


def _list_installed(names: Sequence[str]) -> Iterator[Tool]:
    """Yield the tools that were asked for and are installed; of the others it says what they lack."""
    for tool in TOOLS:
        if names and not tool.name.lower().startswith(tuple(map(str.lower, names))):
            continue
        if tool.missing:
            click.echo(f"{tool.name} is left out: {tool.missing} is not there")
        else:
            yield tool


def _print_times(tools: Sequence[Tool], seed: int, rounds: int, *, publish: bool) -> None:
    seconds = time_runs(tools, seed, rounds)
    for name, each in seconds.items():
        click.echo(f"{name}: {each:.1f} s a run")
    if publish:
        _publish(run_seconds=results.read().run_seconds | seconds)


def _publish(**changed: Any) -> None:
    page.publish(replace(results.read(), **changed))


if __name__ == "__main__":
    main()
