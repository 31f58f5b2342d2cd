"""Defects of changes of the visibility."""

from __future__ import annotations

from datetime import timedelta

from mock_server.deviations.planting.answers import edit_error, wrong_answer_to
from mock_server.deviations.planting.ids import PATCH
from mock_server.deviations.planting.memory import read_notes
from mock_server.deviations.planting.packs import store_pack, wrong_for_pack, wrong_pack
from mock_server.deviations.planting.wrong_operations import Outcome, Run, in_place_of, wrong_outcome
from mock_server.errors import ApiError, PackInUse
from mock_server.operation import Request
from mock_server.resources.agent_roles import ROLES, count_roles_with
from mock_server.resources.packs.pack import Pack
from mock_server.state.value import replace
from mock_server.worlds.answer import Answer, read_error_code
from mock_server.worlds.call import Call


def _take_back(run: Run) -> Outcome:
    """Set the pack to the visibility org, whoever uses it."""
    return store_pack(run.state, replace(run.pack, visibility="org", updated_at=run.request.now), run.request)


@wrong_outcome("visibility-not-stored", "PACK-PATCH-APPLIES", on=PATCH)
def answer_without_storing(run: Run) -> Outcome:
    """A PATCH is answered as if it were done, and is not."""
    return run.state, run.outcome


@wrong_outcome("visibility-stored-once", "PACK-PATCH-APPLIES", on=PATCH)
def store_only_once(run: Run) -> Outcome:
    """The second PATCH of a pack, and each after it, is answered and not done."""
    if run.after is run.state:
        return run.done
    notes = read_notes(store_only_once)
    again = run.pack_id in notes
    notes[run.pack_id] = True
    return run.state if again else run.after, run.outcome


@wrong_pack("visibility-touches-created-at", "PACK-PATCH-ONLY-VISIBILITY", on=PATCH)
def touch_created_at(before: Pack, right: Pack, request: Request) -> Pack:
    """A PATCH that changes the visibility makes the pack look new."""
    made = right.created_at if right.visibility == before.visibility else request.now + timedelta(seconds=1)
    return replace(right, created_at=made)


@wrong_pack("visibility-updated-at-stays", "PACK-PATCH-UPDATED-AT", on=PATCH)
def leave_updated_at(before: Pack, right: Pack, _request: Request) -> Pack:
    """A PATCH leaves updated_at as it was."""
    return replace(right, updated_at=before.updated_at)


@wrong_pack("visibility-noop-touches", "PACK-PATCH-NOOP", on=PATCH)
def touch_on_noop(_before: Pack, right: Pack, request: Request) -> Pack:
    """A PATCH to the value that the pack has moves updated_at all the same."""
    return replace(right, updated_at=request.now)


@wrong_outcome("visibility-noop-in-use", "PACK-PATCH-NOOP", on=PATCH)
def refuse_noop_in_use(run: Run) -> Outcome:
    """A pack that the org alone sees cannot be set to that again while a role of another org references it."""
    noop = run.after is run.state and run.request.body["visibility"] == "org"
    if noop and (roles := count_roles_with(run.state, run.pack_id, other_than=run.org_id)):
        raise PackInUse("Roles of other orgs reference the pack.", details={"roles": roles})
    return run.done


@in_place_of(PackInUse)("visibility-in-use-ignored", "PACK-PATCH-IN-USE", on=PATCH)
def ignore_use(run: Run, _refusal: ApiError) -> Outcome:
    """A pack is taken back into the org while roles of other orgs reference it."""
    return _take_back(run)


@in_place_of(PackInUse)("visibility-archived-ignored", "PACK-PATCH-IN-USE", on=PATCH)
def ignore_archived_roles(run: Run, refusal: ApiError) -> Outcome:
    """Archived roles of other orgs do not stand in the way of taking a pack back."""
    used = run.state.select(ROLES, pack_ids=run.pack_id)
    if any(each.archived_at is None and each.org_id != run.org_id for each in used):
        raise refusal
    return _take_back(run)


@wrong_for_pack("visibility-own-roles-count", "PACK-PATCH-OWN-ROLES", on=PATCH)
def count_own_roles(run: Run, pack: Pack) -> Outcome:
    """A pack that a role of its own org references cannot be taken back either."""
    replaced = run.done
    back = (pack.org_id, pack.visibility, run.request.body["visibility"]) == (run.org_id, "community", "org")
    if back and (roles := count_roles_with(run.state, pack.id)):
        raise PackInUse("Roles reference the pack.", details={"roles": roles})
    return replaced


@wrong_answer_to("visibility-in-use-by-whom", "PACK-IN-USE-DETAILS", "CONTRACT-BODY-SCHEMA", on=PATCH)
def name_users(call: Call, answer: Answer) -> Answer:
    """The details of a pack in use name the orgs whose roles reference it."""
    if read_error_code(answer) != "pack_in_use":
        return answer
    used = call.state.select(ROLES, pack_ids=call.path_values["id"])
    return edit_error(answer, details={"roles": len(used), "orgs": sorted({role.org_id for role in used})})


@in_place_of(PackInUse)("visibility-in-use-counted-whole", "PACK-IN-USE-DETAILS", on=PATCH)
def count_all_users(run: Run, refusal: ApiError) -> Outcome:
    """The details of a pack in use count the roles of its own org too, which do not stand in the way."""
    raise PackInUse(refusal.message, details={"roles": count_roles_with(run.state, run.pack_id)})


@in_place_of(PackInUse)("effects-refused-and-done", "REFUSED-CHANGES-NOTHING", on=PATCH)
def refuse_and_do(run: Run, refusal: ApiError) -> Outcome:
    """A PATCH that is refused because the pack is in use happens all the same."""
    return _take_back(run)[0], refusal
