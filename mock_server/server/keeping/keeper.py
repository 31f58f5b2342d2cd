"""Keeps the worlds of a server in a file, and takes them from there at the start."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from time import monotonic

from mock_server.control import ControlContext
from mock_server.errors import StartError
from mock_server.server.keeping.kept_file import KeptFile
from mock_server.server.keeping.lines import (
    KeptWorlds,
    ServedFrom,
    WorldChanged,
    WorldGone,
    beginning_line,
    boot_of_machine,
    kept_line,
    line,
    read,
)
from mock_server.server.reload.documents import Document
from mock_server.server.reload.handover import LeftOut, document_of, take_worlds, with_journals
from mock_server.server.reload.journals import EntryWriter
from mock_server.state.clock import real_time
from mock_server.worlds.world import Resumed, World

log = logging.getLogger(__name__)

AFTER_S = 1.0
"""How long after its first change a world is kept."""
LATEST_S = 2.0
"""How long after its first change it is its turn, however much of the time keeping has taken."""
SHARE = 20
"""Keeping takes this part of the time, unless a world would be late: then there is a rest of so many times as long."""
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
        contents = read(self._path)
        misfits = [] if contents is None else [*_damage(contents), *self._taken(contents)]
        if any(isinstance(each, LeftOut) for each in misfits):
            misfits.append(f"what is left out above is still in {self._put_aside()}")
        self._begin(contents, exact=not misfits)
        for name in () if contents is None else contents.changed:  # so that what they have lost is kept
            self.changed(self._context.worlds.get(name))
        return misfits

    def _taken(self, contents: KeptWorlds) -> Iterator[str]:
        now, worlds = real_time(), self._context.worlds
        exact = contents.beginning.digest == self._context.digest
        yield from take_worlds(contents.beginning.seed, contents.worlds(now), self._context, exact=exact)
        for name in contents.never_kept:
            world, began = worlds.get(name), contents.changed[name].began
            world.began, world.resumed = began, Resumed(now, began, now, now)

    def _put_aside(self) -> Path:
        """Let the file have a second name, under which it stays."""
        aside = self._path.with_name(f"{self._path.name}.{real_time():%Y%m%dT%H%M%S.%fZ}")
        try:
            aside.hardlink_to(self._path.resolve())
        except OSError as error:
            text = f"some of it no longer fits, and no copy can be put beside it: {error.strerror}"
            raise StartError(f"--keep-worlds {self._path}: {text}") from error
        return aside

    def begin_anew(self) -> None:
        """Keep the worlds that the server has, whatever the file has; raises StartError as `take` does."""
        self._file.lock()
        self._begin(None, exact=False)

    def _begin(self, contents: KeptWorlds | None, *, exact: bool) -> None:
        """Write down what the worlds are now; `exact`: the lines that were read say it, but for other seed data."""
        now = real_time()
        if contents is not None and exact and contents.beginning.digest == self._context.digest:
            lines = contents.lines()
        else:
            lines = self._lines(with_journals(self._context), now)
        try:
            serving = line(ServedFrom(now, boot_of_machine()))
            self._file.put([beginning_line(self._context, len(lines), now), serving], lines)
        except OSError as error:
            raise StartError(f"--keep-worlds {self._path}: cannot be written: {error.strerror}") from error
        self._context.worlds.watched_by(self)

    def _lines(self, documents: Iterable[Document], now: datetime) -> list[tuple[str, bytes]]:
        return [(each["name"], kept_line(each, self._context, now, self._number)) for each in documents]

    def changed(self, world: World) -> None:
        """Note that a world is new, or has changed for the first time since it was kept."""
        self._number += 1
        note = line(WorldChanged(world.name, world.began, self._number))
        self._due[world.name] = _Due(world, note, monotonic())
        self._add(note)
        self._stirred.set()

    def gone(self, world: World) -> None:
        """Note that a world was deleted, or dropped."""
        self._due.pop(world.name, None)
        self._add(line(WorldGone(world.name)), gone=world.name)

    def _add(self, text: bytes, *, gone: str | None = None) -> None:
        try:
            self._file.add(text, gone=gone)
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
        rested = monotonic()  # when keeping has taken no more than its part of the time
        while True:
            self._stirred.clear()
            if not self._due:
                await self._stirred.wait()
            since = next(iter(self._due.values())).since
            await asyncio.sleep(min(max(since + AFTER_S, rested), since + LATEST_S) - monotonic())
            due = self._take_due()
            begun = monotonic()
            try:
                await self._keep_these([each.world for each in due])
            except OSError as error:
                self._tell(error)
                for each in due:
                    self._due.setdefault(each.world.name, each)
                await asyncio.sleep(_AGAIN_S)
            else:
                self._failing = False
            ended = monotonic()
            rested = ended + SHARE * (ended - begun)

    def _take_due(self) -> list[_Due]:
        """Take out the worlds that have waited long enough, the earliest first; some, where there are many."""
        by = monotonic() - AFTER_S
        due = [each for each in islice(self._due.values(), _AT_ONCE) if each.since <= by]
        for each in due:
            del self._due[each.world.name]
        return due

    async def _keep_these(self, worlds: list[World]) -> None:
        """Add a line of what each world is now, without the entries of its journal."""
        now, number = real_time(), self._number
        documents = []
        for world in worlds:
            journal = {"last": world.journal.last, "head": world.journal.head, "entries": []}
            documents.append(document_of(world, journal))
            world.on_change = self.changed
        await asyncio.to_thread(self._add_lines, documents, now, number)
        if self._file.outdated:
            await asyncio.to_thread(self._file.clear([each.note for each in self._due.values()]))

    def _add_lines(self, documents: list[Document], now: datetime, number: int) -> None:
        for document in documents:
            name = document["name"]
            try:
                self._file.add(kept_line(document, self._context, now, number), world=name)
            except OSError:
                raise
            except Exception:  # whatever it is, the other worlds are kept
                log.exception("--keep-worlds %s: the world %s is not kept", self._path, name)

    def end(self, writer: EntryWriter | None = None) -> None:
        """Write down all worlds, with their journals; OSError, which says where they are, where there is no place.

        `writer` may know some of the entries already.
        """
        if self._task is not None:
            self._task.cancel()
        now = real_time()
        lines = [text for _, text in self._lines(with_journals(self._context, writer), now)]
        self._file.end(b"".join([beginning_line(self._context, len(lines), now), *lines]), "the worlds are")


def _damage(contents: KeptWorlds) -> Iterator[str]:
    """Yield a text about the lines that the machine has damaged which has stopped, if there are any."""
    if contents.damaged:
        lines = "1 line is" if contents.damaged == 1 else f"{contents.damaged} lines are"
        yield LeftOut(f"the file: {lines} left out, torn when the machine stopped; every world may have lost changes")
