"""Defects of new packs."""

from __future__ import annotations

from hashlib import sha256

from mock_server.deviations import deviation
from mock_server.deviations.memory import Notes, remembering
from mock_server.deviations.operations import CREATE, LIST, UPLOAD
from mock_server.deviations.outcomes import (
    Outcome,
    with_meta,
    with_new_pack,
    with_prepare,
    with_reply,
    with_transition,
)
from mock_server.errors import PackExists
from mock_server.resources.operation import Prepare, Reply, Request, Transition
from mock_server.resources.packs.pack import PACKS, Pack, without_pack
from mock_server.resources.packs.pack_yaml import MANIFEST
from mock_server.state.state import State
from mock_server.state.value import replace


@deviation("creation-shared-at-once", "CREATE-VISIBILITY", on=CREATE + UPLOAD, plant=with_transition)
def shared_at_once(right: Transition, state: State, request: Request) -> Outcome:
    """A new pack is visible to every org unless the request says otherwise."""
    return right(state, request._replace(body={"visibility": "community", **request.body}))


@deviation("creation-part-ignored", "CREATE-VISIBILITY", on=UPLOAD, plant=with_new_pack)
def part_ignored(pack: Pack, _request: Request) -> Pack:
    """The visibility that an upload sends is not looked at."""
    return replace(pack, visibility="org")


@deviation("creation-name-taken-elsewhere", "CREATE-NAME-PER-ORG", on=CREATE + UPLOAD, plant=with_transition)
def name_taken_elsewhere(right: Transition, state: State, request: Request) -> Outcome:
    """A name that any org uses is taken for all."""
    after, outcome = right(state, request)
    made = {pack.name for key, pack in after.all(PACKS).items() if key not in state.all(PACKS)}
    for pack in state.all(PACKS).values():
        if pack.name in made:
            raise PackExists(f"There is already a pack named {pack.name}.")
    return after, outcome


@deviation("creation-name-replaces", "CREATE-NAME-TAKEN", "PARALLEL-CREATES", on=UPLOAD, plant=with_transition)
def name_replaces(right: Transition, state: State, request: Request) -> Outcome:
    """An upload of a name that is taken takes the place of the pack that has it."""
    try:
        return right(state, request)
    except PackExists:
        name = request.body["archive"].meta.name
        [taken] = state.where(PACKS, org_id=request.caller.org_id, name=name)
        return right(without_pack(state, taken.id), request)


@deviation("creation-description-cut", "CREATE-METADATA", on=UPLOAD, plant=with_new_pack)
def description_cut(pack: Pack, _request: Request) -> Pack:
    """Of a description of more than 255 characters the rest is lost when a pack is uploaded."""
    description = pack.image.meta.description
    return with_meta(pack, description=description and description[:255])


@deviation("creation-display-name-sentence", "CREATE-DISPLAY-NAME", on=CREATE + UPLOAD, plant=with_new_pack)
def display_name_sentence(pack: Pack, _request: Request) -> Pack:
    """A display name that is made of the name has its first part capitalised only."""
    meta = pack.image.meta
    parts = [part[:1].upper() + part[1:] for part in meta.name.split("-")]
    own = meta.display_name != " ".join(parts)
    return pack if own else with_meta(pack, display_name=" ".join([*parts[:1], *meta.name.split("-")[1:]]))


@deviation("creation-origin-answered", "CREATE-ORIGIN", "CREATE-READABLE", on=UPLOAD, plant=with_reply)
def origin_answered(reply: Reply, _state: State, _request: Request) -> Reply:
    """The answer to an upload says that the pack was made of an image in a registry."""
    return reply._replace(body={**reply.body, "image_origin": "image_ref"})


@deviation("creation-listed-late", "CREATE-READABLE", on=LIST, plant=remembering(with_reply))
def listed_late(notes: Notes, reply: Reply, _state: State, request: Request) -> Reply:
    """The first list after a pack was made does not have it yet, from a replica that lags behind."""
    replica: set[str] = notes.get(request.caller.org_id, {each["id"] for each in reply.body["packs"]})
    notes[request.caller.org_id] = {each["id"] for each in reply.body["packs"]}
    return reply._replace(body={"packs": [each for each in reply.body["packs"] if each["id"] in replica]})


@deviation("creation-size-without-manifest", "CREATE-SIZE", on=UPLOAD, plant=with_new_pack)
def size_without_manifest(pack: Pack, _request: Request) -> Pack:
    """The size of an uploaded pack does not count its pack.yaml."""
    size = pack.image.size_bytes - len(pack.image.files[MANIFEST].data)
    return replace(pack, image=replace(pack.image, size_bytes=size))


@deviation("creation-digest-of-archive", "CREATE-DIGEST", on=UPLOAD, plant=with_prepare)
async def digest_of_archive(right: Prepare, request: Request) -> Request:
    """The digest of an uploaded pack is that of the archive's bytes, whatever the order and times in it."""
    digest = f"sha256:{sha256(request.body['archive']).hexdigest()}"
    prepared = await right(request)
    return prepared._replace(body={**prepared.body, "archive": replace(prepared.body["archive"], digest=digest)})
