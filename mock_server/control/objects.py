"""Control calls for the console: the orgs of a world, and its packs as a viewer sees them."""

from __future__ import annotations

import asyncio
from typing import Any

from mock_server.control import ControlContext, control
from mock_server.control.errors import CollectionUnknown, OrgNotFound
from mock_server.control.similar_names import named
from mock_server.resources.agent_roles import ROLES
from mock_server.resources.operation import Reply, Request
from mock_server.resources.orgs import ORGS
from mock_server.resources.packs.pack import PACKS, Pack, pack_view, visible
from mock_server.state.clock import timestamp
from mock_server.state.collection import Collection, steps_of
from mock_server.state.state import State


@control("orgs.list")
async def orgs(context: ControlContext, request: Request) -> Reply:
    """Return the orgs with the posture that each has now."""
    world = context.world(request)
    now = world.now()
    shown = [
        {
            "id": org.id,
            "name": org.name,
            "posture": org.posture(now),
            "trial_ends_at": timestamp(org.trial_ends_at) if org.trial_ends_at else None,
        }
        for org in world.state.where(ORGS)
    ]
    return Reply(200, {"orgs": shown})


@control("world_packs.list")
async def packs(context: ControlContext, request: Request) -> Reply:
    """Return every pack as its owner sees it, with the fields hidden from an org; raises OrgNotFound."""
    state, viewer = context.world(request).state, request.query["viewer"]
    named("org", viewer, state.all(ORGS), OrgNotFound)
    shown = [_shown(state, pack, viewer) for pack in state.where(PACKS)]
    return Reply(200, {"packs": shown})


@control("world_collections.list")
async def collections(context: ControlContext, request: Request) -> Reply:
    """Return how many objects each collection holds, and the records of one; CollectionUnknown for an unknown one."""
    state = context.world(request).state
    told = {each.name: each for each in state.collections if not each.transient}
    name = request.query.get("name")
    if name is not None:
        named("collection", name, told, CollectionUnknown)
    counts = [{"name": each.name, "count": len(state.all(each))} for each in told.values()]
    shown = [] if name is None else await asyncio.to_thread(_records, state, told[name])
    return Reply(200, {"collections": counts, "objects": shown})


def _records(state: State, collection: Collection[Any]) -> list[dict[str, Any]]:
    return [
        {"key": list(steps_of(key)), "record": collection.record(value)}
        for key, value in sorted(state.all(collection).items())
    ]


def _shown(state: State, pack: Pack, viewer: str) -> dict[str, Any]:
    whole = pack_view(pack, pack.org_id or "")
    seen = pack_view(pack, viewer) if visible(pack, viewer) else {}
    return {
        "id": pack.id,
        "owner": pack.org_id,
        "visible": visible(pack, viewer),
        "pack": whole,
        "hidden": sorted(set(whole) - set(seen)),
        "roles": [
            {"id": role.id, "org_id": role.org_id, "name": role.name, "archived": role.archived_at is not None}
            for role in state.where(ROLES, pack_ids=pack.id)
        ],
        "files": [{"path": path, "bytes": len(blob.data)} for path, blob in sorted(pack.image.files.items())],
    }
