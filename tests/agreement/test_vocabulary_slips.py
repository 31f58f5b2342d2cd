"""Slips in the vocabulary of a contract: refused by every reader of it, with the place and what to write there."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.cli import main
from conformance.contract.contract import ContractError
from conformance.contract.reader import read
from mock_server import Settings, create_app
from mock_server.contract.slips import find_first_slip
from mock_server.errors import StartError
from tests import forked
from tests.mock_server.serving import DOCUMENT, written

Way = tuple[str | int, ...]
POST: Way = ("paths", "/packs", "post")
PACK: Way = ("components", "schemas", "Pack")
PACK_ID: Way = ("components", "parameters", "PackId")
QUERY: Way = ("components", "parameters", "MaxBytes")
IN_USE: Way = ("components", "responses", "PackExists")
RULE: Way = ("x-rules", "AUTH-REQUIRED")
KEYWORDS: tuple[str, ...] = tuple(
    json.loads((Path(__file__).parents[2] / "vocabulary.schema.json").read_text())["definitions"]["keyword"]["enum"]
)

TEXTS = st.text("abXY -:{[", min_size=1, max_size=9)
"""A text where none belongs, or another one."""
NO_TEXT = st.one_of(st.none(), st.booleans(), st.integers(), st.lists(st.integers(), max_size=2))
NO_LIST = st.one_of(st.none(), st.booleans(), st.integers(), TEXTS)
NO_OBJECT = st.one_of(NO_LIST, st.lists(TEXTS, max_size=2))
NO_COUNT = st.one_of(st.none(), st.booleans(), TEXTS, st.integers(max_value=0), st.floats(0.1, 0.9))
SCOPES = st.one_of(
    NO_LIST, st.just([]), st.lists(st.one_of(st.integers(), st.just(""), st.just("a b")), min_size=1, max_size=2)
)
NO_PROVENANCE = st.one_of(NO_TEXT, TEXTS.filter(lambda text: text not in ("seed", "reference", "mentioned", "assumed")))


def others_than(*known: str) -> st.SearchStrategy[Any]:
    return st.one_of(NO_TEXT, TEXTS.filter(lambda text: text not in known))


@dataclass(frozen=True)
class Slip:
    """A value that a place of the contract may not have."""

    way: Way
    """Where it stands."""
    values: st.SearchStrategy[Any]


SLIPS: dict[str, Slip] = {
    "x-permissions": Slip((*POST, "x-permissions"), NO_OBJECT),
    "x-permissions any": Slip((*POST, "x-permissions", "any"), SCOPES),
    "x-permissions all": Slip((*POST, "x-permissions"), st.builds(lambda scopes: {"all": scopes}, NO_LIST)),
    "x-permissions of both": Slip((*POST, "x-permissions"), st.just({"any": ["a"], "all": [["a"]]})),
    "x-permissions of nothing": Slip((*POST, "x-permissions"), st.just({})),
    "x-billing": Slip((*POST, "x-billing"), others_than("create", "wind-down", "read")),
    "x-event": Slip((*POST, "x-event"), st.one_of(st.none(), st.booleans(), st.just("made"), st.just([]))),
    "x-event in a list": Slip((*POST, "x-event"), st.lists(st.just("Pack.Created"), min_size=1, max_size=2)),
    "x-role": Slip((*POST, "x-role"), st.one_of(NO_TEXT, st.just(""))),
    "x-max-body": Slip((*POST, "x-max-body"), NO_COUNT),
    "x-resource": Slip((*PACK_ID, "x-resource"), NO_OBJECT),
    "x-resource without a code": Slip((*PACK_ID, "x-resource"), st.just({"name": "pack"})),
    "x-org": Slip((*PACK_ID, "x-org"), others_than("own")),
    "x-provenance of an operation": Slip((*POST, "x-provenance"), NO_PROVENANCE),
    "x-provenance of a response": Slip((*IN_USE, "x-provenance"), NO_PROVENANCE),
    "x-provenance of a status": Slip((*IN_USE, "x-provenance", "status"), NO_PROVENANCE),
    "x-provenance of a header": Slip(("components", "headers", "RequestId", "x-provenance"), NO_PROVENANCE),
    "x-provenance of a schema": Slip((*PACK, "x-provenance"), NO_PROVENANCE),
    "x-provenance of a keyword": Slip((*PACK, "x-provenance"), st.just({"required": "guessed"})),
    "x-body-optional": Slip((*IN_USE, "x-body-optional"), st.one_of(NO_OBJECT.filter(lambda it: it is not True))),
    "x-archive": Slip((*PACK, "properties", "id", "x-archive"), st.one_of(NO_OBJECT, st.just({}))),
    "x-archive of no number": Slip(
        (*POST, "requestBody", "x-archive"), st.builds(lambda most: {"max_entries": most}, NO_COUNT)
    ),
    "x-rules": Slip(("x-rules",), NO_OBJECT),
    "a rule": Slip(RULE, NO_OBJECT),
    "a rule's id": Slip(
        ("x-rules", "auth-required"), st.just({"clause": "a", "level": "must", "provenance": "seed", "text": "A."})
    ),
    "x-resource of a query": Slip((*QUERY, "x-resource"), st.just({"name": "pack", "not_found": "pack_not_found"})),
    "x-org of a query": Slip((*QUERY, "x-org"), st.just("own")),
    "a rule's level": Slip((*RULE, "level"), others_than("must", "should")),
    "a rule's provenance": Slip((*RULE, "provenance"), NO_PROVENANCE),
    "a rule's text": Slip((*RULE, "text"), st.one_of(NO_TEXT, st.just(" "))),
    "a rule's waiver": Slip((*RULE, "waived"), st.one_of(NO_TEXT, st.just(" "))),
    "a rule's operations": Slip((*RULE, "operations"), SCOPES.filter(lambda given: given != [])),
    "x-roles": Slip(("x-roles",), NO_OBJECT),
    "the scopes of a role": Slip(("x-roles",), st.builds(lambda scopes: {"owner": scopes}, NO_LIST)),
    "x-permission-sets": Slip(("x-permission-sets",), NO_OBJECT),
    "the scopes of a permission set": Slip(
        ("x-permission-sets",), st.builds(lambda scopes: {"read_only": scopes}, NO_LIST)
    ),
}
PLACES: dict[str, Way] = {
    "the root": (),
    "a path": ("paths", "/packs"),
    "an operation": POST,
    "a parameter": PACK_ID,
    "a response": IN_USE,
    "a header": ("components", "headers", "RequestId"),
    "a schema": PACK,
    "a field": (*PACK, "properties", "id"),
    "a request body": (*POST, "requestBody"),
}


def at(document: Any, way: Way) -> Any:
    for step in way:
        document = document[step]
    return document


def changed(way: Way, value: Any) -> dict[str, Any]:
    """A copy of the contract with another value at a place, of which nothing else is copied."""
    document: Any = dict(DOCUMENT)
    node = document
    for step in way[:-1]:
        node[step] = dict(node[step])
        node = node[step]
    node[way[-1]] = value
    return dict(document)


def pointer(way: Way) -> str:
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in way)


def refusals(document: dict[str, Any]) -> tuple[str, str]:
    """What the readers of both programs say of a document."""
    with pytest.raises(ContractError) as refused:
        read(Path("openapi.yaml"), document)
    slip = find_first_slip(document)
    assert slip is not None
    return str(refused.value), f"openapi.yaml: {slip}"


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
@settings(max_examples=8, deadline=None, database=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_a_drawn_slip_is_refused_by_both_with_its_place(slip: Slip, data: st.DataObject) -> None:
    one, other = refusals(changed(slip.way, data.draw(slip.values)))
    assert one == other
    assert one.startswith(f"openapi.yaml: {pointer(slip.way)}")
    assert "; write " in one or "has to be" in one or "did you mean" in one or "known are" in one or "has it" in one


def letters(keyword: str) -> st.SearchStrategy[str]:
    """A name that differs from a keyword by a letter: one that is left out, doubled, or in capitals."""
    places = st.integers(2, len(keyword) - 1)
    return st.one_of(
        places.map(lambda n: keyword[:n] + keyword[n + 1 :]),
        places.map(lambda n: keyword[:n] + keyword[n] + keyword[n:]),
        places.map(lambda n: keyword[:n] + keyword[n:].upper()),
    ).filter(lambda name: name not in KEYWORDS)


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@settings(max_examples=8, deadline=None, database=None)
@given(data=st.data())
def test_what_is_nearly_a_keyword_is_asked_about_by_both(place: Way, data: st.DataObject) -> None:
    keyword = data.draw(st.sampled_from([each for each in KEYWORDS if len(each) > len("x-org")]))
    name = data.draw(letters(keyword))
    one, other = refusals(changed((*place, name), "a"))
    assert one == other
    assert one.startswith(f"openapi.yaml: {pointer((*place, name))}: is no keyword; did you mean x-")


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@settings(max_examples=6, deadline=None, database=None)
@given(keyword=st.sampled_from(KEYWORDS))
def test_a_keyword_at_the_place_of_another_is_refused_by_both(place: Way, keyword: str) -> None:
    document = changed((*place, keyword), {"a": 1})
    one, other = refusals(document)
    assert one == other
    assert one.startswith(f"openapi.yaml: {pointer((*place, keyword))}")


@settings(max_examples=15, deadline=None, database=None)
@given(
    place=st.sampled_from([*PLACES.values()]),
    name=st.sampled_from(
        ["x-logo", "x-tagGroups", "x-internal", "x-go-name", "x-order", "x-resource-id", "x-nullable"]
    ),
    value=st.one_of(NO_OBJECT, st.dictionaries(TEXTS, TEXTS, max_size=2)),
)
def test_an_extension_of_somebody_else_is_left_alone_by_both(place: Way, name: str, value: Any) -> None:
    document = changed((*place, name), value)
    assert read(Path("openapi.yaml"), document).operations
    assert find_first_slip(document) is None


COMMANDS: dict[str, Callable[[str], list[str]]] = {
    "cells": lambda path: ["cells", "--contract", path],
    "rules": lambda path: ["rules", "--contract", path],
    "diff": lambda path: ["diff", path, path],
    "run": lambda path: ["run", "--target", "http://127.0.0.1:9/v1", "--contract", path, "--dry-run"],
    "traffic": lambda path: ["traffic", "absent.har", "--contract", path],
}
WRITTEN = {
    "a text for a list": ((*POST, "x-permissions"), {"any": "a:b"}, "/paths/~1packs/post/x-permissions/any: "),
    "a letter too few": ((*POST, "x-permission"), {"any": ["a"]}, "did you mean x-permissions?"),
}


@pytest.mark.parametrize("slip", WRITTEN)
def test_every_command_and_the_mock_refuse_it_in_one_line(slip: str, tmp_path: Path) -> None:
    way, value, told = WRITTEN[slip]
    path = written(tmp_path, changed(way, value))
    said = {}
    for name, command in COMMANDS.items():
        done = CliRunner().invoke(main, command(str(path)))
        assert done.exit_code == 2, (name, done.output)
        said[name] = done.output.removeprefix("evershell-conformance: ")
    code, _, complained = forked.run(forked.MOCK, ["serve", "--port", "0", "--contract", str(path)], tmp_path, 60)
    assert code == 2
    said["serve"] = complained.removeprefix("evershell-mock: ")
    with pytest.raises(StartError) as refused:
        create_app(Settings(contract=path))
    said["create_app"] = f"{refused.value}\n"
    [line] = set(said.values())
    assert line.startswith(f"{path}: ")
    assert told in line
