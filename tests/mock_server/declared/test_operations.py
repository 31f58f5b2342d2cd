"""Operations of resources that the contract declares alone: who sees an object, what it names, archiving, switches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from mock_server import Mock, MockWorld, Settings, create_app
from mock_server.client.transport import InProcessTransport
from tests.mock_server.declared.resources import badges_and_memos
from tests.mock_server.serving import written


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mock]:
    contract = written(tmp_path_factory.mktemp("declared"), badges_and_memos())
    transport = InProcessTransport(create_app(Settings(contract=contract)))
    with Mock("http://localhost", transport=transport) as mock:
        yield mock
    transport.stop()


@pytest.fixture
def world(mock: Mock) -> MockWorld:
    world = mock.world("declared")
    world.reset()
    return world


def ask(world: MockWorld, method: str, path: str, body: Any = None, who: str = "acme-owner") -> httpx.Response:
    return world.client(who).request(method, path, json=body)


def create(world: MockWorld, path: str, who: str = "acme-owner", **fields: Any) -> dict[str, Any]:
    answer = ask(world, "POST", path, {"name": "urgent", "color": "red", **fields}, who)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def listed(world: MockWorld, path: str, who: str = "acme-owner") -> list[dict[str, Any]]:
    [found] = ask(world, "GET", path, who=who).json().values()
    return list(found)


def refused(answer: httpx.Response) -> tuple[int, str, str]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["message"]


def test_others_see_what_has_a_value_that_lets_them_but_for_what_is_the_owners(world: MockWorld) -> None:
    green = create(world, "/badges", color="green", description="for us")
    red = create(world, "/badges", name="other", description="for us")
    [shown] = listed(world, "/badges", "globex-owner")
    assert shown == {name: value for name, value in green.items() if name != "description"}
    assert ask(world, "GET", f"/badges/{green['id']}", who="globex-owner").json() == shown
    assert listed(world, "/badges") == [green, red]
    assert refused(ask(world, "GET", f"/badges/{red['id']}", who="globex-owner"))[:2] == (404, "badge_not_found")
    for method, body in (("PATCH", {"color": "red"}), ("DELETE", None)):
        answer = ask(world, method, f"/badges/{green['id']}", body, "globex-owner")
        assert refused(answer) == (403, "permission_denied", "The badge belongs to another org.")


def test_a_field_names_what_the_org_has(world: MockWorld) -> None:
    provider = listed(world, "/providers")[0]["id"]
    label = create(world, "/labels")["id"]
    badge = create(world, "/badges", provider_id=provider, label_ids=[label])
    path = f"/badges/{badge['id']}"
    for fields, wrong in (
        ({"provider_id": "provider_none"}, {"provider_id": "There is no provider of this id."}),
        ({"label_ids": [label, "label_none"]}, {"label_ids": "It names a label that there is not."}),
    ):
        for answer in (
            ask(world, "PATCH", path, fields),
            ask(world, "POST", "/badges", {"name": "other", "color": "red", **fields}),
        ):
            assert refused(answer)[:2] == (400, "validation_error")
            assert answer.json()["error"]["details"]["fields"] == wrong
    answer = ask(world, "POST", "/badges", {"name": "a", "color": "red", "provider_id": provider}, "globex-owner")
    assert answer.status_code == 400
    ask(world, "DELETE", f"/labels/{label}")
    assert ask(world, "PATCH", path, {"label_ids": [label], "color": "green"}).status_code == 200
    world.load(world.export())  # what was deleted may still be named


def test_what_a_field_does_not_name_has_a_code_of_its_own(world: MockWorld) -> None:
    label = create(world, "/labels")["id"]
    provider = listed(world, "/providers")[0]["id"]
    path = f"/labels/{label}/stamps"
    fields = {"name": "a", "color": "red", "provider_id": "provider_none"}
    absent = (404, "provider_not_found", "There is no provider of this id.")
    assert refused(ask(world, "POST", path, fields)) == absent
    assert refused(ask(world, "POST", path, {**fields, "color": "mauve"}))[:2] == (400, "validation_error")
    stamp = create(world, path, provider_id=provider)
    assert refused(ask(world, "PATCH", f"{path}/{stamp['id']}", {"provider_id": "provider_none"})) == absent


def test_what_is_below_another_object_is_found_there_alone(world: MockWorld) -> None:
    one, other = (create(world, "/labels", name=name)["id"] for name in ("one", "other"))
    stamp = create(world, f"/labels/{one}/stamps")
    assert stamp["label_id"] == one
    assert create(world, f"/labels/{other}/stamps")["label_id"] == other  # the same name, of another label
    assert listed(world, f"/labels/{one}/stamps") == [stamp]
    path = f"/labels/{one}/stamps/{stamp['id']}"
    assert ask(world, "GET", path).json() == stamp
    for method, body in (("GET", None), ("PATCH", {"color": "green"}), ("DELETE", None)):
        elsewhere = f"/labels/{other}/stamps/{stamp['id']}"
        assert refused(ask(world, method, elsewhere, body))[:2] == (404, "stamp_not_found")
        assert refused(ask(world, method, path, body, "globex-owner"))[:2] == (404, "label_not_found")
    for method, body in (("GET", None), ("POST", {"name": "a", "color": "red"})):
        assert refused(ask(world, method, "/labels/label_none/stamps", body))[:2] == (404, "label_not_found")
    assert ask(world, "DELETE", path).status_code == 200
    assert listed(world, f"/labels/{one}/stamps") == []


def test_a_map_is_merged_key_by_key(world: MockWorld) -> None:
    path = f"/badges/{create(world, '/badges', settings={'a': '1', 'b': '2'})['id']}"
    assert ask(world, "PATCH", path, {"settings": {"a": None, "c": "3"}}).json()["settings"] == {"b": "2", "c": "3"}
    assert "settings" not in ask(world, "PATCH", path, {"settings": {"b": None, "c": None}}).json()


def test_what_is_personal_is_seen_by_its_person_and_by_who_may_see_all(world: MockWorld) -> None:
    memo = create(world, "/memos")
    assert memo["user_id"] == world.client("acme-owner").get("/me/session").json()["user_id"]
    assert (memo["archived_at"], listed(world, "/memos")) == (None, [memo])
    path = f"/memos/{memo['id']}"
    assert listed(world, "/memos", "acme-member") == []
    assert refused(ask(world, "GET", path, who="acme-member"))[:2] == (404, "memo_not_found")
    operators = create(world, "/memos", "acme-operator")  # of the same name, and another's
    assert {each["id"] for each in listed(world, "/memos")} == {memo["id"], operators["id"]}
    assert [each["id"] for each in listed(world, "/memos", "acme-operator")] == [operators["id"]]


def test_an_archived_one_is_listed_where_it_is_asked_for(world: MockWorld) -> None:
    memo = create(world, "/memos")
    path = f"/memos/{memo['id']}"
    assert refused(ask(world, "POST", f"{path}/unarchive")) == (409, "not_archived", "The memo is not archived.")
    assert ask(world, "POST", f"{path}/archive").json() == {"status": "archived"}
    archived = ask(world, "GET", path).json()
    assert archived["archived_at"] == archived["updated_at"] > memo["updated_at"]
    assert ask(world, "POST", f"{path}/archive").json() == {"status": "archived"}
    assert ask(world, "GET", path).json() == archived
    assert (listed(world, "/memos"), listed(world, "/memos?include_archived=true")) == ([], [archived])
    assert ask(world, "POST", f"{path}/unarchive").json() == {"status": "unarchived"}
    assert listed(world, "/memos")[0]["archived_at"] is None


def test_a_query_asks_for_a_value_of_a_field(world: MockWorld) -> None:
    create(world, "/memos")
    blue = create(world, "/memos", name="other", color="blue")
    assert listed(world, "/memos?color=blue") == [blue]
    assert listed(world, "/memos?color=green") == []


def test_a_deletion_may_be_answered_without_a_body(world: MockWorld) -> None:
    path = f"/memos/{create(world, '/memos')['id']}"
    answer = ask(world, "DELETE", path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert ask(world, "GET", path).status_code == 404


def test_what_is_switched_off_is_refused_after_all_else(world: MockWorld) -> None:
    path = f"/memos/{create(world, '/memos')['id']}"
    world.provide("secrets are disabled", org_id="org_acme")
    text = "Memos are switched off for the org."
    for method, to, body in (
        ("GET", "/memos", None),
        ("POST", "/memos", {"name": "other", "color": "red"}),
        ("GET", path, None),
        ("PATCH", path, {"color": "blue"}),
        ("POST", f"{path}/archive", None),
        ("DELETE", path, None),
    ):
        assert refused(ask(world, method, to, body)) == (503, "secrets_disabled", text), (method, to)
    assert ask(world, "GET", "/memos/memo_none").status_code == 404
    assert ask(world, "POST", "/memos", {"name": "urgent", "color": "red"}).status_code == 409
    assert create(world, "/memos", "globex-owner")["org_id"] == "org_globex"


def test_each_is_made_up_as_its_schema_asks(tmp_path: Any) -> None:
    scale = (("badges", 3), ("memos", 3))
    transport = InProcessTransport(create_app(Settings(contract=written(tmp_path, badges_and_memos()), scale=scale)))
    with Mock("http://localhost", transport=transport) as mock:
        world = mock.world()
        assert (len(listed(world, "/badges")), len(listed(world, "/memos"))) == (3, 3)
    transport.stop()
