"""What is right for requests on a declared resource, by what is there already."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from conformance.contract.contract import Contract
from conformance.contract.file import load
from conformance.contract.reader import read
from conformance.declared.compiler import use_contract
from conformance.http.exchange import Request
from conformance.oracle.expect import expect
from conformance.oracle.facts import Fact, State
from conformance.profile import Caller
from tests.agreement.labels import add_labels

DOCUMENT = add_labels()
OF_A_PROVIDER = add_labels(more="a code")
OWNER = Caller("acme-owner", "org_acme", "t1", role="owner", scopes=frozenset({"caps:write"}))
SHOWN = {"color": "red", "name": "one"}
MINE = Fact(resource="label", id="label_1", name="one", owner="org_acme", made=True, since=1, shown=SHOWN)
PACK = Fact(resource="pack", id="pack_1", name="p", owner="org_acme", made=True, since=1)


@pytest.fixture(autouse=True)
def _ours_again() -> Iterator[None]:
    yield
    use_contract(load())


def with_label(**keywords: Any) -> Contract:
    """The contract with labels that are declared so too."""
    document = deepcopy(DOCUMENT)
    document["x-resource-types"]["label"].update(keywords)
    return use_contract(read(Path("labels.yaml"), document))


PROVIDERS = {
    name: Fact(resource="provider", id=name, owner="org_acme", made=True, since=1, archived=name == "away")
    for name in ("there", "away")
}


def right(contract: Contract, method: str, path: str, **body: Any) -> set[tuple[int, str | None]]:
    headers = (("Content-Type", "application/json"),)
    request = Request(None, method, path, {}, headers=headers, content=json.dumps(body).encode())
    state = State(
        contract=contract,
        is_own_world=True,
        objects={"label": {MINE.id: MINE}, "pack": {PACK.id: PACK}, "provider": PROVIDERS},
        listed=frozenset({("label", "org_acme"), ("pack", "org_acme")}),
        postures={"org_acme": "active"},
    )
    return {(each.status, each.code) for each in expect(state, OWNER, request)}


@pytest.mark.parametrize(
    ("unique", "body", "expected"),
    [
        ("name", {"name": "one", "color": "green"}, {(409, "label_exists")}),
        ("name", {"name": "two", "color": "red"}, {(201, None)}),
        (["color", "name"], {"name": "one", "color": "red"}, {(409, "label_exists")}),
        (["color", "name"], {"name": "one", "color": "green"}, {(201, None)}),
    ],
    ids=["taken", "free", "both taken", "one of both taken"],
)
def test_what_is_unique_is_refused_a_second_time(unique: object, body: dict[str, str], expected: set[Any]) -> None:
    assert right(with_label(unique=unique), "POST", "/labels", **body) == expected


@pytest.mark.parametrize(
    ("named", "expected"), [("pack_1", {(200, None)}), ("pack_2", {(400, "validation_error")})], ids=["there", "absent"]
)
def test_what_a_field_names_has_to_be_there(named: str, expected: set[Any]) -> None:
    contract = with_label(refers={"description": {"to": "pack"}})
    assert right(contract, "PATCH", "/labels/label_1", description=named) == expected


@pytest.mark.parametrize(
    ("named", "expected"), [("there", {(201, None)}), ("away", {(409, "label_provider_archived")})]
)
def test_what_a_field_names_has_to_be_in_use_where_that_has_a_code(named: str, expected: set[Any]) -> None:
    contract = use_contract(read(Path("labels.yaml"), deepcopy(OF_A_PROVIDER)))
    assert right(contract, "POST", "/labels", name="two", color="red", provider_id=named) == expected


def test_a_name_that_a_field_names_is_looked_up_by_it() -> None:
    contract = with_label(refers={"description": {"to": "pack", "by": "name"}})
    assert right(contract, "PATCH", "/labels/label_1", description="p") == {(200, None)}
    assert right(contract, "PATCH", "/labels/label_1", description="q") == {(400, "validation_error")}
