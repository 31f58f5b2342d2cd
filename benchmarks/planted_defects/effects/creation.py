"""Defects of new packs."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from mock_server.deviations.planting.ids import CREATE, LIST, UPLOAD
from mock_server.deviations.planting.memory import notes_of
from mock_server.deviations.planting.operations import (
    Outcome,
    Run,
    in_place_of,
    wrong_outcome,
    wrong_preparation,
    wrong_reply,
)
from mock_server.deviations.planting.packs import View, with_meta, wrong_list, wrong_new_pack
from mock_server.errors import PackExists
from mock_server.operation import Prepare, Request
from mock_server.resources.packs.pack import PACKS, Pack, without_pack
from mock_server.resources.packs.pack_yaml import MANIFEST
from mock_server.state.value import replace


@wrong_outcome("creation-shared-at-once", "CREATE-VISIBILITY", on=CREATE + UPLOAD)
def shared_at_once(run: Run) -> Outcome:
    """A new pack is visible to every org unless the request says otherwise."""
    return run.right(run.state, run.request._replace(body={"visibility": "community", **run.request.body}))


@wrong_new_pack("creation-part-ignored", "CREATE-VISIBILITY", on=UPLOAD)
def part_ignored(pack: Pack) -> Pack:
    """The visibility that an upload sends is not looked at."""
    return replace(pack, visibility="org")


@wrong_outcome("creation-name-taken-elsewhere", "CREATE-NAME-PER-ORG", on=CREATE + UPLOAD)
def name_taken_elsewhere(run: Run) -> Outcome:
    """A name that any org uses is taken for all."""
    before = run.state.all(PACKS)
    made = {pack.name for key, pack in run.after.all(PACKS).items() if key not in before}
    if taken := [pack.name for pack in before.values() if pack.name in made]:
        raise PackExists(f"There is already a pack named {taken[0]}.")
    return run.done


@in_place_of(PackExists)("creation-name-replaces", "CREATE-NAME-TAKEN", "PARALLEL-CREATES", on=UPLOAD)
def name_replaces(run: Run, _refusal: PackExists) -> Outcome:
    """An upload of a name that is taken takes the place of the pack that has it."""
    [taken] = run.state.where(PACKS, org_id=run.org_id, name=run.request.body["archive"].meta.name)
    return run.right(without_pack(run.state, taken.id), run.request)


@wrong_new_pack("creation-description-cut", "CREATE-METADATA", on=UPLOAD)
def description_cut(pack: Pack) -> Pack:
    """Of a description of more than 255 characters the rest is lost when a pack is uploaded."""
    description = pack.image.meta.description
    return with_meta(pack, description=description and description[:255])


@wrong_new_pack("creation-display-name-sentence", "CREATE-DISPLAY-NAME", on=CREATE + UPLOAD)
def display_name_sentence(pack: Pack) -> Pack:
    """A display name that is made of the name has its first part capitalised only."""
    meta = pack.image.meta
    parts = [part[:1].upper() + part[1:] for part in meta.name.split("-")]
    own = meta.display_name != " ".join(parts)
    return pack if own else with_meta(pack, display_name=" ".join([*parts[:1], *meta.name.split("-")[1:]]))


@wrong_reply("creation-origin-answered", "CREATE-ORIGIN", "CREATE-READABLE", on=UPLOAD)
def origin_answered(body: Any, _run: Run) -> Any:
    """The answer to an upload says that the pack was made of an image in a registry."""
    return {**body, "image_origin": "image_ref"}


@wrong_list("creation-listed-late", "CREATE-READABLE", on=LIST)
def listed_late(views: list[View], run: Run) -> list[View]:
    """The first list after a pack was made does not have it yet, from a replica that lags behind."""
    notes = notes_of(listed_late)
    present: set[str] = {each["id"] for each in views}
    replica = notes.get(run.org_id, present)
    notes[run.org_id] = present
    return [each for each in views if each["id"] in replica]


@wrong_new_pack("creation-size-without-manifest", "CREATE-SIZE", on=UPLOAD)
def size_without_manifest(pack: Pack) -> Pack:
    """The size of an uploaded pack does not count its pack.yaml."""
    size = pack.image.size_bytes - len(pack.image.files[MANIFEST].data)
    return replace(pack, image=replace(pack.image, size_bytes=size))


@wrong_preparation("creation-digest-of-archive", "CREATE-DIGEST", on=UPLOAD)
async def digest_of_archive(right: Prepare, request: Request) -> Request:
    """The digest of an uploaded pack is that of the archive's bytes, whatever the order and times in it."""
    digest = f"sha256:{sha256(request.body['archive']).hexdigest()}"
    prepared = await right(request)
    return prepared._replace(body={**prepared.body, "archive": replace(prepared.body["archive"], digest=digest)})
