"""The reader of a contract's declarations beside its operations: the features of its API, and its resource types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from conformance.contract.contract import JsonObject, Operation, is_named
from conformance.contract.resource_types import (
    ArchiveType,
    Features,
    Keeper,
    OffSwitch,
    Parts,
    PersonalType,
    Reference,
    ResourceType,
)

FEATURES, TYPES = "x-features", "x-resource-types"
_BY_METHOD = {"GET": "read", "PATCH": "update", "DELETE": "remove", "PUT": "put"}
"""The part of an operation on the path of one object, by its method."""
_BELOW = {"archive": "archive", "unarchive": "unarchive"}
"""The part of a POST one step below that path, by its last segment."""


def read_features(document: JsonObject) -> Features:
    """Return what the document says that the API has."""
    given = document.get(FEATURES, {})
    return Features(
        tenancy=given.get("tenancy", {}).get("field"),
        billing=given.get("billing", {}).get("refusal"),
        session=given.get("session", {}).get("operation"),
    )


def read_types(document: JsonObject, operations: Mapping[str, Operation]) -> dict[str, ResourceType]:
    """Return the declared types by name, each with the operations that play a part in it."""
    return {
        name: replace(_read_type(name, given), parts=Parts(**dict(_find_parts(name, operations))))
        for name, given in document.get(TYPES, {}).items()
    }


def _read_type(name: str, given: JsonObject) -> ResourceType:
    unique, personal, off = given.get("unique", ()), given.get("personal"), given.get("switched_off")
    return ResourceType(
        name=name,
        schema=given["schema"],
        prefix=given.get("id", {}).get("prefix"),
        key=given.get("key"),
        owner=given.get("owner"),
        unique=(unique,) if isinstance(unique, str) else tuple(unique),
        immutable=frozenset(given.get("immutable", ())),
        merged=frozenset(given.get("merged", ())),
        owner_only=frozenset(given.get("owner_only", ())),
        refers={field: Reference(**each) for field, each in given.get("refers", {}).items()},
        visible=tuple(_read_visible_values(given.get("visible", ()))),
        is_listed_to_all=given.get("listed") == "all",
        personal=PersonalType(**personal) if personal else None,
        switched_off=OffSwitch(**off) if off else None,
        archive=_archive(given["archive"]) if "archive" in given else None,
        code=tuple(given.get("code", ())),
        path=given.get("path"),
        id_field=given.get("id", {}).get("field"),
        within=given.get("within"),
    )


def _read_visible_values(given: Any) -> Iterator[tuple[str, frozenset[str]]]:
    for each in given:
        if isinstance(each, Mapping):
            for name, values in each.items():
                yield name, frozenset([values] if isinstance(values, str) else values)


def _archive(given: JsonObject) -> ArchiveType:
    kept = given.get("kept_by")
    return ArchiveType(given["field"], dict(given.get("cascades", {})), _read_keeper(kept) if kept else None)


def _read_keeper(given: JsonObject) -> Keeper:
    ((shown_in, statuses),) = given["while"].items()
    return Keeper(given["resource"], given["by"], shown_in, tuple(statuses), given["code"])


def _find_parts(name: str, operations: Mapping[str, Operation]) -> Iterator[tuple[str, str]]:
    """Yield the part and the id of each operation that follows from its method and its path."""
    paths = {path for each in operations.values() if (path := _find_path_of_one(name, each))}
    above = {path.rpartition("/")[0] for path in paths}
    for each in operations.values():
        if each.path in paths and each.method in _BY_METHOD:
            yield _BY_METHOD[each.method], each.operation_id
        elif each.path in above and each.method in ("GET", "POST"):
            yield "list" if each.method == "GET" else "create", each.operation_id
        else:
            of_one, _, last = each.path.rpartition("/")
            if of_one in paths and each.method == "POST" and last in _BELOW:
                yield _BELOW[last], each.operation_id


def _find_path_of_one(name: str, operation: Operation) -> str | None:
    """Return the path up to the parameter that names an object of the type; None where it names none."""
    found = next((p for p in operation.path_parameters if p.resource and p.resource.name == name), None)
    return None if found is None else operation.path.partition(f"{{{found.name}}}")[0] + f"{{{found.name}}}"


def is_declared_whole(declared: ResourceType, operation_id: str | None) -> bool:
    """Return whether the declaration of a type says all that an operation on it does: no `code` names it."""
    return operation_id is not None and not is_named(operation_id, declared.code)
