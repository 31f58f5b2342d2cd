"""A state that was saved before the collections were declared: it is read, and saved again as the same bytes."""

import json
from pathlib import Path
from typing import Any

from mock_server import MockWorld, in_process
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
    assert [saved.pop(each) for each in later] == [{}] * len(later)
    mock_world.load(saved)
    assert [mock_world.state()[each] for each in later] == [{}] * len(later)


def test_its_schema_is_what_it_was() -> None:
    with in_process() as mock:
        schema = mock.ask("GET", "/state.schema.json")
    assert in_any_order(schema) == in_any_order(json.loads((FILES / "schema.json").read_bytes()))
