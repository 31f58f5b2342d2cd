"""Defects of memberships: who may invite and remove whom, what an invitation shows, and who is left."""

from __future__ import annotations

from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.mistakes import edits, grants, undone, wrongly
from benchmarks.planted_defects.planting.requests import Passing, open_gate, wrong_gate
from benchmarks.planted_defects.planting.runs import body_of, permitted, resent, showing
from benchmarks.planted_defects.scene import Scene, do_in_turn, read_status
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.wrong_operations import Outcome, Run
from mock_server.operation import Reply
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.access import check_org, check_scope
from mock_server.resources.members import MEMBERS, Member, find_by_person, show_member, without
from mock_server.state.value import replace
from mock_server.worlds.call import Call

defect = Declarer(__name__)

DENIED, EXISTS, LAST = "403 permission_denied", "409 membership_exists", "409 last_owner"
ROWS, MEMBER = "/orgs/org_acme/memberships", "usr_acme_member"
INVITATION = {"email": "witness@acme.example", "role": "operator"}


def _named(run: Run) -> Member:
    """Return the row that the path names, as it was before."""
    name = run.request.path["user_id"]
    return find_by_person(run.state, run.org_id, name) or run.state.all(MEMBERS)[run.org_id, name]


def _kept(run: Run, **fields: Any) -> Outcome:
    """Return what comes of the request that leaves its row with these values."""
    row = replace(run.after.all(MEMBERS)[run.org_id, body_of(run)["id"]], **fields)
    return showing(run, show_member(row, run.org_id), run.after.put(MEMBERS, row))


def _rows(run: Run) -> list[Member]:
    return run.state.select(MEMBERS, org_id=run.org_id)


def with_another_role(run: Run) -> Outcome:
    """Give the row that the path names the role that was asked for, whatever stands against it."""
    row = replace(_named(run), role=run.request.body["role"])
    return run.state.put(MEMBERS, row), Reply(200, show_member(row, run.org_id))


def _accepted_nowhere(row: Any) -> Any:
    return row if row["id"].startswith("mem_acme") else {**row, "accepted_at": None}


_as_owner = grants(errors.PermissionDenied, lambda run: permitted(run, role="owner"))


def invite(scene: Scene, who: str = "acme-owner", **more: str) -> Any:
    return scene.ask("POST", ROWS, who, json={**INVITATION, **more})


def change(scene: Scene, named: str, role: str, who: str = "acme-owner") -> Any:
    return scene.ask("PATCH", f"{ROWS}/{named}", who, json={"role": role})


def remove(scene: Scene, named: str, who: str = "acme-owner") -> str:
    return read_status(scene.ask("DELETE", f"{ROWS}/{named}", who))


def listed(scene: Scene, who: str = "acme-owner") -> dict[str, Any]:
    return {row["id"]: row for row in scene.get(ROWS, who).json()["memberships"]}


def no_owner(scene: Scene) -> str:
    scopes = ["members:write", "members:read"]
    return str(scene.state("credential has scopes", org_id="org_acme", scopes=scopes)["token"])


def invited(scene: Scene, column: str) -> Any:
    return invite(scene).json()[column]


def role_after_change(scene: Scene) -> Any:
    return do_in_turn(change(scene, MEMBER, "operator"), listed(scene)["mem_acme_member"]["role"])


def has_accepted(scene: Scene) -> bool:
    row = invited(scene, "id")
    scene.state("invitation is accepted", org_id="org_acme", membership_id=row)
    return listed(scene)[row]["accepted_at"] is not None


def session_after_removal(scene: Scene) -> str:
    joined = scene.state("invitation is accepted", org_id="org_acme", membership_id=invited(scene, "id"))
    remove(scene, str(joined["user_id"]))
    return read_status(scene.ask("GET", "/me/session", str(joined["token"])))


