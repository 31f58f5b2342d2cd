"""`evershell-mock personas`: the callers of the seed data."""

from __future__ import annotations

import click

from mock_server.client import Mock
from mock_server.commands.display.terminal import Terminal
from mock_server.commands.running import on_mock


@click.command(name="personas")
@on_mock
def command(*, mock: Mock, terminal: Terminal) -> None:
    """List the personas, with their tokens."""
    personas = list(mock.personas.values())
    rows = [
        (
            each["name"],
            each["org_id"],
            each["role"] or each["permission_set"],
            each["token"] if each["kind"] == "api_key" else f"evershell-mock token {each['name']}",
        )
        for each in personas
    ]
    terminal.table({"personas": personas}, ("persona", "org", "may", "token"), rows, empty="there are none")
