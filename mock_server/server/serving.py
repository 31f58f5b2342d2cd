"""Serving a mock, in this process or in a child of `--reload`."""

from __future__ import annotations

import atexit
import gc
import logging
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from mock_server.app import create_app
from mock_server.server import Limits, Server, open_files
from mock_server.server.announcement import announce
from mock_server.server.heap import give_back, share_one
from mock_server.server.request_log import LogWriter, RequestLog
from mock_server.settings import Settings
from mock_server.state.portable import check_writable, save

_SWITCH_INTERVAL_S = 0.001
"""How long a thread that unpacks an archive may keep all others from working: five times as short as usual."""
_COLLECT_AFTER = (10_000, 10, 10)  # objects, collections of the youngest, collections of those


@dataclass(frozen=True, slots=True)
class Serving:
    """The settings of a mock that is served: log, limits, and the file for the state at the end."""

    settings: Settings
    log_level: str = "info"
    save_state: Path | None = None
    limits: Limits = field(default_factory=Limits)
    quiet: bool = False  # without a line for each request

    def application(self) -> Any:
        """Return the application; StartError where the contract, the fixtures or the settings are not valid."""
        form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
        logging.basicConfig(level=self.log_level.upper(), stream=sys.stderr, format=form)
        if self.save_state is not None:
            check_writable(self.save_state)
        if self.quiet or not logging.getLogger().isEnabledFor(logging.INFO):
            return create_app(self.settings)
        writer = LogWriter()
        atexit.register(writer.close)
        return create_app(self.settings, log=partial(RequestLog, writer=writer))

    def server(self, app: Any, **tasks: Callable[[], None]) -> Server:
        """Return the server of the application, with what it is to do at its start and its end."""
        open_files(self.limits.max_connections)
        return Server(app, self.limits, at_rest=give_back, **tasks)

    @property
    def stopped_message(self) -> str:
        """The message after Ctrl-C, when all is done."""
        saved = "" if self.save_state is None else f"; the state of the world default is in {self.save_state}"
        return f"stopped{saved}"

    def save(self, app: Any) -> None:
        """Save the state, where that was asked for; exit code 1 where it cannot be written."""
        if self.save_state is None:
            return
        try:
            save(app.context.worlds.default.state, self.save_state)
        except OSError as error:
            sys.stderr.write(f"evershell-mock: --save-state {self.save_state}: nothing was written: {error.strerror}\n")
            sys.exit(1)


def serve(serving: Serving, listener: socket.socket, tell: Callable[[str], None]) -> None:
    """Serve until a signal ends it; StartError where there is nothing to serve."""
    app = serving.application()
    at_start = partial(announce, app, listener, serving.settings)
    server = serving.server(app, at_start=at_start, at_end=partial(serving.save, app))
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
