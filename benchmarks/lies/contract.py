"""The source of lies: the operations, responses and schemas of openapi.yaml, read without knowing any of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
METHODS = ("get", "post", "put", "patch", "delete")
JSON = "application/json"
ANY = "*"
"""The sign for every item of a list in the path of a field."""


@dataclass(frozen=True, slots=True)
class Field:
    """A place in a JSON body."""

    path: tuple[str, ...]
    schema: Mapping[str, Any]
    required: bool

    @property
    def name(self) -> str:
        return ".".join(self.path).replace(".*", "[]")


@dataclass(frozen=True, eq=False)
class Response:
    """The response of an operation with one status."""

    status: int
    source: str
    """The component that it is, if it is one."""
    headers: Mapping[str, Any]
    schema: Mapping[str, Any] | None
    """The schema of a JSON body, with every reference in its place; None where the body is no JSON."""
    examples: tuple[Any, ...]
    links: Mapping[str, str]
    """The operation that each link leads to, and the path parameter that the id of the body is."""

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        return tuple(_list_fields(self.schema or {}))

    @property
    def codes(self) -> list[str]:
        """The error codes that come with it."""
        return [code for it in self.fields if it.path == ("error", "code") for code in it.schema["enum"]]


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation."""

    id: str
    method: str
    path: str
    long: tuple[str, ...]
    """The path parameters that may hold slashes."""
    tag: str
    body: Mapping[str, Any] | None
    """The schema of its JSON body."""
    body_type: str
    query: tuple[str, ...]
    """The names of the parameters of the query."""
    responses: Mapping[int, Response]

    @property
    def success(self) -> Response:
        return next(it for status, it in self.responses.items() if status < 400)

    @property
    def refusals(self) -> list[Response]:
        return [it for status, it in self.responses.items() if status >= 400]

    @property
    def reads(self) -> bool:
        return self.method == "GET"

    @property
    def changes_object(self) -> bool:
        """Return whether it does something to an object that is there, and stays."""
        return not self.reads and self.method != "DELETE" and "{" in self.path

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        parts = re.split(r"\{(\w+)\}", self.path)
        named = [f"(?P<{it}>{'.+' if it in self.long else '[^/]+'})" for it in parts[1::2]]
        return re.compile("".join(chain(*zip_longest(map(re.escape, parts[::2]), named, fillvalue=""))))


@dataclass(frozen=True, eq=False)
class Contract:
    """The operations, those of concrete paths first, and every error code."""

    operations: tuple[Operation, ...]
    codes: tuple[str, ...]

    def find_operation(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """Return the operation that a request asks for, with its path parameters."""
        for it in self.operations:
            if found := it.pattern.fullmatch(path):
                same = [other for other in self.operations if other.path == it.path and other.method == method]
                return (same[0], found.groupdict()) if same else None
        return None


def load(path: Path = ROOT / "openapi.yaml") -> Contract:
    """Return the contract of a file."""
    document = yaml.load(path.read_bytes(), yaml.CSafeLoader)
    read = _Reader(document)
    found = [
        read.operation(method, path, item)
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    ]
    codes = document["components"]["schemas"]["ErrorCode"]["enum"]
    return Contract(tuple(sorted(found, key=lambda it: (it.path.count("{"), it.path))), tuple(codes))


class _Reader:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def operation(self, method: str, path: str, item: Mapping[str, Any]) -> Operation:
        """Return one of a path."""
        node = item[method]
        parameters = [self._resolve(it) for it in (*item.get("parameters", ()), *node.get("parameters", ()))]
        content = self._resolve(node.get("requestBody", {})).get("content", {})
        return Operation(
            id=node["operationId"],
            method=method.upper(),
            path=path,
            long=tuple(it["name"] for it in parameters if it["schema"].get("format") == "path"),
            tag=node["tags"][0],
            body=self._resolve_schema(content[JSON]["schema"]) if JSON in content else None,
            body_type=next(iter(content), ""),
            query=tuple(it["name"] for it in parameters if it["in"] == "query"),
            responses={int(status): self._read_response(int(status), it) for status, it in node["responses"].items()},
        )

    def _read_response(self, status: int, node: Mapping[str, Any]) -> Response:
        source = str(node.get("$ref", "")).rpartition("/")[2]
        node = self._resolve(node)
        content = node.get("content", {}).get(JSON, {})
        links = [self._resolve(it) for it in node.get("links", {}).values()]
        return Response(
            status=status,
            source=source,
            headers={name: self._resolve(it) for name, it in node.get("headers", {}).items()},
            schema=self._resolve_schema(content["schema"]) if content else None,
            examples=tuple(it["value"] for it in content.get("examples", {}).values()),
            links={
                it["operationId"]: name
                for it in links
                for name, value in it["parameters"].items()
                if str(value).startswith("$response.body#/")
            },
        )

    def _resolve(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in node:
            found: Any = self._document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            node = found
        return node

    def _resolve_schema(self, node: Mapping[str, Any]) -> dict[str, Any]:
        """Return the schema with its references and its allOf taken in."""
        node = dict(self._resolve(node))
        for part in node.pop("allOf", []):
            node = self._merge_schemas(node, self._resolve(part))
        if "properties" in node:
            node["properties"] = {name: self._resolve_schema(it) for name, it in node["properties"].items()}
        if "items" in node:
            node["items"] = self._resolve_schema(node["items"])
        return node

    def _merge_schemas(self, one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
        if "allOf" in other:
            other = self._resolve_schema(other)
        properties = dict(one.get("properties", {}))
        for name, it in other.get("properties", {}).items():
            properties[name] = (
                self._merge_schemas(self._resolve_schema(properties[name]), self._resolve_schema(it))
                if name in properties
                else it
            )
        required = [*one.get("required", []), *other.get("required", [])]
        return {**one, **other, "properties": properties, "required": required}


def _list_fields(schema: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[Field]:
    if "items" in schema:
        yield from _list_fields(schema["items"], (*path, ANY))
    for name, it in schema.get("properties", {}).items():
        yield Field((*path, name), it, name in schema.get("required", []))
        yield from _list_fields(it, (*path, name))
