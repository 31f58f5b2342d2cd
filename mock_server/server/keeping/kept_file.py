"""The file of worlds while a process serves them: lines are added, and those that are outdated are cleared in time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from mock_server.errors import StartError
from mock_server.whole_file import UnplacedFile, put

MOST_OUTDATED = 64 * 1024 * 1024
"""Bytes of lines that count no more, beside as many as count; at more the file is written anew."""

Lines = Iterable[tuple[str, bytes]]
"""The names of worlds, and the line of each."""


class KeptFile:
    """A file of worlds that no other process writes. Lines may be added by several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._adding = Lock()
        self._ended = False
        self._handle = -1
        self._size = 0
        self._latest: dict[str, tuple[int, int]] = {}  # where the line of each world begins, and its length
        self._current = 0  # bytes of those
        self._head: list[bytes] = []
        self._since: list[bytes] | None = None  # lines that were added while the file is written anew

    def lock(self) -> None:
        """Take hold of the file, where there is one; StartError where another process has it."""
        try:
            self._handle = os.open(self._path, os.O_RDONLY)
        except FileNotFoundError:
            return
        except OSError as error:
            raise StartError(f"--keep-worlds {self._path}: cannot be opened: {error.strerror}") from error
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            text = "another mock that runs keeps its worlds there; end it, or name another file"
            raise StartError(f"--keep-worlds {self._path}: {text}") from error

    def put(self, head: list[bytes], worlds: Lines) -> None:
        """Put the first lines and those of worlds in the place of all that is there; OSError, and nothing has changed.

        Others are added after them.
        """
        self._go_on_with(self._written(head, worlds))

    def _written(self, head: list[bytes], worlds: Lines) -> _Written:
        latest: dict[str, tuple[int, int]] = {}
        size = sum(map(len, head))
        lines = [*head]
        for name, text in worlds:
            latest[name] = (size, len(text))
            size += len(text)
            lines.append(text)
        return _Written(UnplacedFile(lines, self._path), head, latest, size)

    def _go_on_with(self, written: _Written) -> None:
        before, self._handle = self._handle, written.part.put()
        self._head, self._latest, self._size = written.head, written.latest, written.size
        self._current = sum(length for _, length in self._latest.values())
        if before >= 0:
            os.close(before)

    def add(self, text: bytes, *, world: str | None = None, gone: str | None = None) -> None:
        """Add a line, that of a world or of one that is gone where one is named; OSError, and nothing is added."""
        with self._adding:
            if self._ended:
                return
            _write(self._handle, text, self._size)
            for name in (world, gone):
                self._current -= self._latest.pop(name or "", (0, 0))[1]
            if world is not None:
                self._latest[world] = (self._size, len(text))
                self._current += len(text)
            self._size += len(text)
            if self._since is not None:
                self._since.append(text)

    @property
    def outdated(self) -> bool:
        """Whether so much in it counts no more that it should be written anew."""
        return self._size > 2 * self._current + MOST_OUTDATED

    def clear(self, notes: list[bytes]) -> Callable[[], None]:
        """Return what writes it anew without what counts no more; `notes` are lines of no world that count still.

        Until that has returned no line of a world may be added. It may be called in another thread, and raises OSError
        where there is no room; then nothing has changed.
        """
        self._since = notes
        return self._cleared

    def _cleared(self) -> None:
        with self._adding:
            current = dict(self._latest)
        try:
            worlds = ((name, os.pread(self._handle, length, at)) for name, (at, length) in current.items())
            written = self._written(self._head, worlds)
            with self._adding:
                if self._ended:
                    written.part.discard()
                    return
                for text in self._since or ():
                    _write(written.part.handle, text, written.size)
                    written.size += len(text)
                written.latest = {name: place for name, place in written.latest.items() if name in self._latest}
                self._go_on_with(written)
        finally:
            self._since = None

    def end(self, content: bytes, kind: str) -> None:
        """Put this content in the place of all that is there, and let go of it; OSError as `put` raises it."""
        with self._adding:
            self._ended = True
        put(content, self._path, kind)
        os.close(self._handle)


@dataclass(slots=True)
class _Written:
    """A file that is written anew, and what is known of its lines."""

    part: UnplacedFile
    head: list[bytes]
    latest: dict[str, tuple[int, int]]
    size: int


def _write(handle: int, text: bytes, at: int) -> None:
    """Write at the end of a file; OSError, and the file is as it was, where it does not fit."""
    left = memoryview(text)
    try:
        while left:
            left = left[os.pwrite(handle, left, at + len(text) - len(left)) :]
    except OSError:
        os.ftruncate(handle, at)
        raise
