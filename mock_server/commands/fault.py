"""`evershell-mock fault`: list, add and remove faults."""

from __future__ import annotations

from typing import Any

import click

from mock_server.client import MockWorld
from mock_server.commands.running import Terminal, list_operations, make_completion, on_world
from mock_server.entry_text import describe_effects

_ALWAYS = "always"


class _Times(click.IntRange):
    """A number of calls, or all that come."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number of calls, or `always`."""
        if value == _ALWAYS:
            return value
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value} is neither a number of calls, at least 1, nor {_ALWAYS}.", param, ctx)


@click.group(name="fault", invoke_without_command=True)
@on_world
def fault(*, world: MockWorld, terminal: Terminal) -> None:
    """List, add and remove faults."""
    faults = world.faults()
    rows = [(each["id"], each["operation_id"], _describe_fault(each), each["left"]) for each in faults]
    terminal.print_table({"faults": faults}, ("id", "operation", "what", "left"), rows, empty="there are no faults")


@fault.command()
@click.argument("operation", shell_complete=make_completion(lambda world: ["*", *list_operations(world)]))
@click.option("--status", type=int, help="A declared error of the operation, by its status.")
@click.option("--code", metavar="CODE", help="The same by its code.")
@click.option("--undeclared", is_flag=True, default=None, help="A status that the contract does not declare: 500, 429.")
@click.option("--html", is_flag=True, default=None, help="An undeclared status as the page of a gateway.")
@click.option("--delay", "delay_ms", metavar="MS", type=click.IntRange(0), help="Milliseconds before the answer.")
@click.option(
    "--jitter",
    "jitter_ms",
    metavar="MS",
    type=click.IntRange(0),
    help="Up to so many milliseconds more; the same calls get the same.",
)
@click.option("--drop", is_flag=True, default=None, help="End the connection without an answer.")
@click.option("--truncate", metavar="BYTES", type=click.IntRange(0), help="Send so much of the body, and no more.")
@click.option("--times", type=_Times(1), metavar="N|always", help="How many calls it affects; one, if absent.")
@on_world
def add(*, world: MockWorld, terminal: Terminal, operation: str, **what: Any) -> None:
    """Arm a fault for the next calls of an operation, or of all: '*'."""
    armed = world.fault(operation, **{name: value for name, value in what.items() if value is not None})
    terminal.print(
        armed, f"fault {armed['id']}: {armed['operation_id']}: {_describe_fault(armed)}, {_count_left(armed['left'])}"
    )


@fault.command()
@click.argument("fault_id", type=int, metavar="ID")
@on_world
def remove(*, world: MockWorld, terminal: Terminal, fault_id: int) -> None:
    """Remove a fault."""
    world.remove_fault(fault_id)
    terminal.print({"id": fault_id, "status": "deleted"}, f"removed fault {fault_id}")


@fault.command()
@on_world
def clear(*, world: MockWorld, terminal: Terminal) -> None:
    """Remove every fault."""
    world.clear_faults()
    terminal.print({"status": "deleted"}, f"no faults are left in {world.name}")


def _describe_fault(armed: dict[str, Any]) -> str:
    return " ".join(describe_effects(armed))


def _count_left(times: int | str) -> str:
    if times == _ALWAYS:
        return _ALWAYS
    return "once" if times == 1 else f"{times} times"
