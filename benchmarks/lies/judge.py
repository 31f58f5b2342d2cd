"""One lie, judged as a user would judge a server that tells it: the suite's command, stopped at its first finding."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from functools import cache

from benchmarks import servers
from benchmarks.lies.contract import Contract, load
from benchmarks.lies.draw import every
from benchmarks.lies.lie import Lie, Telling
from benchmarks.lies.results import Told
from benchmarks.mutants import warm
from benchmarks.mutants.judge import JudgeError, Serve, Suite, command, run
from conformance.budget import QUICK
from tests.proxy.proxy import proxying

OPTIONS = ("--budget", QUICK.name, "-x")
TRIES = 3
"""An error of the suite, such as a mock that did not answer in time, ends a run without a verdict on the lie."""


@cache
def contract() -> Contract:
    """The project's own."""
    return load()


@cache
def lies() -> dict[str, Lie]:
    """Every lie by its id."""
    return {it.id: it for it in every(contract())}


def judged(lie: Lie, seed: int, *, generated: bool, suite: Suite = command, mock: Serve = servers.mock) -> Told:
    """What is found of it: what is about its operation is asked first, and all else where that finds nothing.

    Where the suite gives no verdict, it found nothing. generated: ask generated cases alone too.
    """
    started = time.perf_counter()
    rules, acted = _found(lie, seed, "--operation", lie.operation, suite=suite, mock=mock)
    if not rules:
        rules, acted = _found(lie, seed, suite=suite, mock=mock)
    alone = _found(lie, seed, "--only", "generated", suite=suite, mock=mock)[0] if generated else None
    seconds = round(time.perf_counter() - started, 1)
    return Told(lie.id, lie.kind, lie.operation, lie.sentence, rules, alone, acted, seconds)


def _found(lie: Lie, seed: int, *options: str, suite: Suite, mock: Serve) -> tuple[tuple[str, ...], int]:
    """The rules with a finding, and how many answers were changed."""
    for _ in range(TRIES):
        with mock() as origin, proxying(origin) as proxy:
            telling = Telling(contract(), lie.teller(), origin)
            proxy.add(telling.behaviour())
            try:
                report = run(f"{proxy.origin}/v1", seed, *OPTIONS, *options, suite=suite)
            except JudgeError:
                continue
        findings = [it for it in report["findings"] if not it.get("exchange") or it["exchange"]["status"]]
        if findings or not report["cut_short"]:
            return tuple(sorted({it["rule"] for it in findings})), telling.acted
    return (), telling.acted


def all_judged(chosen: Sequence[Lie], seed: int, workers: int | None, *, generated: bool) -> Iterator[Told]:
    """Each as it ends, in copies of a process that has the suite loaded."""
    warm.warm_up(seed, QUICK)
    yield from warm.copies(_judged, [(it.id, seed, generated) for it in chosen], workers)


def _judged(given: tuple[str, int, bool]) -> Told:
    name, seed, generated = given
    return judged(lies()[name], seed, generated=generated, suite=_alone, mock=warm.mock)


def _alone(arguments: list[str]) -> str:
    """Run the suite in a copy of this process, since it runs once a process; the proxy stays here."""
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        try:
            os.close(reading)
            os.write(writing, warm.run(arguments)[-1000:].encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8", errors="replace") as said:
        told = said.read()
    os.waitpid(process, 0)
    return told
