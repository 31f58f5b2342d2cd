"""Defects of new packs."""

from __future__ import annotations

from hashlib import sha256

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.scene import Scene, in_turn, manifest, packed, said, zipped
from mock_server import errors
from mock_server.deviations.planting import ids
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
from mock_server.operation import Prepare, Request
from mock_server.resources.packs.pack import PACKS, Pack, without_pack
from mock_server.resources.packs.pack_yaml import MANIFEST
from mock_server.state.value import replace

defect = Declarer(__name__)

TAKEN = "409 pack_exists"


defect("creation-shared-at-once", "CREATE-VISIBILITY", on=ids.CREATE + ids.UPLOAD)(
    "A new pack is visible to every org unless the request says otherwise.",
    wrong_outcome.of(
        lambda run: run.right(run.state, run.request._replace(body={"visibility": "community", **run.request.body}))
    ),
    shown("org", "community", lambda scene: str(scene.upload(packed()).json()["visibility"])),
)
defect("creation-part-ignored", "CREATE-VISIBILITY", on=ids.UPLOAD)(
    "The visibility that an upload sends is not looked at.",
    wrong_new_pack.of(lambda pack: replace(pack, visibility="org")),
    shown("community", "org", lambda scene: str(scene.upload(packed(), visibility="community").json()["visibility"])),
)


@defect("creation-name-taken-elsewhere", "CREATE-NAME-PER-ORG", on=ids.CREATE + ids.UPLOAD).by(wrong_outcome)
@shown("201", TAKEN, lambda scene: said(scene.upload(packed("ledger"))))
def name_taken_elsewhere(run: Run) -> Outcome:
    """A name that any org uses is taken for all."""
    before = run.state.all(PACKS)
    made = {pack.name for key, pack in run.after.all(PACKS).items() if key not in before}
    if taken := [pack.name for pack in before.values() if pack.name in made]:
        raise errors.PackExists(f"There is already a pack named {taken[0]}.")
    return run.done


@defect("creation-name-replaces", "CREATE-NAME-TAKEN", "PARALLEL-CREATES", on=ids.UPLOAD).by(
    in_place_of(errors.PackExists)
)
@shown(TAKEN, "201", lambda scene: said(scene.upload(packed("pager"))))
def name_replaces(run: Run, _refusal: errors.PackExists) -> Outcome:
    """An upload of a name that is taken takes the place of the pack that has it."""
    [taken] = run.state.where(PACKS, org_id=run.org_id, name=run.request.body["archive"].meta.name)
    return run.right(without_pack(run.state, taken.id), run.request)


defect("creation-description-cut", "CREATE-METADATA", on=ids.UPLOAD)(
    "Of a description of more than 255 characters the rest is lost when a pack is uploaded.",
    wrong_new_pack.of(
        lambda pack: with_meta(pack, description=pack.image.meta.description and pack.image.meta.description[:255])
    ),
    shown(300, 255, lambda scene: len(scene.upload(packed(more=f"description: {'d' * 300}\n")).json()["description"])),
)


@defect("creation-display-name-sentence", "CREATE-DISPLAY-NAME", on=ids.CREATE + ids.UPLOAD).by(wrong_new_pack)
@shown("Two Words", "Two words", lambda scene: str(scene.upload(packed("two-words")).json()["display_name"]))
def display_name_sentence(pack: Pack) -> Pack:
    """A display name that is made of the name has its first part capitalised only."""
    meta = pack.image.meta
    parts = [part[:1].upper() + part[1:] for part in meta.name.split("-")]
    own = meta.display_name != " ".join(parts)
    return pack if own else with_meta(pack, display_name=" ".join([*parts[:1], *meta.name.split("-")[1:]]))


defect("creation-origin-answered", "CREATE-ORIGIN", "CREATE-READABLE", on=ids.UPLOAD)(
    "The answer to an upload says that the pack was made of an image in a registry.",
    wrong_reply.of(lambda body, _run: {**body, "image_origin": "image_ref"}),
    shown("upload", "image_ref", lambda scene: str(scene.upload(packed()).json()["image_origin"])),
)


@defect("creation-listed-late", "CREATE-READABLE", on=ids.LIST).by(wrong_list)
@shown(True, False, lambda scene: in_turn(scene.listed(), scene.upload(packed()).json()["id"] in scene.listed()))
def listed_late(views: list[View], run: Run) -> list[View]:
    """The first list after a pack was made does not have it yet, from a replica that lags behind."""
    notes = notes_of(listed_late)
    present: set[str] = {each["id"] for each in views}
    replica = notes.get(run.org_id, present)
    notes[run.org_id] = present
    return [each for each in views if each["id"] in replica]


defect("creation-size-without-manifest", "CREATE-SIZE", on=ids.UPLOAD)(
    "The size of an uploaded pack does not count its pack.yaml.",
    wrong_new_pack.of(
        lambda pack: replace(
            pack, image=replace(pack.image, size_bytes=pack.image.size_bytes - len(pack.image.files[MANIFEST].data))
        )
    ),
    shown(
        7 + len(manifest("witness")),
        7,
        lambda scene: int(scene.upload(packed(files={"behavior.md": b"1234567"})).json()["size_bytes"]),
    ),
)


def show_digest_of_archive(scene: Scene) -> str:
    files = {"pack.yaml": manifest("witness"), "behavior.md": b"x"}
    first = scene.upload(zipped(files)).json()
    scene.delete(first["id"])
    second = scene.upload(zipped(dict(reversed(files.items())))).json()
    return "equal" if first["image_digest"] == second["image_digest"] else "different"


@defect("creation-digest-of-archive", "CREATE-DIGEST", on=ids.UPLOAD).by(wrong_preparation)
@shown("equal", "different", show_digest_of_archive)
async def digest_of_archive(right: Prepare, request: Request) -> Request:
    """The digest of an uploaded pack is that of the archive's bytes, whatever the order and times in it."""
    digest = f"sha256:{sha256(request.body['archive']).hexdigest()}"
    prepared = await right(request)
    return prepared._replace(body={**prepared.body, "archive": replace(prepared.body["archive"], digest=digest)})
