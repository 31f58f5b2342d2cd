"""Agent roles are made, changed, archived and taken into use again; what they name has to be there."""

from typing import Any

import pytest

from mock_server import MockWorld
from tests.mock_server.resources.at_rest import stopped

DEV, OLD, PROVIDER, FORMER = "role_01HZ", "role_acme_old", "provider_01HZ", "provider_acme_old"
NEW = {"name": "reviewer", "provider_id": PROVIDER}
NOW, LATER = "2026-07-01T09:00:00Z", "2026-07-01T10:00:00Z"


def ask(world: MockWorld, method: str, path: str = "", who: str = "acme-owner", **options: Any) -> Any:
    return world.client(who).request(method, f"/agent-roles{path}", **options)


def made(world: MockWorld, who: str = "acme-owner", **sent: Any) -> Any:
    return ask(world, "POST", who=who, json={**NEW, **sent})


def patched(world: MockWorld, role_id: str, **sent: Any) -> Any:
    return ask(world, "PATCH", f"/{role_id}", json=sent)


def names(world: MockWorld, query: str = "", who: str = "acme-owner") -> list[str]:
    return [each["name"] for each in ask(world, "GET", query, who).json()["agent_roles"]]


def set_up(world: MockWorld, state: str, **params: object) -> Any:
    return world.ask("POST", "/states", json={"action": "setup", "state": state, "params": params})


def tear_down(world: MockWorld, state: str, values: Any) -> None:
    world.ask("POST", "/states", json={"action": "teardown", "state": state, "values": values})


def code(answer: Any) -> str:
    return f"{answer.status_code} {answer.json()['error']['code']}"


def wrong(answer: Any) -> list[str]:
    assert code(answer) == "400 validation_error"
    return sorted(answer.json()["error"]["details"]["fields"])


def test_a_new_one_has_its_defaults_and_no_more_than_was_sent(world: MockWorld) -> None:
    answer = made(world)
    shown = answer.json()
    role_id = shown.pop("id")
    assert answer.status_code == 201
    assert shown == {
        "org_id": "org_acme",
        **NEW,
        "environment": "development",
        "pool_policy": "",
        "pack_ids": [],
        "created_at": NOW,
        "updated_at": NOW,
    }
    assert ask(world, "GET", f"/{role_id}", "acme-member").json() == {"id": role_id, **shown}


def test_every_field_that_is_sent_is_shown(world: MockWorld) -> None:
    sent = {
        **NEW,
        "display_name": "Reviewer",
        "description": "Reads.",
        "model": "claude-small",
        "capabilities": "[]\n",
        "environment": "staging",
        "environment_description": "A copy.",
        "task_timeout_seconds": 86400,
        "idle_timeout_seconds": 1,
        "thinking_effort": "off",
        "max_continuations": 0,
        "max_context_tokens": 10_000_000,
        "pool_policy": "dynamic",
        "pool_size": 0,
        "pool_max_size": 100,
        "pack_ids": ["pack_globex_metrics", "pack_01HZ", "pack_02HZ"],
    }
    server_set = {"id": "role_mine", "org_id": None, "created_at": "x", "updated_at": "x", "archived_at": "x"}
    shown = made(world, **sent, **server_set).json()
    assert shown.pop("id") != "role_mine"
    assert shown == {**sent, "org_id": "org_acme", "created_at": NOW, "updated_at": NOW}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Reviewer"),
        ("name", None),
        ("provider_id", "provider_globex_main"),
        ("provider_id", "provider_absent"),
        ("provider_id", 1),
        ("pack_ids", ["pack_globex_ledger"]),
        ("pack_ids", ["pack_01HZ", "pack_absent"]),
        ("pack_ids", ["pack_01HZ", "pack_01HZ"]),
        ("pack_ids", [f"pack_{number}" for number in range(65)]),
        ("pack_ids", None),
        ("capabilities", ""),
        ("capabilities", "name: tickets"),
        ("capabilities", "- ["),
        ("capabilities", "[" * 60_000),
        ("capabilities", "- a\n--- \n- b"),
        ("environment", "moon"),
        ("thinking_effort", "none"),
        ("task_timeout_seconds", 0),
        ("idle_timeout_seconds", 86401),
        ("max_continuations", 1001),
        ("max_context_tokens", 1.5),
        ("pool_policy", None),
        ("pool_size", -1),
        ("pool_max_size", 101),
        ("description", "x" * 4097),
        ("archived", True),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(world: MockWorld, field: str, value: object) -> None:
    before = world.state()
    for answer in (made(world, **{field: value}), patched(world, DEV, **{field: value})):
        [named] = wrong(answer)
        assert named.partition(".")[0] == field
    assert world.state() == before


