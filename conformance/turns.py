"""Who may send beside whom: what changes an org's billing changes what is right for all others meanwhile."""

from __future__ import annotations

import fcntl
from pathlib import Path


class Turns:
    """The turn of one process among those that judge one place; a test holds it from its first step to its last."""

    def __init__(self, path: Path) -> None:
        self._turn = path.open("rb")
        self._door = path.with_name("door").open("ab")

    def share(self) -> None:
        """Wait until nobody is alone, or waits to be; from then on nobody else is."""
        fcntl.flock(self._door, fcntl.LOCK_EX)
        fcntl.flock(self._turn, fcntl.LOCK_SH)
        fcntl.flock(self._door, fcntl.LOCK_UN)

    def alone(self) -> None:
        """Wait until no other test is running, and keep others waiting.

        A shared turn is given up first, so that two who want to be alone never wait for each other.
        What another one changes meanwhile it also changes back, before this test goes on.
        """
        fcntl.flock(self._turn, fcntl.LOCK_UN)
        fcntl.flock(self._door, fcntl.LOCK_EX)
        fcntl.flock(self._turn, fcntl.LOCK_EX)
        fcntl.flock(self._door, fcntl.LOCK_UN)

    def leave(self) -> None:
        """Let the others go on."""
        fcntl.flock(self._turn, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of the turn for good."""
        self._turn.close()
        self._door.close()
