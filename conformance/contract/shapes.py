"""The resources of a plain document: which operations show, make, list, change and remove one, and how."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from conformance.contract.contract import ContractError, JsonObject, NamedResource, Operation, Parameter, resolve
from conformance.contract.resource_types import ResourceShape, ResourceType

JSON = "application/json"
_IRREGULAR = {"people": "person", "children": "child"}


def find_shapes(
    document: JsonObject, operations: Mapping[str, Operation], types: Mapping[str, ResourceType]
) -> dict[str, ResourceShape]:
    """Return the resources by name: those that are declared, and where none is those that the paths tell of."""
    finder = _Finder(document, operations)
    declared = {each.name: finder.find_declared_shape(each) for each in types.values()}
    return declared or {each.name: each for each in finder.infer_shapes()}


def name_in_paths(operations: Mapping[str, Operation], shapes: Iterable[ResourceShape]) -> dict[str, Operation]:
    """Return the operations, whose path parameters say which resource they name."""
    by_path = {each.path: each.name for each in shapes}
    return {
        name: replace(each, parameters=tuple(_find_naming_parameters(each, by_path)))
        for name, each in operations.items()
    }


def _find_naming_parameters(operation: Operation, by_path: Mapping[str, str]) -> Iterator[Parameter]:
    for each in operation.parameters:
        above = operation.path.partition(f"{{{each.name}}}")[0] + f"{{{each.name}}}"
        if each.location == "path" and each.resource is None and above in by_path:
            yield replace(each, resource=NamedResource(by_path[above], ""))
        else:
            yield each


class _Finder:
    def __init__(self, document: JsonObject, operations: Mapping[str, Operation]) -> None:
        self._document = document
        self._operations = operations
        self._at = {(each.path, each.method): each for each in operations.values()}

    def find_declared_shape(self, declared: ResourceType) -> ResourceShape:
        """Return the shape of a declared resource; ContractError where the document has no operation that shows one."""
        place = f"/x-resource-types/{declared.name}"
        schemas = self._document.get("components", {}).get("schemas", {})
        if declared.schema not in schemas:
            raise ContractError(f"{place}/schema: {declared.schema!r} is no schema of components.schemas")
        fields = self.list_properties(schemas[declared.schema])
        unknown = [each for each in (declared.key, declared.id_field, *declared.unique) if each and each not in fields]
        if unknown:
            raise ContractError(f"{place}: {unknown[0]!r} is no field of the schema {declared.schema}")
        named = declared.key or declared.id_field
        for path in self._find_paths_of_one(declared):
            keys = (named,) if named else (*_list_key_names(path), "id")
            if (found := self._find_shape(path, declared.name, keys, declared.schema)) is not None:
                owned, shared = declared.owner is not None, bool(declared.visible)
                read = self._operations.get(found.read or "")
                return replace(
                    found,
                    within=declared.within,
                    is_named_by_caller=declared.key is not None,
                    is_declared=True,
                    is_owned=owned,
                    is_private=owned and not shared and read is not None and read.is_secured,
                    is_listed_to_all=declared.is_listed_to_all,
                    unique=declared.unique,
                    immutable=declared.immutable,
                )
        raise ContractError(
            f"{place}: no answer shows a {declared.schema} by a key that its path has; "
            "say its path and its id, such as path: /todos/{id} and id: {field: id}, or leave the type out"
        )

    def infer_shapes(self) -> Iterator[ResourceShape]:
        """Yield what the paths tell of: what is shown at a path with one parameter, and made at the path above."""
        for path in dict.fromkeys(each.path for each in self._operations.values()):
            above = path.rpartition("/")[0]
            if path.endswith("}") and path.count("{") == 1 and (above, "POST") in self._at:
                found = self._find_shape(path, _make_singular(above.rpartition("/")[2]), (*_list_key_names(path), "id"))
                if found is not None and found.read is not None:
                    yield found

    def _find_paths_of_one(self, declared: ResourceType) -> list[str]:
        """Return the paths that may show one object: the declared one, else those whose parameter may name it."""
        if declared.path is not None:
            return [declared.path]
        found = [each for each in self._operations.values() if each.path.endswith("}") and each.path.count("{") == 1]
        named = [each.path for each in found if any(r.name == declared.name for r in each.resources)]
        others = [each.path for each in found if not each.resources]
        name = declared.name.replace("_", "-")
        alike = [path for path in others if _make_singular(path.split("/")[-2]) == name]
        return list(dict.fromkeys(named or (*alike, *others)))

    def _find_shape(
        self, path: str, name: str, keys: Iterable[str | None], schema: str | None = None
    ) -> ResourceShape | None:
        """Return the shape of the object that a path shows; None where it shows no object with one of these keys.

        It is of this schema, where named.
        """
        above = path.rpartition("/")[0]
        read, remove = self._at.get((path, "GET")), self._at.get((path, "DELETE"))
        create, listing = self._at.get((above, "POST")), self._at.get((above, "GET"))
        update = self._at.get((path, "PATCH")) or self._at.get((path, "PUT"))
        shown = next(
            filter(None, (self._find_wrapped_key(each, keys, schema) for each in (read, create, update))), None
        )
        key = shown[0] if shown else None if schema is None else next(filter(None, keys), None)
        if key is None or not (read or create or remove):
            return None
        shown_in = {each.operation_id: self._find_wrapper(each, key, schema) for each in (read, create, update) if each}
        if (field := self._find_list_field(listing, key)) is None:
            listing = None
        elif listing is not None:
            shown_in[listing.operation_id] = field
        create, update = (
            each if each and each.body and JSON in each.body.schemas else None for each in (create, update)
        )
        sent_in = {
            each.operation_id: self._find_sent_wrapper(each, {name, *shown_in.values()})
            for each in (create, update)
            if each
        }
        read_id, create_id, list_id, update_id, remove_id = (
            each.operation_id if each else None for each in (read, create, listing, update, remove)
        )
        return ResourceShape(
            name=name,
            path=path,
            key=key,
            is_named_by_caller=not _is_id(key),
            is_declared=False,
            read=read_id,
            create=create_id,
            list=list_id,
            update=update_id,
            remove=remove_id,
            sent_in={each: field for each, field in sent_in.items() if field},
            shown_in={each: field for each, field in shown_in.items() if field},
        )

    def _find_wrapper(self, operation: Operation, key: str, schema: str | None) -> str:
        """Return the field of an answer that an object is wrapped in; empty where it is not."""
        found = self._find_wrapped_key(operation, (key,), schema)
        return found[1] if found else ""

    def _find_wrapped_key(
        self, operation: Operation | None, keys: Iterable[str | None], named: str | None
    ) -> tuple[str, str] | None:
        """Return the key of the object that an answer shows, and the field that it is wrapped in, or an empty text."""
        keys = [each for each in keys if each]
        fields = self.list_properties(operation.success.schemas.get(JSON)) if operation else {}
        if key := next((each for each in keys if each in fields), None):
            return key, ""
        for field, inner in fields.items():
            inside = self.list_properties(inner)
            key = next((each for each in keys if each in inside), None)
            if key and (len(fields) == 1 or (named is not None and _has_reference_to(inner, named))):
                return key, field
        return None

    def _find_sent_wrapper(self, operation: Operation, names: Collection[str]) -> str:
        """Return the one field of a body that an object is wrapped in, which has one of these names.

        Empty where it is not.
        """
        schema = operation.body.schemas.get(JSON) if operation.body else None
        fields = self.list_properties(schema)
        only = next(iter(fields), "") if len(fields) == 1 else ""
        return only if only and only in names and self.list_properties(fields[only]) else ""

    def _find_list_field(self, operation: Operation | None, key: str) -> str | None:
        """Return the field of an answer that lists such objects.

        Empty where the answer is the list, None where it is none.
        """
        schema = resolve(self._document, operation.success.schemas.get(JSON, {})) if operation else {}
        if self._is_list_of(schema, key):
            return ""
        found = [field for field, inner in self.list_properties(schema).items() if self._is_list_of(inner, key)]
        return found[0] if len(found) == 1 else None

    def _is_list_of(self, schema: Any, key: str) -> bool:
        node = resolve(self._document, schema)
        return isinstance(node, Mapping) and "items" in node and key in self.list_properties(node["items"])

    def list_properties(self, schema: Any) -> dict[str, Any]:
        """Return the fields of an object by name, those of all parts of an allOf."""
        node = resolve(self._document, schema)
        if not isinstance(node, Mapping):
            return {}
        found: dict[str, Any] = {}
        for part in node.get("allOf", ()):
            found |= self.list_properties(part)
        return {**found, **node.get("properties", {})}


def _has_reference_to(schema: Any, name: str) -> bool:
    return isinstance(schema, Mapping) and str(schema.get("$ref", "")).rpartition("/")[2] == name


def _list_key_names(path: str) -> tuple[str, ...]:
    """Return the fields that a path may name an object by: as its parameter is called, and as that is meant."""
    parameter = path.rpartition("{")[2].removesuffix("}")
    return (parameter, "id") if _is_id(parameter) else (parameter,)


def _is_id(name: str) -> bool:
    """Return whether a field is called as ids are, which servers make."""
    return re.fullmatch(r"(?i).*(id|uuid|key|number|slug)", name) is not None


def _make_singular(word: str) -> str:
    """Return a word that is one of many, by the usual endings."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word
