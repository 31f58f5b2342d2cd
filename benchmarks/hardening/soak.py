"""A mixed load for long: storms, histories, worlds that come and go, snapshots; and another mock that is reloaded."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from time import monotonic, perf_counter
from typing import IO

import httpx

from benchmarks import asking, servers
from benchmarks.hardening.fuzz import storm
from benchmarks.hardening.fuzzing import list_complaints, list_server_errors, tidy
from benchmarks.hardening.history import check_history

STORM, HISTORY, WORLDS = 2000, 2000, 50
"""The amount of each in a turn."""
MORE_MEMORY = 1.10
_ASKED = 500
_CONTRACT = Path(__file__).parents[2] / "openapi.yaml"
_SETTLED = 0.25  # of the turns: until then caches and journals fill


@dataclass(frozen=True, slots=True)
class Turn:
    """The state of the mocks after one turn."""

    minute: float
    requests: int
    memory_mib: float
    reloaded_mib: float
    p99_ms: float

    def render(self) -> str:
        """Return a line of figures."""
        return (
            f"{self.minute:7.1f} min  {self.requests:9d} requests  p99 {self.p99_ms:5.1f} ms  "
            f"{self.memory_mib:5.0f} MiB  reloaded: {self.reloaded_mib:5.0f} MiB"
        )


@dataclass(frozen=True, slots=True)
class Soaked:
    """Every turn, and what went wrong."""

    turns: tuple[Turn, ...]
    findings: tuple[str, ...]

    def list_shortfalls(self) -> Iterator[str]:
        """Yield what was promised and is not so."""
        yield from self.findings
        settled, last = self.turns[int(len(self.turns) * _SETTLED)], self.turns[-1]
        if last.memory_mib > settled.memory_mib * MORE_MEMORY:
            yield f"memory: {settled.memory_mib:.0f} MiB at {settled.minute:.0f} min, {last.memory_mib:.0f} at the end"


def soak(minutes: float, seed: int, tell: Callable[[str], None]) -> Soaked:
    """Load a mock for so long, turn by turn; at least one turn is taken."""
    turns: list[Turn] = []
    findings: list[str] = []
    requests, started = 0, monotonic()
    with (
        TemporaryFile() as log,
        servers.start(servers.build_mock_command("--log-level", "error"), errors=log) as mock,
        _serve_reloading(log) as reloading,
        httpx.Client(timeout=60) as client,
    ):
        tokens, declared = list(asking.read_tokens(mock.url).values()), list_server_errors(client, mock.url)
        while not turns or monotonic() - started < minutes * 60:
            number = len(turns)
            report = asyncio.run(
                storm(mock.url, STORM, seed=seed, tokens=tokens, declared=declared, first=number * STORM)
            )
            findings += report.findings
            seen = check_history(HISTORY, seed + number, mock.url)
            findings += seen.findings
            requests += report.requests + seen.operations
            requests += _use_worlds(client, mock.url)
            findings += reloading.reload(client, number)
            tidy(client, mock.url)
            for name in ("history-0", "history-1", "history-2", "history-3"):
                client.delete(f"{mock.url}/_mock/worlds/{name}").raise_for_status()
            p99 = _measure_p99_ms(client, mock.url, tokens[0])
            minute = (monotonic() - started) / 60
            turns.append(Turn(minute, requests, mock.measure_resident_mib(), reloading.measure_resident_mib(), p99))
            tell(turns[-1].render())
        findings += list_complaints(log)
    return Soaked(tuple(turns), tuple(findings))


def _use_worlds(client: httpx.Client, url: str) -> int:
    for number in range(WORLDS):
        world = f"{url}/_mock/worlds/soak-{number}"
        client.put(f"{world}/orgs/org_acme/billing", json={"posture": "past_due"}).raise_for_status()
        client.post(f"{world}/snapshots", json={"name": "then"}).raise_for_status()
        client.post(f"{world}/reset").raise_for_status()
        client.post(f"{world}/snapshots/then/restore").raise_for_status()
        client.delete(world).raise_for_status()
    return WORLDS * 5


def _measure_p99_ms(client: httpx.Client, url: str, token: str) -> float:
    waits = []
    for _ in range(_ASKED):
        started = perf_counter()
        client.get(f"{url}/v1/packs", headers={"Authorization": f"Bearer {token}"}).raise_for_status()
        waits.append(perf_counter() - started)
    return sorted(waits)[int(_ASKED * 0.99)] * 1000


@dataclass(frozen=True, slots=True)
class _Reloading:
    """A mock that follows its contract, a copy that changes."""

    server: servers.Server
    contract: Path

    def reload(self, client: httpx.Client, number: int) -> list[str]:
        """Change its contract and wait until that is served, with its world as it was."""
        url = self.server.url
        client.put(f"{url}/_mock/worlds/kept/orgs/org_acme/billing", json={"posture": "past_due"}).raise_for_status()
        mark = f"turn {number}"
        self.contract.write_text(_CONTRACT.read_text("utf-8") + f"\nx-turn: {mark}\n", encoding="utf-8")
        until = monotonic() + servers.START_S
        while monotonic() < until:
            try:
                if client.get(f"{url}/_mock/contract").json().get("x-turn") == mark:
                    break
            except httpx.TransportError:
                continue  # its connection ended with the process before
        else:
            return [f"{mark}: the change was not served"]
        orgs = client.get(f"{url}/_mock/worlds/kept/orgs").raise_for_status().json()["orgs"]
        kept = {org["id"]: org["posture"] for org in orgs}
        return [] if kept["org_acme"] == "past_due" else [f"{mark}: its world was not kept"]

    def measure_resident_mib(self) -> float:
        """Return what it and the process that serves for it have in memory."""
        parent = str(self.server.process)
        shown = subprocess.run(
            ["ps", "-o", "rss=", "-p", parent, "--ppid", parent],  # noqa: S607 - where it stands differs
            capture_output=True,
            text=True,
            check=True,
        )
        return sum(map(int, shown.stdout.split())) / 1024


@contextmanager
def _serve_reloading(log: IO[bytes]) -> Iterator[_Reloading]:
    with TemporaryDirectory() as folder:
        contract = Path(folder) / "openapi.yaml"
        shutil.copy(_CONTRACT, contract)
        command = servers.build_mock_command("--reload", "--contract", os.fspath(contract), "--log-level", "error")
        with servers.start(command, errors=log) as server:
            yield _Reloading(server, contract)
