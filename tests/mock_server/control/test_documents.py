"""The contract of the control API and the schema of a state, as the mock serves them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import yaml
from jsonschema import Draft7Validator
from openapi_spec_validator import validate

from mock_server import Settings, create_app
from mock_server.control import CONTROL_CONTRACT
from tests import plain
from tests.live import served_mock
from tests.mock_server.serving import Mock, refusal, served, wrong_fields

Document = dict[str, Any]


def contract(mock: Mock) -> Document:
    answer = mock.send("GET", "/_mock/control.yaml")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/yaml")
    document: Document = yaml.safe_load(answer.content)
    return document


def schema(mock: Mock) -> Document:
    answer = mock.send("GET", "/_mock/state.schema.json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    document: Document = answer.json()
    return document


def validator(mock: Mock) -> Draft7Validator:
    return Draft7Validator(schema(mock), format_checker=Draft7Validator.FORMAT_CHECKER)


def references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [found for each in node for found in references(each)]
    if not isinstance(node, dict):
        return []
    own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
    return own + [found for each in node.values() for found in references(each)]


def test_the_contract_of_the_control_api_is_valid_and_refers_to_nothing_outside_itself(mock: Mock) -> None:
    document = contract(mock)
    validate(document)
    assert document == yaml.safe_load(CONTROL_CONTRACT.read_bytes())
    assert references(document)
    assert [found for found in references(document) if not found.startswith("#/")] == []


def test_its_server_is_the_mock_that_it_was_read_from(mock: Mock) -> None:
    document = contract(mock)
    [server] = document["servers"]
    base = str(httpx.URL(f"{mock.origin}/_mock/control.yaml").join(server["url"]))
    for path in ("/control.yaml", "/state.schema.json", "/health", "/worlds"):
        assert "get" in document["paths"][path]
        assert plain.get(base + path).status_code == 200


def test_both_are_there_for_an_editor_that_has_no_control_token() -> None:
    with served(create_app(Settings(control_token="fake-control-token"))) as url:
        assert plain.get(f"{url}/_mock/control.yaml").status_code == 200
        assert plain.get(f"{url}/_mock/state.schema.json").status_code == 200
        assert refusal(plain.get(f"{url}/_mock/worlds/default/state"))[0] == 401


def test_the_schema_of_a_state_is_a_json_schema_that_needs_no_other(mock: Mock) -> None:
    document = schema(mock)
    Draft7Validator.check_schema(document)
    assert jsonschema.validators.validator_for(document) is Draft7Validator
    assert document["$id"].startswith("urn:")
    assert document["title"]
    assert references(document) == []
    # Words of OpenAPI that a JSON Schema would not know, so that they would hold nothing back.
    assert not {"nullable", "discriminator", "readOnly", "writeOnly"} & set(json.dumps(document).split('"'))


def test_an_exported_state_is_valid_by_it(mock: Mock) -> None:
    mock.control("PUT", "/clock", json={"mode": "frozen", "now": "2026-06-01T00:00:00Z"})
    mock.control("PUT", "/orgs/org_acme/billing", json={"posture": "trial_expired"})
    state = mock.control("GET", "/state").json()
    assert [error.message for error in validator(mock).iter_errors(state)] == []


WRONG: dict[str, Callable[[Document], object]] = {
    "/clock/mode": lambda state: state["clock"].update(mode="slow"),
    "/orgs/org_acme/billing_status": lambda state: state["orgs"]["org_acme"].update(billing_status="unpaid"),
    "/orgs/org_acme/trial_ends_at": lambda state: state["orgs"]["org_acme"].update(trial_ends_at="soon"),
    "/packs/pack_acme_pager/tier": lambda state: state["packs"]["pack_acme_pager"].update(tier="best"),
    "/members/org_acme/mem_acme_owner/role": lambda state: state["members"]["org_acme"]["mem_acme_owner"].update(
        role=1
    ),
    "/counters/key": lambda state: state["counters"].update(key=-1),
    "/$schema": lambda state: state.update({"$schema": 7}),
}


@pytest.mark.parametrize("place", WRONG)
def test_a_wrong_place_is_wrong_for_an_editor_and_for_an_import(mock: Mock, place: str) -> None:
    state = mock.control("GET", "/state").json()
    WRONG[place](state)
    pointers = {"/" + "/".join(map(str, error.absolute_path)) for error in validator(mock).iter_errors(state)}
    assert pointers == {place}
    assert wrong_fields(mock.control("PUT", "/state", json=state)).keys() == {place}


@pytest.mark.parametrize("missing", ["format", "clock", "counters"])
def test_a_missing_part_is_missed_by_both(mock: Mock, missing: str) -> None:
    state = mock.control("GET", "/state").json()
    del state[missing]
    assert [error.validator for error in validator(mock).iter_errors(state)] == ["required"]
    assert wrong_fields(mock.control("PUT", "/state", json=state)).keys() == {f"/{missing}"}


def test_a_file_may_name_its_schema_for_an_editor(mock: Mock, tmp_path: Path) -> None:
    exported = mock.control("GET", "/state").content
    named = {"$schema": f"{mock.origin}/_mock/state.schema.json", **json.loads(exported)}
    assert [error.message for error in validator(mock).iter_errors(named)] == []
    assert mock.control("PUT", "/state", json=named).status_code == 200
    assert mock.control("GET", "/state").content == exported
    file = tmp_path / "state.json"
    file.write_text(json.dumps(named), encoding="utf-8")
    with served_mock("--state", str(file)) as url:
        assert plain.get(f"{url}/_mock/worlds/default/state").content == exported
