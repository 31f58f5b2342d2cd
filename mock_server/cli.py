"""The command `evershell-mock`."""

from __future__ import annotations

import importlib

import click

_COMMANDS = {
    "serve": "serve",
    "personas": "callers",
    "journal": "journal",
    "token": "callers",
    "worlds": "worlds",
    "reset": "worlds",
    "snapshot": "snapshot",
    "rewind": "worlds",
    "billing": "callers",
    "clock": "worlds",
    "fault": "fault",
    "coverage": "journal",
    "mcp": "listings",
    "contract": "contract",
    "deviations": "listings",
    "completion": "listings",
}
"""The module of each command in `mock_server.commands`, in the order of the help, the most used first."""


class _Commands(click.Group):
    """A group that imports a command when it is asked for, so that small commands start fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own name for it
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"mock_server.commands.{_COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands before the options, unlike click."""
        self.format_commands(ctx, formatter)
        click.Command.format_options(self, ctx, formatter)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="evershell-contract", prog_name="evershell-mock")
def main() -> None:
    """A stateful mock of the Evershell control plane API."""
