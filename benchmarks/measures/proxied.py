"""The time that the judging proxy adds to a request, where one is sent after the other and nothing else is asked."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from statistics import median

from benchmarks import servers
from benchmarks.asking import Asker, build_sign_in, open_asker, read_token
from benchmarks.figures import Figure
from benchmarks.measures.worlds import PERSONA
from benchmarks.promises import BEHIND_PROXY

REPEATS = 200
_WARM = 20


def measure(rounds: int) -> Iterator[Figure]:
    """Yield milliseconds that the median of a GET takes more, each server asked in turn."""
    with servers.run_mock() as url, servers.start(build_command(url), errors=subprocess.STDOUT) as proxy:
        headers = build_sign_in(read_token(url, PERSONA))
        with open_asker(url) as direct, open_asker(proxy.url) as through:
            for each in (direct, through):
                _measure_median_s(each, headers, _WARM)
            taken = tuple(
                1000 * (_measure_median_s(through, headers, REPEATS) - _measure_median_s(direct, headers, REPEATS))
                for _ in range(rounds)
            )
    yield Figure(BEHIND_PROXY, "ms", taken)


def build_command(url: str) -> list[str]:
    """Return what a user would type, on a free port."""
    return [str(servers.find_script("evershell-conformance")), "proxy", "--to", url, "--port", "0", "--quiet"]


def _measure_median_s(server: Asker, headers: Mapping[str, str], count: int) -> float:
    return median(server.measure_seconds("GET", "/v1/packs/pack_01HZ", None, headers) for _ in range(count))
