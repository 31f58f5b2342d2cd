"""Handing the worlds of one process over to the next, whose contract, seed data and code may differ."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from time import monotonic, perf_counter
from typing import Any

import orjson
from msgspec import to_builtins
from msgspec.json import decode
from msgspec.structs import asdict
from rpds import HashTrieMap

from mock_server.control import ControlContext
from mock_server.server.reload.documents import Document, HandedOver, WorldDocument
from mock_server.server.reload.journals import EntryWriter, earliest_kept, resume
from mock_server.state import portable
from mock_server.state.clock import timestamp
from mock_server.state.collection import steps_of
from mock_server.state.portable import Difference, StateProblems, pointer, records_of, sections_of, written
from mock_server.state.records import RecordProblem
from mock_server.state.state import State
from mock_server.state.value import replace
from mock_server.worlds.snapshots import Snapshot
from mock_server.worlds.world import Cell, World

MOST_ENTRIES = 20_000
"""Of all journals together: a reload is to take seconds at most."""
_SLICE_S = 0.004
"""So long what is prepared may keep requests waiting."""
_REST_S = 0.001
_FEW = 200
_MOST_PREPARED_S = 10.0


class LeftOut(str):
    """A text about what no longer fits, and was left out."""

    __slots__ = ()


async def prepare(context: ControlContext, writer: EntryWriter, *, most_entries: int = MOST_ENTRIES) -> None:
    """Write entries of journals beforehand, beside what else there is to do, until few come meanwhile, or no fewer."""
    until = monotonic() + _MOST_PREPARED_S
    count, enough = 0, False
    while not enough:
        before, count = count, 0
        after, begun = earliest_kept(context.worlds, most_entries), perf_counter()
        for world in list(context.worlds):
            for _ in writer.prepare(world, after):
                count += 1
                if perf_counter() - begun > _SLICE_S:
                    await asyncio.sleep(_REST_S)
                    begun = perf_counter()
                if monotonic() > until:
                    return
        enough = count < _FEW or count > before / 2 > 0


def handed_over(
    context: ControlContext, writer: EntryWriter | None = None, *, most_entries: int = MOST_ENTRIES
) -> bytes:
    """Return all worlds of a server, the seed data that they began with, and the newest entries of all journals."""
    worlds = with_journals(context, writer, most_entries=most_entries)
    lines = b",".join(rendered(each, context) for each in worlds)
    return b'{"digest":"%b","seed":%b,"worlds":[%b]}' % (context.digest.encode(), seed_of(context), lines)


def seed_of(context: ControlContext) -> bytes:
    """Return the seed data as JSON, on one line."""
    return orjson.dumps(portable.document(context.seed.state), option=orjson.OPT_SORT_KEYS)


def with_journals(
    context: ControlContext, writer: EntryWriter | None = None, *, most_entries: int = MOST_ENTRIES
) -> Iterator[Document]:
    """Yield what each world holds, with its entries among the newest of all journals."""
    after = earliest_kept(context.worlds, most_entries)
    writer = writer or EntryWriter(context.presenter)
    for world in context.worlds:
        yield document_of(world, writer.journal(world, after))


def document_of(world: World, journal: Document) -> Document:
    """Return what a world holds, and its journal; its states, which never change, are still to be rendered."""
    return {
        "name": world.name,
        "state": None if world.untouched else world.state,
        "highest": dict(world.state.highest_ids()),
        "transient": {name: records_of(world.state, name) for name in _transient(world.state)},
        "faults": [asdict(fault) for fault in world.faults.armed],
        "last_fault": world.faults.last,
        "requests": world.requests,
        "reads_by_console": world.reads_by_console,
        "journal": journal,
        "met": [[*cell, count] for cell, count in world.coverage.items()],
        "met_by_console": [[*cell, count] for cell, count in world.coverage_by_console.items()],
        "snapshots": [
            {"name": kept.name, "taken_at": timestamp(kept.taken_at), "state": kept.state}
            for kept in world.snapshots.values()
        ],
        "began": timestamp(world.began),
        "resumed": to_builtins(world.resumed),
    }


def rendered(document: Document, context: ControlContext) -> bytes:
    """Return what a world holds as JSON, on one line; of its states, what differs from the seed data."""
    return orjson.dumps(document, default=context.differences.of)


def _transient(state: State) -> list[str]:
    """The names of the collections that are in no document of the state."""
    return [each.name for each in state.collections if each.transient]


def take_over(content: bytes, context: ControlContext) -> list[str]:
    """Let a new server go on with the worlds of the one before; return a text about each place that no longer fits.

    What a world had not touched follows the seed data, as it is now. What breaks the contract is kept;
    what cannot be read any more is left out.
    """
    left = decode(content, type=HandedOver)
    return [*seed_misfits(context), *take_worlds(left.seed, left.worlds, context, exact=left.digest == context.digest)]


def seed_misfits(context: ControlContext) -> Iterator[str]:
    """Yield a text about each place of the seed data that breaks the contract."""
    for collection, key, steps, text in context.reader.breaches(context.seed.state):
        yield f"the seed data: {pointer(collection, *steps_of(key), *steps)}: breaks the contract: {text}"


def take_worlds(
    seed: Document, worlds: Iterable[WorldDocument], context: ControlContext, *, exact: bool
) -> Iterator[str]:
    """Put each world in its place, which began with these seed data, and yield what no longer fits.

    `exact`: seed data and contract are the same as then, so that no more is read than what a world differs in.
    """
    follow = _Follower(seed, context.seed.state)
    for each in worlds:
        yield from _taken(each, context, follow, exact=exact)


class _Follower:
    """Brings the seed data as they are now to a world that began with earlier ones."""

    def __init__(self, before: Document, seed: State) -> None:
        self._now: Document = orjson.loads(written(seed))
        self._began_with = before
        self._before = self.in_step(before)
        self._depths = {each.name: each.depth for each in seed.collections if not each.transient}
        self._sections = [each.name for each in sections_of(seed.collections)]

    def in_step(self, document: Document) -> Document:
        """Return the document with the members that a state of today has, and no others."""
        return {name: document.get(name, default) for name, default in self._now.items()}

    def whole(self, earlier: Difference) -> Document:
        """Return the document of a state as it was, with the members that a state of today has."""
        return self.in_step(earlier.whole(self._began_with))

    def __call__(self, earlier: Difference) -> Document:
        """Return the world's document: each object as the world changed it, else as it is in the seed data now."""
        world = self.whole(earlier)
        followed = {
            name: _merged(world[name], self._before[name], self._now[name], depth)
            for name, depth in self._depths.items()
        }
        shared = {name: {**world[name], **self._now[name]} for name in self._sections}
        return {**world, **followed, **shared}


