"""A state that was saved before the collections were declared: it is read, and saved again as the same bytes."""

import json
from pathlib import Path
from typing import Any

import pytest

from mock_server import MockWorld, in_process
from mock_server.client import Refused
from mock_server.resources.operation import collections

FILES = Path(__file__).parent / "files"


def in_any_order(schema: Any) -> Any:
    """The schema, with what is required in one order."""
    if isinstance(schema, list):
        return [in_any_order(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: sorted(part) if name == "required" else in_any_order(part) for name, part in schema.items()}


def test_it_is_imported_and_exported_as_the_same_bytes(mock_world: MockWorld) -> None:
    saved = (FILES / "saved.json").read_bytes()
    mock_world.load(saved)
    assert mock_world.exported() == saved


def test_a_collection_that_came_later_may_be_absent(mock_world: MockWorld) -> None:
    saved = json.loads((FILES / "saved.json").read_bytes())
    later = [each.name for each in collections() if each.may_be_absent]
    saved["roles"] = {}
    for each in later:
        del saved[each]
    mock_world.load(saved)
    assert [mock_world.state()[each] for each in later] == [{}] * len(later)


def as_before(saved: Any) -> Any:
    """The document as it was when roles told no more than their packs, and there were no providers."""
    told = ("name", "org_id", "pack_ids", "archived_at")
    roles = {key: {name: role[name] for name in told if name in role} for key, role in saved["roles"].items()}
    return {**{name: part for name, part in saved.items() if name != "providers"}, "roles": roles}


def test_a_role_that_was_saved_without_a_provider_gets_one(mock_world: MockWorld) -> None:
    saved = json.loads((FILES / "saved.json").read_bytes())
    mock_world.load(as_before(saved))
    assert mock_world.state() == saved
    assert {each["name"] for each in mock_world.state()["providers"].values()} == {"restored"}


def test_it_is_the_oldest_one_of_its_org_that_is_in_use(mock_world: MockWorld) -> None:
    saved = mock_world.state()
    del saved["roles"]["role_01HZ"]["provider_id"]
    mock_world.load(saved)
    assert mock_world.state()["roles"]["role_01HZ"]["provider_id"] == "provider_01HZ"


@pytest.mark.parametrize("roles", [None, [], {"role_1": None}, {"role_1": {}}, {"role_1": {"org_id": 1}}])
def test_roles_of_any_other_shape_are_refused_where_they_stand(mock_world: MockWorld, roles: Any) -> None:
    before = mock_world.state()
    with pytest.raises(Refused, match="/roles"):
        mock_world.load({**before, "roles": roles})
    assert mock_world.state() == before


def test_its_schema_is_what_it_was() -> None:
    with in_process() as mock:
        schema = mock.ask("GET", "/state.schema.json")
    assert in_any_order(schema) == in_any_order(json.loads((FILES / "schema.json").read_bytes()))
