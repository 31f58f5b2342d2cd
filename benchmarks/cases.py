"""Generated cases a second: the suite beside plain Schemathesis, on one mock, process start included.

`st run` has its own phases, all default checks, one worker, a token that may do everything, and as many examples an
operation as make about as many cases; neither asks for streams, for whose end it would wait. Ours puts real data,
callers and an oracle into the same library's cases.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import click

from benchmarks import servers
from benchmarks.asking import read_token
from benchmarks.endless import without_endless
from conformance.budget import BUDGETS, NORMAL, Budget
from mock_server.settings import find_own_contract

LEAST_TIMES_PLAIN = 1.5
"""The factor by which the suite's rate of cases must exceed plain Schemathesis'."""
CALLER = "acme-owner"
_EXAMPLES = 30
"""The number of examples of an operation that make about as many cases as the usual budget."""
_GENERATED = re.compile(r"([\d,]+) generated")


@dataclass(frozen=True, slots=True)
class Measured:
    """One process: how many cases it sent and judged, and how long it took."""

    cases: int
    seconds: float

    @property
    def rate(self) -> float:
        return self.cases / self.seconds


@dataclass(frozen=True, slots=True)
class Compared:
    """The two rates, round by round."""

    ours: list[Measured]
    plain: list[Measured]

    @property
    def ratios(self) -> list[float]:
        return [ours.rate / plain.rate for ours, plain in zip(self.ours, self.plain, strict=True)]

    def render(self) -> str:
        """Return both rates and the ratio, with its spread."""
        lines = [f"{'generated cases':<24}{'cases':>10}{'seconds':>12}{'cases/s':>12}"]
        for name, rounds in (("plain Schemathesis", self.plain), ("suite", self.ours)):
            cases, seconds = median(m.cases for m in rounds), median(m.seconds for m in rounds)
            lines.append(f"{name:<24}{cases:>10,.0f}{seconds:>12.2f}{median(m.rate for m in rounds):>12,.0f}")
        spread = f"{min(self.ratios):.2f}-{max(self.ratios):.2f}"
        lines.append(f"{'suite / plain':<24}{f'{median(self.ratios):.2f} ({spread})':>34}")
        return "\n".join(lines)

    def explain_shortfall(self) -> str | None:
        """Return why the suite is too slow; None where it is fast enough."""
        if median(self.ratios) >= LEAST_TIMES_PLAIN:
            return None
        return (
            f"generated cases: the suite has {median(self.ratios):.2f} times plain Schemathesis' rate, "
            f"{LEAST_TIMES_PLAIN:g} are promised"
        )


def compare(rounds: int, budget: Budget = NORMAL) -> Compared:
    """Return both in turn, so that what slows the machine slows both; each round has a mock and a seed of its own."""
    compared = Compared([], [])
    for seed in range(1, rounds + 1):
        with servers.run_mock("--log-level", "error") as mock:
            compared.plain.append(_run_plain(mock, seed, budget))
        with servers.run_mock("--log-level", "error") as mock:
            compared.ours.append(_run_ours(mock, seed, budget))
    return compared


def _run_plain(mock: str, seed: int, budget: Budget) -> Measured:
    examples = _EXAMPLES * budget.requests // NORMAL.requests
    options = ["--workers", "1", "--seed", str(seed), "--max-examples", str(examples), "--no-color"]
    options += ["--generation-database", "none", "--header", f"Authorization: Bearer {read_token(mock, CALLER)}"]
    options += without_endless(find_own_contract())
    said, seconds = _time_command(
        [str(servers.find_script("st")), "run", str(find_own_contract()), "--url", f"{mock}/v1", *options]
    )
    found = _GENERATED.search(said)
    if found is None:
        raise servers.ServerError(f"st run said nothing of its cases: {said.strip()[-300:]}")
    return Measured(int(found[1].replace(",", "")), seconds)


def _run_ours(mock: str, seed: int, budget: Budget) -> Measured:
    said, seconds = _time_command(
        [sys.executable, "-m", "benchmarks.generated_run", f"{mock}/v1", str(seed), budget.name]
    )
    try:
        told = json.loads(said)
    except ValueError:
        raise servers.ServerError(f"the suite's generated stage failed: {said.strip()[-300:]}") from None
    if told["rules"]:
        raise servers.ServerError(f"the suite's generated stage finds a right mock wrong: {told['rules']}")
    return Measured(told["cases"], seconds)


def _time_command(command: list[str]) -> tuple[str, float]:
    """Return what the command says on both streams, and its time, run elsewhere so that it finds no settings."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {"PYTHONPATH": str(Path(__file__).parents[1]), "PATH": os.environ["PATH"]}
        started = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=environment)
        return done.stdout + done.stderr, time.perf_counter() - started


@click.command()
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1), help="Rounds; both in each.")
@click.option("--budget", default=NORMAL.name, show_default=True, type=click.Choice(tuple(BUDGETS)), help="How much.")
def main(rounds: int, budget: str) -> None:
    """Measure; exit 1 where the suite is slower than promised."""
    compared = compare(rounds, BUDGETS[budget])
    click.echo(compared.render())
    if short := compared.explain_shortfall():
        raise click.ClickException(short)


if __name__ == "__main__":
    main()
