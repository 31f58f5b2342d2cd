"""The usual operations on a declared resource, each made once at the start.

The order of refusals is the one of every operation: what is not there, what is not the caller's, content that depends
on what is stored, state, and last what is switched off.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

from mock_server.declared.answers import answer_with_list, answer_with_object, answer_with_outcome, require_success
from mock_server.declared.archiving import derive_archiving, derive_unarchiving
from mock_server.declared.bodies import make_body_reader, make_content_requirement
from mock_server.declared.collections import convert_default, read_defaults
from mock_server.declared.derivation import CONFLICT, CannotDeriveError, Source, find_one_code, read_codes
from mock_server.declared.refusals import (
    make_enabled_requirement,
    make_finder,
    make_free_requirement,
    make_in_use_requirement,
    make_parent_finder,
)
from mock_server.declared.resource_types import CREATED, OWNER, UPDATED, PartName
from mock_server.operation import Reply, Request, Transition
from mock_server.state.rendered import render
from mock_server.state.state import State
from mock_server.state.value import replace

INCLUDE_ARCHIVED = "include_archived"
"""The query parameter with which a list has archived objects too."""


def derive_list(source: Source) -> Transition:
    """Return the operation that lists what the caller sees, oldest first, by the fields that a query asks for.

    What everybody may see is rendered once for each org, where nothing narrows it.
    """
    collection, answer, require_enabled = source.collection, answer_with_list(source), make_enabled_requirement(source)
    find_all, narrow, find_parents = _make_search(source), _make_narrowing(source), make_parent_finder(source)

    def list_objects(state: State, request: Request) -> tuple[State, Reply]:
        parents, org_id = find_parents(state, request), request.caller.org_id
        require_enabled(state, request)
        found = find_all(state, org_id)
        for name, key in parents.items():
            found = [each for each in found if getattr(each, name) == key]
        return state, answer(found if narrow is None else narrow(found, request), org_id)

    if narrow is not None or source.part.above or not source.of.is_seen_by_others:
        return list_objects
    alike = collection.name, source.of.owner_only
    status, _ = require_success(source)

    def show_all(state: State, viewer: tuple[Any, ...]) -> Mapping[str, Any]:
        shown: Mapping[str, Any] = answer(find_all(state, viewer[0]), viewer[0]).body
        return shown

    def list_for_org(state: State, request: Request) -> tuple[State, Reply]:
        require_enabled(state, request)
        return state, Reply(status, render(state, (request.caller.org_id, *alike), show_all))

    return list_for_org


def _make_search(source: Source) -> Callable[[State, str], list[Any]]:
    """Return what finds the objects that an org sees, oldest first."""
    collection = source.collection
    of_owner = "owner" in source.of.said and not source.of.is_seen_by_others
    rank = attrgetter(CREATED) if CREATED in collection.value.__struct_fields__ else None

    def find_all(state: State, org_id: str) -> list[Any]:
        if of_owner:
            found = state.select(collection, **{OWNER: org_id})
        else:
            found = [each for each in state.select(collection) if collection.visible(each, org_id)]
        if rank is not None:
            found.sort(key=rank)
        return found

    return find_all


def _make_narrowing(source: Source) -> Callable[[list[Any], Request], list[Any]] | None:
    """Return what leaves out objects of others, archived ones and those not asked for; None where none is left out."""
    collection, archive = source.collection, source.of.archive
    names = [each["name"] for each in source.part.parameters if each["in"] == "query"]
    archived = archive["field"] if archive is not None and INCLUDE_ARCHIVED in names else None
    filters = tuple(name for name in names if name in collection.value.__struct_fields__)
    if strange := [name for name in names if name not in filters and not (archived and name == INCLUDE_ARCHIVED)]:
        raise CannotDeriveError(f"nothing says what its query parameter {strange[0]} does")

    def is_asked_for(value: Any, request: Request) -> bool:
        if archived is not None and getattr(value, archived) is not None and not request.query[INCLUDE_ARCHIVED]:
            return False
        if collection.hidden(value, request.caller):
            return False
        return all(getattr(value, name) == request.query[name] for name in filters if name in request.query)

    if source.of.personal is None and not names:
        return None
    return lambda found, request: [each for each in found if is_asked_for(each, request)]


def derive_read(source: Source) -> Transition:
    """Return the operation that answers with the object that the path names."""
    find, answer = make_finder(source, to_change=False), answer_with_object(source)
    if "switched_off" not in source.of.said:

        def read_object(state: State, request: Request) -> tuple[State, Reply]:
            return state, answer(find(state, request), request.caller.org_id)

        return read_object
    require_enabled = make_enabled_requirement(source)

    def read_unless_off(state: State, request: Request) -> tuple[State, Reply]:
        value = find(state, request)
        require_enabled(state, request)
        return state, answer(value, request.caller.org_id)

    return read_unless_off


def derive_creation(source: Source) -> Transition:
    """Return the operation that makes an object of its body."""
    collection, answer, read_body = source.collection, answer_with_object(source), make_body_reader(source)
    if collection.id_prefix is None:
        raise CannotDeriveError("its resource has no prefix of ids")
    require_free = make_free_requirement(source, _find_code_of_taken(source) if source.of.unique else None)
    require_in_use, merged = make_in_use_requirement(source), tuple(source.of.said.get("merged", ()))
    require_content, require_enabled = make_content_requirement(source), make_enabled_requirement(source)
    begin, find_parents = _make_beginning(source), make_parent_finder(source)

    def create(state: State, request: Request) -> tuple[State, Reply]:
        fields = {**begin(request), **read_body(request), **find_parents(state, request)}
        for name in merged:
            if name in fields:
                fields[name] = _merge(None, fields[name])
        require_content(state, request, fields, None)
        require_free(state, fields, None)
        require_in_use(state, fields)
        require_enabled(state, request)
        state, fields["id"] = state.assign_id(collection)
        value = collection.value(**fields)
        return state.put(collection, value), answer(value, request.caller.org_id)

    return create


def derive_setting(source: Source) -> Transition:
    """Return the operation that makes an object of the name in the path, or replaces what it holds."""
    collection, answer, read_body = source.collection, answer_with_object(source), make_body_reader(source)
    require_content, require_enabled = make_content_requirement(source), make_enabled_requirement(source)
    begin, key, parameter = _make_beginning(source), source.of.key, source.part.path.rpartition("{")[2][:-1]
    has_owner, find_parents = len(collection.key) > 1, make_parent_finder(source)
    moves = UPDATED in collection.value.__struct_fields__

    def set_object(state: State, request: Request) -> tuple[State, Reply]:
        fields, name = read_body(request) | find_parents(state, request), request.path[parameter]
        require_content(state, request, fields, None)
        require_enabled(state, request)
        before = state.get(collection, (request.caller.org_id, name) if has_owner else name)
        if before is None:
            value = collection.value(**{**begin(request), **fields, key: name})
        else:
            value = replace(before, **(fields | {UPDATED: request.now} if moves else fields))
        return state.put(collection, value), answer(value, request.caller.org_id)

    return set_object


def derive_update(source: Source) -> Transition:
    """Return the operation that changes the fields that are sent: null clears one, and no change moves no time."""
    collection, answer, read_body = source.collection, answer_with_object(source), make_body_reader(source)
    find, merged = make_finder(source, to_change=True), tuple(source.of.said.get("merged", ()))
    require_content, require_enabled = make_content_requirement(source), make_enabled_requirement(source)
    code, require_in_use = _find_code_of_taken(source), make_in_use_requirement(source)
    moves = UPDATED in collection.value.__struct_fields__
    require_free = make_free_requirement(source, code)

    def update(state: State, request: Request) -> tuple[State, Reply]:
        value, changes = find(state, request), read_body(request)
        for name in merged:
            if name in changes:
                changes[name] = _merge(getattr(value, name), changes[name])
        changes = {name: each for name, each in changes.items() if getattr(value, name) != each}
        require_content(state, request, changes, value)
        changed = replace(value, **changes)
        if code is not None:
            require_free(state, {name: getattr(changed, name) for name in collection.unique}, value)
        require_in_use(state, changes)
        require_enabled(state, request)
        if not changes:
            return state, answer(value, request.caller.org_id)
        if moves:
            changed = replace(changed, **{UPDATED: request.now})
        return state.put(collection, changed), answer(changed, request.caller.org_id)

    return update


def _find_code_of_taken(source: Source) -> str | None:
    """Return the code of what another object has already; None where the operation declares none."""
    declared = set(read_codes(source.part, CONFLICT)) - source.of.codes_of_references
    return find_one_code(source.part, CONFLICT) if declared else None


def _merge(before: Mapping[str, Any] | None, sent: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return the entries with those that were sent; what is left empty is none at all."""
    joined = {**(before or {}), **sent} if sent is not None else {}
    return {name: value for name, value in joined.items() if value is not None} or None


