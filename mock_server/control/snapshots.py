"""Control calls on the snapshots of a world."""

from __future__ import annotations

import asyncio
from typing import Any

from mock_server.control import DELETED, ControlContext, control
from mock_server.control.errors import SnapshotNameTaken, SnapshotUnknown, named
from mock_server.resources.operation import Reply, Request
from mock_server.state.changes import changes
from mock_server.state.clock import timestamp
from mock_server.worlds.snapshots import Snapshot
from mock_server.worlds.worlds import World


@control("world_snapshots.list")
async def list_(context: ControlContext, request: Request) -> Reply:
    """Return the snapshots of a world, oldest first."""
    return Reply(200, {"snapshots": [_shown(each) for each in context.world(request).snapshots.values()]})


@control("world_snapshots.create")
async def create(context: ControlContext, request: Request) -> Reply:
    """Save the present state; raises SnapshotNameTaken, and MemoryFull where it does not fit."""
    world, name = context.world(request), request.body["name"]
    if name in world.snapshots:
        raise SnapshotNameTaken(f'There is a snapshot "{name}" already; delete it first, or take another name.')
    snapshot = Snapshot(name, world.now(), world.state)
    context.check_room(snapshot.room)
    world.snapshots.keep(snapshot)
    return Reply(201, _shown(snapshot))


@control("world_snapshots.restore")
async def restore(context: ControlContext, request: Request) -> Reply:
    """Take the world back to a snapshot."""
    world = context.world(request)
    snapshot = _find(world, request)
    world.take(snapshot.state, f'restored from the snapshot "{snapshot.name}"')
    return Reply(200, _shown(snapshot))


@control("world_snapshots.delete")
async def delete(context: ControlContext, request: Request) -> Reply:
    """Delete a snapshot."""
    world = context.world(request)
    world.snapshots.forget(_find(world, request).name)
    return DELETED


@control("world_snapshots.diff")
async def diff(context: ControlContext, request: Request) -> Reply:
    """Return the changes since a snapshot."""
    world = context.world(request)
    snapshot = _find(world, request)
    return Reply(200, {"changes": await asyncio.to_thread(changes, snapshot.state, world.state)})


def _find(world: World, request: Request) -> Snapshot:
    return named("snapshot", request.path["snapshot"], world.snapshots, SnapshotUnknown)


def _shown(snapshot: Snapshot) -> dict[str, Any]:
    return {"name": snapshot.name, "taken_at": timestamp(snapshot.taken_at)}
