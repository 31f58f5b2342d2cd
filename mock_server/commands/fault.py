"""`evershell-mock fault`: let something go wrong."""

from __future__ import annotations

from typing import Any

import click

from mock_server.client import MockWorld, effects
from mock_server.commands.running import completing, on_world, operations
from mock_server.commands.terminal import Terminal


@click.group(name="fault", invoke_without_command=True)
@on_world
def command(*, world: MockWorld, terminal: Terminal) -> None:
    """List, add and remove what is to go wrong."""
    if click.get_current_context().invoked_subcommand:
        return
    faults = world.faults()
    rows = [(each["id"], each["operation_id"], _told(each), each["left"]) for each in faults]
    terminal.table({"faults": faults}, ("id", "operation", "what", "left"), rows, empty="nothing is to go wrong")


@command.command()
@click.argument("operation", shell_complete=completing(lambda world: ["*", *operations(world)]))
@click.option("--status", type=int, help="A declared error of the operation, by its status.")
@click.option("--code", metavar="CODE", help="The same by its code.")
@click.option("--delay", "delay_ms", metavar="MS", type=click.IntRange(0), help="Milliseconds before the answer.")
@click.option("--drop", is_flag=True, default=None, help="End the connection without an answer.")
@click.option("--truncate", metavar="BYTES", type=click.IntRange(0), help="Send so much of the body, and no more.")
@click.option("--times", type=click.IntRange(1), help="How many calls it happens to; one, if absent.")
@on_world
def add(*, world: MockWorld, terminal: Terminal, operation: str, **what: Any) -> None:
    """Let something happen to the next calls of an operation, or of all: '*'."""
    fault = world.fault(operation, **{name: value for name, value in what.items() if value is not None})
    terminal.say(fault, f"fault {fault['id']}: {fault['operation_id']}: {_told(fault)}, {_often(fault['left'])}")


@command.command()
@click.argument("fault", type=int, metavar="ID")
@on_world
def remove(*, world: MockWorld, terminal: Terminal, fault: int) -> None:
    """Let a fault happen no more."""
    world.remove_fault(fault)
    terminal.say({"id": fault, "status": "deleted"}, f"removed fault {fault}")


@command.command()
@on_world
def clear(*, world: MockWorld, terminal: Terminal) -> None:
    """Let nothing go wrong any more."""
    world.clear_faults()
    terminal.say({"status": "deleted"}, f"nothing is to go wrong in {world.name}")


def _told(fault: dict[str, Any]) -> str:
    return " ".join(effects(fault))


def _often(times: int) -> str:
    return "once" if times == 1 else f"{times} times"
