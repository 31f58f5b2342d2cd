"""Control calls on the objects of a world: orgs and their billing, packs, registry images, any collection."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, TypeVar

from mock_server.control import ControlContext, control
from mock_server.control.errors import CollectionUnknown, OrgNotFound, require_named
from mock_server.control.states.access_states import with_posture
from mock_server.control.states.pack_states import read_reference
from mock_server.declared.resource_types import KEYWORD
from mock_server.errors import ValidationFailed
from mock_server.operation import Reply, Request
from mock_server.resources.agent_roles.role import ROLES
from mock_server.resources.orgs import ORGS
from mock_server.resources.packs.archive import read_image
from mock_server.resources.packs.pack import PACKS, Pack, is_visible, show_pack_fields
from mock_server.resources.packs.pack_yaml import ContentError
from mock_server.resources.packs.registry import with_image
from mock_server.state.clock import write_timestamp
from mock_server.state.collection import Collection, list_steps
from mock_server.state.state import State

T = TypeVar("T")


def require_product(context: ControlContext, what: str) -> None:
    """Raise CollectionUnknown where the mock serves the contract of another API, which has no such thing."""
    if PACKS.name not in context.seed.state.tables:
        raise CollectionUnknown(f"{context.api.name} is the contract of another API, which has no {what}.")


@control("orgs.list")
async def list_orgs(context: ControlContext, request: Request) -> Reply:
    """Return the orgs with the posture that each has now."""
    world = context.find_world(request)
    now = world.read_clock()
    shown = [
        {
            "id": org.id,
            "name": org.name,
            "posture": org.find_posture(now),
            "trial_ends_at": write_timestamp(org.trial_ends_at) if org.trial_ends_at else None,
        }
        for org in world.state.select(ORGS)
    ]
    return Reply(200, {"orgs": shown})


@control("billing.replace")
async def replace_billing(context: ControlContext, request: Request) -> Reply:
    """Give an org a billing posture; OrgNotFound where there is no such org."""
    world = context.find_world(request)
    org = require_named("org", request.path["org_id"], world.state.all(ORGS), OrgNotFound)
    changed = with_posture(org, request.body["posture"], world.read_clock())
    world.commit(world.state.put(ORGS, changed))
    return Reply(200, {"posture": changed.find_posture(world.read_clock())})


@control("images.replace")
async def replace_image(context: ControlContext, request: Request) -> Reply:
    """Put an image into the registry, under the reference in the path.

    Raises ValidationFailed on `image_ref` for a text that is no reference or has another digest, on `body` for
    content that is no archive of a pack; MemoryFull where the image does not fit.
    """
    require_product(context, "images")
    image_ref = request.path["image_ref"]
    reference = read_reference(image_ref, "image_ref")
    limits = context.contract.archive
    try:
        image = await read_image(request.body, limits)
    except ContentError as problem:
        raise ValidationFailed(fields={"body": str(problem)}) from problem
    if reference.digest not in {None, image.digest}:
        raise ValidationFailed(fields={"image_ref": f"The digest of the image is {image.digest}."})
    world = context.find_world(request)
    context.commit(world, with_image(world.state, image_ref, image))
    return Reply(200, {"image_ref": image_ref, "image_digest": image.digest})


@control("world_packs.list")
async def list_packs(context: ControlContext, request: Request) -> Reply:
    """Return the packs as their owners see them, with the fields hidden from an org; raises OrgNotFound.

    All of them, or the part of those that a search finds which the query asks for.
    """
    state, viewer = context.find_world(request).state, request.query["viewer"]
    require_product(context, "packs")
    require_named("org", viewer, state.all(ORGS), OrgNotFound)
    owner_only = frozenset(context.document.get(KEYWORD, {}).get(PACKS.noun, {}).get("owner_only", ()))
    sought = request.query["search"].casefold()
    found = [pack for pack in state.select(PACKS) if sought in _show_text(pack)]
    seen = [pack for pack in found if is_visible(pack, viewer)]
    shown = seen if request.query["visible"] else found
    packs_shown = [_show(state, pack, viewer, owner_only) for pack in _take_part(request, shown)]
    return Reply(200, {"packs": packs_shown, "count": len(found), "visible": len(seen)})


def _show_text(pack: Pack) -> str:
    return f"{pack.id} {pack.org_id or ''} {pack.name} {pack.image.meta.display_name} {pack.image_ref}".casefold()


def _take_part(request: Request, found: Sequence[T]) -> Sequence[T]:
    """Return the part of what was found that a query asks for."""
    start, limit = request.query["offset"], request.query.get("limit")
    return found[start:] if limit is None else found[start : start + limit]


@control("world_collections.list")
async def list_collections(context: ControlContext, request: Request) -> Reply:
    """Return how many objects each collection holds, and the records of one; CollectionUnknown for an unknown one.

    All records, or the part of those that a search finds which the query asks for.
    """
    state = context.find_world(request).state
    told = {each.name: each for each in state.collections if not each.transient}
    name = request.query.get("name")
    if name is not None:
        require_named("collection", name, told, CollectionUnknown)
    counts = [
        {"name": each.name, "resource": each.noun if each.schema else None, "count": len(state.all(each))}
        for each in told.values()
    ]
    if name is None:
        return Reply(200, {"collections": counts, "objects": []})
    count, shown = await asyncio.to_thread(_find_records, state, told[name], request)
    return Reply(200, {"collections": counts, "objects": shown, "count": count})


def _find_records(state: State, collection: Collection[Any], request: Request) -> tuple[int, list[dict[str, Any]]]:
    """Return how many objects a search finds, and the records of those that are asked for."""
    found, sought = sorted(state.all(collection).items()), request.query["search"].casefold()
    if sought:
        found = [(key, value) for key, value in found if sought in str((key, collection.to_record(value))).casefold()]
    part = _take_part(request, found)
    return len(found), [{"key": list(list_steps(key)), "record": collection.to_record(value)} for key, value in part]


def _show(state: State, pack: Pack, viewer: str, owner_only: frozenset[str]) -> dict[str, Any]:
    whole = show_pack_fields(pack, pack.org_id or "")
    unseen = frozenset() if pack.org_id == viewer else owner_only if is_visible(pack, viewer) else whole.keys()
    return {
        "id": pack.id,
        "owner": pack.org_id,
        "visible": is_visible(pack, viewer),
        "pack": whole,
        "hidden": sorted(whole.keys() & unseen),
        "roles": [
            {"id": role.id, "org_id": role.org_id, "name": role.name, "archived": role.archived_at is not None}
            for role in state.select(ROLES, pack_ids=pack.id)
        ],
        "files": [{"path": path, "bytes": len(blob.data)} for path, blob in sorted(pack.image.files.items())],
    }
