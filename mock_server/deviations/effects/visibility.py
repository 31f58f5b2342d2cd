"""Defects of changes of the visibility."""

from __future__ import annotations

from datetime import timedelta

from mock_server.deviations import deviation
from mock_server.deviations.answers import error_with, with_answer
from mock_server.deviations.memory import Notes, remembering
from mock_server.deviations.operations import PATCH
from mock_server.deviations.outcomes import Outcome, stored, with_pack_after, with_transition
from mock_server.errors import PackInUse
from mock_server.resources.agent_roles import ROLES, roles_with
from mock_server.resources.operation import Request, Transition
from mock_server.resources.packs.pack import PACKS, Pack
from mock_server.state.state import State
from mock_server.state.value import replace
from mock_server.worlds.answer import Answer, error_code
from mock_server.worlds.call import Call


def _taken_back(state: State, request: Request) -> Outcome:
    """Set the pack to the visibility org, whoever uses it."""
    pack = replace(state.all(PACKS)[request.path["id"]], visibility="org", updated_at=request.now)
    return stored(state, pack, request)


def _shared_by_owner(state: State, request: Request) -> bool:
    """Whether the request sets a shared pack of the caller's org to org."""
    pack = state.all(PACKS).get(request.path["id"])
    return (
        pack is not None
        and pack.org_id == request.caller.org_id
        and (pack.visibility, request.body["visibility"]) == ("community", "org")
    )


@deviation("visibility-not-stored", "PACK-PATCH-APPLIES", on=PATCH, plant=with_transition)
def not_stored(right: Transition, state: State, request: Request) -> Outcome:
    """A PATCH is answered as if it were done, and is not."""
    return (state, right(state, request)[1])


@deviation("visibility-stored-once", "PACK-PATCH-APPLIES", on=PATCH, plant=remembering(with_transition))
def stored_once(notes: Notes, right: Transition, state: State, request: Request) -> Outcome:
    """The second PATCH of a pack, and each after it, is answered and not done."""
    after, outcome = right(state, request)
    if after is state:
        return after, outcome
    before = notes.get(request.path["id"], 0)
    notes[request.path["id"]] = before + 1
    return (state if before else after), outcome


@deviation("visibility-touches-created-at", "PACK-PATCH-ONLY-VISIBILITY", on=PATCH, plant=with_pack_after)
def touches_created_at(before: Pack, right: Pack, request: Request) -> Pack:
    """A PATCH that changes the visibility makes the pack look new."""
    return (
        right
        if right.visibility == before.visibility
        else replace(right, created_at=request.now + timedelta(seconds=1))
    )


@deviation("visibility-updated-at-stays", "PACK-PATCH-UPDATED-AT", on=PATCH, plant=with_pack_after)
def updated_at_stays(before: Pack, right: Pack, _request: Request) -> Pack:
    """A PATCH leaves updated_at as it was."""
    return replace(right, updated_at=before.updated_at)


@deviation("visibility-noop-touches", "PACK-PATCH-NOOP", on=PATCH, plant=with_pack_after)
def noop_touches(_before: Pack, right: Pack, request: Request) -> Pack:
    """A PATCH to the value that the pack has moves updated_at all the same."""
    return replace(right, updated_at=request.now)


@deviation("visibility-noop-in-use", "PACK-PATCH-NOOP", on=PATCH, plant=with_transition)
def noop_in_use(right: Transition, state: State, request: Request) -> Outcome:
    """A pack that the org alone sees cannot be set to that again while a role of another org references it."""
    after, outcome = right(state, request)
    if after is state and request.body["visibility"] == "org":
        roles = roles_with(state, request.path["id"], other_than=request.caller.org_id)
        if roles:
            raise PackInUse("Roles of other orgs reference the pack.", details={"roles": roles})
    return after, outcome


@deviation("visibility-in-use-ignored", "PACK-PATCH-IN-USE", on=PATCH, plant=with_transition)
def in_use_ignored(right: Transition, state: State, request: Request) -> Outcome:
    """A pack is taken back into the org while roles of other orgs reference it."""
    try:
        return right(state, request)
    except PackInUse:
        return _taken_back(state, request)


@deviation("visibility-archived-ignored", "PACK-PATCH-IN-USE", on=PATCH, plant=with_transition)
def archived_ignored(right: Transition, state: State, request: Request) -> Outcome:
    """Archived roles of other orgs do not stand in the way of taking a pack back."""
    try:
        return right(state, request)
    except PackInUse:
        used = (each for each in state.all(ROLES).values() if request.path["id"] in each.pack_ids)
        if any(each.archived_at is None and each.org_id != request.caller.org_id for each in used):
            raise
        return _taken_back(state, request)


@deviation("visibility-own-roles-count", "PACK-PATCH-OWN-ROLES", on=PATCH, plant=with_transition)
def own_roles_count(right: Transition, state: State, request: Request) -> Outcome:
    """A pack that a role of its own org references cannot be taken back either."""
    after, outcome = right(state, request)
    if _shared_by_owner(state, request) and (roles := roles_with(state, request.path["id"])):
        raise PackInUse("Roles reference the pack.", details={"roles": roles})
    return after, outcome


@deviation("visibility-in-use-by-whom", "PACK-IN-USE-DETAILS", "CONTRACT-BODY-SCHEMA", on=PATCH, plant=with_answer)
def in_use_by_whom(call: Call, answer: Answer) -> Answer:
    """The details of a pack in use name the orgs whose roles reference it."""
    if error_code(answer) != "pack_in_use":
        return answer
    used = [role for role in call.state.all(ROLES).values() if call.path_values["id"] in role.pack_ids]
    return error_with(answer, details={"roles": len(used), "orgs": sorted({role.org_id for role in used})})


@deviation("visibility-in-use-counted-whole", "PACK-IN-USE-DETAILS", on=PATCH, plant=with_transition)
def in_use_counted_whole(right: Transition, state: State, request: Request) -> Outcome:
    """The details of a pack in use count the roles of its own org too, which do not stand in the way."""
    try:
        return right(state, request)
    except PackInUse as refusal:
        roles = roles_with(state, request.path["id"])
        raise PackInUse(refusal.message, details={"roles": roles}) from refusal


@deviation("visibility-refused-and-done", "REFUSED-CHANGES-NOTHING", on=PATCH, plant=with_transition)
def refused_and_done(right: Transition, state: State, request: Request) -> Outcome:
    """A PATCH that is refused because the pack is in use happens all the same."""
    try:
        return right(state, request)
    except PackInUse as refusal:
        return _taken_back(state, request)[0], refusal
