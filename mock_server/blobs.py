"""File contents, each kept once in the process, whatever worlds, snapshots and journals hold it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from weakref import ref


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Blob:
    """The bytes of a file, and their SHA-256."""

    digest: bytes
    data: bytes


class _Held(ref[Blob]):
    """A blob that somebody else holds; how large it was is known after it is gone."""

    __slots__ = ("digest", "size")

    digest: bytes
    size: int


# Weak, so a blob goes with the last state that holds it; locked, because archives are unpacked in
# threads. What has gone is put down where no lock is needed: it may go anywhere, even in here.
_blobs: dict[bytes, _Held] = {}
_gone: deque[_Held] = deque()
_lock = Lock()
_total = 0


def blob(data: bytes) -> Blob:
    """Return the one blob of these bytes."""
    global _total  # noqa: PLW0603 - one sum a process, as there is one store
    digest = sha256(data).digest()
    with _lock:
        held = _blobs.get(digest)
        kept = None if held is None else held()
        if kept is None:
            kept = Blob(digest, data)
            held = _blobs[digest] = _Held(kept, _gone.append)
            held.digest, held.size = digest, len(data)
            _total += len(data)
        return kept


def total_size() -> int:
    """Return how many bytes of file contents the process holds."""
    if _gone:
        _settle()
    return _total


def _settle() -> None:
    global _total  # noqa: PLW0603 - as above
    with _lock:
        while _gone:
            held = _gone.popleft()
            _total -= held.size
            if _blobs.get(held.digest) is held:
                del _blobs[held.digest]
