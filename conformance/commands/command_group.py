"""The group of the command `evershell-conformance`: exit codes, errors and the order of the help."""

from __future__ import annotations

import traceback
from typing import Any

import click

from conformance.errors import INTERRUPTED, OURS, USAGE, SuiteError
from conformance.extra import missing_extra

FIRST_DAY = ("run", "init", "replay")


class Commands(click.Group):
    """A group that ends with the exit codes of the suite, and whose help begins with the most used commands.

    An interrupt is 130, however early it comes: click's own 1 would mean violations. A missing extra is 2, and
    whatever else goes wrong here is 5: it says nothing of what was to be judged.
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
        except SuiteError as error:
            from conformance.results.plain_text import plain_lines  # noqa: PLC0415  # --help is quick without it

            click.echo(plain_lines(f"evershell-conformance: {error}"), err=True)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo("evershell-conformance: interrupted", err=True)
            ctx.exit(INTERRUPTED)
        except ModuleNotFoundError as missing:
            if (advice := missing_extra(missing)) is None:
                _tell_own_error()
                ctx.exit(OURS)
            click.echo(f"evershell-conformance: {advice}", err=True)
            ctx.exit(USAGE)
        except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
            raise  # click says how each of them ends
        except Exception:  # noqa: BLE001  # whatever it is, it is of the suite
            _tell_own_error()
            ctx.exit(OURS)


def _tell_own_error() -> None:
    from conformance.results.plain_text import plain_lines  # noqa: PLC0415  # --help is quick without it

    click.echo(plain_lines(f"evershell-conformance: an error of the suite\n{traceback.format_exc()}"), err=True)
