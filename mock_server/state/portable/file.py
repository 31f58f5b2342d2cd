"""States as files: read with one sentence on what is wrong, written whole or not at all."""

from __future__ import annotations

import fcntl
import glob
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from mock_server.contract.json_text import parse
from mock_server.errors import StartError, ValidationFailed
from mock_server.state.portable.problems import StateProblems
from mock_server.state.portable.reader import StateReader
from mock_server.state.portable.writer import written
from mock_server.state.state import State


def load(path: Path, reader: StateReader, like: State) -> State:
    """Return the state in a file; StartError names the place of the first thing that is wrong."""
    try:
        if path.exists() and not (path.is_file() or path.is_fifo()):  # a device may go on without end
            raise StartError(f"--state {path}: is no file")
        return reader.read(parse(path.read_bytes()), like)
    except OSError as error:
        raise StartError(f"--state {path}: cannot be read: {error.strerror}") from error
    except ValidationFailed as error:
        fields = error.details["fields"]
        raise StartError(f"--state {path}: is not whole: {fields['body']}") from error  # type: ignore[index]
    except StateProblems as error:
        (place, text), *more = error.problems.items()
        others = f" ({len(more)} more places are wrong)" if more else ""
        raise StartError(f"--state {path}: {place or 'the document'}: {text}{others}") from error


def check_writable(path: Path) -> None:
    """Raise StartError where a state cannot be saved, as far as that can be known before."""
    target = path.resolve()
    if target.is_dir():
        raise StartError(f"--save-state {path}: is a directory; name a file")
    if target.exists() and not target.is_file():  # a file would take the place of the device
        raise StartError(f"--save-state {path}: is a device; name a file")
    if not target.parent.is_dir():
        raise StartError(f"--save-state {path}: there is no directory {target.parent}")
    try:
        handle, name = _part_of(target)
    except OSError as error:
        raise StartError(
            f"--save-state {path}: nothing can be written into {target.parent}: {error.strerror}"
        ) from error
    os.close(handle)
    Path(name).unlink()


def save(state: State, path: Path) -> None:
    """Put the state into a file, in one step: a reader finds the old one whole, or this one.

    Raises OSError where it cannot be written; then the file is as it was, and the error's text says where the
    state is instead.
    """
    target, content = path.resolve(), written(state)
    try:
        _put(content, target)
    except OSError as error:
        if spare := _put_by(content):
            raise OSError(error.errno, f"{error.strerror}; the state is in {spare}") from error
        raise
    _clear_parts(target)


def _put(content: bytes, target: Path) -> None:
    handle, name = _part_of(target)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # until it is closed: whoever holds it is still writing
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), 0o666 & ~_umask())
            os.fsync(file.fileno())
            part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync(target.parent)


def _part_of(target: Path) -> tuple[int, str]:
    return tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)


def _put_by(content: bytes) -> Path | None:
    """Put a state where there may be room for it, as its place has none; None where there is none either."""
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


def _umask() -> int:
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
