"""Control calls on the state of a world: export, import, rewind and snapshots."""

from __future__ import annotations

import asyncio
from typing import Any

from mock_server.control import DELETED, ControlContext, control
from mock_server.control.errors import EntryUnknown, SnapshotNameTaken, SnapshotUnknown, require_named
from mock_server.control.journal.calls import say_beginning
from mock_server.errors import ValidationFailed
from mock_server.operation import Reply, Request
from mock_server.state.changes import list_changes
from mock_server.state.clock import write_timestamp
from mock_server.state.portable import StateProblems, write
from mock_server.worlds.journal import Entry
from mock_server.worlds.snapshots import Snapshot
from mock_server.worlds.world import World


@control("state.get")
async def get(context: ControlContext, request: Request) -> Reply:
    """Return the whole state."""
    return Reply(200, await asyncio.to_thread(write, context.find_world(request).state))


@control("state_schema.get")
async def get_schema(context: ControlContext, _request: Request) -> Reply:
    """Return the JSON Schema by which an import is checked."""
    return Reply(200, context.reader.schema)


@control("state.replace")
async def replace(context: ControlContext, request: Request) -> Reply:
    """Replace the state by that of a document.

    Raises ValidationFailed with the JSON pointer of each problem, and MemoryFull where it does not fit; then
    nothing has changed.
    """
    world = context.find_world(request)
    try:
        state = await asyncio.to_thread(context.reader.read, request.body, world.state)
    except StateProblems as problem:
        raise ValidationFailed("The document is not a state.", fields=problem.problems) from problem
    context.check_room()
    world.take(state, "replaced by an import")
    return Reply(200, {"name": world.name})


@control("worlds.rewind")
async def rewind(context: ControlContext, request: Request) -> Reply:
    """Take the world back to right after a request, or to right before it.

    Raises EntryUnknown where the journal does not have it; then nothing has changed.
    """
    world = context.find_world(request)
    [(where, entry_id)] = request.body.items()
    entry = _find_entry(world, int(entry_id))
    if where == "before":
        world.take(entry.before or entry.after, "rewound")
        world.journal.rewind_before(entry)
    else:
        world.take(entry.after, "rewound")
        world.journal.rewind(entry)
    return Reply(200, {where: int(entry_id)})


def _find_entry(world: World, entry_id: int) -> Entry:
    entry = world.journal.find(entry_id)
    if entry is None:
        ids = [each.id for each in world.journal]
        kept = f"It has the entries {ids[0]} to {ids[-1]}" if ids else "It has none"
        raise EntryUnknown(f"The journal has no entry {entry_id}. {kept}{say_beginning(world)}.")
    return entry


@control("world_snapshots.list")
async def list_snapshots(context: ControlContext, request: Request) -> Reply:
    """Return the snapshots of a world, oldest first."""
    return Reply(200, {"snapshots": [_show_snapshot(each) for each in context.find_world(request).snapshots.values()]})


@control("world_snapshots.create")
async def save_snapshot(context: ControlContext, request: Request) -> Reply:
    """Save the present state; raises SnapshotNameTaken, and MemoryFull where it does not fit."""
    world, name = context.find_world(request), request.body["name"]
    if name in world.snapshots:
        raise SnapshotNameTaken(f'There is a snapshot "{name}" already; delete it first, or take another name.')
    snapshot = Snapshot(name, world.read_clock(), world.state)
    context.check_room(snapshot.room)
    world.snapshots.keep(snapshot)
    return Reply(201, _show_snapshot(snapshot))


@control("world_snapshots.restore")
async def restore_snapshot(context: ControlContext, request: Request) -> Reply:
    """Take the world back to a snapshot."""
    world = context.find_world(request)
    snapshot = _find_snapshot(world, request)
    world.take(snapshot.state, f'restored from the snapshot "{snapshot.name}"')
    return Reply(200, _show_snapshot(snapshot))


@control("world_snapshots.delete")
async def delete_snapshot(context: ControlContext, request: Request) -> Reply:
    """Delete a snapshot."""
    world = context.find_world(request)
    world.snapshots.forget(_find_snapshot(world, request).name)
    return DELETED


@control("world_snapshots.diff")
async def diff(context: ControlContext, request: Request) -> Reply:
    """Return the changes since a snapshot."""
    world = context.find_world(request)
    snapshot = _find_snapshot(world, request)
    return Reply(200, {"changes": await asyncio.to_thread(list_changes, snapshot.state, world.state)})


def _find_snapshot(world: World, request: Request) -> Snapshot:
    return require_named("snapshot", request.path["snapshot"], world.snapshots, SnapshotUnknown)


def _show_snapshot(snapshot: Snapshot) -> dict[str, Any]:
    return {"name": snapshot.name, "taken_at": write_timestamp(snapshot.taken_at)}
