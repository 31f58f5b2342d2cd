"""Problems of what resource types name: schemas, fields, other resources, codes, operations and beginnings of ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any

from mock_server.contract.document import METHODS
from mock_server.declared.declarations import Declarations
from mock_server.declared.linter.features import error_codes_of
from mock_server.declared.linter.wording import unknown
from mock_server.declared.resource_types import KEYWORD, OWNER, ResourceType, find_resources
from mock_server.state.collection import Collection


def name_problems(declared: Declarations) -> Iterator[str]:
    """Yield what is named that is not there, and beginnings of ids that two resources have."""
    schemas = declared.document.get("components", {}).get("schemas", {})
    for name, said in declared.document.get(KEYWORD, {}).items():
        if said["schema"] not in schemas:
            yield unknown(f"/{KEYWORD}/{name}/schema", "schema", said["schema"], schemas)
    resources = {*declared.types, *find_resources(declared.document)}
    codes = error_codes_of(declared.document)
    for each in declared.types.values():
        yield from _of_fields(each)
        yield from _of_resources(each, resources, declared)
        yield from _of_codes(each, codes)
        yield from _of_operations(each, declared)
        yield from _of_collection(each, declared.collections.get(each.name))
    yield from _of_ids(declared.types.values())


def _of_fields(resource: ResourceType) -> Iterator[str]:
    named = [("key", resource.said[key]) for key in ("key",) if key in resource.said]
    named += [("unique", name) for name in resource.unique]
    named += [(key, name) for key in ("immutable", "merged", "owner_only") for name in resource.said.get(key, ())]
    named += [("refers", name) for name in resource.refers]
    named += [("visible", name) for each in resource.said.get("visible", ()) if each != "own" for name in each]
    named += [(f"{key}/field", resource.said[key]["field"]) for key in ("personal", "archive") if key in resource.said]
    for place, name in named:
        if name not in resource.fields:
            yield unknown(f"{resource.pointer}/{place}", f"field of {resource.said['schema']}", name, resource.fields)
    if (owner := resource.said.get("owner", OWNER)) != OWNER:
        yield f"{resource.pointer}/owner: is {owner!r}, and an object belongs to its org by {OWNER}"
    if "id" not in resource.said and "key" not in resource.said:
        yield f"{resource.pointer}: says neither how an id begins (id) nor by which field one is named (key)"


def _of_resources(resource: ResourceType, known: set[str], declared: Declarations) -> Iterator[str]:
    archive = resource.archive or {}
    named = [(f"refers/{field}", to["to"], to.get("by")) for field, to in resource.refers.items()]
    named += [(f"archive/cascades/{name}", name, field) for name, field in archive.get("cascades", {}).items()]
    if "kept_by" in archive:
        keeps = archive["kept_by"]
        named += [("archive/kept_by", keeps["resource"], each) for each in (keeps["by"], *keeps["while"])]
    for place, name, field in named:
        target = declared.types.get(name)
        if name not in known:
            yield unknown(f"{resource.pointer}/{place}", "resource", name, known)
        elif target is not None and field is not None and field not in target.fields:
            kind = f"field of {target.said['schema']}"
            yield unknown(f"{resource.pointer}/{place}", kind, field, target.fields)


def _of_codes(resource: ResourceType, known: Iterable[str]) -> Iterator[str]:
    archive = resource.archive or {}
    named = [(f"refers/{field}/code", to["code"]) for field, to in resource.refers.items() if "code" in to]
    named += [("switched_off/code", resource.said["switched_off"]["code"])] if "switched_off" in resource.said else []
    named += [("archive/kept_by/code", archive["kept_by"]["code"])] if "kept_by" in archive else []
    for place, code in named:
        if code not in known:
            yield unknown(f"{resource.pointer}/{place}", "error code", code, known)


def _of_operations(resource: ResourceType, declared: Declarations) -> Iterator[str]:
    items = declared.document["paths"].values()
    ids = [item[method]["operationId"] for item in items for method in METHODS if method in item]
    for at, pattern in enumerate(resource.code):
        if pattern not in ids and not ("*" in pattern and any(fnmatchcase(each, pattern) for each in ids)):
            yield unknown(f"{resource.pointer}/code/{at}", "operation", pattern, ids)


def _of_collection(resource: ResourceType, collection: Collection[Any] | None) -> Iterator[str]:
    """What a declaration says otherwise than the module of the mock that has the objects."""
    if collection is None or resource.prefix is None:
        return
    if not resource.prefix.endswith("_"):
        yield f"{resource.pointer}/id/prefix: is {resource.prefix!r}, and has to end with an underscore"
    elif collection.id_prefix is not None and f"{collection.id_prefix}_" != resource.prefix:
        yield f"{resource.pointer}/id/prefix: is {resource.prefix!r}, and the mock has {collection.id_prefix}_"


def _of_ids(resources: Iterable[ResourceType]) -> Iterator[str]:
    found: dict[str, str] = {}
    for each in resources:
        if each.prefix is not None and found.setdefault(each.prefix, each.name) != each.name:
            other = found[each.prefix]
            yield f"{each.pointer}/id/prefix: ids of {other} begin with {each.prefix!r} too; give each its own"
