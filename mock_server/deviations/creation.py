"""Defects of new packs."""

from __future__ import annotations

from dataclasses import replace

from mock_server.deviations import deviation
from mock_server.deviations.spoil import with_transition
from mock_server.errors import ApiError, PackExists
from mock_server.operations import Reply, Request, Transition
from mock_server.seams import Seams
from mock_server.state import State


@deviation("creation-shared-at-once", "CREATE-VISIBILITY")
def shared_at_once(seams: Seams) -> Seams:
    """A new pack is visible to every org unless the request says otherwise."""

    def change(transition: Transition) -> Transition:
        def spoilt(state: State, request: Request) -> tuple[State, Reply | ApiError]:
            return transition(state, replace(request, body={"visibility": "community", **request.body}))

        return spoilt

    return with_transition(with_transition(seams, "packs.create", change), "packs.upload", change)


@deviation("creation-name-taken-elsewhere", "CREATE-NAME-PER-ORG")
def name_taken_elsewhere(seams: Seams) -> Seams:
    """A name that any org uses is taken for all."""

    def change(transition: Transition) -> Transition:
        def spoilt(state: State, request: Request) -> tuple[State, Reply | ApiError]:
            after, outcome = transition(state, request)
            made = {pack.name for key, pack in after.packs.items() if key not in state.packs}
            for pack in state.packs.values():
                if pack.name in made:
                    raise PackExists(f"There is already a pack named {pack.name}.")
            return after, outcome

        return spoilt

    return with_transition(with_transition(seams, "packs.create", change), "packs.upload", change)
