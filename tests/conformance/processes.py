"""What has become of the processes of a run."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def children(pid: int) -> list[int]:
    """The processes that a process has started and that have not ended."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_gone(pid: int) -> bool:
    """Whether there is no such process any more."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return False
    return True
