"""Defects of deletions."""

from __future__ import annotations

from collections.abc import Callable

from mock_server.deviations import deviation
from mock_server.deviations.memory import DeviationMemory, Notes, remembering
from mock_server.deviations.operations import DELETE, LIST, READ_FILE, UPLOAD
from mock_server.deviations.outcomes import Outcome, with_transition
from mock_server.errors import ApiError, PackExists, PackInUse, RegistryCleanupFailed
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.operation import Handler, Reply, Request, Transition
from mock_server.resources.packs.pack import PACKS, Pack, pack_view, without_pack
from mock_server.resources.packs.registry import without_image
from mock_server.state.state import State
from mock_server.state.value import replace

_DELETED = Reply(200, {"status": "deleted"})

WithDeleted = Callable[[Transition, State, Request, dict[str, Pack]], Outcome]


@deviation("deletion-not-done", "DELETE-GONE", "DELETE-PURGE-CONVERGES", on=DELETE, plant=with_transition)
def not_done(right: Transition, state: State, request: Request) -> Outcome:
    """A deletion is answered as if it were done, and is not."""
    return (state, right(state, request)[1])


def _with_deleted_packs(reading: str) -> Callable[[Hooks, WithDeleted], Hooks]:
    """Plant a change of an operation that is given the deleted packs of the world."""

    def planted(hooks: Hooks, wrong: WithDeleted) -> Hooks:
        memory = DeviationMemory()

        def changed(name: str, handler: Handler) -> Handler:
            def deleting(state: State, request: Request) -> Outcome:
                pack = state.all(PACKS).get(request.path["id"])
                after, outcome = handler.transition(state, request)
                if pack is not None and pack.id not in after.all(PACKS):
                    memory.here[pack.id] = pack
                return after, outcome

            def changed_reading(state: State, request: Request) -> Outcome:
                return wrong(handler.transition, state, request, memory.here)

            return replace(handler, transition=changed_reading if name == reading else deleting)

        return memory.kept(hooks.with_handler(changed))

    return planted


@deviation("deletion-still-listed", "DELETE-GONE", on=DELETE + LIST, plant=_with_deleted_packs("packs.list"))
def still_listed(right: Transition, state: State, request: Request, deleted: dict[str, Pack]) -> Outcome:
    """A pack that was deleted stays in the list of its org."""
    after, outcome = right(state, request)
    if isinstance(outcome, ApiError):
        return after, outcome
    org_id = request.caller.org_id
    gone = [pack for pack in deleted.values() if pack.org_id == org_id and pack.id not in state.all(PACKS)]
    more = [pack_view(pack, org_id) for pack in gone]
    return after, outcome._replace(body={"packs": [*outcome.body["packs"], *more]})


@deviation("deletion-files-left", "DELETE-GONE", on=DELETE + READ_FILE, plant=_with_deleted_packs("packs.read_file"))
def files_left(right: Transition, state: State, request: Request, deleted: dict[str, Pack]) -> Outcome:
    """The files of a pack that was deleted can still be read."""
    pack = deleted.get(request.path["id"])
    _, outcome = right(state if pack is None else state.put(PACKS, pack), request)
    return state, outcome


@deviation("deletion-in-use-ignored", "DELETE-IN-USE", on=DELETE, plant=with_transition)
def in_use_ignored(right: Transition, state: State, request: Request) -> Outcome:
    """A pack is deleted while roles reference it."""
    try:
        return right(state, request)
    except PackInUse:
        return without_pack(state, request.path["id"]), _DELETED


@deviation("deletion-insists", "DELETE-IN-USE", on=DELETE, plant=remembering(with_transition))
def insists(notes: Notes, right: Transition, state: State, request: Request) -> Outcome:
    """A deletion that was refused because roles reference the pack is done when it is repeated."""
    try:
        return right(state, request)
    except PackInUse:
        if request.path["id"] not in notes:
            notes[request.path["id"]] = True
            raise
        return without_pack(state, request.path["id"]), _DELETED


@deviation(
    "deletion-failed-and-done", "DELETE-PURGE-FAILED", "DELETE-PURGE-CONVERGES", on=DELETE, plant=with_transition
)
def failed_and_done(right: Transition, state: State, request: Request) -> Outcome:
    """A deletion whose purge fails removes the pack all the same."""
    after, outcome = right(state, request)
    if isinstance(outcome, RegistryCleanupFailed):
        after = without_pack(after, request.path["id"])
    return after, outcome


@deviation("deletion-never-converges", "DELETE-PURGE-CONVERGES", on=DELETE, plant=with_transition)
def never_converges(right: Transition, state: State, request: Request) -> Outcome:
    """A pack whose purge failed once cannot be deleted any more."""
    after, outcome = right(state, request)
    return (state if isinstance(outcome, RegistryCleanupFailed) else after), outcome


@deviation("deletion-image-gone", "DELETE-IMAGE-LEFT", on=DELETE, plant=with_transition)
def image_gone(right: Transition, state: State, request: Request) -> Outcome:
    """With a pack that was made of an image the image is deleted from the org's own registry."""
    pack = state.all(PACKS).get(request.path["id"])
    after, outcome = right(state, request)
    if pack is not None and pack.id not in after.all(PACKS) and pack.image_origin == "image_ref":
        after = without_image(after, pack.image_ref)
    return after, outcome


@deviation(
    "creation-name-stays-taken", "CREATE-NAME-TAKEN", on=DELETE + UPLOAD, plant=_with_deleted_packs("packs.upload")
)
def name_stays_taken(right: Transition, state: State, request: Request, deleted: dict[str, Pack]) -> Outcome:
    """The name of a pack that was deleted cannot be used for an upload again."""
    after, outcome = right(state, request)
    name = request.body["archive"].meta.name
    if any((pack.org_id, pack.name) == (request.caller.org_id, name) for pack in deleted.values()):
        raise PackExists(f"The org already has a pack named {name}.")
    return after, outcome
