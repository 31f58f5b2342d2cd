"""Defects of PATCH."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from mock_server.deviations import deviation
from mock_server.deviations.spoil import with_pack_after, with_transition
from mock_server.errors import ApiError, PackInUse
from mock_server.operations import Reply, Request, Transition
from mock_server.seams import Seams
from mock_server.state import State
from mock_server.view import pack_view

_PATCH = "packs.update_visibility"


@deviation("visibility-not-stored", "PACK-PATCH-APPLIES")
def not_stored(seams: Seams) -> Seams:
    """A PATCH is answered as if it were done, and is not."""

    def change(transition: Transition) -> Transition:
        def spoilt(state: State, request: Request) -> tuple[State, Reply | ApiError]:
            _, outcome = transition(state, request)
            return state, outcome

        return spoilt

    return with_transition(seams, _PATCH, change)


@deviation("visibility-touches-created-at", "PACK-PATCH-ONLY-VISIBILITY")
def touches_created_at(seams: Seams) -> Seams:
    """A PATCH that changes the visibility makes the pack look new."""
    return with_pack_after(
        seams,
        _PATCH,
        lambda before, right, request: (
            right
            if right.visibility == before.visibility
            else replace(right, created_at=request.now + timedelta(seconds=1))
        ),
    )


@deviation("visibility-updated-at-stays", "PACK-PATCH-UPDATED-AT")
def updated_at_stays(seams: Seams) -> Seams:
    """A PATCH leaves updated_at as it was."""
    return with_pack_after(seams, _PATCH, lambda before, right, _request: replace(right, updated_at=before.updated_at))


@deviation("visibility-noop-touches", "PACK-PATCH-NOOP")
def noop_touches(seams: Seams) -> Seams:
    """A PATCH to the value that the pack has moves updated_at all the same."""
    return with_pack_after(seams, _PATCH, lambda _before, right, request: replace(right, updated_at=request.now))


@deviation("visibility-in-use-ignored", "PACK-PATCH-IN-USE")
def in_use_ignored(seams: Seams) -> Seams:
    """A pack is taken back into the org while roles of other orgs reference it."""

    def change(transition: Transition) -> Transition:
        def spoilt(state: State, request: Request) -> tuple[State, Reply | ApiError]:
            try:
                return transition(state, request)
            except PackInUse:
                pack = state.packs[request.path["id"]]
                private = replace(pack, visibility="org", updated_at=request.now)
                shown = pack_view(private, request.caller.org_id)
                return state.with_pack(private), Reply(200, shown)

        return spoilt

    return with_transition(seams, _PATCH, change)


@deviation("visibility-refused-and-done", "REFUSED-CHANGES-NOTHING")
def refused_and_done(seams: Seams) -> Seams:
    """A PATCH that is refused because the pack is in use happens all the same."""

    def change(transition: Transition) -> Transition:
        def spoilt(state: State, request: Request) -> tuple[State, Reply | ApiError]:
            try:
                return transition(state, request)
            except PackInUse as refusal:
                pack = state.packs[request.path["id"]]
                return state.with_pack(replace(pack, visibility="org", updated_at=request.now)), refusal

        return spoilt

    return with_transition(seams, _PATCH, change)
