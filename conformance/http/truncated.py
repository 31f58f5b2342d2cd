"""The beginning of a body that is too long to be kept."""

from __future__ import annotations

import hashlib


class TruncatedBody(bytes):
    """The beginning of a body, with length and SHA-256 of the whole body."""

    length: int
    digest: str

    @staticmethod
    def build_truncated(beginning: bytes, length: int, digest: str) -> TruncatedBody:
        """Return the beginning of a body of this length and SHA-256."""
        truncated = TruncatedBody(beginning)
        truncated.length, truncated.digest = length, digest
        return truncated

    @staticmethod
    def truncate_content(content: bytes) -> TruncatedBody:
        """Return the beginning of this body."""
        return TruncatedBody.build_truncated(content[:1024], len(content), hashlib.sha256(content).hexdigest())


def truncate(content: bytes, longest: int) -> bytes:
    """Return the content, or its beginning where it is longer than that."""
    return (
        TruncatedBody.truncate_content(content)
        if len(content) > longest and not isinstance(content, TruncatedBody)
        else content
    )
