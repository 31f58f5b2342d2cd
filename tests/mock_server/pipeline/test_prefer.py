"""Answers that a client prefers: any that the operation declares, and no others."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server import Settings, create_app
from mock_server.operation import Handler
from mock_server.pipeline.gates.parameters import read
from tests import plain
from tests.mock_server.serving import DOCUMENT, Mock, contract_with, refusal, served, wrong_fields
from tests.openapi import OPERATIONS as DECLARED
from tests.openapi import WITHOUT_A_BODY

PATCH = ("PATCH", "/v1/packs/pack_01HZ")
OPERATIONS = {
    operation["operationId"]: (method.upper(), path.replace("{id}", "pack_01HZ").replace("{path}", "pack.yaml"))
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if method != "parameters"
}


def preferring(mock: Mock, method: str, path: str, prefer: str, persona: str | None = None) -> httpx.Response:
    return mock.send(method, f"/v1{path}", persona, headers={"Prefer": prefer})


def examples_of(operation_id: str, status: int) -> dict[str, Any]:
    """The contract's examples of a response, by name; the first one is what is answered without a name."""
    for item in DOCUMENT["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict) and operation.get("operationId") == operation_id:
                response = operation["responses"][str(status)]
                if "$ref" in response:
                    response = DOCUMENT["components"]["responses"][response["$ref"].rpartition("/")[2]]
                [content] = response["content"].values()
                return {name: deepcopy(each["value"]) for name, each in content["examples"].items()}
    raise AssertionError(operation_id)


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_any_declared_answer_comes_as_each_of_its_examples_whoever_asks(mock: Mock, operation_id: str) -> None:
    method, path = OPERATIONS[operation_id]
    for status in sorted(
        each for each in DECLARED[operation_id].statuses if (operation_id, each) not in WITHOUT_A_BODY
    ):
        examples = examples_of(operation_id, status)
        for name, expected in ((None, next(iter(examples.values()))), *examples.items()):
            asked = f"code={status}" if name is None else f"code={status}, example={name}"
            answer = preferring(mock, method, path, asked)
            assert (answer.status_code, answer.headers["preference-applied"]) == (status, asked)
            if status >= 400:
                assert refusal(answer) == (status, expected["error"]["code"])
                expected["error"]["request_id"] = answer.headers["x-request-id"]
            assert expected == (answer.json() if answer.headers["content-type"] == "application/json" else answer.text)


@pytest.mark.parametrize(("operation_id", "status"), sorted(WITHOUT_A_BODY))
def test_an_answer_that_is_declared_without_a_body_comes_without_one(
    mock: Mock, operation_id: str, status: int
) -> None:
    answer = preferring(mock, *OPERATIONS[operation_id], f"code={status}")
    assert (answer.status_code, answer.headers["preference-applied"]) == (status, f"code={status}")
    assert (answer.content, answer.headers["content-length"]) == (b"", "0")
    assert "content-type" not in answer.headers


def test_the_headers_of_the_answer_come_too(mock: Mock) -> None:
    assert preferring(mock, "GET", "/packs", "code=401").headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("prefer", "expected", "applied"),
    [
        ("error=file_not_found", (404, "file_not_found"), "error=file_not_found"),
        ("error=pack_not_found", (404, "pack_not_found"), "error=pack_not_found"),
        ("code=404, error=pack_not_found", (404, "pack_not_found"), "code=404, error=pack_not_found"),
        ("respond-async, error=pack_not_found; wait=10", (404, "pack_not_found"), "error=pack_not_found"),
        ('ERROR = "pack_not_found" , code=404', (404, "pack_not_found"), "code=404, error=pack_not_found"),
        ('other="code=401", code=404, code=400', (404, "file_not_found"), "code=404"),
    ],
)
def test_one_of_several_errors_is_named(mock: Mock, prefer: str, expected: tuple[int, str], applied: str) -> None:
    answer = preferring(mock, "GET", "/packs/pack_01HZ/files/pack.yaml", prefer)
    assert refusal(answer) == expected
    assert answer.headers["preference-applied"] == applied
    assert expected[1].split("_")[0] in answer.json()["error"]["message"].lower()


