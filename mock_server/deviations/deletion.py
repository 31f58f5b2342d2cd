"""Defects of deletion."""

from __future__ import annotations

from mock_server.deviations import deviation
from mock_server.deviations.spoil import with_transition
from mock_server.errors import ApiError, PackInUse, RegistryCleanupFailed
from mock_server.operations import Reply, Request, Transition
from mock_server.seams import Seams
from mock_server.state import State

_DELETE = "packs.delete"


@deviation("deletion-in-use-ignored", "DELETE-IN-USE")
def in_use_ignored(seams: Seams) -> Seams:
    """A pack is deleted while roles reference it."""

    def change(transition: Transition) -> Transition:
        def spoilt(state: State, request: Request) -> tuple[State, Reply | ApiError]:
            try:
                return transition(state, request)
            except PackInUse:
                return state.without_pack(request.path["id"]), Reply(200, {"status": "deleted"})

        return spoilt

    return with_transition(seams, _DELETE, change)


@deviation("deletion-failed-and-done", "DELETE-PURGE-FAILED")
def failed_and_done(seams: Seams) -> Seams:
    """A deletion whose purge fails removes the pack all the same."""

    def change(transition: Transition) -> Transition:
        def spoilt(state: State, request: Request) -> tuple[State, Reply | ApiError]:
            after, outcome = transition(state, request)
            if isinstance(outcome, RegistryCleanupFailed):
                after = after.without_pack(request.path["id"])
            return after, outcome

        return spoilt

    return with_transition(seams, _DELETE, change)


@deviation("deletion-not-done", "DELETE-GONE")
def not_done(seams: Seams) -> Seams:
    """A deletion is answered as if it were done, and is not."""

    def change(transition: Transition) -> Transition:
        def spoilt(state: State, request: Request) -> tuple[State, Reply | ApiError]:
            _, outcome = transition(state, request)
            return state, outcome

        return spoilt

    return with_transition(seams, _DELETE, change)
