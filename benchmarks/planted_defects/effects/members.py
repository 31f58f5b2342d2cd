"""Defects of memberships: who may invite and remove whom, what an invitation shows, and who is left."""

from __future__ import annotations

from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.requests import Passing, open_gate, wrong_gate
from benchmarks.planted_defects.scene import Scene, in_turn, said
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.operation import Reply
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.access import org, scope
from mock_server.resources.members.member import MEMBERS, Member, member_view, of_person, without
from mock_server.state.value import replace
from mock_server.worlds.call import Call

defect = Declarer(__name__)


def _named(run: Run) -> Member:
    """The row that the path names, as it was before."""
    name = run.request.path["user_id"]
    return of_person(run.state, run.org_id, name) or run.state.all(MEMBERS)[run.org_id, name]


def _row(run: Run, key: str) -> tuple[str, str]:
    return run.org_id, key


ROWS = "/orgs/org_acme/memberships"
INVITATION = {"email": "witness@acme.example", "role": "operator"}


def invite(scene: Scene, who: str = "acme-owner", **more: str) -> Any:
    return scene.ask("POST", ROWS, who, json={**INVITATION, **more})


def change(scene: Scene, named: str, role: str) -> Any:
    return scene.ask("PATCH", f"{ROWS}/{named}", json={"role": role})


def remove(scene: Scene, named: str, who: str = "acme-owner") -> str:
    return said(scene.ask("DELETE", f"{ROWS}/{named}", who))


def listed(scene: Scene, who: str = "acme-owner") -> dict[str, Any]:
    return {row["id"]: row for row in scene.get(ROWS, who).json()["memberships"]}


def no_owner(scene: Scene) -> str:
    scopes = ["members:write", "members:read"]
    return str(scene.state("credential has scopes", org_id="org_acme", scopes=scopes)["token"])


@defect("members-invited-at-once", "MEMBER-PENDING", on=ids.INVITE).by(wrong_outcome)
@shown(None, "a time", lambda scene: invite(scene).json()["accepted_at"] and "a time")
def invited_at_once(run: Run) -> Outcome:
    """Whoever is invited has accepted at once."""
    after, outcome = run.done
    assert isinstance(outcome, Reply)  # of what is done
    row = after.all(MEMBERS)[_row(run, outcome.body["id"])]
    row = replace(row, user_id=f"usr_{row.id}", accepted_at=row.invited_at)
    return after.put(MEMBERS, row), outcome._replace(body=member_view(row, run.org_id))


@defect("members-invited-as-members", "MEMBER-PENDING", on=ids.INVITE).by(wrong_outcome)
@shown("operator", "member", lambda scene: invite(scene).json()["role"])
def invited_as_members(run: Run) -> Outcome:
    """Whoever is invited as an operator is a member."""
    after, outcome = run.done
    assert isinstance(outcome, Reply)  # of what is done
    if outcome.body["role"] != "operator":
        return after, outcome
    row = replace(after.all(MEMBERS)[_row(run, outcome.body["id"])], role="member")
    return after.put(MEMBERS, row), outcome._replace(body=member_view(row, run.org_id))


@defect("members-case-told-apart", "MEMBER-EXISTS", on=ids.INVITE).by(in_place_of(errors.MembershipExists))
@shown("409 membership_exists", "201", lambda scene: said(invite(scene, email="Member@acme.example")))
def case_told_apart(run: Run, refusal: errors.MembershipExists) -> Outcome:
    """An address is invited again if it is in other letters."""
    email = run.request.body["email"]
    if any(row.email == email for row in run.state.where(MEMBERS, org_id=run.org_id)):
        raise refusal
    return run.right(run.state, run.request._replace(body={**run.request.body, "email": f"again-{email}"}))


@defect("members-invited-again", "MEMBER-EXISTS", on=ids.INVITE).by(in_place_of(errors.MembershipExists))
@shown("409 membership_exists", "201", lambda scene: said(invite(scene), invite(scene)))
def invited_again(run: Run, _refusal: errors.MembershipExists) -> Outcome:
    """An invitation that is repeated is sent again."""
    email = run.request.body["email"].lower()
    row = next(row for row in run.state.where(MEMBERS, org_id=run.org_id) if row.address == email)
    return run.state, Reply(201, member_view(row, run.org_id))


defect("members-owners-by-anybody", "MEMBER-INVITE-OWNER", on=ids.INVITE)(
    "Whoever may invite invites owners.",
    in_place_of(errors.PermissionDenied).of(
        lambda run, _refusal: run.right(
            run.state, run.request._replace(caller=replace(run.request.caller, role="owner"))
        )
    ),
    shown("403 permission_denied", "201", lambda scene: said(invite(scene, no_owner(scene), role="owner"))),
)
defect("members-owners-removed-by-anybody", "MEMBER-REMOVE-OWNER", on=ids.REMOVE_MEMBER)(
    "Whoever may remove removes owners.",
    in_place_of(errors.PermissionDenied).of(
        lambda run, _refusal: run.right(
            run.state, run.request._replace(caller=replace(run.request.caller, role="owner"))
        )
    ),
    shown(
        "403 permission_denied",
        "200",
        lambda scene: remove(scene, invite(scene, role="owner").json()["id"], no_owner(scene)),
    ),
)


def show_never_accepted(scene: Scene) -> Any:
    row = invite(scene).json()["id"]
    scene.state("invitation is accepted", org_id="org_acme", membership_id=row)
    return listed(scene)[row]["accepted_at"] and "a time"


