"""Resource types of the contract, and which part each operation plays for one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any, Literal

from mock_server.contract.document import METHODS, find_parameters, resolve
from mock_server.contract.vocabulary import read_resources
from mock_server.errors import ValidationFailed

KEYWORD = "x-resource-types"
OWNER = "org_id"
"""The field by which worlds keep apart what belongs to whom."""
CREATED, UPDATED = "created_at", "updated_at"
"""The fields that the server sets itself where a schema has them, to the time of the first and of the last change."""

PartName = Literal["list", "create", "read", "update", "set", "remove", "archive", "unarchive"]

_JSON = {"application/json"}
_SUCCESSES = range(200, 300)
_ON_ALL: Mapping[str, PartName] = {"get": "list", "post": "create"}
_ON_ONE: Mapping[str, PartName] = {"get": "read", "patch": "update", "put": "set", "delete": "remove"}
_BELOW: Mapping[str, PartName] = {"archive": "archive", "unarchive": "unarchive"}


@dataclass(frozen=True)
class ResourceType:
    """The declaration of a resource; `shown` is the schema of one object, without references."""

    name: str
    said: Mapping[str, Any]
    shown: Mapping[str, Any]

    @property
    def pointer(self) -> str:
        """The place of its declaration."""
        return f"/{KEYWORD}/{self.name}"

    @property
    def noun(self) -> str:
        """The name of one object in a sentence."""
        return self.name.replace("_", " ")

    @property
    def prefix(self) -> str | None:
        """The beginning of its ids, the underscore included; None where objects have a name in the place of an id."""
        return self.said["id"]["prefix"] if "id" in self.said else None

    @property
    def key(self) -> str:
        """The field by which a path names an object."""
        return str(self.said.get("key", "id"))

    @property
    def unique(self) -> tuple[str, ...]:
        """The fields of which no two objects of one owner have the same; empty where there are none."""
        found = self.said.get("unique", ())
        return (found,) if isinstance(found, str) else tuple(found)

    @property
    def code(self) -> tuple[str, ...]:
        """The ids, or patterns of ids, of the operations that need a function."""
        return tuple(self.said.get("code", ()))

    @property
    def personal(self) -> Mapping[str, str] | None:
        """The field that says whose an object is, and the scope for those of others."""
        return self.said.get("personal")

    @property
    def archive(self) -> Mapping[str, Any] | None:
        """The rules by which an object is taken out of use."""
        return self.said.get("archive")

    @property
    def refers(self) -> Mapping[str, Mapping[str, str]]:
        """The fields that name objects of other resources."""
        found: Mapping[str, Mapping[str, str]] = self.said.get("refers", {})
        return found

    @property
    def codes_of_references(self) -> frozenset[str]:
        """The codes by which operations refuse what a field names, that of a body that is not valid aside."""
        named = [to[key] for to in self.refers.values() for key in ("code", "archived") if key in to]
        return frozenset(named) - {ValidationFailed.code}

    @property
    def owner_only(self) -> frozenset[str]:
        """The fields that others than the owner are not shown."""
        return frozenset(self.said.get("owner_only", ()))

    @property
    def is_seen_by_others(self) -> bool:
        """Whether anybody but its owner sees an object."""
        return any(each != "own" for each in self.said.get("visible", ()))

    @cached_property
    def fields(self) -> Mapping[str, Mapping[str, Any]]:
        """The fields that an object shows, with their schemas."""
        return read_fields(self.shown)

    @cached_property
    def required(self) -> frozenset[str]:
        """The fields that an object always shows."""
        return read_required(self.shown)

    def find_field_naming(self, resource: str) -> str | None:
        """Return the field that names an object of a resource by its key; None where there is none."""
        return next((name for name, to in self.refers.items() if to["to"] == resource and "by" not in to), None)

    def needs_code(self, operation_id: str) -> bool:
        """Whether an operation is said to need a function."""
        return operation_id in self.code or any(fnmatchcase(operation_id, each) for each in self.code if "*" in each)


@dataclass(frozen=True, eq=False)
class PlainOperation:
    """An operation that does one of the usual things with the objects of a resource."""

    name: PartName
    of: ResourceType
    method: str
    path: str
    document: Mapping[str, Any]

    @property
    def pointer(self) -> str:
        """The place of the operation."""
        return make_pointer("paths", self.path, self.method)

    @property
    def operation_id(self) -> str:
        """The id of the operation."""
        return str(self.document["paths"][self.path][self.method]["operationId"])

    @property
    def operation(self) -> Mapping[str, Any]:
        """The operation as the contract has it."""
        found: Mapping[str, Any] = self.document["paths"][self.path][self.method]
        return found

    @cached_property
    def parameters(self) -> tuple[Mapping[str, Any], ...]:
        """Its parameters, with those of its path."""
        return tuple(find_parameters(self.document, self.path, self.method))

    @property
    def statuses(self) -> frozenset[int]:
        """The statuses that it declares one by one."""
        return frozenset(int(status) for status in map(str, self.operation.get("responses", {})) if status.isdigit())

    def read_response(self, status: int) -> Mapping[str, Any]:
        """Return the response of a status without references; an empty one where it declares none."""
        for each, response in self.operation.get("responses", {}).items():
            if str(each) == str(status):
                found: Mapping[str, Any] = resolve(self.document, response)
                return found
        return {}

    @cached_property
    def body(self) -> Mapping[str, Any] | None:
        """The schema of its body of JSON; None where it takes none, or one of another media type."""
        content = resolve(self.document, self.operation.get("requestBody", {})).get("content", {})
        return content["application/json"].get("schema", {}) if content.keys() == _JSON else None

    @cached_property
    def success(self) -> tuple[int, Mapping[str, Any] | None] | None:
        """The status and the schema of its success, None where it has no body; None where it has not exactly one."""
        found = [status for status in self.statuses if status in _SUCCESSES]
        if len(found) != 1:
            return None
        content = self.read_response(found[0]).get("content", {})
        if not content:
            return found[0], None
        return (found[0], content["application/json"].get("schema", {})) if content.keys() == _JSON else None

    @cached_property
    def above(self) -> tuple[str, ...]:
        """The resources of what its path is below, such as the workspace of a task."""
        return tuple(name for name in read_resources(self.parameters) if name != self.of.name)

    @property
    def not_found(self) -> str | None:
        """The code where there is no object that the path names."""
        named = read_resources(self.parameters).get(self.of.name)
        return None if named is None else named.not_found


def read_types(document: Mapping[str, Any]) -> dict[str, ResourceType]:
    """Return what a contract says of its resources, by their names; only those whose schema it has."""
    schemas = document.get("components", {}).get("schemas", {})
    return {
        name: ResourceType(name, said, resolve(document, schemas[said["schema"]]))
        for name, said in document.get(KEYWORD, {}).items()
        if said["schema"] in schemas
    }


def find_resources(document: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of the resources that paths name."""
    return frozenset(
        each["x-resource"]["name"]
        for path, item in document["paths"].items()
        for method in item
        if "{" in path and method in METHODS
        for each in find_parameters(document, path, method)
        if "x-resource" in each
    )


