"""`make bench`: the mock beside raw Starlette and bare Connexion, the suite beside plain Schemathesis, in one run."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import httpx

from benchmarks import cases, servers, table, worlds
from benchmarks.load import Call, LoadError, described, load
from benchmarks.peers.data import Data, Pack

CALLER = "globex-owner"
"""Sees seven packs, as the peers that are measured elsewhere list them."""
_REPEATS = 50
_QUIET = 0.5  # processes that want to run, on average of the last minute
_BODIES = tuple(json.dumps({"visibility": visibility}) for visibility in ("community", "org"))


def _served_data(mock: str) -> Data:
    """What the mock shows to the caller; the peers then serve the same."""
    personas = httpx.get(f"{mock}/_mock/personas").raise_for_status().json()["personas"]
    token = next(persona["token"] for persona in personas if persona["name"] == CALLER)
    answer = httpx.get(f"{mock}/v1/packs", headers={"Authorization": f"Bearer {token}"}).raise_for_status()
    return Data(token, {pack["id"]: pack for pack in answer.json()["packs"]})


def _movable(mock: str, served: Data) -> Pack:
    """An own pack that no other org's role holds fast, so that its visibility can go to and fro."""
    headers = {"Authorization": f"Bearer {served.token}"}
    for pack in served.packs.values():
        url = f"{mock}/v1/packs/{pack['id']}"
        if pack["owned"] and all(httpx.patch(url, headers=headers, json=json.loads(b)).is_success for b in _BODIES):
            return pack
    raise servers.ServerError(f"{CALLER} has no pack whose visibility can be changed back and forth")


def _calls(url: str, token: str, pack_id: str) -> Iterator[tuple[str, Call]]:
    headers = {"Authorization": f"Bearer {token}"}
    yield "GET a pack", Call("GET", f"{url}/v1/packs/{pack_id}", headers)
    yield "list", Call("GET", f"{url}/v1/packs", headers)
    yield "PATCH", Call("PATCH", f"{url}/v1/packs/{pack_id}", headers | {"Content-Type": "application/json"}, _BODIES)


def _measure(urls: dict[str, str], token: str, pack_id: str, rounds: int, seconds: float) -> list[table.Row]:
    """Every server takes its turn in every round, so that what slows the machine slows all of them."""
    calls = {name: dict(_calls(url, token, pack_id)) for name, url in urls.items()}
    rows = [table.Row(call, {name: [] for name in urls}) for call in calls[table.OURS]]
    for number in range(rounds):
        order = list(urls) if number % 2 == 0 else list(reversed(urls))
        for row in rows:
            for name in order:
                row.rounds[name].append(load(calls[name][row.call], seconds))
    return rows


def _compare(rounds: int, seconds: float) -> list[table.Row]:
    with TemporaryDirectory() as folder, ExitStack() as running:
        mock = running.enter_context(servers.mock())
        served = _served_data(mock)
        pack_id = _movable(mock, served)["id"]
        data_file = Path(folder, "data.json")
        served.write(data_file)
        urls = {
            table.STARLETTE: running.enter_context(servers.peer("raw_starlette", data_file)),
            table.CONNEXION: running.enter_context(servers.peer("bare_connexion", data_file)),
            table.OURS: mock,
        }
        _measure(urls, served.token, pack_id, rounds=1, seconds=min(seconds, 1))  # warm up
        click.echo(f"{rounds} alternating rounds of {described(seconds)}; a list has {len(served.packs)} packs")
        return _measure(urls, served.token, pack_id, rounds, seconds)


def _journal(rounds: int, seconds: float) -> list[table.Row]:
    """The mock with its journal at its bound beside itself without one."""
    with servers.mock() as mock, servers.mock("--journal", "0") as silent:
        served = _served_data(mock)
        pack_id = _movable(mock, served)["id"]
        urls = {table.SILENT: silent, table.OURS: mock}
        _measure(urls, served.token, pack_id, rounds=1, seconds=min(seconds, 1))  # fill the journal to its bound
        return _measure(urls, served.token, pack_id, rounds, seconds)


def _worlds(packs: int) -> str:
    """What is done to whole worlds, with few packs and with many."""
    with servers.mock() as mock:
        return worlds.rendered(list(worlds.timed(mock, worlds.many_packs(packs), _REPEATS)), packs)


def _suite() -> str:
    """How long the suite takes to judge the embedded mock, start and report included."""
    started = time.perf_counter()
    command = [str(servers.script("evershell-conformance")), "run", "--target", "mock"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    took = time.perf_counter() - started
    *_, verdict = (done.stdout.strip() or done.stderr.strip() or "it said nothing").splitlines()
    return f"suite: {took:.1f} s, exit code {done.returncode}: {verdict}"


@click.command()
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1), help="Rounds; each server in each.")
@click.option(
    "--seconds", default=2.0, show_default=True, type=click.FloatRange(0.1), help="Length of one measurement."
)
@click.option(
    "--packs", default=10_000, show_default=True, type=click.IntRange(1), help="Packs of the world with many."
)
@click.option(
    "--suite/--no-suite",
    default=True,
    show_default=True,
    help="Time the conformance suite too, beside plain Schemathesis.",
)
def main(rounds: int, seconds: float, packs: int, *, suite: bool) -> None:
    """Measure; exit 1 where the mock is slower than promised."""
    busy = os.getloadavg()[0]
    if busy > _QUIET:
        click.echo(f"This machine is busy (load average {busy:.1f}): read the spread before the ratios.")
    try:
        rows = _compare(rounds, seconds)
        click.echo(table.rendered(rows))
        journal = _journal(rounds, seconds)
        click.echo(table.rendered(journal))
        click.echo(_worlds(packs))
    except (LoadError, servers.ServerError, httpx.HTTPError) as error:
        raise click.ClickException(str(error)) from error
    short = table.falls_short(rows[0]) or table.journal_costs_too_much(journal[0])
    if suite:
        click.echo(_suite())
        compared = cases.compare(rounds)
        click.echo(compared.rendered())
        short = short or compared.falls_short()
    if short:
        raise click.ClickException(short)


if __name__ == "__main__":
    main()
