"""Keeps the worlds of a server in a file, and takes them from there at the start."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from mock_server.control import ControlContext
from mock_server.errors import StartError
from mock_server.server.keeping.kept_file import KeptFile
from mock_server.server.keeping.kept_world import LeftOut, describe, find_seed_misfits, take_world
from mock_server.server.keeping.lines import (
    FORMAT,
    FileBeginning,
    KeptWorlds,
    WorldChanged,
    WorldGone,
    WorldKept,
    read,
    read_boot_id,
    write_line,
)
from mock_server.state.clock import read_real_time
from mock_server.worlds.world import World

log = logging.getLogger(__name__)

AFTER_S = 1.0
"""The seconds after its first change in which a world is kept."""
_SLICE_S = 0.004
"""The seconds for which keeping lets requests wait."""
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
            self._file.put(_with_beginning(self._context, _make_world_lines(self._context), read_boot_id()))
        except OSError as error:
            raise StartError(f"--keep-worlds {self._path}: cannot be written: {error.strerror}") from error
        self._context.worlds.set_watch(self)
        return misfits

    def _put_aside(self) -> Path:
        """Let the file have a second name, under which it stays."""
        aside = self._path.with_name(f"{self._path.name}.{read_real_time():%Y%m%dT%H%M%S.%fZ}")
        try:
            aside.hardlink_to(self._path.resolve())
        except OSError as error:
            text = f"some of it no longer fits, and no copy can be put beside it: {error.strerror}"
            raise StartError(f"--keep-worlds {self._path}: {text}") from error
        return aside

    def note_changed(self, world: World) -> None:
        """Note that a world is new, or has changed for the first time since it was kept."""
        note = write_line(WorldChanged(world.name))
        self._due[world.name] = _Due(world, note, monotonic())
        self._add(note)
        self._stirred.set()

    def note_gone(self, world: World) -> None:
        """Note that a world was deleted, or dropped."""
        self._due.pop(world.name, None)
        self._add(write_line(WorldGone(world.name)))

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
            while not self._due:
                self._stirred.clear()
                await self._stirred.wait()
            await asyncio.sleep(next(iter(self._due.values())).since + AFTER_S - monotonic())
            try:
                await self._keep_due()
                if self._file.is_outdated:
                    await self._write_anew()
            except OSError as error:
                self._tell(error)
                await asyncio.sleep(_AGAIN_S)
            else:
                self._failing = False

    async def _keep_due(self) -> None:
        """Add a line of what each world is now that has waited long enough, the earliest first."""
        begun = monotonic()
        by = begun - AFTER_S
        while self._due and (due := next(iter(self._due.values()))).since <= by:
            for text in _make_world_lines(self._context, [due.world]):
                self._file.add(text)
            due.world.on_change = self.note_changed
            del self._due[due.world.name]
            if monotonic() - begun > _SLICE_S:
                await asyncio.sleep(0)
                begun = monotonic()

    async def _write_anew(self) -> None:
        """Write the file anew, without the lines that count no more."""
        self._file.begin_anew(each.note for each in self._due.values())
        lines, begun = [], monotonic()
        for world in list(self._context.worlds):
            lines += _make_world_lines(self._context, [world])
            if monotonic() - begun > _SLICE_S:
                await asyncio.sleep(0)
                begun = monotonic()
        await asyncio.to_thread(self._file.put, _with_beginning(self._context, lines, read_boot_id()))

    def end(self) -> None:
        """Write down all worlds; OSError, which says where they are, where there is no place."""
        if self._task is not None:
            self._task.cancel()
        self._file.end(write_worlds(self._context), "the worlds are")


def write_worlds(context: ControlContext) -> bytes:
    """Return a file of all worlds of a server, for a process that goes on with them."""
    return b"".join(_with_beginning(context, _make_world_lines(context)))


def _with_beginning(context: ControlContext, worlds: list[bytes], served_on: str | None = None) -> list[bytes]:
    """The lines of a file: the first one, and those of worlds."""
    return [write_line(FileBeginning(FORMAT, context.digest, len(worlds), read_real_time(), served_on)), *worlds]


def _make_world_lines(context: ControlContext, worlds: Iterable[World] | None = None) -> list[bytes]:
    """The line of each world, of all of them where none are named; whatever is wrong with one, the others are kept."""
    lines = []
    for world in context.worlds if worlds is None else worlds:
        try:
            lines.append(write_line(WorldKept(read_real_time(), describe(world, context.patches))))
        except Exception:
            log.exception("the world %s is not kept", world.name)
    return lines


def take_worlds(contents: KeptWorlds | None, context: ControlContext) -> Iterator[str]:
    """Let a new server go on with the worlds of a file; yield a text about each place that no longer fits."""
    if contents is None:
        return
    yield from _describe_damage(contents)
    exact = contents.beginning.digest == context.digest
    if not exact:
        yield from find_seed_misfits(context)
    for each in contents.list_worlds(read_real_time()):
        yield from take_world(each, context, exact=exact)


def _describe_damage(contents: KeptWorlds) -> Iterator[str]:
    """Yield a text about the lines that the machine has damaged which has stopped, if there are any."""
    if contents.damaged:
        lines = "1 line is" if contents.damaged == 1 else f"{contents.damaged} lines are"
        yield LeftOut(f"the file: {lines} left out, torn when the machine stopped; every world may have lost changes")
