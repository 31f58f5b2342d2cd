"""The beginning of a body that is too long to be kept."""

from __future__ import annotations

import hashlib


class Truncated(bytes):
    """The beginning of a body, with length and SHA-256 of the whole body."""

    length: int
    digest: str

    @staticmethod
    def made(beginning: bytes, length: int, digest: str) -> Truncated:
        """Return the beginning of a body of this length and SHA-256."""
        truncated = Truncated(beginning)
        truncated.length, truncated.digest = length, digest
        return truncated

    @staticmethod
    def of(content: bytes) -> Truncated:
        """Return the beginning of this body."""
        return Truncated.made(content[:1024], len(content), hashlib.sha256(content).hexdigest())


def truncated(content: bytes, longest: int) -> bytes:
    """Return the content, or its beginning where it is longer than that."""
    return Truncated.of(content) if len(content) > longest and not isinstance(content, Truncated) else content
