"""What a contract declares and cannot be stops the start of the mock, with a JSON pointer and what to write."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from mock_server import Settings, create_app
from mock_server.errors import ContractError
from mock_server.operation import Handler, Reply, Request
from mock_server.resources import catalogue
from mock_server.state.state import State
from tests.agreement.labels import Edit, add_labels, edit_labels, of_label
from tests.mock_server.serving import DOCUMENT as OURS
from tests.mock_server.serving import written

TYPES, LABEL = "/x-resource-types", "/x-resource-types/label"
CODES = add_labels()["components"]["schemas"]["ErrorCode"]["enum"]
PACK = {"x-resource": {"name": "pack", "not_found": "pack_not_found"}}


def of_fields(schema: str, **fields: Any) -> Edit:
    return lambda document: document["components"]["schemas"][schema]["properties"].update(fields)


def other_code(path: str, method: str, status: str) -> Edit:
    def edit(document: dict[str, Any]) -> None:
        schema = {
            "allOf": [
                {"$ref": "#/components/schemas/Error"},
                {"properties": {"error": {"properties": {"code": {"type": "string", "enum": ["label_locked"]}}}}},
            ]
        }
        response = {"description": "It is locked.", "content": {"application/json": {"schema": schema}}}
        document["components"]["schemas"]["ErrorCode"]["enum"].append("label_locked")
        document["paths"][path][method]["responses"][status] = response

    return edit


SLIPS: Mapping[str, tuple[Edit, str, str]] = {
    "a field that no body has": (
        of_fields("Label", size={"type": "integer"}),
        "/components/schemas/Label/properties/size",
        "nothing makes it; let a body have it",
    ),
    "a field that may be left out": (
        lambda it: it["components"]["schemas"]["CreateLabel"]["required"].remove("color"),
        f"{LABEL}/schema",
        "requires 'color', which the body of labels.create may leave out",
    ),
    "a field that is changed and may not be": (
        of_fields("UpdateLabel", name={"type": "string"}),
        f"{LABEL}/immutable",
        "the body of labels.update has the field 'name'",
    ),
    "a name that an update takes": (
        lambda it: (
            it["x-resource-types"]["label"].pop("immutable"),
            of_fields("UpdateLabel", name={"type": "string"})(it),
        ),
        f"{LABEL}/unique",
        "labels.update declares no 409",
    ),
    "no underscore": (of_label(id={"prefix": "label"}), f"{LABEL}/id/prefix", "has to end with an underscore"),
    "no id and no key": (
        lambda it: it["x-resource-types"]["label"].pop("id"),
        LABEL,
        "lacks id, how an id begins, or key",
    ),
    "another owner": (of_label(owner="id"), f"{LABEL}/owner", "is 'id', and tenancy has another field"),
    "another beginning than a module's": (
        lambda it: it["x-resource-types"]["role"].update(id={"prefix": "agent_"}),
        f"{TYPES}/role/id/prefix",
        "the mock has role_",
    ),
    "a function that nobody asked for": (
        lambda it: it["x-resource-types"]["api_key"]["code"].remove("api_keys.revoke"),
        f"{TYPES}/api_key/code",
        "api_keys.revoke follows from what is declared, and has a function all the same; name it here, or delete",
    ),
    "another shape of errors": (
        lambda it: it.update({"x-error-body": {"message": "$message", "kind": "$code"}}),
        "/x-error-body",
        "components.schemas.Error has no message, where $message stands here",
    ),
    "errors without a code": (
        lambda it: it.update({"x-error-body": {"error": {"message": "$message"}}}),
        "/x-error-body",
        "says not where $code stands",
    ),
    "creations without billing": (
        lambda it: it["x-features"].pop("billing"),
        "/paths/~1packs/post/x-billing",
        "the API has no billing",
    ),
    "another refusal of billing": (
        lambda it: it["x-features"]["billing"].update(refusal="pack_exists"),
        "/x-features/billing/refusal",
        "'pack_exists' is what other requests are refused with",
    ),
    "orgs by another field": (
        lambda it: it["x-features"]["tenancy"].update(field="tenant"),
        "/x-features/tenancy/field",
        "is 'tenant', and the contract has org_id too",
    ),
    "a creation that billing does not refuse": (
        lambda it: it["paths"]["/labels"]["post"]["responses"].pop("423"),
        "/paths/~1labels/post/x-billing",
        "is create, and labels.create declares no response with billing_inactive",
    ),
    "a refusal of billing where it lets everything through": (
        lambda it: it["paths"]["/labels/{id}"]["get"]["responses"].update(
            {"423": {"$ref": "#/components/responses/BillingInactive"}}
        ),
        "/paths/~1labels~1{id}/get/responses/423",
        "nothing raises billing_inactive",
    ),
    "a reference whose code no creation declares": (
        lambda it: it["x-resource-types"]["role"]["refers"]["pack_ids"].update(code="pack_not_found"),
        f"{TYPES}/role/refers/pack_ids/code",
        "agent_roles.create declares no response with pack_not_found",
    ),
    "a path below another object that no field names": (
        lambda it: it["paths"]["/labels/{id}"]["parameters"].append(
            {"name": "pack_id", "in": "path", "required": True, "schema": {"type": "string"}, **PACK}
        ),
        f"{LABEL}/refers",
        "labels.get is below a pack, and no field names one",
    ),
    "a code that nothing derived raises": (
        other_code("/labels/{id}", "delete", "409"),
        "/paths/~1labels~1{id}/delete/responses/409",
        f"nothing raises label_locked; take it out, or name labels.delete in {LABEL}/code and give it a function",
    ),
    "a code that no function raises": (
        other_code("/packs/{id}", "delete", "503"),
        "/paths/~1packs~1{id}/delete/responses/503",
        "nothing raises label_locked; take it out, or raise it in the function of the operation",
    ),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_it_stops_the_start_with_its_place(slip: str, tmp_path: Path) -> None:
    edit, place, said = SLIPS[slip]
    path = written(tmp_path, edit_labels(edit))
    with pytest.raises(ContractError) as refused:
        create_app(Settings(contract=path))
    assert str(refused.value).startswith(f"{path}: {place}: ")
    assert said in str(refused.value)


def test_a_code_that_nothing_serves_is_told_and_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    edit: Edit = lambda it: it["components"]["schemas"]["ErrorCode"]["enum"].append("label_locked")  # noqa: E731
    create_app(Settings(contract=written(tmp_path, edit_labels(edit))))
    [told] = [each.message for each in caplog.records if "label_locked" in each.message]
    assert told.startswith(f"/components/schemas/ErrorCode/enum/{len(CODES)}: no response has label_locked")


def remove_label(state: State, request: Request) -> tuple[State, Reply]:
    labels = state.collection("labels")
    return state.drop(labels, request.find(state, labels).id), Reply(200, {"status": "deleted"})


def test_a_function_that_code_names_takes_the_place_of_what_would_follow(tmp_path: Path) -> None:
    path = written(tmp_path, edit_labels(of_label(code=["labels.delete"])))
    app = create_app(Settings(contract=path), {"labels.delete": Handler(remove_label)})
    assert app.context.contract.operations["labels.delete"].handler.transition is remove_label
    assert not app.context.examples


def test_what_needs_code_and_has_none_or_cannot_follow_is_answered_by_its_example_and_listed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    document = edit_labels(of_label(code=["labels.delete"]))
    page = {"name": "page", "in": "query", "schema": {"type": "integer"}}
    document["paths"]["/labels"]["get"]["parameters"] = [page]
    app = create_app(Settings(contract=written(tmp_path, document)))
    assert app.context.examples.keys() == {"labels.delete", "labels.list"}
    reason = "nothing says what its query parameter page does"
    assert f"labels.list does not follow from what is declared: {reason}" in caplog.text


def test_each_operation_that_has_a_function_has_its_reason() -> None:
    text = (Path(__file__).parents[3] / "ARCHITECTURE.md").read_text(encoding="utf-8")
    ids = {each["operationId"] for path in OURS["paths"].values() for each in path.values() if "operationId" in each}
    rows = text.partition("\n| operations | why they are code |\n|---|---|\n")[2].partition("\n\n")[0].splitlines()
    patterns = [name for row in rows for name in re.findall("`([^`]+)`", row.split("|")[1])]
    named = {each for each in ids if any(fnmatchcase(each, pattern) for pattern in patterns)}
    assert named == set(catalogue.find_handlers())
    assert [pattern for pattern in patterns if not any(fnmatchcase(each, pattern) for each in ids)] == []