def test_every_field_that_is_wrong_is_named(world: MockWorld) -> None:
    sent = {"provider_id": "provider_absent", "pack_ids": ["pack_absent"], "capabilities": "{}"}
    assert wrong(patched(world, DEV, **sent)) == sorted(sent)


def test_a_name_is_taken_once_in_an_org_by_archived_ones_too(world: MockWorld) -> None:
    assert [code(made(world, name=name)) for name in ("dev", "former")] == ["409 role_exists"] * 2
    assert made(world, "globex-owner", name="oncall", provider_id="provider_globex_main").status_code == 201


def test_an_update_changes_what_it_sends(world: MockWorld) -> None:
    before = ask(world, "GET", f"/{DEV}").json()
    assert patched(world, DEV).json() == before
    assert patched(world, DEV, **{name: before[name] for name in ("provider_id", "pack_ids", "model")}).json() == before
    world.freeze(LATER)
    changes = {"pack_ids": ["pack_01HZ"], "provider_id": "provider_acme_vertex", "environment": "production"}
    changed = patched(world, DEV, model=None, thinking_effort=None, **changes).json()
    kept = {name: value for name, value in before.items() if name not in ("model", "thinking_effort")}
    assert changed == {**kept, **changes, "updated_at": LATER}
    assert patched(world, DEV, pack_ids=[]).json()["pack_ids"] == []
    refused = ["environment", "pool_policy", "pack_ids", "provider_id"]
    assert [wrong(patched(world, DEV, **{name: None})) for name in refused] == [[name] for name in refused]


def test_no_role_is_made_on_an_archived_provider_or_moved_to_one(world: MockWorld) -> None:
    before = world.state()
    assert code(made(world, provider_id=FORMER)) == "409 provider_archived"
    assert code(patched(world, DEV, provider_id=FORMER, model="x")) == "409 provider_archived"
    assert world.state() == before
    assert patched(world, OLD, provider_id=FORMER, model="x").json()["model"] == "x"


def test_an_archived_role_is_out_of_the_list_and_still_read(world: MockWorld) -> None:
    stopped(world)
    assert ask(world, "POST", f"/{DEV}/archive").json() == {"status": "archived"}
    assert names(world) == ["spare", "oncall"]
    assert names(world, "?include_archived=true") == ["former", "dev", "spare", "oncall"]
    assert ask(world, "GET", f"/{DEV}").json()["archived_at"] == NOW
    world.freeze(LATER)
    assert ask(world, "POST", f"/{DEV}/archive").json() == {"status": "archived"}
    assert ask(world, "GET", f"/{DEV}").json()["updated_at"] == NOW
    assert ask(world, "POST", f"/{DEV}/unarchive").json() == {"status": "unarchived"}
    assert "archived_at" not in ask(world, "GET", f"/{DEV}").json()
    assert code(ask(world, "POST", f"/{DEV}/unarchive")) == "409 not_archived"


