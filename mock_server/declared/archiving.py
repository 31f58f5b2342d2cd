"""Taking an object out of use, with those that go with it, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mock_server.declared.answers import answer_with_outcome
from mock_server.declared.derivation import CONFLICT, CannotDeriveError, Source, find_message, find_one_code
from mock_server.declared.refusals import make_enabled_requirement, make_finder, make_in_use_requirement
from mock_server.declared.resource_types import UPDATED
from mock_server.errors import make_error
from mock_server.operation import Reply, Request, Transition
from mock_server.state.collection import Collection, read_noun
from mock_server.state.state import State
from mock_server.state.value import replace

Others = Callable[[State, Any], list[Any]]


def derive_archiving(source: Source) -> Transition:
    """Return the operation that archives an object, if nothing keeps it in use; a second time changes nothing."""
    said = _require_archive(source)
    field = said["field"]
    cascades = {source.find_collection(name): by for name, by in said.get("cascades", {}).items()}
    answer = answer_with_outcome(source, {f"cascaded_{each.name}": each.name for each in cascades})
    find, require_unused = make_finder(source, to_change=True), _make_unused_requirement(source, said, cascades)
    require_enabled = make_enabled_requirement(source)

    def archive(state: State, request: Request) -> tuple[State, Reply]:
        value = find(state, request)
        require_unused(state, value)
        require_enabled(state, request)
        if getattr(value, field) is not None:
            return state, answer(value, {})
        counts = {}
        for collection, by in cascades.items():
            found = [each for each in state.select(collection, **{by: value.id}) if getattr(each, field) is None]
            for each in found:
                state = state.put(collection, _move(each, field, request.now, request))
            counts[collection.name] = len(found)
        value = _move(value, field, request.now, request)
        return state.put(source.collection, value), answer(value, counts)

    return archive


def derive_unarchiving(source: Source) -> Transition:
    """Return the operation that takes an archived object into use again; what was archived with it stays so."""
    field = _require_archive(source)["field"]
    code = find_one_code(source.part, CONFLICT)
    text = f"The {source.of.noun} is not archived."
    answer, find = answer_with_outcome(source), make_finder(source, to_change=True)
    require_enabled, require_in_use = make_enabled_requirement(source), make_in_use_requirement(source)
    named = tuple(source.of.refers)

    def unarchive(state: State, request: Request) -> tuple[State, Reply]:
        value = find(state, request)
        if getattr(value, field) is None:
            raise make_error(code, CONFLICT, text)
        require_in_use(state, {name: getattr(value, name) for name in named})
        require_enabled(state, request)
        value = _move(value, field, None, request)
        return state.put(source.collection, value), answer(value, {})

    return unarchive


def _require_archive(source: Source) -> Mapping[str, Any]:
    said = source.of.archive
    if said is None:
        raise CannotDeriveError("its resource has no archive")
    return said


def _move(value: Any, field: str, to: Any, request: Request) -> Any:
    changes = {field: to, UPDATED: request.now} if hasattr(value, UPDATED) else {field: to}
    return replace(value, **changes)


def _make_unused_requirement(
    source: Source, said: Mapping[str, Any], cascades: Mapping[Collection[Any], str]
) -> Callable[[State, Any], None]:
    """Return what refuses an object in use: one that others name, or whose archived companions others name."""
    if "kept_by" not in said:
        return lambda _state, _value: None
    keeps, field = said["kept_by"], said["field"]
    keepers, by = source.find_collection(keeps["resource"]), keeps["by"]
    target = keepers.refers.get(by)
    [(name, values)] = keeps["while"].items()
    statuses = frozenset(values)
    noun = None if target is None else read_noun(target)
    between = {each.noun: (each, of) for each, of in cascades.items()}
    if noun != source.of.name and noun not in between:
        raise CannotDeriveError(f"{by} of {keeps['resource']} does not name it, nor what is archived with it")
    usual = f"{keepers.noun.replace('_', ' ').capitalize()}s keep it in use."
    text = find_message(source.part, CONFLICT, keeps["code"], usual)

    def require(state: State, value: Any) -> None:
        if getattr(value, field) is not None:
            return
        if noun == source.of.name:
            named = [value]
        else:
            collection, of = between[str(noun)]
            named = state.select(collection, **{of: value.id})
        found = sum(
            getattr(each, name) in statuses and getattr(each, field, None) is None
            for one in named
            for each in state.select(keepers, **{by: one.id})
        )
        if found:
            raise make_error(keeps["code"], CONFLICT, text, details={keepers.name: found})

    return require
