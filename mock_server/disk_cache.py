"""A cache of what a start works out from the text of a file alone, in the user's cache folder.

The folder is `evershell-mock` in `$XDG_CACHE_HOME`, or else in `~/.cache`. It holds the 64 results used last, some
0.3 MB each; whoever deletes it loses nothing. Where it cannot be written, or others could write there, results are
kept in the process.
"""

from __future__ import annotations

import os
import pickle
import sys
import tempfile
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

_OWN = "evershell-contract"
_MOST = 64
_DIGEST = 32  # bytes that precede a result in its file: of a file that was cut or changed, nothing is believed
_OTHERS_WRITE = 0o022


def load_or_make(kind: str, text: bytes, make: Callable[[], T], *, library: str) -> T:
    """Return what `make` returns for a text, made anew only where it is not kept; each call has its own copy.

    `kind` names what is made, `library` the distribution that does it: what another version of it, or of the mock,
    made is not used.
    `make` may raise: then nothing is kept.
    """
    versions = f"{_read_version(_OWN)} {library} {_read_version(library)} {sys.version}"
    key = sha256(f"{kind} {versions}\0".encode() + text).hexdigest()
    packed = _in_process.get(key) or _read(key)
    if packed is None:
        packed = pickle.dumps(make(), pickle.HIGHEST_PROTOCOL)
        if not _write(key, packed):
            _keep(key, packed)
    result: T = pickle.loads(packed)  # noqa: S301  # from a folder that only this user writes, with its digest
    return result


_in_process: dict[str, bytes] = {}


def _keep(key: str, packed: bytes) -> None:
    _in_process[key] = packed
    for oldest in [*_in_process][:-_MOST]:
        _in_process.pop(oldest, None)


@lru_cache
def _read_version(library: str) -> str:
    return version(library)


def _make_folder() -> Path | None:
    """The folder, made where it is missing; None where it cannot be used."""
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    try:
        folder = Path(base).expanduser() / "evershell-mock"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        known = folder.stat()
    except (OSError, RuntimeError):  # no such place; no home
        return None
    owner = getattr(os, "getuid", lambda: known.st_uid)()
    return folder if known.st_uid == owner and not known.st_mode & _OTHERS_WRITE else None


def _read(key: str) -> bytes | None:
    folder = _make_folder()
    if folder is None:
        return None
    try:
        held = (folder / key).read_bytes()
        os.utime(folder / key)  # it is used: others go first
    except OSError:
        return None
    packed = held[_DIGEST:]
    return packed if held[:_DIGEST] == sha256(packed).digest() else None


def _write(key: str, packed: bytes) -> bool:
    """Write a result, whole or not at all, and delete what was used longest ago. False: it cannot be written."""
    folder = _make_folder()
    if folder is None:
        return False
    try:
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            file.write(sha256(packed).digest() + packed)
        Path(file.name).replace(folder / key)
        used = sorted((each for each in folder.iterdir()), key=lambda each: each.stat().st_mtime)
        for oldest in used[:-_MOST]:
            oldest.unlink(missing_ok=True)
    except OSError:  # full, or read-only; or another process deleted what this one looked at
        return (folder / key).exists()
    return True
