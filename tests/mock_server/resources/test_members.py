"""People are invited, accept, get another role and are removed; who is removed is let in no longer."""

from pathlib import Path
from typing import Any

import pytest

from mock_server import MockWorld
from mock_server.client import Refused
from mock_server.errors import StartError
from mock_server.fixtures import load_seed
from tests.mock_server.serving import DOCUMENT

NOW = "2026-06-01T09:00:00Z"

ROWS = "/orgs/org_acme/memberships"


def invite(world: MockWorld, email: str = "ada@acme.example", role: str = "member", who: str = "acme-owner") -> Any:
    return world.client(who).post(ROWS, json={"email": email, "role": role})


def change(world: MockWorld, named: str, role: str, who: str = "acme-owner") -> Any:
    return world.client(who).patch(f"{ROWS}/{named}", json={"role": role})


def remove(world: MockWorld, named: str, who: str = "acme-owner") -> Any:
    return world.client(who).delete(f"{ROWS}/{named}")


def rows(world: MockWorld, who: str = "acme-owner") -> dict[str, Any]:
    return {row["id"]: row for row in world.client(who).get(ROWS).json()["memberships"]}


def state(world: MockWorld, name: str, action: str = "setup", **more: Any) -> Any:
    return world.ask("POST", "/states", json={"action": action, "state": name, **more})


def session(world: MockWorld, token: str) -> Any:
    return world.client().get("/me/session", headers={"Authorization": f"Bearer {token}"})


def code(answer: Any) -> str:
    return f"{answer.status_code} {answer.json()['error']['code']}"


def test_an_invitation_is_pending_until_it_is_accepted(world: MockWorld) -> None:
    made = invite(world, role="operator").json()
    assert made == {
        "id": made["id"],
        "org_id": "org_acme",
        "workos_user_id": "",
        "email": "ada@acme.example",
        "role": "operator",
        "invited_by": "usr_acme_owner",
        "invited_at": "2026-06-01T09:00:00Z",
        "accepted_at": None,
    }
    world.freeze("2026-06-02T09:00:00Z")
    values = state(world, "invitation is accepted", params={"org_id": "org_acme", "membership_id": made["id"]})
    user = {"workos_user_id": values["user_id"], "accepted_at": "2026-06-02T09:00:00Z"}
    assert rows(world)[made["id"]] == {**made, **user}
    said = session(world, values["token"]).json()
    assert (said["user_id"], said["role"], said["email"]) == (values["user_id"], "operator", "ada@acme.example")
    assert [each["role"] for each in said["memberships"]] == ["operator"]


def test_an_address_is_in_an_org_once_and_in_another_too(world: MockWorld) -> None:
    assert code(invite(world, "MEMBER@acme.example")) == "409 membership_exists"
    assert code(invite(world, "newcomer@acme.example")) == "409 membership_exists"
    assert invite(world, "member@globex.example").status_code == 201


def test_a_removed_person_is_let_in_no_longer_and_comes_back_as_another(world: MockWorld) -> None:
    params = {"org_id": "org_acme", "membership_id": invite(world).json()["id"]}
    first = state(world, "invitation is accepted", params=params)
    assert remove(world, first["user_id"]).json() == {"status": "deleted"}
    assert [session(world, first["token"]).status_code, remove(world, first["user_id"]).status_code] == [401, 404]
    again = {**params, "membership_id": invite(world).json()["id"]}
    second = state(world, "invitation is accepted", params=again)
    assert second["user_id"] != first["user_id"]
    assert [session(world, each["token"]).status_code for each in (first, second)] == [401, 200]


def test_a_persona_that_is_removed_is_nobody_until_the_reset(world: MockWorld) -> None:
    remove(world, "usr_acme_member")
    assert world.client("acme-member").get("/packs").status_code == 401
    world.reset()
    assert world.client("acme-member").get("/packs").status_code == 200


def test_a_changed_role_is_the_rows_and_not_the_tokens(world: MockWorld) -> None:
    before = rows(world)["mem_acme_member"]
    assert change(world, "usr_acme_member", "operator").json() == {**before, "role": "operator"}
    said = world.client("acme-member").get("/me/session").json()
    assert (said["role"], [each["role"] for each in said["memberships"]]) == ("member", ["operator"])


def test_the_last_owner_stays_until_another_has_accepted(world: MockWorld) -> None:
    made = invite(world, role="owner").json()
    answers = [change(world, "usr_acme_owner", "member"), remove(world, "mem_acme_owner")]
    assert [code(each) for each in answers] == ["409 last_owner"] * 2
    state(world, "invitation is accepted", params={"org_id": "org_acme", "membership_id": made["id"]})
    assert change(world, "usr_acme_owner", "member").status_code == 200


