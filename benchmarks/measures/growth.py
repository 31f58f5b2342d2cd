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
from benchmarks.asking import Asker, build_sign_in, open_asker, read_token
from benchmarks.figures import TIMES, Figure, divide_rounds
from benchmarks.load import Call, load
from benchmarks.measures import grown, worlds
from benchmarks.promises import LONG_LIST, SCALE, name_after_a_change, name_cost_of_a_pack, name_linearity
from benchmarks.promises import name_growth as ratio_of
from mock_server.settings import MOST_WORLDS

Rates = dict[int, list[float]]

CONTROL_ROUNDS, CONTROL_REPEATS = 5, 20
LIST_REPEATS = 20
WARM_S = 1.0


def measure_in_turn(calls: Mapping[int, Call], rounds: int, seconds: float) -> Rates:
    """Return requests a second of each call, all in every round, first one way round and then the other."""
    rates: Rates = {size: [] for size in calls}
    for number in range(-1, rounds):
        for size in sorted(calls, reverse=number % 2 == 0):
            rate = load(calls[size], seconds if number >= 0 else min(seconds, WARM_S)).requests_per_second
            if number >= 0:  # the round before warms up
                rates[size].append(rate)
    return rates


def compare_rates(what: str, rates: Rates) -> Iterator[Figure]:
    """Yield the rate with more of something over the rate with the least of it, within each round."""
    few, *larger = sorted(rates)
    named = {str(size): rounds for size, rounds in rates.items()}
    for many in larger:
        yield Figure(ratio_of(what, many, few), TIMES, divide_rounds(named, str(many), str(few)))


def measure_operations(sizes: Sequence[int], rounds: int, seconds: float) -> Iterator[Figure]:
    """Yield a GET of the contract's last operations, where it has few and where it has many."""
    with ExitStack() as running:
        urls = {count: running.enter_context(grown.serve(count)) for count in sizes}
        headers = build_sign_in(read_token(urls[sizes[0]], worlds.PERSONA))
        calls = {count: Call("GET", f"{url}/packs/pack_01HZ", headers) for count, url in urls.items()}
        rates = measure_in_turn(calls, rounds, seconds)
    yield from compare_rates("operations", rates)


def measure_in_worlds(sizes: Sequence[int], rounds: int, seconds: float) -> Iterator[Figure]:
    """Yield a GET in one world, where it is the only one and where there are thousands."""
    with ExitStack() as running:
        calls: dict[int, Call] = {}
        for count in sizes:
            url = running.enter_context(servers.run_mock())
            make_worlds(url, min(count, MOST_WORLDS - 1))  # `default` is one too
            calls[count] = Call(
                "GET",
                f"{url}/_worlds/{name_world(0)}/v1/packs/pack_01HZ",
                build_sign_in(read_token(url, worlds.PERSONA)),
            )
        rates = measure_in_turn(calls, rounds, seconds)
    yield from compare_rates("worlds", rates)


def name_world(number: int) -> str:
    """Return the name of one of the many worlds."""
    return f"world-{number}"


def make_worlds(url: str, count: int) -> None:
    """Let the mock make so many worlds, beside `default`."""
    with open_asker(url) as mock:
        for number in range(count):
            mock.post("/_mock/worlds", {"name": name_world(number)})


def measure_in_packs(sizes: Sequence[int], rounds: int, seconds: float) -> Iterator[Figure]:
    """Yield a GET of one pack among few and among many; then what is done to such worlds as a whole."""
    with TemporaryDirectory() as folder, ExitStack() as running:
        urls = {count: running.enter_context(_with_packs(Path(folder), count)) for count in sizes}
        headers = build_sign_in(read_token(urls[sizes[0]], worlds.PERSONA))
        path = f"/v1/packs/{worlds.pack_id(0)}"
        rates = measure_in_turn(
            {count: Call("GET", url + path, headers) for count, url in urls.items()}, rounds, seconds
        )
        yield from compare_rates("packs", rates)
        for count, url in urls.items():
            yield from worlds.time_calls(url, count, CONTROL_ROUNDS, CONTROL_REPEATS)


