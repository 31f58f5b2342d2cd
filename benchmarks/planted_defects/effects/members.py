"""Defects of memberships: who may invite and remove whom, what an invitation shows, and who is left."""

from __future__ import annotations

from typing import Any

from benchmarks.planted_defects.planting.requests import Passing, open_gate, wrong_gate
from mock_server.deviations.planting.ids import INVITE, LIST_MEMBERSHIPS, REMOVE_MEMBER, UPDATE_ROLE
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.errors import LastOwner, MembershipExists, PendingInvitation, PermissionDenied
from mock_server.operation import Reply
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.access import org, scope
from mock_server.resources.members.member import MEMBERS, Member, member_view, of_person, without
from mock_server.state.value import replace
from mock_server.worlds.call import Call


def _named(run: Run) -> Member:
    """The row that the path names, as it was before."""
    name = run.request.path["user_id"]
    return of_person(run.state, run.org_id, name) or run.state.all(MEMBERS)[run.org_id, name]


def _row(run: Run, key: str) -> tuple[str, str]:
    return run.org_id, key


@wrong_outcome("members-invited-at-once", "MEMBER-PENDING", on=INVITE)
def invited_at_once(run: Run) -> Outcome:
    """Whoever is invited has accepted at once."""
    after, outcome = run.done
    assert isinstance(outcome, Reply)  # noqa: S101  # of what is done
    row = after.all(MEMBERS)[_row(run, outcome.body["id"])]
    row = replace(row, user_id=f"usr_{row.id}", accepted_at=row.invited_at)
    return after.put(MEMBERS, row), outcome._replace(body=member_view(row, run.org_id))


@wrong_outcome("members-invited-as-members", "MEMBER-PENDING", on=INVITE)
def invited_as_members(run: Run) -> Outcome:
    """Whoever is invited as an operator is a member."""
    after, outcome = run.done
    assert isinstance(outcome, Reply)  # noqa: S101  # of what is done
    if outcome.body["role"] != "operator":
        return after, outcome
    row = replace(after.all(MEMBERS)[_row(run, outcome.body["id"])], role="member")
    return after.put(MEMBERS, row), outcome._replace(body=member_view(row, run.org_id))


@in_place_of(MembershipExists)("members-case-told-apart", "MEMBER-EXISTS", on=INVITE)
def case_told_apart(run: Run, refusal: MembershipExists) -> Outcome:
    """An address is invited again if it is in other letters."""
    email = run.request.body["email"]
    if any(row.email == email for row in run.state.where(MEMBERS, org_id=run.org_id)):
        raise refusal
    return run.right(run.state, run.request._replace(body={**run.request.body, "email": f"again-{email}"}))


@in_place_of(MembershipExists)("members-invited-again", "MEMBER-EXISTS", on=INVITE)
def invited_again(run: Run, _refusal: MembershipExists) -> Outcome:
    """An invitation that is repeated is sent again."""
    email = run.request.body["email"].lower()
    row = next(row for row in run.state.where(MEMBERS, org_id=run.org_id) if row.address == email)
    return run.state, Reply(201, member_view(row, run.org_id))


@in_place_of(PermissionDenied)("members-owners-by-anybody", "MEMBER-INVITE-OWNER", on=INVITE)
def owners_by_anybody(run: Run, _refusal: PermissionDenied) -> Outcome:
    """Whoever may invite invites owners."""
    caller = replace(run.request.caller, role="owner")
    return run.right(run.state, run.request._replace(caller=caller))


@in_place_of(PermissionDenied)("members-owners-removed-by-anybody", "MEMBER-REMOVE-OWNER", on=REMOVE_MEMBER)
def owners_removed_by_anybody(run: Run, _refusal: PermissionDenied) -> Outcome:
    """Whoever may remove removes owners."""
    caller = replace(run.request.caller, role="owner")
    return run.right(run.state, run.request._replace(caller=caller))