def _merged(world: Any, before: Any, now: Any, depth: int) -> Any:
    if depth == 0:
        return now if world == before else world
    world, before, now = world or {}, before or {}, now or {}
    merged = {
        key: _merged(world.get(key), before.get(key), now.get(key), depth - 1)
        for key in dict.fromkeys([*now, *world, *before])
    }
    return {key: value for key, value in merged.items() if value is not None and (value != {} or depth == 1)}


def _taken(kept: WorldDocument, context: ControlContext, follow: _Follower, *, exact: bool) -> Iterator[str]:
    """Put one world in its place, and yield what no longer fits."""
    world = context.worlds.get(kept.name)
    reading = _Reading(f"the world {world.name}", context)
    state: State | None = world.state
    if kept.state is not None:
        same = context.differences.read(kept.state) if exact else None
        state = same or reading.state(follow(kept.state))
    for snapshot in kept.snapshots:
        same = context.differences.read(snapshot.state) if exact else None
        earlier = same or reading.state(follow.whole(snapshot.state), f"/snapshots/{snapshot.name}")
        if earlier is not None:
            world.snapshots.keep(Snapshot(snapshot.name, snapshot.taken_at, earlier))
    world.resume(
        reading.with_transient(replace(state or world.state, highest=HashTrieMap(kept.highest)), kept.transient),
        requests=kept.requests,
        reads_by_console=kept.reads_by_console,
        coverage=_counts(kept.met),
        coverage_by_console=_counts(kept.met_by_console),
    )
    world.began, world.resumed = kept.began, kept.resumed
    resume(world.journal, kept.journal, None if state is None else world.state)
    for fault in kept.faults:
        world.faults.add(fault)
    world.faults.last = kept.last_fault
    yield from reading.misfits


def _counts(cells: list[tuple[str, int, str | None, int]]) -> dict[Cell, int]:
    return {(operation, status, code): count for operation, status, code, count in cells}


class _Reading:
    """Reads what can still be read of the states of a world."""

    def __init__(self, where: str, context: ControlContext) -> None:
        self.misfits: list[str] = []
        self._where = where
        self._context = context

    def state(self, document: Document, place: str = "") -> State | None:
        """Return the state of a document; None where nothing of it can be read."""
        while True:
            try:
                state = self._context.reader.read_unjudged(document, self._context.seed.state)
            except StateProblems as found:
                if not self._left_out(document, found.problems, place):
                    return None
            else:
                for collection, key, steps, text in self._context.reader.breaches(state):
                    seed = self._context.seed.state.tables[collection].objects.get(key)  # of those it is said once
                    if state.tables[collection].objects[key] is not seed:
                        where = pointer(collection, *steps_of(key), *steps)
                        self._note(place + where, f"breaks the contract: {text}")
                return state

    def with_transient(self, state: State, records: Document) -> State:
        """Return the state with the objects of its transient collections that can still be read."""
        for collection in state.collections:
            for key, record in records.get(collection.name, {}).items() if collection.transient else ():
                with suppress(RecordProblem, TypeError):
                    state = state.put(collection, collection.read(key, record, lambda *_: None))
        return replace(state, touched=None)

    def _left_out(self, document: Document, problems: Mapping[str, str], place: str) -> bool:
        """Take every object with a problem out of the document, and return whether there was any."""
        depths = {each.name: each.depth for each in self._context.seed.state.collections}
        found = False
        for where, text in problems.items():
            if _without(document, where, depths):
                found = True
                self._leave_out(place + where, f"is left out: {text}")
        if not found:
            (where, text), *_ = problems.items()
            self._leave_out(place + where, f"cannot be read, so the world begins anew: {text}")
        return found

    def _note(self, where: str, text: str) -> None:
        self.misfits.append(f"{self._where}: {where}: {text}")

    def _leave_out(self, where: str, text: str) -> None:
        self.misfits.append(LeftOut(f"{self._where}: {where}: {text}"))


def _without(document: Document, where: str, depths: Mapping[str, int]) -> bool:
    """Remove the object at a JSON pointer or around it, and return whether there was one."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in where.split("/")[1:]]
    depth = depths.get(steps[0] if steps else "", 0)
    if not depth or len(steps) <= depth:
        return False
    holder = document
    for step in steps[:depth]:
        holder = holder.get(step, {})
    return holder.pop(steps[depth], None) is not None
