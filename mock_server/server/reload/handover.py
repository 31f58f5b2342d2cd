"""Worlds as one process leaves them to the next, whose contract, seed data and code may be others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from rpds import HashTrieMap

from mock_server.control import ControlContext
from mock_server.control.journal.entries import EntryPresenter
from mock_server.resources.view import timestamp
from mock_server.server.reload.journals import begin, left, resume
from mock_server.state.portable import StateFaults, pointer, written
from mock_server.state.state import State
from mock_server.worlds.faults import Fault
from mock_server.worlds.snapshots import Snapshot
from mock_server.worlds.worlds import Cell, World

FORMAT = "evershell-mock-worlds/1"
MOST_ENTRIES = 20_000
"""Of all journals together: a reload is to take seconds at most."""

_DEPTHS = {"orgs": 1, "members": 2, "roles": 1, "packs": 1, "registry": 2, "credentials": 1}
"""How many steps below its name in a state's document the objects of a collection stand."""

Document = dict[str, Any]


class Misfit(NamedTuple):
    """A place, in a world or in the seed data, that no longer fits; what is wrong there."""

    where: str
    pointer: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.pointer}: {self.text}"


def handed_over(context: ControlContext, *, most_entries: int = MOST_ENTRIES) -> bytes:
    """Return all worlds of a server, the seed data that they began with, and the newest entries of all journals."""
    presenter, after = EntryPresenter(context.seed.personas), begin(context.worlds, most_entries)
    document = {
        "format": FORMAT,
        "seed": orjson.Fragment(written(context.seed.state)),
        "worlds": [_world(world, left(world, presenter, after)) for world in context.worlds],
    }
    return orjson.dumps(document)


def _world(world: World, journal: Document) -> Document:
    return {
        "name": world.name,
        "state": None if world.untouched else orjson.Fragment(written(world.state)),
        "given_out": dict(world.state.highest_ids()),
        "purge_failures": dict(world.state.purge_failures),
        "faults": [asdict(fault) for fault in world.faults.armed],
        "last_fault": world.faults.last,
        "requests": world.requests,
        "journal": journal,
        "met": [[*cell, count] for cell, count in world.met.items()],
        "met_by_console": [[*cell, count] for cell, count in world.met_by_console.items()],
        "snapshots": [
            {
                "name": kept.name,
                "taken_at": timestamp(kept.taken_at),
                "state": orjson.Fragment(written(kept.state)),
            }
            for kept in world.snapshots.values()
        ],
    }


def take_over(content: bytes, context: ControlContext) -> list[Misfit]:
    """Let a new server go on with the worlds of the one before; return what in them no longer fits.

    What a world had not touched follows the seed data, as it is now. What breaks the contract is kept;
    what cannot be read any more is left out.
    """
    document: Document = orjson.loads(content)
    follow = _Follower(document["seed"], orjson.loads(written(context.seed.state)))
    seed = [
        Misfit("the seed data", pointer(collection, object_id, *steps), f"breaks the contract: {text}")
        for collection, object_id, steps, text in context.reader.breaches(context.seed.state)
    ]
    return seed + [misfit for each in document["worlds"] for misfit in _taken(each, context, follow)]


class _Follower:
    """Brings the seed data as they are now to a world that began with earlier ones."""

    def __init__(self, before: Document, now: Document) -> None:
        self._before = self.in_step(before, now)
        self._now = now
        self._same = self._before == now

    @staticmethod
    def in_step(document: Document, now: Document) -> Document:
        """Return the document with what the states of today have, and nothing else."""
        return {name: document.get(name, default) for name, default in now.items()}

    def __call__(self, earlier: Document) -> Document:
        """Return what the world holds: of each object what the world made of it, else what the seed data say."""
        world = self.in_step(earlier, self._now)
        if self._same:
            return world
        followed = {
            name: _merged(world[name], self._before[name], self._now[name], depth) for name, depth in _DEPTHS.items()
        }
        images = {name: {**world[name], **self._now[name]} for name in ("images", "contents")}
        return {**world, **followed, **images}


