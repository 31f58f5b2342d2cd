"""Defects of deletions."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.scene import SLACK, Scene, in_turn, packed, said
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.deviation import Planter
from mock_server.deviations.planting.memory import notes_of
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome
from mock_server.deviations.planting.packs import wrong_for_pack
from mock_server.operation import Reply
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.packs.pack import PACKS, Pack, pack_view, without_pack
from mock_server.resources.packs.registry import without_image

defect = Declarer(__name__)

Deleted = dict[str, Pack]
"""The deleted packs of a world, by their ids."""


def _after_deletions(*, of: str) -> Planter[Callable[[Run, Deleted], Outcome]]:
    """Plant a change of this operation; the function is given the deleted packs, too."""

    def plant(hooks: Hooks, wrong: Callable[[Run, Deleted], Outcome]) -> Hooks:
        def changed(run: Run) -> Outcome:
            deleted: Deleted = notes_of(wrong)
            if run.operation_id == of:
                return wrong(run, deleted)
            pack = run.state.get(PACKS, run.pack_id)
            if pack is not None and pack.id not in run.after.all(PACKS):
                deleted[pack.id] = pack
            return run.done

        return wrong_outcome.plant(hooks, changed)

    return Planter(plant)


def _deleted(run: Run) -> Outcome:
    return without_pack(run.state, run.pack_id), Reply(200, {"status": "deleted"})


PACK = "pack_01HZ"
IN_USE = "409 pack_in_use"
NOT_FOUND = "404 pack_not_found"


def purge_fails(scene: Scene) -> str:
    """An uploaded pack whose image cannot be purged at the first attempt."""
    pack_id: str = scene.upload(packed()).json()["id"]
    scene.state("registry purge fails", pack_id=pack_id, times=1)
    return pack_id


defect("deletion-not-done", "DELETE-GONE", "DELETE-PURGE-CONVERGES", on=ids.DELETE)(
    "A deletion is answered as if it were done, and is not.",
    wrong_outcome.of(lambda run: (run.state, run.outcome)),
    shown(NOT_FOUND, "200", lambda scene: said(scene.delete(PACK), scene.get(f"/packs/{PACK}"))),
)


@defect("deletion-still-listed", "DELETE-GONE", on=ids.DELETE + ids.LIST).by(_after_deletions(of="packs.list"))
@shown(False, True, lambda scene: in_turn(scene.delete(PACK), PACK in scene.listed()))
def still_listed(run: Run, deleted: Deleted) -> Outcome:
    """A pack that was deleted stays in the list of its org."""
    after, outcome = run.done
    if isinstance(outcome, errors.ApiError):
        return after, outcome
    gone = [pack for pack in deleted.values() if pack.org_id == run.org_id and pack.id not in run.state.all(PACKS)]
    more = [pack_view(pack, run.org_id) for pack in gone]
    return after, outcome._replace(body={"packs": [*outcome.body["packs"], *more]})


@defect("deletion-files-left", "DELETE-GONE", on=ids.DELETE + ids.READ_FILE).by(_after_deletions(of="packs.read_file"))
@shown(NOT_FOUND, "200", lambda scene: said(scene.delete(PACK), scene.get(f"/packs/{PACK}/files/pack.yaml")))
def files_left(run: Run, deleted: Deleted) -> Outcome:
    """The files of a pack that was deleted can still be read."""
    pack = deleted.get(run.pack_id)
    _, outcome = run.done if pack is None else run.right(run.state.put(PACKS, pack), run.request)
    return run.state, outcome


defect("deletion-in-use-ignored", "DELETE-IN-USE", on=ids.DELETE)(
    "A pack is deleted while roles reference it.",
    in_place_of(errors.PackInUse).of(lambda run, _refusal: _deleted(run)),
    shown(IN_USE, "200", lambda scene: said(scene.delete("pack_acme_pager"))),
)


@defect("deletion-insists", "DELETE-IN-USE", on=ids.DELETE).by(in_place_of(errors.PackInUse))
@shown(IN_USE, "200", lambda scene: said(scene.delete("pack_acme_pager"), scene.delete("pack_acme_pager")))
def insists(run: Run, refusal: errors.PackInUse) -> Outcome:
    """A deletion that was refused because roles reference the pack is done when it is repeated."""
    notes = notes_of(insists)
    if run.pack_id not in notes:
        notes[run.pack_id] = True
        raise refusal
    return _deleted(run)


def show_failed_and_done(scene: Scene) -> str:
    pack_id = purge_fails(scene)
    scene.delete(pack_id)
    return said(scene.get(f"/packs/{pack_id}"))


defect("deletion-failed-and-done", "DELETE-PURGE-FAILED", "DELETE-PURGE-CONVERGES", on=ids.DELETE)(
    "A deletion whose purge fails removes the pack all the same.",
    wrong_outcome.of(
        lambda run: (
            without_pack(run.after, run.pack_id)
            if isinstance(run.outcome, errors.RegistryCleanupFailed)
            else run.after,
            run.outcome,
        )
    ),
    shown("200", NOT_FOUND, show_failed_and_done),
)


def show_never_converges(scene: Scene) -> str:
    pack_id = purge_fails(scene)
    scene.delete(pack_id)
    return said(scene.delete(pack_id))


defect("deletion-never-converges", "DELETE-PURGE-CONVERGES", on=ids.DELETE)(
    "A pack whose purge failed once cannot be deleted any more.",
    wrong_outcome.of(
        lambda run: (run.state if isinstance(run.outcome, errors.RegistryCleanupFailed) else run.after, run.outcome)
    ),
    shown("200", "502 registry_cleanup_failed", show_never_converges),
)


@defect("deletion-image-gone", "DELETE-IMAGE-LEFT", on=ids.DELETE).by(wrong_for_pack)
@shown("201", "400 validation_error", lambda scene: said(scene.delete(PACK), scene.create(f"{SLACK}:1.2.0")))
def image_gone(run: Run, pack: Pack) -> Outcome:
    """With a pack that was made of an image the image is deleted from the org's own registry."""
    gone = pack.id not in run.after.all(PACKS) and pack.image_origin == "image_ref"
    return without_image(run.after, pack.image_ref) if gone else run.after, run.outcome


@defect("creation-name-stays-taken", "CREATE-NAME-TAKEN", on=ids.DELETE + ids.UPLOAD).by(
    _after_deletions(of="packs.upload")
)
@shown(
    "201",
    "409 pack_exists",
    lambda scene: said(scene.delete(scene.upload(packed()).json()["id"]), scene.upload(packed())),
)
def name_stays_taken(run: Run, deleted: Deleted) -> Outcome:
    """The name of a pack that was deleted cannot be used for an upload again."""
    uploaded = run.done
    name = run.request.body["archive"].meta.name
    if any((pack.org_id, pack.name) == (run.org_id, name) for pack in deleted.values()):
        raise errors.PackExists(f"The org already has a pack named {name}.")
    return uploaded
