"""The heap of glibc: how much free memory it keeps. With another C library nothing happens."""

from __future__ import annotations

from typing import Any

_ARENA_MAX = -8  # M_ARENA_MAX, of malloc.h


def share_one() -> None:
    """Let threads that start from now on share one heap: those of Python seldom allocate at the same time."""
    _call("mallopt", _ARENA_MAX, 1)


def give_back() -> None:
    """Give free memory back to the system; takes milliseconds where there is much."""
    _call("malloc_trim", 0)


def _call(name: str, *arguments: int) -> None:
    try:
        import ctypes  # noqa: PLC0415 - only a server needs it

        function: Any = getattr(ctypes.CDLL(None), name)
    except (ImportError, OSError, TypeError, AttributeError):  # a Python without it; Windows; macOS, musl
        return
    function(*arguments)
