"""The time that the judging proxy adds to a request, where one is sent after the other and nothing else is asked."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from statistics import median

from benchmarks import servers
from benchmarks.asking import Asker, asker, signed_in, token_of
from benchmarks.figures import Figure
from benchmarks.measures.worlds import PERSONA
from benchmarks.promises import BEHIND_PROXY

REPEATS = 200
_WARM = 20


def measured(rounds: int) -> Iterator[Figure]:
    """Yield milliseconds that the median of a GET takes more, each server asked in turn."""
    with servers.mock() as url, servers.started(command(url), errors=subprocess.STDOUT) as proxy:
        headers = signed_in(token_of(url, PERSONA))
        with asker(url) as direct, asker(proxy.url) as through:
            for each in (direct, through):
                _median_s(each, headers, _WARM)
            taken = tuple(
                1000 * (_median_s(through, headers, REPEATS) - _median_s(direct, headers, REPEATS))
                for _ in range(rounds)
            )
    yield Figure(BEHIND_PROXY, "ms", taken)


def command(url: str) -> list[str]:
    """Return what a user would type, on a free port."""
    return [str(servers.script("evershell-conformance")), "proxy", "--to", url, "--port", "0", "--quiet"]


def _median_s(server: Asker, headers: Mapping[str, str], count: int) -> float:
    return median(server.seconds("GET", "/v1/packs/pack_01HZ", None, headers) for _ in range(count))
