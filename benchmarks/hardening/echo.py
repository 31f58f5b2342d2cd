"""The mock's server under an application that sends each body back, as tools for HTTP itself want their target.

`python -m benchmarks.hardening.echo` serves it until a signal ends it.
"""

from __future__ import annotations

import sys
from email.utils import formatdate
from types import SimpleNamespace
from typing import Any

from mock_server.server import Server, listen

PORT = 4011


async def answer_echo(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer each request with 200 and its body."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message["body"]
        more = message["more_body"]
    headers = [(b"content-length", b"%d" % len(body)), (b"date", formatdate(usegmt=True).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def main(port: int = PORT) -> None:
    """Serve it on loopback."""
    # The server ends the worlds of its application with itself; this one has none.
    answer_echo.context = SimpleNamespace(worlds=SimpleNamespace(end=lambda: None))  # type: ignore[attr-defined]
    Server(answer_echo).run(sockets=[listen("127.0.0.1", port)])


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
