"""Defects of requests that are under way at the same time. A barrier widens the race, so that it is always lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from mock_server.deviations import deviation
from mock_server.errors import ApiError
from mock_server.models import Pack
from mock_server.operations import Handler, Reply, Request
from mock_server.seams import Seams
from mock_server.state import State

_BARRIER_S = 0.1
"""How long a request is held, so that those sent with it arrive before it goes on."""

Forget = Callable[[State, str, Pack | None], State]


def _as_it_arrived(seams: Seams, operations: frozenset[str], forget: Forget) -> Seams:
    """The seams in which these operations go by the packs as they were when the request arrived.

    `forget` is given the state, the id of a pack that another request changed meanwhile, and that pack
    as it was before (None: it was not there).
    """
    under_way: dict[int, dict[str, Pack | None]] = {}

    def changed(name: str, handler: Handler) -> Handler:
        if name not in operations:
            return handler

        async def prepare(request: Request) -> Request:
            prepared = await handler.prepare(request) if handler.prepare else replace(request)
            under_way[id(prepared)] = {}
            await asyncio.sleep(_BARRIER_S)
            return prepared

        def transition(state: State, request: Request) -> tuple[State, Reply | ApiError]:
            for pack_id, before in under_way.pop(id(request)).items():
                state = forget(state, pack_id, before)
            after, outcome = handler.transition(state, request)
            pack_id = request.path.get("id") or (outcome.body["id"] if isinstance(outcome, Reply) else "")
            for missed in under_way.values():
                missed.setdefault(pack_id, state.packs.get(pack_id))
            return after, outcome

        return Handler(transition, prepare)

    return seams.with_handler(changed)


@deviation("parallel-name-taken-twice", "PARALLEL-CREATES")
def name_taken_twice(seams: Seams) -> Seams:
    """Of two creations of one name that are under way at once both are made."""

    def unnamed(state: State, pack_id: str, before: Pack | None) -> State:
        made = state.packs.get(pack_id)
        if before is not None or made is None:
            return state
        return replace(state, pack_names=state.pack_names.discard((made.org_id, made.name)))

    return _as_it_arrived(seams, frozenset({"packs.create", "packs.upload"}), unnamed)


@deviation("parallel-write-lost", "PARALLEL-WRITES")
def write_lost(seams: Seams) -> Seams:
    """A write takes back what another one, under way at the same time, did to the same pack."""

    def taken_back(state: State, _pack_id: str, before: Pack | None) -> State:
        return state if before is None else state.with_pack(before)

    return _as_it_arrived(seams, frozenset({"packs.update_visibility", "packs.replace_file"}), taken_back)
