"""Objects of a declared resource that nobody wrote, made up of the schemas of their fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from mock_server.declared.hints import is_time, read_options
from mock_server.declared.resource_types import CREATED, OWNER, UPDATED, ResourceType
from mock_server.state.invention import Inventor
from mock_server.state.value import Value

_SHORT = 40
_USUAL = {"id", OWNER, CREATED, UPDATED}
"""Fields that `Inventor.complete` gives."""

Make = Callable[[Inventor], Any]


def make_invention(resource: ResourceType, kind: type[Value], targets: Mapping[str, str]) -> Callable[[Inventor], Any]:
    """Return what makes up an object: the fields that it always has, and texts for people, but for the usual ones.

    `targets`: by the fields that name others, the collections of these.
    """
    fields = msgspec.structs.fields(kind)  # type: ignore[arg-type]  # a Struct, see `Value`
    found = {field.name: _find_make(resource, field, targets) for field in fields if field.name not in _USUAL}
    makes = {name: make for name, make in found.items() if make is not None}
    return lambda some: {name: make(some) for name, make in makes.items()}


def _find_make(resource: ResourceType, field: msgspec.structs.FieldInfo, targets: Mapping[str, str]) -> Make | None:
    """Return what makes up the value of a field; None for one that is left out."""
    name = field.name
    if name in targets:
        return _draw_from(targets[name]) if field.required else None
    is_text = resource.fields[name].get("type") == "string" and name not in _find_other_fields(resource)
    return _make_up(resource, name) if field.required or is_text else None


def _find_other_fields(resource: ResourceType) -> set[str]:
    """The fields that say something more of an object: that it is archived, or whose it is."""
    archive, personal = resource.archive or {}, resource.personal or {}
    return {each["field"] for each in (archive, personal) if each}


def choose_usual_values(resource: ResourceType, kind: type[Value], targets: Mapping[str, str]) -> dict[str, Any]:
    """Return what the fields have that an object always has, where a provider state makes one and is not told them.

    Whose it is, by what it is told from others and what it names has to be told.
    """
    told = {*_USUAL, resource.key, *resource.unique, *targets, *_find_other_fields(resource)}
    fields = msgspec.structs.fields(kind)  # type: ignore[arg-type]  # a Struct, see `Value`
    names = [field.name for field in fields if field.required and field.name not in told]
    return {name: _choose_usual_value(resource.fields[name]) for name in names}


def _choose_usual_value(schema: Mapping[str, Any]) -> Any:
    if "example" in schema:
        return schema["example"]
    if options := read_options(schema):
        return options[0]
    if is_time(schema):
        return "2026-01-01T00:00:00Z"
    values: Mapping[str, Any] = {"boolean": False, "array": [], "object": {}}
    numbers = {"integer": int(schema.get("minimum", 0)), "number": schema.get("minimum", 0)}
    text = "usual".ljust(schema.get("minLength", 0), "l")[: schema.get("maxLength")]
    return {**values, **numbers}.get(str(schema.get("type")), text)


def _draw_from(name: str) -> Make:
    def make(some: Inventor) -> Any:
        collection = some.state.collection(name)
        return collection.key_of(some.choose_object(collection))

    return make


def _make_up(resource: ResourceType, name: str) -> Make:
    schema = resource.fields[name]
    if options := read_options(schema):
        return lambda some: some.choose(options)
    if is_time(schema):
        return lambda some: some.make_times()[0]
    is_name = name in {*resource.unique, resource.key}
    if "example" in schema and not is_name:
        return lambda _some: schema["example"]
    least, most = int(schema.get("minimum", 0)), int(schema.get("maximum", 1000))
    is_short = schema.get("maxLength", _SHORT) < _SHORT or "pattern" in schema
    makes: Mapping[str, Make] = {
        "integer": lambda some: some.draw_count(least, most),
        "number": lambda some: some.draw_count(least, most),
        "boolean": lambda some: some.choose((False, True)),
        "array": lambda _some: [],
        "object": lambda _some: {},
    }
    return makes.get(str(schema.get("type")), Inventor.make_name if is_name or is_short else Inventor.make_sentence)
