"""A made-up collection: its module, its fixtures and its paths in the contract, and nothing else.

Storage, ids, export and import, fixtures, changes, differences, reloads, reference checks, the console's
table, 404s, ownership and a provider state follow from the one declaration.
"""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from mock_server import Mock, MockWorld, Settings, create_app
from mock_server.client.errors import Refused
from mock_server.client.transport import InProcessTransport
from mock_server.server.keeping.keeper import take_worlds, write_worlds
from mock_server.server.keeping.lines import read
from tests.agreement import widgets
from tests.mock_server.serving import DOCUMENT, json_response, refusals, written

WIDGET = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "org_id", "name", "kind", "created_at"],
    "properties": {
        "id": {"type": "string"},
        "org_id": {"type": "string"},
        "name": {"type": "string", "maxLength": 20},
        "kind": {"type": "string", "enum": ["round", "square"]},
        "created_at": {"type": "string", "format": "date-time"},
        "archived_at": {"type": "string", "format": "date-time"},
    },
}
NEW = {
    "type": "object",
    "required": ["name", "kind"],
    "properties": {n: WIDGET["properties"][n] for n in ("name", "kind")},
}
OWN = {"x-permissions": {"any": ["caps:write"]}, "x-billing": "create"}
ERROR = {
    "description": "There is none.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
}
LISTED = {
    "type": "object",
    "properties": {"widgets": {"type": "array", "items": {"$ref": "#/components/schemas/Widget"}}},
}
PATHS = {
    "/widgets": {
        "get": {"operationId": "widgets.list", "responses": {"200": json_response(LISTED), **refusals()}},
        "post": {
            **OWN,
            "operationId": "widgets.create",
            "requestBody": {"required": True, "content": {"application/json": {"schema": NEW}}},
            "responses": {
                "201": json_response({"$ref": "#/components/schemas/Widget"}),
                **refusals("403", "413", "415", "423"),
            },
        },
    },
    "/widgets/{id}": {
        "parameters": [
            {
                "name": "id",
                "in": "path",
                "required": True,
                "schema": {"type": "string", "minLength": 1},
                "x-resource": {"name": "widget", "not_found": "widget_not_found"},
            }
        ],
        "delete": {
            **OWN,
            "operationId": "widgets.delete",
            "responses": {"200": json_response({"type": "object"}), **refusals("403", "423"), "404": ERROR},
        },
    },
}
SEED = "widgets: [{id: wdg_acme, org_id: org_acme, name: first, kind: %s, created_at: 2026-01-01T00:00:00Z}]"


def made_up(directory: Path, kind: str = "round", seed: str = SEED) -> Any:
    """The mock with a copy of the contract, the module, and its fixtures."""
    document = deepcopy(dict(DOCUMENT))
    document["paths"].update(PATHS)
    document["components"]["schemas"]["Widget"] = WIDGET
    document["components"]["schemas"]["ErrorCode"]["enum"].append("widget_not_found")
    fixtures = directory / "fixtures"
    fixtures.mkdir(exist_ok=True)
    (fixtures / "widgets.yaml").write_text(seed.replace("%s", kind), encoding="utf-8")
    settings = Settings(contract=written(directory, document), fixtures=(fixtures,))
    return create_app(settings, modules=[widgets])


