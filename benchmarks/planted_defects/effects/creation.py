"""Defects of new packs."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.mistakes import shows, wrongly
from benchmarks.planted_defects.planting.runs import again
from benchmarks.planted_defects.scene import Scene, build_manifest, do_in_turn, pack_files, read_status, zip_files
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.memory import read_notes
from mock_server.deviations.planting.packs import View, with_meta, wrong_list, wrong_new_pack
from mock_server.deviations.planting.wrong_operations import Outcome, Run, wrong_preparation
from mock_server.operation import Prepare, Request
from mock_server.resources.packs.pack import PACKS, Pack, without_pack
from mock_server.resources.packs.pack_yaml import MANIFEST
from mock_server.state.value import replace

defect = Declarer(__name__)

MAKES, TAKEN = ids.CREATE + ids.UPLOAD, "409 pack_exists"
FILES = {"pack.yaml": build_manifest("witness"), "behavior.md": b"1234567"}


def upload(scene: Scene, column: str = "id", archive: bytes | None = None, **parts: str) -> Any:
    """Return what an uploaded pack shows in a column."""
    return scene.upload(pack_files() if archive is None else archive, **parts).json()[column]


def named(scene: Scene, name: str) -> str:
    """Return what the upload of a pack of this name is answered."""
    return read_status(scene.upload(pack_files(name)))


def same_digest(scene: Scene) -> bool:
    """Return whether the same files in another order have the same digest."""
    first = scene.upload(zip_files(FILES)).json()
    scene.delete(first["id"])
    return bool(upload(scene, "image_digest", zip_files(dict(reversed(FILES.items())))) == first["image_digest"])


defect("creation-shared-at-once", "CREATE-VISIBILITY", on=MAKES)(
    "A new pack is visible to every org unless the request says otherwise.",
    wrongly(lambda run: again(run, body={"visibility": "community", **run.request.body})),
    shown("org", "community", upload, "visibility"),
)
defect("creation-part-ignored", "CREATE-VISIBILITY", on=ids.UPLOAD)(
    "The visibility that an upload sends is not looked at.",
    wrong_new_pack.make_plan(lambda pack: replace(pack, visibility="org")),
    shown("community", "org", upload, "visibility", visibility="community"),
)
defect("creation-description-cut", "CREATE-METADATA", on=ids.UPLOAD)(
    "Of a description of more than 255 characters the rest is lost when a pack is uploaded.",
    wrong_new_pack.make_plan(
        lambda pack: with_meta(pack, description=(pack.image.meta.description or "")[:255] or None)
    ),
    shown(300, 255, lambda scene: len(upload(scene, "description", pack_files(more=f"description: {'d' * 300}\n")))),
)
defect("creation-origin-answered", "CREATE-ORIGIN", "CREATE-READABLE", on=ids.UPLOAD)(
    "The answer to an upload says that the pack was made of an image in a registry.",
    shows(image_origin="image_ref"),
    shown("upload", "image_ref", upload, "image_origin"),
)


@defect("creation-name-taken-elsewhere", "CREATE-NAME-PER-ORG", on=MAKES).wrongly
@shown("201", TAKEN, named, "ledger")
def name_taken_elsewhere(run: Run) -> Outcome:
    """A name that any org uses is taken for all."""
    before = run.state.all(PACKS)
    made = {pack.name for key, pack in run.after.all(PACKS).items() if key not in before}
    if taken := [pack.name for pack in before.values() if pack.name in made]:
        raise errors.PackExists(f"There is already a pack named {taken[0]}.")
    return run.done


@defect("creation-name-replaces", "CREATE-NAME-TAKEN", "PARALLEL-CREATES", on=ids.UPLOAD).grants(errors.PackExists)
@shown(TAKEN, "201", named, "pager")
def name_replaces(run: Run) -> Outcome:
    """An upload of a name that is taken takes the place of the pack that has it."""
    [taken] = run.state.select(PACKS, org_id=run.org_id, name=run.request.body["archive"].meta.name)
    return again(run, without_pack(run.state, taken.id))


@defect("creation-display-name-sentence", "CREATE-DISPLAY-NAME", on=MAKES).by(wrong_new_pack)
@shown("Two Words", "Two words", upload, "display_name", pack_files("two-words"))
def display_name_sentence(pack: Pack) -> Pack:
    """A display name that is made of the name has its first part capitalised only."""
    meta = pack.image.meta
    parts = [part[:1].upper() + part[1:] for part in meta.name.split("-")]
    own = meta.display_name != " ".join(parts)
    return pack if own else with_meta(pack, display_name=" ".join([*parts[:1], *meta.name.split("-")[1:]]))


@defect("creation-listed-late", "CREATE-READABLE", on=ids.LIST).by(wrong_list)
@shown(True, False, lambda scene: do_in_turn(scene.list_packs(), upload(scene) in scene.list_packs()))
def listed_late(views: list[View], run: Run) -> list[View]:
    """The first list after a pack was made does not have it yet, from a replica that lags behind."""
    notes = read_notes(listed_late)
    present: set[str] = {each["id"] for each in views}
    replica = notes.get(run.org_id, present)
    notes[run.org_id] = present
    return [each for each in views if each["id"] in replica]


@defect("creation-size-without-manifest", "CREATE-SIZE", on=ids.UPLOAD).by(wrong_new_pack)
@shown(7 + len(build_manifest("witness")), 7, upload, "size_bytes", zip_files(FILES))
def size_without_manifest(pack: Pack) -> Pack:
    """The size of an uploaded pack does not count its pack.yaml."""
    size = pack.image.size_bytes - len(pack.image.files[MANIFEST].data)
    return replace(pack, image=replace(pack.image, size_bytes=size))


@defect("creation-digest-of-archive", "CREATE-DIGEST", on=ids.UPLOAD).by(wrong_preparation)
@shown(True, False, same_digest)
async def digest_of_archive(right: Prepare, request: Request) -> Request:
    """The digest of an uploaded pack is that of the archive's bytes, whatever the order and times in it."""
    digest = f"sha256:{sha256(request.body['archive']).hexdigest()}"
    prepared = await right(request)
    return prepared._replace(body={**prepared.body, "archive": replace(prepared.body["archive"], digest=digest)})
