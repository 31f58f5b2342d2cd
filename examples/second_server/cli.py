"""The command: serves on loopback and prints where."""

from __future__ import annotations

import argparse
import socket

import uvicorn

from examples.second_server import data, sessions
from examples.second_server.app import BASE, create_app
from examples.second_server.defects import DEFECTS, planted
from examples.second_server.limits import Limits
from examples.second_server.store import Store
from examples.second_server.variants import VARIANTS, Variant

PORT = 4020


def main() -> None:
    """Read the options and serve until interrupted."""
    options = _options()
    if options.tokens:
        for name, person in data.PEOPLE.items():
            print(f"export {name.upper().replace('-', '_')}_TOKEN={sessions.issue(person.claims)}")
        return
    rules = planted(Store(variants=frozenset(map(Variant, options.variant))), options.defect)
    data.fill(rules.store, rules.digest)
    app = create_app(rules, states=not options.no_states, limits=Limits().times(options.limits))
    with socket.create_server(("127.0.0.1", options.port)) as listening:
        # Whoever reads the line can connect: the socket listens already.
        print(f"http://127.0.0.1:{listening.getsockname()[1]}{BASE}", flush=True)
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listening])


def _options() -> argparse.Namespace:
    listed = "\n".join(f"  {one.id:32} {one.sentence}\n{'':34} {one.rule}" for one in DEFECTS.values())
    free = "\n".join(f"  {name:32} {sentence}" for name, sentence in VARIANTS.items())
    parser = argparse.ArgumentParser(
        prog="python -m examples.second_server",
        description="Serve a small implementation of the contract.",
        epilog=f"defects, and the rule that finds each:\n{listed}\n\nvariants, which are all right:\n{free}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=PORT, help=f"0 for a free one (default: {PORT})")
    parser.add_argument("--no-states", action="store_true", help="without the provider-states endpoint")
    parser.add_argument("--limits", type=int, default=1, metavar="N", help="N times as large as the contract's")
    parser.add_argument("--defect", action="append", default=[], metavar="ID", choices=DEFECTS, help="plant a mistake")
    parser.add_argument("--variant", action="append", default=[], metavar="ID", choices=VARIANTS, help="a free way")
    parser.add_argument("--tokens", action="store_true", help="print sessions for profile.toml as exports, and end")
    return parser.parse_args()
