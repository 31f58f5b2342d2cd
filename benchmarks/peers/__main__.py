"""The command that serves one peer: `python -m benchmarks.peers raw_starlette`; it prints its URL and stays.

A second argument, `granian`, has Granian serve it in the place of uvicorn.
"""

import importlib
import logging
import socket
import sys

import uvicorn
from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops

LOOPBACK = "127.0.0.1"


def main() -> None:
    """Serve on a free port of the loopback interface, one process, no access log."""
    module = f"benchmarks.peers.{sys.argv[1]}"
    if sys.argv[2:] == ["granian"]:
        _serve_by_granian(f"{module}:app")
    else:
        _serve_by_uvicorn(module)


def _serve_by_granian(target: str) -> None:
    with socket.create_server((LOOPBACK, 0)) as free:
        port = free.getsockname()[1]
    print(f"http://{LOOPBACK}:{port}", flush=True)  # it takes no socket, and says nothing of a free one
    Granian(
        target, LOOPBACK, port, interface=Interfaces.ASGI, loop=Loops.uvloop, http=HTTPModes.http1, log_enabled=False
    ).serve()


def _serve_by_uvicorn(module: str) -> None:
    """Serve as the mock does: uvloop, httptools."""
    logging.getLogger("connexion").setLevel(logging.CRITICAL)  # it logs each refusal
    application = importlib.import_module(module).app
    config = uvicorn.Config(application, loop="uvloop", http="httptools", access_log=False, log_level="error")
    with socket.create_server((LOOPBACK, 0)) as listener:
        print(f"http://{LOOPBACK}:{listener.getsockname()[1]}", flush=True)
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
