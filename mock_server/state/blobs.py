"""File contents, each kept once in the process, whatever worlds, snapshots and journals hold it."""

from __future__ import annotations

from hashlib import sha256
from threading import Lock
from weakref import WeakValueDictionary

from mock_server.state.tally import Share, Tally
from mock_server.state.value import Value

CONTENTS = Tally()
"""The bytes of file contents, and what the images made of them take beside."""


class Blob(Value, eq=False):
    """The bytes of a file, and their SHA-256; there is one of the same bytes."""

    digest: bytes
    data: bytes
    share: Share


# Weak, so a blob goes with the last state that holds it; locked, because archives are unpacked in threads.
_blobs: WeakValueDictionary[bytes, Blob] = WeakValueDictionary()
_lock = Lock()


def make_blob(data: bytes) -> Blob:
    """Return the one blob of these bytes."""
    digest = sha256(data).digest()
    with _lock:
        kept = _blobs.get(digest)
        if kept is None:
            kept = _blobs[digest] = Blob(digest, data, Share(CONTENTS, len(data)))
        return kept


def count_bytes() -> int:
    """Return how many bytes of contents and images the process holds."""
    return CONTENTS.compute_total()