def _merged(world: Any, before: Any, now: Any, depth: int) -> Any:
    if depth == 0:
        return now if world == before else world
    world, before, now = world or {}, before or {}, now or {}
    merged = {
        key: _merged(world.get(key), before.get(key), now.get(key), depth - 1)
        for key in dict.fromkeys([*now, *world, *before])
    }
    return {key: value for key, value in merged.items() if value is not None and value != {}}


def _taken(kept: Document, context: ControlContext, follow: _Follower) -> Iterator[Misfit]:
    """Put one world in its place, and give what no longer fits."""
    world = context.worlds.get(kept["name"])
    reading = _Reading(f"the world {world.name}", context)
    state: State | None = world.state
    if kept["state"] is not None:
        state = reading.state(follow(kept["state"]))
    for snapshot in kept["snapshots"]:
        earlier = reading.state(snapshot["state"], f"/snapshots/{snapshot['name']}")
        if earlier is not None:
            world.snapshots.keep(Snapshot(snapshot["name"], datetime.fromisoformat(snapshot["taken_at"]), earlier))
    world.resume(
        replace(
            state or world.state,
            given_out=HashTrieMap(kept["given_out"]),
            purge_failures=HashTrieMap(kept["purge_failures"]),
        ),
        requests=kept["requests"],
        met=_counts(kept["met"]),
        met_by_console=_counts(kept["met_by_console"]),
    )
    resume(world.journal, kept["journal"], None if state is None else world.state)
    for fault in kept["faults"]:
        world.faults.add(Fault(**fault))
    world.faults.last = kept["last_fault"]
    yield from reading.misfits


def _counts(cells: list[list[Any]]) -> dict[Cell, int]:
    return {(operation, status, code): count for operation, status, code, count in cells}


class _Reading:
    """Reads states of a world, whatever of them can still be read."""

    def __init__(self, where: str, context: ControlContext) -> None:
        self.misfits: list[Misfit] = []
        self._where = where
        self._context = context

    def state(self, document: Document, place: str = "") -> State | None:
        """Return the state of a document; None where nothing of it can be read."""
        while True:
            try:
                state = self._context.reader.read_unjudged(document, self._context.seed.state)
            except StateFaults as found:
                if not self._left_out(document, found.faults, place):
                    return None
            else:
                for collection, object_id, steps, text in self._context.reader.breaches(state):
                    if not self._of_the_seed(state, collection, object_id):
                        self._note(place + pointer(collection, object_id, *steps), f"breaks the contract: {text}")
                return state

    def _of_the_seed(self, state: State, collection: str, object_id: str) -> bool:
        """Whether an object is one of the seed data, of which it is said once what breaks the contract."""
        ours, seeds = getattr(state, collection), getattr(self._context.seed.state, collection)
        return ours.get(object_id) is seeds.get(object_id)

    def _left_out(self, document: Document, faults: Mapping[str, str], place: str) -> bool:
        """Take every object with a fault out of the document; whether there was any."""
        found = False
        for where, text in faults.items():
            if _without(document, where):
                found = True
                self._note(place + where, f"is left out: {text}")
        if not found:
            (where, text), *_ = faults.items()
            self._note(place + where, f"cannot be read, so the world begins anew: {text}")
        return found

    def _note(self, where: str, text: str) -> None:
        self.misfits.append(Misfit(self._where, where, text))


def _without(document: Document, where: str) -> bool:
    """Remove the object at a JSON pointer or around it; whether there is one."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in where.split("/")[1:]]
    depth = _DEPTHS.get(steps[0] if steps else "", 0)
    if not depth or len(steps) <= depth:
        return False
    holder = document
    for step in steps[:depth]:
        holder = holder.get(step, {})
    return holder.pop(steps[depth], None) is not None
