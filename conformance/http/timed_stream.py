"""A connection whose limit of time the system keeps, once for all: a read is one call to it, and not three."""

from __future__ import annotations

import os
import socket
import struct
from typing import Any

import httpcore

IS_POSSIBLE = os.name == "posix"
"""Elsewhere a limit of time has another form."""


class TimedStream(httpcore.NetworkStream):
    """One without TLS, which needs its own calls in between."""

    def __init__(self, stream: httpcore.NetworkStream, timeout_s: float) -> None:
        self._stream = stream
        self._socket: socket.socket = stream.get_extra_info("socket")
        self._socket.settimeout(None)
        limit = struct.pack("ll", int(timeout_s), int(timeout_s % 1 * 1_000_000))
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            self._socket.setsockopt(socket.SOL_SOCKET, option, limit)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002  # it has its own
        """What has come; nothing where the other side has closed. ReadTimeout, ReadError."""
        try:
            return self._socket.recv(max_bytes)
        except BlockingIOError as error:
            raise httpcore.ReadTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002  # it has its own
        """Send all of it. WriteTimeout, WriteError."""
        try:
            self._socket.sendall(buffer)
        except BlockingIOError as error:
            raise httpcore.WriteTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
