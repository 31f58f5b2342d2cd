"""Files that are written whole or not at all: beside their place first, then put there in one step."""

from __future__ import annotations

import fcntl
import glob
import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from mock_server.errors import StartError


def check_writable(path: Path, option: str) -> None:
    """Raise StartError, which names the option, where a file cannot be written, as far as that can be known before."""
    target = path.resolve()
    if target.is_dir():
        raise StartError(f"{option} {path}: is a directory; name a file")
    if target.exists() and not target.is_file():  # a file would take the place of the device
        raise StartError(f"{option} {path}: is a device; name a file")
    if not target.parent.is_dir():
        raise StartError(f"{option} {path}: there is no directory {target.parent}")
    try:
        handle, name = _make_part(target)
    except OSError as error:
        raise StartError(f"{option} {path}: nothing can be written into {target.parent}: {error.strerror}") from error
    os.close(handle)
    Path(name).unlink()


def put(content: bytes, path: Path, kind: str) -> None:
    """Put the content into a file, in one step: a reader finds the old one whole, or this one.

    Raises OSError where it cannot be written; then the file is as it was, and the error's text says where the
    content is instead, which is called by its `kind`.
    """
    try:
        os.close(UnplacedFile([content], path).put())
    except OSError as error:
        if spare := _put_by(content):
            raise OSError(error.errno, f"{error.strerror}; {kind} in {spare}") from error
        raise


class UnplacedFile:
    """A file that is written whole beside its place, and not there yet; OSError where it cannot be written."""

    def __init__(self, content: Iterable[bytes], path: Path) -> None:
        self._target = path.resolve()
        self.handle, name = _make_part(self._target)
        """Locked until it is closed: whoever holds it is still writing."""
        self._path = Path(name)
        try:
            fcntl.flock(self.handle, fcntl.LOCK_EX)
            with os.fdopen(self.handle, "wb", closefd=False) as file:
                file.writelines(content)
            os.fchmod(self.handle, 0o666 & ~_read_umask())
            os.fsync(self.handle)
        except BaseException:
            self.discard()
            raise

    def put(self) -> int:
        """Put it in its place in one step, and return its handle; OSError where that is not possible."""
        try:
            self._path.replace(self._target)
        except BaseException:
            self.discard()
            raise
        _sync(self._target.parent)
        _clear_parts(self._target)
        return self.handle

    def discard(self) -> None:
        """Remove it."""
        os.close(self.handle)
        self._path.unlink(missing_ok=True)


def _make_part(target: Path) -> tuple[int, str]:
    return tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)


def _put_by(content: bytes) -> Path | None:
    """Put the content where there may be room for it, as its place has none; None where there is none either."""
    try:
        handle, name = tempfile.mkstemp(prefix="evershell-mock-", suffix=".json")
    except OSError:
        return None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
    except OSError:
        Path(name).unlink(missing_ok=True)
        return None
    return Path(name)


def _clear_parts(target: Path) -> None:
    """Remove what those have left behind that were killed while they wrote."""
    for part in target.parent.glob(f".{glob.escape(target.name)}.*.part"):
        with suppress(OSError), part.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            part.unlink()


def _read_umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync(directory: Path) -> None:
    """Let the new name last, too, where the file system knows how."""
    with suppress(OSError):
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
