"""OpenAPI Overlay 1.0: what an overlay makes of a document, and what of one is refused, with its place."""

import logging
from pathlib import Path
from typing import Any

import pytest
import yaml

from mock_server.contract.document import load_document
from mock_server.errors import ContractError

BASE = """
openapi: 3.0.3
info: {title: Things, version: '1'}
tags: [{name: a}, {name: b}, {name: c}]
x-shared: &ok
  200: {description: Fine.}
paths:
  /things:
    get: {operationId: list, tags: [a], deprecated: true, responses: *ok}
    post: {operationId: make, responses: *ok}
  /things/{id}:
    get: {operationId: read, tags: [b], responses: *ok}
"""


def overlaid(folder: Path, *actions: dict[str, Any], **fields: Any) -> dict[str, Any]:
    base, overlay = folder / "base.yaml", folder / "o.yaml"
    base.write_text(BASE, encoding="utf-8")
    said = {"overlay": "1.0.0", "info": {"title": "More", "version": "1"}, "actions": list(actions), **fields}
    overlay.write_text(yaml.safe_dump(said, sort_keys=False), encoding="utf-8")
    return load_document(base, [overlay])


def test_an_object_is_merged_and_a_list_gets_one_more_entry(tmp_path: Path) -> None:
    found = overlaid(
        tmp_path,
        {"target": "$.info", "update": {"title": "More things", "contact": {"name": "Us"}}},
        {"target": "$.tags", "update": {"name": "d"}},
        {"target": "$", "update": {"tags": [{"name": "e"}], "info": {"contact": {"url": "https://example.org"}}}},
    )
    contact = {"name": "Us", "url": "https://example.org"}
    assert found["info"] == {"title": "More things", "version": "1", "contact": contact}
    assert [each["name"] for each in found["tags"]] == ["a", "b", "c", "d", "e"]


def test_every_node_that_a_path_selects_is_changed_and_no_other(tmp_path: Path) -> None:
    found = overlaid(
        tmp_path,
        {"target": "$.paths.*[?@.tags[0] == 'a']", "update": {"summary": "Of a"}},
        {"target": "$.paths['/things'].get.responses['200']", "update": {"description": "A list."}},
    )
    operations = {each["operationId"]: each for item in found["paths"].values() for each in item.values()}
    assert [name for name, each in operations.items() if "summary" in each] == ["list"]
    told = {name: each["responses"]["200"]["description"] for name, each in operations.items()}
    assert told == {"list": "A list.", "make": "Fine.", "read": "Fine."}, "what an alias repeats is changed there alone"


def test_each_action_is_applied_to_what_the_one_before_it_left(tmp_path: Path) -> None:
    found = overlaid(
        tmp_path,
        {"target": "$.paths['/things'].post", "remove": True, "update": {"not": "heeded"}},
        {"target": "$.tags[0,2,0]", "remove": True},
        {"target": "$.paths['/things']", "update": {"post": {"operationId": "anew", "responses": {}}}},
        {"target": "$.paths.*[?@.operationId == 'anew']", "update": {"summary": "Anew"}},
    )
    assert found["paths"]["/things"]["post"] == {"operationId": "anew", "responses": {}, "summary": "Anew"}
    assert found["tags"] == [{"name": "b"}]


def test_what_finds_nothing_changes_nothing_and_is_said_at_each_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        with caplog.at_level(logging.WARNING):
            caplog.clear()
            overlaid(tmp_path, {"target": "$.paths['/thing'].get", "update": {"summary": "Slip"}})
        (line,) = caplog.messages
        assert "o.yaml: /actions/0/target: $['paths']['/thing']['get'] finds nothing" in line


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ({"update": {}}, "/actions/0: has to be an action with a target"),
        ({"target": "$.info"}, "/actions/0: has to have an update, or remove: true"),
        ({"target": "$.info", "delete": True}, "/actions/0/delete: is unknown"),
        ({"target": "$.info", "remove": "yes"}, "/actions/0/remove: has to be true or false"),
        ({"target": "info.title", "update": {}}, "/actions/0/target: info.title is not JSONPath as in RFC 9535: "),
        ({"target": "$.info[", "update": {}}, "/actions/0/target: $.info[ is not JSONPath as in RFC 9535: "),
        ({"target": "$.info.title", "update": {}}, "/actions/0/target: selects /info/title, which is a string; select"),
        ({"target": "$.info.title", "remove": True}, "/actions/0/target: selects /info/title, which is a string"),
        (
            {"target": "$.paths['/things'].get", "update": [1]},
            "/update: has to be an object, since /paths/~1things/get",
        ),
        ({"target": "$", "remove": True}, "/actions/0/target: selects the whole document, which cannot be removed"),
    ],
)
def test_an_action_that_cannot_be_applied_is_refused_with_its_place(
    tmp_path: Path, action: dict[str, Any], told: str
) -> None:
    with pytest.raises(ContractError) as refused:
        overlaid(tmp_path, action)
    assert str(refused.value).startswith(f"{tmp_path / 'o.yaml'}: ")
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"overlay": None}, "is not an overlay: it has to begin with `overlay: 1.0.0`"),
        ({"overlay": "2.0.0"}, "/overlay: is 2.0.0, and has to be 1.0.x"),
        ({"actions": []}, "/actions: has to be a list of at least one action"),
    ],
)
def test_a_file_that_is_no_overlay_is_refused(tmp_path: Path, fields: dict[str, Any], told: str) -> None:
    with pytest.raises(ContractError, match=told):
        overlaid(tmp_path, **fields)


def test_what_an_overlay_breaks_is_refused_as_in_any_document(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="#/components/schemas/Thing is not there"):
        overlaid(tmp_path, {"target": "$.paths.*.get", "update": {"x-y": {"$ref": "#/components/schemas/Thing"}}})
