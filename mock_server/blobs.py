"""File contents, each kept once in the process, whatever worlds and snapshots hold it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from weakref import WeakValueDictionary


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Blob:
    """The bytes of a file, and their SHA-256."""

    digest: bytes
    data: bytes


# Weak, so a blob goes with the last state that holds it; locked, because archives are
# unpacked in threads.
_blobs: WeakValueDictionary[bytes, Blob] = WeakValueDictionary()
_lock = Lock()


def blob(data: bytes) -> Blob:
    """Return the one blob of these bytes."""
    digest = sha256(data).digest()
    with _lock:
        kept = _blobs.get(digest)
        if kept is None:
            kept = _blobs[digest] = Blob(digest, data)
        return kept
