"""A world as one process leaves it for the next, whose contract, seed data and code may be others.

It has all of a world but its journal. Its states are told by what they change in the seed data, so that what a world
has not changed follows the seed data of the next process.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from msgspec import Struct
from rpds import HashTrieMap

from mock_server.control import ControlContext
from mock_server.state.collection import list_steps
from mock_server.state.portable import Patches, write_pointer
from mock_server.state.state import State
from mock_server.state.value import replace
from mock_server.worlds.faults import Fault
from mock_server.worlds.snapshots import Snapshot
from mock_server.worlds.world import Cell, Resumed, World

Document = dict[str, Any]
Counts = list[tuple[str, int, str | None, int]]


class LeftOut(str):
    """A text about what no longer fits, and was left out."""

    __slots__ = ()


class KeptSnapshot(Struct):
    """A snapshot of a world."""

    name: str
    taken_at: datetime
    state: Document


class KeptWorld(Struct):
    """A world, with what its state and its snapshots change in the seed data."""

    name: str
    state: Document
    highest: dict[str, int]
    faults: list[Fault]
    last_fault: int
    requests: int
    reads_by_console: int
    last_entry: int
    met: Counts
    met_by_console: Counts
    snapshots: list[KeptSnapshot]
    began: datetime
    resumed: Resumed | None = None


def describe(world: World, patches: Patches) -> KeptWorld:
    """Return what a world is now."""
    return KeptWorld(
        name=world.name,
        state=patches.make_patch(world.state),
        highest=dict(world.state.find_highest_ids()),
        faults=[*world.faults.armed],
        last_fault=world.faults.last,
        requests=world.requests,
        reads_by_console=world.reads_by_console,
        last_entry=world.journal.last,
        met=[(*cell, count) for cell, count in world.coverage.items()],
        met_by_console=[(*cell, count) for cell, count in world.coverage_by_console.items()],
        snapshots=[
            KeptSnapshot(each.name, each.taken_at, patches.make_patch(each.state)) for each in world.snapshots.values()
        ],
        began=world.began,
        resumed=world.resumed,
    )


def take_world(kept: KeptWorld, context: ControlContext, *, exact: bool) -> Iterator[str]:
    """Put a world in its place, and yield what no longer fits.

    What breaks the contract is kept; what cannot be read any more is left out. `exact`: seed data and contract are the
    same as when it was written, so that no more is read than what the world changes.
    """
    world = context.worlds.get(kept.name)
    state, misfits = _read(kept.state, context, is_exact=exact)
    for snapshot in kept.snapshots:
        earlier, more = _read(snapshot.state, context, f"/snapshots/{snapshot.name}", is_exact=exact)
        world.snapshots.keep(Snapshot(snapshot.name, snapshot.taken_at, earlier))
        misfits += more
    world.resume(
        replace(state, highest=HashTrieMap(kept.highest)),
        requests=kept.requests,
        reads_by_console=kept.reads_by_console,
        coverage=_read_counts(kept.met),
        coverage_by_console=_read_counts(kept.met_by_console),
    )
    world.began, world.resumed = kept.began, kept.resumed
    world.journal.begin_after(kept.last_entry)
    for fault in kept.faults:
        world.faults.add(fault)
    world.faults.last = kept.last_fault
    for each in misfits:
        yield type(each)(f"the world {world.name}: {each}")


def find_seed_misfits(context: ControlContext) -> Iterator[str]:
    """Yield a text about each place of the seed data that breaks the contract."""
    for collection, key, steps, text in context.reader.find_breaches(context.seed.state):
        yield f"the seed data: {write_pointer(collection, *list_steps(key), *steps)}: breaks the contract: {text}"


def _read_counts(cells: Counts) -> dict[Cell, int]:
    return {(operation, status, code): count for operation, status, code, count in cells}


def _read(patch: Document, context: ControlContext, place: str = "", *, is_exact: bool) -> tuple[State, list[str]]:
    """The state of a patch as far as it can be read, and what no longer fits of it."""
    seed = context.seed.state
    state, left_out = context.patches.apply(patch, is_of_base=is_exact)
    misfits: list[str] = [LeftOut(f"{place}{where}: is left out: {text}") for where, text in left_out.items()]
    for name, key, steps, text in () if is_exact else context.reader.find_breaches(state):
        if state.tables[name].objects[key] is not seed.tables[name].objects.get(key):  # of those it is said once
            misfits.append(f"{place}{write_pointer(name, *list_steps(key), *steps)}: breaks the contract: {text}")
    return state, misfits
