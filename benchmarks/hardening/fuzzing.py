"""A storm on a mock of its own, and how the mock is afterwards: as small as before, and still right."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from tempfile import TemporaryFile
from time import monotonic, sleep
from typing import IO

import httpx

from benchmarks import asking, servers
from benchmarks.hardening.fuzz import Report, storm
from benchmarks.hardening.messages import PREFIX

MORE_MEMORY = 1.10
"""The memory that may be left of a storm, once what it made is deleted."""
_SHOWN = 2000
_WARM = 5000  # requests after which a mock has its usual size: what it needs for the first time it has needed by then
_REST_S = 15.0  # a mock gives memory back in the first second in which nobody asks for anything, every ten seconds


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """The outcome of a storm."""

    report: Report
    fresh_mib: float
    """The memory when it had just started."""
    before_mib: float
    """The memory when it had been used for a while, and was at rest."""
    after_mib: float
    suite: str
    """The suite's last words on the same process; empty where it was not asked."""
    suite_passed: bool

    def list_shortfalls(self, *, memory: bool) -> Iterator[str]:
        """Yield what was promised and is not so."""
        yield from self.report.findings
        if memory and self.after_mib > self.before_mib * MORE_MEMORY:
            yield f"memory: {self.before_mib:.0f} MiB before, {self.after_mib:.0f} MiB after"
        if not self.suite_passed:
            yield f"the suite on the same process: {self.suite}"

    def render(self) -> str:
        """Return the figures, a line each."""
        report = self.report
        memory = f"{self.fresh_mib:.0f} MiB fresh, {self.before_mib:.0f} used, {self.after_mib:.0f} afterwards"
        statuses = ", ".join(f"{status}: {count}" for status, count in sorted(report.statuses.items()))
        return "\n".join(
            [
                f"requests        {report.requests} in {report.seconds:.0f} s, {len(report.findings)} findings",
                f"answers         {statuses}",
                f"another client  waited {report.slowest_s * 1000:.0f} ms at most",
                f"memory          {memory}",
                f"suite           {self.suite}",
            ]
        )


def fuzz(requests: int, seed: int) -> Fuzzed:
    """Send so many requests to a mock that is started for it, and then have the suite judge it."""
    with (
        TemporaryFile() as log,
        servers.start(servers.build_mock_command("--log-level", "error"), errors=log) as server,
        httpx.Client(timeout=30) as client,
    ):
        tokens, declared = list(asking.read_tokens(server.url).values()), list_server_errors(client, server.url)
        fresh = server.measure_resident_mib()
        warm = min(_WARM, requests // 2)
        first = asyncio.run(storm(server.url, warm, seed=seed, tokens=tokens, declared=declared))
        tidy(client, server.url)
        before = measure_at_rest(server, fresh)
        report = first + asyncio.run(
            storm(server.url, requests - warm, seed=seed, tokens=tokens, declared=declared, first=warm)
        )
        tidy(client, server.url)
        after = measure_at_rest(server, before)
        said, passed = judge(server.url)
        report.findings += list_complaints(log)
    return Fuzzed(report, fresh, before, after, said, passed)


def measure_at_rest(server: servers.Server, before_mib: float) -> float:
    """Return what a mock has in memory when it has had the time to give back what it does not need any more."""
    until = monotonic() + _REST_S
    while (now := server.measure_resident_mib()) > before_mib * MORE_MEMORY and monotonic() < until:
        sleep(0.2)
    return now


def list_complaints(log: IO[bytes]) -> list[str]:
    """Return what a mock logged as an error: the client may have gone before it saw any of it."""
    log.seek(0)
    logged = log.read().decode(errors="replace")
    at = logged.find(" ERROR ")
    return [] if at < 0 else [f"it logged {logged[at : at + _SHOWN]}"]


def list_server_errors(client: httpx.Client, url: str) -> set[int]:
    """Return the server errors that the contract declares."""
    paths = client.get(f"{url}/_mock/contract").raise_for_status().json()["paths"]
    declared = {
        int(status)
        for item in paths.values()
        for operation in item.values()
        if isinstance(operation, dict)
        for status in operation["responses"]
    }
    return {status for status in declared if status >= 500}


def tidy(client: httpx.Client, url: str) -> None:
    """Delete what a storm made: its worlds, and what the journal of the usual one holds."""
    worlds = client.get(f"{url}/_mock/worlds").raise_for_status().json()["worlds"]
    for world in worlds:
        if world["name"].startswith(PREFIX):
            client.delete(f"{url}/_mock/worlds/{world['name']}").raise_for_status()
    client.delete(f"{url}/_mock/worlds/default").raise_for_status()


def judge(url: str) -> tuple[str, bool]:
    """Return the last words of the suite's quick run, and whether it found nothing."""
    command = [str(servers.find_script("evershell-conformance")), "run", "--target", f"{url}/v1", "--budget", "quick"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    *_, verdict = (done.stdout.strip() or done.stderr.strip() or "it said nothing").splitlines()
    return verdict, done.returncode == 0
