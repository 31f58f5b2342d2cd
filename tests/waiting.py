"""Waiting for what another process or thread is about to do."""

import time
from collections.abc import Callable


def until(holds: Callable[[], bool], what: str = "it has not come to pass", *, within_s: float = 120.0) -> None:
    """Wait for what is to become true; what: what is wrong where it is not so in time."""
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)
