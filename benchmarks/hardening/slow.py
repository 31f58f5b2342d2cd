"""Clients that are slow, idle or deaf, and how others fare beside them."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from random import Random
from time import perf_counter

from benchmarks import servers
from benchmarks.asking import read_tokens
from benchmarks.hardening.content import build_form, pack_plain
from benchmarks.hardening.wire import FORM, Connection, Place, request

IDLE, SLOW_HEADS, SLOW_BODIES, DEAF, FICKLE = 1000, 100, 100, 50, 10
"""The number of clients of each kind at any time."""
TIMES = 2.0
"""The factor by which others may wait longer, at the 99th percentile."""
_WELL_BEHAVED = 4
_PAUSE_S = 0.005
_DRIP_S = 1.0
_LARGE = 5_000_000
_NICE = 10
_READY = "ready"


@dataclass(frozen=True, slots=True)
class Beside:
    """The times of well-behaved clients, alternately without and beside the others, and the cost in memory."""

    alone_ms: tuple[float, ...]
    beside_ms: tuple[float, ...]
    before_mib: float
    most_mib: float
    after_mib: float

    @property
    def ratio(self) -> float:
        """Return how much longer they waited, at the 99th percentile, by the medians of the rounds."""
        return statistics.median(self.beside_ms) / statistics.median(self.alone_ms)

    def list_shortfalls(self) -> Iterator[str]:
        """Yield what was promised and is not so."""
        if self.ratio > TIMES:
            yield f"others waited {self.ratio:.1f} times as long, which may be {TIMES:g}"

    def render(self) -> str:
        """Return the figures, a line each."""
        return "\n".join(
            [
                f"p99 alone    {_format_figures(self.alone_ms)} ms",
                f"p99 beside   {_format_figures(self.beside_ms)} ms",
                f"ratio        {self.ratio:.2f}, by the medians",
                f"memory MiB   {self.before_mib:.0f} before, {self.most_mib:.0f} beside, {self.after_mib:.0f} after",
            ]
        )


def _format_figures(figures: tuple[float, ...]) -> str:
    return ", ".join(f"{each:.1f}" for each in figures)


def measure_beside(rounds: int, seconds: float) -> Beside:
    """Measure a mock of its own: so many rounds, each so long without and so long beside the others."""
    alone, with_others, most = [], [], 0.0
    with servers.start(servers.build_mock_command()) as server:
        token = next(iter(read_tokens(server.url).values()))
        large = asyncio.run(_find_large_file(Place.from_url(server.url), token))
        asyncio.run(_measure_p99_ms(server.url, token, seconds))  # warm up
        before = server.measure_resident_mib()
        for _ in range(rounds):
            alone.append(asyncio.run(_measure_p99_ms(server.url, token, seconds)))
            with _run_others(server.url, large, token):
                with_others.append(asyncio.run(_measure_p99_ms(server.url, token, seconds)))
                most = max(most, server.measure_resident_mib())
        after = server.measure_resident_mib()
    return Beside(tuple(alone), tuple(with_others), before, most, after)


async def _find_large_file(place: Place, token: str) -> str:
    """Return the path of a file that is longer than what a connection takes unread."""
    connection = await Connection.to(place)
    body = build_form({"archive": pack_plain("large", {"data/large.md": b"a" * _LARGE}), "visibility": b"org"})
    answer = await connection.ask(request("POST", "/v1/packs/upload", token, body, FORM))
    connection.close()
    if answer.status != 201:
        raise servers.ServerError(f"it took no upload: {answer.body!r}")
    return f"/v1/packs/{json.loads(answer.body)['id']}/files/data/large.md"


async def _measure_p99_ms(url: str, token: str, seconds: float) -> float:
    until, waits = perf_counter() + seconds, list[float]()

    async def client() -> None:
        connection = await Connection.to(Place.from_url(url))
        while perf_counter() < until:
            asked = perf_counter()
            answer = await connection.ask(request("GET", "/v1/packs", token))
            waits.append((perf_counter() - asked) * 1000)
            if answer.status != 200:
                raise servers.ServerError(f"it answered {answer.status}")
            await asyncio.sleep(_PAUSE_S)
        connection.close()

    await asyncio.gather(*(client() for _ in range(_WELL_BEHAVED)))
    return statistics.quantiles(waits, n=100)[-1]


@contextmanager
def _run_others(url: str, large: str, token: str) -> Iterator[None]:
    """Run them in a process of their own that steps back, so that they cost those who are measured the server alone."""
    command = [sys.executable, "-m", "benchmarks.hardening.slow", url, large, token]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            for line in process.stdout or ():
                if line.strip() == _READY:
                    break
            yield
        finally:
            process.kill()


async def misbehave(place: Place, large: str, token: str) -> None:
    """Run all of them, again and again: whoever is thrown out comes back.

    `large`: the path of what the deaf ask for.
    """
    head = b"POST /v1/packs HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
    kinds = [
        *([_Client(place, b"", b"")] * IDLE),
        *([_Client(place, head + b"x-slow: ", b"a")] * SLOW_HEADS),
        *([_Client(place, head + b"content-length: 1000\r\n\r\n", b" ")] * SLOW_BODIES),
        *([_Client(place, request("GET", large, token) * 20, b"", deaf=True)] * DEAF),
        *([_Client(place, head + b"content-length: 100\r\n\r\n{", b"", fickle=True)] * FICKLE),
    ]
    os.nice(_NICE)
    async with asyncio.TaskGroup() as group:
        for number, kind in enumerate(Random(1).sample(kinds, len(kinds))):  # noqa: S311 - nothing secret
            # Clients know nothing of each other, so they do not send at the same moment.
            group.create_task(kind.go_on(after=_DRIP_S * number / len(kinds)))
        await asyncio.sleep(2 * _DRIP_S)
        sys.stdout.write(_READY + "\n")
        sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class _Client:
    """A client that sends a beginning, and then a little now and then."""

    place: Place
    beginning: bytes
    drip: bytes
    deaf: bool = False
    fickle: bool = False

    async def go_on(self, after: float) -> None:
        await asyncio.sleep(after)
        while True:
            with suppress(OSError):
                await self._run_once()
            await asyncio.sleep(_DRIP_S / 10 if self.fickle else _DRIP_S)

    async def _run_once(self) -> None:
        ours = socket.socket()
        if self.deaf:
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        ours.settimeout(0)
        await asyncio.get_running_loop().sock_connect(ours, (self.place.host, self.place.port))
        reader, writer = await asyncio.open_connection(sock=ours, limit=1024)
        try:
            writer.write(self.beginning)
            if self.deaf:
                writer.transport.pause_reading()  # type: ignore[attr-defined]  # of every transport that reads
            if not (self.beginning or self.drip):
                await reader.read(1)
                return
            while not self.fickle:
                await asyncio.sleep(_DRIP_S)
                writer.write(self.drip)
                if writer.is_closing() or reader.at_eof():
                    return
        finally:
            writer.transport.abort()


if __name__ == "__main__":
    asyncio.run(misbehave(Place.from_url(sys.argv[1]), *sys.argv[2:]))
