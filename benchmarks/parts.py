"""The parts of a run, each of which starts the servers it needs and gives figures; and how large a run is."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

from benchmarks import cases, promises, servers
from benchmarks.figures import CALLS, CONNEXION, GET, PRISM, SCALAR, SILENT, STARLETTE, TIMES, Figure, Row
from benchmarks.measures import (
    beside,
    console_views,
    endurance,
    events,
    footprint,
    fronted,
    growth,
    lives,
    proxied,
    streams,
    uploads,
)
from benchmarks.peers import stateless

PEERS = (STARLETTE, CONNEXION, SCALAR, PRISM)
_MINUTE = 60.0
DEFECT = "configuration-model-forgotten"
"""The defect that the first creation shows."""


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a measurement: `rounds` beside the peers, about half as many of all else, each of `seconds`."""

    rounds: int = 5
    seconds: float = 2.0
    repeats: int = 5
    streamed: float = 15.0
    minute: float = _MINUTE
    minutes: int = 2
    operations: Sequence[int] = promises.OPERATIONS
    worlds: Sequence[int] = promises.WORLDS
    packs: Sequence[int] = promises.PACKS
    lists: Sequence[int] = promises.LISTS
    tasks: Sequence[int] = promises.TASKS
    shards: Sequence[int] = promises.SHARDS
    endured: Sequence[str] = (GET,)
    others: bool = True  # the peers that need Node.js

    @property
    def shorter(self) -> int:
        """The rounds of what is not beside peers."""
        return (self.rounds + 1) // 2


USUAL = Size()
FULL = Size(
    rounds=9,
    seconds=5.0,
    repeats=9,
    minutes=30,
    worlds=(1, 100, 10_000),
    packs=(10, 1000, 10_000, 100_000),
    lists=(100, 1000, 10_000),
    endured=CALLS,
)
SMOKE = Size(rounds=3, seconds=1.0, repeats=3, shards=(2,), others=False)


@dataclass(slots=True)
class Gathered:
    """The figures of the parts so far."""

    rows: list[Row] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)


def _measure_peers(size: Size, into: Gathered) -> None:
    reason = stateless.explain_missing()
    if size.others and reason is None:
        into.versions.update(stateless.read_versions())
    elif size.others:
        into.left_out.append(f"{SCALAR} and {PRISM} are left out: {reason}")
    into.rows += (rows := beside.with_peers(size.rounds, size.seconds, others=size.others and reason is None))
    into.figures += [figure for row in rows for figure in row.compare(PEERS)]


def _measure_journal(size: Size, into: Gathered) -> None:
    rows = beside.without_journal(size.shorter, size.seconds)
    into.figures += [figure for row in rows for figure in row.compare([SILENT])]


def _measure_endurance(size: Size, into: Gathered) -> None:
    for call in size.endured:
        with servers.start(servers.build_mock_command()) as server:
            asked = beside.build_calls(server.url, beside.read_served(server.url))[call]
            of = "" if call == GET else f"{call}, "
            into.figures += endurance.measure_minutes(server, asked, size.minute, size.minutes, of)


def _measure_front(size: Size, into: Gathered) -> None:
    if reason := fronted.explain_missing():
        into.left_out.append(f"what a front adds is left out: {reason}")
    else:
        into.figures += fronted.measure(size.shorter)


def _measure_console(size: Size, into: Gathered) -> None:
    if reason := console_views.explain_missing():
        into.left_out.append(f"the views of the console are left out: {reason}")
    else:
        into.figures += console_views.measure(size.shorter)


