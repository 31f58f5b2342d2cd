"""One lie, judged as a user would judge a server that tells it: the suite's command, stopped at its first finding."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from benchmarks import servers
from benchmarks.lies.contract import Contract, load
from benchmarks.lies.draw import every
from benchmarks.lies.lie import Lie, Teller, Telling
from benchmarks.lies.results import Told
from benchmarks.mutants import warm
from benchmarks.mutants.judge import GENERATED, JudgeError, Serve, Suite, command, run
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


@cache
def truth() -> Lie:
    """What changes no answer, so that whatever is found behind the same proxy is no lie's."""
    return Lie("none", contract().operations[0].id, "", "Nothing is changed.", Teller)


@dataclass(frozen=True, slots=True)
class Found:
    """What a run found."""

    rules: tuple[str, ...]
    """Those with a finding."""
    acted: int = 0
    """How many answers were changed."""
    unjudged: str = ""
    """Why there is no verdict."""


def judged(lie: Lie, seed: int, *, generated: bool, suite: Suite = command, mock: Serve = servers.mock) -> Told:
    """What is found of it; generated: by generated cases alone, too."""
    started = time.perf_counter()
    found = _first_found(lie, seed, suite=suite, mock=mock)
    alone = _first_found(lie, seed, "--only", GENERATED, suite=suite, mock=mock) if generated else None
    return Told(
        id=lie.id,
        kind=lie.kind,
        operation=lie.operation,
        sentence=lie.sentence,
        rules=found.rules,
        generated=None if alone is None else alone.rules,
        acted=found.acted,
        seconds=round(time.perf_counter() - started, 1),
        unjudged=found.unjudged or (alone.unjudged if alone else ""),
    )


def _first_found(lie: Lie, seed: int, *options: str, suite: Suite, mock: Serve) -> Found:
    """What is about its operation finds most, and in a second; what that misses is left for all else."""
    found = _found(lie, seed, *options, "--operation", lie.operation, suite=suite, mock=mock)
    return found if found.rules else _found(lie, seed, *options, suite=suite, mock=mock)


def _found(lie: Lie, seed: int, *options: str, suite: Suite, mock: Serve) -> Found:
    """What one run finds."""
    unjudged = ""
    for _ in range(TRIES):
        with mock() as origin, proxying(origin) as proxy:
            telling = Telling(contract(), lie.teller(), origin)
            proxy.add(telling.behaviour())
            try:
                report = run(f"{proxy.origin}/v1", seed, *OPTIONS, *options, suite=suite)
            except JudgeError as error:
                unjudged = str(error)
                continue
        # That no answer came may be the machine's doing, and is never a lie's.
        findings = [it for it in report["findings"] if not it.get("exchange") or it["exchange"]["status"]]
        if findings or not report["cut_short"]:
            return Found(tuple(sorted({it["rule"] for it in findings})), telling.acted)
        unjudged = f"cut short: {report['cut_short']}"
    return Found((), unjudged=unjudged)


def all_judged(chosen: Sequence[Lie], seed: int, workers: int | None, *, generated: bool) -> Iterator[Told]:
    """Each as it ends, in copies of a process that has the suite loaded.

    JudgeError where something is found though nothing is changed, or that cannot be judged: then figures mean nothing.
    """
    warm.warm_up(seed, QUICK)
    for told in warm.copies(_judged, [(it.id, seed, generated) for it in (truth(), *chosen)], workers):
        if told.id != truth().id:
            yield told
        elif accused := sorted({*told.rules, *(told.generated or ())}):
            raise JudgeError(f"behind the proxy, with nothing changed, the suite finds {', '.join(accused)}")
        elif told.unjudged:
            raise JudgeError(f"behind the proxy, with nothing changed, there is no verdict: {told.unjudged}")


def _judged(given: tuple[str, int, bool]) -> Told:
    name, seed, generated = given
    return judged(lies().get(name) or truth(), seed, generated=generated, suite=_alone, mock=warm.mock)


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
