"""`python -m benchmarks.hardening`: a command for each way to try to break a mock or the suite."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from secrets import randbits

import click

from benchmarks.hardening.fuzzing import fuzz
from benchmarks.hardening.history import WORLDS, check_history
from benchmarks.hardening.loading import load_faulty
from benchmarks.hardening.power import survive
from benchmarks.hardening.proxying import attack_proxy
from benchmarks.hardening.resets import check_resets
from benchmarks.hardening.slow import measure_beside
from benchmarks.hardening.soak import soak
from benchmarks.hardening.tls import judge_secured


@click.group()
def main() -> None:
    """Try to break a mock or the suite, started for it; exit 1 where a promise of docs/reliability.md does not hold."""


@main.command(name="fuzz")
@click.option("--requests", default=100_000, show_default=True, type=click.IntRange(1))
@click.option("--seed", type=int, help="What the requests are made from; a new one by default.")
def fuzz_command(requests: int, seed: int | None) -> None:
    """Send requests of every shape, right and wrong."""
    done = fuzz(requests, _report(seed))
    click.echo(done.render())
    end(done.list_shortfalls(memory=True))


@main.command(name="history")
@click.option("--operations", default=10_000, show_default=True, type=click.IntRange(WORLDS))
@click.option("--seed", type=int, help="What the operations are drawn from; a new one by default.")
def history_command(operations: int, seed: int | None) -> None:
    """Have many clients read and write the same packs, and look for an order that explains what they saw."""
    done = check_history(operations, _report(seed))
    click.echo(done.render())
    end(done.findings)


@main.command(name="resets")
@click.option("--clients", default=200, show_default=True, type=click.IntRange(1), help="That upload at once.")
@click.option("--resets", "times", default=50, show_default=True, type=click.IntRange(1))
@click.option("--seed", type=int, help="What the pauses are drawn from; a new one by default.")
def resets_command(clients: int, times: int, seed: int | None) -> None:
    """Reset a world under many uploads, and look for one that lands or is answered in a later time than its own."""
    done = check_resets(clients, times, _report(seed))
    click.echo(done.render())
    end(done.findings)


@main.command(name="power")
@click.option(
    "--states", default=200, show_default=True, type=click.IntRange(0), help="Drawn beside those of each write."
)
@click.option("--seed", type=int, help="What is lost is drawn from it; a new one by default.")
def power_command(states: int, seed: int | None) -> None:
    """Load every state that a loss of power may leave of the worlds that a mock keeps."""
    done = survive(states, _report(seed))
    click.echo(done.render())
    end(done.findings)


@main.command(name="slow")
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1))
@click.option("--seconds", default=3.0, show_default=True, type=click.FloatRange(0.1), help="Length of a measurement.")
def slow_command(rounds: int, seconds: float) -> None:
    """Measure how others fare beside a thousand idle connections and hundreds of slow, deaf and fickle ones."""
    done = measure_beside(rounds, seconds)
    click.echo(done.render())
    end(done.list_shortfalls())


@main.command(name="proxy")
@click.option("--requests", default=5000, show_default=True, type=click.IntRange(1), help="Of the storm through it.")
@click.option("--seed", type=int, help="What the storm is made from; a new one by default.")
def proxy_command(requests: int, seed: int | None) -> None:
    """Attack the judging proxy by clients and by servers: it stays, stays small, and keeps its report."""
    done = attack_proxy(requests, _report(seed))
    click.echo(done.render())
    end(done.list_shortfalls())


@main.command(name="load")
@click.option("--seed", type=int, help="What load and faults are drawn from; a new one by default.")
def load_command(seed: int | None) -> None:
    """Put load on servers that reset, hang, answer garbage or change their answers."""
    done = load_faulty(_report(seed))
    click.echo(done.render())
    end(done.list_shortfalls())


@main.command(name="tls")
def tls_command() -> None:
    """Have the suite judge servers whose TLS is wrong, broken off or stalled."""
    done = judge_secured()
    click.echo(done.render())
    end(done.list_shortfalls())


@main.command(name="soak")
@click.option("--minutes", default=60.0, show_default=True, type=click.FloatRange(0))
@click.option("--seed", type=int, help="What the load is made from; a new one by default.")
def soak_command(minutes: float, seed: int | None) -> None:
    """Load a mock for long, and a second one that is reloaded; a line of figures each turn."""
    end(soak(minutes, _report(seed), click.echo).list_shortfalls())


def _report(seed: int | None) -> int:
    seed = randbits(32) if seed is None else seed
    click.echo(f"seed {seed}")
    return seed


def end(short: Iterable[str]) -> None:
    """Say what falls short, and exit."""
    told = list(short)
    for each in told:
        click.echo(each, err=True)
    sys.exit(1 if told else 0)


if __name__ == "__main__":
    main()
