"""`make mutants`: judge the mock with each planted defect, and say what the suite noticed."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import click

from benchmarks.mutants import catalogue, clean, page, results, table, warm
from benchmarks.mutants.catalogue import Planted
from benchmarks.mutants.judge import JudgeError, judge
from benchmarks.mutants.power import Kill, shortfalls
from benchmarks.servers import ServerError

Asked = Callable[[Planted], Sequence[str]]
"""The suite's options for a defect."""


def _kills(planted: Sequence[Planted], seed: int, asked: Asked, workers: int | None) -> list[Kill]:
    """Each defect with what was found, in the catalogue's order, a line as it ends."""
    kills: dict[str, Kill] = {}
    each = [(it, seed, asked(it)) for it in planted]
    for kill in warm.copies(_kill, each, workers):
        kills[kill.planted.id] = kill
        click.echo(f"{len(kills)} of {len(planted)}: {kill.planted.id} {_found(kill)} ({kill.seconds:.1f} s)")
    return [kills[it.id] for it in planted]


def _kill(given: tuple[Planted, int, Sequence[str]]) -> Kill:
    it, seed, options = given
    found = judge([it.id], seed, *options, suite=warm.run, mock=warm.mock)
    return Kill(it, found.rules, found.directed, found.generated, found.seconds)


def _quick_kills(planted: Sequence[Planted], seed: int, workers: int | None) -> list[Kill]:
    """Each stopped at its first finding: what it breaks is judged first, and all else where that finds nothing."""
    own = _kills(planted, seed, lambda it: ["-x", *(f"--rule={rule}" for rule in it.breaks)], workers)
    left = [kill.planted for kill in own if not kill.rules]
    late = {kill.planted: kill for kill in _kills(left, seed, lambda _: ["-x"], workers)}
    return [late.get(kill.planted, kill) for kill in own]


def _found(kill: Kill) -> str:
    if not kill.rules:
        return "SURVIVES"
    besides = f", blaming {', '.join(kill.blamed)} besides" if kill.blamed else ""
    return f"killed by {', '.join(sorted(kill.rules - set(kill.blamed))) or 'none of its own rules'}{besides}"


@click.command()
@click.option("--id", "ids", multiple=True, metavar="ID", help="Judge this defect only.")
@click.option(
    "--sample", is_flag=True, help="Judge the fixed sample, and what is new since the figures were published."
)
@click.option("--new", is_flag=True, help="Judge what is new since the figures were published.")
@click.option("--quick", is_flag=True, help="Stop at the first finding: who survives, and nothing else.")
@click.option("--only", type=click.Choice(["generated", "directed"]), help="With these cases alone.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0))
@click.option("--clean-seeds", default=3, show_default=True, type=click.IntRange(0), help="Seeds for false alarms.")
@click.option("--workers", type=click.IntRange(1), help="Runs side by side; as many as there are cores without it.")
@click.option(
    "--publish",
    is_flag=True,
    help="Write docs/judging-power.json, and the page made of it; of some defects, beside the others' figures.",
)
def main(  # what a command may be asked
    ids: tuple[str, ...],
    only: str | None,
    seed: int,
    clean_seeds: int,
    workers: int | None,
    *,
    sample: bool,
    new: bool,
    quick: bool,
    publish: bool,
) -> None:
    """Judge; exit 1 where a defect survives, is blamed on others, or a clean server has a finding."""
    started = time.perf_counter()
    every = catalogue.catalogue()
    planted = _asked_for(every, ids, sample=sample, new=new)
    try:
        warm.warm_up(seed)
        if quick:
            kills = _quick_kills(planted, seed, workers)
        else:
            kills = _kills(planted, seed, lambda _: ["--only", only] if only else [], workers)
        alarms = clean.false_alarms(clean_seeds, workers)
    except (JudgeError, ServerError) as error:
        raise click.ClickException(str(error)) from error
    seconds = time.perf_counter() - started
    for line in table.rendered(kills):
        click.echo(line)
    for name, count in alarms.items():
        click.echo(f"{name} without a defect: {count} findings in {clean_seeds} seeds")
    click.echo(f"{seconds:.0f} s")
    if publish and len(planted) < len(every):
        _publish_some(every, kills)
    elif publish:
        _publish(seed, kills, seconds, alarms, clean_seeds)
    short = [f"{kill.planted.id} survives" for kill in kills if not kill.rules] if quick or only else shortfalls(kills)
    short += [f"{name} has findings without a defect" for name, count in alarms.items() if count]
    for line in short:
        click.echo(line, err=True)
    raise SystemExit(bool(short))


def _asked_for(every: Sequence[Planted], ids: Sequence[str], *, sample: bool, new: bool) -> list[Planted]:
    """The defects that the options name; what is new is in every sample."""
    if new:
        return results.new(every)
    planted = list(catalogue.chosen(every, ids, sample=sample))
    return planted + [it for it in results.new(every) if sample and it not in planted]


def _publish(seed: int, kills: Sequence[Kill], seconds: float, alarms: dict[str, int], seeds: int) -> None:
    """Write the figures; those of the first run, and of other tools, stay as they were."""
    before = results.read() if results.RESULTS.exists() else None
    page.publish(
        results.Results(
            seed=seed,
            kills=tuple(kills),
            seconds=round(seconds, 1),
            clean=alarms,
            seeds=seeds,
            first=before.first if before else [kill.planted.id for kill in kills if not kill.rules],
            others=before.others if before else {},
            run_seconds=before.run_seconds if before else {},
        )
    )


def _publish_some(every: Sequence[Planted], kills: Sequence[Kill]) -> None:
    """Write the figures with these beside those of the last run over the whole catalogue."""
    before = results.read()
    by_defect = {kill.planted: kill for kill in (*before.kills, *kills)}
    later = (*before.later, *(kill.planted.id for kill in kills))
    found = tuple(by_defect[it] for it in every)
    page.publish(replace(before, kills=found, later=tuple(it.id for it in every if it.id in later)))


if __name__ == "__main__":
    main()
