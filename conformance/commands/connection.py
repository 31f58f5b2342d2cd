"""The connection that the options of a command ask for."""

from __future__ import annotations

from pathlib import Path

from conformance.http.connection import Connection, read_headers


def connection_of(
    *, cacert: str | None, insecure: bool, answer_timeout: float | None, header: tuple[str, ...]
) -> Connection:
    """Make a connection of the options; raises BadOption."""
    timeout_s = answer_timeout or Connection().timeout_s
    return Connection(Path(cacert) if cacert else None, insecure, timeout_s, read_headers(header))
