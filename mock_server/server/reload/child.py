"""A child: it reads everything, waits for its turn, serves, and leaves its worlds to the next."""

from __future__ import annotations

import signal
import socket
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from typing import Any

from mock_server.errors import StartError
from mock_server.server import Server
from mock_server.server.announcement import announce
from mock_server.server.reload.handover import handed_over, take_over
from mock_server.server.reload.orders import READY, SERVING, HandOver, Serve
from mock_server.server.serving import Serving, run

_MOST_TOLD = 50


def serve(listener: socket.socket, orders: Connection) -> None:
    """Be the child of the parent at the other end of `orders`; exit code 2 where there is nothing to serve."""
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
        _tell(str(misfit))
    if len(misfits) > _MOST_TOLD:
        _tell(f"and {len(misfits) - _MOST_TOLD} more places no longer fit")


def _obey(orders: Connection, server: Server, left: list[Path]) -> None:
    """Let the server end when the parent says so, or has ended itself."""
    try:
        order: HandOver = orders.recv()
    except (EOFError, ConnectionError):
        server.should_exit = True
    else:
        left.append(order.worlds)
        server.leave()


def _tell(text: str) -> None:
    sys.stderr.write(f"evershell-mock: {text}\n")
