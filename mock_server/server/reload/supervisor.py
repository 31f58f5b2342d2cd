"""The parent process: it holds the socket and the watch over files, and has one child serve at a time."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from mock_server.server.reload.child import READY, SERVING, HandOver, Serve
from mock_server.server.reload.watching import PACKAGE, FileWatch
from mock_server.server.serving import Serving

_END_TIMEOUT_S = 15.0

Tell = Callable[[str], None]


def supervise(serving: Serving, listener: socket.socket, tell: Tell) -> int:
    """Serve through every change until a signal comes or the child ends by itself; return the exit code."""
    with TemporaryDirectory(prefix="evershell-mock-") as directory, _Signals() as signals:
        supervisor = _Supervisor(serving, listener, Path(directory), tell, signals)
        try:
            code = supervisor.run()
        except _Ended:
            code = supervisor.end()
    if signals.interrupted and code == 0:
        tell(serving.stopped_message)
    return code


class _Ended(BaseException):
    """A signal asked for the end."""


class _Signals:
    """A handler of SIGINT and SIGTERM that raises _Ended at the first one, but never between two processes.

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
    def deferred(self) -> Iterator[None]:
        """Put the end off until after the block."""
        self._deferred = True
        yield
        self._deferred = False
        if self._asked:
            raise _Ended

    def _end(self, number: int, _: object) -> None:
        again, self._asked = self._asked, True
        self.interrupted = self.interrupted or number == signal.SIGINT
        if again:
            if self.at_once is not None:
                self.at_once()
        elif not self._deferred:
            raise _Ended


class _Child:
    """A process that serves, or is about to."""

    def __init__(self, serving: Serving, listener: socket.socket) -> None:
        self.orders, theirs = Pipe()
        handles = (listener.fileno(), theirs.fileno())
        own = ["-P"] if PACKAGE.parent != Path.cwd() else []  # where it stands is no place to import from
        command = [sys.executable, *own, "-m", "mock_server.server.reload", *map(str, handles)]
        # In a group of its own, so that Ctrl-C comes to the parent alone.
        self._process = subprocess.Popen(command, pass_fds=handles, process_group=0)  # noqa: S603 - our own program
        theirs.close()
        self.orders.send(serving)

    def says(self, word: str) -> bool:
        """Wait for the next message, and return whether it is this one; false where the child has ended."""
        try:
            said: str = self.orders.recv()
        except (EOFError, ConnectionError):
            return False
        return said == word

    def tell(self, order: Serve | HandOver) -> None:
        """Send an order, if the child has not ended."""
        with suppress(ConnectionError):
            self.orders.send(order)

    def ended(self, within: float | None = None) -> int:
        """Wait for the end, and kill the child where it does not come; return the exit code, as a shell gives it."""
        try:
            code = self._process.wait(within)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        return code if code >= 0 else 128 - code

    def end(self) -> int:
        """Let the child end, and return its exit code."""
        self.orders.close()
        return self.ended(_END_TIMEOUT_S)

    def interrupt(self) -> None:
        """Let a child that is ending do so without another answer."""
        self._process.send_signal(signal.SIGINT)


class _Supervisor:
    def __init__(
        self, serving: Serving, listener: socket.socket, directory: Path, tell: Tell, signals: _Signals
    ) -> None:
        self._serving = serving
        # Whoever changes the contract is told what breaks it, and may go on. The worlds are handed over, not read.
        self._next_serving = replace(serving, settings=replace(serving.settings, seed_must_fit=False, state=None))
        self._listener = listener
        self._directory = directory
        self._tell = tell
        self._signals = signals
        self._worlds: Path | None = None  # worlds that nobody serves yet
        self._current: _Child | None = None

    def run(self) -> int:
        """Serve until the end, and return the exit code."""
        changed, sender = Pipe(duplex=False)
        watch = FileWatch(self._serving.settings, sender)
        try:
            first = self._current = _Child(self._serving, self._listener)
            if not first.says(READY):
                return first.ended()
            watch.begun.wait()
            first.tell(Serve(announce=True))
            return self._follow(changed)
        finally:
            watch.stop()

    def end(self) -> int:
        """Let the child that serves end, if there is one, and return the exit code."""
        if self._current is None:
            return 0
        self._signals.at_once = self._current.interrupt
        return self._current.end()

    def _follow(self, changed: Connection) -> int:
        while True:
            heard = wait([changed, *([self._current.orders] if self._current else [])])
            if changed in heard:
                self._reload(changed.recv())
            elif self._current is not None and not self._current.says(SERVING):
                return self._current.ended()

    def _reload(self, paths: list[str]) -> None:
        names = ", ".join(os.path.relpath(path) for path in paths)
        candidate = _Child(self._next_serving, self._listener)
        if not candidate.says(READY):
            candidate.ended()
            kept = "what was served before is still served" if self._current else "nothing is served until it is mended"
            self._tell(f"{names} changed and cannot be served, as said above: {kept}")
            return
        with self._signals.deferred():
            self._end_current()
            candidate.tell(Serve(self._worlds))
            if candidate.says(SERVING):
                self._current, self._worlds = candidate, None
                self._tell(f"{names} changed: served from now on")
                return
            candidate.ended()
            self._tell("the new process ended before it served; its worlds are kept for the next change")

    def _end_current(self) -> None:
        """Let the present child write its worlds to the file, and end."""
        if self._current is None:
            return
        worlds = self._directory / "worlds.json"
        worlds.unlink(missing_ok=True)
        self._current.tell(HandOver(worlds))
        code = self._current.ended(_END_TIMEOUT_S)
        self._current = None
        if code == 0 and worlds.exists():
            self._worlds = worlds
        else:
            self._tell("the former process ended without leaving its worlds: they begin anew")
