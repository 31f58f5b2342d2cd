"""Defects of deletion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mock_server.deviations import deviation
from mock_server.deviations.memory import Memory
from mock_server.deviations.outcomes import Outcome, with_transition
from mock_server.errors import ApiError, PackExists, PackInUse, RegistryCleanupFailed
from mock_server.pipeline.hooks import Seams
from mock_server.resources.models import Pack
from mock_server.resources.operation import Handler, Reply, Request, Transition
from mock_server.resources.view import pack_view
from mock_server.state.state import State

_DELETE = ("packs.delete",)
_DELETED = Reply(200, {"status": "deleted"})

Haunted = Callable[[Transition, State, Request, dict[str, Pack]], Outcome]


@deviation("deletion-not-done", "DELETE-GONE", "DELETE-PURGE-CONVERGES", on=_DELETE)
def not_done(seams: Seams) -> Seams:
    """A deletion is answered as if it were done, and is not."""
    return with_transition(seams, lambda right, state, request: (state, right(state, request)[1]))


def _with_ghosts(seams: Seams, reading: str, spoilt: Haunted) -> Seams:
    """The seams in which an operation knows the packs of the world that were deleted."""
    memory = Memory()

    def changed(name: str, handler: Handler) -> Handler:
        def deleting(state: State, request: Request) -> Outcome:
            pack = state.packs.get(request.path["id"])
            after, outcome = handler.transition(state, request)
            if pack is not None and pack.id not in after.packs:
                memory.here[pack.id] = pack
            return after, outcome

        def haunted(state: State, request: Request) -> Outcome:
            return spoilt(handler.transition, state, request, memory.here)

        return replace(handler, transition=haunted if name == reading else deleting)

    return memory.kept(seams.with_handler(changed))


@deviation("deletion-still-listed", "DELETE-GONE", on=("packs.delete", "packs.list"))
def still_listed(seams: Seams) -> Seams:
    """A pack that was deleted stays in the list of its org."""

    def spoilt(right: Transition, state: State, request: Request, ghosts: dict[str, Pack]) -> Outcome:
        after, outcome = right(state, request)
        if isinstance(outcome, ApiError):
            return after, outcome
        org_id = request.caller.org_id
        gone = [pack for pack in ghosts.values() if pack.org_id == org_id and pack.id not in state.packs]
        more = [pack_view(pack, org_id) for pack in gone]
        return after, outcome._replace(body={"packs": [*outcome.body["packs"], *more]})

    return _with_ghosts(seams, "packs.list", spoilt)


@deviation("deletion-files-left", "DELETE-GONE", on=("packs.delete", "packs.read_file"))
def files_left(seams: Seams) -> Seams:
    """The files of a pack that was deleted can still be read."""

    def spoilt(right: Transition, state: State, request: Request, ghosts: dict[str, Pack]) -> Outcome:
        ghost = ghosts.get(request.path["id"])
        _, outcome = right(state if ghost is None else state.with_pack(ghost), request)
        return state, outcome

    return _with_ghosts(seams, "packs.read_file", spoilt)


@deviation("deletion-in-use-ignored", "DELETE-IN-USE", on=_DELETE)
def in_use_ignored(seams: Seams) -> Seams:
    """A pack is deleted while roles reference it."""

    def spoilt(right: Transition, state: State, request: Request) -> Outcome:
        try:
            return right(state, request)
        except PackInUse:
            return state.without_pack(request.path["id"]), _DELETED

    return with_transition(seams, spoilt)


@deviation("deletion-insists", "DELETE-IN-USE", on=_DELETE)
def insists(seams: Seams) -> Seams:
    """A deletion that was refused because roles reference the pack is done when it is repeated."""
    memory = Memory()

    def spoilt(right: Transition, state: State, request: Request) -> Outcome:
        try:
            return right(state, request)
        except PackInUse:
            if request.path["id"] not in memory.here:
                memory.here[request.path["id"]] = True
                raise
            return state.without_pack(request.path["id"]), _DELETED

    return memory.kept(with_transition(seams, spoilt))


@deviation("deletion-failed-and-done", "DELETE-PURGE-FAILED", "DELETE-PURGE-CONVERGES", on=_DELETE)
def failed_and_done(seams: Seams) -> Seams:
    """A deletion whose purge fails removes the pack all the same."""

    def spoilt(right: Transition, state: State, request: Request) -> Outcome:
        after, outcome = right(state, request)
        if isinstance(outcome, RegistryCleanupFailed):
            after = after.without_pack(request.path["id"])
        return after, outcome

    return with_transition(seams, spoilt)


@deviation("deletion-never-converges", "DELETE-PURGE-CONVERGES", on=_DELETE)
def never_converges(seams: Seams) -> Seams:
    """A pack whose purge failed once cannot be deleted any more."""

    def spoilt(right: Transition, state: State, request: Request) -> Outcome:
        after, outcome = right(state, request)
        return (state if isinstance(outcome, RegistryCleanupFailed) else after), outcome

    return with_transition(seams, spoilt)


@deviation("deletion-image-gone", "DELETE-IMAGE-LEFT", on=_DELETE)
def image_gone(seams: Seams) -> Seams:
    """With a pack that was made of an image the image is deleted from the org's own registry."""

    def spoilt(right: Transition, state: State, request: Request) -> Outcome:
        pack = state.packs.get(request.path["id"])
        after, outcome = right(state, request)
        if pack is not None and pack.id not in after.packs and pack.image_origin == "image_ref":
            after = after.without_image(pack.image_ref)
        return after, outcome

    return with_transition(seams, spoilt)


@deviation("creation-name-stays-taken", "CREATE-NAME-TAKEN", on=("packs.delete", "packs.upload"))
def name_stays_taken(seams: Seams) -> Seams:
    """The name of a pack that was deleted cannot be used for an upload again."""

    def spoilt(right: Transition, state: State, request: Request, ghosts: dict[str, Pack]) -> Outcome:
        after, outcome = right(state, request)
        name = request.body["archive"].meta.name
        if any((ghost.org_id, ghost.name) == (request.caller.org_id, name) for ghost in ghosts.values()):
            raise PackExists(f"The org already has a pack named {name}.")
        return after, outcome

    return _with_ghosts(seams, "packs.upload", spoilt)
