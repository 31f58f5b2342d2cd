"""The edit of one object by a merge patch, checked as the seed data and an import are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import jsonschema_rs

from mock_server.contract.schema import locate_problems
from mock_server.state.collection import Collection, Key, list_steps, read_name, read_noun
from mock_server.state.conformity import Conformity
from mock_server.state.portable.writer import collect_shared_parts
from mock_server.state.records import Record, RecordProblem
from mock_server.state.references import describe_missing, find_taken, list_named
from mock_server.state.state import State

_WHOLE = "body"
"""The place of what is wrong with an object as a whole."""


class EditProblems(Exception):
    """A patch makes no object that can stand in the state; `problems` says what is wrong with each field."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{place}: {text}" for place, text in problems.items()))
        self.problems = dict(problems)


def apply_merge_patch(target: Any, patch: Any) -> Any:
    """Return what a merge patch (RFC 7396) makes of a value: null takes a member away, all but objects is replaced."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, Mapping) else {}
    for name, each in patch.items():
        if each is None:
            merged.pop(name, None)
        else:
            merged[name] = apply_merge_patch(merged.get(name), each)
    return merged


def edit_object(
    state: State, collection: Collection[Any], key: Key, patch: Mapping[str, Any], conformity: Conformity
) -> Any:
    """Return the object that a merge patch makes of the record of one that is there.

    Raises EditProblems where it is none: by the schema of the collection, what it refers to, what is unique, or the
    contract's schema of what its owner is shown.
    """
    before = collection.to_record(state.all(collection)[key])
    record = apply_merge_patch(before, patch)
    _stop_at({each: f"It names the {collection.noun}, and stays." for each in collection.key if each in patch})
    validator = jsonschema_rs.Draft7Validator(collection.make_record_schema(), validate_formats=True)
    _stop_at({_name_place(place): text for place, text in locate_problems(validator, record)})
    _stop_at(dict(find_missing(state, collection, {**_name_key(collection, key), **record}, before)))
    value = _read(state, collection, key, record)
    if taken := find_taken(state, collection, key, value):
        _stop_at({collection.unique[-1]: taken})
    _stop_at({_name_place(place): text for place, text in conformity.find_object_breaches(collection, value)})
    return value


def _stop_at(problems: Mapping[str, str]) -> None:
    if problems:
        raise EditProblems(problems)


def _name_place(steps: list[str]) -> str:
    return ".".join(steps) or _WHOLE


def _name_key(collection: Collection[Any], key: Key) -> Record:
    return dict(zip(collection.key, list_steps(key), strict=True))


def find_missing(
    state: State, collection: Collection[Any], fields: Record, before: Record = MappingProxyType({})
) -> Iterator[tuple[str, str]]:
    """Yield each field of an object that names what is not there, or what the object's org does not see.

    What it named `before` is not asked for: that may be gone by now.
    """
    org_id = fields.get("org_id")
    targets = (*collection.refers.items(), *collection.mentions.items())
    known = set(list_named(targets, before))
    for field, target, each in (named for named in list_named(targets, fields) if named not in known):
        table = state.tables[read_name(target)]
        found = table.objects.get(each)
        if found is None:
            yield field, describe_missing(target, each)
        elif org_id is not None and not table.collection.visible(found, org_id):
            yield field, f"The {read_noun(target)} {each} is not seen by {org_id}, whose the {collection.noun} is."


def _read(state: State, collection: Collection[Any], key: Key, record: Record) -> Any:
    try:
        if collection.check is not None:
            collection.check(record)
        return collection.from_record(key, record, _make_lookup(state, collection))
    except RecordProblem as problem:
        raise EditProblems({_name_place([str(step) for step in problem.steps]): str(problem)}) from problem


def _make_lookup(state: State, collection: Collection[Any]) -> Callable[[str, str], Any]:
    parts = {} if collection.shares is None else collect_shared_parts(state)
    return partial(_look_up, parts)


def _look_up(parts: Mapping[tuple[str, str], Any], section: str, name: str) -> Any:
    return parts[section, name]
