"""What becomes of an entry's path on the disks of those who unpack a pack, whatever their system."""

from __future__ import annotations

import unicodedata

# What separates folders on Windows, and what looks like a slash: some of it becomes one where names are translated.
_SLASHES = dict.fromkeys(map(ord, "\\\u2044\u2215\u2216\u29f5\u29f8\u29f9"), "/")


def leads_out(path: str) -> bool:
    """Whether a segment of the path is "..", however it is written.

    Compatible forms, such as a full-width dot, count as what they stand for; spaces after it do not count,
    because Windows leaves them out.
    """
    plain = path if path.isascii() else unicodedata.normalize("NFKC", path)
    return any(segment.rstrip(" ") == ".." for segment in plain.translate(_SLASHES).split("/"))


def folded(path: str) -> str:
    """The path as a disk knows it that heeds neither case nor Unicode normalisation."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).lower())
