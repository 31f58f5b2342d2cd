"""A child process: it reads everything, waits for its turn, serves, and hands its worlds over to the next."""

from __future__ import annotations

import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from typing import Any

from mock_server.errors import StartError
from mock_server.server import Server
from mock_server.server.announcement import announce
from mock_server.server.reload.handover import handed_over, take_over
from mock_server.server.serving import Serving, run

READY = "ready"
"""Told to the parent: it has read everything, and could serve."""
SERVING = "serving"
"""Told to the parent: it takes connections."""

_MOST_TOLD = 50


@dataclass(frozen=True, slots=True)
class Serve:
    """The order to serve, with the worlds in this file, or fresh ones; the first child says where."""

    worlds: Path | None = None
    announce: bool = False


@dataclass(frozen=True, slots=True)
class HandOver:
    """The order to end, and to leave the worlds in this file."""

    worlds: Path


def serve(listener: socket.socket, orders: Connection) -> None:
    """Serve by the orders of the parent; exit code 2 where there is nothing to serve."""
    serving: Serving = orders.recv()
    for each in (signal.SIGINT, signal.SIGTERM):  # the server has its own handler; what comes after it must be done
        signal.signal(each, signal.SIG_IGN)
    try:
        app = serving.application()
    except StartError as error:
        _tell(str(error))
        sys.exit(2)
    try:
        orders.send(READY)
        turn: Serve = orders.recv()
    except (EOFError, ConnectionError):  # the parent has ended
        return
    if turn.worlds is not None:
        _take_over(turn.worlds, app)
    if turn.announce:
        announce(app, listener, serving.settings)
    left: list[Path] = []
    server = serving.server(app)
    Thread(target=_obey, args=(orders, server, left), daemon=True).start()
    with suppress(ConnectionError):  # the parent has ended: so does the server, at once
        orders.send(SERVING)
    run(server, listener)
    if left:
        left[0].write_bytes(handed_over(app.context))
    else:
        serving.save(app)


def _take_over(worlds: Path, app: Any) -> None:
    misfits = take_over(worlds.read_bytes(), app.context)
    for misfit in misfits[:_MOST_TOLD]:
        _tell(misfit)
    if len(misfits) > _MOST_TOLD:
        _tell(f"and {len(misfits) - _MOST_TOLD} more places no longer fit")


def _obey(orders: Connection, server: Server, left: list[Path]) -> None:
    """End the server when the parent says so, or has ended itself."""
    try:
        order: HandOver = orders.recv()
    except (EOFError, ConnectionError):
        server.should_exit = True
    else:
        left.append(order.worlds)
        server.end_for_successor()


def _tell(text: str) -> None:
    sys.stderr.write(f"evershell-mock: {text}\n")
