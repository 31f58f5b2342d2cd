"""What the suite reads out of openapi.yaml, and what it says of one that it cannot use."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from conformance.contract.contract import Contract, ContractError, Provenance
from conformance.contract.file import load

RESPONSES: dict[str, Any] = {"200": {"description": "Fine."}}
SMALL: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Small", "version": "1"},
    "paths": {"/things": {"get": {"operationId": "things.list", "responses": RESPONSES}}},
}


def written(path: Path, document: object) -> Path:
    path.write_text(yaml.safe_dump(document))
    return path


def test_scopes_are_read_as_any_or_all(tmp_path: Path) -> None:
    document = deepcopy(SMALL)
    operation = document["paths"]["/things"]["get"]
    operation["x-permissions"] = {"all": [["a", "a:own"], ["b"]]}
    permissions = load(written(tmp_path / "c.yaml", document)).operations["things.list"].permissions
    assert permissions.are_held_by(frozenset({"a:own", "b"}))
    assert not permissions.are_held_by(frozenset({"a", "a:own"}))
    assert not permissions.are_held_by(frozenset({"b"}))


def test_the_codes_of_a_response_are_its_narrowest_enum(contract: Contract) -> None:
    patch = contract.operations["packs.update_visibility"]
    assert patch.responses[409].codes == ("pack_in_use",)
    assert contract.operations["packs.read_file"].responses[404].codes == ("pack_not_found", "file_not_found")
    assert patch.responses[200].codes == ()


def test_a_response_says_how_well_founded_each_part_of_it_is(contract: Contract) -> None:
    founded = contract.operations["packs.update_visibility"].responses[400].provenance
    assert (founded.response, founded.status, founded.codes) == (Provenance.SEED, Provenance.ASSUMED, Provenance.SEED)


def test_a_path_parameter_names_its_resource(contract: Contract) -> None:
    resources = contract.operations["packs.read_file"].resources
    assert [(r.name, r.not_found) for r in resources] == [("pack", "pack_not_found"), ("file", "file_not_found")]


def test_every_cell_is_an_answer_that_its_operation_declares(contract: Contract) -> None:
    assert len(contract.cells) == len(set(contract.cells))
    for cell in contract.cells:
        response = contract.operations[cell.operation_id].responses[cell.status]
        assert (cell.code in response.codes) if response.codes else cell.code is None


def test_only_what_the_reference_says_binds_and_what_is_owned() -> None:
    assert [p.is_binding for p in sorted(Provenance)] == [False, False, True, True, True]
    assert [str(p) for p in sorted(Provenance) if p.is_binding] == ["owned", "reference", "seed"]


OPERATION = SMALL["paths"]["/things"]["get"]
NOWHERE = {"200": {"$ref": "#/components/responses/Nowhere"}}
CIRCLE = {"200": {"$ref": "#/components/responses/A"}}


RULES: dict[str, Any] = {"x-rules": {}}
OWN = {**SMALL, **RULES}
"""A document that has rules of its own, if none by now."""


def with_operation(**changes: Any) -> dict[str, Any]:
    return {**SMALL, "paths": {"/things": {"get": {**OPERATION, **changes}}}}


def with_rule(**more: Any) -> dict[str, Any]:
    rule = {"clause": "a", "level": "must", "provenance": "assumed", "text": "A thing is a thing."}
    return {**SMALL, "x-rules": {"A-RULE": {**rule, **more}}}


@pytest.mark.parametrize(
    ("more", "about"),
    [
        ({}, ["things.list", "things.create", "words.list"]),
        ({"operations": ["things.*"]}, ["things.list", "things.create"]),
        ({"operations": ["words.list", "*.create"]}, ["things.create", "words.list"]),
        ({"operations": []}, []),
    ],
    ids=["all where none is named", "those of a pattern", "those of several", "none"],
)
def test_a_rule_is_about_the_operations_that_it_names(tmp_path: Path, more: dict[str, Any], about: list[str]) -> None:
    paths = {
        "/things": {"get": OPERATION, "post": {**OPERATION, "operationId": "things.create"}},
        "/words": {"get": {**OPERATION, "operationId": "words.list"}},
    }
    contract = load(written(tmp_path / "contract.yaml", {**with_rule(**more), "paths": paths}))
    assert [each.operation_id for each in contract.list_operations_of(contract.rules["A-RULE"])] == about


def with_archive(**changes: Any) -> dict[str, Any]:
    """A contract whose one operation takes an archive of these limits."""
    said = {"max_unpacked": 9, "max_entries": 9, "max_file": 9, "max_path": 9, "files": ["a"], "folders": ["b"]}
    part = {"type": "string", "format": "binary", "x-archive": {**said, "manifest": {"type": "object"}, **changes}}
    schema = {"type": "object", "properties": {"archive": part}}
    return with_operation(requestBody={"content": {"multipart/form-data": {"schema": schema}}})


def without_archive() -> dict[str, Any]:
    """A contract whose one operation takes an archive of which it says nothing."""
    form = {"schema": {"type": "object"}, "encoding": {"archive": {"contentType": "application/gzip"}}}
    return with_operation(requestBody={"content": {"multipart/form-data": form}})


def with_kinds(said: Any) -> dict[str, Any]:
    return {**SMALL, "components": {"schemas": {"Kind": {"type": "string", "x-kinds": said}}}}


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({**SMALL, "openapi": "3.2.0"}, "3.2.0"),
        ({"openapi": "3.0.3"}, "paths"),
        ({**SMALL, "paths": {}}, "paths"),
        ({**OWN, "paths": {"/things": {"get": {"responses": RESPONSES}}}}, "paths./things.get"),
        ({**SMALL, "paths": dict.fromkeys(("/a", "/b"), SMALL["paths"]["/things"])}, "things.list"),
        (with_operation(**{"x-billing": "sometimes"}), "x-billing"),
        (with_operation(**{"x-provenance": "rumour"}), "rumour"),
        (with_operation(**{"x-permissions": ["a"]}), "x-permissions"),
        (with_operation(responses=NOWHERE), "#/components/responses/Nowhere"),
        ({**with_operation(responses=CIRCLE), "components": {"responses": {"A": CIRCLE["200"]}}}, "circle"),
        ({**with_operation(responses={"default": {"description": "Any."}}), **RULES}, "default"),
        ({**with_operation(responses={"404": {"description": "None."}}), **RULES}, "no success"),
        ({**SMALL, "x-rules": {"A-RULE": {"clause": "a", "level": "must"}}}, "/x-rules/A-RULE: lacks"),
        ({**SMALL, "x-roles": ["owner"]}, "/x-roles: "),
        ({**SMALL, "x-roles": {"owner": "a:b"}}, "/x-roles/owner: "),
        ({**SMALL, "x-permission-sets": {"full": ["a:b", 1]}}, "/x-permission-sets/full/1: "),
        (with_kinds({"a": []}), "/components/schemas/Kind/x-kinds/a: "),
        (with_kinds({"a": {"secret": 1}}), "/x-kinds/a/secret: "),
        (with_kinds({"a": {"needs": "key"}}), "/x-kinds/a/needs: "),
        (with_kinds({"a": {"needs_of": {"b": [1]}}}), "/x-kinds/a/needs_of/b/0: "),
        (with_archive(max_entries=0), "/x-archive/max_entries: "),
        (with_archive(max_file=True), "/x-archive/max_file: "),
        (with_archive(folders="data"), "/x-archive/folders: "),
        (with_archive(manifest=None), "/x-archive/manifest: "),
        (with_rule(operations="things.list"), "/x-rules/A-RULE/operations: "),
        (with_rule(operations=["things.list", "thing.*"]), "/x-rules/A-RULE/operations/1: 'thing.*'"),
        (with_rule(operations=[4]), "/x-rules/A-RULE/operations/0: is 4"),
        ({**without_archive(), **RULES}, "paths./things.get: takes an archive, and no x-archive says which"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_contract_that_cannot_be_used_names_the_place(tmp_path: Path, document: dict[str, Any], place: str) -> None:
    path = written(tmp_path / "contract.yaml", document)
    with pytest.raises(ContractError, match=r"contract\.yaml") as refused:
        load(path)
    assert place in str(refused.value)


@pytest.mark.parametrize("content", [b"a: [", b"\xff\xfe\x00", b"- 1", b""])
def test_a_file_that_is_no_contract_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "contract.yaml"
    path.write_bytes(content)
    with pytest.raises(ContractError, match=r"contract\.yaml"):
        load(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="cannot be read"):
        load(tmp_path / "absent.yaml")


def test_what_a_document_without_rules_leaves_out_is_made_of_what_it_has(tmp_path: Path) -> None:
    """Ids of operations, statuses by ranges, and resources by the paths and schemas that show them."""
    thing = {"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}
    content = {"application/json": {"schema": thing}}
    one, wrong = {"description": "One.", "content": content}, {"description": "No."}
    made = {"requestBody": {"content": content}, "responses": {"201": one, "4XX": wrong}}
    paths = {
        "/things": {"post": made},
        "/things/{thingId}": {
            "parameters": [{"name": "thingId", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "get": {"responses": {"200": one, "default": wrong}},
            "delete": {"responses": {"404": wrong}},
        },
    }
    contract = load(written(tmp_path / "contract.yaml", {**SMALL, "openapi": "3.1.0", "paths": paths}))
    assert list(contract.operations) == ["POST /things", "GET /things/{thingId}", "DELETE /things/{thingId}"]
    create, read, remove = contract.operations.values()
    assert [create.find_response(status) is not None for status in (201, 422, 500)] == [True, True, False]
    assert [each.declares_success for each in (create, read, remove)] == [True, True, False]
    shape = contract.shapes["thing"]
    assert (shape.key, shape.create, shape.read, shape.remove) == ("id", *contract.operations)
    assert [each.name for each in read.resources] == ["thing"]
    assert {"CREATE-READABLE", "DELETE-GONE"} <= contract.rules.keys()
    assert not contract.rules["CREATE-READABLE"].provenance.is_binding
    assert "AUTH-REQUIRED" in contract.inapplicable


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"schema": "Nothing"}, "/x-resource-types/thing/schema: 'Nothing' is no schema"),
        ({"schema": "Thing", "unique": "size"}, "/x-resource-types/thing: 'size' is no field of the schema Thing"),
        ({"schema": "Thing"}, "/x-resource-types/thing: no answer shows a Thing by a key"),
    ],
)
def test_a_resource_that_the_document_does_not_show_is_refused(
    tmp_path: Path, declared: dict[str, Any], said: str
) -> None:
    schemas = {"Thing": {"type": "object", "properties": {"name": {"type": "string"}}}}
    document = {**SMALL, "components": {"schemas": schemas}, "x-resource-types": {"thing": declared}}
    with pytest.raises(ContractError) as refused:
        load(written(tmp_path / "contract.yaml", document))
    assert said in str(refused.value)