@pytest.mark.parametrize(
    "prefer",
    [
        *("code=418", "code=409", "code=0", "code=-1", "code=200.0", "code=abc", "code=", "code", "code=404x"),
        *("error=pack_exists", "error=", "example=none", "code=404, error=validation_error", "code=99999999999999"),
        "code=\xb2",
    ],
)
def test_what_is_not_declared_is_a_400_that_lists_what_is(mock: Mock, prefer: str) -> None:
    answer = mock.send("GET", "/v1/packs/pack_01HZ", headers={"Prefer": prefer.encode("latin-1")})  # type: ignore[dict-item]
    [(field, text)] = wrong_fields(answer).items()
    assert field == "Prefer"
    assert text.endswith("401 (unauthenticated, no_credential, session_expired), 404 (pack_not_found, no_such_pack).")
    assert "packs.get declares 200 (platform_pack, own_pack, community_pack), 400 (" in text
    declared = answer.json()["error"]["details"]["declared"]
    assert {"status": 404, "codes": ["pack_not_found"], "examples": ["no_such_pack"]} in declared
    assert "preference-applied" not in answer.headers


@pytest.mark.parametrize("prefer", ["return=minimal", "respond-async, wait=10", "dynamic=true", "", ",;=", '"code=401'])
def test_other_preferences_mean_nothing_here(mock: Mock, prefer: str) -> None:
    answer = preferring(mock, "GET", "/packs/pack_01HZ", prefer, "acme-owner")
    assert answer.status_code == 200
    assert "preference-applied" not in answer.headers


def test_nothing_changes(mock: Mock) -> None:
    before = mock.send("GET", "/v1/packs", "acme-owner").json()
    for method, path, status in (("DELETE", PATCH[1], 200), (*PATCH, 200), ("POST", "/v1/packs", 201)):
        headers = {"Prefer": f"code={status}"}
        answer = mock.send(method, path, "acme-owner", headers=headers, json={"visibility": "community"})
        assert answer.status_code == status
    assert mock.send("GET", "/v1/packs", "acme-owner").json() == before


@pytest.mark.parametrize(("method", "path", "expected"), [("GET", "/nothing", 404), ("LOCK", "/packs", 405)])
def test_routing_comes_first(mock: Mock, method: str, path: str, expected: int) -> None:
    assert preferring(mock, method, path, "code=401").status_code == expected


def test_the_control_api_knows_no_preferences(mock: Mock) -> None:
    answer = mock.control("GET", "/clock", headers={"Prefer": "code=400"})
    assert answer.status_code == 200


def test_the_journal_says_that_it_was_preferred(mock: Mock) -> None:
    mock.send(*PATCH, headers={"Prefer": "code=409"})
    [entry] = mock.entries
    assert (entry["status"], entry["code"], entry["gate"], entry["changes"]) == (409, "pack_in_use", "preference", [])


def named_examples() -> dict[str, Any]:
    """An operation with several examples of one answer, and an answer without any."""
    item = deepcopy(DOCUMENT["paths"]["/packs/{id}"]["get"])
    example = examples_of("packs.get", 200)["own_pack"]
    item["responses"]["200"]["content"]["application/json"]["examples"] = {
        "little": {"value": {**example, "size_bytes": 1}},
        "much": {"value": {**example, "size_bytes": 10**9}},
    }
    item["responses"]["202"] = {"description": "Later.", "content": {"application/json": {"schema": {}}}}
    item["responses"]["204"] = {
        "description": "Nothing.",
        "headers": {"X-Left": {"required": True, "schema": {"type": "integer", "example": 3}}},
    }
    return {
        "parameters": DOCUMENT["paths"]["/packs/{id}"]["parameters"],
        "get": {**item, "operationId": "made.get"},
    }


def test_examples_have_names(tmp_path: Path) -> None:
    contract = contract_with(tmp_path, {"/made/{id}": named_examples()})

    def nothing(_state: Any, _request: Any) -> Any:
        raise NotImplementedError

    with served(create_app(Settings(contract=contract), {"made.get": Handler(nothing)})) as url:

        def preferred(prefer: str) -> httpx.Response:
            return plain.get(f"{url}/v1/made/1", headers={"Prefer": prefer})

        assert preferred("code=200").json()["size_bytes"] == 1
        much = preferred("example=much")
        assert (much.json()["size_bytes"], much.headers["preference-applied"]) == (10**9, "example=much")
        assert preferred('code=200, example="little"').json()["size_bytes"] == 1
        assert "200 (little, much)" in wrong_fields(preferred("example=medium"))["Prefer"]
        assert wrong_fields(preferred("code=202")).keys() == {"Prefer"}
        empty = preferred("code=204")
        assert (empty.status_code, empty.content, read(empty.headers["x-left"], "integer")) == (204, b"", 3)


@settings(deadline=None)
@given(prefer=st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=60))
def test_no_preference_ends_in_anything_but_an_answer_of_the_contract(origin: str, prefer: str) -> None:
    sent = prefer.strip().encode("latin-1")
    answer = plain.get(f"{origin}/v1/packs", headers={"Prefer": sent, "X-Mock-World": "any-preference"})  # type: ignore[dict-item]
    assert answer.status_code in {200, 400, 401}
