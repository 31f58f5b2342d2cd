"""A long load: the longest time that anybody waited, and whether memory grows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from benchmarks.asking import Asker, open_asker
from benchmarks.figures import TIMES, Figure
from benchmarks.load import Call, Measured, load
from benchmarks.promises import LONGEST_PAUSE, OVER_A_MILLION
from benchmarks.servers import Server

EARLY, LATE = 100_000, 1_000_000
_EVERY_S = 0.5

Sample = tuple[int, float]
"""Requests so far, and MiB in memory."""


def measure_minutes(server: Server, call: Call, seconds: float, most: int, of: str = "") -> Iterator[Figure]:
    """Load for so many seconds, again until a million requests are reached, `most` times in all.

    The first time says how long anybody waited; of memory nothing is said where a million was not reached.
    `of` goes before the figures' names.
    """
    samples: list[Sample] = []
    with open_asker(server.url) as mock, ThreadPoolExecutor(1) as beside:
        for number in range(most):
            loading = beside.submit(load, call, seconds)
            samples += list(_watch(server, mock, loading))
            if number == 0:
                yield Figure(of + LONGEST_PAUSE, "ms", (loading.result().longest_ms,))
            loading.result()
            if samples[-1][0] >= LATE:
                break
    if (grown := compute_growth(samples)) is not None:
        yield Figure(of + OVER_A_MILLION, TIMES, (grown,))


def compute_growth(samples: list[Sample]) -> float | None:
    """Return memory at the late request over memory at the early one; None where one of them was not reached."""
    early = next((memory for requests, memory in samples if requests >= EARLY), None)
    late = next((memory for requests, memory in samples if requests >= LATE), None)
    return None if early is None or late is None else late / early


def _watch(server: Server, mock: Asker, loading: Future[Measured]) -> Iterator[Sample]:
    while not loading.done():
        time.sleep(_EVERY_S)
        yield _count_requests(mock), server.measure_resident_mib()


def _count_requests(mock: Asker) -> int:
    """Return how many the world `default` has had."""
    return int(mock.get("/_mock/worlds")["worlds"][0]["requests"])
