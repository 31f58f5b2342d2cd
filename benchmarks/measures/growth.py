"""The rate of one call where something else grows: operations, worlds, packs, packs in the answer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import servers
from benchmarks.asking import Asker, asker, signed_in, token_of
from benchmarks.figures import TIMES, Figure, quotients
from benchmarks.load import Call, load
from benchmarks.measures import grown, worlds
from benchmarks.promises import LONG_LIST, SCALE, after_a_change, linear, per_pack
from benchmarks.promises import grown as ratio_of
from mock_server.settings import MOST_WORLDS

Rates = dict[int, list[float]]

CONTROL_ROUNDS, CONTROL_REPEATS = 5, 20
LIST_REPEATS = 20
WARM_S = 1.0


def taken_in_turn(calls: Mapping[int, Call], rounds: int, seconds: float) -> Rates:
    """Return requests a second of each call, all in every round, first one way round and then the other."""
    rates: Rates = {size: [] for size in calls}
    for number in range(-1, rounds):
        for size in sorted(calls, reverse=number % 2 == 0):
            rate = load(calls[size], seconds if number >= 0 else min(seconds, WARM_S)).requests_per_second
            if number >= 0:  # the round before warms up
                rates[size].append(rate)
    return rates


def compared(what: str, rates: Rates) -> Iterator[Figure]:
    """Yield the rate with more of something over the rate with the least of it, within each round."""
    few, *larger = sorted(rates)
    named = {str(size): rounds for size, rounds in rates.items()}
    for many in larger:
        yield Figure(ratio_of(what, many, few), TIMES, quotients(named, str(many), str(few)))


def operations(sizes: Sequence[int], rounds: int, seconds: float) -> Iterator[Figure]:
    """Yield a GET of the contract's last operations, where it has few and where it has many."""
    with ExitStack() as running:
        urls = {count: running.enter_context(grown.served(count)) for count in sizes}
        headers = signed_in(token_of(urls[sizes[0]], worlds.PERSONA))
        calls = {count: Call("GET", f"{url}/packs/pack_01HZ", headers) for count, url in urls.items()}
        rates = taken_in_turn(calls, rounds, seconds)
    yield from compared("operations", rates)


def in_worlds(sizes: Sequence[int], rounds: int, seconds: float) -> Iterator[Figure]:
    """Yield a GET in one world, where it is the only one and where there are thousands."""
    with ExitStack() as running:
        calls: dict[int, Call] = {}
        for count in sizes:
            url = running.enter_context(servers.mock())
            make_worlds(url, min(count, MOST_WORLDS - 1))  # `default` is one too
            calls[count] = Call(
                "GET", f"{url}/_worlds/{world_name(0)}/v1/packs/pack_01HZ", signed_in(token_of(url, worlds.PERSONA))
            )
        rates = taken_in_turn(calls, rounds, seconds)
    yield from compared("worlds", rates)


def world_name(number: int) -> str:
    """Return the name of one of the many worlds."""
    return f"world-{number}"


def make_worlds(url: str, count: int) -> None:
    """Let the mock make so many worlds, beside `default`."""
    with asker(url) as mock:
        for number in range(count):
            mock.post("/_mock/worlds", {"name": world_name(number)})


def in_packs(sizes: Sequence[int], rounds: int, seconds: float) -> Iterator[Figure]:
    """Yield a GET of one pack among few and among many; then what is done to such worlds as a whole."""
    with TemporaryDirectory() as folder, ExitStack() as running:
        urls = {count: running.enter_context(_with_packs(Path(folder), count)) for count in sizes}
        headers = signed_in(token_of(urls[sizes[0]], worlds.PERSONA))
        path = f"/v1/packs/{worlds.pack_id(0)}"
        rates = taken_in_turn({count: Call("GET", url + path, headers) for count, url in urls.items()}, rounds, seconds)
        yield from compared("packs", rates)
        for count, url in urls.items():
            yield from worlds.timed(url, count, CONTROL_ROUNDS, CONTROL_REPEATS)


def in_a_list(sizes: Sequence[int], rounds: int, seconds: float) -> Iterator[Figure]:
    """Yield what each more pack of a list costs, and whether it costs the same in a long one.

    Lists whose packs change are measured too.
    """
    listed: dict[int, int] = {}
    changed: Rates = {size: [] for size in sizes}
    with TemporaryDirectory() as folder, ExitStack() as running:
        calls: dict[int, Call] = {}
        for count in sizes:
            url = running.enter_context(_with_packs(Path(folder), count))
            headers = signed_in(token_of(url, worlds.PERSONA))
            with asker(url) as mock:
                listed[count] = len(mock.get("/v1/packs", headers)["packs"])
            calls[count] = Call("GET", f"{url}/v1/packs", headers)
        rates = taken_in_turn(calls, rounds, seconds)
        for _ in range(rounds):
            for count, call in calls.items():
                with asker(call.url) as mock:
                    changed[count].append(1 / median(_after_changes(mock, call.headers, worlds.pack_id(0))))
    yield from list_costs(listed, rates)
    yield from (replace(each, name=after_a_change(each.name)) for each in list_costs(listed, changed))


def in_the_longest_list(rounds: int) -> Iterator[Figure]:
    """Yield how long the list of a mock with many packs takes, unchanged and after a pack was changed."""
    with servers.mock("--scale", f"packs={SCALE}") as url, asker(url) as mock:
        headers = signed_in(token_of(url, worlds.PERSONA))
        packs = [each["id"] for each in mock.get("/v1/packs", headers)["packs"] if each["owned"]]
        if len(packs) < SCALE:
            raise servers.ServerError(f"{url} lists {len(packs)} packs of its own, and should list {SCALE}")
        times: list[float] = []
        changed: list[float] = []
        for _ in range(rounds):
            asked = (mock.seconds("GET", "/v1/packs", None, headers) for _ in range(LIST_REPEATS))
            times.append(1000 * median(asked))
            changed.append(1000 * median(_after_changes(mock, headers, packs[0])))
    yield Figure(LONG_LIST, "ms", tuple(times))
    yield Figure(after_a_change(LONG_LIST), "ms", tuple(changed))


def _after_changes(mock: Asker, headers: Mapping[str, str], pack_id: str) -> Iterator[float]:
    """Yield how long a list takes whose packs are not those of the list before."""
    path, as_json = f"/v1/packs/{pack_id}", {**headers, "Content-Type": "application/json"}
    for number in range(LIST_REPEATS):
        visibility = ("community", "org")[number % 2]
        mock.ask("PATCH", path, json.dumps({"visibility": visibility}).encode(), as_json)
        yield mock.seconds("GET", "/v1/packs", None, headers)


def _with_packs(folder: Path, count: int) -> AbstractContextManager[str]:
    return servers.mock("--state", str(worlds.file_of(folder, count)), "--max-memory", str(worlds.memory_for(count)))


def list_costs(listed: Mapping[int, int], rates: Rates) -> Iterator[Figure]:
    """Yield what each more pack costs, and how the time a pack changes; `listed` packs are in the list of each size."""
    short, *longer = sorted(rates)
    for long in longer:
        more, pairs = listed[long] - listed[short], list(zip(rates[short], rates[long], strict=True))
        costs = tuple((1e6 / at_long - 1e6 / at_short) / more for at_short, at_long in pairs)
        yield Figure(per_pack(long), "µs", costs)
        changes = tuple((at_short * listed[short]) / (at_long * listed[long]) for at_short, at_long in pairs)
        yield Figure(linear(long, short), TIMES, changes)
