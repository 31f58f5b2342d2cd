"""How large bodies and archives may be."""

from __future__ import annotations

from dataclasses import astuple, dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that is taken: bytes, but for `entries` and `path`. The defaults are the contract's."""

    json: int = MIB
    file: int = 8 * MIB
    """Of a file that is put, and of each in an archive."""
    archive: int = 32 * MIB
    unpacked: int = 128 * MIB
    entries: int = 10_000
    path: int = 4096
    """Characters of the path of an entry."""

    def times(self, factor: int) -> Limits:
        """Return limits that are so many times as large."""
        return Limits(*(factor * each for each in astuple(self)))
