"""Values as plain records: what a document, a change and a table of the console tell of them."""

from __future__ import annotations

import types
from collections.abc import Callable, Container, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import msgspec

from mock_server.state.clock import Clock, parse_moment, write_timestamp
from mock_server.state.value import Value

if TYPE_CHECKING:
    from mock_server.state.collection import Section

Record = Mapping[str, Any]
Lookup = Callable[[str, str], Any]
"""A function that finds a shared value by section and name: None for an unreadable one, KeyError without one."""

V = TypeVar("V", bound=Value)
_NO_NAMES: frozenset[str | None] = frozenset()


class RecordProblem(ValueError):
    """A record cannot be read; `steps` lead from it to what is wrong."""

    def __init__(self, text: str, *steps: object) -> None:
        super().__init__(text)
        self.steps = steps


def read_hints(kind: Any) -> Mapping[str, Any]:
    """Return the type of each field of a class of values."""
    return _read_hints(kind)


@cache
def _read_hints(kind: Any) -> Mapping[str, Any]:
    return {name: hint for name, hint in get_type_hints(kind, include_extras=True).items() if name[0] != "_"}


def read_defaults(kind: type[Value]) -> dict[str, Any]:
    """Return what the record of a value tells of the fields that nobody gave, where that is not None."""
    found = {field.name: field.default for field in msgspec.structs.fields(kind)}  # type: ignore[arg-type]  # a Struct
    return {name: _to_plain(default) for name, default in found.items() if default not in (None, msgspec.NODEFAULT)}


def make_clock_record(clock: Clock) -> dict[str, Any]:
    """Return a clock in the shape in which it can be set."""
    if clock.frozen_at is not None:
        return {"mode": "frozen", "now": write_timestamp(clock.frozen_at)}
    return {"mode": "real", "offset_seconds": clock.offset / timedelta(seconds=1)}


def to_record(value: Value, aside: Container[str | None] = _NO_NAMES) -> dict[str, Any]:
    """Return the fields of a value that are not aside; what is None is left out, a value in it told in its place."""
    record: dict[str, Any] = {}
    for name in value.__struct_fields__:
        if name in aside:
            continue
        field = getattr(value, name)
        if isinstance(field, Value):
            record |= to_record(field)
        elif field is not None:
            record[name] = _to_plain(field)
    return record


def _to_plain(field: Any) -> Any:
    if isinstance(field, str | int | float):
        return field
    if isinstance(field, datetime):
        return write_timestamp(field)
    return list(field) if isinstance(field, tuple) else msgspec.to_builtins(field)


def from_record(kind: type[V], record: Record, given: Record) -> V:
    """Return the value of a record; `given` are fields that it does not tell. RecordProblem says what is wrong."""
    fields = dict(given)
    for name, hint, inner, is_value, can_be_none in _list_fields(cast("Any", kind)):
        if name in fields:
            continue
        if is_value:
            fields[name] = from_record(inner, record, {})
        elif name in record:
            fields[name] = _read(inner, hint, name, record[name])
        elif can_be_none:
            fields[name] = None
    return kind(**fields)


@cache
def _list_fields(kind: type[Value]) -> list[tuple[str, Any, Any, bool, bool]]:
    """Return of each field its name, its type, the class behind it, whether that is a value, and whether it is None."""
    found = [(name, hint, _find_class(hint)) for name, hint in read_hints(kind).items()]
    return [(name, hint, inner, issubclass(inner, Value), _can_be_none(hint)) for name, hint, inner in found]


def _read(kind: type, hint: Any, name: str, field: Any) -> Any:
    if kind is datetime:
        try:
            return parse_moment(field)
        except ValueError as error:
            raise RecordProblem(f"It is not a date-time that can be: {error}.", name) from error
    try:
        return msgspec.convert(field, hint)
    except msgspec.ValidationError as error:
        raise RecordProblem(f"{error}.", name) from error


def find_shared(lookup: Lookup, section: Section, digest: str, field: str) -> Any:
    """Return what a field names in a section by its digest; None where it could not be read."""
    try:
        return lookup(section.name, digest)
    except KeyError:
        raise RecordProblem(f"There is no {section.noun} {digest} among the {section.name}.", field) from None


def make_record_schema(
    kind: type[Value], aside: Container[str | None] = _NO_NAMES, extra: Record | None = None
) -> dict[str, Any]:
    """Return the JSON Schema of what `told` tells: whatever cannot be None is required."""
    found = dict(_flatten(kind, aside))
    properties = {**{name: _make_schema(hint) for name, hint in found.items()}, **(extra or {})}
    required = [name for name in properties if name not in found or not _can_be_none(found[name])]
    return _make_object_schema(properties, required)


def make_item_schema(kind: type[Value], id_prefix: str | None, extra: Record | None = None) -> dict[str, Any]:
    """Return the JSON Schema of a fixture: whatever has no default is required."""
    properties = {name: _make_schema(hint) for name, hint in read_hints(kind).items()}
    if id_prefix is not None and "id" in properties:
        properties["id"].setdefault("pattern", f"^{id_prefix}_[A-Za-z0-9_]+$")
    fields = msgspec.structs.fields(kind)  # type: ignore[arg-type]  # a Struct, see `Value`
    required = [field.name for field in fields if field.required and not _can_be_none(read_hints(kind)[field.name])]
    return _make_object_schema({**properties, **(extra or {})}, required)


def _make_object_schema(properties: Record, required: list[str]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": required, "properties": dict(properties)}


def _flatten(kind: type[Value], aside: Container[str | None]) -> Iterator[tuple[str, Any]]:
    """The fields that are told, those of a value in it in its place."""
    for name, hint in read_hints(kind).items():
        if name in aside:
            continue
        inner = _find_class(hint)
        if issubclass(inner, Value):
            yield from _flatten(inner, _NO_NAMES)
        else:
            yield name, hint


_TYPES: Mapping[Any, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bytes: {"type": "string", "format": "byte"},
    datetime: {"type": "string", "format": "date-time"},
}


def _make_schema(hint: Any) -> dict[str, Any]:
    """The JSON Schema of a type; {} for one about which there is nothing to say."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        schema = _make_schema(arguments[0])
        for meta in arguments[1:]:
            schema |= _read_keywords(meta, schema)
        return schema
    if origin in {Union, types.UnionType}:
        return _make_schema(next(each for each in arguments if each is not type(None)))
    if origin is Literal:
        return {"type": "string", "enum": list(arguments)}
    if origin is tuple:
        return {"type": "array", "items": _make_schema(arguments[0])}
    if origin in {dict, Mapping}:
        return {"type": "object", "additionalProperties": _make_schema(arguments[1])}
    return dict(_TYPES.get(hint, {}))


def _read_keywords(meta: Any, schema: Record) -> dict[str, Any]:
    least = "minProperties" if schema.get("type") == "object" else "minLength"
    known = {"pattern": meta.pattern, least: meta.min_length, "maxLength": meta.max_length}
    known |= {"minimum": meta.ge, "maximum": meta.le}
    known |= {"description": meta.description, **(meta.extra_json_schema or {})}
    return {name: value for name, value in known.items() if value is not None}


@cache
def _can_be_none(hint: Any) -> bool:
    while get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    return type(None) in get_args(hint)


@cache
def _find_class(hint: Any) -> type:
    """The class behind a type that may be None or annotated; `object` where there is no one class."""
    while get_origin(hint) in {Annotated, Union, types.UnionType}:
        hint = next(each for each in get_args(hint) if each is not type(None))
    return hint if isinstance(hint, type) else object
