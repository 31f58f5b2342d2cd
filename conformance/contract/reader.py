"""The reader of a parsed document, which makes the frozen contract; every complaint names its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from conformance.contract.contract import (
    EVERY_OPERATION,
    METHODS,
    ArchiveSpec,
    Body,
    Contract,
    ContractError,
    JsonObject,
    KindSpec,
    NamedResource,
    Operation,
    Parameter,
    Permissions,
    Provenance,
    ResponseProvenance,
    ResponseSpec,
    Rule,
    is_named,
    resolve,
)
from conformance.contract.conventions import read_conventions
from conformance.contract.declarations import read_features, read_types
from conformance.contract.library import find_missing_features, with_general_rules
from conformance.contract.plain_rules import find_plain_rules
from conformance.contract.resource_types import NO_FEATURES
from conformance.contract.shapes import find_shapes, name_in_paths
from conformance.contract.slips import Declarations
from conformance.contract.vocabulary import check_vocabulary

OWN_KEYWORDS = ("x-rules", "x-features", "x-roles", "x-permission-sets")
"""A document that has one of them at its root says by itself who calls, and what it promises."""


def is_plain(document: Any) -> bool:
    """Return whether a document has no rules, features and roles of its own."""
    return isinstance(document, Mapping) and not any(keyword in document for keyword in OWN_KEYWORDS)


def complete(document: JsonObject) -> JsonObject:
    """Return the document with an id for each operation that has none: its method and its path."""
    if not isinstance(document.get("paths"), Mapping):
        return document
    return {**document, "paths": {path: _complete_item(path, item) for path, item in document["paths"].items()}}


def _complete_item(path: str, item: Any) -> Any:
    return {**item, **dict(_name_operations(path, item))} if isinstance(item, Mapping) else item


def _name_operations(path: str, item: JsonObject) -> Iterator[tuple[str, Any]]:
    """Yield each operation of a path by its method, with an id."""
    for method in METHODS:
        operation = item.get(method)
        if isinstance(operation, Mapping):
            given = operation.get("operationId")
            yield method, {**operation, "operationId": given if isinstance(given, str) else f"{method.upper()} {path}"}


def find_base_path(document: JsonObject) -> str:
    """Return the path of the first server of a document, its variables by their defaults; empty where it has none."""
    servers = document.get("servers")
    first = servers[0] if isinstance(servers, list) and servers and isinstance(servers[0], Mapping) else {}
    url = str(first.get("url", ""))
    variables = first.get("variables")
    for name, each in variables.items() if isinstance(variables, Mapping) else ():
        url = url.replace(f"{{{name}}}", str(each.get("default", "")) if isinstance(each, Mapping) else "")
    _, separator, rest = url.partition("://")
    path = rest.partition("/")[2] if separator else url
    return f"/{path.strip('/')}" if path.strip("/") else ""


_OF_MANY = re.compile("default|[1-5]XX")
"""The keys by which a response of many statuses is declared."""


def read(path: Path, document: Any) -> Contract:
    """Return the contract in document; ContractError names the first place that cannot be used."""
    try:
        reader = _Reader(document)
        return reader.read_plain_contract(path) if reader.is_plain else reader.read_contract(path)
    except ContractError as error:
        raise ContractError(f"{path}: {error}") from None


class _Reader:
    def __init__(self, document: Any) -> None:
        if not isinstance(document, Mapping) or not isinstance(document.get("paths"), Mapping):
            raise ContractError("not an OpenAPI document: it has no 'paths'")
        if not str(document.get("openapi", "")).startswith(("3.0.", "3.1.")):
            raise ContractError(f"openapi: {document.get('openapi')!r} is neither 3.0.x nor 3.1.x")
        check_vocabulary(document)
        self.is_plain = is_plain(document)
        self.document: JsonObject = complete(document) if self.is_plain else document
        self._provenance = "seed" if self.is_plain else "assumed"
        """The provenance of an operation that says none: what a plain document states is all that there is."""

    def read_plain_contract(self, path: Path) -> Contract:
        """Return the contract of a document that has no rules of its own."""
        operations = self._index_operations()
        types = read_types(self.document, operations)
        shapes = find_shapes(self.document, operations, types)
        operations = name_in_paths(operations, shapes.values())
        rules, inapplicable = find_plain_rules(operations, shapes)
        conventions, lacking = read_conventions(self.document)
        return Contract(
            path,
            self.document,
            operations,
            {**rules, **conventions},
            (),
            features=NO_FEATURES,
            inapplicable={**inapplicable, **lacking},
            is_plain=True,
            shapes=shapes,
        )

    def _index_operations(self) -> dict[str, Operation]:
        operations: dict[str, Operation] = {}
        for operation in self._read_operations():
            if operation.operation_id in operations:
                raise ContractError(f"operationId {operation.operation_id} is given twice")
            operations[operation.operation_id] = operation
        if not operations:
            raise ContractError("paths: declares no operation")
        return operations

    def read_contract(self, path: Path) -> Contract:
        operations = self._index_operations()
        codes = self._resolve(self.document.get("components", {}).get("schemas", {}).get("ErrorCode", {}))
        types, features = read_types(self.document, operations), read_features(self.document)
        Declarations(self.document, operations, features, types, frozenset(codes.get("enum", ()))).check()
        stated = with_general_rules(self._read_rules(operations), types, operations)
        conventions, lacking = read_conventions(self.document)
        rules = {**stated, **{name: rule for name, rule in conventions.items() if name not in stated}}
        given = self.document.get("x-rules", {})
        waived = {name: given[name]["waived"] for name in stated if "waived" in given[name]}
        inapplicable = {name: missing for name in stated if (missing := find_missing_features(name, features))}
        inapplicable |= {name: missing for name, missing in lacking.items() if name not in stated}
        return Contract(
            path,
            self.document,
            operations,
            {name: rule for name, rule in rules.items() if name not in inapplicable and name not in waived},
            tuple(codes.get("enum", ())),
            roles=self._read_grants("x-roles"),
            permission_sets=self._read_grants("x-permission-sets"),
            kinds=dict(self._read_kinds()),
            features=features,
            inapplicable=inapplicable,
            waived=waived,
            types=types,
        )

    def _read_kinds(self) -> Iterator[tuple[str, dict[str, KindSpec]]]:
        """Yield, by the name of its schema, what is said of each kind."""
        for name, schema in self.document.get("components", {}).get("schemas", {}).items():
            if "x-kinds" in schema:
                yield name, {kind: _read_kind(node) for kind, node in schema["x-kinds"].items()}

    def _read_grants(self, keyword: str) -> dict[str, frozenset[str]]:
        """Return the scopes of each role, or of each permission set."""
        return {str(name): frozenset(scopes) for name, scopes in self.document.get(keyword, {}).items()}

    def _read_operations(self) -> Iterator[Operation]:
        for path, item in self.document["paths"].items():
            item = _require_mapping(self._resolve(item), f"paths.{path}")
            for method in METHODS:
                if method in item:
                    yield self._read_operation(path, method, item)

    def _read_operation(self, path: str, method: str, item: JsonObject) -> Operation:
        place = f"paths.{path}.{method}"
        node = _require_mapping(item[method], place)
        if not isinstance(node.get("operationId"), str):
            raise ContractError(f"{place}: has no operationId")
        provenance = _read_provenance(node.get("x-provenance", self._provenance))
        declared = {
            str(status): self._read_response(str(status), response, provenance, f"{place}.responses.{status}")
            for status, response in _require_mapping(node.get("responses", {}), f"{place}.responses").items()
        }
        responses = {spec.status: spec for spec in declared.values() if spec.status}
        if not (self.is_plain or any(200 <= status < 300 for status in responses)):
            raise ContractError(f"{place}.responses: declares no success")
        return Operation(
            operation_id=node["operationId"],
            method=method.upper(),
            path=path,
            tag=str((node.get("tags") or ["untagged"])[0]),
            permissions=self._read_permissions(node),
            billing=node.get("x-billing", "read"),
            role=node.get("x-role"),
            max_body=node.get("x-max-body"),
            provenance=provenance,
            parameters=tuple(self._read_parameters(item, node, place)),
            body=self._read_body(node.get("requestBody"), place),
            responses=responses,
            events=_read_events(node.get("x-event", ())),
            query_key=self._find_query_key(node),
            others={name: spec for name, spec in declared.items() if not spec.status},
            is_secured=bool(security := self._read_security(node)) and all(security),
            credentials=tuple(name for requirement in security for name in requirement),
        )

    def _read_security(self, node: JsonObject) -> list[JsonObject]:
        """Return the requirements of an operation, any one of which lets somebody in.

        An empty one lets everybody in.
        """
        return [*(node.get("security", self.document.get("security", ())) or ())]

    def _read_permissions(self, node: JsonObject) -> Permissions:
        """Return the scopes that an operation asks for; in a plain document those of its only requirement too."""
        if self.is_plain and "x-permissions" not in node and len(security := self._read_security(node)) == 1:
            return Permissions(tuple((scope,) for scopes in security[0].values() for scope in scopes))
        return _parse_permissions(node.get("x-permissions", {}))

    def _find_query_key(self, node: JsonObject) -> str | None:
        schemes = self.document.get("components", {}).get("securitySchemes", {})
        security = self._read_security(node)
        named = [schemes.get(name, {}) for requirement in security for name in requirement]
        return next(
            (each.get("name") for each in named if (each.get("type"), each.get("in")) == ("apiKey", "query")), None
        )

    def _read_parameters(self, item: JsonObject, node: JsonObject, place: str) -> Iterator[Parameter]:
        declared = {}
        for given in [*item.get("parameters", ()), *node.get("parameters", ())]:
            parameter = _require_mapping(self._resolve(given), f"{place}.parameters")
            declared[parameter.get("in"), parameter.get("name")] = parameter
        for (location, name), parameter in declared.items():
            resource = parameter.get("x-resource")
            yield Parameter(
                name=str(name),
                location=str(location),
                schema=self._resolve(parameter.get("schema", {})),
                resource=NamedResource(resource["name"], resource["not_found"]) if resource else None,
                is_own_org="x-org" in parameter,
                is_required=parameter.get("required") is True,
            )

    def _read_body(self, given: Any, place: str) -> Body | None:
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
            examples={media: tuple(self._read_examples(entry)) for media, entry in content.items()},
            is_required=body.get("required") is True,
            takes_archive=not self.is_plain
            and any(
                part.get("contentType") == "application/gzip"
                for entry in content.values()
                for part in entry.get("encoding", {}).values()
            ),
            archive=next(
                (self._archive(each["x-archive"], place) for each in parts.values() if "x-archive" in each), None
            ),
            file_names={
                name: _compile_pattern(each["x-file-name"], f"{place}: x-file-name")
                for name, each in items.items()
                if "x-file-name" in each
            },
        )

    def _archive(self, given: Any, place: str) -> ArchiveSpec:
        place = f"{place}: x-archive"
        given = _require_mapping(given, place)
        return ArchiveSpec(
            max_unpacked=given["max_unpacked"],
            max_entries=given["max_entries"],
            max_file=given["max_file"],
            max_path=given["max_path"],
            files=frozenset(given["files"]),
            folders=frozenset(given["folders"]),
            manifest=_require_mapping(self._resolve(given.get("manifest")), f"{place}.manifest"),
        )

    def _read_examples(self, entry: JsonObject) -> Iterator[Any]:
        if "example" in entry:
            yield entry["example"]
        for example in entry.get("examples", {}).values():
            yield self._resolve(example).get("value")

    def _read_response(self, status: str, given: Any, default: Provenance, place: str) -> ResponseSpec:
        response = _require_mapping(self._resolve(given), place)
        of_many = self.is_plain and _OF_MANY.fullmatch(status)
        if not (of_many or (status.isdigit() and len(status) == 3)):
            raise ContractError(f"{place}: a response is declared by its number, not {status!r}")
        content = response.get("content", {})
        codes = [code for entry in content.values() for code in self._find_codes(entry.get("schema", {}))]
        number = 0 if of_many else int(status)
        return ResponseSpec(
            status=number,
            codes=tuple(dict.fromkeys(codes)) if number >= 400 and not self.is_plain else (),
            provenance=_read_founded(response.get("x-provenance"), default),
            schemas={media: entry.get("schema", {}) for media, entry in content.items()},
            headers={name: self._resolve(header) for name, header in response.get("headers", {}).items()},
            is_body_optional=response.get("x-body-optional") is True,
        )

    def _find_codes(self, schema: Any) -> tuple[str, ...]:
        """Return the values that the schema leaves for error.code; empty where it leaves every one."""
        return self._find_values(schema, ("error", "code")) or ()

    def _find_values(self, schema: Any, path: tuple[str, ...]) -> tuple[str, ...] | None:
        """Return the values that the shortest enum leaves for what stands at the path; None where there is no enum.

        Of alternatives these are the values of all branches, unless one of them leaves every value.
        """
        schema = self._resolve(schema)
        if not isinstance(schema, Mapping):
            return None
        found = [self._find_values(part, path) for part in schema.get("allOf", ())]
        for form in ("oneOf", "anyOf"):
            branches = [self._find_values(branch, path) for branch in schema.get(form, ())]
            together = [value for values in branches for value in values or ()]
            found.append(None if None in branches or not branches else tuple(dict.fromkeys(together)))
        if not path and "enum" in schema:
            found.append(tuple(schema["enum"]))
        if path and path[0] in schema.get("properties", {}):
            found.append(self._find_values(schema["properties"][path[0]], path[1:]))
        return min((values for values in found if values is not None), key=len, default=None)

    def _read_rules(self, operations: Collection[str]) -> dict[str, Rule]:
        rules = {}
        for name, node in self.document.get("x-rules", {}).items():
            text = " ".join(node["text"].split())
            about = _read_patterns(node, f"/x-rules/{name}/operations", operations)
            rules[name] = Rule(name, node["clause"], node["level"], _read_provenance(node["provenance"]), text, about)
        return rules

    def _resolve(self, node: Any) -> Any:
        return resolve(self.document, node)


def _require_mapping(node: Any, place: str) -> JsonObject:
    if not isinstance(node, Mapping):
        raise ContractError(f"{place}: is not an object")
    return node


def _read_kind(node: JsonObject) -> KindSpec:
    return KindSpec(
        secret=node.get("secret"),
        needs=tuple(node.get("needs", ())),
        needs_of={provider: tuple(keys) for provider, keys in node.get("needs_of", {}).items()},
        settings=frozenset(node.get("settings", ())),
        provenance=_read_provenance(node.get("x-provenance", "seed")),
    )


def _compile_pattern(given: str, place: str) -> re.Pattern[str]:
    try:
        return re.compile(given)
    except re.error:
        raise ContractError(f"{place}: has to be the pattern of a name, not {given!r}") from None


def _read_provenance(name: str) -> Provenance:
    return Provenance[name.upper()]


def _read_founded(given: Any, default: Provenance) -> ResponseProvenance:
    if not isinstance(given, Mapping):
        one = _read_provenance(given) if given else default
        return ResponseProvenance(one, one, one)
    named = {key: _read_provenance(value) for key, value in given.items()}
    response = named.get("response", default)
    status = named.get("status", response)
    return ResponseProvenance(response, status, named.get("codes", status))


def _read_events(given: Any) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _read_patterns(node: JsonObject, place: str, operations: Collection[str]) -> tuple[str, ...]:
    """Return the ids and patterns of what a rule is about; each has to be one of an operation there is."""
    given = tuple(node.get("operations", EVERY_OPERATION))
    for at, pattern in enumerate(node.get("operations", ())):
        if not any(is_named(each, (pattern,)) for each in operations):
            raise ContractError(f"{place}/{at}: {pattern!r} is the id of no operation, and no pattern of one")
    return given


def _parse_permissions(given: JsonObject) -> Permissions:
    groups = [given["any"]] if "any" in given else given.get("all", ())
    return Permissions(tuple(map(tuple, groups)))
