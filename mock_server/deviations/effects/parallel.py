"""Defects of requests that run at the same time, made certain by a barrier."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from types import MappingProxyType

from mock_server.deviations.planting.deviation import Planter
from mock_server.deviations.planting.ids import CREATE, PATCH, REPLACE_FILE, UPLOAD
from mock_server.deviations.planting.memory import Notes, notes_of
from mock_server.deviations.planting.operations import Outcome
from mock_server.errors import PackInUse
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.operation import Handler, Reply, Request
from mock_server.resources.packs.pack import PACKS, Pack
from mock_server.state.state import State
from mock_server.state.value import replace

_PATIENCE_S = 0.03  # the longest wait for a second request

Missed = dict[str, Pack | None]
"""The packs that other requests changed since one arrived, as they were then; None for a pack that was not there."""
Forget = Callable[[State, Missed], State]


async def _meet(notes: Notes) -> None:
    """Wait until another request of the world comes, or for the longest wait."""
    waiting: asyncio.Event | None = notes.pop("waiting", None)
    if waiting is not None:
        waiting.set()
        return
    notes["waiting"] = come = asyncio.Event()
    with suppress(TimeoutError):
        await asyncio.wait_for(come.wait(), _PATIENCE_S)
    if notes.get("waiting") is come:
        del notes["waiting"]


@Planter
def _as_it_arrived(hooks: Hooks, forget: Forget) -> Hooks:
    """Plant a request that uses the packs as they were when it arrived."""

    def changed(_name: str, handler: Handler) -> Handler:
        async def prepare(request: Request) -> Request:
            prepared = await handler.prepare(request) if handler.prepare else request
            notes = notes_of(forget)
            notes.setdefault("under way", {})[id(prepared.body)] = {}
            await _meet(notes)
            return prepared

        def transition(state: State, request: Request) -> Outcome:
            under_way: dict[int, Missed] = notes_of(forget)["under way"]
            own = request.path.get("id")
            missed = under_way.pop(id(request.body))
            seen = {pack_id: pack for pack_id, pack in missed.items() if own in (None, pack_id)}
            arrived = forget(state, seen)
            after, outcome = handler.transition(arrived, request)
            pack_id = own or (outcome.body["id"] if isinstance(outcome, Reply) else "")
            for others in under_way.values():
                others.setdefault(pack_id, arrived.all(PACKS).get(pack_id))
            return after, outcome

        return Handler(transition, prepare)

    return hooks.with_handler(changed)


def _without_name(state: State, pack: Pack) -> State:
    """Return the state in which the name of a pack is not known to be taken."""
    table = state.tables[PACKS.name]
    names = table.entries[0].discard((pack.org_id, pack.name))
    wrong = replace(table, entries=(names, *table.entries[1:]))
    return replace(state, tables=MappingProxyType({**state.tables, PACKS.name: wrong}))


@_as_it_arrived("parallel-name-taken-twice", "PARALLEL-CREATES", on=CREATE + UPLOAD)
def name_taken_twice(state: State, missed: Missed) -> State:
    """Of two creations of one name that are under way at once both are made."""
    for pack_id, before in missed.items():
        made = state.get(PACKS, pack_id)
        if before is None and made is not None:
            state = _without_name(state, made)
    return state


@_as_it_arrived("parallel-write-lost", "PARALLEL-WRITES", on=PATCH + REPLACE_FILE)
def write_lost(state: State, missed: Missed) -> State:
    """A write takes back what another one, under way at the same time, did to the same pack."""
    for before in missed.values():
        state = state if before is None else state.put(PACKS, before)
    return state


@_as_it_arrived("parallel-write-refused", "PARALLEL-WRITES", on=PATCH)
def write_refused(state: State, missed: Missed) -> State:
    """Of two changes of who sees a pack that are under way at once the second is a 409."""
    if any(before is not None for before in missed.values()):
        raise PackInUse("The pack is being changed.", details={"roles": 1})
    return state
