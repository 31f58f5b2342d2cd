"""The contract in OpenAPI 3.1, as the site offers it: valid, and equal in meaning to the one of 3.0."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import jsonschema_rs
from openapi_spec_validator import OpenAPIV31SpecValidator

from mock_server import Settings, create_app
from mock_server.contract.document import resolve
from mock_server.contract.openapi31 import to_openapi30
from mock_server.contract.schema import Compiler
from tests import plain
from tests.mock_server.serving import served, written
from tests.openapi import DOCUMENT
from tools.site.openapi31 import to_openapi31

CONTRACT_31 = to_openapi31(deepcopy(dict(DOCUMENT)))
JUNK: list[Any] = [None, True, -1, 0, 1, 1.5, "", "a", "high", "2026-01-01T00:00:00Z", [], ["a"], {}, {"a": 1}]


def examples() -> Iterator[tuple[str, Any]]:
    """Each JSON pointer of a media type with a schema, and the examples that it has."""
    kept = [("/paths", DOCUMENT["paths"]), ("/components", DOCUMENT["components"])]
    while kept:
        place, node = kept.pop()
        if isinstance(node, Mapping):
            if "schema" in node and "examples" in node:
                yield place, [each["value"] for each in node["examples"].values() if "value" in each]
            kept += [(f"{place}\n{key}", part) for key, part in node.items() if not key.startswith("x-")]


def at(document: Mapping[str, Any], place: str) -> Any:
    node: Any = document
    for step in place.removeprefix("/").split("\n"):
        node = node[step]
    return node


def judges(place: str) -> tuple[Any, Any]:
    """The validators of what stands at a place in either form."""
    of_30 = Compiler().compile(resolve(DOCUMENT, at(DOCUMENT, place)))
    schema = resolve(CONTRACT_31, at(CONTRACT_31, place))
    return of_30, jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def test_it_is_valid_and_says_what_the_one_of_3_0_says() -> None:
    OpenAPIV31SpecValidator(CONTRACT_31).validate()
    assert CONTRACT_31["openapi"] == "3.1.1"
    assert to_openapi30(CONTRACT_31) == {**DOCUMENT, "openapi": "3.0.3"}


def test_both_forms_take_each_example() -> None:
    found = list(examples())
    assert len(found) > 100
    for place, values in found:
        of_30, of_31 = judges(f"{place}\nschema")
        for value in values:
            assert (of_30.is_valid(value), of_31.is_valid(value)) == (True, True), (place, value)


def draw(random: Random, schema: Mapping[str, Any]) -> Any:
    """Return a value that is nearly of a schema: right but for a part here and there."""
    forms = [*schema.get("oneOf", ()), *schema.get("anyOf", ())]
    if random.random() < 0.1:
        return random.choice(JUNK)
    if schema.get("nullable") and random.random() < 0.3:
        return None
    if "enum" in schema or forms:
        return random.choice(schema["enum"]) if "enum" in schema else draw(random, random.choice(forms))
    if "allOf" in schema:
        parts = [draw(random, each) for each in schema["allOf"]]
        return {name: each for part in parts if isinstance(part, dict) for name, each in part.items()}
    return draw_of_type(random, schema)


def draw_of_type(random: Random, schema: Mapping[str, Any]) -> Any:
    match schema.get("type"):
        case "object":
            fields = [*schema.get("properties", {}).items()]
            needed = {*schema.get("required", ())}
            return {name: draw(random, each) for name, each in fields if name in needed or random.random() < 0.5}
        case "array":
            return [draw(random, schema.get("items", {})) for _ in range(random.randrange(3))]
        case "integer" | "number":
            bounds = [schema[each] for each in ("minimum", "maximum") if each in schema]
            return random.choice([0, 7, *bounds, *(each + 1 for each in bounds)])
        case "string" if schema.keys() & {"minLength", "maxLength"}:
            lengths = [schema.get("minLength", 0), schema.get("maxLength", 5)]
            return "a" * random.choice([*lengths, lengths[1] + 1])
        case _:
            return random.choice(JUNK)


def test_both_forms_take_the_same_of_what_is_drawn() -> None:
    random, taken = Random(1), Counter[bool]()  # noqa: S311  # no secret
    for name, schema in DOCUMENT["components"]["schemas"].items():
        of_30, of_31 = judges(f"components\nschemas\n{name}")
        for _ in range(40):
            value = draw(random, resolve(DOCUMENT, schema))
            assert of_30.is_valid(value) == of_31.is_valid(value), (name, value)
            taken[of_31.is_valid(value)] += 1
    assert min(taken[True], taken[False]) > 1000


def test_the_mock_serves_it(tmp_path: Path) -> None:
    key = {"Authorization": "Bearer sk_mock_acme_full_access_1001"}
    with served(create_app(Settings(contract=written(tmp_path, CONTRACT_31)))) as url:
        for kind, status in (("openai", 201), ("none", 400)):
            body = {"name": f"of-{kind}", "kind": kind, "domain": "api.made.example"}
            assert plain.post(f"{url}/v1/providers", headers=key, json=body).status_code == status
