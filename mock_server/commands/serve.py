"""`evershell-mock serve`: a mock on a port."""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
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
    StreamTimes,
    find_own_contract,
)


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Have imports in the block find none of these packages, unless one is imported already.

    None in `sys.modules` is Python's own way to say so (its reference: The module cache).
    """
    absent = {name: None for name in names if name not in sys.modules}
    sys.modules.update(absent)  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in absent:
            sys.modules.pop(name, None)


_LEVELS = ("critical", "error", "warning", "info", "debug")
_NODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_AMOUNT = re.compile(r"\s*([a-z_]+)=([0-9]{1,9})\s*")
_PATH: Any = click.Path(path_type=Path)
_SECONDS = click.FloatRange(0, min_open=True)

_flag = partial(click.option, is_flag=True)
_repeated = partial(click.option, multiple=True)


def _check_node_name(_context: click.Context, _parameter: click.Parameter, name: str | None) -> str | None:
    if name is not None and _NODE.fullmatch(name) is None:
        raise click.BadParameter("it is 1 to 64 letters, digits, '.', '_' and '-', and begins with a letter or digit.")
    return name


def _read_scale(_context: click.Context, _parameter: click.Parameter, text: str) -> tuple[tuple[str, int], ...]:
    pairs = [_AMOUNT.fullmatch(each) for each in text.split(",")] if text else []
    if not all(pairs):
        raise click.BadParameter(f"{text!r} is not KIND=NUMBER,..., such as packs=10000,workspaces=500.")
    return tuple((pair[1], int(pair[2])) for pair in pairs if pair is not None)


@click.command(name="serve", context_settings={"show_default": True})
@click.option("--host", default="127.0.0.1", help="Address to serve; any but loopback only with --control-token.")
@click.option(
    "--port", default=4010, type=click.IntRange(0, 65535), help="Port to serve; 0 takes a free one and prints it."
)
@click.option("--seed", default=0, help="The seed of every id.")
@click.option(
    "--log-level",
    default="info",
    type=click.Choice(_LEVELS),
    help="What to log. At info there is one line a request, unless --quiet is given.",
)
@_flag("--quiet", "-q", help="Log no line for each request.")
@click.option(
    "--contract",
    type=_PATH,
    default=find_own_contract,
    show_default=False,
    help="The contract to serve in place of the mock's own.",
)
@_repeated(
    "--fixtures",
    metavar="DIR",
    type=_PATH,
    help="Orgs, callers and packs of your own, added to the seed data. May be repeated.",
)
@click.option(
    "--scale",
    metavar="KIND=NUMBER,...",
    default="",
    show_default=False,
    callback=_read_scale,
    help="Make up so much more seed data, the same for the same --seed: packs=10000,workspaces=500. It is the first "
    "org's.",
)
@_repeated(
    "--cors-origin",
    "cors_origins",
    metavar="ORIGIN",
    help="An origin whose pages are allowed, beside all of this machine: https://app.example. May be repeated.",
)
@_repeated(
    "--cors-header",
    "cors_headers",
    metavar="NAME",
    help="A header that pages of --cors-origin may send, beside Authorization, Content-Type, Prefer and X-Mock-World; "
    "pages of this machine may send any. May be repeated.",
)
@_repeated(
    "--allow-host",
    "allow_hosts",
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
    "--node",
    metavar="NAME",
    callback=_check_node_name,
    help="What this mock is called among several behind one front; its health and its worlds tell it.",
)
@_repeated(
    "--deviation",
    "deviations",
    metavar="ID",
    help="A deliberate defect, by its id (see `deviations`). May be repeated.",
)
@_repeated(
    "--pass",
    "pass_rules",
    metavar="PATTERN=URL",
    help="Pass operations on to another server, and judge both by the contract: 'packs.*=https://host/v1'. What "
    "changes something stays here without --pass-writes. May be repeated.",
)
@click.option(
    "--pass-profile",
    metavar="FILE",
    type=_PATH,
    help="A target's profile, as the suite takes it: the callers of the other server, by the names of personas.",
)
@_flag("--pass-writes", help="Pass on operations that change something, too.")
@_flag("--pass-in-ci", help="Pass operations on in CI too, where the environment has CI.")
@click.option(
    "--pass-timeout",
    default=30.0,
    metavar="SECONDS",
    type=_SECONDS,
    help="How long the other server may take for an answer.",
)
@_flag(
    "--reload",
    "follow",
    help="Follow changes of the contract, the fixtures and the mock's own code, and keep the worlds.",
)
@_flag(
    "--reload-on-signal",
    help="Let a new process go on at SIGHUP, with the port, the open connections and the worlds.",
)
@_repeated(
    "--overlay",
    "overlays",
    metavar="FILE",
    type=_PATH,
    help="An OpenAPI Overlay 1.0 file, applied to the contract before it is read. May be repeated.",
)
@_repeated(
    "--module",
    "modules",
    metavar="FILE",
    type=_PATH,
    help="A file of Python with functions for operations, each decorated with its id: my_ops.py. May be repeated.",
)
@click.option("--state", metavar="FILE", type=_PATH, help="Start the world `default` from an exported or saved state.")
@click.option(
    "--save-state",
    metavar="FILE",
    type=_PATH,
    help="Write the state of the world `default` at the end, whole or not at all.",
)
@click.option(
    "--keep-worlds",
    metavar="FILE",
    type=_PATH,
    help="Go on with the worlds that this file has, and keep them there, for the next start.",
)
@click.option(
    "--journal",
    default=MOST_ENTRIES,
    type=click.IntRange(0),
    help="Requests that the journal of a world keeps; 0 keeps none.",
)
@click.option(
    "--max-worlds",
    default=MOST_WORLDS,
    type=click.IntRange(2),
    help="The most worlds; at more the one idle longest is deleted.",
)
@click.option(
    "--max-memory",
    default=MAX_MEMORY // MIB,
    metavar="MIB",
    type=click.IntRange(1),
    help="The most memory of packs, file contents, journals and snapshots together.",
)
@click.option(
    "--max-body", metavar="BYTES", type=click.IntRange(1), help="The longest body, where the contract allows more."
)
@click.option(
    "--timeout",
    default=TIMEOUT_S,
    metavar="SECONDS",
    type=click.IntRange(1),
    help="How long a client may take to send its headers, to send its body, and to take its answer.",
)
@click.option(
    "--max-connections",
    default=MOST_CONNECTIONS,
    type=click.IntRange(1),
    help="The most connections; at more the one idle longest is closed.",
)
@click.option(
    "--heartbeat",
    default=StreamTimes().heartbeat,
    metavar="SECONDS",
    type=_SECONDS,
    help="How often a stream of events has a comment.",
)
@click.option(
    "--stream-seconds",
    default=StreamTimes().longest,
    metavar="SECONDS",
    type=_SECONDS,
    help="After how long a stream of events ends.",
)
@_flag(
    "--proxy-headers",
    help="Believe X-Forwarded-Host, X-Forwarded-Proto and Forwarded: for a mock that is reached through a proxy of "
    "yours alone.",
)
def serve(
    *,
    host: str,
    port: int,
    allow_hosts: tuple[str, ...],
    log_level: str,
    quiet: bool,
    follow: bool,
    reload_on_signal: bool,
    save_state: Path | None,
    keep_worlds: Path | None,
    max_memory: int,
    timeout: int,
    max_connections: int,
    heartbeat: float,
    stream_seconds: float,
    proxy_headers: bool,
    pass_rules: tuple[str, ...],
    pass_profile: Path | None,
    pass_writes: bool,
    pass_in_ci: bool,
    pass_timeout: float,
    **settings: Any,
) -> None:
    """Serve the API, by default at http://127.0.0.1:4010/v1."""
    if follow and reload_on_signal:
        raise click.UsageError("--reload and --reload-on-signal: name one of them.")
    alone = not (follow or reload_on_signal)
    if alone:  # a start makes no garbage; `serving.run` turns the collector on
        gc.disable()
    # Imported here, so that no other command waits for it. Connexion would take Flask, and httpx rich, where they are.
    with without("flask", "rich"):
        from mock_server.passing.options import read_passing  # noqa: PLC0415
        from mock_server.server import Limits, listen, serving  # noqa: PLC0415

    times = StreamTimes(heartbeat, stream_seconds)
    limits = Limits(timeout, max_connections, proxy_headers)
    try:
        passing = read_passing(
            pass_rules, pass_profile, writes=pass_writes, timeout=pass_timeout, in_ci=pass_in_ci, host=host
        )
        known = Settings(
            **settings,
            allow_hosts=(*allow_hosts, host),
            max_memory=max_memory * MIB,
            stream_times=times,
            passing=passing,
        )
        mock = serving.Serving(known, log_level, save_state, limits, quiet, keep_worlds)
        listener = listen(host, port, guarded=known.control_token is not None)
        if alone:
            serving.serve(mock, listener, _print)
            return
        from mock_server.server.reload.supervisor import supervise  # noqa: PLC0415 - as above

        sys.exit(supervise(mock, listener, _print, on_signal=reload_on_signal))
    except StartError as error:
        _print(str(error))
        sys.exit(2)
    except KeyboardInterrupt:  # no request was served: there is nothing to save
        _print("stopped before it served")


def _print(text: str) -> None:
    over = "\r" if sys.stderr.isatty() else ""  # the ^C that a terminal shows
    click.echo(f"{over}evershell-mock: {text}", err=True)
