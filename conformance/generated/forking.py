"""Whether a process may be copied with all that it has loaded."""

from __future__ import annotations

import multiprocessing
import sys
from multiprocessing.context import BaseContext


def can_fork() -> bool:
    """Whether a copy is as good as the process itself; elsewhere a library may have threads that a copy lacks.

    One that is daemonic, as multiprocessing has it, may have no copies.
    """
    return sys.platform == "linux" and not multiprocessing.current_process().daemon


def fork() -> BaseContext:
    """The means to copy this process, where that can be done."""
    return multiprocessing.get_context("fork" if can_fork() else None)
