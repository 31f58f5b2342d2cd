"""Defects of deletions."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.mistakes import grants, undone, wrongly
from benchmarks.planted_defects.planting.runs import again, body_of, showing, unchanged
from benchmarks.planted_defects.scene import SLACK, Scene, do_in_turn, pack_files, read_status
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.deviation import Plan
from mock_server.deviations.planting.memory import read_notes
from mock_server.deviations.planting.packs import wrong_for_pack
from mock_server.deviations.planting.wrong_operations import Outcome, Run
from mock_server.operation import Reply
from mock_server.resources.packs.pack import PACKS, Pack, show_pack_fields, without_pack
from mock_server.resources.packs.registry import without_image

defect = Declarer(__name__)

Deleted = dict[str, Pack]
"""The deleted packs of a world, by their ids."""
PACK, USED = "pack_01HZ", "pack_acme_pager"
IN_USE, NOT_FOUND, TAKEN = "409 pack_in_use", "404 pack_not_found", "409 pack_exists"


def _after_deletions(of: str) -> Callable[[Callable[[Run, Deleted], Outcome]], Plan]:
    """Plan a change of this operation; the function is given the deleted packs, too."""

    def plan(wrong: Callable[[Run, Deleted], Outcome]) -> Plan:
        def changed(run: Run) -> Outcome:
            deleted: Deleted = read_notes(wrong)
            if run.operation_id == of:
                return wrong(run, deleted)
            pack = run.state.get(PACKS, run.pack_id)
            if pack is not None and pack.id not in run.after.all(PACKS):
                deleted[pack.id] = pack
            return run.done

        return wrongly(changed)

    return plan


def _deleted(run: Run) -> Outcome:
    return without_pack(run.state, run.pack_id), Reply(200, {"status": "deleted"})


def _failed(run: Run) -> bool:
    """Return whether the purge of an image has failed."""
    return isinstance(run.outcome, errors.RegistryCleanupFailed)


def gone(scene: Scene, path: str = "") -> str:
    """Return what is answered for a pack that was deleted, or below it."""
    return read_status(scene.delete(PACK), scene.get(f"/packs/{PACK}{path}"))


def fail(scene: Scene) -> str:
    """Delete an uploaded pack whose image cannot be purged at the first attempt; return its id."""
    pack_id: str = scene.upload(pack_files()).json()["id"]
    scene.state("registry purge fails", pack_id=pack_id, times=1)
    scene.delete(pack_id)
    return pack_id


def upload_again(scene: Scene) -> str:
    return read_status(scene.delete(scene.upload(pack_files()).json()["id"]), scene.upload(pack_files()))


defect("deletion-not-done", "DELETE-GONE", "DELETE-PURGE-CONVERGES", on=ids.DELETE)(
    "A deletion is answered as if it were done, and is not.", undone, shown(NOT_FOUND, "200", gone)
)
defect("deletion-in-use-ignored", "DELETE-IN-USE", on=ids.DELETE)(
    "A pack is deleted while roles reference it.",
    grants(errors.PackInUse, _deleted),
    shown(IN_USE, "200", lambda scene: read_status(scene.delete(USED))),
)
defect("deletion-failed-and-done", "DELETE-PURGE-FAILED", "DELETE-PURGE-CONVERGES", on=ids.DELETE)(
    "A deletion whose purge fails removes the pack all the same.",
    wrongly(lambda run: (without_pack(run.after, run.pack_id) if _failed(run) else run.after, run.outcome)),
    shown("200", NOT_FOUND, lambda scene: read_status(scene.get(f"/packs/{fail(scene)}"))),
)
defect("deletion-never-converges", "DELETE-PURGE-CONVERGES", on=ids.DELETE)(
    "A pack whose purge failed once cannot be deleted any more.",
    wrongly(lambda run: (run.state if _failed(run) else run.after, run.outcome)),
    shown("200", "502 registry_cleanup_failed", lambda scene: read_status(scene.delete(fail(scene)))),
)


@defect("deletion-still-listed", "DELETE-GONE", on=ids.DELETE + ids.LIST).plans(_after_deletions("packs.list"))
@shown(False, True, lambda scene: do_in_turn(scene.delete(PACK), PACK in scene.list_packs()))
def still_listed(run: Run, deleted: Deleted) -> Outcome:
    """A pack that was deleted stays in the list of its org."""
    absent = [pack for pack in deleted.values() if pack.org_id == run.org_id and pack.id not in run.state.all(PACKS)]
    return showing(run, {"packs": [*body_of(run)["packs"], *(show_pack_fields(pack, run.org_id) for pack in absent)]})


@defect("deletion-files-left", "DELETE-GONE", on=ids.DELETE + ids.READ_FILE).plans(_after_deletions("packs.read_file"))
@shown(NOT_FOUND, "200", gone, "/files/pack.yaml")
def files_left(run: Run, deleted: Deleted) -> Outcome:
    """The files of a pack that was deleted can still be read."""
    pack = deleted.get(run.pack_id)
    return unchanged(run, run.done if pack is None else again(run, run.state.put(PACKS, pack)))


@defect("deletion-insists", "DELETE-IN-USE", on=ids.DELETE).grants(errors.PackInUse)
@shown(IN_USE, "200", lambda scene: read_status(scene.delete(USED), scene.delete(USED)))
def insists(run: Run) -> Outcome | None:
    """A deletion that was refused because roles reference the pack is done when it is repeated."""
    again = run.pack_id in read_notes(insists)
    read_notes(insists)[run.pack_id] = True
    return _deleted(run) if again else None


@defect("deletion-image-gone", "DELETE-IMAGE-LEFT", on=ids.DELETE).by(wrong_for_pack)
@shown("201", "400 validation_error", lambda scene: read_status(scene.delete(PACK), scene.create(f"{SLACK}:1.2.0")))
def image_gone(run: Run, pack: Pack) -> Outcome:
    """With a pack that was made of an image the image is deleted from the org's own registry."""
    is_gone = pack.id not in run.after.all(PACKS) and pack.image_origin == "image_ref"
    return without_image(run.after, pack.image_ref) if is_gone else run.after, run.outcome


@defect("creation-name-stays-taken", "CREATE-NAME-TAKEN", on=ids.DELETE + ids.UPLOAD).plans(
    _after_deletions("packs.upload")
)
@shown("201", TAKEN, upload_again)
def name_stays_taken(run: Run, deleted: Deleted) -> Outcome:
    """The name of a pack that was deleted cannot be used for an upload again."""
    uploaded = run.done
    name = run.request.body["archive"].meta.name
    if any((pack.org_id, pack.name) == (run.org_id, name) for pack in deleted.values()):
        raise errors.PackExists(f"The org already has a pack named {name}.")
    return uploaded
