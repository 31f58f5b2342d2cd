"""What shows the defects of memberships."""

from typing import Any

from tests.benchmarks.planted_defects.scene import Scene, said
from tests.benchmarks.planted_defects.witness import witness

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


@witness("members-invited-at-once", right=None, wrong="a time")
def time_of_acceptance(scene: Scene) -> Any:
    return invite(scene).json()["accepted_at"] and "a time"


@witness("members-invited-as-members", right="operator", wrong="member")
def role_of_an_invitation(scene: Scene) -> Any:
    return invite(scene).json()["role"]


@witness("members-case-told-apart", right="409 membership_exists", wrong="201")
def address_in_capitals(scene: Scene) -> str:
    return said(invite(scene, email="Member@acme.example"))


@witness("members-invited-again", right="409 membership_exists", wrong="201")
def address_again(scene: Scene) -> str:
    invite(scene)
    return said(invite(scene))


@witness("members-owners-by-anybody", right="403 permission_denied", wrong="201")
def owner_by_no_owner(scene: Scene) -> str:
    return said(invite(scene, no_owner(scene), role="owner"))


@witness("members-owners-removed-by-anybody", right="403 permission_denied", wrong="200")
def owner_removed_by_no_owner(scene: Scene) -> str:
    return remove(scene, invite(scene, role="owner").json()["id"], no_owner(scene))


@witness("members-never-accepted", right="a time", wrong=None)
def time_of_whoever_accepted(scene: Scene) -> Any:
    row = invite(scene).json()["id"]
    scene.state("invitation is accepted", org_id="org_acme", membership_id=row)
    return listed(scene)[row]["accepted_at"] and "a time"


@witness("members-role-not-kept", right="operator", wrong="member")
def role_in_the_list(scene: Scene) -> Any:
    change(scene, "usr_acme_member", "operator")
    return listed(scene)["mem_acme_member"]["role"]


@witness("members-roles-by-anybody", right="403 permission_denied", wrong="200")
def role_by_no_owner(scene: Scene) -> str:
    sent = {"role": "operator"}
    return said(scene.ask("PATCH", f"{ROWS}/usr_acme_member", no_owner(scene), json=sent))


@witness("members-role-joins-anew", right="2026-01-02T00:00:00Z", wrong="later")
def time_after_a_change(scene: Scene) -> str:
    at = change(scene, "usr_acme_member", "operator").json()["accepted_at"]
    return "later" if at > "2026-01-03" else str(at)


@witness("members-pending-role-changed", right="409 pending_invitation", wrong="200")
def role_of_a_pending_one(scene: Scene) -> str:
    return said(change(scene, "mem_acme_pending", "operator"))


@witness("members-removed-stay", right=False, wrong=True)
def row_after_a_removal(scene: Scene) -> bool:
    remove(scene, "mem_acme_pending")
    return "mem_acme_pending" in listed(scene)


@witness("members-last-owner-goes", right="409 last_owner", wrong="200")
def removal_of_the_last_owner(scene: Scene) -> str:
    return remove(scene, "usr_acme_owner")


@witness("members-invited-owner-counts", right="409 last_owner", wrong="200")
def role_beside_an_invited_owner(scene: Scene) -> str:
    invite(scene, role="owner")
    return said(change(scene, "usr_acme_owner", "member"))


@witness("ownership-members-not-narrowed", right=["mem_acme_auditor"], wrong=6)
def rows_of_whoever_reads_the_own(scene: Scene) -> Any:
    found = [*listed(scene, "acme-auditor")]
    return found if len(found) == 1 else len(found)


@witness("ownership-org-path-any", right="403 permission_denied", wrong="200")
def path_of_another_org(scene: Scene) -> str:
    return said(scene.get("/orgs/org_globex/memberships"))
