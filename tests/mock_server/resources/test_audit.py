"""Every change writes its event, and events are listed page by page, filtered and in order."""

from typing import Any

import pytest

from mock_server import MockWorld
from tests.mock_server.resources.at_rest import stopped

NOW = "2026-07-01T09:00:00.123456Z"


def audit(world: MockWorld, who: str = "acme-owner", **query: Any) -> Any:
    answer = world.client(who).get("/audit", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def events(world: MockWorld, who: str = "acme-owner", **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = audit(world, who, **query)["events"]
    return found


def since(world: MockWorld) -> list[tuple[str, str, str]]:
    """Type, user and object of each event of configuration since the world was made, oldest first."""
    found = events(world, **{"from": "2026-07-01T00:00:00Z", "order": "asc", "filter": "category=audit"})
    return [(each["event_type"], each["user_id"], each["resource_id"]) for each in found]


def make_provider(world: MockWorld, who: str = "acme-owner", name: str = "made") -> str:
    body = {"name": name, "kind": "openai", "domain": "api.first.example"}
    return str(world.client(who).post("/providers", json=body).json()["id"])


def test_every_change_of_a_provider_writes_one_event(world: MockWorld) -> None:
    client = world.client("acme-operator")
    made = make_provider(world, "acme-operator")
    client.patch(f"/providers/{made}", json={"display_name": "Made"})
    client.post(f"/providers/{made}/archive")
    client.post(f"/providers/{made}/unarchive")
    kinds = ("created", "updated", "archived", "unarchived")
    assert since(world) == [(f"provider.{kind}", "usr_acme_operator", made) for kind in kinds]


def test_an_archived_provider_takes_its_roles_with_it_and_each_has_its_event(world: MockWorld) -> None:
    stopped(world)
    world.client("acme-owner").post("/providers/provider_01HZ/archive")
    *roles, provider = since(world)
    assert roles
    assert {kind for kind, *_ in roles} == {"role.archived"}
    assert [name for *_, name in roles] == sorted(name for *_, name in roles)
    assert provider == ("provider.archived", "usr_acme_owner", "provider_01HZ")
    assert len({each["timestamp"] for each in events(world, limit=len(roles) + 1)}) == 1


def test_packs_and_secrets_write_theirs(world: MockWorld) -> None:
    client = world.client("acme-owner")
    for visibility in ("community", "community"):
        client.patch("/packs/pack_01HZ", json={"visibility": visibility})
    for _ in range(2):  # an equal value too
        client.put("/secrets/DB_PASSWORD", json={"value": "the same"})
    client.delete("/secrets/DB_PASSWORD")
    assert since(world) == [
        *([("pack.visibility_changed", "usr_acme_owner", "pack_01HZ")]),
        *([("secret.set", "usr_acme_owner", "DB_PASSWORD")] * 2),
        ("secret.deleted", "usr_acme_owner", "DB_PASSWORD"),
    ]


def test_what_is_refused_or_changes_nothing_writes_none(world: MockWorld) -> None:
    client = world.client("acme-owner")
    assert client.patch("/providers/provider_01HZ", json={}).status_code == 200
    assert client.patch("/providers/provider_01HZ", json={"domain": "api.anthropic.example"}).status_code == 200
    assert client.post("/providers/provider_acme_old/archive").status_code == 200
    assert client.post("/providers/provider_01HZ/unarchive").status_code == 409
    assert client.delete("/secrets/NOT_THERE").status_code == 404
    assert client.patch("/providers/provider_01HZ", json={"domain": "no host"}).status_code == 400
    assert world.client("acme-member").delete("/secrets/DB_PASSWORD").status_code == 403
    assert since(world) == []


def test_a_failed_purge_writes_none_and_the_one_that_works_its_own(world: MockWorld) -> None:
    pack = world.ask(
        "POST",
        "/states",
        json={"action": "setup", "state": "pack exists", "params": {"org_id": "org_acme", "image_origin": "upload"}},
    )["pack_id"]
    world.ask("POST", "/states", json={"action": "setup", "state": "registry purge fails", "params": {"pack_id": pack}})
    assert [world.client("acme-owner").delete(f"/packs/{pack}").status_code for _ in range(2)] == [502, 200]
    assert since(world) == [("pack.deleted", "usr_acme_owner", pack)]


def test_an_event_has_its_columns_and_its_time_in_milliseconds(world: MockWorld) -> None:
    made = make_provider(world, "acme-full-access")
    (event,) = events(world, limit=1)
    number = int("".join(event["id"].split("-"))[:12], 16)
    assert event == {
        "id": event["id"],
        "org_id": "org_acme",
        "user_id": "system",
        "timestamp": "2026-07-01T09:00:00.123Z",
        "event_type": "provider.created",
        "category": "audit",
        "actor": "control-plane",
        "resource_id": made,
    }
    assert event["id"][14] == "7"
    assert event["id"][19] == "8"
    assert number == 1782896400123


def test_the_history_of_the_seed_data_is_there(world: MockWorld) -> None:
    every = events(world, limit=10000)
    assert len(every) == 200
    assert len(events(world)) == 100
    assert [len(events(world, f"{org}-owner", limit=1000)) for org in ("globex", "hooli", "initech")] == [20, 20, 20]
    assert {each["org_id"] for each in every} == {"org_acme"}
    assert sum(each["timestamp"].startswith("2026-06-15") for each in every) == 4
    assert sum("auth_failures" in each for each in every) == 14


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("limit", [1, 7, 50, 200, 201])
def test_a_walk_comes_by_every_event_once_in_order(world: MockWorld, order: str, limit: int) -> None:
    whole = [each["id"] for each in events(world, order=order, limit=10000)]
    assert whole == sorted(whole, reverse=order == "desc")
    walked: list[str] = []
    page = audit(world, order=order, limit=limit)
    while "cursor" in page:
        assert len(page["events"]) == limit
        walked += [each["id"] for each in page["events"]]
        page = audit(world, cursor=page["cursor"], limit=limit)
    assert walked + [each["id"] for each in page["events"]] == whole


def test_new_events_and_a_reset_leave_a_walk_valid(world: MockWorld) -> None:
    whole = [each["id"] for each in events(world, limit=200)]
    first = audit(world, limit=100)
    make_provider(world)
    second = audit(world, limit=100, cursor=first["cursor"])
    assert [each["id"] for each in [*first["events"], *second["events"]]] == whole
    world.reset()
    assert audit(world, limit=100, cursor=first["cursor"]) == second


FILTERS = {
    "one": (["event_type=secret.set"], lambda e: e["event_type"] == "secret.set"),
    "several": (["event_type=secret.set,pack.created"], lambda e: e["event_type"] in {"secret.set", "pack.created"}),
    "none-of": (
        ["event_type!=secret.set,task_running"],
        lambda e: e["event_type"] not in {"secret.set", "task_running"},
    ),
    "absent-matches": (["task_id!=task_01HZ"], lambda e: e.get("task_id") != "task_01HZ"),
    "populated": (["decision!="], lambda e: "decision" in e),
    "all-hold": (
        ["decision=deny", "user_id=usr_acme_member"],
        lambda e: e.get("decision") == "deny" and e["user_id"] == "usr_acme_member",
    ),
    "exact": (["event_type=secret"], lambda _: False),
    "first-operator": (["user_id==usr_acme_owner"], lambda _: False),
    "of-an-odd-value": (["user_id!=a!=b"], lambda _: True),
}


@pytest.mark.parametrize("name", FILTERS)
def test_filters_keep_what_they_say(world: MockWorld, name: str) -> None:
    sent, keeps = FILTERS[name]
    every = events(world, limit=10000)
    assert events(world, limit=10000, filter=sent) == [each for each in every if keeps(each)]


WINDOWS = [
    ("2026-06-01T09:10:00Z", "2026-06-01T09:40:00Z", 3),
    ("2026-06-01T11:10:00+02:00", "2026-06-01t11:40:00+02:00", 3),
    ("2026-06-01T09:10:00.0001Z", "2026-06-01T09:40:00.0001Z", 3),
    ("2026-06-01T23:59:60Z", "2026-06-02T09:10:00Z", 1),
    ("2026-06-01T10:00:00Z", "2026-06-01T23:59:60Z", 8),
    ("2026-06-01T09:40:00Z", "2026-06-01T09:10:00Z", 0),
    ("0000-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", 200),
    ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999999999Z", 200),
    ("1969-12-31T23:59:59Z", "2026-06-01T09:00:00Z", 0),
]


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize(("start", "end", "count"), WINDOWS)
def test_a_window_holds_its_first_moment_and_not_its_end(
    world: MockWorld, start: str, end: str, count: int, order: str
) -> None:
    assert len(events(world, order=order, limit=1000, **{"from": start, "to": end})) == count


def test_who_may_see_the_own_events_alone_sees_no_others(world: MockWorld) -> None:
    own = events(world, "acme-member", limit=10000)
    assert {each["user_id"] for each in own} == {"usr_acme_member"}
    assert len(own) == 100
    assert events(world, "acme-member", filter="user_id=usr_acme_owner") == []


def test_the_caller_of_a_walk_decides_what_it_shows(world: MockWorld) -> None:
    cursor = audit(world, limit=10)["cursor"]
    assert {each["user_id"] for each in events(world, "acme-member", cursor=cursor)} == {"usr_acme_member"}
    answer = world.client("globex-owner").get("/audit", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_cursor")


def test_a_cursor_keeps_its_query(world: MockWorld) -> None:
    query = {"filter": "event_type=secret.set", "order": "asc", "from": "2026-06-01T00:00:00Z", "limit": 5}
    first = audit(world, **query)
    second = audit(world, cursor=first["cursor"], limit=5)
    assert {each["event_type"] for each in second["events"]} == {"secret.set"}
    assert audit(world, **query, cursor=first["cursor"]) == second
    for other in ({"order": "desc"}, {"filter": "event_type=pack.created"}, {"from": "2026-06-02T00:00:00Z"}):
        answer = world.client("acme-owner").get("/audit", params={**query, **other, "cursor": first["cursor"]})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_cursor")
        assert "details" not in answer.json()["error"]


@pytest.mark.parametrize("cursor", ["", "x", "bm9uZQ", "e30", "WzFd", "ä", "AAAA", "a" * 2000, "=", "null"])
def test_what_is_no_cursor_is_refused(world: MockWorld, cursor: str) -> None:
    answer = world.client("acme-owner").get("/audit", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_cursor")


def test_a_cursor_that_was_changed_is_refused(world: MockWorld) -> None:
    cursor = audit(world, limit=1)["cursor"]
    for other in (cursor[:-4], cursor + "AAAA", cursor[::-1], cursor + "="):
        assert world.client("acme-owner").get("/audit", params={"cursor": other}).status_code == 400


BAD = {
    "filter": [
        "event_type",
        "event_type=",
        "event_type=a,",
        "event_type=,a",
        "colour=red",
        "=a",
        "",
        "debits=1",
        "id=1",
    ],
    "from": ["yesterday", "2026-06-01", "2026-06-01T00:00:00", ""],
    "to": ["2026-13-01T00:00:00Z"],
    "order": ["up", "", "ASC"],
    "limit": ["0", "10001", "1.5", "", "all", "-1"],
    "filter[]": ["event_type=a"],
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in BAD.items() for text in texts])
def test_a_wrong_parameter_is_refused_and_named(world: MockWorld, name: str, text: str) -> None:
    answer = world.client("acme-owner").get("/audit", params={name: text})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], [*error["details"]["fields"]]) == (400, "validation_error", [name])


def test_twenty_filters_are_taken_and_no_more(world: MockWorld) -> None:
    sent = ["event_type!=nothing"] * 20
    assert len(events(world, filter=sent, limit=10000)) == 200
    answer = world.client("acme-owner").get("/audit", params={"filter": [*sent, "event_type!=x"]})
    assert [*answer.json()["error"]["details"]["fields"]] == ["filter"]


def test_an_event_stands_in_the_document_and_in_no_list_of_changes(world: MockWorld) -> None:
    world.client("acme-owner").put("/secrets/DB_PASSWORD", json={"value": "x"})
    (event,) = events(world, limit=1)
    (entry,) = [each for each in world.journal() if each["method"] == "PUT"]
    assert [each["object"] for each in entry["changes"]] == ["secrets/org_acme/DB_PASSWORD"]
    assert event["id"] in world.state()["events"]
