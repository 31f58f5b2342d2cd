"""A state as a document: it is read and saved again as the same bytes, and may leave out what is empty."""

import json
from pathlib import Path
from typing import Any

import pytest

from mock_server import MockWorld
from mock_server.client import Refused
from mock_server.resources.catalogue import list_collections

FILES = Path(__file__).parent / "files"


def test_it_is_imported_and_exported_as_the_same_bytes(mock_world: MockWorld) -> None:
    saved = (FILES / "saved.json").read_bytes()
    mock_world.load(saved)
    assert mock_world.export() == saved


def test_what_a_document_leaves_out_is_empty(mock_world: MockWorld) -> None:
    saved = json.loads((FILES / "saved.json").read_bytes())
    mock_world.load({name: saved[name] for name in ("format", "clock", "counters")})
    state = mock_world.state()
    assert [name for name, part in state.items() if part and name not in ("format", "clock", "counters")] == []
    assert {each.name for each in list_collections() if not each.transient} <= state.keys()


@pytest.mark.parametrize("roles", [None, [], {"role_1": None}, {"role_1": {}}, {"role_1": {"org_id": 1}}])
def test_roles_of_any_other_shape_are_refused_where_they_stand(mock_world: MockWorld, roles: Any) -> None:
    before = mock_world.state()
    with pytest.raises(Refused, match="/roles"):
        mock_world.load({**before, "roles": roles})
    assert mock_world.state() == before
