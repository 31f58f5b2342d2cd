"""An overlay beside a document: what its actions change, and what it is refused for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.contract.contract import ContractError
from conformance.contract.file import load, overlay_on
from tests.conformance.contract.test_reader import SMALL, written

DOCUMENT: dict[str, Any] = {"paths": {"/a": {"get": {"tags": ["one"], "summary": "A"}}, "/b": {}}, "tags": []}


def laid(*actions: dict[str, Any]) -> Any:
    return overlay_on(DOCUMENT, {"overlay": "1.0.0", "info": {}, "actions": [*actions]}, "o.yaml")


@pytest.mark.parametrize(
    ("action", "changed"),
    [
        ({"target": "$", "update": {"x-a": 1}}, {**DOCUMENT, "x-a": 1}),
        (
            {"target": "$.paths['/a'].get", "update": {"tags": ["two"], "summary": "B"}},
            {**DOCUMENT, "paths": {"/a": {"get": {"tags": ["one", "two"], "summary": "B"}}, "/b": {}}},
        ),
        ({"target": "$.tags", "update": {"name": "t"}}, {**DOCUMENT, "tags": [{"name": "t"}]}),
        ({"target": "$.paths['/a']", "remove": True}, {**DOCUMENT, "paths": {"/b": {}}}),
        ({"target": "$.paths.*", "remove": True}, {**DOCUMENT, "paths": {}}),
        (
            {"target": "$.paths['/a'].get.tags[0]", "remove": True},
            {**DOCUMENT, "paths": {"/a": {"get": {"tags": [], "summary": "A"}}, "/b": {}}},
        ),
    ],
)
def test_an_action_changes_what_its_target_finds(action: dict[str, Any], changed: Any) -> None:
    before = repr(DOCUMENT)
    assert laid(action) == (changed, ())
    assert repr(DOCUMENT) == before


@pytest.mark.parametrize("target", ["$.tags[0,2]", "$.tags[2,0]", "$.tags[0,2,0]"])
def test_each_that_a_target_selects_is_removed_once_in_whatever_order_and_number(target: str) -> None:
    listed = [{"target": "$.tags", "update": {"name": each}} for each in "abc"]
    changed, slips = laid(*listed, {"target": target, "remove": True})
    assert (changed["tags"], slips) == ([{"name": "b"}], ())


def test_actions_follow_each_other_and_one_that_finds_nothing_is_told() -> None:
    document, slips = laid(
        {"target": "$", "update": {"x-a": {"b": 1}}},
        {"target": "$['x-a']", "update": {"c": 2}},
        {"target": "$.nothing", "update": {}},
    )
    assert document["x-a"] == {"b": 1, "c": 2}
    assert slips == ("o.yaml: /actions/2/target: $.nothing finds nothing in the document, so it changes nothing",)


@pytest.mark.parametrize(
    ("overlay", "said"),
    [
        ([], "is no OpenAPI Overlay 1.0"),
        ({"overlay": "2.0.0"}, "is no OpenAPI Overlay 1.0"),
        ({"overlay": "1.0.0", "actions": []}, "/actions: has to be a list"),
        ({"overlay": "1.0.0", "actions": [{"update": {}}]}, "/actions/0: has to be an action with a target"),
        ({"overlay": "1.0.0", "actions": [{"target": "$"}]}, "/actions/0: has to have an update"),
        ({"overlay": "1.0.0", "actions": [{"target": "$[", "update": {}}]}, "/actions/0/target: $[ is no JSONPath"),
        ({"overlay": "1.0.0", "actions": [{"target": "$", "remove": True}]}, "is the whole document"),
        (
            {"overlay": "1.0.0", "actions": [{"target": "$.paths['/a'].get.summary", "update": "B"}]},
            "is no object or list",
        ),
    ],
)
def test_an_overlay_that_cannot_be_used_names_the_place(overlay: Any, said: str) -> None:
    with pytest.raises(ContractError) as refused:
        overlay_on(DOCUMENT, overlay, "o.yaml")
    assert str(refused.value).startswith("o.yaml: ")
    assert said in str(refused.value)


def test_a_contract_is_read_with_it_and_has_its_slips(tmp_path: Path) -> None:
    action = {"target": "$.paths['/things'].get", "update": {"operationId": "things.all"}}
    nothing = {"target": "$.nothing", "update": {}}
    overlay = written(tmp_path / "o.yaml", {"overlay": "1.0.0", "info": {}, "actions": [action, nothing]})
    contract = load(written(tmp_path / "c.yaml", SMALL), overlay=overlay)
    assert list(contract.operations) == ["things.all"]
    assert [each.partition(": ")[2] for each in contract.remarks] == [
        "/actions/1/target: $.nothing finds nothing in the document, so it changes nothing"
    ]


@pytest.mark.parametrize(("content", "said"), [(None, "name an overlay with --overlay"), ("a: [", "not valid YAML")])
def test_a_file_that_is_no_overlay_is_refused(tmp_path: Path, content: str | None, said: str) -> None:
    overlay = tmp_path / "o.yaml"
    if content is not None:
        overlay.write_text(content, encoding="utf-8")
    with pytest.raises(ContractError, match=said):
        load(written(tmp_path / "c.yaml", SMALL), overlay=overlay)
