"""Keeps the worlds of a server in a file, and takes them from there at the start."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import monotonic

from mock_server.control import ControlContext
from mock_server.errors import StartError
from mock_server.server.keeping.kept_file import KeptFile
from mock_server.server.keeping.kept_world import LeftOut, Moment, look_at, seed_misfits, take_world
from mock_server.server.keeping.lines import (
    FORMAT,
    FileBeginning,
    KeptWorlds,
    WorldChanged,
    WorldGone,
    WorldKept,
    boot_of_machine,
    line,
    read,
)
from mock_server.state.clock import real_time
from mock_server.worlds.world import World

log = logging.getLogger(__name__)

AFTER_S = 1.0
"""How long after its first change a world is kept."""
_AT_ONCE = 50
"""Worlds that are kept one after the other in a thread, before the next are looked for."""
_AGAIN_S = 5.0
"""After so long it is tried again where there was no room."""


@dataclass(frozen=True, slots=True, eq=False)
class _Due:
    """A world that has changed, the line that says so, and since when."""

    world: World
    note: bytes
    since: float


class Keeper:
    """Keeps the worlds of a server: `take` is how it begins, `start` and `end` are called when the server does."""

    def __init__(self, path: Path, context: ControlContext) -> None:
        self._path = path
        self._file = KeptFile(path)
        self._context = context
        self._due: dict[str, _Due] = {}  # worlds that have changed, the earliest first
        self._number = 0
        self._failing = False
        self._stirred = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def take(self) -> list[str]:
        """Go on with the worlds that the file has, and return a text about each place that no longer fits.

        Raises StartError where the file cannot be read or written, or another process has it; then it stays as it is.
        """
        self._file.lock()
        misfits = [*take_worlds(read(self._path), self._context)]
        if any(isinstance(each, LeftOut) for each in misfits):
            misfits.append(f"what is left out above is still in {self._put_aside()}")
        try:
            self._file.put(_lines(self._context, self._look_at_all(), served_on=boot_of_machine()))
        except OSError as error:
            raise StartError(f"--keep-worlds {self._path}: cannot be written: {error.strerror}") from error
        self._context.worlds.watched_by(self)
        return misfits

    def _put_aside(self) -> Path:
        """Let the file have a second name, under which it stays."""
        aside = self._path.with_name(f"{self._path.name}.{real_time():%Y%m%dT%H%M%S.%fZ}")
        try:
            aside.hardlink_to(self._path.resolve())
        except OSError as error:
            text = f"some of it no longer fits, and no copy can be put beside it: {error.strerror}"
            raise StartError(f"--keep-worlds {self._path}: {text}") from error
        return aside

    def changed(self, world: World) -> None:
        """Note that a world is new, or has changed for the first time since it was kept."""
        self._number += 1
        note = line(WorldChanged(world.name, self._number))
        self._due[world.name] = _Due(world, note, monotonic())
        self._add(note)
        self._stirred.set()

    def gone(self, world: World) -> None:
        """Note that a world was deleted, or dropped."""
        self._due.pop(world.name, None)
        self._add(line(WorldGone(world.name)))

    def _add(self, text: bytes) -> None:
        try:
            self._file.add(text)
        except OSError as error:
            self._tell(error)

    def _tell(self, error: OSError) -> None:
        """Say once that there is no room, until there is again."""
        if not self._failing:
            log.warning("--keep-worlds %s: nothing is kept just now: %s; it is tried again", self._path, error.strerror)
        self._failing = True

    def start(self) -> None:
        """Keep what changes from now on."""
        self._task = asyncio.get_running_loop().create_task(self._keep())

    async def _keep(self) -> None:
        while True:
            self._stirred.clear()
            if not self._due:
                await self._stirred.wait()
            await asyncio.sleep(next(iter(self._due.values())).since + AFTER_S - monotonic())
            due = self._take_due()
            try:
                await self._keep_these([each.world for each in due])
            except OSError as error:
                self._tell(error)
                for each in due:
                    self._due.setdefault(each.world.name, each)
                await asyncio.sleep(_AGAIN_S)
            else:
                self._failing = False

    def _take_due(self) -> list[_Due]:
        """Take out the worlds that have waited long enough, the earliest first; some, where there are many."""
        by = monotonic() - AFTER_S
        due = [each for each in islice(self._due.values(), _AT_ONCE) if each.since <= by]
        for each in due:
            del self._due[each.world.name]
        return due

    async def _keep_these(self, worlds: list[World]) -> None:
        """Add a line of what each world is now; where the file has grown too large, write it anew."""
        moments = [look_at(world) for world in worlds]
        for world in worlds:
            world.on_change = self.changed
        await asyncio.to_thread(self._add_lines, moments, self._number)
        if self._file.is_outdated:
            self._file.begin_anew(each.note for each in self._due.values())
            lines = _lines(self._context, self._look_at_all(), self._number, served_on=boot_of_machine())
            await asyncio.to_thread(self._file.put, lines)

    def _add_lines(self, moments: list[Moment], number: int) -> None:
        for text in _world_lines(self._context, moments, number):
            self._file.add(text)

    def _look_at_all(self) -> list[Moment]:
        return [look_at(world) for world in self._context.worlds]

    def end(self) -> None:
        """Write down all worlds; OSError, which says where they are, where there is no place."""
        if self._task is not None:
            self._task.cancel()
        self._file.end(write_worlds(self._context), "the worlds are")


def write_worlds(context: ControlContext) -> bytes:
    """Return a file of all worlds of a server, for a process that goes on with them."""
    return b"".join(_lines(context, [look_at(world) for world in context.worlds]))


def _lines(
    context: ControlContext, moments: list[Moment], number: int = 0, *, served_on: str | None = None
) -> Iterator[bytes]:
    """Yield the lines of a file: the first one, and one of each world."""
    worlds = [*_world_lines(context, moments, number)]
    yield line(FileBeginning(FORMAT, context.digest, len(worlds), real_time(), served_on))
    yield from worlds


def _world_lines(context: ControlContext, moments: list[Moment], number: int) -> Iterator[bytes]:
    """Yield the line of each world; whatever is wrong with one, the others are kept."""
    for each in moments:
        try:
            text = line(WorldKept(each.at, number, each.write(context.patches)))
        except Exception:
            log.exception("the world %s is not kept", each.rest.name)
        else:
            yield text


def take_worlds(contents: KeptWorlds | None, context: ControlContext) -> Iterator[str]:
    """Let a new server go on with the worlds of a file; yield a text about each place that no longer fits."""
    if contents is None:
        return
    yield from _damage(contents)
    exact = contents.beginning.digest == context.digest
    if not exact:
        yield from seed_misfits(context)
    for each in contents.worlds(real_time()):
        yield from take_world(each, context, exact=exact)


def _damage(contents: KeptWorlds) -> Iterator[str]:
    """Yield a text about the lines that the machine has damaged which has stopped, if there are any."""
    if contents.damaged:
        lines = "1 line is" if contents.damaged == 1 else f"{contents.damaged} lines are"
        yield LeftOut(f"the file: {lines} left out, torn when the machine stopped; every world may have lost changes")
