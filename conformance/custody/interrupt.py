"""Handling of Ctrl-C that never cuts off a request, since what it made has to be known to be removed."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType, TracebackType


class _Uninterrupted:
    """A block that delays a first Ctrl-C until its outermost end; a second one counts at once."""

    def __init__(self) -> None:
        self._depth = 0
        self._held = False
        self._installed = False
        self._instead: Callable[[], None] | None = None
        self._at_once = False

    def install(self) -> None:
        """Handle Ctrl-C from now on."""
        if not self._installed:
            # Once for good: to change handlers at every request costs as much as to send one.
            signal.signal(signal.SIGINT, self._handle)
            self._installed = True

    @contextmanager
    def call_on_interrupt(self, instead: Callable[[], None]) -> Iterator[None]:
        """Have a first Ctrl-C call this; a second one counts at once, whatever is under way."""
        self.install()
        self._instead = instead
        try:
            yield
        finally:
            self._instead, self._at_once = None, False

    def __enter__(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        self.install()
        self._depth += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        self._depth -= 1
        if not self._depth and self._held:
            self._held = False
            raise KeyboardInterrupt

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self._instead is not None:
            act, self._instead, self._at_once = self._instead, None, True
            act()
            return
        if not self._depth or self._held or self._at_once:
            self._held = False
            signal.default_int_handler(number, frame)
        self._held = True


_UNINTERRUPTED = _Uninterrupted()


def delay_interrupts() -> _Uninterrupted:
    """Return a context in which a first Ctrl-C is delayed until its end."""
    return _UNINTERRUPTED


def on_interrupt(act: Callable[[], None]) -> AbstractContextManager[None]:
    """Return a context in which a first Ctrl-C calls this and raises nothing; a second one raises at once."""
    return _UNINTERRUPTED.call_on_interrupt(act)


def terminate_like_interrupt() -> None:
    """Let SIGTERM, as a CI job's cancellation sends it, end a run as Ctrl-C does: cleaned up after."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: signal.raise_signal(signal.SIGINT))
