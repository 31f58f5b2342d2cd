"""Limits of connections, requests and answers."""

from __future__ import annotations

import resource
from dataclasses import dataclass, replace

from mock_server.settings import MOST_CONNECTIONS, TIMEOUT_S

IDLE_S = 75.0
"""Longer than clients keep idle connections, so that they close first."""

MOST_HEAD = 64 * 1024
"""The bytes of a request's target and headers."""

MOST_HEADERS = 256

MOST_QUEUED = 100
"""Requests that one connection may have sent ahead of their answers."""

MOST_AT_ONCE = 256 * 1024 * 1024
"""The bytes of all bodies that are being received, and of all answers that nobody takes."""

_OWN_FILES = 64  # descriptors for whatever is no connection


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a client's time, of connections at once, and whether a proxy speaks for clients."""

    timeout: int = TIMEOUT_S
    """Seconds within which a head must have come whole, within which a body must, and an answer be taken."""
    max_connections: int = MOST_CONNECTIONS
    proxy_headers: bool = False

    def fit_to(self, files: int) -> Limits:
        """Return the limits with no more connections than this number of open files allows."""
        return replace(self, max_connections=max(1, min(self.max_connections, files - _OWN_FILES)))


def open_files(wanted: int | None = None) -> int:
    """Return how many files this process may have open, raised for this number of connections where it may be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if wanted is not None and soft < wanted + _OWN_FILES:
        soft = wanted + _OWN_FILES if hard == resource.RLIM_INFINITY else min(hard, wanted + _OWN_FILES)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return soft
