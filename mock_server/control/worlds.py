"""Control calls on the server and its worlds: health and contracts; list, make, fork, reset and delete; coverage."""

from __future__ import annotations

from typing import Any

import orjson
from msgspec import to_builtins

from mock_server.access.credentials import make_key_set
from mock_server.contract.compiled import list_cells
from mock_server.control import CONTROL_CONTRACT, DELETED, ControlContext, control
from mock_server.control.clocks import show_clock
from mock_server.control.errors import WorldExists
from mock_server.operation import Reply, Request
from mock_server.state.clock import write_timestamp
from mock_server.worlds.world import World

_OWN_CONTRACT = CONTROL_CONTRACT.read_bytes()
"""Read at the start: a later change of the file does not count."""


@control("health.get")
async def get_health(context: ControlContext, _request: Request) -> Reply:
    """Say that the server is up, and what it cannot serve as it should; a node also says which it is."""
    return Reply(200, context.get_health())


@control("keys.get")
async def get_keys(_context: ControlContext, _request: Request) -> Reply:
    """Return the key set by which sessions are verified."""
    return Reply(200, make_key_set())


@control("contract.get")
async def get_contract(context: ControlContext, _request: Request) -> Reply:
    """Return the contract that is served, with its references."""
    # In YAML a status without quotes is a number.
    return Reply(200, orjson.dumps(context.document, option=orjson.OPT_NON_STR_KEYS))


@control("control_contract.get")
async def get_own_contract(_context: ControlContext, _request: Request) -> Reply:
    """Return the contract of the control API."""
    return Reply(200, _OWN_CONTRACT, "application/yaml")


@control("worlds.list")
async def list_(context: ControlContext, _request: Request) -> Reply:
    """Return the worlds, `default` first."""
    return Reply(200, {"worlds": [_show(context, world) for world in context.worlds]})


@control("worlds.get")
async def get(context: ControlContext, request: Request) -> Reply:
    """Return one world."""
    return Reply(200, _show(context, context.find_world(request)))


@control("worlds.create")
async def create(context: ControlContext, request: Request) -> Reply:
    """Make a world; raises WorldExists."""
    return Reply(201, {"name": context.worlds.get(_choose_name(context, request)).name})


@control("worlds.fork")
async def fork(context: ControlContext, request: Request) -> Reply:
    """Make a world with the state of another; raises WorldUnknown, WorldExists and MemoryFull."""
    world, name = context.require_world(request), _choose_name(context, request)
    context.check_room(world.room)
    return Reply(201, {"name": context.worlds.fork(world, name).name})


@control("worlds.reset")
async def reset(context: ControlContext, request: Request) -> Reply:
    """Take a world back to the seed data: state, clock, counters, request ids, and no fault."""
    world = context.find_world(request)
    world.reset()
    return Reply(200, {"name": world.name})


@control("worlds.delete")
async def delete(context: ControlContext, request: Request) -> Reply:
    """Delete a world; raises WorldUnknown."""
    context.worlds.delete(context.require_world(request).name)
    return DELETED


def _choose_name(context: ControlContext, request: Request) -> str:
    name: str = request.body["name"]
    if name in context.worlds:
        raise WorldExists(f'There is a world "{name}" already.')
    return name


def _show(context: ControlContext, world: World) -> dict[str, Any]:
    shown = {
        "name": world.name,
        "requests": world.requests - world.reads_by_console,
        "snapshots": len(world.snapshots),
        "clock": show_clock(world),
        "began": write_timestamp(world.began),
    }
    if world.resumed is not None:
        shown["resumed"] = to_builtins(world.resumed)
    if context.node is not None:
        shown |= {"node": context.node.name, "served_since": write_timestamp(context.node.started)}
    return shown


@control("coverage.get")
async def get_coverage(context: ControlContext, request: Request) -> Reply:
    """Return every declared cell, with how often a client and how often the console met it."""
    world = context.find_world(request)
    shown = [
        {
            "operation_id": cell[0],
            "status": cell[1],
            "code": cell[2],
            "count": world.coverage.get(cell, 0),
            "console_count": world.coverage_by_console.get(cell, 0),
        }
        for cell in list_cells(context.contract)
    ]
    return Reply(200, {"cells": shown})


@control("coverage.clear")
async def clear_coverage(context: ControlContext, request: Request) -> Reply:
    """Set all counts to zero."""
    world = context.find_world(request)
    world.coverage.clear()
    world.coverage_by_console.clear()
    return DELETED
