"""A plain resource that the contract declares, and that has no Python: the mock serves it, with all that follows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mock_server import Mock, MockWorld, Settings, create_app
from mock_server.client.errors import Refused
from mock_server.client.transport import InProcessTransport
from mock_server.server.keeping.keeper import take_worlds, write_worlds
from mock_server.server.keeping.lines import read
from tests.agreement.labels import add_labels
from tests.mock_server.serving import written

SEED = "labels: [{id: label_first, org_id: org_acme, name: first, color: red, created_at: %s, updated_at: %s}]"
MOMENT = "2026-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("labels")
    fixtures = folder / "fixtures"
    fixtures.mkdir()
    (fixtures / "labels.yaml").write_text(SEED % (MOMENT, MOMENT), encoding="utf-8")
    return create_app(Settings(contract=written(folder, add_labels()), fixtures=(fixtures,), scale=(("labels", 2),)))


@pytest.fixture(scope="module")
def mock(app: Any) -> Iterator[Mock]:
    transport = InProcessTransport(app)
    mock = Mock("http://localhost", transport=transport)
    try:
        yield mock
    finally:
        mock.close()
        transport.stop()


@pytest.fixture
def world(mock: Mock) -> MockWorld:
    """A world whose clock stands still, so that its times can be told apart."""
    world = mock.world("labels")
    world.reset()
    world.freeze("2026-11-01T12:00:00Z")
    return world


def ask(world: MockWorld, method: str, path: str, body: Any = None, who: str = "acme-owner") -> tuple[int, Any]:
    answer = world.client(who).request(method, path, json=body)
    told = answer.json()
    return answer.status_code, told.get("error", told)


def create(world: MockWorld, name: str = "urgent", **fields: Any) -> dict[str, Any]:
    status, label = ask(world, "POST", "/labels", {"name": name, "color": "red", **fields})
    assert status == 201, label
    return dict(label)


def test_one_is_made_with_what_was_sent_the_defaults_and_what_the_server_sets(world: MockWorld) -> None:
    label = create(world)
    assert label.pop("id").startswith("label_")
    assert label == {
        "org_id": "org_acme",
        "name": "urgent",
        "color": "red",
        "position": 0,
        "created_at": "2026-11-01T12:00:00Z",
        "updated_at": "2026-11-01T12:00:00Z",
    }


def test_the_list_is_of_the_own_org_oldest_first(world: MockWorld) -> None:
    made = create(world)
    _, listed = ask(world, "GET", "/labels")
    names = [each["name"] for each in listed["labels"]]
    assert (len(names), names[0], names[-1]) == (4, "first", "urgent")
    assert listed["labels"][-1] == made
    assert ask(world, "GET", "/labels", who="globex-owner") == (200, {"labels": []})


def test_an_update_changes_what_is_sent_null_clears_and_no_change_moves_nothing(world: MockWorld) -> None:
    label = create(world, description="soon", position=3)
    path = f"/labels/{label['id']}"
    world.advance(60)
    assert ask(world, "PATCH", path, {"color": "red", "position": 3}) == (200, label)
    later = {"updated_at": "2026-11-01T12:01:00Z"}
    assert ask(world, "PATCH", path, {"color": "blue"}) == (200, {**label, "color": "blue", **later})
    status, cleared = ask(world, "PATCH", path, {"description": None})
    assert (status, "description" in cleared) == (200, False)
    assert ask(world, "GET", path) == (200, cleared)


def test_one_that_is_deleted_is_gone_and_its_name_is_free(world: MockWorld) -> None:
    path = f"/labels/{create(world)['id']}"
    assert ask(world, "DELETE", path) == (200, {"status": "deleted"})
    for method, body in (("GET", None), ("PATCH", {"color": "red"}), ("DELETE", None)):
        status, error = ask(world, method, path, body)
        assert (status, error["code"], error["message"]) == (404, "label_not_found", "There is no label of this id.")
    create(world)


def test_what_is_another_orgs_is_not_found(world: MockWorld) -> None:
    path = f"/labels/{create(world)['id']}"
    for method, body in (("GET", None), ("PATCH", {"color": "blue"}), ("DELETE", None)):
        assert ask(world, method, path, body, "globex-owner")[1]["code"] == "label_not_found"
    assert ask(world, "POST", "/labels", {"name": "urgent", "color": "red"}, "globex-owner")[0] == 201


def test_a_taken_name_and_a_wrong_body_are_refused_and_change_nothing(world: MockWorld) -> None:
    create(world)
    before = world.export()
    status, error = ask(world, "POST", "/labels", {"name": "urgent", "color": "blue"})
    assert (status, error["code"]) == (409, "label_exists")
    assert error["message"] == "The org already has a label named urgent."
    status, error = ask(world, "POST", "/labels", {"name": "other", "color": "pink"})
    assert (status, error["code"], list(error["details"]["fields"])) == (400, "validation_error", ["color"])
    assert world.export() == before


def test_each_change_is_an_event_and_a_change_of_the_journal(world: MockWorld) -> None:
    label = create(world)
    ask(world, "PATCH", f"/labels/{label['id']}", {"color": "blue"})
    changes = [each for each in world.journal()[-1]["changes"] if each["object"] == f"labels/{label['id']}"]
    assert [(each["field"], each["before"], each["after"]) for each in changes] == [("color", "red", "blue")]
    ask(world, "DELETE", f"/labels/{label['id']}")
    _, found = ask(world, "GET", "/audit")
    told = [(each["event_type"], each["resource_id"]) for each in found["events"][:3]]
    assert told == [(f"label.{done}", label["id"]) for done in ("deleted", "updated", "created")]


def test_a_state_is_exported_and_imported_and_what_is_wrong_in_one_is_named(world: MockWorld) -> None:
    label = create(world)
    saved, document = world.export(), world.state()
    world.reset()
    world.load(saved)
    assert world.export() == saved
    assert ask(world, "GET", f"/labels/{label['id']}") == (200, label)
    document["labels"]["label_twin"] = {**document["labels"][label["id"]], "color": "pink"}
    with pytest.raises(Refused) as refused:
        world.load(document)
    assert "/labels/label_twin/color" in refused.value.error["details"]["fields"]


def test_ids_begin_again_by_the_seed_at_a_reset_and_none_comes_twice(world: MockWorld) -> None:
    first, second = create(world)["id"], create(world, "other")["id"]
    ask(world, "DELETE", f"/labels/{second}")
    assert len({first, second, create(world, "third")["id"]}) == 3
    world.reset()
    assert create(world)["id"] == first


def test_the_console_and_provider_states_know_it(world: MockWorld) -> None:
    [counted] = [each for each in world.ask("GET", "/collections")["collections"] if each["name"] == "labels"]
    assert counted == {"name": "labels", "resource": "label", "count": 3}
    values = world.provide("label exists", org_id="org_acme", name="by-a-state")
    told = ask(world, "GET", f"/labels/{values['label_id']}")[1]
    assert (told["name"], told["color"], told["position"]) == ("by-a-state", "red", 0)


def test_a_reload_keeps_what_the_world_made(app: Any, world: MockWorld, tmp_path: Path) -> None:
    label = create(world)
    after = create_app(Settings(contract=written(tmp_path, add_labels())))
    handed = tmp_path / "worlds"
    handed.write_bytes(write_worlds(app.context))
    assert [*take_worlds(read(handed), after.context)] == []
    transport = InProcessTransport(after)
    with Mock("http://localhost", transport=transport) as later:
        assert ask(later.world("labels"), "GET", f"/labels/{label['id']}") == (200, label)
    transport.stop()
