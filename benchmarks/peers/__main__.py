"""The command that serves one peer: `python -m benchmarks.peers raw_starlette`; it prints its URL and stays."""

import importlib
import logging
import socket
import sys

import uvicorn


def main() -> None:
    """Serve on a free port of the loopback interface, as the mock does: uvloop, httptools, no access log."""
    name = sys.argv[1]
    logging.getLogger("connexion").setLevel(logging.CRITICAL)  # it logs each refusal
    application = importlib.import_module(f"benchmarks.peers.{name}").app
    config = uvicorn.Config(application, loop="uvloop", http="httptools", access_log=False, log_level="error")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
