"""Documents of OpenAPI 3.1 as OpenAPI 3.0 says the same: Connexion knows 3.0, and so does all that reads a contract."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mock_server.contract.references import find_target, to_step
from mock_server.contract.samples import is_json
from mock_server.contract.schema31 import SchemaConverter, check_dialect
from mock_server.errors import ContractError, UnsupportedError

_VERSION = "3.0.3"
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_CONTENT = {"content": "media by type"}
_PARTS: Mapping[str, Mapping[str, str]] = {
    "document": {"paths": "paths", "components": "components"},
    "components": {
        "schemas": "schemas",
        "responses": "responses",
        "parameters": "parameters by name",
        "headers": "parameters by name",
        "requestBodies": "bodies",
        "callbacks": "callbacks",
    },
    "path": {"parameters": "parameters"} | dict.fromkeys(_METHODS, "operation"),
    "operation": {
        "parameters": "parameters",
        "requestBody": "body",
        "responses": "responses",
        "callbacks": "callbacks",
    },
    "body": _CONTENT,
    "response": {"headers": "parameters by name", **_CONTENT},
    "parameter": {"schema": "schema", **_CONTENT},
    "media": {"schema": "schema", "encoding": "encodings"},
    "encoding": {"headers": "parameters by name"},
}
"""The kind of each part of a document, for all that has a schema somewhere in it."""
_EACH = {
    "paths": "path",
    "schemas": "schema",
    "responses": "response",
    "parameters": "parameter",
    "parameters by name": "parameter",
    "bodies": "body",
    "callbacks": "paths",
    "media by type": "media",
    "encodings": "encoding",
}
"""The kind of each entry of a map or a list."""
_FORMS = ("multipart/", "application/x-www-form-urlencoded")


def to_openapi30(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document of OpenAPI 3.1 as one of 3.0, without what only describes and without webhooks.

    UnsupportedError, with a JSON pointer and what to write instead, where 3.0 cannot say it.
    """
    check_dialect(document.get("jsonSchemaDialect"), "/jsonSchemaDialect")
    _check_security(document)
    converter = _Converter(document)
    converted: dict[str, Any] = converter.convert(document, "document", "")
    converted["openapi"] = _VERSION
    for each in ("webhooks", "jsonSchemaDialect"):
        converted.pop(each, None)
    if isinstance(info := converted.get("info"), dict):
        converted["info"] = _without(info, "summary")
        if isinstance(licence := info.get("license"), dict):
            converted["info"]["license"] = _without(licence, "identifier")
    return _with_definitions(converted, converter.schemas.definitions)


def _without(node: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: part for name, part in node.items() if name != key}


def _check_security(document: Mapping[str, Any]) -> None:
    components = document.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, dict) else None
    for name, scheme in schemes.items() if isinstance(schemes, dict) else ():
        if isinstance(scheme, dict) and scheme.get("type") == "mutualTLS":
            raise UnsupportedError(
                f"/components/securitySchemes{to_step(name)}/type: OpenAPI 3.0 has no mutualTLS; take it out, or "
                "declare the credential that a request brings"
            )


class _Converter:
    """Converts the parts of one document, each by what it is."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self.schemas = SchemaConverter()

    def convert(self, node: Any, kind: str, place: str) -> Any:
        """Return a part of the document; what is not of its kind is left for a validator to refuse."""
        if kind == "schema":
            return self.schemas.convert(node, place)
        if kind in _EACH:
            return self._convert_each(node, _EACH[kind], place)
        if not isinstance(node, dict):
            return node
        if isinstance(node.get("$ref"), str):
            if kind != "path":
                return {"$ref": node["$ref"]}
            node, place = self._find_path(node, place)
        parts = _PARTS[kind]
        result = {
            key: self.convert(part, parts[key], place + to_step(key)) if key in parts else part
            for key, part in node.items()
        }
        return _complete(result, kind)

    def _convert_each(self, node: Any, kind: str, place: str) -> Any:
        if isinstance(node, list):
            return [self.convert(part, kind, f"{place}/{at}") for at, part in enumerate(node)]
        if not isinstance(node, dict):
            return node
        if isinstance(node.get("$ref"), str) and kind == "path":  # a callback elsewhere
            return {"$ref": node["$ref"]}
        is_extended = kind in {"path", "response"}
        return {
            key: part if is_extended and key.startswith("x-") else self.convert(part, kind, place + to_step(key))
            for key, part in node.items()
        }

    def _find_path(self, node: dict[str, Any], place: str) -> tuple[dict[str, Any], str]:
        """Return the item of a path that another one refers to, with what stands beside the reference."""
        seen = [node["$ref"]]
        while isinstance(reference := node.get("$ref"), str):
            try:
                target = find_target(self._document, reference, f"{place}/$ref: {reference}")
            except ContractError as problem:
                raise UnsupportedError(str(problem)) from problem
            node = (target if isinstance(target, dict) else {}) | _without(node, "$ref")
            if node.get("$ref") in seen:
                raise UnsupportedError(f"{place}/$ref: {reference} refers to itself; write the path out")
            seen.append(node.get("$ref"))
            place = reference.removeprefix("#")
        return node, place


def _complete(node: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return a part with what 3.0 asks for and 3.1 does not, and without what 3.0 does not have."""
    if kind == "components":
        return _without(node, "pathItems")
    if kind == "operation":
        return {"responses": {"default": {"description": "Any answer."}}, **node}
    if kind == "body" and isinstance(content := node.get("content"), dict):
        return {**node, "content": {name: _with_schema(name, media) for name, media in content.items()}}
    return node


def _with_schema(media_type: str, media: Any) -> Any:
    """Return a media type of a body; one without a schema is bytes, unless it is JSON or a form."""
    if not isinstance(media, dict) or is_json(media_type) or media_type.startswith(_FORMS):
        return media
    return {"schema": {"type": "string", "format": "binary"}, **media}


def _with_definitions(document: dict[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with the schemas of its `$defs` among its components, where its references find them."""
    if not definitions:
        return document
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    names: dict[str, str] = {}
    for pointer, schema in definitions.items():
        name = re.sub(r"[^A-Za-z0-9._-]", "_", pointer.rpartition("/")[2])
        while name in schemas:
            name += "_"
        schemas[name] = schema
        names[f"#{pointer}"] = f"#/components/schemas/{name}"
    result: dict[str, Any] = _rename(document, names)
    return result


def _rename(node: Any, names: Mapping[str, str]) -> Any:
    """Return a part of the document in which each reference to a definition has its new name."""
    if isinstance(node, dict):
        return {key: _rename(part, names) for key, part in node.items()}
    if isinstance(node, list):
        return [_rename(part, names) for part in node]
    if not isinstance(node, str) or "/$defs/" not in node:
        return node
    for known in sorted(names, key=len, reverse=True):
        if node == known or node.startswith(f"{known}/"):
            return names[known] + node.removeprefix(known)
    return node