def find_parts(document: Mapping[str, Any], types: Mapping[str, ResourceType]) -> list[PlainOperation]:
    """Return the operations that do one of the usual things with an object of these resources, or with all of them."""
    places = _find_places(document, types)
    return [
        PlainOperation(*part, method, path, document)
        for path, item in document["paths"].items()
        for method in item
        if (part := _find_part(path, method, places)) is not None
    ]


def _find_part(path: str, method: str, places: Mapping[str, ResourceType]) -> tuple[PartName, ResourceType] | None:
    """Return which part an operation plays, and for which resource; None where it plays none."""
    above, _, last = path.rpartition("/")
    if path in places:
        resource = places[path]
        name = _ON_ONE.get(method)
        return None if name is None or (name == "set" and "key" not in resource.said) else (name, resource)
    if above in places and method == "post" and last in _BELOW and places[above].archive is not None:
        return _BELOW[last], places[above]
    of_all = [each for place, each in places.items() if place.rpartition("/")[0] == path]
    return (_ON_ALL[method], of_all[0]) if method in _ON_ALL and len(of_all) == 1 else None


def _find_places(document: Mapping[str, Any], types: Mapping[str, ResourceType]) -> dict[str, ResourceType]:
    """Return the paths that name one object, with its resource."""
    found = {}
    for path, item in document["paths"].items():
        for name in _find_named(document, path, item) if path.endswith("}") else ():
            if name in types:
                found[path] = types[name]
    return found


def _find_named(document: Mapping[str, Any], path: str, item: Mapping[str, Any]) -> Iterator[str]:
    """Yield the name of the resource that the last segment of a path is of, once for each operation that says so."""
    last = path.rpartition("/")[2]
    for method in item:
        if method in _ON_ONE:
            for each in find_parameters(document, path, method):
                if "x-resource" in each and last == f"{{{each['name']}}}":
                    yield each["x-resource"]["name"]


def read_fields(schema: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the fields of a schema without references, those of its parts included, but for those never shown."""
    found: dict[str, Mapping[str, Any]] = {}
    for part in schema.get("allOf", ()):
        found |= read_fields(part)
    return found | {name: each for name, each in schema.get("properties", {}).items() if not each.get("writeOnly")}


def read_required(schema: Mapping[str, Any]) -> frozenset[str]:
    """Return the fields that a schema without references requires, with those that its parts do."""
    return frozenset(schema.get("required", ())).union(*map(read_required, schema.get("allOf", ())))


def make_pointer(*steps: object) -> str:
    """Return the JSON pointer to a place in a document."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)
