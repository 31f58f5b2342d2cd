"""The command `evershell-mock`."""

from __future__ import annotations

import json
import logging
import sys
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import click

from mock_server.app import create_app
from mock_server.contract import StartError
from mock_server.deviations import deviations
from mock_server.portable import check_writable, save
from mock_server.server import listen, run, url_of
from mock_server.settings import MAX_MEMORY, MIB, MOST_ENTRIES, MOST_WORLDS, Settings, own_contract
from mock_server.worlds import Worlds

_LEVELS = ("critical", "error", "warning", "info", "debug")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="evershell-contract", prog_name="evershell-mock")
def main() -> None:
    """A stateful mock of the Evershell control plane API."""


@main.command()
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
@click.option("--seed", default=0, show_default=True, help="What every id is made from.")
@click.option(
    "--log-level",
    default="info",
    show_default=True,
    type=click.Choice(_LEVELS),
    help="What to log; debug logs each request.",
)
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
    help="Orgs, callers and packs of your own, laid over the seed data. May be repeated.",
)
@click.option(
    "--cors-origin",
    "cors_origins",
    multiple=True,
    metavar="ORIGIN",
    help="An origin whose pages are let in, beside all of this machine: https://app.example. May be repeated.",
)
@click.option(
    "--control-token",
    metavar="TOKEN",
    envvar="EVERSHELL_MOCK_CONTROL_TOKEN",
    show_envvar=True,
    help="What control calls must bring as a bearer credential; without it they are open, on loopback.",
)
@click.option(
    "--deviation",
    "planted",
    multiple=True,
    metavar="ID",
    help="A deliberate defect, by its id (see `deviations`). May be repeated.",
)
@click.option(
    "--state",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Start the world `default` from a state that was exported or saved.",
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
    help="Worlds that are kept; past it the one idle longest goes.",
)
@click.option(
    "--max-memory",
    default=MAX_MEMORY // MIB,
    show_default=True,
    metavar="MIB",
    type=click.IntRange(1),
    help="What file contents, journals and snapshots may come to together.",
)
def serve(
    *,
    host: str,
    port: int,
    log_level: str,
    planted: tuple[str, ...],
    save_state: Path | None,
    max_memory: int,
    **settings: Any,
) -> None:
    """Serve the API, by default at http://127.0.0.1:4010/v1."""
    logging.basicConfig(
        level=log_level.upper(),
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    try:
        if save_state is not None:
            check_writable(save_state)
        app = create_app(Settings(**settings, deviations=planted, max_memory=max_memory * MIB))
        listener = listen(host, port, guarded=settings["control_token"] is not None)
    except StartError as error:
        _refuse(error)
    url = url_of(listener)
    click.echo(f"evershell-mock serves {url}/v1")
    click.echo(f"personas and their tokens: {url}/_mock/personas")
    if planted:
        click.echo(f"with deliberate defects: {', '.join(planted)}")
    sys.stdout.flush()
    at_end = partial(_save, app.worlds, save_state)
    run(app, listener, access_log=log_level == "debug", at_end=at_end)


def _save(worlds: Worlds, path: Path | None) -> None:
    if path is None:
        return
    try:
        save(worlds.default.state, path)
    except OSError as error:
        click.echo(f"evershell-mock: --save-state {path}: nothing was written: {error.strerror}", err=True)
        sys.exit(1)


@main.command(name="deviations")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def list_deviations(*, as_json: bool) -> None:
    """List the deliberate defects that `serve --deviation ID` plants."""
    found = deviations()
    if as_json:
        listed = [{name: getattr(each, name) for name in ("id", "clause", "text", "breaks")} for each in found]
        click.echo(json.dumps({"deviations": listed}, indent=2))
        return
    width = max(len(each.id) for each in found)
    for each in found:
        click.echo(f"{each.id:{width}}  {each.text} Breaks {', '.join(each.breaks)}.")


def _refuse(error: StartError) -> NoReturn:
    click.echo(f"evershell-mock: {error}", err=True)
    sys.exit(2)
