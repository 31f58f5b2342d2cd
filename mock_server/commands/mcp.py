"""`evershell-mock mcp`: the control API as tools for coding agents."""

from __future__ import annotations

import signal
import sys

import click

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
