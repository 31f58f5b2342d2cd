"""The resources of a contract as the mock serves them: their collections, and the operations that follow from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mock_server.declared.collections import find_plural, make_collection
from mock_server.declared.derivation import CannotDeriveError, Source
from mock_server.declared.plain_operations import DERIVED, WRITES
from mock_server.declared.resource_types import PlainOperation, ResourceType, find_parts, read_types
from mock_server.operation import Content, Handler
from mock_server.state.collection import Collection


@dataclass(frozen=True, eq=False)
class Declarations:
    """The declarations of a contract, and the collection of each resource that it or a module of the mock declares."""

    document: Mapping[str, Any]
    types: Mapping[str, ResourceType]
    parts: tuple[PlainOperation, ...]
    collections: Mapping[str, Collection[Any]]
    own: tuple[Collection[Any], ...]
    """The collections that no module declares."""


@dataclass(frozen=True, eq=False)
class DerivedOperations:
    """The operations that have no function of their own, and why others that do one of the usual things need one."""

    handlers: Mapping[str, Handler]
    parts: Mapping[str, PlainOperation]
    reasons: Mapping[str, str]


def read_declarations(document: Mapping[str, Any], given: Iterable[Collection[Any]]) -> Declarations:
    """Return what a contract declares; a resource of which a collection is given has that one."""
    types = read_types(document)
    parts = tuple(find_parts(document, types))
    known = {each.noun: each for each in given if each.schema is not None}
    new = [each for each in types.values() if each.name not in known]
    names = {
        **{name: each.name for name, each in known.items()},
        **{each.name: find_plural(each, parts) for each in new},
    }
    own = {each.name: make_collection(each, parts, names, _find_sought_fields(each, types)) for each in new}
    return Declarations(document, types, parts, {**known, **own}, tuple(own.values()))


def _find_sought_fields(resource: ResourceType, types: Mapping[str, ResourceType]) -> list[str]:
    """Return the fields by which the archiving of others looks for objects of a resource."""
    found = []
    for each in types.values():
        said = each.archive or {}
        found += [by for name, by in said.get("cascades", {}).items() if name == resource.name]
        if said.get("kept_by", {}).get("resource") == resource.name:
            found.append(said["kept_by"]["by"])
    return sorted(set(found))


def derive(declared: Declarations, contents: Mapping[str, Content] | None = None) -> DerivedOperations:
    """Return the operations that follow from what a contract declares, but for those that are said to need code.

    `contents`: what is asked of the content of resources beside, by their names.
    """
    handlers: dict[str, Handler] = {}
    parts: dict[str, PlainOperation] = {}
    reasons: dict[str, str] = {}
    for part in declared.parts:
        if part.of.needs_code(part.operation_id):
            continue
        try:
            asked = (contents or {}).get(part.of.name) if part.name in WRITES else None
            collections = declared.collections
            source = Source(part, collections[part.of.name], collections, declared.types, asked)
            transition = DERIVED[part.name](source)
            handlers[part.operation_id] = Handler(transition, None if asked is None else asked.prepare)
            parts[part.operation_id] = part
        except CannotDeriveError as reason:
            reasons[part.operation_id] = str(reason)
    return DerivedOperations(handlers, parts, reasons)
