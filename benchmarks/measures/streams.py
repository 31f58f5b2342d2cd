"""Many listeners to what happens in an org: how soon each has an event, who waits meanwhile, and what a stream takes.

Plain sockets, for a client library spends more on a delivery than the server does. One process listens and writes,
another asks: reading an event from a thousand connections takes ten milliseconds, which no answer is to wait for.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TypeVar, cast
from urllib.parse import urlsplit

import uvloop

from benchmarks import servers
from benchmarks.asking import build_sign_in, open_asker, read_token
from benchmarks.figures import Figure
from benchmarks.load import Call, LoadError
from benchmarks.measures.worlds import PERSONA
from benchmarks.own_generator import build_requests, find_p99
from benchmarks.promises import BESIDE_STREAMS, DELIVERED, LISTENERS, STREAM_MEMORY

EVENTS_A_SECOND, GETS_A_SECOND = 10, 500
CONNECTIONS = 16
MOST_LATE_S = 5.0
_FROZEN = b'{"mode": "frozen", "now": "2026-07-01T00:00:00Z"}'
_TASK = '{"description": "Look at the alert."}'
_HEARTBEAT, _EVENT = b": heartbeat", b"event: activity"


class Connection(asyncio.Protocol):
    """One connection, with one request under way."""

    def __init__(self) -> None:
        self._answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if not self._answer.done():
            self._answer.set_result(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._answer.done():
            self._answer.set_exception(LoadError(f"the connection was lost: {exc}"))

    async def ask(self, request: bytes) -> None:
        """Send a request and wait until its answer begins. Raises LoadError where that is no success."""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        answer = await self._answer
        if not answer.startswith(b"HTTP/1.1 2"):
            raise LoadError(f"{request[:80]!r}: {answer[:300]!r}")


class Stream(Connection):
    """A connection down which events come."""

    def __init__(self) -> None:
        super().__init__()
        self.opened = asyncio.Event()
        self.came: list[float] = []
        """The time at which each event was whole, in seconds of the loop's clock."""
        self._unfinished = b""

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        *whole, self._unfinished = (self._unfinished + data).split(b"\n\n")
        now = asyncio.get_running_loop().time()
        for each in whole:
            if _EVENT in each:
                self.came.append(now)
            elif _HEARTBEAT in each:
                self.opened.set()


Kind = TypeVar("Kind", bound=Connection)


@dataclass(frozen=True, slots=True)
class Target:
    """A server, and who asks it."""

    url: str
    token: str

    async def connect(self, kind: type[Kind], count: int) -> list[Kind]:
        """Return so many connections to it."""
        address = urlsplit(self.url)
        opened = asyncio.get_running_loop().create_connection
        return [(await opened(kind, address.hostname or "", address.port or 80))[1] for _ in range(count)]

    def request(self, method: str, path: str, body: str = "") -> bytes:
        """Return a request to it, as it goes over the wire."""
        headers = build_sign_in(self.token) | ({"Content-Type": "application/json"} if body else {})
        return build_requests(Call(method, self.url + path, headers, (body,)))[0]


def measure(rounds: int, seconds: float) -> Iterator[Figure]:
    """Yield each round's p99 of a delivery and of a GET beside it, in ms; and the KiB that a stream takes."""
    taken = []
    for _ in range(rounds):
        with servers.start(servers.build_mock_command()) as server:
            taken.append(uvloop.run(_round(server, seconds)))
    delivered, beside, memory = zip(*taken, strict=True)
    yield Figure(DELIVERED, "ms", delivered)
    yield Figure(BESIDE_STREAMS, "ms", beside)
    yield Figure(STREAM_MEMORY, "KiB", memory)


async def _round(server: servers.Server, seconds: float) -> tuple[float, float, float]:
    with open_asker(server.url) as mock:  # so that no task goes on by itself, which would be an event more
        mock.ask("PUT", "/_mock/worlds/default/clock", _FROZEN, {"Content-Type": "application/json"})
    target = Target(server.url, read_token(server.url, PERSONA))
    before = server.measure_resident_mib()
    streams = await target.connect(Stream, LISTENERS)
    for stream in streams:
        await stream.ask(target.request("GET", "/v1/activity/stream"))
        await stream.opened.wait()
    memory = (server.measure_resident_mib() - before) * 1024 / LISTENERS
    with ProcessPoolExecutor(1, get_context("spawn")) as apart:
        await asyncio.wrap_future(apart.submit(_time_asking, target, 0.0))  # so that the process has started
        gets, sent = await asyncio.gather(
            asyncio.wrap_future(apart.submit(_time_asking, target, seconds)), _write_events(target, seconds)
        )
    await _wait_until_all_came(streams, len(sent))
    deliveries = [came - sent[number] for stream in streams for number, came in enumerate(stream.came)]
    return find_p99(deliveries) * 1000, find_p99(gets) * 1000, memory


async def _wait_until_all_came(streams: list[Stream], events: int) -> None:
    """Wait until each stream has brought each event; LoadError where one does not in time."""
    deadline = asyncio.get_running_loop().time() + MOST_LATE_S
    while (missing := sum(events - len(stream.came) for stream in streams)) > 0:
        if asyncio.get_running_loop().time() > deadline:
            raise LoadError(f"{missing} of {events * len(streams)} deliveries did not come within {MOST_LATE_S:g} s")
        await asyncio.sleep(0.01)
    if missing:
        raise LoadError(f"{-missing} deliveries more came than there were events")


def _time_asking(target: Target, seconds: float) -> list[float]:
    return uvloop.run(_read(target, seconds))


async def _read(target: Target, seconds: float) -> list[float]:
    """Return how long each GET took from when it was due: waiting for a free connection counts."""
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for connection in await target.connect(Connection, CONNECTIONS):
        free.put_nowait(connection)
    request = target.request("GET", "/v1/packs/pack_01HZ")

    async def ask_one(due: float) -> float:
        connection = await free.get()
        await connection.ask(request)
        free.put_nowait(connection)
        return asyncio.get_running_loop().time() - due

    asked = [asyncio.ensure_future(ask_one(due)) async for due in _pace(GETS_A_SECOND, seconds)]
    return await asyncio.gather(*asked)


async def _write_events(target: Target, seconds: float) -> list[float]:
    """Return when each event was asked for, in their order."""
    (connection,) = await target.connect(Connection, 1)
    request = target.request("POST", "/v1/workspaces/ws_01HZ/tasks", _TASK)
    sent = []
    async for _ in _pace(EVENTS_A_SECOND, seconds):
        sent.append(asyncio.get_running_loop().time())
        await connection.ask(request)
    return sent


async def _pace(a_second: int, seconds: float) -> AsyncIterator[float]:
    """Yield when each is due, at that time, or as soon afterwards as can be."""
    started = asyncio.get_running_loop().time()
    for number in range(round(seconds * a_second)):
        due = started + number / a_second
        await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
        yield due
