"""Answers of derived operations, as their responses declare them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

from mock_server.declared.collections import find_list_key
from mock_server.declared.derivation import CannotDeriveError, Source
from mock_server.operation import Reply
from mock_server.state.collection import is_same_org
from mock_server.state.rendered import render

ShowObject = Callable[[Any, str], Reply]
"""The answer that shows an object to an org."""
Conclude = Callable[[Any, Mapping[str, int]], Reply]
"""The answer that says what was done with an object, and with how many others."""


def answer_with_object(source: Source) -> ShowObject:
    """Return what answers with an object; CannotDeriveError where the operation answers with something else."""
    status, schema = require_success(source)
    if schema != source.of.shown:
        raise CannotDeriveError(f"it does not answer with {source.of.said['schema']}")
    view = _find_view(source)
    return lambda value, org_id: Reply(status, view(value, org_id))


def answer_with_list(source: Source) -> Callable[[list[Any], str], Reply]:
    """Return what answers with a list of objects; CannotDeriveError where the operation answers with something else."""
    status, _ = require_success(source)
    key = find_list_key(source.part)
    if key is None:
        raise CannotDeriveError(f"it does not answer with a list of {source.of.said['schema']} alone")
    view = _find_view(source)
    return lambda found, org_id: Reply(status, {key: [view(each, org_id) for each in found]})


def answer_with_outcome(source: Source, counted: Mapping[str, str] | None = None) -> Conclude:
    """Return what says that something is done: constants, fields of the object, and how many others it concerned.

    `counted`: by the name of a field of the answer, the collection whose objects it counts. Raises CannotDeriveError.
    """
    status, schema = require_success(source)
    if schema is None:
        return lambda _value, _counts: Reply(status, b"", "")
    constants: dict[str, Any] = {}
    of_object: list[tuple[str, Callable[[Any], Any]]] = []
    counts: list[tuple[str, str]] = []
    for name, each in schema.get("properties", {}).items():
        if len(each.get("enum", ())) == 1:
            constants[name] = each["enum"][0]
        elif name in (counted or {}):
            counts.append((name, (counted or {})[name]))
        elif name in source.collection.value.__struct_fields__:
            of_object.append((name, attrgetter(name)))
        else:
            raise CannotDeriveError(f"nothing says what {name} is in its answer")
    if not of_object and not counts:
        return lambda _value, _counts: Reply(status, constants)

    def conclude(value: Any, numbers: Mapping[str, int]) -> Reply:
        told = {name: get(value) for name, get in of_object} | {name: numbers.get(of, 0) for name, of in counts}
        return Reply(status, constants | told)

    return conclude


def _find_view(source: Source) -> Callable[[Any, str], Mapping[str, Any]]:
    """Return what shows an object to an org; where others see it too, rendered once for its owner and once for them."""
    show, owner_only = source.collection.show, source.of.owner_only
    if not source.of.is_seen_by_others:
        return show

    def show_in_part(value: Any, viewers: str | frozenset[str]) -> Mapping[str, Any]:
        if isinstance(viewers, str):
            return show(value, viewers)
        return {name: each for name, each in show(value, "").items() if name not in viewers}

    # What others are not shown is in the place of their orgs: seed data are shared by mocks of several contracts.
    return lambda value, org_id: render(value, org_id if is_same_org(value, org_id) else owner_only, show_in_part)


def require_success(source: Source) -> tuple[int, Mapping[str, Any] | None]:
    """Return the status and the schema of the one success; CannotDeriveError where there is not one of JSON."""
    if source.part.success is None:
        raise CannotDeriveError("it has several successes, or one that is no JSON")
    return source.part.success
