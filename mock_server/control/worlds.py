"""Worlds as a whole: list, make, take back to the seed data."""

from __future__ import annotations

from mock_server.control import Desk, control
from mock_server.control.errors import WorldExists
from mock_server.operations import Reply, Request


@control("worlds.list")
async def list_(desk: Desk, _request: Request) -> Reply:
    """Return the worlds that were used, `default` first."""
    return Reply(200, {"worlds": [{"name": world.name} for world in desk.worlds]})


@control("worlds.create")
async def create(desk: Desk, request: Request) -> Reply:
    """Make a world; WorldExists when it was used already."""
    name = request.body["name"]
    if name in desk.worlds:
        raise WorldExists(f'There is a world "{name}" already.')
    return Reply(201, {"name": desk.worlds.get(name).name})


@control("worlds.reset")
async def reset(desk: Desk, request: Request) -> Reply:
    """Take a world back to the seed data: state, counters and request ids."""
    world = desk.worlds.get(request.path["world"])
    world.reset()
    return Reply(200, {"name": world.name})
