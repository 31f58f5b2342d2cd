"""The file of worlds while a process serves them: lines are added, and it is written anew before it grows too large."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable
from pathlib import Path
from threading import Lock

from mock_server.errors import StartError
from mock_server.whole_file import UnplacedFile, put

MOST_ADDED = 64 * 1024 * 1024
"""Bytes of lines that are added, beside as many as were written at once; at more the file is written anew."""


class KeptFile:
    """A file of worlds that no other process writes. Lines may be added while a thread writes it anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._adding = Lock()
        self._ended = False
        self._handle = -1
        self._size = 0
        self._written = 0  # bytes that were written at once
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

    def begin_anew(self, notes: Iterable[bytes] = ()) -> None:
        """Add what is added from now on to the file that `put` writes next as well, after these lines."""
        self._since = [*notes]

    def put(self, lines: Iterable[bytes]) -> None:
        """Put these lines in the place of all that is there; OSError, and nothing has changed."""
        part = UnplacedFile(lines, self._path)
        written = size = os.fstat(part.handle).st_size
        with self._adding:
            since, self._since = self._since or (), None
            if self._ended:
                part.discard()
                return
            try:
                for text in since:
                    _write(part.handle, text, size)
                    size += len(text)
            except OSError:
                part.discard()
                raise
            before, self._handle = self._handle, part.put()
            self._written, self._size = written, size
        if before >= 0:
            os.close(before)

    def add(self, text: bytes) -> None:
        """Add a line; OSError, and nothing is added."""
        with self._adding:
            if self._ended:
                return
            _write(self._handle, text, self._size)
            self._size += len(text)
            if self._since is not None:
                self._since.append(text)

    @property
    def is_outdated(self) -> bool:
        """Whether so much was added that it should be written anew."""
        return self._size > 2 * self._written + MOST_ADDED

    def end(self, content: bytes, kind: str) -> None:
        """Put this content in the place of all that is there, and let go of it; OSError as `put` raises it."""
        with self._adding:
            self._ended = True
        put(content, self._path, kind)
        os.close(self._handle)


def _write(handle: int, text: bytes, at: int) -> None:
    """Write at the end of a file; OSError, and the file is as it was, where it does not fit."""
    left = memoryview(text)
    try:
        while left:
            left = left[os.pwrite(handle, left, at + len(text) - len(left)) :]
    except OSError:
        os.ftruncate(handle, at)
        raise
