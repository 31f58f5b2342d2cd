"""Mocks that a Python program runs inside itself: on a port, or reached without one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mock_server.app import create_app
from mock_server.client import Mock
from mock_server.client.transport import InProcessTransport
from mock_server.server import Server, listen, make_url
from mock_server.settings import Settings

LOOPBACK = "127.0.0.1"


@contextmanager
def live(settings: Settings | None = None, *, port: int = 0) -> Iterator[Mock]:
    """Serve a mock on a port of loopback, a free one by default, in a thread, until the block ends.

    Raises StartError as `create_app` does, and where the port is taken.
    """
    app = create_app(settings)
    with serve_in_thread(app, port=port) as origin, Mock(origin, base_path=app.context.api.base_path) as mock:
        yield mock


@contextmanager
def in_process(settings: Settings | None = None) -> Iterator[Mock]:
    """Give a mock that has no port: its clients reach it in this process, until the block ends.

    Raises StartError as `create_app` does.
    """
    app = create_app(settings)
    transport = InProcessTransport(app)
    try:
        with Mock("http://localhost", transport=transport, base_path=app.context.api.base_path) as mock:
            yield mock
    finally:
        transport.stop()


@contextmanager
def serve_in_thread(app: Any, *, port: int = 0) -> Iterator[str]:
    """Serve an application in a thread until the block ends; its URL, without a base path."""
    listener = listen(LOOPBACK, port)
    server = Server(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="evershell-mock")
    thread.start()
    try:
        yield make_url(listener)
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