defect("members-never-accepted", "MEMBER-ACCEPTED", on=ids.LIST_MEMBERSHIPS)(
    "The list shows no time of acceptance of whoever was invited here.",
    wrong_reply.of(
        lambda body, _run: {
            "memberships": [
                row | ({} if row["id"].startswith("mem_acme") else {"accepted_at": None}) for row in body["memberships"]
            ]
        }
    ),
    shown("a time", None, show_never_accepted),
)
defect("members-role-not-kept", "MEMBER-ROLE", on=ids.UPDATE_ROLE)(
    "A changed role is answered, and not kept.",
    wrong_outcome.of(lambda run: (run.state, run.outcome)),
    shown(
        "operator",
        "member",
        lambda scene: in_turn(change(scene, "usr_acme_member", "operator"), listed(scene)["mem_acme_member"]["role"]),
    ),
)


@defect("members-roles-by-anybody", "MEMBER-ROLE-OWNER", on=ids.UPDATE_ROLE).by(wrong_gate(scope))
@shown(
    "403 permission_denied",
    "200",
    lambda scene: said(scene.ask("PATCH", f"{ROWS}/usr_acme_member", no_owner(scene), json={"role": "operator"})),
)
def roles_by_anybody(right: Gate, call: Call) -> Passing:
    """Whoever holds the scope changes roles."""
    caller, call.caller = call.caller, replace(call.caller, role="owner")
    try:
        return right(call)
    finally:
        call.caller = caller


def show_role_joins_anew(scene: Scene) -> str:
    at = change(scene, "usr_acme_member", "operator").json()["accepted_at"]
    return "later" if at > "2026-01-03" else str(at)


@defect("members-role-joins-anew", "MEMBER-ROLE", on=ids.UPDATE_ROLE).by(wrong_outcome)
@shown("2026-01-02T00:00:00Z", "later", show_role_joins_anew)
def role_joins_anew(run: Run) -> Outcome:
    """Whoever gets another role has accepted just now."""
    after, outcome = run.done
    assert isinstance(outcome, Reply)  # of what is done
    row = replace(after.all(MEMBERS)[_row(run, outcome.body["id"])], accepted_at=run.request.now)
    return after.put(MEMBERS, row), outcome._replace(body=member_view(row, run.org_id))


defect("members-pending-role-changed", "MEMBER-ROLE-PENDING", on=ids.UPDATE_ROLE)(
    "The role of an invitation that is pending is changed.",
    in_place_of(errors.PendingInvitation).of(lambda run, _refusal: with_another_role(run)),
    shown("409 pending_invitation", "200", lambda scene: said(change(scene, "mem_acme_pending", "operator"))),
)
defect("members-removed-stay", "MEMBER-REMOVED", "DELETE-GONE", on=ids.REMOVE_MEMBER)(
    "A removal is answered, and the row stays.",
    wrong_outcome.of(lambda run: (run.state, run.outcome)),
    shown(False, True, lambda scene: in_turn(remove(scene, "mem_acme_pending"), "mem_acme_pending" in listed(scene))),
)
defect("members-last-owner-goes", "MEMBER-LAST-OWNER", on=ids.REMOVE_MEMBER)(
    "The last owner is removed.",
    in_place_of(errors.LastOwner).of(
        lambda run, _refusal: (without(run.state, _named(run)), Reply(200, {"status": "deleted"}))
    ),
    shown("409 last_owner", "200", remove, "usr_acme_owner"),
)


@defect("members-invited-owner-counts", "MEMBER-LAST-OWNER", on=ids.UPDATE_ROLE).by(in_place_of(errors.LastOwner))
@shown(
    "409 last_owner", "200", lambda scene: said(invite(scene, role="owner"), change(scene, "usr_acme_owner", "member"))
)
def invited_owner_counts(run: Run, refusal: errors.LastOwner) -> Outcome:
    """Beside an owner who is invited, and has not accepted, the last one gets another role."""
    if not any(row.role == "owner" and row.pending for row in run.state.where(MEMBERS, org_id=run.org_id)):
        raise refusal
    return with_another_role(run)


def with_another_role(run: Run) -> Outcome:
    """Give the row that the path names the role that was asked for, whatever stands against it."""
    row = replace(_named(run), role=run.request.body["role"])
    return run.state.put(MEMBERS, row), Reply(200, member_view(row, run.org_id))


def show_members_not_narrowed(scene: Scene) -> Any:
    found = [*listed(scene, "acme-auditor")]
    return found if len(found) == 1 else len(found)


@defect("ownership-members-not-narrowed", "OWNERSHIP-MEMBER-ROW", on=ids.LIST_MEMBERSHIPS).by(wrong_outcome)
@shown(["mem_acme_auditor"], 6, show_members_not_narrowed)
def members_not_narrowed(run: Run) -> Outcome:
    """Whoever may read the own row reads every one."""
    caller = replace(run.request.caller, permissions=(*run.request.caller.permissions, "members:read"))
    return run.right(run.state, run.request._replace(caller=caller))


defect("ownership-org-path-any", "OWNERSHIP-ORG-PATH", on=ids.LIST_MEMBERSHIPS + ids.INVITE)(
    "A path with the id of another org is served as the own one's.",
    open_gate(org).of(lambda _call: True),
    shown("403 permission_denied", "200", lambda scene: said(scene.get("/orgs/org_globex/memberships"))),
)
