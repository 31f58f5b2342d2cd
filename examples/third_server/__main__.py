"""Start the server from the command line."""

from __future__ import annotations

import argparse
import shutil
import signal
import socket
import sys
import tempfile
from pathlib import Path

import uvicorn

from examples.third_server.app import create_app
from examples.third_server.control import Control, Worlds
from examples.third_server.database import Database
from examples.third_server.seed import fill


class AnnouncingServer(uvicorn.Server):
    """Tell where the server listens once it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, and say so."""
        await super().startup(sockets)
        if sockets and self.started:
            sys.stdout.write(f"listening on http://127.0.0.1:{sockets[0].getsockname()[1]}\n")
            sys.stdout.flush()


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m examples.third_server", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="0 takes any free port")
    parser.add_argument("--seed-file", type=Path, help="accounts and objects to begin with")
    parser.add_argument("--step-seconds", type=float, default=0.05, help="length of a step")
    parser.add_argument("--database", type=Path, help="a SQLite file, kept; else a temporary one")
    parser.add_argument("--base-path", default="/v1", help="the path before those of operations")
    parser.add_argument("--control", action="store_true", help="serve worlds and states too: for tests alone")
    return parser.parse_args()


def main() -> None:
    """Serve until the process is told to end."""
    arguments = parse_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="third-server-") as folder:
        path = arguments.database or Path(folder) / "server.db"
        database = Database(str(path))
        database.create_tables()
        if arguments.seed_file is not None:
            fill(database, arguments.seed_file)
        template = Path(folder) / "template.db"
        if arguments.control:
            database.close()
            shutil.copyfile(path, template)
            database = Database(str(path))
        app = create_app(database, step_seconds=arguments.step_seconds, base_path=arguments.base_path)
        if arguments.control:
            app = Control(app, database, Worlds(template, Path(folder), arguments.step_seconds))
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", arguments.port))
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=1,
        )
        AnnouncingServer(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
