"""Defects of new packs."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from mock_server.deviations import deviation
from mock_server.deviations.memory import Memory
from mock_server.deviations.outcomes import (
    Outcome,
    with_meta,
    with_new_pack,
    with_prepare,
    with_reply,
    with_transition,
)
from mock_server.errors import PackExists
from mock_server.pipeline.hooks import Seams
from mock_server.resources.models import Pack
from mock_server.resources.operation import Prepare, Reply, Request, Transition
from mock_server.resources.packs.pack_yaml import MANIFEST
from mock_server.state.state import State

_UPLOAD = ("packs.upload",)
_BOTH = ("packs.create", "packs.upload")


@deviation("creation-shared-at-once", "CREATE-VISIBILITY", on=_BOTH)
def shared_at_once(seams: Seams) -> Seams:
    """A new pack is visible to every org unless the request says otherwise."""

    def spoilt(right: Transition, state: State, request: Request) -> Outcome:
        return right(state, request._replace(body={"visibility": "community", **request.body}))

    return with_transition(seams, spoilt)


@deviation("creation-part-ignored", "CREATE-VISIBILITY", on=_UPLOAD)
def part_ignored(seams: Seams) -> Seams:
    """The visibility that an upload sends is not looked at."""
    return with_new_pack(seams, lambda pack, _request: replace(pack, visibility="org"))


@deviation("creation-name-taken-elsewhere", "CREATE-NAME-PER-ORG", on=_BOTH)
def name_taken_elsewhere(seams: Seams) -> Seams:
    """A name that any org uses is taken for all."""

    def spoilt(right: Transition, state: State, request: Request) -> Outcome:
        after, outcome = right(state, request)
        made = {pack.name for key, pack in after.packs.items() if key not in state.packs}
        for pack in state.packs.values():
            if pack.name in made:
                raise PackExists(f"There is already a pack named {pack.name}.")
        return after, outcome

    return with_transition(seams, spoilt)


@deviation("creation-name-replaces", "CREATE-NAME-TAKEN", "PARALLEL-CREATES", on=_UPLOAD)
def name_replaces(seams: Seams) -> Seams:
    """An upload of a name that is taken takes the place of the pack that has it."""

    def spoilt(right: Transition, state: State, request: Request) -> Outcome:
        try:
            return right(state, request)
        except PackExists:
            name = request.body["archive"].meta.name
            return right(state.without_pack(state.pack_names[request.caller.org_id, name]), request)

    return with_transition(seams, spoilt)


@deviation("creation-description-cut", "CREATE-METADATA", on=_UPLOAD)
def description_cut(seams: Seams) -> Seams:
    """Of a description of more than 255 characters the rest is lost when a pack is uploaded."""

    def cut(pack: Pack, _request: Request) -> Pack:
        description = pack.image.meta.description
        return with_meta(pack, description=description and description[:255])

    return with_new_pack(seams, cut)


@deviation("creation-display-name-sentence", "CREATE-DISPLAY-NAME", on=_BOTH)
def display_name_sentence(seams: Seams) -> Seams:
    """A display name that is made of the name has its first part capitalised only."""

    def sentence(pack: Pack, _request: Request) -> Pack:
        meta = pack.image.meta
        parts = [part[:1].upper() + part[1:] for part in meta.name.split("-")]
        own = meta.display_name != " ".join(parts)
        return pack if own else with_meta(pack, display_name=" ".join([*parts[:1], *meta.name.split("-")[1:]]))

    return with_new_pack(seams, sentence)


@deviation("creation-origin-answered", "CREATE-ORIGIN", "CREATE-READABLE", on=_UPLOAD)
def origin_answered(seams: Seams) -> Seams:
    """The answer to an upload says that the pack was made of an image in a registry."""
    return with_reply(
        seams, lambda reply, _state, _request: reply._replace(body={**reply.body, "image_origin": "image_ref"})
    )


@deviation("creation-listed-late", "CREATE-READABLE", on=("packs.list",))
def listed_late(seams: Seams) -> Seams:
    """The first list after a pack was made does not have it yet, from a replica that lags behind."""
    memory = Memory()

    def change(reply: Reply, _state: State, request: Request) -> Reply:
        replica: set[str] = memory.here.get(request.caller.org_id, {each["id"] for each in reply.body["packs"]})
        memory.here[request.caller.org_id] = {each["id"] for each in reply.body["packs"]}
        return reply._replace(body={"packs": [each for each in reply.body["packs"] if each["id"] in replica]})

    return memory.kept(with_reply(seams, change))


@deviation("creation-size-without-manifest", "CREATE-SIZE", on=_UPLOAD)
def size_without_manifest(seams: Seams) -> Seams:
    """The size of an uploaded pack does not count its pack.yaml."""

    def smaller(pack: Pack, _request: Request) -> Pack:
        size = pack.image.size_bytes - len(pack.image.files[MANIFEST].data)
        return replace(pack, image=replace(pack.image, size_bytes=size))

    return with_new_pack(seams, smaller)


@deviation("creation-digest-of-archive", "CREATE-DIGEST", on=_UPLOAD)
def digest_of_archive(seams: Seams) -> Seams:
    """The digest of an uploaded pack is that of the archive's bytes, whatever the order and times in it."""

    async def spoilt(right: Prepare, request: Request) -> Request:
        digest = f"sha256:{sha256(request.body['archive']).hexdigest()}"
        prepared = await right(request)
        return prepared._replace(body={**prepared.body, "archive": replace(prepared.body["archive"], digest=digest)})

    return with_prepare(seams, spoilt)