def measure_in_a_list(sizes: Sequence[int], rounds: int, seconds: float) -> Iterator[Figure]:
    """Yield what each more pack of a list costs, and whether it costs the same in a long one.

    Lists whose packs change are measured too.
    """
    listed: dict[int, int] = {}
    changed: Rates = {size: [] for size in sizes}
    with TemporaryDirectory() as folder, ExitStack() as running:
        calls: dict[int, Call] = {}
        for count in sizes:
            url = running.enter_context(_with_packs(Path(folder), count))
            headers = build_sign_in(read_token(url, worlds.PERSONA))
            with open_asker(url) as mock:
                listed[count] = len(mock.get("/v1/packs", headers)["packs"])
            calls[count] = Call("GET", f"{url}/v1/packs", headers)
        rates = measure_in_turn(calls, rounds, seconds)
        for _ in range(rounds):
            for count, call in calls.items():
                with open_asker(call.url) as mock:
                    changed[count].append(1 / median(_time_after_changes(mock, call.headers, worlds.pack_id(0))))
    yield from list_costs(listed, rates)
    yield from (replace(each, name=name_after_a_change(each.name)) for each in list_costs(listed, changed))


def measure_in_the_longest_list(rounds: int) -> Iterator[Figure]:
    """Yield how long the list of a mock with many packs takes, unchanged and after a pack was changed."""
    with servers.run_mock("--scale", f"packs={SCALE}") as url, open_asker(url) as mock:
        headers = build_sign_in(read_token(url, worlds.PERSONA))
        packs = [each["id"] for each in mock.get("/v1/packs", headers)["packs"] if each["owned"]]
        if len(packs) < SCALE:
            raise servers.ServerError(f"{url} lists {len(packs)} packs of its own, and should list {SCALE}")
        times: list[float] = []
        changed: list[float] = []
        for _ in range(rounds):
            asked = (mock.measure_seconds("GET", "/v1/packs", None, headers) for _ in range(LIST_REPEATS))
            times.append(1000 * median(asked))
            changed.append(1000 * median(_time_after_changes(mock, headers, packs[0])))
    yield Figure(LONG_LIST, "ms", tuple(times))
    yield Figure(name_after_a_change(LONG_LIST), "ms", tuple(changed))


def _time_after_changes(mock: Asker, headers: Mapping[str, str], pack_id: str) -> Iterator[float]:
    """Yield how long a list takes whose packs are not those of the list before."""
    path, as_json = f"/v1/packs/{pack_id}", {**headers, "Content-Type": "application/json"}
    for number in range(LIST_REPEATS):
        visibility = ("community", "org")[number % 2]
        mock.ask("PATCH", path, json.dumps({"visibility": visibility}).encode(), as_json)
        yield mock.measure_seconds("GET", "/v1/packs", None, headers)


def _with_packs(folder: Path, count: int) -> AbstractContextManager[str]:
    return servers.run_mock(
        "--state", str(worlds.write_document(folder, count)), "--max-memory", str(worlds.compute_memory(count))
    )


def list_costs(listed: Mapping[int, int], rates: Rates) -> Iterator[Figure]:
    """Yield what each more pack costs, and how the time a pack changes; `listed` packs are in the list of each size."""
    short, *longer = sorted(rates)
    for long in longer:
        more, pairs = listed[long] - listed[short], list(zip(rates[short], rates[long], strict=True))
        costs = tuple((1e6 / at_long - 1e6 / at_short) / more for at_short, at_long in pairs)
        yield Figure(name_cost_of_a_pack(long), "µs", costs)
        changes = tuple((at_short * listed[short]) / (at_long * listed[long]) for at_short, at_long in pairs)
        yield Figure(name_linearity(long, short), TIMES, changes)
