"""Open connections of clients on their way from one process to the next, over a socket between the two."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Thread

_MOST_AT_ONCE = 250  # Linux takes 253 descriptors in one message


class Passing:
    """The end of the process that serves: it passes connections on until it is closed."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel

    def __call__(self, descriptor: int) -> bool:
        """Let the next process have a copy of a connection, and return whether it has."""
        try:
            socket.send_fds(self._channel, [b"."], [descriptor])
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Pass no more on."""
        self._channel.close()


class Arriving:
    """The end of the process that is to serve next: it takes connections from the start, in a thread."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._arrived: list[socket.socket] = []
        self._thread = Thread(target=self._take, name="evershell-mock-connections", daemon=True)
        self._thread.start()

    def _take(self) -> None:
        with self._channel, suppress(OSError):
            while True:
                content, descriptors, _, _ = socket.recv_fds(self._channel, _MOST_AT_ONCE, _MOST_AT_ONCE)
                if not content:
                    return
                self._arrived += [socket.socket(fileno=each) for each in descriptors]

    def all(self) -> list[socket.socket]:
        """Wait until the process before has passed on all that it had, and return them."""
        self._thread.join()
        return self._arrived
