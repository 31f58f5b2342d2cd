"""The group of the command `evershell-conformance`: its exit codes, and the order of its help."""

from __future__ import annotations

from typing import Any

import click

from conformance.extra import missing_extra

FIRST_DAY = ("run", "init", "replay")


class Commands(click.Group):
    """A group whose commands end with the suite's exit codes, and whose help begins with those of a first day.

    An interrupt is 130, however early it comes: click's own 1 would mean violations. A missing extra is 2.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*FIRST_DAY, *(name for name in super().list_commands(ctx) if name not in FIRST_DAY)]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands before the options, unlike click."""
        self.format_commands(ctx, formatter)
        click.Command.format_options(self, ctx, formatter)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            from conformance.results.exit_code import INTERRUPTED  # noqa: PLC0415  # --help is quick without it

            click.echo("evershell-conformance: interrupted", err=True)
            ctx.exit(INTERRUPTED)
        except ModuleNotFoundError as missing:
            if (advice := missing_extra(missing)) is None:
                raise
            click.echo(f"evershell-conformance: {advice}", err=True)
            ctx.exit(2)
