"""Turns of processes that judge one place: a change of an org's billing changes what is right for all of them."""

from __future__ import annotations

import fcntl
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from conformance.oracle.judging import NotProvoked

PATIENCE_S = 60.0
"""The longest wait for a turn; the process that has it may have been stopped."""
SHORT_PATIENCE_S = 1.0
"""The longest wait after one that was in vain."""
PAUSE_S = 0.005


class PlaceOccupied(NotProvoked):
    """Raised where another process has the turn and does not give it up."""


class Turns:
    """The turn of one process among those that judge one place, of this run and of others.

    A test holds it from its first step to its last; a test within another one is a part of it.
    """

    def __init__(self, path: Path) -> None:
        self._turn = path.open("rb")
        # Everybody waits here first, so that nobody who shares a turn overtakes somebody who wants to be alone.
        self._queue = path.with_name(f"{path.name}-door").open("ab")
        self._depth = 0
        self._alone = False
        self._patience_s = PATIENCE_S

    def share(self) -> None:
        """Wait until nobody is alone, or waits to be; from then on nobody else is. Occupied where that lasts."""
        if not self._depth:
            self._acquire(fcntl.LOCK_SH)
        self._depth += 1

    def wait_until_alone(self) -> None:
        """Wait until no other test is running, and keep others waiting; Occupied where that lasts.

        A shared turn is given up first, so that two who want to be alone never wait for each other.
        What another one changes meanwhile it also changes back, before this test goes on.
        """
        if not self._alone:
            fcntl.flock(self._turn, fcntl.LOCK_UN)
            try:
                self._acquire(fcntl.LOCK_EX)
            except PlaceOccupied:
                with suppress(PlaceOccupied):  # the rest of the test goes on beside the others
                    self._acquire(fcntl.LOCK_SH)
                raise
            self._alone = True

    def leave(self) -> None:
        """Let the others go on, unless this is a part of a test that goes on itself."""
        self._depth = max(0, self._depth - 1)
        if not self._depth:
            fcntl.flock(self._turn, fcntl.LOCK_UN)
            self._alone = False

    def close(self) -> None:
        """Close the files, and with them give up the turn."""
        self._turn.close()
        self._queue.close()

    def _acquire(self, kind: int) -> None:
        deadline = time.monotonic() + self._patience_s
        try:
            self._wait(self._queue, fcntl.LOCK_EX, deadline)
            self._wait(self._turn, kind, deadline)
        finally:
            fcntl.flock(self._queue, fcntl.LOCK_UN)

    def _wait(self, file: BinaryIO, kind: int, deadline: float) -> None:
        while True:
            try:
                fcntl.flock(file, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    self._patience_s = SHORT_PATIENCE_S
                    raise PlaceOccupied("another run on this target has the turn, and does not give it up") from None
                time.sleep(PAUSE_S)  # flock has no limit of time
            else:
                return
