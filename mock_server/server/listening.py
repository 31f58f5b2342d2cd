"""The socket that a mock listens on."""

from __future__ import annotations

import ipaddress
import socket

from mock_server.errors import StartError

_BACKLOG = 2048


def listen(host: str, port: int, *, guarded: bool = False) -> socket.socket:
    """A listening socket; StartError where the port is taken, or the host is not loopback.

    `guarded`: the control API asks for a token, so that any address of this machine may be served.
    """
    try:
        family, kind, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except OSError as error:
        raise StartError(f"--host {host}: is not an address of this machine") from error
    if not guarded and not ipaddress.ip_address(str(place[0]).partition("%")[0]).is_loopback:
        raise StartError(
            f"--host {host}: without --control-token TOKEN the mock listens on loopback only, such as 127.0.0.1"
        )
    listener = socket.socket(family, kind)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # the port of one that has just ended is free
    try:
        listener.bind(place)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise StartError(
            f"--port {port}: cannot listen on {host}: {error.strerror}; name another port, or 0 for any that is free"
        ) from error
    return listener


def make_url(listener: socket.socket) -> str:
    """The URL at which a listening socket is reached."""
    host, port, *_ = listener.getsockname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
