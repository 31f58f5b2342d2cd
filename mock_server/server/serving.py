"""Serving a mock, in this process or in a child of `--reload`."""

from __future__ import annotations

import atexit
import gc
import logging
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mock_server.app import create_app
from mock_server.server import Limits, Server, open_files
from mock_server.server.announcement import announce
from mock_server.server.request_log import LogWriter, RequestLog
from mock_server.server.server import do_nothing
from mock_server.settings import Settings
from mock_server.state.portable import save
from mock_server.whole_file import check_writable

if TYPE_CHECKING:
    from mock_server.server.keeping.keeper import Keeper


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


_SWITCH_INTERVAL_S = 0.001
"""The seconds for which a thread that unpacks an archive may keep all others from working: a fifth of the usual."""
_COLLECT_AFTER = (10_000, 10, 10)  # objects, collections of the youngest, collections of those

_MOST_TOLD = 50


@dataclass(frozen=True, slots=True)
class Serving:
    """The settings of a mock that is served: log, limits, and the files for its worlds and for one state."""

    settings: Settings
    log_level: str = "info"
    save_state: Path | None = None
    limits: Limits = field(default_factory=Limits)
    quiet: bool = False  # without a line for each request
    keep_worlds: Path | None = None

    def make_application(self) -> Any:
        """Return the application; StartError where the contract, the fixtures or the settings are not valid."""
        form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
        logging.basicConfig(level=self.log_level.upper(), stream=sys.stderr, format=form)
        for option, path in (("--save-state", self.save_state), ("--keep-worlds", self.keep_worlds)):
            if path is not None:
                check_writable(path, option)
        if self.quiet or not logging.getLogger().isEnabledFor(logging.INFO):
            return create_app(self.settings)
        writer = LogWriter()
        atexit.register(writer.close)
        return create_app(self.settings, log=partial(RequestLog, writer=writer))

    def make_keeper(self, app: Any) -> Keeper | None:
        """Return what keeps the worlds of the application, where that was asked for; it goes on with those of the file.

        StartError where it is no such file.
        """
        if self.keep_worlds is None:
            return None
        # Imported here, so that no other start waits for it.
        from mock_server.server.keeping.keeper import Keeper  # noqa: PLC0415

        keeper = Keeper(self.keep_worlds, app.context)
        tell_misfits(keeper.take())
        return keeper

    def make_server(
        self,
        app: Any,
        keeper: Keeper | None,
        *,
        at_start: Callable[[], None] = do_nothing,
        at_end: Callable[[], None],
    ) -> Server:
        """Return the server of the application, with what it is to do at its start and its end."""
        open_files(self.limits.max_connections)

        def start() -> None:
            at_start()
            if keeper is not None:
                keeper.start()

        return Server(
            app,
            self.limits,
            at_start=start,
            at_rest=give_back,
            at_end=at_end,
            has_successor=keeper is not None,
        )

    @property
    def stopped_message(self) -> str:
        """The message after Ctrl-C, when all is done."""
        saved = "" if self.save_state is None else f"; the state of the world default is in {self.save_state}"
        kept = "" if self.keep_worlds is None else f"; the worlds are kept in {self.keep_worlds}"
        return f"stopped{saved}{kept}"

    def save(self, app: Any, keeper: Keeper | None) -> None:
        """Save the worlds and the state, where that was asked for; exit code 1 where one cannot be written."""
        kept = self.keep(keeper)
        if self.save_state is not None:
            state = app.context.worlds.default.state
            kept = _try_writing(partial(save, state, self.save_state), f"--save-state {self.save_state}") and kept
        if not kept:
            sys.exit(1)

    def keep(self, keeper: Keeper | None) -> bool:
        """Write down the worlds, where that was asked for, and return whether it was possible; else it is said why."""
        gc.disable()  # what ends soon need not look for garbage
        return keeper is None or _try_writing(keeper.end, f"--keep-worlds {self.keep_worlds}")


def _try_writing(write: Callable[[], None], option: str) -> bool:
    """Write at the end, and return whether that was possible; else it is said why not."""
    try:
        write()
    except OSError as error:
        sys.stderr.write(f"evershell-mock: {option}: nothing was written: {error.strerror}\n")
        return False
    return True


def tell_misfits(misfits: Sequence[str]) -> None:
    """Print what no longer fits of worlds that were left by a former process."""
    for misfit in misfits[:_MOST_TOLD]:
        sys.stderr.write(f"evershell-mock: {misfit}\n")
    if len(misfits) > _MOST_TOLD:
        sys.stderr.write(f"evershell-mock: and {len(misfits) - _MOST_TOLD} more places no longer fit\n")


def serve(serving: Serving, listener: socket.socket, tell: Callable[[str], None]) -> None:
    """Serve until a signal ends it; StartError where there is nothing to serve."""
    app = serving.make_application()
    keeper = serving.make_keeper(app)
    at_start = partial(announce, app, listener, serving.settings)
    server = serving.make_server(app, keeper, at_start=at_start, at_end=partial(serving.save, app, keeper))
    run(server, listener)
    if server.interrupted:
        tell(serving.stopped_message)


def run(server: Server, listener: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM, or until the server is told to exit."""
    gc.collect()
    give_back()  # of what the start took, a tenth is free again
    gc.freeze()  # what stands now stands until the end: no collection need look at it again
    # A request leaves no cycle behind, so what is collected is little, and looking for it can wait: a look at a
    # world of 100,000 packs takes longer than anybody should wait for an answer.
    gc.set_threshold(*_COLLECT_AFTER)
    gc.enable()
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    share_one()  # what an unpacking thread leaves of an upload is there for the next, and can be given back
    server.run(sockets=[listener])
