"""Defects of deletions."""

from __future__ import annotations

from collections.abc import Callable

from mock_server.deviations.planting.deviation import Planter
from mock_server.deviations.planting.ids import DELETE, LIST, READ_FILE, UPLOAD
from mock_server.deviations.planting.memory import notes_of
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome
from mock_server.deviations.planting.packs import wrong_for_pack
from mock_server.errors import ApiError, PackExists, PackInUse, RegistryCleanupFailed
from mock_server.operation import Reply
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.packs.pack import PACKS, Pack, pack_view, without_pack
from mock_server.resources.packs.registry import without_image

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


@wrong_outcome("deletion-not-done", "DELETE-GONE", "DELETE-PURGE-CONVERGES", on=DELETE)
def not_done(run: Run) -> Outcome:
    """A deletion is answered as if it were done, and is not."""
    return run.state, run.outcome


@_after_deletions(of="packs.list")("deletion-still-listed", "DELETE-GONE", on=DELETE + LIST)
def still_listed(run: Run, deleted: Deleted) -> Outcome:
    """A pack that was deleted stays in the list of its org."""
    after, outcome = run.done
    if isinstance(outcome, ApiError):
        return after, outcome
    gone = [pack for pack in deleted.values() if pack.org_id == run.org_id and pack.id not in run.state.all(PACKS)]
    more = [pack_view(pack, run.org_id) for pack in gone]
    return after, outcome._replace(body={"packs": [*outcome.body["packs"], *more]})


@_after_deletions(of="packs.read_file")("deletion-files-left", "DELETE-GONE", on=DELETE + READ_FILE)
def files_left(run: Run, deleted: Deleted) -> Outcome:
    """The files of a pack that was deleted can still be read."""
    pack = deleted.get(run.pack_id)
    _, outcome = run.done if pack is None else run.right(run.state.put(PACKS, pack), run.request)
    return run.state, outcome


@in_place_of(PackInUse)("deletion-in-use-ignored", "DELETE-IN-USE", on=DELETE)
def in_use_ignored(run: Run, _refusal: PackInUse) -> Outcome:
    """A pack is deleted while roles reference it."""
    return _deleted(run)


@in_place_of(PackInUse)("deletion-insists", "DELETE-IN-USE", on=DELETE)
def insists(run: Run, refusal: PackInUse) -> Outcome:
    """A deletion that was refused because roles reference the pack is done when it is repeated."""
    notes = notes_of(insists)
    if run.pack_id not in notes:
        notes[run.pack_id] = True
        raise refusal
    return _deleted(run)


@wrong_outcome("deletion-failed-and-done", "DELETE-PURGE-FAILED", "DELETE-PURGE-CONVERGES", on=DELETE)
def failed_and_done(run: Run) -> Outcome:
    """A deletion whose purge fails removes the pack all the same."""
    failed = isinstance(run.outcome, RegistryCleanupFailed)
    return without_pack(run.after, run.pack_id) if failed else run.after, run.outcome


@wrong_outcome("deletion-never-converges", "DELETE-PURGE-CONVERGES", on=DELETE)
def never_converges(run: Run) -> Outcome:
    """A pack whose purge failed once cannot be deleted any more."""
    return run.state if isinstance(run.outcome, RegistryCleanupFailed) else run.after, run.outcome


@wrong_for_pack("deletion-image-gone", "DELETE-IMAGE-LEFT", on=DELETE)
def image_gone(run: Run, pack: Pack) -> Outcome:
    """With a pack that was made of an image the image is deleted from the org's own registry."""
    gone = pack.id not in run.after.all(PACKS) and pack.image_origin == "image_ref"
    return without_image(run.after, pack.image_ref) if gone else run.after, run.outcome


@_after_deletions(of="packs.upload")("creation-name-stays-taken", "CREATE-NAME-TAKEN", on=DELETE + UPLOAD)
def name_stays_taken(run: Run, deleted: Deleted) -> Outcome:
    """The name of a pack that was deleted cannot be used for an upload again."""
    uploaded = run.done
    name = run.request.body["archive"].meta.name
    if any((pack.org_id, pack.name) == (run.org_id, name) for pack in deleted.values()):
        raise PackExists(f"The org already has a pack named {name}.")
    return uploaded
