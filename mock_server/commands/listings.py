"""`evershell-mock mcp`, `deviations` and `completion`, which ask no mock as they start."""

from __future__ import annotations

import json
import signal
import sys

import click
from click.shell_completion import get_completion_class

from mock_server.client import Mock
from mock_server.commands.running import WRONG, on_address

_ADVICE = "this command needs the extra `mcp`. In a clone run: pip install '.[mcp]'"


@click.command(name="mcp")
@on_address
def mcp(*, mock: Mock) -> None:
    """Let a coding agent use the mock, and judge servers.

    An agent starts this command, and speaks the Model Context Protocol with it on standard input and output. Each
    call of the control API is a tool; the mock may be started later.
    """
    try:
        from mock_server.mcp.server import serve  # noqa: PLC0415 - the SDK is an extra, and takes long to import
    except ModuleNotFoundError as missing:
        package = (missing.name or "").partition(".")[0]
        if package == "mock_server":
            raise
        click.echo(f"evershell-mock: {package} is not installed: {_ADVICE}", err=True)
        sys.exit(WRONG)
    # A thread waits for standard input, and Python's own handling of Ctrl-C would wait for the thread.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    serve(mock)


_NAME = "evershell-mock"
_SHOWN = ("id", "group", "clause", "text", "breaks", "operations")


@click.command(name="deviations", hidden=True)  # `serve --deviation` names it, and the list is to fit a screen
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def deviations(*, as_json: bool) -> None:
    """List the deliberate defects of `serve --deviation`."""
    from mock_server.deviations import list_deviations as declared  # noqa: PLC0415 - the only command that needs them

    found = declared()
    if as_json:
        listed = [{name: getattr(each, name) for name in _SHOWN} for each in found]
        click.echo(json.dumps({"deviations": listed}, indent=2))
        return
    width = max(len(each.id) for each in found)
    for each in found:
        where = "every operation" if each.everywhere else ", ".join(each.operations)
        click.echo(f"{each.id:{width}}  {each.text} On {where}. Breaks {', '.join(each.breaks)}.")


@click.command(name="completion", hidden=True)  # wanted once, and the list of commands is to fit a screen
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
def completion(*, shell: str) -> None:
    """Print the script that lets a shell complete.

    It completes commands, options and what a running mock knows: personas, worlds, orgs, operations.
    For bash: eval "$(evershell-mock completion bash)" in ~/.bashrc.
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"There is no completion for {shell}.")
    main = click.get_current_context().find_root().command
    click.echo(kind(main, {}, _NAME, "_EVERSHELL_MOCK_COMPLETE").source())
