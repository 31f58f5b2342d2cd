"""`evershell-mock completion`: the completion script of a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

_NAME = "evershell-mock"
_SHELLS = ("bash", "zsh", "fish")


@click.command(name="completion")
@click.argument("shell", type=click.Choice(_SHELLS))
def command(*, shell: str) -> None:
    """Print the script that lets a shell complete.

    It completes commands, options and what a running mock knows: personas, worlds, orgs, operations.
    For bash: eval "$(evershell-mock completion bash)" in ~/.bashrc.
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"There is no completion for {shell}.")
    main = click.get_current_context().find_root().command
    click.echo(kind(main, {}, _NAME, "_EVERSHELL_MOCK_COMPLETE").source())
