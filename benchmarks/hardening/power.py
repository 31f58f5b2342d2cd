"""The file of kept worlds after a machine lost its power, and whether a start tells what is lost.

A mock is recorded while worlds change, and killed. Its file was synced when it began; each line after that is one
write that was not, so any of them may be lost, torn between two sectors, or be there without those before it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from zlib import crc32

import httpx

from benchmarks import servers
from benchmarks.asking import read_token
from mock_server import Settings, create_app
from mock_server.control import ControlContext
from mock_server.errors import StartError
from mock_server.resources.providers import PROVIDERS
from mock_server.server.keeping.keeper import Keeper
from mock_server.server.keeping.lines import read_boot_id

PERSONA, PROVIDER = "acme-owner", "provider_01HZ"
WORLDS, ROUNDS, ROUND_S = 4, 5, 0.7
SECTOR = 512
OTHER_BOOT = "0" * 8 + "-0000-4000-8000-" + "0" * 12
_KILLED_S = 30


@dataclass(frozen=True, slots=True)
class Recorded:
    """The file of a mock that was killed: what of it was synced, each write since, and how often each world changed."""

    synced: bytes
    writes: tuple[bytes, ...]
    changes: dict[str, int]


@dataclass(frozen=True, slots=True)
class Survived:
    """The number of states that were loaded, and what was wrong."""

    writes: int
    states: int
    refused: int
    findings: tuple[str, ...]

    def render(self) -> str:
        """Return the figures, a line each."""
        return "\n".join(
            [
                f"writes       {self.writes} that were not synced",
                f"states       {self.states} that the machine may leave of them",
                f"refused      {self.refused} with one sentence",
                f"findings     {len(self.findings)}",
            ]
        )


def survive(states: int, seed: int) -> Survived:
    """Record a mock, and load what it may leave: each write lost or torn alone, each end, and so many drawn ones."""
    recorded, random = record_mock(), Random(seed)  # noqa: S311 - it is to be repeated
    findings, refused, count = [], 0, 0
    logging.disable(logging.WARNING)  # what is told at each start is looked at in the worlds
    with TemporaryDirectory() as folder:
        for count, (name, content) in enumerate(list_left_states(recorded, states, random), start=1):
            path = Path(folder) / str(count)
            path.write_bytes(content)
            try:
                findings += [f"{name}: {each}" for each in find_wrong_worlds(path, recorded.changes)]
            except StartError as error:
                refused += 1
                findings += [f"{name}: {error}"] if "\n" in str(error) else []
            except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
                findings.append(f"{name}: {error!r}")
    return Survived(len(recorded.writes), count, refused, tuple(findings))


def record_mock() -> Recorded:
    """Have a mock keep worlds that change, and kill it between two of their lines."""
    changes = {f"power-{number}": 0 for number in range(WORLDS)}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "worlds"
        with servers.start(servers.build_mock_command("--keep-worlds", str(path))) as server:
            synced = path.read_bytes()
            with httpx.Client(base_url=server.url, timeout=30) as client:
                client.headers["Authorization"] = f"Bearer {read_token(server.url, PERSONA)}"
                for number in range(1, ROUNDS + 1):
                    for world in [*changes][: 1 + number % WORLDS]:
                        changes[world] += 1
                        marked = {"capabilities": f"[change-{changes[world]}]"}
                        client.patch(f"/_worlds/{world}/v1/providers/{PROVIDER}", json=marked).raise_for_status()
                    client.delete(f"/_mock/worlds/gone-{number - 1}")
                    client.get(f"/_worlds/gone-{number}/v1/providers").raise_for_status()
                    sleep(ROUND_S)
                _wait_for_line(path)
            content = path.read_bytes()  # as a kill here would leave it
    return Recorded(*_rewrite_for_other_boot(synced, content), changes)


def _wait_for_line(path: Path) -> None:
    until = monotonic() + _KILLED_S
    while path.read_bytes().count(b'{"line":"world",') < WORLDS and monotonic() < until:
        sleep(ROUND_S)


def _rewrite_for_other_boot(synced: bytes, content: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    """Return what was synced, as if the machine had been started again since, and the lines after it."""
    lines = []
    for each in synced.splitlines():
        line = each.partition(b" ")[2].replace(read_boot_id().encode(), OTHER_BOOT.encode())
        lines.append(b"%08x %b\n" % (crc32(line), line))
    return b"".join(lines), tuple(content[len(synced) :].splitlines(keepends=True))


def list_left_states(recorded: Recorded, drawn: int, random: Random) -> Iterator[tuple[str, bytes]]:
    """Yield what may be left of the writes, each with a name."""
    writes = recorded.writes
    yield "everything", recorded.synced + b"".join(writes)
    for at, write in enumerate(writes):
        before, after = recorded.synced + b"".join(writes[:at]), b"".join(writes[at + 1 :])
        torn = write[: len(write) // 2]
        yield f"ends before write {at}", before
        yield f"ends within write {at}", before + torn
        yield f"write {at} is lost", before + bytes(len(write)) + after
        yield f"write {at} is torn", before + torn + bytes(len(write) - len(torn)) + after
        yield f"write {at} has lost its beginning", before + bytes(len(torn)) + write[len(torn) :] + after
    for number in range(drawn):
        yield f"drawn {number}", _lose_sectors(recorded, random)


def _lose_sectors(recorded: Recorded, random: Random) -> bytes:
    """Return the file with some of its sectors never written, and perhaps an earlier end; what was synced is there."""
    content = bytearray(recorded.synced + b"".join(recorded.writes))
    first, share = len(recorded.synced), random.choice([0.1, 0.5, 0.9])
    for at in range(first // SECTOR * SECTOR, len(content), SECTOR):
        if random.random() < share:
            begin, end = max(at, first), min(at + SECTOR, len(content))
            content[begin:end] = bytes(end - begin)
    return bytes(content[: random.randint(first, len(content))] if random.random() < 0.5 else content)


def find_wrong_worlds(path: Path, changes: dict[str, int]) -> Iterator[str]:
    """Load a file, and yield what is wrong: a world that never was so, or that lost changes and does not say it."""
    with _load_worlds(path) as context:
        for name, count in changes.items():
            if name not in context.worlds:
                continue  # it begins anew, at a time that is told
            world = context.worlds.get(name)
            kept = world.state.all(PROVIDERS)[PROVIDER].capabilities or ""
            number = int(kept[8:-1]) if kept.startswith("[change-") else 0
            if number > count:
                yield f"the world {name} is as it never was: {kept}"
            if number < count and (world.resumed is None or world.resumed.changes_lost is None):
                yield f"the world {name} has {number} of {count} changes, and does not say so"


@contextmanager
def _load_worlds(path: Path) -> Iterator[ControlContext]:
    """Yield a server's worlds, as it goes on with those of a file."""
    context = create_app(Settings()).context
    keeper = Keeper(path, context)
    keeper.take()
    try:
        yield context
    finally:
        keeper.end()
