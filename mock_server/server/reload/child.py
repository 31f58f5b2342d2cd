"""A child process: it reads everything, waits for its turn, serves, and hands its worlds over to the next."""

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
from multiprocessing.reduction import recv_handle
from pathlib import Path
from threading import Thread

from mock_server.control import ControlContext, RefusedChange
from mock_server.errors import StartError
from mock_server.server import Server, open_files
from mock_server.server.announcement import announce
from mock_server.server.reload.connections import Arriving, Passing
from mock_server.server.reload.handover import handed_over, prepare, take_over
from mock_server.server.reload.journals import EntryWriter
from mock_server.server.server import nothing
from mock_server.server.serving import Serving, run, tell_misfits

VERSION = metadata.version("evershell-contract")
"""Of this code: orders are for processes of the same version."""
READY = "ready"
"""Told to the parent: it has read everything, and could serve."""
SERVING = "serving"
"""Told to the parent: it takes connections."""
LEFT = "left"
"""Told to the parent: its worlds are in their file, and it serves no more."""


@dataclass(frozen=True, slots=True)
class Serve:
    """The order to serve, with the worlds in this file, or fresh ones; the first child says where."""

    worlds: Path | None = None
    announce: bool = False


@dataclass(frozen=True, slots=True)
class CannotServe:
    """Told to the parent: why it cannot serve."""

    problem: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """The order to end, and to leave the worlds in this file, unless they have one anyhow.

    The socket follows, over which connections pass to the next child.
    """

    worlds: Path


def serve(listener: socket.socket, orders: Connection, connections: socket.socket) -> None:
    """Serve by the orders of the parent; exit code 2 where there is nothing to serve."""
    gc.disable()  # a start makes no garbage; `serving.run` turns the collector on
    arriving = Arriving(connections)
    serving = _serving(orders)
    for each in (signal.SIGINT, signal.SIGTERM):  # the server has its own handler; what comes after it must be done
        signal.signal(each, signal.SIG_IGN)
    try:
        open_files(serving.limits.max_connections)
        app = serving.application()
        try:
            orders.send(READY)
            turn: Serve = orders.recv()
        except (EOFError, ConnectionError):  # the parent has ended
            return
        if turn.worlds is not None:
            tell_misfits(take_over(turn.worlds.read_bytes(), app.context))
        keeper = serving.keeper(app, take=turn.worlds is None)
    except StartError as error:
        sys.stderr.write(f"evershell-mock: {error}\n")
        with suppress(ConnectionError):
            orders.send(CannotServe(str(error)))
        sys.exit(2)
    if turn.announce:
        announce(app, listener, serving.settings)
    ending = _Ending(orders, app.context)
    server = serving.server(
        app, keeper, at_start=lambda: ending.begin(server), at_end=nothing, taken_over=arriving.all()
    )
    run(server, listener)
    if ending.order is None:
        serving.save(app, keeper)
        return
    ending.passing.close()
    if keeper is not None:
        serving.keep(keeper, ending.writer)
    else:
        gc.disable()
        ending.order.worlds.write_bytes(handed_over(app.context, ending.writer))
    with suppress(ConnectionError):
        orders.send(LEFT)
    orders.close()


def _serving(orders: Connection) -> Serving:
    version: str = orders.recv()
    if version != VERSION:
        sys.stderr.write(f"evershell-mock: this is version {VERSION}, and {version} serves: end that, and start anew\n")
        sys.exit(2)
    serving: Serving = orders.recv()
    return serving


class _Ending:
    """Ends the server when the parent says so, or has ended itself; until then it hears what could not be served."""

    def __init__(self, orders: Connection, context: ControlContext) -> None:
        self.order: HandOver | None = None
        self.passing: Passing
        self.writer = EntryWriter(context.presenter)
        self._orders = orders
        self._context = context

    def begin(self, server: Server) -> None:
        """Tell the parent that the server serves, and await orders."""
        Thread(target=self._obey, args=(server, asyncio.get_running_loop()), daemon=True).start()
        with suppress(ConnectionError):  # the parent has ended: so does the server, at once
            self._orders.send(SERVING)

    def _obey(self, server: Server, loop: asyncio.AbstractEventLoop) -> None:
        try:
            order: HandOver | RefusedChange = self._orders.recv()
            while isinstance(order, RefusedChange):
                loop.call_soon_threadsafe(self._context.refuse, order)
                order = self._orders.recv()
            self.passing = Passing(socket.socket(fileno=recv_handle(self._orders)))
        except (EOFError, ConnectionError):
            server.should_exit = True
        else:
            asyncio.run_coroutine_threadsafe(prepare(self._context, self.writer), loop).result()
            self.order = order
            server.end_for_successor(self.passing)
