"""Defects in which packs a caller sees, and what of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mock_server.deviations import deviation
from mock_server.deviations.spoil import with_transition
from mock_server.errors import ApiError, PackNotFound, PermissionDenied
from mock_server.operations import Reply, Request, Transition
from mock_server.seams import Seams
from mock_server.state import State
from mock_server.view import pack_view


@deviation("ownership-org-id-shown", "OWNERSHIP-ORG-ID")
def org_id_shown(seams: Seams) -> Seams:
    """A shared pack of another org shows that org's id."""

    def shown(state: State, body: Any) -> Any:
        pack = state.packs.get(body["id"])
        return body if pack is None or pack.org_id is None else {**body, "org_id": pack.org_id}

    def one(transition: Transition) -> Transition:
        def spoilt(state: State, request: Request) -> tuple[State, Reply | ApiError]:
            after, outcome = transition(state, request)
            if isinstance(outcome, ApiError):
                return after, outcome
            return after, replace(outcome, body=shown(after, outcome.body))

        return spoilt

    def every(transition: Transition) -> Transition:
        def spoilt(state: State, request: Request) -> tuple[State, Reply | ApiError]:
            after, outcome = transition(state, request)
            if isinstance(outcome, ApiError):
                return after, outcome
            packs = [shown(after, each) for each in outcome.body["packs"]]
            return after, replace(outcome, body={"packs": packs})

        return spoilt

    return with_transition(with_transition(seams, "packs.get", one), "packs.list", every)


@deviation("ownership-private-listed", "OWNERSHIP-NOT-LISTED")
def private_listed(seams: Seams) -> Seams:
    """The list holds every pack of every org."""

    def change(_transition: Transition) -> Transition:
        def spoilt(state: State, request: Request) -> tuple[State, Reply]:
            org_id = request.caller.org_id
            return state, Reply(200, {"packs": [pack_view(pack, org_id) for pack in state.packs.values()]})

        return spoilt

    return with_transition(seams, "packs.list", change)


@deviation("ownership-private-readable", "OWNERSHIP-PRIVATE-HIDDEN")
def private_readable(seams: Seams) -> Seams:
    """Who knows the id of another org's pack can read it."""

    def change(transition: Transition) -> Transition:
        def spoilt(state: State, request: Request) -> tuple[State, Reply | ApiError]:
            pack = state.packs.get(request.path["id"])
            if pack is None:
                return transition(state, request)
            return state, Reply(200, pack_view(pack, request.caller.org_id))

        return spoilt

    return with_transition(seams, "packs.get", change)


@deviation("ownership-private-forbidden", "OWNERSHIP-PRIVATE-HIDDEN")
def private_forbidden(seams: Seams) -> Seams:
    """A PATCH of another org's private pack is a 403, which tells that there is one."""

    def change(transition: Transition) -> Transition:
        def spoilt(state: State, request: Request) -> tuple[State, Reply | ApiError]:
            try:
                return transition(state, request)
            except PackNotFound:
                if request.path["id"] in state.packs:
                    raise PermissionDenied("The pack belongs to another org.") from None
                raise

        return spoilt

    return with_transition(seams, "packs.update_visibility", change)
