"""A child process: it reads everything, waits for its turn, serves, and leaves its worlds for the next."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from typing import Any

from mock_server.control import ControlContext, RefusedChange
from mock_server.errors import StartError
from mock_server.server import Server, open_files
from mock_server.server.announcement import announce
from mock_server.server.keeping.keeper import Keeper, take_worlds, write_worlds
from mock_server.server.keeping.lines import read
from mock_server.server.server import do_nothing
from mock_server.server.serving import Serving, run, tell_misfits

VERSION = metadata.version("evershell-contract")
"""The version of this code: orders are for processes of the same version."""
SERVE = "serve"
"""The order to serve, with the worlds that the process before has left."""
HAND_OVER = "hand over"
"""The order to end, and to leave the worlds."""
READY = "ready"
"""Told to the parent: it has read everything, and could serve."""
SERVING = "serving"
"""Told to the parent: it takes connections."""
LEFT = "left"
"""Told to the parent: its worlds are in their file, and it serves no more."""


@dataclass(frozen=True, slots=True)
class Charge:
    """The settings of a child, and the file in which worlds are left that have none; the first one says where it is."""

    serving: Serving
    worlds: Path
    is_first: bool


@dataclass(frozen=True, slots=True)
class CannotServe:
    """Told to the parent: why it cannot serve."""

    problem: str


def serve(listener: socket.socket, orders: Connection) -> None:
    """Serve by the orders of the parent; exit code 2 where there is nothing to serve."""
    gc.disable()  # a start makes no garbage; `serving.run` turns the collector on
    charge = _read_charge(orders)
    serving = charge.serving
    for each in (signal.SIGINT, signal.SIGTERM):  # the server has its own handler; what comes after it must be done
        signal.signal(each, signal.SIG_IGN)
    try:
        open_files(serving.limits.max_connections)
        app = serving.make_application()
        try:
            orders.send(READY)
            orders.recv()
        except (EOFError, ConnectionError):  # the parent has ended
            return
        tell_misfits([*take_worlds(read(charge.worlds), app.context)])
        keeper = serving.make_keeper(app)
    except StartError as error:
        sys.stderr.write(f"evershell-mock: {error}\n")
        with suppress(ConnectionError):
            orders.send(CannotServe(str(error)))
        sys.exit(2)
    if charge.is_first:
        announce(app, listener, serving.settings)
    ending = _Ending(orders, app.context)
    server = serving.make_server(app, keeper, at_start=lambda: ending.begin(server), at_end=do_nothing)
    run(server, listener)
    if ending.hands_over:
        _leave(charge, app, keeper)
        with suppress(ConnectionError):
            orders.send(LEFT)
        orders.close()
    else:
        serving.save(app, keeper)


def _read_charge(orders: Connection) -> Charge:
    version: str = orders.recv()
    if version != VERSION:
        sys.stderr.write(f"evershell-mock: this is version {VERSION}, and {version} serves: end that, and start anew\n")
        sys.exit(2)
    charge: Charge = orders.recv()
    return charge


def _leave(charge: Charge, app: Any, keeper: Keeper | None) -> None:
    """Leave the worlds for the next process, where they are kept or else in the file for it."""
    if keeper is None:
        charge.worlds.write_bytes(write_worlds(app.context))
    elif not charge.serving.keep(keeper):
        sys.exit(1)


class _Ending:
    """Ends the server when the parent says so, or has ended itself; until then it hears what could not be served."""

    def __init__(self, orders: Connection, context: ControlContext) -> None:
        self.hands_over = False
        self._orders = orders
        self._context = context

    def begin(self, server: Server) -> None:
        """Tell the parent that the server serves, and await orders."""
        Thread(target=self._obey, args=(server, asyncio.get_running_loop()), daemon=True).start()
        with suppress(ConnectionError):  # the parent has ended: so does the server, at once
            self._orders.send(SERVING)

    def _obey(self, server: Server, loop: asyncio.AbstractEventLoop) -> None:
        try:
            while isinstance(order := self._orders.recv(), RefusedChange):
                loop.call_soon_threadsafe(self._context.refuse, order)
        except (EOFError, ConnectionError):
            server.should_exit = True
        else:
            self.hands_over = True
            server.end_for_successor()
