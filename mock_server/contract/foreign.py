"""Contracts that are not ours: made into documents that can be served, with as little left out as may be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from mock_server.contract.document import METHODS, follow, resolve
from mock_server.contract.error_bodies import MADE, fill_error
from mock_server.contract.framework import InvalidSpecification, check_contract
from mock_server.contract.made_values import make_value
from mock_server.contract.references import find_target
from mock_server.contract.schema import shorten
from mock_server.errors import ContractError, DeclaredError

_PARAMETER = re.compile(r"\{([^{}]*)\}")
_NO_NAME = re.compile(r"[^A-Za-z0-9]+")
NOTES = "x-mock-notes"
"""The parts that the mock has left out of a document, listed in the document that it serves."""
UNDECLARED = "x-mock-undeclared"
"""Marks a response that the mock has added to a document."""


def find_base_path(document: Mapping[str, Any]) -> str:
    """Return the path of the first server of a document, without a slash at its end; empty for the root."""
    servers = document.get("servers") or [{}]
    url, variables = str(servers[0].get("url", "")), servers[0].get("variables", {})
    for name, said in variables.items():
        url = url.replace(f"{{{name}}}", str(said.get("default", name)))
    path = urlsplit(url).path.rstrip("/")
    return path if path.startswith("/") or not path else f"/{path}"


def adopt(document: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a document of another API as it can be served; `NOTES` in it says what was left out.

    ContractError, with its name and the place, where it is no valid document of OpenAPI 3.0.
    """
    notes: list[str] = []
    served: dict[str, Any] = _cut_circles(document, document, (), notes)
    try:
        check_contract(served)
    except InvalidSpecification as error:
        place = ".".join(str(step) for step in error.absolute_path)
        raise ContractError(f"{name}: {place}: {shorten(error.message)}") from error
    served["paths"] = dict(_read_paths(served, notes))
    for operation in _list_operations(served):
        operation["responses"] = {str(status): each for status, each in operation.get("responses", {}).items()}
    _name_operations(served, notes)
    for operation in _list_operations(served):
        _complete_responses(served, operation, notes)
    served[NOTES] = list(dict.fromkeys(notes))
    return served


def _cut_circles(document: Mapping[str, Any], node: Any, above: tuple[str, ...], notes: list[str]) -> Any:
    """A copy in which no reference leads back to itself: there anything may stand; nor is any schema told by its name.

    A reference is left as it is where nothing below it leads back.
    """
    if isinstance(node, list):
        return [_cut_circles(document, each, above, notes) for each in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str):
        if _leads_back(document, reference):
            target = find_target(document, reference, reference)
            if reference in above:
                notes.append(f"{reference} holds itself; inside of it anything is taken")
                return {}
            return _cut_circles(document, target, (*above, reference), notes)
        return dict(node)
    return {
        name: _cut_circles(document, each, above, notes) for name, each in node.items() if not _says_nothing(name, each)
    }


def _says_nothing(name: str, value: Any) -> bool:
    """Whether a keyword is passed over: a discriminator, which names schemas, and a list of nothing to require."""
    return (name == "discriminator" and isinstance(value, dict) and "propertyName" in value) or (
        name == "required" and value == []
    )


def _leads_back(document: Mapping[str, Any], reference: str) -> bool:
    """Whether a reference leads to something that leads back to it."""
    seen: set[str] = set()
    waiting = [reference]
    while waiting:
        name = waiting.pop()
        for found in _find_references(find_target(document, name, name)):
            if found == reference:
                return True
            if found not in seen:
                seen.add(found)
                waiting.append(found)
    return False


def _find_references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for each in node.values():
            yield from _find_references(each)
    elif isinstance(node, list):
        for each in node:
            yield from _find_references(each)