defect("members-invited-as-members", "MEMBER-PENDING", on=ids.INVITE)(
    "Whoever is invited as an operator is a member.",
    wrongly(lambda run: _kept(run, role="member") if body_of(run)["role"] == "operator" else run.done),
    shown("operator", "member", invited, "role"),
)
defect("members-owners-by-anybody", "MEMBER-INVITE-OWNER", on=ids.INVITE)(
    "Whoever may invite invites owners.",
    _as_owner,
    shown(DENIED, "201", lambda scene: read_status(invite(scene, no_owner(scene), role="owner"))),
)
defect("members-owners-removed-by-anybody", "MEMBER-REMOVE-OWNER", on=ids.REMOVE_MEMBER)(
    "Whoever may remove removes owners.",
    _as_owner,
    shown(DENIED, "200", lambda scene: remove(scene, invite(scene, role="owner").json()["id"], no_owner(scene))),
)
defect("members-never-accepted", "MEMBER-ACCEPTED", on=ids.LIST_MEMBERSHIPS)(
    "The list shows no time of acceptance of whoever was invited here.",
    edits(lambda body: {"memberships": [_accepted_nowhere(row) for row in body["memberships"]]}),
    shown(True, False, has_accepted),
)
defect("members-role-not-kept", "MEMBER-ROLE", on=ids.UPDATE_ROLE)(
    "A changed role is answered, and not kept.", undone, shown("operator", "member", role_after_change)
)
defect("members-role-joins-anew", "MEMBER-ROLE", on=ids.UPDATE_ROLE)(
    "Whoever gets another role has accepted just now.",
    wrongly(lambda run: _kept(run, accepted_at=run.request.now)),
    shown(True, False, lambda scene: change(scene, MEMBER, "operator").json()["accepted_at"] < "2026-01-03"),
)
defect("members-pending-role-changed", "MEMBER-ROLE-PENDING", on=ids.UPDATE_ROLE)(
    "The role of an invitation that is pending is changed.",
    grants(errors.PendingInvitation, with_another_role),
    shown("409 pending_invitation", "200", lambda scene: read_status(change(scene, "mem_acme_pending", "operator"))),
)
defect("members-removed-stay", "MEMBER-REMOVED", "DELETE-GONE", on=ids.REMOVE_MEMBER)(
    "A removal is answered, and the row stays.",
    undone,
    shown(
        False, True, lambda scene: do_in_turn(remove(scene, "mem_acme_pending"), "mem_acme_pending" in listed(scene))
    ),
)
defect("members-removed-still-served", "MEMBER-SESSIONS-END", on=ids.REMOVE_MEMBER)(
    "Whoever was removed goes on with the session of before.",
    wrongly(lambda run: (run.state.drop(MEMBERS, MEMBERS.key_of(_named(run))), Reply(200, {"status": "deleted"}))),
    shown("401 unauthenticated", "200", session_after_removal),
)
defect("members-last-owner-goes", "MEMBER-LAST-OWNER", on=ids.REMOVE_MEMBER)(
    "The last owner is removed.",
    grants(errors.LastOwner, lambda run: (without(run.state, _named(run)), Reply(200, {"status": "deleted"}))),
    shown(LAST, "200", remove, "usr_acme_owner"),
)
defect("ownership-members-not-narrowed", "OWNERSHIP-MEMBER-ROW", on=ids.LIST_MEMBERSHIPS)(
    "Whoever may read the own row reads every one.",
    wrongly(lambda run: permitted(run, "members:read")),
    shown(1, 6, lambda scene: len(listed(scene, "acme-auditor"))),
)
defect("ownership-org-path-any", "OWNERSHIP-ORG-PATH", on=ids.LIST_MEMBERSHIPS + ids.INVITE)(
    "A path with the id of another org is served as the own one's.",
    open_gate(check_org).make_plan(lambda _call: True),
    shown(DENIED, "200", lambda scene: read_status(scene.get("/orgs/org_globex/memberships"))),
)


@defect("members-invited-at-once", "MEMBER-PENDING", on=ids.INVITE).wrongly
@shown(True, False, lambda scene: invited(scene, "accepted_at") is None)
def invited_at_once(run: Run) -> Outcome:
    """Whoever is invited has accepted at once."""
    row = run.after.all(MEMBERS)[run.org_id, body_of(run)["id"]]
    return _kept(run, user_id=f"usr_{row.id}", accepted_at=row.invited_at)


@defect("members-case-told-apart", "MEMBER-EXISTS", on=ids.INVITE).grants(errors.MembershipExists)
@shown(EXISTS, "201", lambda scene: read_status(invite(scene, email="Member@acme.example")))
def case_told_apart(run: Run) -> Outcome | None:
    """An address is invited again if it is in other letters."""
    email = run.request.body["email"]
    return None if any(row.email == email for row in _rows(run)) else resent(run, email=f"again-{email}")


@defect("members-invited-again", "MEMBER-EXISTS", on=ids.INVITE).grants(errors.MembershipExists)
@shown(EXISTS, "201", lambda scene: read_status(invite(scene), invite(scene)))
def invited_again(run: Run) -> Outcome:
    """An invitation that is repeated is sent again."""
    row = next(row for row in _rows(run) if row.address == run.request.body["email"].lower())
    return run.state, Reply(201, show_member(row, run.org_id))


@defect("members-roles-by-anybody", "MEMBER-ROLE-OWNER", on=ids.UPDATE_ROLE).by(wrong_gate(check_scope))
@shown(DENIED, "200", lambda scene: read_status(change(scene, MEMBER, "operator", no_owner(scene))))
def roles_by_anybody(right: Gate, call: Call) -> Passing:
    """Whoever holds the scope changes roles."""
    caller, call.caller = call.caller, replace(call.caller, role="owner")
    try:
        return right(call)
    finally:
        call.caller = caller


@defect("members-invited-owner-counts", "MEMBER-LAST-OWNER", on=ids.UPDATE_ROLE).grants(errors.LastOwner)
@shown(LAST, "200", lambda scene: read_status(invite(scene, role="owner"), change(scene, "usr_acme_owner", "member")))
def invited_owner_counts(run: Run) -> Outcome | None:
    """Beside an owner who is invited, and has not accepted, the last one gets another role."""
    return with_another_role(run) if any(row.role == "owner" and row.pending for row in _rows(run)) else None