@wrong_reply("members-never-accepted", "MEMBER-ACCEPTED", on=LIST_MEMBERSHIPS)
def never_accepted(body: Any, _run: Run) -> Any:
    """The list shows no time of acceptance of whoever was invited here."""
    rows = [row | ({} if row["id"].startswith("mem_acme") else {"accepted_at": None}) for row in body["memberships"]]
    return {"memberships": rows}


@wrong_outcome("members-role-not-kept", "MEMBER-ROLE", on=UPDATE_ROLE)
def role_not_kept(run: Run) -> Outcome:
    """A changed role is answered, and not kept."""
    return run.state, run.outcome


@wrong_gate(scope)("members-roles-by-anybody", "MEMBER-ROLE-OWNER", on=UPDATE_ROLE)
def roles_by_anybody(right: Gate, call: Call) -> Passing:
    """Whoever holds the scope changes roles."""
    caller, call.caller = call.caller, replace(call.caller, role="owner")
    try:
        return right(call)
    finally:
        call.caller = caller


@wrong_outcome("members-role-joins-anew", "MEMBER-ROLE", on=UPDATE_ROLE)
def role_joins_anew(run: Run) -> Outcome:
    """Whoever gets another role has accepted just now."""
    after, outcome = run.done
    assert isinstance(outcome, Reply)  # noqa: S101  # of what is done
    row = replace(after.all(MEMBERS)[_row(run, outcome.body["id"])], accepted_at=run.request.now)
    return after.put(MEMBERS, row), outcome._replace(body=member_view(row, run.org_id))


@in_place_of(PendingInvitation)("members-pending-role-changed", "MEMBER-ROLE-PENDING", on=UPDATE_ROLE)
def pending_role_changed(run: Run, _refusal: PendingInvitation) -> Outcome:
    """The role of an invitation that is pending is changed."""
    return with_another_role(run)


@wrong_outcome("members-removed-stay", "MEMBER-REMOVED", "DELETE-GONE", on=REMOVE_MEMBER)
def removed_stay(run: Run) -> Outcome:
    """A removal is answered, and the row stays."""
    return run.state, run.outcome


@in_place_of(LastOwner)("members-last-owner-goes", "MEMBER-LAST-OWNER", on=REMOVE_MEMBER)
def last_owner_goes(run: Run, _refusal: LastOwner) -> Outcome:
    """The last owner is removed."""
    return without(run.state, _named(run)), Reply(200, {"status": "deleted"})


@in_place_of(LastOwner)("members-invited-owner-counts", "MEMBER-LAST-OWNER", on=UPDATE_ROLE)
def invited_owner_counts(run: Run, refusal: LastOwner) -> Outcome:
    """Beside an owner who is invited, and has not accepted, the last one gets another role."""
    if not any(row.role == "owner" and row.pending for row in run.state.where(MEMBERS, org_id=run.org_id)):
        raise refusal
    return with_another_role(run)


def with_another_role(run: Run) -> Outcome:
    """Give the row that the path names the role that was asked for, whatever stands against it."""
    row = replace(_named(run), role=run.request.body["role"])
    return run.state.put(MEMBERS, row), Reply(200, member_view(row, run.org_id))


@wrong_outcome("ownership-members-not-narrowed", "OWNERSHIP-MEMBER-ROW", on=LIST_MEMBERSHIPS)
def members_not_narrowed(run: Run) -> Outcome:
    """Whoever may read the own row reads every one."""
    caller = replace(run.request.caller, permissions=(*run.request.caller.permissions, "members:read"))
    return run.right(run.state, run.request._replace(caller=caller))


@open_gate(org)("ownership-org-path-any", "OWNERSHIP-ORG-PATH", on=LIST_MEMBERSHIPS + INVITE)
def org_path_any(_call: Call) -> bool:
    """A path with the id of another org is served as the own one's."""
    return True
