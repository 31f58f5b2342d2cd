"""A run over defects and over servers without one: how it judges, and what it found."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

import click

from benchmarks.mutants import warm
from benchmarks.mutants.catalogue import Planted
from benchmarks.mutants.clean import SERVERS, Alarms, CleanRun, count_findings
from benchmarks.mutants.judge import NothingReachedError, judge
from benchmarks.mutants.power import Kill

Tests = AbstractSet[tuple[str, str | None]]
"""The rule and the operation of each test of the suite; None: it is about none, or about several."""
Options = list[str]
"""The suite's."""


def list_stages(it: Planted, tests: Tests, *, quick: bool, only: str | None) -> list[Options]:
    """Return the options of one run after the other, of which the first that finds something is the last."""
    if not quick or only:
        return [[*(["-x"] if quick else []), *(["--only", only] if only else [])]]
    rules = [f"--rule={rule}" for rule in it.breaks]
    own = [f"--operation={operation}" for operation in it.operations]
    # A run of no test costs as much as one of a few, and finds nothing.
    narrower = any((rule, operation) in tests for rule in it.breaks for operation in it.operations)
    narrower &= any(rule in it.breaks and operation not in it.operations for rule, operation in tests)
    return [["-x", *options] for options in ([[*rules, *own]] if narrower else []) + [rules, []]]


def narrow_to_operations(it: Planted) -> list[Options]:
    """Return the options of runs that judge the defect's own operations and no others, the shorter run first."""
    own = [f"--operation={operation}" for operation in it.operations]
    return [["-x", "--budget=quick", *own], ["-x", *own]]


def is_narrowed(options: Sequence[str]) -> bool:
    """Return whether a run judges some rules only: where it can send nothing, a later stage may."""
    return any(option.startswith("--rule=") for option in options)


@dataclass(frozen=True, slots=True)
class Asked:
    """The way in which a run judges."""

    seed: int
    only: str | None
    quick: bool
    clean_seeds: int
    narrowed: bool = False
    """Whether each defect is judged at its own operations alone."""
    worlds: bool = True
    """Whether each test of the suite has a world of its own."""


@dataclass(frozen=True, slots=True)
class Found:
    """The findings of a run, or of a shard of it."""

    kills: tuple[Kill, ...]
    alarms: tuple[Alarms, ...]
    seconds: float

    @property
    def ids(self) -> list[str]:
        """Return what was judged."""
        return [*(it.planted.id for it in self.kills), *(it.run.id for it in self.alarms)]

    @property
    def false_alarms(self) -> dict[str, int]:
        """Findings by server without a defect."""
        return {name: sum(it.findings for it in self.alarms if it.run.server == name) for name in SERVERS}


Case = tuple[Planted, int, Sequence[str], bool]
"""A defect, the seed, the suite's options, and whether there are worlds."""


class Judges:
    """The judging processes: copies of one that has all loaded."""

    def prepare(self, seed: int) -> Tests:
        """Do what every run of the seed begins with, and return the tests that there are."""
        return {(case["rule"], case["operation_id"]) for case in warm.warm_up(seed)["cases"]}

    def judge_kills(self, cases: Sequence[Case], workers: int | None) -> Iterator[Kill]:
        """Yield each defect as it is judged."""
        return warm.run_in_copies(_judge_kill, cases, workers)

    def judge_alarms(self, runs: Sequence[CleanRun], workers: int | None) -> Iterator[Alarms]:
        """Yield each server without one as it is judged."""
        return warm.run_in_copies(_judge_alarms, runs, workers)


def judge_all(
    asked: Asked, planted: Sequence[Planted], runs: Sequence[CleanRun], judges: Judges, workers: int | None
) -> Found:
    """Return what is found, in the order of what is given; a line of each defect as it is judged."""
    if not planted and not runs:
        return Found((), (), 0.0)
    started = time.perf_counter()
    tests = judges.prepare(asked.seed)
    left = {it.id: _choose_stages(it, tests, asked) for it in planted}
    kills: dict[str, Kill] = {}
    while at := [it for it in planted if left[it.id]]:
        for kill in judges.judge_kills([(it, asked.seed, left[it.id].pop(0), asked.worlds) for it in at], workers):
            name, before = kill.planted.id, kills.get(kill.planted.id)
            kills[name] = replace(kill, seconds=kill.seconds + before.seconds) if before else kill
            if kill.rules:
                left[name].clear()
            if not left[name]:
                over = sum(not left[it] for it in kills)
                click.echo(f"{over} of {len(planted)}: {name} {_describe_kill(kill)} ({kills[name].seconds:.1f} s)")
    alarms = {it.run: it for it in judges.judge_alarms(runs, workers)}
    seconds = time.perf_counter() - started
    return Found(tuple(kills[it.id] for it in planted), tuple(alarms[it] for it in runs), seconds)


def _choose_stages(it: Planted, tests: Tests, asked: Asked) -> list[Options]:
    return narrow_to_operations(it) if asked.narrowed else list_stages(it, tests, quick=asked.quick, only=asked.only)


def join_shards(shards: Sequence[Found], order: Sequence[str]) -> Found:
    """Return what the shards found, as one run would tell it; order: of all that was judged.

    The seconds are the longest's.
    """
    place = {name: number for number, name in enumerate(order)}
    return Found(
        tuple(sorted((it for found in shards for it in found.kills), key=lambda it: place[it.planted.id])),
        tuple(sorted((it for found in shards for it in found.alarms), key=lambda it: place[it.run.id])),
        max(found.seconds for found in shards),
    )


def _describe_kill(kill: Kill) -> str:
    if not kill.rules:
        return "SURVIVES"
    besides = f", blaming {', '.join(kill.blamed)} besides" if kill.blamed else ""
    return f"killed by {', '.join(sorted(kill.rules - set(kill.blamed))) or 'none of its own rules'}{besides}"


def _judge_kill(case: Case) -> Kill:
    it, seed, options, worlds = case
    started = time.perf_counter()
    try:
        found = judge([it.id], seed, *options, suite=warm.run, mock=warm.serve_mock, worlds=worlds)
    except NothingReachedError:
        if not is_narrowed(options):
            raise
        return Kill(it, frozenset(), frozenset(), frozenset(), time.perf_counter() - started)
    return Kill(it, found.rules, found.directed, found.generated, found.seconds)


def _judge_alarms(run: CleanRun) -> Alarms:
    return Alarms(run, count_findings(run.server, run.seed, suite=warm.run))
