"""Control calls on one object of a world: look at it, and edit it by a merge patch."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from mock_server.contract.document import follow
from mock_server.contract.schema import collect_properties
from mock_server.contract.vocabulary import read_events
from mock_server.control import ControlContext, control
from mock_server.control.errors import CollectionUnknown, EditImpossible, ObjectUnknown, require_named
from mock_server.declared.resource_types import UPDATED
from mock_server.errors import ValidationFailed
from mock_server.operation import Reply, Request
from mock_server.resources.audit.writing import with_system_event
from mock_server.resources.workspaces.life.set_status import with_timers_started
from mock_server.state.changes import name_of
from mock_server.state.collection import Collection, Key, list_steps
from mock_server.state.edit import EditProblems, edit_object
from mock_server.state.state import State
from mock_server.state.value import replace

_OF_LIFE = "status"
"""The field that the clock moves, where it moves any."""


@control("world_objects.get")
async def get(context: ControlContext, request: Request) -> Reply:
    """Return the record of one object; raises CollectionUnknown and ObjectUnknown."""
    state = context.find_world(request).state
    collection, key = _find(state, request)
    return Reply(200, _show(collection, key, state))


@control("world_objects.update", in_journal=True)
async def update(context: ControlContext, request: Request) -> Reply:
    """Edit one object, and write the event of an operation that changes the same fields.

    Raises CollectionUnknown, ObjectUnknown, EditImpossible for what is moved otherwise, ValidationFailed with each
    wrong field, and MemoryFull; then nothing has changed.
    """
    world = context.find_world(request)
    state, now = world.state, world.read_clock()
    collection, key = _find(state, request)
    _check_movable(collection, request.body)
    try:
        edited = edit_object(state, collection, key, request.body, context.reader.conformity)
    except EditProblems as problem:
        text = f"The patch does not leave {name_of(collection.name, key)} as it has to be."
        raise ValidationFailed(text, fields=problem.problems) from problem
    if edited != state.get(collection, key):
        if hasattr(edited, UPDATED) and UPDATED not in request.body:
            edited = replace(edited, **{UPDATED: now})
        after = with_timers_started(state.put(collection, edited), state, now)
        for event_type in _find_event_types(context.document, collection, request.body):
            after = with_system_event(after, collection, edited, event_type, now)
        context.commit(world, after)
        world.catch_up()
    return Reply(200, _show(collection, key, world.state))


def _find(state: State, request: Request) -> tuple[Collection[Any], Key]:
    """Return the collection and the key of the object that a path names."""
    told = {each.name: each for each in state.collections if not each.transient}
    collection = require_named("collection", request.path["collection"], told, CollectionUnknown)
    text = request.path["key"]
    key: Key = text if len(collection.key) == 1 else tuple(text.split("/", len(collection.key) - 1))
    objects = state.all(collection)
    if key not in objects:
        names = {"/".join(map(str, list_steps(each))): each for each in objects}
        require_named(collection.noun, text, names, ObjectUnknown)
    return collection, key


def _check_movable(collection: Collection[Any], patch: Mapping[str, Any]) -> None:
    """Raise EditImpossible for what was written once for good, and for a status that only steps lead to."""
    if collection.log is not None:
        raise EditImpossible(f"The {collection.name} are a log: what is written there stays.")
    if collection.due is not None and not patch.keys().isdisjoint({_OF_LIFE, collection.due}):
        raise EditImpossible(
            f"Steps lead a {collection.noun} to a status, and the clock to the next one. Set up the state "
            f'"{collection.noun} is" (POST /states), or move the clock, and leave {_OF_LIFE} and {collection.due} out.'
        )


def _find_event_types(document: Mapping[str, Any], collection: Collection[Any], fields: Container[str]) -> list[str]:
    """Return the types of the events of operations that change one of these fields in an object of this kind."""
    found: list[str] = []
    for operation in (item["patch"] for item in document["paths"].values() if "patch" in item):
        content = follow(document, operation.get("requestBody", {})).get("content", {}).get("application/json", {})
        changed = collect_properties(follow(document, content.get("schema", {})))
        if any(name in fields for name in changed):
            events = read_events(operation.get("x-event", []))
            found += [each for each in events if each.partition(".")[0] == collection.noun]
    return found


def _show(collection: Collection[Any], key: Key, state: State) -> dict[str, Any]:
    return {"key": list(list_steps(key)), "record": collection.to_record(state.all(collection)[key])}
