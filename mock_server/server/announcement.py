"""Print the URL and the personas of a mock when it serves."""

from __future__ import annotations

import shlex
import socket
import sys
from collections.abc import Iterator
from shutil import get_terminal_size
from textwrap import wrap
from typing import Any

import click

from mock_server.pipeline import address
from mock_server.resources.orgs import ORGS
from mock_server.server import make_url
from mock_server.settings import Settings

USUAL_URL = "http://127.0.0.1:4010"


def announce(app: Any, listener: socket.socket, settings: Settings) -> None:
    """Print the URL of the mock, at the end of the first line, where programs find it; its personas and its uses."""
    url = make_url(listener)
    api = app.context.api
    click.echo(f"evershell-mock serves {url}{api.base_path}")
    if api.told:
        for line in (*api.told, *_list_uses(app, url)):
            click.echo(line)
    else:
        heading, *orgs = _list_personas(app, get_terminal_size().columns)
        click.secho(heading, dim=True)
        for line in (*orgs, *_list_uses(app, url)):
            click.echo(line)
    if settings.passing is not None:
        for rule in settings.passing.rules:
            reads = "" if settings.passing.writes else ", but for what changes something"
            click.echo(f"passes on {rule.pattern}{reads}:  {rule.url}")
    if settings.deviations:
        click.echo(f"with deliberate defects: {', '.join(settings.deviations)}")
    sys.stdout.flush()


def _list_personas(app: Any, width: int) -> Iterator[str]:
    """The personas, an org after the other, below a heading.

    Made by hand: rich takes longer to import than the mock takes to serve.
    """
    seed, now = app.context.seed, app.context.worlds.default.read_clock()
    names: dict[str, list[str]] = {}
    for persona in seed.personas:
        names.setdefault(persona.caller.org_id, []).append(persona.name)
    billing = {org_id: seed.state.all(ORGS)[org_id].find_posture(now) for org_id in names}
    left = max(map(len, ("org", *billing)))
    middle = max(map(len, ("billing", *billing.values())))
    yield f"{'org':{left}}  {'billing':{middle}}  personas"
    for org_id, posture in billing.items():
        start = f"{org_id:{left}}  {posture:{middle}}  "
        yield from wrap(
            " ".join(names[org_id]),
            max(width, len(start) + 1),
            initial_indent=start,
            subsequent_indent=" " * len(start),
            break_long_words=False,
            break_on_hyphens=False,
        )


def _list_uses(app: Any, url: str) -> Iterator[str]:
    key = next((each for each in app.context.seed.personas if each.caller.kind == "api_key"), None)
    if key is not None:
        header = shlex.quote(f"Authorization: Bearer {key.token}")
        yield f"as {key.name}:  curl -H {header} {url}/v1/packs"
    elsewhere = "" if url == USUAL_URL else f" --url {url}"
    yield f"anybody's token:  evershell-mock token PERSONA{elsewhere}"
    yield f"in a browser:  {url}/_mock/"
    if not app.context.api.told:
        yield f"in a front end:  npm install {url}{address.CLIENT}"
    yield f"a world of your own:  {url}/_worlds/NAME{app.context.api.base_path}"
