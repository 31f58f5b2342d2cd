"""From the parsed document to the frozen contract; every complaint names its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from conformance.contract.contract import (
    BILLING_CLASSES,
    METHODS,
    ArchiveSpec,
    Body,
    Contract,
    ContractError,
    Founded,
    JsonObject,
    KindSpec,
    NamedResource,
    Operation,
    Parameter,
    Permissions,
    Provenance,
    ResponseSpec,
    Rule,
    resolve,
)


def read(path: Path, document: Any) -> Contract:
    """The contract in document; ContractError names the first place that cannot be used."""
    try:
        return _Reader(document).contract(path)
    except ContractError as error:
        raise ContractError(f"{path}: {error}") from None


class _Reader:
    def __init__(self, document: Any) -> None:
        if not isinstance(document, Mapping) or not isinstance(document.get("paths"), Mapping):
            raise ContractError("not an OpenAPI document: it has no 'paths'")
        if not str(document.get("openapi", "")).startswith("3.0."):
            raise ContractError(f"openapi: {document.get('openapi')!r} is not 3.0.x")
        self.document: JsonObject = document

    def contract(self, path: Path) -> Contract:
        operations: dict[str, Operation] = {}
        for operation in self._operations():
            if operation.operation_id in operations:
                raise ContractError(f"operationId {operation.operation_id} is given twice")
            operations[operation.operation_id] = operation
        if not operations:
            raise ContractError("paths: declares no operation")
        codes = self._resolve(self.document.get("components", {}).get("schemas", {}).get("ErrorCode", {}))
        return Contract(
            path,
            self.document,
            operations,
            self._rules(),
            tuple(codes.get("enum", ())),
            roles=self._grants("x-roles"),
            permission_sets=self._grants("x-permission-sets"),
            kinds=dict(self._kinds()),
        )

    def _kinds(self) -> Iterator[tuple[str, dict[str, KindSpec]]]:
        """Yield, by the name of its schema, what is said of each kind."""
        for name, schema in self.document.get("components", {}).get("schemas", {}).items():
            if "x-kinds" in schema:
                place = f"components.schemas.{name}.x-kinds"
                given = _mapping(schema["x-kinds"], place)
                yield name, {kind: _kind(node, f"{place}.{kind}") for kind, node in given.items()}

    def _grants(self, keyword: str) -> dict[str, frozenset[str]]:
        """The scopes of each role, or of each permission set."""
        given = _mapping(self.document.get(keyword, {}), keyword)
        return {str(name): frozenset(_names(given, name, keyword)) for name in given}

    def _operations(self) -> Iterator[Operation]:
        for path, item in self.document["paths"].items():
            item = _mapping(self._resolve(item), f"paths.{path}")
            for method in METHODS:
                if method in item:
                    yield self._operation(path, method, item)

    def _operation(self, path: str, method: str, item: JsonObject) -> Operation:
        place = f"paths.{path}.{method}"
        node = _mapping(item[method], place)
        if not isinstance(node.get("operationId"), str):
            raise ContractError(f"{place}: has no operationId")
        billing = node.get("x-billing", "read" if method == "get" else "create")
        if billing not in BILLING_CLASSES:
            raise ContractError(f"{place}.x-billing: {billing!r} is none of {', '.join(BILLING_CLASSES)}")
        provenance = _provenance(node.get("x-provenance", "assumed"), place)
        responses = {
            spec.status: spec
            for status, response in _mapping(node.get("responses"), f"{place}.responses").items()
            for spec in [self._response(str(status), response, provenance, f"{place}.responses.{status}")]
        }
        if not any(200 <= status < 300 for status in responses):
            raise ContractError(f"{place}.responses: declares no success")
        return Operation(
            operation_id=node["operationId"],
            method=method.upper(),
            path=path,
            tag=str((node.get("tags") or ["untagged"])[0]),
            permissions=_permissions(node.get("x-permissions"), place),
            billing=billing,
            role=node.get("x-role"),
            max_body=node.get("x-max-body"),
            provenance=provenance,
            parameters=tuple(self._parameters(item, node, place)),
            body=self._body(node.get("requestBody"), place),
            responses=responses,
            events=_events(node.get("x-event", ()), place),
            query_key=self._query_key(node),
        )

    def _query_key(self, node: JsonObject) -> str | None:
        schemes = self.document.get("components", {}).get("securitySchemes", {})
        security = node.get("security", self.document.get("security", ()))
        named = [schemes.get(name, {}) for requirement in security for name in requirement]
        return next(
            (each.get("name") for each in named if (each.get("type"), each.get("in")) == ("apiKey", "query")), None
        )

    def _parameters(self, item: JsonObject, node: JsonObject, place: str) -> Iterator[Parameter]:
        declared = {}
        for given in [*item.get("parameters", ()), *node.get("parameters", ())]:
            parameter = _mapping(self._resolve(given), f"{place}.parameters")
            declared[parameter.get("in"), parameter.get("name")] = parameter
        for (location, name), parameter in declared.items():
            resource, org = parameter.get("x-resource"), parameter.get("x-org")
            if org not in (None, "own"):
                raise ContractError(f"{place}.parameters: x-org of {name} is own, not {org!r}")
            yield Parameter(
                name=str(name),
                location=str(location),
                schema=self._resolve(parameter.get("schema", {})),
                resource=NamedResource(resource["name"], resource["not_found"]) if resource else None,
                own_org=org is not None,
                required=parameter.get("required") is True,
            )

    def _body(self, given: Any, place: str) -> Body | None:
        if given is None:
            return None
        body = self._resolve(given)
        content = body.get("content", {})
        schemas = {media: self._resolve(entry.get("schema", {})) for media, entry in content.items()}
        parts = {
            name: self._resolve(part) for each in schemas.values() for name, part in each.get("properties", {}).items()
        }
        items = {name: self._resolve(part.get("items", {})) for name, part in parts.items()}
        return Body(
            schemas=schemas,
            examples={media: tuple(self._examples(entry)) for media, entry in content.items()},
            required=body.get("required") is True,
            takes_archive=any(
                part.get("contentType") == "application/gzip"
                for entry in content.values()
                for part in entry.get("encoding", {}).values()
            ),
            archive=next(
                (self._archive(each["x-archive"], place) for each in parts.values() if "x-archive" in each), None
            ),
            file_names={
                name: _pattern(each["x-file-name"], f"{place}: x-file-name")
                for name, each in items.items()
                if "x-file-name" in each
            },
        )

    def _archive(self, given: Any, place: str) -> ArchiveSpec:
        place = f"{place}: x-archive"
        given = _mapping(given, place)
        return ArchiveSpec(
            max_unpacked=_count(given, "max_unpacked", place),
            max_entries=_count(given, "max_entries", place),
            max_file=_count(given, "max_file", place),
            max_path=_count(given, "max_path", place),
            files=frozenset(_names(given, "files", place)),
            folders=frozenset(_names(given, "folders", place)),
            manifest=_mapping(self._resolve(given.get("manifest")), f"{place}.manifest"),
        )

    def _examples(self, entry: JsonObject) -> Iterator[Any]:
        if "example" in entry:
            yield entry["example"]
        for example in entry.get("examples", {}).values():
            yield self._resolve(example).get("value")

    def _response(self, status: str, given: Any, default: Provenance, place: str) -> ResponseSpec:
        response = _mapping(self._resolve(given), place)
        if not (status.isdigit() and len(status) == 3):
            raise ContractError(f"{place}: a response is declared by its number, not {status!r}")
        content = response.get("content", {})
        codes = [code for entry in content.values() for code in self._codes(entry.get("schema", {}))]
        return ResponseSpec(
            status=int(status),
            codes=tuple(dict.fromkeys(codes)) if int(status) >= 400 else (),
            provenance=_founded(response.get("x-provenance"), default, place),
            schemas={media: entry.get("schema", {}) for media, entry in content.items()},
            headers={name: self._resolve(header) for name, header in response.get("headers", {}).items()},
        )

    def _codes(self, schema: Any) -> tuple[str, ...]:
        """The narrowest enum that the schema puts on error.code."""
        enums = list(self._enums(schema, ("error", "code")))
        return min(enums, key=len) if enums else ()

    def _enums(self, schema: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        schema = self._resolve(schema)
        if not isinstance(schema, Mapping):
            return
        for part in schema.get("allOf", ()):
            yield from self._enums(part, path)
        if not path and "enum" in schema:
            yield tuple(schema["enum"])
        if path and path[0] in schema.get("properties", {}):
            yield from self._enums(schema["properties"][path[0]], path[1:])

    def _rules(self) -> dict[str, Rule]:
        rules = {}
        for name, node in (self.document.get("x-rules") or {}).items():
            place = f"x-rules.{name}"
            node = _mapping(node, place)
            if missing := {"clause", "level", "provenance", "text"} - node.keys():
                raise ContractError(f"{place}: lacks {', '.join(sorted(missing))}")
            provenance = _provenance(node["provenance"], place)
            rules[name] = Rule(name, node["clause"], node["level"], provenance, " ".join(node["text"].split()))
        return rules

    def _resolve(self, node: Any) -> Any:
        return resolve(self.document, node)


def _mapping(node: Any, place: str) -> JsonObject:
    if not isinstance(node, Mapping):
        raise ContractError(f"{place}: is not an object")
    return node


def _kind(given: Any, place: str) -> KindSpec:
    node = _mapping(given, place)
    if not isinstance(secret := node.get("secret"), str | None):
        raise ContractError(f"{place}.secret: has to be the name of a field, not {secret!r}")
    needs_of = _mapping(node.get("needs_of", {}), f"{place}.needs_of")
    return KindSpec(
        secret=secret,
        needs=_names(node, "needs", place) if "needs" in node else (),
        needs_of={provider: _names(needs_of, provider, f"{place}.needs_of") for provider in needs_of},
        settings=frozenset(_names(node, "settings", place)) if "settings" in node else frozenset(),
        provenance=_provenance(node.get("x-provenance", "seed"), place),
    )


def _pattern(given: Any, place: str) -> re.Pattern[str]:
    try:
        return re.compile(given)
    except (TypeError, re.error):
        raise ContractError(f"{place}: has to be the pattern of a name, not {given!r}") from None


def _count(node: JsonObject, key: str, place: str) -> int:
    count = node.get(key)
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise ContractError(f"{place}.{key}: has to be a whole number from 1, not {count!r}")
    return count


def _names(node: JsonObject, key: str, place: str) -> tuple[str, ...]:
    names = node.get(key)
    if not isinstance(names, list) or not all(isinstance(each, str) and each for each in names):
        raise ContractError(f"{place}.{key}: has to be a list of texts, not {names!r}")
    return tuple(names)


def _provenance(name: Any, place: str) -> Provenance:
    try:
        return Provenance[str(name).upper()]
    except KeyError:
        known = ", ".join(str(p) for p in reversed(Provenance))
        raise ContractError(f"{place}.x-provenance: {name!r} is none of {known}") from None


def _founded(given: Any, default: Provenance, place: str) -> Founded:
    if not isinstance(given, Mapping):
        one = _provenance(given, place) if given else default
        return Founded(one, one, one)
    named = {key: _provenance(value, place) for key, value in given.items()}
    response = named.get("response", default)
    status = named.get("status", response)
    return Founded(response, status, named.get("codes", status))


def _events(given: Any, place: str) -> tuple[str, ...]:
    types = (given,) if isinstance(given, str) else tuple(given)
    if not all(isinstance(each, str) and each for each in types):
        raise ContractError(f"{place}.x-event: has to be the type of an event, or a list of types")
    return types


def _permissions(given: Any, place: str) -> Permissions:
    if given is None:
        return Permissions()
    given = _mapping(given, f"{place}.x-permissions")
    if given.keys() == {"any"}:
        return Permissions((tuple(given["any"]),))
    if given.keys() == {"all"}:
        return Permissions(tuple(tuple(group) for group in given["all"]))
    raise ContractError(f"{place}.x-permissions: has to be {{any: [...]}} or {{all: [[...], ...]}}")