def test_a_provider_takes_its_roles_along_and_does_not_bring_them_back(world: MockWorld) -> None:
    stopped(world)
    ask(world, "POST", "/role_acme_spare/archive")
    world.freeze(LATER)
    client = world.client("acme-owner")
    assert client.post(f"/providers/{PROVIDER}/archive").json() == {"status": "archived", "cascaded_roles": 2}
    assert names(world) == []
    assert ask(world, "GET", f"/{DEV}").json()["archived_at"] == LATER
    assert ask(world, "GET", "/role_acme_spare").json()["archived_at"] == NOW
    assert code(ask(world, "POST", f"/{DEV}/unarchive")) == "409 provider_archived"
    client.post(f"/providers/{PROVIDER}/unarchive")
    assert names(world) == []
    assert ask(world, "POST", f"/{DEV}/unarchive").json() == {"status": "unarchived"}


def test_an_attached_pack_stays_until_every_role_lets_go_of_it(world: MockWorld) -> None:
    client = world.client("acme-owner")
    role_id = made(world, pack_ids=["pack_01HZ"]).json()["id"]
    ask(world, "POST", f"/{role_id}/archive")
    assert client.delete("/packs/pack_01HZ").json()["error"]["details"] == {"roles": 1}
    patched(world, role_id, pack_ids=[])
    assert client.delete("/packs/pack_01HZ").json() == {"status": "deleted"}


@pytest.mark.parametrize("role_id", ["role_globex_dev", "role_absent"])
def test_what_is_not_the_orgs_is_not_there(world: MockWorld, role_id: str) -> None:
    asked = [("GET", ""), ("PATCH", ""), ("POST", "/archive"), ("POST", "/unarchive")]
    answers = [ask(world, method, f"/{role_id}{below}", json={}) for method, below in asked]
    assert [code(answer) for answer in answers] == ["404 role_not_found"] * 4


def test_a_member_reads_and_writes_nothing(world: MockWorld) -> None:
    asked = [("POST", "", NEW), ("PATCH", f"/{DEV}", {}), ("POST", f"/{DEV}/archive", None)]
    answers = [ask(world, method, path, "acme-member", json=body) for method, path, body in asked]
    assert [code(answer) for answer in answers] == ["403 permission_denied"] * 3
    assert names(world, who="acme-member") == ["dev", "spare", "oncall"]


def test_the_state_role_references_pack_makes_a_whole_role_and_takes_it_back(world: MockWorld) -> None:
    before = world.state()
    params = {"org_id": "org_hooli", "pack_id": "pack_02HZ"}
    values = set_up(world, "role references pack", **params)
    shown = ask(world, "GET", f"/{values['role_id']}", "hooli-owner").json()
    assert (shown["provider_id"], shown["pack_ids"]) == ("provider_hooli_main", ["pack_02HZ"])
    tear_down(world, "role references pack", values)
    assert what_is_there(world.state()) == what_is_there(before)


def test_the_state_makes_a_provider_where_the_org_has_none_in_use(world: MockWorld) -> None:
    stopped(world)
    world.client("acme-owner").post(f"/providers/{PROVIDER}/archive")
    for provider in ("provider_acme_vertex", "provider_acme_azure"):
        world.client("acme-owner").post(f"/providers/{provider}/archive")
    before = world.state()
    values = set_up(world, "role references pack", org_id="org_acme", pack_id="pack_02HZ")
    assert sorted(values) == ["provider_id", "role_id"]
    assert ask(world, "GET", f"/{values['role_id']}").json()["provider_id"] == values["provider_id"]
    tear_down(world, "role references pack", values)
    assert what_is_there(world.state()) == what_is_there(before)


def test_a_provider_that_a_state_made_goes_with_its_roles(world: MockWorld) -> None:
    before = world.state()
    params = {"org_id": "org_acme", "name": "made", "kind": "openai", "domain": "api.first.example"}
    values = set_up(world, "provider exists", **params)
    made(world, provider_id=values["provider_id"])
    tear_down(world, "provider exists", values)
    assert what_is_there(world.state()) == what_is_there(before)


def what_is_there(state: dict[str, Any]) -> dict[str, Any]:
    """The state, whatever was counted or written down on the way to it."""
    return {name: part for name, part in state.items() if name not in ("counters", "events")}