def test_owners_are_invited_changed_and_removed_by_owners_alone(world: MockWorld) -> None:
    params = {"org_id": "org_acme", "scopes": ["members:write"]}
    token = state(world, "credential has scopes", params=params)["token"]
    client = world.client(headers={"Authorization": f"Bearer {token}"})
    assert client.post(ROWS, json={"email": "b@acme.example", "role": "member"}).status_code == 201
    answers = [
        client.post(ROWS, json={"email": "c@acme.example", "role": "owner"}),
        client.patch(f"{ROWS}/usr_acme_member", json={"role": "operator"}),
        client.delete(f"{ROWS}/usr_acme_owner"),
    ]
    assert [code(each) for each in answers] == ["403 permission_denied"] * 3


def test_whoever_reads_the_own_row_alone_is_shown_that(world: MockWorld) -> None:
    assert [*rows(world, "acme-auditor")] == ["mem_acme_auditor"]
    assert len(rows(world, "acme-member")) == 6
    params = {"org_id": "org_acme", "scopes": ["members:read:own"]}
    token = state(world, "credential has scopes", params=params)["token"]
    found = world.client(headers={"Authorization": f"Bearer {token}"}).get(ROWS).json()["memberships"]
    assert [row["role"] for row in found] == ["member"]


def test_a_state_is_undone(world: MockWorld) -> None:
    before = rows(world)
    params = {"org_id": "org_acme", "scopes": ["members:read"]}
    values = state(world, "credential has scopes", params=params)
    made = invite(world).json()["id"]
    accepted = {"org_id": "org_acme", "membership_id": made}
    user = state(world, "invitation is accepted", params=accepted)
    assert len(rows(world)) == len(before) + 2
    for _ in range(2):
        state(world, "credential has scopes", "teardown", params=params, values=values)
        state(world, "invitation is accepted", "teardown", params=accepted, values=user)
    assert rows(world) == before


@pytest.mark.parametrize("membership_id", ["mem_none", "mem_acme_member"])
def test_nobody_accepts_what_is_no_invitation(world: MockWorld, membership_id: str) -> None:
    with pytest.raises(Refused):
        state(world, "invitation is accepted", params={"org_id": "org_acme", "membership_id": membership_id})


WRONG: dict[str, tuple[Any, list[str]]] = {
    "empty": ({}, ["email", "role"]),
    "no-object": ([], ["body"]),
    "no-address": ({"email": "ada", "role": "member"}, ["email"]),
    "one-label": ({"email": "ada@acme", "role": "member"}, ["email"]),
    "two-at": ({"email": "a@b@acme.example", "role": "member"}, ["email"]),
    "blank": ({"email": "a da@acme.example", "role": "member"}, ["email"]),
    "long": ({"email": f"{'a' * 242}@acme.example", "role": "member"}, ["email"]),
    "role-unknown": ({"email": "ada@acme.example", "role": "king"}, ["role"]),
    "role-null": ({"email": "ada@acme.example", "role": None}, ["role"]),
    "user-sent": ({"email": "ada@acme.example", "role": "member", "workos_user_id": "usr_x"}, ["workos_user_id"]),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_body_names_its_fields_and_invites_nobody(world: MockWorld, kind: str) -> None:
    body, fields = WRONG[kind]
    before = rows(world)
    answer = world.client("acme-owner").post(ROWS, json=body)
    assert code(answer) == "400 validation_error"
    assert sorted(answer.json()["error"]["details"]["fields"]) == fields
    assert rows(world) == before


@pytest.mark.parametrize("org_id", ["org_globex", "org_none"])
def test_the_path_of_another_org_is_refused(world: MockWorld, org_id: str) -> None:
    client, path = world.client("acme-owner"), f"/orgs/{org_id}/memberships"
    answers = [
        client.get(path),
        client.post(path, json={"email": "ada@acme.example", "role": "member"}),
        client.patch(f"{path}/usr_globex_member", json={"role": "operator"}),
        client.delete(f"{path}/usr_globex_member"),
    ]
    assert [code(each) for each in answers] == ["403 permission_denied"] * 4


def test_an_unknown_member_and_one_of_another_org_are_alike(world: MockWorld) -> None:
    answers = [
        remove(world, "usr_none"),
        remove(world, "usr_globex_member"),
        change(world, "mem_globex_owner", "member"),
    ]
    assert {code(each) for each in answers} == {"404 membership_not_found"}


def test_a_person_of_the_fixtures_needs_no_id_and_an_invitation_does(tmp_path: Path) -> None:
    person = "{user_id: usr_ada, org_id: org_acme, role: member, email: ada@acme.example, persona: ada}"
    (tmp_path / "members.yaml").write_text(f"members:\n  - {person}\n")
    assert "ada" in [each.name for each in load_seed(0, DOCUMENT, [tmp_path]).personas]
    (tmp_path / "members.yaml").write_text(f"members:\n  - {person.replace('user_id: usr_ada, ', '')}\n")
    with pytest.raises(StartError, match="an invitation needs one"):
        load_seed(0, DOCUMENT, [tmp_path])
