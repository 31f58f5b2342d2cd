"""States as files: read with one sentence on what is wrong, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from mock_server.contract import StartError
from mock_server.errors import ValidationFailed
from mock_server.gates.json_text import parse
from mock_server.portable.faults import StateFaults
from mock_server.portable.reader import StateReader
from mock_server.portable.writer import written
from mock_server.state import State


def load(path: Path, reader: StateReader, like: State) -> State:
    """Return the state in a file; StartError names the place of the first thing that is wrong."""
    try:
        return reader.read(parse(path.read_bytes()), like)
    except OSError as error:
        raise StartError(f"--state {path}: cannot be read: {error.strerror}") from error
    except ValidationFailed as error:
        fields = error.details["fields"]
        raise StartError(f"--state {path}: is not whole: {fields['body']}") from error  # type: ignore[index]
    except StateFaults as error:
        (place, text), *more = error.faults.items()
        others = f" ({len(more)} more places are wrong)" if more else ""
        raise StartError(f"--state {path}: {place or 'the document'}: {text}{others}") from error


def check_writable(path: Path) -> None:
    """Raise StartError where a state cannot be saved, as far as that can be known before."""
    target = path.resolve()
    if target.is_dir():
        raise StartError(f"--save-state {path}: is a directory; name a file")
    if not target.parent.is_dir():
        raise StartError(f"--save-state {path}: there is no directory {target.parent}")
    if not os.access(target.parent, os.W_OK):
        raise StartError(f"--save-state {path}: nothing may be written into {target.parent}")


def save(state: State, path: Path) -> None:
    """Put the state into a file, in one step: a reader finds the old one whole, or this one.

    Raises OSError where it cannot be written; then the file is as it was.
    """
    target = path.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(written(state))
            file.flush()
            os.fchmod(file.fileno(), 0o666 & ~_umask())
            os.fsync(file.fileno())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync(target.parent)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync(directory: Path) -> None:
    """Let the new name last, too."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
