"""The refusals of a contract that is not ours say what is wrong, and where, in the fields that it has for it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.mock_server.foreign.mocks import answer_of, asked, body_of, write_contract

PROBLEM = {
    "type": "object",
    "required": ["loc", "msg", "type"],
    "properties": {
        "loc": {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}},
        "msg": {"type": "string"},
        "type": {"type": "string"},
    },
}
PROBLEMS = {"type": "object", "properties": {"detail": {"type": "array", "items": PROBLEM}}}
SEVERAL = {
    "type": "object",
    "properties": {
        "message": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {"type": "object", "properties": {"field": {"type": "string"}, "message": {"type": "string"}}},
        },
    },
}
ITEM = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "name": {"type": "string"},
        "sizes": {"type": "array", "items": {"type": "object", "properties": {"width": {"type": "integer"}}}},
    },
}


@pytest.fixture
def items(tmp_path: Path) -> Iterator[httpx.Client]:
    """An API whose 422 is that of FastAPI, but for its creation."""
    refused, several = answer_of(PROBLEMS, "422"), answer_of(SEVERAL, "422")
    limit = {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 5}}
    named = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    every = answer_of({"type": "array", "items": ITEM})
    path = write_contract(
        tmp_path,
        paths={
            "/items": {
                "get": {"parameters": [limit], "responses": every | refused},
                "post": {"requestBody": body_of(ITEM), "responses": answer_of(ITEM, "201") | several},
            },
            "/items/{id}": {
                "parameters": [named],
                "get": {"responses": answer_of(ITEM) | refused},
                "put": {"requestBody": body_of(ITEM), "responses": answer_of(ITEM) | refused},
            },
        },
    )
    with asked(path) as client:
        yield client


def read_problems(answer: httpx.Response) -> list[Any]:
    assert answer.status_code == 422, answer.text
    return [(each["loc"], each["msg"]) for each in answer.json()["detail"]]


def test_a_problem_in_the_shape_of_fastapi_has_its_place_and_its_text(items: httpx.Client) -> None:
    body = {"name": 7, "sizes": [{}, {"width": "wide"}]}
    assert sorted(read_problems(items.put("/items/1", json=body)), key=str) == [
        (["body", "name"], '7 is not of type "string"'),
        (["body", "sizes", 1, "width"], '"wide" is not of type "integer"'),
    ]
    assert read_problems(items.put("/items/1", json={})) == [(["body", "name"], "It is required.")]
    assert [loc for loc, _ in read_problems(items.put("/items/1", content=b"{"))] == [["body"]]
    assert [loc for loc, _ in read_problems(items.get("/items", params={"limit": 6}))] == [["query", "limit"]]
    assert [loc for loc, _ in read_problems(items.get("/items/first"))] == [["path", "id"]]


def test_several_problems_are_told_by_their_fields(items: httpx.Client) -> None:
    refused = items.post("/items", json={"sizes": [{"width": "wide"}]})
    assert refused.status_code == 422
    assert refused.json()["message"].startswith("The request is not valid.")
    assert {each["field"]: each["message"] for each in refused.json()["errors"]} == {
        "name": "It is required.",
        "sizes.0.width": '"wide" is not of type "integer"',
    }
