"""No answer leaves that the contract does not declare: in each content type, kept bodies included."""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from mock_server import Settings, create_app
from mock_server.operation import Handler, Reply, Request
from mock_server.state.rendered import Rendered
from mock_server.state.state import State
from tests import plain
from tests.mock_server.serving import contract_with, refusal, refusals, served

TOKEN = {"Authorization": "Bearer sk_mock_acme_full_access_1001"}
COUNT = {"type": "object", "required": ["count"], "properties": {"count": {"type": "integer"}}}
NAME = {"type": "object", "required": ["name"]}
BYTES = {"type": "string", "format": "binary"}

KEPT = Rendered({"count": 1})  # one object, sent by whoever asks for it
KEPT_WRONG = Rendered({"count": "one"})

RIGHT: dict[str, Reply] = {
    "json": Reply(200, {"count": 1}),
    "json with a parameter": Reply(200, {"count": 1}, "application/json; charset=utf-8"),
    "another json": Reply(200, {"count": 1}, "application/problem+json"),
    "kept json": Reply(200, KEPT),
    "kept json of another type": Reply(200, KEPT, "application/problem+json"),
    "json in bytes": Reply(200, b'{"count":1}'),
    "bytes": Reply(200, b"\0\xff", "application/octet-stream"),
    "bytes of a range": Reply(200, b"count", "text/x-anything"),
    "nothing": Reply(204, b""),
}
WRONG: dict[str, Reply] = {
    "json": Reply(200, {"count": "one"}),
    "json with a parameter": Reply(200, {"counts": 1}, "application/json; charset=utf-8"),
    "another json": Reply(200, ["count"], "application/problem+json"),
    "kept json": Reply(200, KEPT_WRONG),
    "kept json of another type": Reply(200, KEPT_WRONG, "application/problem+json"),
    "json around a kept one": Reply(200, {"counts": KEPT}),
    "json in bytes": Reply(200, b'{"count":"one"}'),
    "no json in bytes": Reply(200, b'{"count":1'),
    "bytes of a type that is not declared": Reply(200, b"\0\xff", "image/png"),
    "a body where none is declared": Reply(204, b"count"),
}


def operation(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    bodies = {"application/json": schema, "application/problem+json": schema, "application/octet-stream": BYTES}
    content = {media_type: {"schema": each} for media_type, each in (bodies | {"text/*": BYTES}).items()}
    return {
        "post": {
            "operationId": name,
            "x-billing": "wind-down",
            "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
            "responses": {
                "200": {"description": "As asked for.", "content": content},
                "204": {"description": "Nothing."},
                **refusals("413", "415"),
            },
        }
    }


def right(state: State, request: Request) -> tuple[State, Reply]:
    return state, RIGHT[request.body["say"]]


def wrong(state: State, request: Request) -> tuple[State, Reply]:
    return state, WRONG[request.body["say"]]


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    functions = {"right": right, "wrong": wrong, "named": right}
    paths = {f"/{name}": operation(f"made.{name}", NAME if name == "named" else COUNT) for name in functions}
    handlers = {f"made.{name}": Handler(function) for name, function in functions.items()}
    contract = contract_with(tmp_path_factory.mktemp("contract"), paths)
    with served(create_app(Settings(contract=contract), handlers)) as url:
        yield url


def say(origin: str, name: str, what: str) -> httpx.Response:
    return plain.post(f"{origin}/v1/{name}", headers=TOKEN, json={"say": what})


@pytest.mark.parametrize("what", RIGHT)
def test_what_the_contract_declares_leaves_each_time(origin: str, what: str) -> None:
    answers = [say(origin, "right", what) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {RIGHT[what].status}
    assert len({answer.content for answer in answers}) == 1
    assert {answer.headers["content-type"] for answer in answers} == {RIGHT[what].media_type}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_body_never_leaves(origin: str, what: str) -> None:
    assert [refusal(say(origin, "wrong", what)) for _ in range(3)] == [(500, "contract_breach")] * 3


@pytest.mark.parametrize("what", ["kept json", "kept json of another type"])
def test_what_fits_one_schema_is_held_against_another_all_the_same(origin: str, what: str) -> None:
    for _ in range(2):
        assert say(origin, "right", what).status_code == 200
        assert refusal(say(origin, "named", what)) == (500, "contract_breach")
