"""A contract that calls other things otherwise: the body of errors, the field of the org, the refusal of billing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mock_server import Mock, MockWorld, Settings, create_app
from mock_server.client.transport import InProcessTransport
from mock_server.errors import ContractError
from tests.agreement.labels import add_labels
from tests.mock_server.serving import written

WORDS = {'"org_id"': '"account_id"', '"billing_inactive"': '"payment_due"', '"423"': '"402"'}
LABEL = {"name": "urgent", "color": "red"}


def with_other_words() -> dict[str, Any]:
    """The contract with labels, in which an error is a message and its kind, and the words are others."""
    text = json.dumps(add_labels())
    for usual, other in WORDS.items():
        text = text.replace(usual, other)
    document: dict[str, Any] = _with_flat_errors(json.loads(text))
    document["components"]["schemas"]["Error"] = {
        "type": "object",
        "required": ["message", "kind"],
        "additionalProperties": False,
        "properties": {
            "message": {"type": "string"},
            "kind": {"$ref": "#/components/schemas/ErrorCode"},
            "fields": {"type": "object"},
        },
    }
    document["x-error-body"] = {"message": "$message", "kind": "$code", "fields": "$details"}
    return document


def _with_flat_errors(node: Any) -> Any:
    """The document, of whose schemas and examples of errors each has what stood in `error`, at its top."""
    if isinstance(node, list):
        return [_with_flat_errors(each) for each in node]
    match node:
        case {"error": {"code": str(code), "message": message}}:
            return {"message": message, "kind": code}
        case {"properties": {"error": {"properties": {"code": code}}}}:
            return {"type": "object", "properties": {"kind": code}}
        case {"properties": {"error": _}}:
            return {"type": "object"}
        case dict():
            return {name: _with_flat_errors(each) for name, each in node.items()}
    return node


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MockWorld]:
    contract = written(tmp_path_factory.mktemp("other"), with_other_words())
    transport = InProcessTransport(create_app(Settings(contract=contract)))
    with Mock("http://localhost", transport=transport) as mock:
        yield mock.world("other")
    transport.stop()


def test_errors_have_the_shape_that_the_contract_says(world: MockWorld) -> None:
    client = world.client("acme-owner")
    absent = client.get("/packs/pack_none")
    assert (absent.status_code, absent.json().keys()) == (404, {"message", "kind"})
    assert absent.json()["kind"] == "pack_not_found"
    assert client.get("/nowhere").json()["kind"] == "not_found"
    invalid = client.post("/labels", json={**LABEL, "color": "mauve"}).json()
    assert (invalid["kind"], list(invalid["fields"]["fields"])) == ("validation_error", ["color"])
    forced = client.get("/packs", headers={"Prefer": "code=401"}).json()
    assert forced["kind"] == "unauthenticated"
    undeclared = client.get("/packs", headers={"Prefer": "code=429, undeclared"}).json()
    assert undeclared.keys() == {"message", "kind"}
    entries = world.journal()
    assert [each["code"] for each in entries if each["status"] == 404] == ["pack_not_found", "not_found"]
    assert [each["reason"] for each in entries if each["code"] == "pack_not_found"] == [absent.json()["message"]]


def test_what_is_owned_names_its_org_by_the_field_of_the_contract(world: MockWorld) -> None:
    client = world.client("acme-owner")
    made = client.post("/labels", json=LABEL)
    assert (made.status_code, made.json()["account_id"]) == (201, "org_acme")
    shown = [client.get("/labels").json()["labels"][0], client.get("/me/session").json()]
    shown += [client.get(f"/{name}").json()[name][0] for name in ("providers", "credentials")]
    shown += [each for each in client.get("/packs").json()["packs"] if each["owned"]][:1]
    assert [each["account_id"] for each in shown] == ["org_acme"] * 5
    theirs = [each for each in client.get("/packs").json()["packs"] if not each["owned"]]
    assert theirs
    assert not [each for each in theirs if "account_id" in each]
    assert "org_id" not in client.get("/audit").text


def test_billing_refuses_with_the_code_and_the_status_of_the_contract(world: MockWorld) -> None:
    world.billing("org_acme", "past_due")
    refused = world.client("acme-owner").post("/labels", json={**LABEL, "name": "later"})
    assert (refused.status_code, refused.json()["kind"]) == (402, "payment_due")


def test_a_field_has_one_name(tmp_path: Path) -> None:
    document = with_other_words()
    document["components"]["schemas"]["Label"]["properties"]["org_id"] = {"type": "string"}
    with pytest.raises(ContractError, match="/x-features/tenancy/field: is 'account_id', and the contract has org_id"):
        create_app(Settings(contract=written(tmp_path, document)))
