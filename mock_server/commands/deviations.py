"""`evershell-mock deviations`: the list of deliberate defects."""

from __future__ import annotations

import json

import click

_SHOWN = ("id", "group", "clause", "text", "breaks", "operations")


@click.command(name="deviations")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def command(*, as_json: bool) -> None:
    """List the deliberate defects of `serve --deviation`."""
    from mock_server.deviations import deviations  # noqa: PLC0415 - the only command that needs deviations

    found = deviations()
    if as_json:
        listed = [{name: getattr(each, name) for name in _SHOWN} for each in found]
        click.echo(json.dumps({"deviations": listed}, indent=2))
        return
    width = max(len(each.id) for each in found)
    for each in found:
        where = "every operation" if each.everywhere else ", ".join(each.operations)
        click.echo(f"{each.id:{width}}  {each.text} On {where}. Breaks {', '.join(each.breaks)}.")