def _measure_suite(size: Size, into: Gathered) -> None:
    for budget in promises.SUITE:
        taken = tuple(_run("mock", 0, "--budget", budget) for _ in range(size.shorter))
        into.figures.append(Figure(promises.name_suite_time(budget), "s", taken))
    _, explored = _run_with_report("mock", 0, "--budget", "quick")
    pairs = sum(each["met"] for each in explored["explored"]) / explored["summary"]["duration_s"]
    into.figures.append(Figure(promises.EXPLORED, "a second", (pairs,)))
    with servers.run_mock("--deviation", DEFECT) as url:
        runs = [_run_with_report(f"{url}/v1", 1, "--strict", "-x") for _ in range(size.repeats)]
    since = tuple(report["summary"]["duration_s"] for _, report in runs)
    into.figures.append(Figure(promises.FIRST_FINDING, "s", tuple(seconds for seconds, _ in runs)))
    into.figures.append(Figure(promises.SINCE_FIRST_REQUEST, "s", since))
    into.figures.append(Figure(promises.PLAIN, TIMES, tuple(cases.compare(size.shorter).ratios)))


def _run_with_report(target: str, expected: int, *options: str) -> tuple[float, dict[str, Any]]:
    """Return the seconds of a run, and its results; ServerError where its exit code is not the expected one."""
    with TemporaryDirectory() as folder:
        results = Path(folder, "results.json")
        seconds = _run(target, expected, *options, "--report", f"json={results}")
        return seconds, json.loads(results.read_bytes())


def _run(target: str, expected: int, *options: str) -> float:
    """Return seconds of a run; ServerError where its exit code is not the expected one."""
    command = [str(servers.find_script("evershell-conformance")), "run", "--target", target, *options]
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != expected:
        said = (done.stdout.strip() or done.stderr.strip())[-2000:]  # progress goes to stderr
        raise servers.ServerError(f"the suite ends with {done.returncode}, not {expected}: {said}")
    return time.perf_counter() - started


def _measure_shards(size: Size, into: Gathered) -> None:
    for of in size.shards:
        ratios = tuple(_compute_longest_of_shards(of) for _ in range(size.shorter - 1))
        into.figures.append(Figure(promises.name_longest_shard(of), TIMES, ratios))


def _compute_longest_of_shards(of: int) -> float:
    """Return the seconds of the longest shard over the average, as they are dealt by those of a run."""
    with TemporaryDirectory() as folder:
        last = Path(folder, "last.json")
        _run("mock", 0, "--seed", "1", "--report", f"json={last}")
        parts = [("--seed", "1", "--durations", str(last), "--shard", f"{number}/{of}") for number in range(1, of + 1)]
        seconds = [_run("mock", 0, *part) for part in parts]
    return max(seconds) / mean(seconds)


def _build_part(measure: Callable[[Size], Iterator[Figure]]) -> Callable[[Size, Gathered], None]:
    """Return a part that gives nothing but figures."""

    def run_part(size: Size, into: Gathered) -> None:
        into.figures += measure(size)

    return run_part


PARTS: Mapping[str, Callable[[Size, Gathered], None]] = MappingProxyType(
    {
        "peers": _measure_peers,
        "alternatives": _build_part(lambda size: beside.measure_alternatives(size.shorter, size.seconds)),
        "journal": _measure_journal,
        "endurance": _measure_endurance,
        "lists": _build_part(lambda size: growth.measure_in_a_list(size.lists, size.shorter, size.seconds)),
        "long list": _build_part(lambda size: growth.measure_in_the_longest_list(size.shorter)),
        "uploads": _build_part(lambda size: uploads.measure(size.shorter, size.seconds)),
        "operations": _build_part(lambda size: growth.measure_operations(size.operations, size.shorter, size.seconds)),
        "worlds": _build_part(lambda size: growth.measure_in_worlds(size.worlds, size.shorter, size.seconds)),
        "packs": _build_part(lambda size: growth.measure_in_packs(size.packs, size.shorter, size.seconds)),
        "tasks": _build_part(lambda size: lives.measure(size.tasks, size.shorter, size.seconds)),
        "streams": _build_part(lambda size: streams.measure(size.shorter, size.streamed)),
        "front": _measure_front,
        "console": _measure_console,
        "proxy": _build_part(lambda size: proxied.measure(size.shorter)),
        "events": _build_part(lambda size: events.measure(size.shorter)),
        "starts": _build_part(lambda size: footprint.measure_starts(size.repeats)),
        "memory": _build_part(lambda size: footprint.measure_memory(size.shorter)),
        "suite": _measure_suite,
        "shards": _measure_shards,
    }
)
