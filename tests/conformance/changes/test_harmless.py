"""Rewrites that change nothing are silent, whatever they move."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from conformance.changes.diff import diff
from conformance.contract.contract import resolve
from conformance.contract.file import CONTRACT, load, parse_contract
from conformance.contract.vocabulary import find_shipped
from tests.conformance.changes.edits import Document, Edit, at, contract, drop, edited, operation, put, schema


def every(node: Any) -> Iterator[dict[str, Any]]:
    """Each object of a document, the innermost last."""
    if isinstance(node, dict):
        yield node
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from every(each)


def inlined(kind: str) -> Edit:
    """Write what each reference to a component of a kind names in its place."""

    def edit(document: Document) -> None:
        for node in every(document["paths"]):
            for key, each in list(node.items()):
                if isinstance(each, dict) and str(each.get("$ref", "")).startswith(f"#/components/{kind}/"):
                    node[key] = json.loads(json.dumps(resolve(document, each)))

    return edit


def renamed(kind: str, old: str, new: str) -> Edit:
    def edit(document: Document) -> None:
        document["components"][kind][new] = document["components"][kind].pop(old)
        for node in every(document):
            if node.get("$ref") == f"#/components/{kind}/{old}":
                node["$ref"] = f"#/components/{kind}/{new}"

    return edit


def backwards(document: Document) -> None:
    """Turn the order of all keys and of lists that have none."""
    for node in list(every(document)):
        items = list(node.items())[::-1]
        node.clear()
        node.update(items)
        for key in ("required", "enum", "tags", "security"):
            if isinstance(node.get(key), list):
                node[key].reverse()


def split(document: Document) -> None:
    """Write an object as two that hold together."""
    pack = at(document, *schema("Pack"))
    names = list(pack["properties"])
    first = {name: pack["properties"][name] for name in names[:5]}
    rest = {name: pack["properties"][name] for name in names[5:]}
    whole = dict(pack)
    pack.clear()
    pack["allOf"] = [
        {"type": "object", "required": whole["required"][:2], "properties": first},
        {"type": "object", "required": whole["required"][2:], "properties": rest},
    ]


def reworded(document: Document) -> None:
    for node in every(document["paths"]):
        for key in ("description", "summary"):
            if isinstance(node.get(key), str):
                node[key] = f"In other words: {node[key]}"


def without_examples(document: Document) -> None:
    for node in list(every(document)):
        node.pop("examples", None)
        node.pop("example", None)


def parameter_names(document: Document) -> None:
    """Give a parameter of a path another name, in the path and in the links that fill it."""
    for path in [path for path in document["paths"] if path.startswith("/packs/{id}")]:
        document["paths"][path.replace("{id}", "{pack}")] = document["paths"].pop(path)
    document["components"]["parameters"]["PackId"]["name"] = "pack"
    for link in document["components"]["links"].values():
        if link["operationId"].startswith("packs."):
            link["parameters"] = {{"id": "pack"}.get(name, name): to for name, to in link["parameters"].items()}


def shared_parameters(document: Document) -> None:
    """Write the parameters of a path at each of its operations."""
    item = document["paths"]["/packs/{id}"]
    parameters = item.pop("parameters")
    for method in item:
        item[method]["parameters"] = [*item[method].get("parameters", ()), *parameters]


def defaults_written(document: Document) -> None:
    """Write out what OpenAPI and our vocabulary take for granted."""
    for path, item in document["paths"].items():
        for method in [key for key in item if key != "parameters"]:
            node = item[method]
            node.setdefault("x-billing", "read" if method == "get" else "create")
            node.setdefault("security", [{"bearer": []}])
            node.setdefault("deprecated", False)
            for parameter in node.get("parameters", ()):
                if "$ref" not in parameter and parameter["in"] == "query":
                    parameter |= {"style": "form", "explode": True, "required": False}
        assert path.startswith("/")
    for name in ("Pack", "Role", "Workspace"):
        at(document, *schema(name))["additionalProperties"] = True
    at(document, *schema("Pack", "properties", "category"))["minLength"] = 0
    at(document, *schema("Pack", "properties", "category"))["nullable"] = False


def scopes_otherwise(document: Document) -> None:
    for item in document["paths"].values():
        for node in item.values():
            asked = node.get("x-permissions") if isinstance(node, dict) else None
            if asked:
                groups = asked.get("all") or [asked["any"]]
                node["x-permissions"] = {"all": [[*group[::-1], group[0]] for group in groups[::-1]]}


def events_as_lists(document: Document) -> None:
    for node in every(document["paths"]):
        if isinstance(node.get("x-event"), str):
            node["x-event"] = [node["x-event"]]


def provenance_written_out(document: Document) -> None:
    """Say of each response what it has from its operation."""
    for item in document["paths"].values():
        for node in [each for key, each in item.items() if key != "parameters"]:
            for response in node["responses"].values():
                if "$ref" not in response:
                    given = response.setdefault("x-provenance", {})
                    given.setdefault("response", node["x-provenance"])
                    given.setdefault("status", given["response"])
                    given.setdefault("codes", given["status"])


def choice_split(document: Document) -> None:
    tier = at(document, *schema("Pack", "properties", "tier"))
    values = tier.pop("enum")
    tier["anyOf"] = [{"enum": values[:1]}, {"enum": values[1:]}]


def null_as_choice(document: Document) -> None:
    fields = at(document, *schema("UpdateRole", "properties"))
    fields["thinking_effort"] = {"enum": ["off", "low", "medium", "high", None]}


def exclusive_bound(document: Document) -> None:
    limit = at(document, "components", "parameters", "EventLimit", "schema")
    limit |= {"minimum": 0, "exclusiveMinimum": True}


def rule_reflowed(document: Document) -> None:
    rule = at(document, "x-rules", "AUTH-FORGED")
    rule["text"] = rule["text"].replace(" ", "\n  ")
    rule["clause"] = "credentials"


def unused(document: Document) -> None:
    document["components"]["schemas"]["NobodyUses"] = {"type": "string"}
    document["components"]["responses"]["NobodyUsesEither"] = {"description": "Nothing."}
    document["components"]["securitySchemes"]["nobody"] = {"type": "http", "scheme": "basic"}


REWRITES: dict[str, tuple[Edit, ...]] = {
    "schemas inlined": (inlined("schemas"),),
    "responses inlined": (inlined("responses"),),
    "parameters inlined": (inlined("parameters"), inlined("headers")),
    "links inlined": (inlined("links"),),
    "headers inlined": (inlined("headers"),),
    "schema renamed": (
        renamed("schemas", "Pack", "ContentPack"),
        put("x-resource-types", "pack", "schema", "ContentPack"),
    ),
    "error renamed": (
        renamed("schemas", "PackNotFoundError", "NoSuchPackError"),
        renamed("schemas", "Error", "Envelope"),
    ),
    "response renamed": (renamed("responses", "Unauthenticated", "SignIn"),),
    "parameter component renamed": (renamed("parameters", "EventLimit", "PageSize"),),
    "security scheme described": (put("components", "securitySchemes", "bearer", "description", "A token."),),
    "order of everything": (backwards,),
    "object split by allOf": (split,),
    "one part of allOf": (
        lambda d: at(d, *schema("Role")).update(allOf=[dict(at(d, *schema("Role")))]),
        lambda d: [at(d, *schema("Role")).pop(key) for key in ("type", "properties", "required")],
    ),
    "texts reworded": (reworded,),
    "examples removed": (without_examples,),
    "path parameter renamed": (parameter_names,),
    "parameters of a path written at its operations": (shared_parameters,),
    "defaults written out": (defaults_written,),
    "scopes in another order": (scopes_otherwise,),
    "events as lists": (events_as_lists,),
    "provenance written out": (provenance_written_out,),
    "provenance within what is not binding": (put("x-rules", "AUTH-HEADER-DECIDES", "provenance", "mentioned"),),
    "provenance within what is binding": (put("x-rules", "AUTH-FORGED", "provenance", "seed"),),
    "choice split by anyOf": (choice_split,),
    "null as a value": (null_as_choice,),
    "exclusive bound": (exclusive_bound,),
    "rule reflowed": (rule_reflowed,),
    "rule about all operations": (put("x-rules", "AUTH-FORGED", "operations", ["*"]),),
    "components that nobody uses": (unused,),
    "version and contact": (put("info", "version", "9.9.9"), drop("info", "contact")),
    "tags": (put("tags", []), put(*operation("get", "/packs", "tags"), 0, "bundles")),
    "header in other letters": (
        lambda d: [
            each["headers"].update({"x-request-id": each["headers"].pop("X-Request-Id")})
            for each in d["components"]["responses"].values()
            if "headers" in each
        ],
    ),
    "a format that says nothing": (drop(*schema("Pack", "properties", "size_bytes"), "format"),),
}


@pytest.mark.parametrize("name", REWRITES)
def test_a_rewrite_that_changes_nothing_is_silent(name: str) -> None:
    rewritten = edited(*REWRITES[name])
    assert rewritten.sha256 != contract().sha256 or name == "order of everything"
    assert diff(contract(), rewritten).changes == ()
    assert diff(rewritten, contract()).changes == ()


def test_all_rewrites_at_once_are_silent() -> None:
    apart = [name for name in REWRITES if name.endswith("renamed")] + ["one part of allOf"]
    apart.append("object split by allOf")
    rewritten = edited(*(edit for name, edits in REWRITES.items() if name not in apart for edit in edits), split)
    assert diff(contract(), rewritten).changes == ()


def test_the_same_contract_as_json_or_written_by_another_tool_is_silent() -> None:
    for text in (json.dumps(contract().document), yaml.safe_dump(contract().document, sort_keys=True)):
        assert diff(contract(), parse_contract(text.encode(), Path("again.yaml"))).changes == ()


def test_a_contract_is_the_same_as_itself() -> None:
    again = parse_contract(find_shipped(CONTRACT).read_bytes(), Path("again.yaml"))
    assert diff(load(), again).changes == ()


def test_schemas_that_refer_to_themselves_are_compared() -> None:
    tree = {"type": "object", "properties": {"name": {"type": "string"}, "below": {"type": "array"}}}

    def grown(name: str, **more: Any) -> tuple[Edit, ...]:
        own = json.loads(json.dumps(tree))
        own["properties"]["below"]["items"] = {"$ref": f"#/components/schemas/{name}"}
        own["properties"]["name"] |= more
        return put(*schema(name), own), put(*schema("PackDeleted"), {"$ref": f"#/components/schemas/{name}"})

    old, new = edited(*grown("Tree")), edited(*grown("Wood"))
    assert diff(old, new).changes == ()
    (found,) = diff(old, edited(*grown("Wood", maxLength=3))).changes
    assert (found.kind, found.where) == ("answer-narrowed", "Wood.name")
