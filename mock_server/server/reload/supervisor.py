"""The parent process: it holds the socket, learns when to reload, and has one child serve at a time."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Protocol

from mock_server.control import RefusedChange
from mock_server.server.reload.child import HAND_OVER, LEFT, READY, SERVE, SERVING, VERSION, CannotServe, Charge
from mock_server.server.reload.signals import Ended, EndSignals, Hangups
from mock_server.server.reload.watching import PACKAGE, FileWatch
from mock_server.server.serving import Serving
from mock_server.settings import Settings
from mock_server.state.clock import read_real_time

_END_TIMEOUT_S = 15.0
_LEFT_TIMEOUT_S = 40.0

Tell = Callable[[str], None]


def supervise(serving: Serving, listener: socket.socket, tell: Tell, *, on_signal: bool = False) -> int:
    """Serve through every change of a file until a signal comes or the child ends by itself; return the exit code.

    `on_signal`: through every SIGHUP instead, whatever has changed.
    """
    with TemporaryDirectory(prefix="evershell-mock-") as directory, EndSignals() as signals:
        supervisor = _Supervisor(
            serving, listener, Path(directory), tell=tell, signals=signals, watch=Hangups if on_signal else FileWatch
        )
        try:
            code = supervisor.run()
        except Ended:
            code = supervisor.end()
    if signals.interrupted and code == 0:
        tell(serving.stopped_message)
    return code


class _Watch(Protocol):
    """Sends the names of what has changed to a connection, until it is stopped."""

    begun: Event

    def __init__(self, settings: Settings, changed: Connection) -> None: ...

    def stop(self) -> None: ...


class _Child:
    """A process that serves, or is about to."""

    def __init__(self, charge: Charge, listener: socket.socket) -> None:
        self.problem = "the new process ended before it could serve; its output says why"
        self.orders, theirs = Pipe()
        handles = (listener.fileno(), theirs.fileno())
        own = ["-P"] if PACKAGE.parent != Path.cwd() else []  # where it stands is no place to import from
        command = [sys.executable, *own, "-m", "mock_server.server.reload", *map(str, handles)]
        # In a group of its own, so that Ctrl-C comes to the parent alone.
        self._process = subprocess.Popen(command, pass_fds=handles, process_group=0)  # noqa: S603 - our own program
        theirs.close()
        with suppress(ConnectionError):  # a child of another version ends at once
            self.orders.send(VERSION)
            self.orders.send(charge)

    def says(self, word: str) -> bool:
        """Wait for the next message, and return whether it is this one; false where the child has ended."""
        try:
            said: str | CannotServe = self.orders.recv()
        except (EOFError, ConnectionError):
            return False
        if isinstance(said, CannotServe):
            self.problem = said.problem
        return said == word

    def serve(self) -> bool:
        """Order it to serve, and return whether it does."""
        with suppress(ConnectionError):
            self.orders.send(SERVE)
        return self.says(SERVING)

    def hand_over(self) -> bool:
        """Order it to end, and return whether its worlds are left; it may still have to end then."""
        with suppress(ConnectionError):
            self.orders.send(HAND_OVER)
        return self.orders.poll(_LEFT_TIMEOUT_S) and self.says(LEFT)

    def wait_until_ended(self, within: float | None = None) -> int:
        """Wait for the end, and kill the child where it does not come; return the exit code, as a shell gives it."""
        try:
            code = self._process.wait(within)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        return code if code >= 0 else 128 - code

    def tell_refused(self, change: RefusedChange) -> None:
        """Tell it what could not be served, so that it tells whoever asks."""
        with suppress(ConnectionError):  # it has ended
            self.orders.send(change)

    def end(self) -> int:
        """Let the child end, and return its exit code."""
        self.orders.close()
        return self.wait_until_ended(_END_TIMEOUT_S)

    def interrupt(self) -> None:
        """Let a child that is ending do so without another answer."""
        self._process.send_signal(signal.SIGINT)


class _Supervisor:
    def __init__(
        self,
        serving: Serving,
        listener: socket.socket,
        directory: Path,
        *,
        tell: Tell,
        signals: EndSignals,
        watch: type[_Watch],
    ) -> None:
        self._serving = serving
        # Whoever changes the contract is told what breaks it, and may go on. The worlds are handed over, not read.
        self._next_serving = replace(serving, settings=replace(serving.settings, seed_must_fit=False, state=None))
        self._listener = listener
        self._worlds = directory / "worlds"  # where they are left, unless they are kept anyhow
        self._tell = tell
        self._signals = signals
        self._watch = watch
        self._current: _Child | None = None

    def run(self) -> int:
        """Serve until the end, and return the exit code."""
        changed, sender = Pipe(duplex=False)
        watch = self._watch(self._serving.settings, sender)
        try:
            first = self._current = _Child(Charge(self._serving, self._worlds, is_first=True), self._listener)
            if not first.says(READY):
                return first.wait_until_ended()
            watch.begun.wait()
            if not first.serve():
                return first.wait_until_ended()
            return self._follow(changed)
        finally:
            watch.stop()

    def end(self) -> int:
        """Let the child that serves end, if there is one, and return the exit code.

        The socket is the child's alone then: what connected while both held it would be accepted by nobody, and reset.
        """
        self._listener.close()
        if self._current is None:
            return 0
        self._signals.at_once = self._current.interrupt
        return self._current.end()

    def _follow(self, changed: Connection) -> int:
        while True:
            heard = wait([changed, *([self._current.orders] if self._current else [])])
            if changed in heard:
                self._reload(changed.recv())
            elif self._current is not None:
                return self._current.wait_until_ended()

    def _reload(self, paths: list[str]) -> None:
        changed = f"{', '.join(os.path.relpath(path) for path in paths)} changed" if paths else "SIGHUP"
        candidate = _Child(Charge(self._next_serving, self._worlds, is_first=False), self._listener)
        if not candidate.says(READY):
            candidate.wait_until_ended()
            kept = "what was served before is still served" if self._current else "nothing is served until it is mended"
            reason = f"{changed} and cannot be served" if paths else f"{changed}: the new process cannot serve"
            self._tell(f"{reason}, as said above: {kept}")
            if self._current is not None:
                self._current.tell_refused(RefusedChange(read_real_time(), changed, candidate.problem))
            return
        with self._signals.defer():
            before = self._end_current()
            served = candidate.serve()
            if before is not None:
                before.wait_until_ended(_END_TIMEOUT_S)
            if served:
                self._current = candidate
                self._worlds.unlink(missing_ok=True)
                self._tell(f"{changed}: served from now on")
                return
            candidate.wait_until_ended()
            self._tell("the new process ended before it served; its worlds are kept for the next change")

    def _end_current(self) -> _Child | None:
        """Let the present child leave its worlds, and end soon; return it, if there is one."""
        before, self._current = self._current, None
        if before is not None and not before.hand_over():
            before.wait_until_ended(0)  # whatever holds it up, it is not to answer beside the next one
            self._worlds.unlink(missing_ok=True)
            go_on = "begin anew" if self._serving.keep_worlds is None else "go on from what was kept of them"
            self._tell(f"the former process ended without leaving its worlds: they {go_on}")
        return before
