"""`make bench-hidden`: whether the time of a 404 tells a private pack of another org from one that is not there.

Both are asked for in turn, in an order that is drawn, over one connection. Compared are whole distributions (the
Mann-Whitney U, as the chance that the hidden one of a pair is the slower) and their medians.
"""

import http.client
import json
import random
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import click
import httpx

from benchmarks.asking import read_tokens
from benchmarks.servers import run_mock

CALLER, OWNER = "acme-owner", "globex-owner"
WIDEST = 0.03
"""The distance from a half that the chance may have: a tenth of a spread's difference and more shows."""
PATCH = json.dumps({"visibility": "org"}).encode()
REQUESTS: dict[str, tuple[str, str, bytes | None]] = {
    "packs.get": ("GET", "", None),
    "packs.read_file": ("GET", "/files/pack.yaml", None),
    "packs.update_visibility": ("PATCH", "", PATCH),
    "packs.delete": ("DELETE", "", None),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference of two samples: the chance that one of the second is the larger, and that of their medians."""

    chance: float
    z: float
    medians: tuple[float, float]
    spread: float

    @property
    def tells(self) -> bool:
        """Return whether a single request tells more than chance does, by more than WIDEST."""
        return abs(self.chance - 0.5) > WIDEST


def compare_samples(first: Sequence[float], second: Sequence[float]) -> Difference:
    """Compare two samples; ties count by halves."""
    pooled = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    ranks, at = 0.0, 0
    while at < len(pooled):
        end = at
        while end < len(pooled) and pooled[end][0] == pooled[at][0]:
            end += 1
        ranks += (at + 1 + end) / 2 * sum(which for _, which in pooled[at:end])
        at = end
    n, m = len(first), len(second)
    u = ranks - m * (m + 1) / 2
    z = (u - n * m / 2) / (n * m * (n + m + 1) / 12) ** 0.5
    quarters = statistics.quantiles([*first, *second], n=4)
    return Difference(u / (n * m), z, (statistics.median(first), statistics.median(second)), quarters[2] - quarters[0])


class Asker:
    """A client that sends over one connection and takes the time; the answers must be the same but for their ids."""

    def __init__(self, origin: str, token: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=30)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.texts: set[tuple[int, str]] = set()

    def measure_seconds(self, method: str, path: str, body: bytes | None) -> float:
        """Return seconds from sending to the last byte."""
        started = time.perf_counter()
        self._connection.request(method, path, body, self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        elapsed = time.perf_counter() - started
        error = json.loads(content)["error"]
        del error["request_id"]
        self.texts.add((answer.status, json.dumps(error)))
        return elapsed


def measure(asker: Asker, request: tuple[str, str, bytes | None], hidden: str, absent: str, pairs: int) -> Difference:
    """Ask for both, pair by pair."""
    method, tail, body = request
    times: dict[str, list[float]] = {absent: [], hidden: []}
    order = random.Random(pairs)  # noqa: S311 - which is first is no secret
    for number in range(pairs + pairs // 10):
        both = [hidden, absent]
        order.shuffle(both)
        for pack_id in both:
            elapsed = asker.measure_seconds(method, f"/v1/packs/{pack_id}{tail}", body)
            if number >= pairs // 10:  # what comes first warms up
                times[pack_id].append(elapsed)
    return compare_samples(times[absent], times[hidden])


def make_private_pack(origin: str, credentials: dict[str, str]) -> str:
    """Return a pack that the owner's org has to itself."""
    answer = httpx.get(f"{origin}/v1/packs", headers={"Authorization": f"Bearer {credentials[OWNER]}"})
    return next(str(p["id"]) for p in answer.json()["packs"] if p["owned"] and p["visibility"] == "org")


@click.command()
@click.option("--pairs", default=3000, show_default=True, help="Requests for each of the two, of each operation.")
def main(pairs: int) -> None:
    """Print what a 404 tells by its time; exit code 1 where it tells anything, by time or by text."""
    told = False
    with run_mock("--log-level", "warning") as origin:
        credentials = read_tokens(origin)
        hidden = make_private_pack(origin, credentials)
        absent = hidden[:-6] + "absent"
        print(f"{'operation':25} {'absent':>10} {'hidden':>10} {'spread':>10}  chance     z")
        for operation, request in REQUESTS.items():
            asker = Asker(origin, credentials[CALLER])
            found = measure(asker, request, hidden, absent, pairs)
            told = told or found.tells or len(asker.texts) > 1
            first, second, spread = (f"{1e6 * value:.1f} us" for value in (*found.medians, found.spread))
            print(f"{operation:25} {first:>10} {second:>10} {spread:>10}  {found.chance:.3f} {found.z:+6.1f}")
            if len(asker.texts) > 1:
                print(f"  and its text: {sorted(asker.texts)}")
    print("tells them apart" if told else "tells nothing: a chance of a half is a coin's")
    sys.exit(int(told))


if __name__ == "__main__":
    main()