def derive_removal(source: Source) -> Transition:
    """Return the operation that deletes an object."""
    collection, find, answer = source.collection, make_finder(source, to_change=True), answer_with_outcome(source)
    require_enabled, key_of = make_enabled_requirement(source), source.collection.key_of

    def remove(state: State, request: Request) -> tuple[State, Reply]:
        value = find(state, request)
        require_enabled(state, request)
        return state.drop(collection, key_of(value)), answer(value, {})

    return remove


def _make_beginning(source: Source) -> Callable[[Request], dict[str, Any]]:
    """Return what the server gives a new object: its owner, its person, its times, and the defaults of its body."""
    fields = set(source.collection.value.__struct_fields__)
    times = [name for name in (CREATED, UPDATED) if name in fields]
    defaults = {name: convert_default(value) for name, value in read_defaults([source.part]).items() if name in fields}
    personal = source.of.personal
    has_owner = OWNER in fields

    def begin(request: Request) -> dict[str, Any]:
        given = {**defaults, **dict.fromkeys(times, request.now)}
        if has_owner:
            given[OWNER] = request.caller.org_id
        if personal is not None:
            given[personal["field"]] = request.caller.user_id
        return given

    return begin


DERIVED: Mapping[PartName, Callable[[Source], Transition]] = {
    "list": derive_list,
    "create": derive_creation,
    "read": derive_read,
    "update": derive_update,
    "set": derive_setting,
    "remove": derive_removal,
    "archive": derive_archiving,
    "unarchive": derive_unarchiving,
}
"""The function that makes the operation of each part; it raises CannotDeriveError."""
WRITES = frozenset({"create", "update", "set"})
"""The parts whose bodies have the content of an object."""
