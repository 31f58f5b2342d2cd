"""One contract, read by both programs: what they make of the same statement is the same."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from conformance.changes.diff import diff
from conformance.cli import main
from conformance.contract.file import load
from mock_server import Settings, create_app
from mock_server.operation import Handler, Reply, Request
from mock_server.state.state import State
from tests import plain
from tests.mock_server.serving import contract_with, json_response, refusals, served

ACME = {"Authorization": "Bearer sk_mock_acme_full_access_1001"}
UNPAID = {"Authorization": "Bearer sk_mock_initech_full_access_4001"}
MADE_UP = "/made-up"


def operation(**parts: Any) -> dict[str, Any]:
    made = {"operationId": "made.up", "responses": {"200": json_response({}), **refusals("413", "415", "423")}}
    return {**made, **parts}


def contract_of(folder: Path, **parts: Any) -> Path:
    folder.mkdir(exist_ok=True)
    return contract_with(folder, {MADE_UP: {"post": operation(**parts)}})


def answer(_state: State, _request: Request) -> tuple[State, Reply]:
    return _state, Reply(200, {})


def asked(contract: Path, headers: dict[str, str]) -> httpx.Response:
    """The mock's answer to the made-up operation."""
    with served(create_app(Settings(contract=contract), {"made.up": Handler(answer)})) as url:
        return plain.post(f"{url}/v1{MADE_UP}", headers=headers)


@pytest.mark.parametrize(
    ("declared", "billing", "status"),
    [({}, "read", 200), ({"x-billing": "read"}, "read", 200), ({"x-billing": "create"}, "create", 423)],
    ids=["absent", "read", "create"],
)
def test_an_operation_without_billing_is_let_through_by_both(
    declared: dict[str, Any], billing: str, status: int, tmp_path: Path
) -> None:
    contract = contract_of(tmp_path, **declared)
    assert load(contract).operations["made.up"].billing == billing
    assert asked(contract, UNPAID).status_code == status


def error(*codes: str) -> dict[str, Any]:
    """The schema of an error with these codes."""
    narrowed = {"properties": {"error": {"properties": {"code": {"type": "string", "enum": list(codes)}}}}}
    return {"allOf": [{"$ref": "#/components/schemas/Error"}, narrowed]}


BOTH = ["pack_in_use", "pack_exists"]
IN_USE = {"$ref": "#/components/schemas/PackInUseError"}
EXISTS = {"$ref": "#/components/schemas/PackExistsError"}
CHOICES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "oneOf": ({"oneOf": [IN_USE, EXISTS]}, BOTH),
    "anyOf": ({"anyOf": [IN_USE, EXISTS]}, BOTH),
    "oneOf in allOf": (
        {"allOf": [{"$ref": "#/components/schemas/Error"}, {"oneOf": [IN_USE, EXISTS]}]},
        BOTH,
    ),
    "anyOf of several codes": ({"anyOf": [error("pack_in_use", "pack_exists"), EXISTS]}, BOTH),
    "oneOf of the code": (
        {
            "properties": {
                "error": {"properties": {"code": {"oneOf": [{"enum": ["pack_in_use"]}, {"enum": ["pack_exists"]}]}}}
            }
        },
        BOTH,
    ),
    "enum in allOf of the code": (
        {
            "properties": {
                "error": {
                    "properties": {
                        "code": {"allOf": [{"$ref": "#/components/schemas/ErrorCode"}, {"enum": ["pack_in_use"]}]}
                    }
                }
            }
        },
        ["pack_in_use"],
    ),
}


@pytest.fixture(params=CHOICES)
def choice(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, list[str]]:
    schema, codes = CHOICES[request.param]
    responses = {**operation()["responses"], "409": {**json_response(schema), "description": "A conflict."}}
    return contract_of(tmp_path, responses=responses), codes


def test_each_code_of_a_choice_of_errors_is_a_cell_and_an_answer(choice: tuple[Path, list[str]]) -> None:
    contract, codes = choice
    printed = CliRunner().invoke(main, ["cells", "--contract", str(contract), "--operation", "made.up"])
    assert printed.exit_code == 0, printed.output
    assert [line.split()[2] for line in printed.output.splitlines() if line.startswith("made.up 409")] == codes
    with served(create_app(Settings(contract=contract), {"made.up": Handler(answer)})) as url:
        for code in codes:
            headers = {**ACME, "Prefer": f"code=409, error={code}"}
            preferred = plain.post(f"{url}/v1{MADE_UP}", headers=headers)
            assert (preferred.status_code, preferred.json()["error"]["code"]) == (409, code)
        refused = plain.post(f"{url}/v1{MADE_UP}", headers={**ACME, "Prefer": "code=409, error=role_not_found"})
        assert refused.status_code == 400


def test_a_choice_that_leaves_every_code_names_none(tmp_path: Path) -> None:
    """One branch without an enum takes any code, so no code of the other stands for the response."""
    responses = {**operation()["responses"], "409": json_response({"oneOf": [IN_USE, {"type": "object"}]})}
    assert load(contract_of(tmp_path, responses=responses)).operations["made.up"].responses[409].codes == ()


def test_a_code_that_a_choice_gains_or_loses_is_told_as_one(tmp_path: Path) -> None:
    one, two = (
        load(contract_of(tmp_path / name, responses={**operation()["responses"], "409": json_response(schema)}))
        for name, schema in (("one", error("pack_in_use")), ("two", {"oneOf": [error("pack_in_use"), EXISTS]}))
    )
    told = [(change.kind, change.gained, change.lost) for change in diff(one, two).changes]
    assert told == [("code-added", "pack_exists", "")]
    told = [(change.kind, change.gained, change.lost) for change in diff(two, one).changes]
    assert told == [("code-removed", "", "pack_exists")]
