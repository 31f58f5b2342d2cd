"""Defects of requests that run at the same time, made certain by a barrier."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import MappingProxyType
from typing import Any

from benchmarks.planted_defects.effects.members import with_another_role
from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.workspaces import taken_for
from benchmarks.planted_defects.scene import Json, Scene, pack_files, read_status
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.deviation import Plan
from mock_server.deviations.planting.memory import Notes, read_notes
from mock_server.deviations.planting.wrong_operations import Outcome, Run
from mock_server.operation import Handler, Reply, Request
from mock_server.resources.packs.pack import PACKS
from mock_server.resources.providers import PROVIDERS
from mock_server.state.collection import Collection
from mock_server.state.state import State
from mock_server.state.value import replace

defect = Declarer(__name__)

_PATIENCE_S = 0.03  # the longest wait for a second request
Missed = dict[str, Any]
"""The objects that other requests changed since one arrived, as they were then; None for one that was not there."""
Forget = Callable[[State, Missed], State]


async def meet(notes: Notes) -> bool:
    """Wait until another request of the world comes, or for the longest wait; return whether one came."""
    waiting: asyncio.Event | None = notes.pop("waiting", None)
    if waiting is not None:
        waiting.set()
        return True
    notes["waiting"] = come = asyncio.Event()
    with suppress(TimeoutError):
        await asyncio.wait_for(come.wait(), _PATIENCE_S)
    if notes.get("waiting") is come:
        del notes["waiting"]
    return come.is_set()


def _as_of_arrival(collection: Collection[Any], forget: Forget) -> Plan:
    """Plan that requests use the objects of a collection as they were when they arrived."""

    def changed(_name: str, handler: Handler) -> Handler:
        async def prepare(request: Request) -> Request:
            prepared = await handler.prepare(request) if handler.prepare else request
            notes = read_notes(forget)
            notes.setdefault("under way", {})[id(prepared.body)] = {}
            await meet(notes)
            return prepared

        def transition(state: State, request: Request) -> Outcome:
            under_way: dict[int, Missed] = read_notes(forget)["under way"]
            own = request.path.get("id")
            missed = under_way.pop(id(request.body))
            seen = {object_id: value for object_id, value in missed.items() if own in (None, object_id)}
            arrived = forget(state, seen)
            after, outcome = handler.transition(arrived, request)
            object_id = own or (outcome.body["id"] if isinstance(outcome, Reply) else "")
            for others in under_way.values():
                others.setdefault(object_id, arrived.all(collection).get(object_id))
            return after, outcome

        return Handler(transition, prepare)

    return lambda hooks: hooks.with_handler(changed)


_as_it_arrived = partial(_as_of_arrival, PACKS)


def _names_of_missed_free(state: State, collection: Collection[Any], missed: Missed) -> State:
    """Return the state in which the names of what was made meanwhile are not known to be taken."""
    for object_id, before in missed.items():
        made = state.get(collection, object_id)
        if before is None and made is not None:
            table = state.tables[collection.name]
            names = table.entries[0].discard((made.org_id, made.name))
            wrong = replace(table, entries=(names, *table.entries[1:]))
            state = replace(state, tables=MappingProxyType({**state.tables, collection.name: wrong}))
    return state


def _frees_names_of_missed(collection: Collection[Any]) -> Plan:
    """Plan that a name that another request, under way at once, has taken is free still."""
    return _as_of_arrival(collection, lambda state, missed: _names_of_missed_free(state, collection, missed))


def _where_met(refusal: type[errors.ApiError], wrong: Callable[[Run], Outcome]) -> Plan:
    """Plan that something is done in the place of a refusal where two requests are under way at once."""

    def changed(name: str, handler: Handler) -> Handler:
        async def prepare(request: Request) -> Request:
            prepared = await handler.prepare(request) if handler.prepare else request
            notes = read_notes(wrong)
            if await meet(notes):
                notes.setdefault("met", Counter())[id(prepared.body)] += 1
            return prepared

        def transition(state: State, request: Request) -> Outcome:
            met: Counter[int] = read_notes(wrong).get("met", Counter())
            try:
                return handler.transition(state, request)
            except refusal:
                if not met[id(request.body)]:
                    raise
                return wrong(Run(name, handler.transition, state, request))
            finally:
                met[id(request.body)] -= 1 if met[id(request.body)] else 0

        return Handler(transition, prepare)

    return lambda hooks: hooks.with_handler(changed)


PAGER, MEMBERS = "/packs/pack_acme_pager", "/orgs/org_acme/memberships"
GUIDE = f"{PAGER}/files/guides/escalation.md"
PROVIDER = {"name": "twice", "kind": "openai", "domain": "api.twice.example"}
SHARE: tuple[str, str, Json] = ("PATCH", PAGER, {"json": {"visibility": "community"}})


def twice(scene: Scene, method: str, path: str, **options: Any) -> list[str]:
    """Return what two requests that are alike and under way at once are answered."""
    return sorted(
        read_status(answer) for answer in scene.send_at_once((method, path, options), (method, path, options))
    )


def two_owners(scene: Scene) -> list[str]:
    """Return what two owners are answered who are made members at once."""
    scene.ask("PATCH", f"{MEMBERS}/usr_acme_operator", json={"role": "owner"})
    paths = [f"{MEMBERS}/{who}" for who in ("usr_acme_owner", "usr_acme_operator")]
    return sorted(
        read_status(each)
        for each in scene.send_at_once(*(("PATCH", path, {"json": {"role": "member"}}) for path in paths))
    )


def writes_left(scene: Scene) -> int:
    """Return how many of two writes of one pack are there afterwards."""
    octets = {"content": b"new", "headers": {"Content-Type": "application/octet-stream"}}
    scene.send_at_once(SHARE, ("PUT", GUIDE, octets))
    return [scene.pack("pack_acme_pager")["visibility"] == "community", scene.get(GUIDE).content == b"new"].count(True)


defect("parallel-name-taken-twice", "PARALLEL-CREATES", on=ids.CREATE + ids.UPLOAD)(
    "Of two creations of one name that are under way at once both are made.",
    _frees_names_of_missed(PACKS),
    shown(["201", "409 pack_exists"], ["201", "201"], twice, "POST", "/packs/upload", files={"archive": pack_files()}),
)
defect("parallel-providers-of-one-name", "PARALLEL-NAMES", on=ids.CREATE_PROVIDER)(
    "Of two providers of one name that are made at once both are made.",
    _frees_names_of_missed(PROVIDERS),
    shown(["201", "409 provider_exists"], ["201", "201"], twice, "POST", "/providers", json=PROVIDER),
)
defect("parallel-owners-both-go", "PARALLEL-LAST-OWNER", on=ids.UPDATE_ROLE)(
    "Of two owners who are made members at once none is left.",
    _where_met(errors.LastOwner, with_another_role),
    shown(["200", "409 last_owner"], ["200", "200"], two_owners),
)
defect("parallel-steps-both-taken", "PARALLEL-STEPS", on=ids.STOP_WORKSPACE + ids.RESTART_WORKSPACE)(
    "Of two steps of one workspace that are taken at once both are.",
    _where_met(errors.InvalidState, lambda run: taken_for(run, status="idle")),
    shown(["200", "409 invalid_state"], ["200", "200"], twice, "POST", "/workspaces/ws_01HZ/stop"),
)


@defect("parallel-write-lost", "PARALLEL-WRITES", on=ids.PATCH + ids.REPLACE_FILE).plans(_as_it_arrived)
@shown(2, 1, writes_left)
def write_lost(state: State, missed: Missed) -> State:
    """A write takes back what another one, under way at the same time, did to the same pack."""
    for before in missed.values():
        state = state if before is None else state.put(PACKS, before)
    return state


@defect("parallel-write-refused", "PARALLEL-WRITES", on=ids.PATCH).plans(_as_it_arrived)
@shown(["200", "200"], ["200", "409 pack_in_use"], twice, *SHARE[:2], **SHARE[2])
def write_refused(state: State, missed: Missed) -> State:
    """Of two changes of who sees a pack that are under way at once the second is a 409."""
    if any(before is not None for before in missed.values()):
        raise errors.PackInUse("The pack is being changed.", details={"roles": 1})
    return state