class Served:
    """The mock, and its world `default`."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self._transport = InProcessTransport(app)
        self.mock = Mock("http://localhost", transport=self._transport)
        self.world: MockWorld = self.mock.world()

    def stop(self) -> None:
        self.mock.close()
        self._transport.stop()

    def names(self, persona: str = "acme-owner") -> list[str]:
        answer = self.world.client(persona).get("/widgets")
        assert answer.status_code == 200, answer.text
        return [each["name"] for each in answer.json()["widgets"]]

    def create(self, name: str, persona: str = "acme-owner") -> str:
        answer = self.world.client(persona).post("/widgets", json={"name": name, "kind": "square"})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def delete(self, widget_id: str, persona: str = "acme-owner") -> tuple[int, str | None]:
        answer = self.world.client(persona).delete(f"/widgets/{widget_id}")
        return answer.status_code, answer.json().get("error", {}).get("code")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    made = Served(made_up(tmp_path))
    try:
        yield made
    finally:
        made.stop()


def test_it_is_one_module_of_at_most_sixty_lines() -> None:
    assert len(Path(widgets.__file__).read_text(encoding="utf-8").splitlines()) <= 60


def test_it_is_stored_with_ids_of_its_own_and_seed_data(served: Served) -> None:
    assert served.create("second").startswith("wdg_")
    assert sorted(served.names()) == ["first", "second"]
    served.world.reset()
    assert served.names() == ["first"]


def test_what_is_not_there_and_what_is_another_orgs_are_the_same_404(served: Served) -> None:
    assert served.delete("wdg_none") == served.delete("wdg_acme", "globex-owner") == (404, "widget_not_found")
    assert served.names("globex-owner") == []
    assert served.delete("wdg_acme") == (200, None)
    assert served.delete("wdg_acme") == (404, "widget_not_found")


def test_it_is_exported_and_imported_as_the_same_bytes(served: Served) -> None:
    served.create("second")
    saved = served.world.export()
    served.world.reset()
    served.world.load(saved)
    assert served.world.export() == saved
    assert sorted(served.names()) == ["first", "second"]
    schema = served.mock.ask("GET", "/state.schema.json")["properties"]["widgets"]["additionalProperties"]
    assert set(schema["required"]) == {"org_id", "name", "kind", "created_at"}


TWIN = {"org_id": "org_acme", "name": "first", "kind": "round", "created_at": "2026-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("record", "place", "word"),
    [
        (TWIN | {"org_id": "org_none"}, "/widgets/wdg_x/org_id", "no org org_none"),
        (TWIN | {"kind": "flat"}, "/widgets/wdg_x/kind", "round"),
        (TWIN | {"created_at": "0000-01-01T00:00:00Z", "name": "x"}, "/widgets/wdg_x/created_at", "date-time"),
        ({}, "/widgets/wdg_x/name", "required"),
        (TWIN, "/widgets/wdg_x", "same org_id and name"),
        (TWIN | {"name": "x" * 21}, "/widgets/wdg_x", "breaks the contract: name"),
    ],
)
def test_what_is_wrong_in_an_import_is_named_with_its_pointer(
    served: Served, record: dict[str, str], place: str, word: str
) -> None:
    document = served.world.state()
    document["widgets"]["wdg_x"] = record
    with pytest.raises(Refused) as refused:
        served.world.load(document)
    assert word in refused.value.error["details"]["fields"][place]
    assert served.names() == ["first"]


def test_changes_and_differences_tell_of_it(served: Served) -> None:
    served.world.snapshot("before")
    widget_id = served.create("second")
    [created] = [each for each in served.world.journal()[-1]["changes"] if each["object"] != "counters"]
    assert (created["object"], created["before"], created["after"]["name"]) == (f"widgets/{widget_id}", None, "second")
    [found] = [each for each in served.world.diff("before") if each["object"] != "counters"]
    assert found == created


def test_a_reload_keeps_what_the_world_made_and_follows_the_fixtures(served: Served, tmp_path: Path) -> None:
    widget_id = served.create("second")
    left = tmp_path / "worlds"
    left.write_bytes(write_worlds(served.app.context))
    after = Served(made_up(tmp_path, "square"))
    try:
        assert [*take_worlds(read(left), after.app.context)] == []
        records = after.world.state()["widgets"]
        assert {key: record["kind"] for key, record in records.items()} == {"wdg_acme": "square", widget_id: "square"}
        assert after.create("third") != widget_id
        assert sorted(after.names()) == ["first", "second", "third"]
    finally:
        after.stop()


@pytest.mark.parametrize(
    ("seed", "word"),
    [
        (SEED.replace("org_acme", "org_none"), "widgets.0: org_id: there is no org org_none"),
        (SEED.replace("wdg_acme", "other"), "widgets.0.id"),
        (SEED.replace("name: first, ", ""), "widgets.0.name"),
        (SEED.replace("first", "x" * 21), "wdg_acme: breaks the contract: name"),
    ],
)
def test_fixtures_that_are_wrong_are_named_with_their_place(tmp_path: Path, seed: str, word: str) -> None:
    with pytest.raises(Exception, match=r"widgets\.yaml: ") as refused:
        made_up(tmp_path, seed=seed)
    assert word in str(refused.value)


def test_the_console_gets_it_as_a_table(served: Served) -> None:
    answer = served.world.ask("GET", "/collections?name=widgets")
    assert {"name": "widgets", "resource": "widget", "count": 1} in answer["collections"]
    [shown] = answer["objects"]
    assert (shown["key"], shown["record"]["name"]) == (["wdg_acme"], "first")


def test_its_provider_state_makes_one_and_takes_it_away(served: Served) -> None:
    params = {"org_id": "org_acme", "name": "by a state", "kind": "round"}
    change = {"state": "widget exists", "action": "setup", "params": params}
    values = served.world.ask("POST", "/states", json=change)
    assert sorted(served.names()) == ["by a state", "first"]
    served.world.ask("POST", "/states", json={**change, "action": "teardown", "values": values})
    assert served.names() == ["first"]
    with pytest.raises(Refused, match=r"params\.kind"):
        served.world.ask("POST", "/states", json={**change, "params": {**params, "kind": "flat"}})


def test_its_objects_count_as_memory(served: Served) -> None:
    before = served.app.context.worlds.memory.objects
    served.create("second")
    assert served.app.context.worlds.memory.objects > before
    assert served.delete("wdg_acme") == (200, None)
    assert served.app.context.worlds.memory.objects == before
