"""`evershell-mock serve`: a mock on a port."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Any

import click

from mock_server.errors import StartError
from mock_server.settings import (
    MAX_MEMORY,
    MIB,
    MOST_CONNECTIONS,
    MOST_ENTRIES,
    MOST_WORLDS,
    TIMEOUT_S,
    Settings,
    own_contract,
)

_LEVELS = ("critical", "error", "warning", "info", "debug")


@click.command(name="serve")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to serve; any but loopback only with --control-token.",
)
@click.option(
    "--port",
    default=4010,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to serve; 0 takes a free one and prints it.",
)
@click.option("--seed", default=0, show_default=True, help="The seed of every id.")
@click.option(
    "--log-level",
    default="info",
    show_default=True,
    type=click.Choice(_LEVELS),
    help="What to log. At info there is one line a request, unless --quiet is given.",
)
@click.option("--quiet", "-q", is_flag=True, help="Log no line for each request.")
@click.option(
    "--contract",
    type=click.Path(path_type=Path),
    default=own_contract,
    help="The contract to serve in place of the mock's own.",
)
@click.option(
    "--fixtures",
    multiple=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Orgs, callers and packs of your own, added to the seed data. May be repeated.",
)
@click.option(
    "--cors-origin",
    "cors_origins",
    multiple=True,
    metavar="ORIGIN",
    help="An origin whose pages are allowed, beside all of this machine: https://app.example. May be repeated.",
)
@click.option(
    "--cors-header",
    "cors_headers",
    multiple=True,
    metavar="NAME",
    help="A header that pages of --cors-origin may send, beside Authorization, Content-Type, Prefer and X-Mock-World; "
    "pages of this machine may send any. May be repeated.",
)
@click.option(
    "--allow-host",
    "allow_hosts",
    multiple=True,
    metavar="NAME",
    help="A name by which the mock is reached, beside localhost, addresses, names without a dot and --host: "
    "mock.team.example. May be repeated.",
)
@click.option(
    "--control-token",
    metavar="TOKEN",
    envvar="EVERSHELL_MOCK_CONTROL_TOKEN",
    show_envvar=True,
    help="The bearer token of control calls; without it they are open, on loopback.",
)
@click.option(
    "--deviation",
    "deviations",
    multiple=True,
    metavar="ID",
    help="A deliberate defect, by its id (see `deviations`). May be repeated.",
)
@click.option(
    "--reload",
    "follow",
    is_flag=True,
    help="Follow changes of the contract, the fixtures and the mock's own code, and keep the worlds.",
)
@click.option(
    "--state",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Start the world `default` from an exported or saved state.",
)
@click.option(
    "--save-state",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the state of the world `default` at the end, whole or not at all.",
)
@click.option(
    "--journal",
    default=MOST_ENTRIES,
    show_default=True,
    type=click.IntRange(0),
    help="Requests that the journal of a world keeps; 0 keeps none.",
)
@click.option(
    "--max-worlds",
    default=MOST_WORLDS,
    show_default=True,
    type=click.IntRange(2),
    help="The most worlds; at more the one idle longest is deleted.",
)
@click.option(
    "--max-memory",
    default=MAX_MEMORY // MIB,
    show_default=True,
    metavar="MIB",
    type=click.IntRange(1),
    help="The most memory of packs, file contents, journals and snapshots together.",
)
@click.option(
    "--max-body",
    metavar="BYTES",
    type=click.IntRange(1),
    help="The longest body, where the contract allows more.",
)
@click.option(
    "--timeout",
    default=TIMEOUT_S,
    show_default=True,
    metavar="SECONDS",
    type=click.IntRange(1),
    help="How long a client may take to send its headers, to send its body, and to take its answer.",
)
@click.option(
    "--max-connections",
    default=MOST_CONNECTIONS,
    show_default=True,
    type=click.IntRange(1),
    help="The most connections; at more the one idle longest is closed.",
)
@click.option(
    "--proxy-headers",
    is_flag=True,
    help="Believe X-Forwarded-Host and Forwarded: for a mock that is reached through a proxy of yours alone.",
)
def command(
    *,
    host: str,
    port: int,
    allow_hosts: tuple[str, ...],
    log_level: str,
    quiet: bool,
    follow: bool,
    save_state: Path | None,
    max_memory: int,
    timeout: int,
    max_connections: int,
    proxy_headers: bool,
    **settings: Any,
) -> None:
    """Serve the API, by default at http://127.0.0.1:4010/v1."""
    if not follow:  # a start makes no garbage; `serving.run` turns the collector on
        gc.disable()
    # Imported here, so that no other command waits for it.
    from mock_server.server import Limits, listen  # noqa: PLC0415
    from mock_server.server.serving import Serving, serve  # noqa: PLC0415

    limits = Limits(timeout, max_connections, proxy_headers)
    known = Settings(**settings, allow_hosts=(*allow_hosts, host), max_memory=max_memory * MIB)
    serving = Serving(known, log_level, save_state, limits, quiet)
    try:
        listener = listen(host, port, guarded=serving.settings.control_token is not None)
        if not follow:
            serve(serving, listener, _print)
            return
        from mock_server.server.reload import supervise  # noqa: PLC0415 - as above

        sys.exit(supervise(serving, listener, _print))
    except StartError as error:
        _print(str(error))
        sys.exit(2)
    except KeyboardInterrupt:  # no request was served: there is nothing to save
        _print("stopped before it served")


def _print(text: str) -> None:
    over = "\r" if sys.stderr.isatty() else ""  # the ^C that a terminal shows
    click.echo(f"{over}evershell-mock: {text}", err=True)
