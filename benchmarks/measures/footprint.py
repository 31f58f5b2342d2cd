"""Memory at rest and of worlds, and how long it takes to start."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence

from benchmarks import servers
from benchmarks.asking import build_sign_in, open_asker, read_token
from benchmarks.figures import Figure
from benchmarks.measures import grown
from benchmarks.measures.growth import make_worlds, name_world
from benchmarks.measures.worlds import PERSONA
from benchmarks.promises import ALL, ALL_WORLDS, AT_REST, FRESH_WORLD, HELP, start
from mock_server.settings import MOST_WORLDS


def measure_memory(repeats: int) -> Iterator[Figure]:
    """Yield the memory after the first answers, and what thousands of worlds add, fresh and with a request each."""
    at_rest, each, in_all, used = [], [], [], []
    for _ in range(repeats):
        with servers.start(servers.build_mock_command()) as server:
            headers = build_sign_in(read_token(server.url, PERSONA))
            at_rest.append(before := server.measure_resident_mib())
            make_worlds(server.url, MOST_WORLDS - 1)
            in_all.append(after := server.measure_resident_mib())
            each.append((after - before) * 1024 / (MOST_WORLDS - 1))
            _use_worlds(server.url, headers)
            used.append(server.measure_resident_mib())
    yield Figure(AT_REST, "MiB", tuple(at_rest))
    yield Figure(FRESH_WORLD, "KiB", tuple(each))
    yield Figure(ALL_WORLDS, "MiB", tuple(in_all))
    yield Figure(f"{ALL_WORLDS}, a GET in each", "MiB", tuple(used))


def _use_worlds(url: str, headers: Mapping[str, str]) -> None:
    with open_asker(url) as mock:
        for number in range(MOST_WORLDS - 1):
            mock.get(f"/_worlds/{name_world(number)}/v1/packs/pack_01HZ", headers)


def measure_starts(repeats: int) -> Iterator[Figure]:
    """Yield the time from the start of the process to the first answer from the data, and to the suite's help."""
    with servers.run_mock() as url:
        headers = build_sign_in(read_token(url, PERSONA))  # tokens never change
    with grown.build_command(10) as few:
        for operations, command in ((10, few), (ALL, servers.build_mock_command())):
            time_first_answer(command, headers)  # so that the files were read once
            yield Figure(start(operations), "s", tuple(time_first_answer(command, headers) for _ in range(repeats)))
    asked = [str(servers.find_script("evershell-conformance")), "--help"]
    yield Figure(HELP, "s", tuple(_ended(asked) for _ in range(repeats)))


def time_first_answer(command: Sequence[str], headers: Mapping[str, str]) -> float:
    """Return seconds until the mock has answered a request. Raises ServerError where it ends before."""
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            for line in process.stdout or ():
                if found := re.search(r"http://[\d.]+:\d+", line):
                    with open_asker(found[0]) as mock:
                        mock.get("/v1/packs", headers)
                    return time.perf_counter() - started
        finally:
            process.terminate()
    raise servers.ServerError(f"{' '.join(command[1:])} ended without printing its URL")


def _ended(command: Sequence[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started
