"""`evershell-mock token`: the token of a persona, or a new one."""

from __future__ import annotations

from typing import Any

import click

from mock_server.client import MockWorld
from mock_server.commands.display.terminal import Terminal
from mock_server.commands.running import completing, on_world


@click.command(name="token")
@click.argument("persona", required=False, shell_complete=completing(lambda world: list(world.mock.personas)))
@click.option("--org", "org_id", metavar="ORG", help="Instead of a persona: a caller of this org, with --scope.")
@click.option("--scope", "scopes", multiple=True, metavar="SCOPE", help="A scope of the caller. May be repeated.")
@click.option("--state", type=click.Choice(["valid", "expired", "revoked"]), help="Whether it is valid.")
@click.option("--expires-in", metavar="SECONDS", type=click.IntRange(1), help="When it expires, by the world's clock.")
@on_world
def command(
    *,
    world: MockWorld,
    terminal: Terminal,
    persona: str | None,
    org_id: str | None,
    scopes: tuple[str, ...],
    state: str | None,
    expires_in: int | None,
) -> None:
    """Print the token of a persona, or a new one."""
    if (persona is None) == (org_id is None):
        raise click.UsageError("Name a persona, or an org with --org.")
    who: dict[str, Any] = {"persona": persona} if persona else {"org_id": org_id, "scopes": list(scopes)}
    wanted = {"state": state, "expires_in": expires_in}
    how = {name: value for name, value in wanted.items() if value is not None}
    if persona and not how:
        token = world.token(persona)
        terminal.print({**world.mock.personas[persona]}, token)
        return
    issued = world.issue(**who, **how)
    terminal.print(issued, issued["token"])
