"""Uploads that are under way while their world is reset: none lands, or is answered from, after a reset that it saw."""

from __future__ import annotations

import asyncio
import json
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from time import perf_counter
from typing import Any

from benchmarks import servers
from benchmarks.asking import read_tokens
from benchmarks.hardening.content import build_form, pack_plain
from benchmarks.hardening.wire import FORM, Answer, BrokenAnswer, Connection, Place, request

CALLER = "acme-owner"
WORLD = "resets"
_CONTROL = f"/_mock/worlds/{WORLD}"
_DAY_0 = datetime(2026, 5, 1, tzinfo=UTC)
_PIECES = 4
_PAUSE_S = 0.1
"""The seconds that a client may take between two pieces of a body."""
_KEPT = 100_000
"""The number of entries of the journal, which is more than there are uploads."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of the uploads."""

    clients: int
    resets: int
    made: int
    dropped: int
    noted: int
    """The number of dropped ones that are in the journal."""
    seconds: float
    findings: tuple[str, ...]

    def render(self) -> str:
        """Return the figures, a line each."""
        return "\n".join(
            [
                f"uploads      {self.made + self.dropped} of {self.clients} clients in {self.seconds:.1f} s",
                f"resets       {self.resets}",
                f"answered     {self.made}, each in the time between two resets in which it began",
                f"dropped      {self.dropped}, of which the journal has {self.noted}",
                f"findings     {len(self.findings)}",
            ]
        )


@dataclass(slots=True)
class _Run:
    """The state that the clients share. Between two resets a clock stands still, on a day that no other time has."""

    place: Place
    token: str
    resets: int
    begun: int = 0  # resets that were sent
    done: int = 0  # resets that were answered, and whose day has come
    uploads: int = 0
    under_way: set[int] = field(default_factory=set)
    made: int = 0
    days: dict[int, int] = field(default_factory=dict)
    """The number of resets that were sent before each upload that the mock has begun with."""
    dropped: int = 0
    findings: list[str] = field(default_factory=list)
    turn: asyncio.Event = field(default_factory=asyncio.Event)

    async def control(self, connection: Connection, method: str, path: str, body: Any = None) -> Any:
        sent = b"" if body is None else json.dumps(body).encode()
        answer = await connection.ask(request(method, _CONTROL + path, body=sent))
        if answer.status != 200:
            raise BrokenAnswer(f"{method} {path}: {answer.status} {answer.body!r}")
        return json.loads(answer.body)

    async def reset_all(self, clients: int) -> None:
        """Reset the world again and again, each time when half of the clients have an upload under way."""
        connection = await Connection.to(self.place)
        await self.open_day(connection)
        for _ in range(self.resets):
            self.under_way.clear()  # the mock has dropped them, whether they know or not
            while len(self.under_way) < clients / 2:
                self.turn.clear()
                await self.turn.wait()
            self.begun += 1
            await self.control(connection, "POST", "/reset")
            await self.look(connection)
            await self.open_day(connection)
        connection.close()

    async def open_day(self, connection: Connection) -> None:
        now = (_DAY_0 + timedelta(days=self.begun)).isoformat()
        await self.control(connection, "PUT", "/clock", {"mode": "frozen", "now": now})
        self.done = self.begun

    async def look(self, connection: Connection) -> None:
        """Look for packs of uploads that had begun before the reset."""
        answer = await connection.ask(request("GET", f"/_worlds/{WORLD}/v1/packs", self.token))
        for pack in json.loads(answer.body)["packs"]:
            kind, _, number = pack["name"].partition("-")
            if kind == "upload" and self.days.get(int(number), self.begun) < self.begun:
                self.findings.append(f"upload {number}, begun before reset {self.begun}, is there after it")

    async def upload_all(self, random: Random) -> None:
        """Upload packs until there are no more resets."""
        while self.done < self.resets:
            await self.upload(random)

    async def upload(self, random: Random) -> None:
        connection = await Connection.to(self.place)
        self.uploads += 1
        number = self.uploads
        try:
            answer = await self.send_upload(connection, number, random)
        except BrokenAnswer:
            self.dropped += 1
            if self.days.get(number) == self.begun == self.done:
                self.findings.append(f"upload {number} was dropped, although there was no reset")
            return
        finally:
            connection.close()
        self.made += 1
        if answer.status != 201:
            self.findings.append(f"upload {number}: {answer.status} {answer.body!r}")
        elif number in self.days and json.loads(answer.body)["created_at"] != _format_day(self.days[number]):
            self.findings.append(f"upload {number}, begun after reset {self.days[number]}: {answer.body!r}")

    async def send_upload(self, connection: Connection, number: int, random: Random) -> Answer:
        """Send an upload piece by piece; what day it is when the mock has begun with it is noted, unless in between."""
        body = build_form({"archive": pack_plain(f"upload-{number}"), "visibility": b"org"})
        head = request("POST", f"/_worlds/{WORLD}/v1/packs/upload", self.token, body, FORM)[: -len(body) - 2]
        await connection.begin(head + b"expect: 100-continue\r\n\r\n")
        if self.begun == self.done:
            self.days[number] = self.begun
        self.under_way.add(number)
        self.turn.set()
        try:
            size = len(body) // _PIECES
            for at in range(0, len(body) - size, size):
                connection.write(body[at : at + size])
                await asyncio.sleep(random.random() * _PAUSE_S)
            return await connection.ask(body[len(body) - (len(body) % size or size) :])
        finally:
            self.under_way.discard(number)


def _format_day(day: int) -> str:
    return (_DAY_0 + timedelta(days=day)).strftime("%Y-%m-%dT%H:%M:%SZ")


def check_resets(clients: int, times: int, seed: int) -> Checked:
    """Let so many clients upload at once to a mock of its own, whose world is reset so many times meanwhile."""
    with ExitStack() as running:
        url = running.enter_context(servers.start(servers.build_mock_command("--journal", str(_KEPT)))).url
        token = read_tokens(url)[CALLER]
        return asyncio.run(_run_all(_Run(Place.from_url(url), token, times), clients, seed))


async def _run_all(run: _Run, clients: int, seed: int) -> Checked:
    started = perf_counter()
    async with asyncio.TaskGroup() as group:
        group.create_task(run.reset_all(clients))
        for number in range(clients):
            group.create_task(run.upload_all(Random(f"{seed}/{number}")))  # noqa: S311 - it is to be repeated
    connection = await Connection.to(run.place)
    noted = await run.control(connection, "GET", "/journal/count?operation_id=packs.upload&status=0")
    connection.close()
    seconds = perf_counter() - started
    return Checked(clients, run.resets, run.made, run.dropped, noted["count"], seconds, tuple(run.findings))