def _read_paths(document: Mapping[str, Any], notes: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The paths that can be told apart, with all their parameters declared."""
    known: dict[str, str] = {}
    for path, item in document["paths"].items():
        item = dict(follow(document, item))
        names = _PARAMETER.findall(path)
        plain = _PARAMETER.sub("{}", path)
        if any("{" in segment and segment != "{}" for segment in plain.split("/")):
            notes.append(f"{path} is not served: a parameter has to fill its whole segment")
        elif len(set(names)) != len(names):
            notes.append(f"{path} is not served: a parameter stands there twice")
        elif plain in known:
            notes.append(f"{path} is not served: it is the same path as {known[plain]}")
        else:
            known[plain] = path
            for method in item.keys() & set(METHODS):
                item[method] = _with_path_parameters(document, item, dict(item[method]), names)
            yield path, item


def _with_path_parameters(
    document: Mapping[str, Any], item: Mapping[str, Any], operation: dict[str, Any], names: list[str]
) -> dict[str, Any]:
    given = [follow(document, each) for each in (*item.get("parameters", ()), *operation.get("parameters", ()))]
    declared = {each["name"] for each in given if each.get("in") == "path"}
    missing = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in names
        if name not in declared
    ]
    return {**operation, "parameters": [*operation.get("parameters", ()), *missing]} if missing else operation


def _list_operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for item in document["paths"].values():
        for method in METHODS:
            if isinstance(item.get(method), dict):
                yield item[method]


def _name_operations(document: Mapping[str, Any], notes: list[str]) -> None:
    """Give an operation without an id, or with that of another, one that is made of its method and path."""
    known: set[str] = set()
    for path, item in document["paths"].items():
        for method in METHODS:
            if not isinstance(item.get(method), dict):
                continue
            said = item[method].get("operationId")
            made = f"{method}{_NO_NAME.sub('_', path)}".rstrip("_")
            name = said if isinstance(said, str) and said not in known else made
            if said is not None and name != said:
                notes.append(f"{method.upper()} {path} is called {name}, since another operation is {said}")
            item[method]["operationId"] = name
            known.add(name)


def _complete_responses(document: Mapping[str, Any], operation: dict[str, Any], notes: list[str]) -> None:
    """Let an operation declare a success, and each response have an example; JSON comes before other media types."""
    responses = operation["responses"]
    if not any(status.startswith(("2", "3", "default")) for status in responses):
        responses["204"] = {"description": "Done.", UNDECLARED: True}
        notes.append(f"{operation['operationId']} declares no success: 204 is answered")
    for status, said in responses.items():
        response: Any = follow(document, said)
        for name, header in response.get("headers", {}).items():
            response["headers"][name] = {**follow(document, header), "required": False}
        content = response.get("content", {})
        response["content"] = dict(sorted(content.items(), key=lambda each: "json" not in each[0]))
        for media_type, each in content.items():
            if MADE not in each.get("examples", {}):
                _complete_media(document, media_type, each, int(status) if status.isdigit() else 0)
        if not content:
            del response["content"]


def _complete_media(document: Mapping[str, Any], media_type: str, said: dict[str, Any], status: int) -> None:
    """Let a body have an example that is made of its schema, after its own ones."""
    examples = {name: follow(document, each) for name, each in said.get("examples", {}).items()}
    examples = {name: each for name, each in examples.items() if "value" in each}
    if "example" in said:
        examples["example"] = {"value": said.pop("example")}
    if "json" in media_type and "schema" in said:
        examples[MADE] = {"value": _make_example(document, said["schema"], status)}
    elif not examples and "json" not in media_type:
        examples[MADE] = {"value": ""}
    if examples:
        said["examples"] = examples


def _make_example(document: Mapping[str, Any], schema: Mapping[str, Any], status: int) -> Any:
    if status < HTTPStatus.BAD_REQUEST:
        return make_value(document, schema)
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Error"
    code = _NO_NAME.sub("_", phrase.lower())
    return fill_error(resolve(document, schema), DeclaredError(code, status, f"{phrase}."), "")
