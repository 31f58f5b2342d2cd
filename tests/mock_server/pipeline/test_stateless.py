"""Operations of the contract for which the mock has no function: examples are answered, and everybody is told."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mock_server import Settings, create_app
from tests.mock_server.serving import Mock, contract_with, refusal, served, tokens_of, wrong_fields

MARK = "x-mock-stateless"
COUNT: dict[str, Any] = {"type": "object", "required": ["count"], "properties": {"count": {"type": "integer"}}}


def operation(name: str, responses: dict[str, Any], **more: Any) -> dict[str, Any]:
    refusals = {"400": "ImageRefused", "401": "Unauthenticated", "403": "PermissionDenied", "423": "BillingInactive"}
    return {
        "operationId": name,
        "tags": ["packs"],
        "summary": "Made up by a test",
        "x-permissions": {"any": ["caps:write"]},
        "responses": {
            **responses,
            **{status: {"$ref": f"#/components/responses/{each}"} for status, each in refusals.items()},
        },
        **more,
    }


def counted(*examples: Any) -> dict[str, Any]:
    named = {f"example-{number}": {"value": each} for number, each in enumerate(examples)}
    return {
        "description": "How many.",
        "headers": {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}},
        "content": {"application/json": {"schema": COUNT, "examples": named}},
    }


BODY = {"required": True, "content": {"application/json": {"schema": COUNT, "example": {"count": 1}}}}
PATHS = {
    "/packs/featured": {
        "get": operation("packs.featured", {"200": counted({"count": "many"}, {"count": 3})}),
        "post": operation(
            "packs.feature", {"204": {"description": "Done."}}, requestBody=BODY, **{"x-billing": "create"}
        ),
    },
    "/packs/measured": {"get": operation("packs.measured", {"200": counted({"count": "many"})})},
    "/packs/weighed": {"get": operation("packs.weighed", {"200": counted()})},
}


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return contract_with(tmp_path_factory.mktemp("contract"), PATHS)


@pytest.fixture(scope="module")
def origin(contract: Path) -> Iterator[str]:
    with served(create_app(Settings(contract=contract))) as url:
        yield url


@pytest.fixture(scope="module")
def tokens(origin: str) -> dict[str, str]:
    return tokens_of(origin)


def test_the_first_example_that_fits_is_answered_and_marked(mock: Mock) -> None:
    answer = mock.send("GET", "/v1/packs/featured", "acme-owner")
    assert (answer.status_code, answer.json(), answer.headers[MARK]) == (200, {"count": 3}, "true")
    done = mock.send("POST", "/v1/packs/featured", "acme-owner", json={"count": 1})
    assert (done.status_code, done.content, done.headers[MARK]) == (204, b"", "true")
    known = mock.send("GET", "/v1/packs/pack_01HZ", "acme-owner")
    assert (known.json()["id"], MARK in known.headers) == ("pack_01HZ", False)
    entries = mock.entries
    assert [(each["operation_id"], each["status"], each["stateless"], each["changes"]) for each in entries] == [
        ("packs.featured", 200, True, []),
        ("packs.feature", 204, True, []),
        ("packs.get", 200, False, []),
    ]
    cells = mock.control("GET", "/coverage").json()["cells"]
    met = {(cell["operation_id"], cell["status"]) for cell in cells if cell["count"]}
    assert met == {("packs.featured", 200), ("packs.feature", 204), ("packs.get", 200)}


def test_every_gate_works_without_a_function(mock: Mock) -> None:
    path, body = "/v1/packs/featured", {"count": 1}
    assert refusal(mock.send("GET", path)) == (401, "unauthenticated")
    assert refusal(mock.send("GET", path, "acme-read-only")) == (403, "permission_denied")
    assert refusal(mock.send("POST", path, "initech-owner", json=body)) == (423, "billing_inactive")
    assert "count" in wrong_fields(mock.send("POST", path, "acme-owner", json={"count": "x"}))
    assert refusal(mock.send("PATCH", path, "acme-owner")) == (405, "method_not_allowed")
    preferred = mock.send("GET", path, "acme-owner", headers={"Prefer": "code=423"})
    assert (preferred.status_code, MARK in preferred.headers) == (423, False)
    mock.control("POST", "/faults", json={"operation_id": "packs.featured", "status": 401})
    assert refusal(mock.send("GET", path, "acme-owner")) == (401, "unauthenticated")


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("measured", 'the example of its 200 does not fit: count: "many" is not of type "integer"'),
        ("weighed", "no response that is a success has one"),
    ],
)
def test_without_an_example_that_fits_it_is_a_501_that_says_so(mock: Mock, path: str, problem: str) -> None:
    answer = mock.send("GET", f"/v1/packs/{path}", "acme-owner")
    assert refusal(answer) == (501, "not_implemented")
    assert f"no function for packs.{path}, and no example to answer with: {problem}." in answer.text.replace("\\", "")
    assert (answer.headers[MARK], answer.headers["x-mock-undeclared"]) == ("true", "true")
    [entry] = mock.entries
    assert (entry["stateless"], entry["undeclared"], entry["gate"]) == (True, True, "operation")
    assert refusal(mock.send("GET", f"/v1/packs/{path}")) == (401, "unauthenticated")


def test_health_and_the_log_list_them(mock: Mock, contract: Path, caplog: pytest.LogCaptureFixture) -> None:
    told = mock.send("GET", "/_mock/health").json()
    assert told["status"] == "ok"
    assert [(each["operation_id"], each["method"], each["path"], each["status"]) for each in told["stateless"]] == [
        ("packs.featured", "GET", "/packs/featured", 200),
        ("packs.feature", "POST", "/packs/featured", 204),
        ("packs.measured", "GET", "/packs/measured", 501),
        ("packs.weighed", "GET", "/packs/weighed", 501),
    ]
    assert ["problem" in each for each in told["stateless"]] == [False, False, True, True]
    with caplog.at_level(logging.WARNING, "mock_server.app"):
        create_app(Settings(contract=contract))
    assert "no function for packs.featured, packs.feature: examples" in caplog.text
    assert "no function for packs.weighed, and answers 501: no response" in caplog.text
