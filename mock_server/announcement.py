"""What a mock says when it serves: where it listens, and how to be someone."""

from __future__ import annotations

import shlex
import socket
from collections.abc import Iterator
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from mock_server.http import url_of
from mock_server.settings import Settings

USUAL_URL = "http://127.0.0.1:4010"


def announce(app: Any, listener: socket.socket, settings: Settings) -> None:
    """Print it; the URL first, at the end of a line of its own, where programs find it."""
    url = url_of(listener)
    click.echo(f"evershell-mock serves {url}/v1")
    console = Console(highlight=False)
    console.print(_personas(app))
    for line in _ways(app, url):
        click.echo(line)
    if settings.deviations:
        click.echo(f"with deliberate defects: {', '.join(settings.deviations)}")
    console.file.flush()


def _personas(app: Any) -> Table:
    """Everybody whom one can be, a row an org."""
    seed, now = app.desk.seed, app.desk.worlds.default.now()
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("org", no_wrap=True)
    table.add_column("billing", no_wrap=True)
    table.add_column("personas")
    by_org: dict[str, list[str]] = {}
    for persona in seed.personas:
        by_org.setdefault(persona.caller.org_id, []).append(persona.name)
    for org_id, names in by_org.items():
        table.add_row(org_id, seed.state.orgs[org_id].posture(now), " ".join(names))
    return table


def _ways(app: Any, url: str) -> Iterator[str]:
    key = next((each for each in app.desk.seed.personas if each.caller.kind == "api_key"), None)
    if key is not None:
        header = shlex.quote(f"Authorization: Bearer {key.token}")
        yield f"as {key.name}:  curl -H {header} {url}/v1/packs"
    elsewhere = "" if url == USUAL_URL else f" --url {url}"
    yield f"anybody's token:  evershell-mock token PERSONA{elsewhere}"
    yield f"in a browser:  {url}/_mock/"
    yield f"a world of your own:  {url}/_worlds/NAME/v1"
