"""Ids that are numbers: the run changes its own object of a resource, and no other one of the same number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.contract.contract import Contract
from conformance.contract.file import load
from conformance.custody.guard import Guard, Withheld
from conformance.declared.compiler import use_contract
from conformance.http.exchange import Request
from conformance.http.limiter import CreatedObjects
from conformance.profile import Caller, Profile
from tests.mock_server.serving import written

ADA = Caller("ada", "ada", "t")


def _paths(name: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"type": "object", "properties": {"id": {"type": "integer"}}}}}
    one = {"description": "One.", "content": content}
    parameters = [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}]
    delete = {"responses": {"204": {"description": "Gone."}}}
    return {
        f"/{name}": {"post": {"requestBody": {"content": content}, "responses": {"200": one}}, "delete": delete},
        f"/{name}/{{id}}": {"parameters": parameters, "get": {"responses": {"200": one}}, "delete": delete},
    }


@pytest.fixture
def guard(tmp_path: Path) -> Iterator[Guard]:
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Two", "version": "1"},
        "paths": _paths("todos") | _paths("users"),
    }
    contract: Contract = use_contract(load(written(tmp_path, document)))
    made = Guard(contract, Profile("a target", "http://t", (ADA,)))
    made.allow_made("todo 7")
    yield made
    use_contract(load())


def test_its_own_may_be_removed_and_others_may_be_made(guard: Guard) -> None:
    assert guard.check(Request(None, "DELETE", "/todos/7", {}), ADA.name) is CreatedObjects.NOTHING
    assert guard.check(Request(None, "POST", "/users", {}), ADA.name) is CreatedObjects.OBJECT
    guard.check(Request(None, "GET", "/users/7", {}), ADA.name)
    guard.check(Request(None, "DELETE", f"/users/{guard.make_absent_id('user')}", {}), ADA.name)


@pytest.mark.parametrize(
    "path", ["/users/7", "/todos/8", "/todos/7%2F..%2F8", "/todos/%37%2f", "/todos", "/todos/..%2fusers", "/nothing/7"]
)
def test_nothing_else_is_removed(guard: Guard, path: str) -> None:
    with pytest.raises(Withheld):
        guard.check(Request(None, "DELETE", path, {}), ADA.name)
