"""The signals of a process that has others serve: the end, and SIGHUP."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from threading import Event
from typing import Any, Self

from mock_server.settings import Settings


class Ended(BaseException):
    """A signal asked for the end."""


class EndSignals:
    """A handler of SIGINT and SIGTERM that raises Ended at the first one, but never between two processes.

    A further one calls `at_once`. After a SIGINT the handler stays: nothing that is still to be done is interrupted.
    """

    def __init__(self) -> None:
        self.at_once: Callable[[], None] | None = None
        self.interrupted = False
        self._deferred = False
        self._asked = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        self._before = {each: signal.signal(each, self._end) for each in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_: object) -> None:
        for each, handler in self._before.items():
            if each != signal.SIGINT or not self.interrupted:
                signal.signal(each, handler)

    @contextmanager
    def defer(self) -> Iterator[None]:
        """Put the end off until after the block."""
        self._deferred = True
        yield
        self._deferred = False
        if self._asked:
            raise Ended

    def _end(self, number: int, _: object) -> None:
        again, self._asked = self._asked, True
        self.interrupted = self.interrupted or number == signal.SIGINT
        if again:
            if self.at_once is not None:
                self.at_once()
        elif not self._deferred:
            raise Ended


class Hangups:
    """Sends no name at each SIGHUP."""

    def __init__(self, _: Settings, changed: Connection) -> None:
        self.begun = Event()
        self.begun.set()
        self._before = signal.signal(signal.SIGHUP, lambda *_: changed.send([]))

    def stop(self) -> None:
        """Heed no signal any more."""
        signal.signal(signal.SIGHUP, self._before)
