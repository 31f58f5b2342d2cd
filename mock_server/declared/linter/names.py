"""Problems of what resource types name: schemas, fields, other resources, codes, operations and beginnings of ids."""

from __future__ import annotations

from collections.abc import Collection as Names
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any

from mock_server.declared.declarations import Declarations
from mock_server.declared.linter.features import list_operations, read_error_codes
from mock_server.declared.resource_types import KEYWORD, OWNER, ResourceType, find_resources
from mock_server.state.collection import Collection


def find_name_problems(declared: Declarations, name: str) -> Iterator[str]:
    """Yield what the type of this name says of what is not there."""
    document, pointer = declared.document, f"/{KEYWORD}/{name}"
    if name not in declared.types:
        schema = document[KEYWORD][name]["schema"]
        yield f"{pointer}/schema: {schema!r} is no schema of components.schemas"
        return
    resource, named = declared.types[name], find_resources(document)
    if name not in named:
        yield f"{pointer}: no path has a parameter whose x-resource has this name"
    yield from _check_code(resource, [operation["operationId"] for _, operation in list_operations(document)])
    yield from _check_fields(resource)
    codes = read_error_codes(document)
    yield from _check_references(resource, named | declared.types.keys(), codes, declared)
    yield from _check_archive(resource, named | declared.types.keys(), codes, declared)
    yield from _check_collection(resource, declared.collections.get(name))


def find_id_problems(declared: Declarations) -> Iterator[str]:
    """Yield the beginnings of ids by which those of two resources cannot be told apart."""
    found: dict[str, str] = {}
    for each in declared.types.values():
        prefix = each.prefix
        if prefix is None:
            continue
        for other, name in found.items():
            if other.startswith(prefix) or prefix.startswith(other):
                yield f"{each.pointer}/id/prefix: {prefix!r} begins as the ids of {name} do"
        found[prefix] = each.name


def _check_code(resource: ResourceType, ids: Names[str]) -> Iterator[str]:
    for at, pattern in enumerate(resource.code):
        if pattern not in ids and not ("*" in pattern and any(fnmatchcase(each, pattern) for each in ids)):
            yield f"{resource.pointer}/code/{at}: {pattern!r} is the id of no operation, and no pattern of one"


def _check_fields(resource: ResourceType) -> Iterator[str]:
    said = resource.said
    named = [("key", said["key"])] if "key" in said else []
    named += [("unique", name) for name in resource.unique]
    named += [(key, name) for key in ("immutable", "merged", "owner_only") for name in sorted(said.get(key, ()))]
    named += [(f"refers/{name}", name) for name in resource.refers]
    named += [("visible", name) for each in said.get("visible", ()) if each != "own" for name in each]
    named += [(f"{key}/field", said[key]["field"]) for key in ("personal", "archive") if key in said]
    for place, name in named:
        if name not in resource.fields:
            yield f"{resource.pointer}/{place}: {said['schema']} has no field {name!r}"
    if (owner := said.get("owner", OWNER)) != OWNER:
        yield f"{resource.pointer}/owner: is {owner!r}, and tenancy has another field; let both be one"
    if "id" not in said and "key" not in said:
        yield f"{resource.pointer}: lacks id, how an id begins, or key, the field that names one; write either"


def _check_references(
    resource: ResourceType, known: Names[str], codes: Names[str], declared: Declarations
) -> Iterator[str]:
    for field, to in resource.refers.items():
        pointer = f"{resource.pointer}/refers/{field}"
        yield from _check_resource(f"{pointer}/to", to["to"], known)
        yield from _check_field(f"{pointer}/by", declared.types.get(to["to"]), to.get("by"))
        for key in ("code", "archived"):
            yield from _check_error_code(f"{pointer}/{key}", to.get(key), codes)
    if "switched_off" in resource.said:
        yield from _check_error_code(
            f"{resource.pointer}/switched_off/code", resource.said["switched_off"]["code"], codes
        )


def _check_archive(
    resource: ResourceType, known: Names[str], codes: Names[str], declared: Declarations
) -> Iterator[str]:
    archive, pointer = resource.archive, f"{resource.pointer}/archive"
    if archive is None:
        return
    if not {"archive", "unarchive"} <= {part.name for part in declared.parts if part.of is resource}:
        text = "no operations archive one and take it into use again; add POST .../archive and /unarchive"
        yield f"{pointer}: {text}"
    for name, field in archive.get("cascades", {}).items():
        yield from _check_resource(f"{pointer}/cascades/{name}", name, known)
        yield from _check_field(f"{pointer}/cascades/{name}", declared.types.get(name), field)
    if "kept_by" in archive:
        keeps, target = archive["kept_by"], declared.types.get(archive["kept_by"]["resource"])
        yield from _check_resource(f"{pointer}/kept_by/resource", keeps["resource"], known)
        yield from _check_error_code(f"{pointer}/kept_by/code", keeps["code"], codes)
        for place, field in (("by", keeps["by"]), *(("while", name) for name in keeps["while"])):
            yield from _check_field(f"{pointer}/kept_by/{place}", target, field)


def _check_resource(pointer: str, name: str, known: Names[str]) -> Iterator[str]:
    if name not in known:
        yield f"{pointer}: {name!r} is no resource of this contract"


def _check_field(pointer: str, target: ResourceType | None, name: str | None) -> Iterator[str]:
    if target is not None and name is not None and name not in target.fields:
        yield f"{pointer}: {target.said['schema']} has no field {name!r}"


def _check_error_code(pointer: str, code: str | None, known: Iterable[str]) -> Iterator[str]:
    if code is not None and code not in known:
        yield f"{pointer}: {code!r} is no code of ErrorCode"


def _check_collection(resource: ResourceType, collection: Collection[Any] | None) -> Iterator[str]:
    """Yield what a declaration asks that the mock cannot do, or otherwise than the module that has the objects."""
    if collection is None or resource.prefix is None:
        return
    if not resource.prefix.endswith("_"):
        yield f"{resource.pointer}/id/prefix: is {resource.prefix!r}, and has to end with an underscore"
    elif collection.id_prefix is not None and f"{collection.id_prefix}_" != resource.prefix:
        yield f"{resource.pointer}/id/prefix: is {resource.prefix!r}, and the mock has {collection.id_prefix}_"
