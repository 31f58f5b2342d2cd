"""Whether this process can be forked. It is a module of its own because the command line imports it."""

from __future__ import annotations

import multiprocessing
import sys


def can_fork() -> bool:
    """Whether a forked process is as good as this one.

    Elsewhere than on Linux a library may have threads that a fork lacks; a daemonic process may have no children.
    """
    return sys.platform == "linux" and not multiprocessing.current_process().daemon
