"""The fields of a body as they are kept, and what of them names something that there has to be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mock_server.declared.derivation import CannotDeriveError, Source
from mock_server.declared.hints import Read, reader_of
from mock_server.declared.resource_types import CREATED, UPDATED
from mock_server.errors import ValidationFailed
from mock_server.operation import Request
from mock_server.state.collection import Collection
from mock_server.state.state import State

ReadBody = Callable[[Request], dict[str, Any]]
Referred = Callable[[State, Request, Mapping[str, Any]], None]


def body_reader(source: Source) -> ReadBody:
    """Return what reads the fields of an object out of a body; CannotDeriveError for other fields, and for no JSON."""
    schema = source.part.body
    if schema is None:
        raise CannotDeriveError("its body is no JSON")
    kept = set(source.collection.value.__struct_fields__)
    properties = schema.get("properties", {})
    if strange := sorted(name for name, each in properties.items() if name not in kept and not each.get("writeOnly")):
        raise CannotDeriveError(f"nothing says what {strange[0]} of its body does")
    set_by_server = {"id", CREATED, UPDATED}
    plain = [name for name in properties if name in kept and name not in set_by_server]
    reads: dict[str, Read] = {name: read for name in plain if (read := reader_of(source.of.fields[name])) is not None}
    names = frozenset(plain)

    def read_body(request: Request) -> dict[str, Any]:
        fields = {name: value for name, value in request.body.items() if name in names}
        for name, read in reads.items():
            if fields.get(name) is not None:
                fields[name] = read(fields[name])
        return fields

    return read_body


def referred_requirement(source: Source) -> Referred:
    """Return what refuses fields that name what the caller's org does not see; CannotDeriveError for another code."""
    checks: list[tuple[str, str, Collection[Any], str]] = []
    for field, to in source.of.refers.items():
        if to.get("code", ValidationFailed.code) != ValidationFailed.code:
            raise CannotDeriveError(f"what {field} does not name is refused with {to['code']}")
        collection = source.collection_of(to["to"])
        by = to.get("by", collection.key[-1])
        checks.append((field, f"There is no {to['to'].replace('_', ' ')} of this {by}.", collection, by))
    if not checks:
        return lambda _state, _request, _fields: None

    def require(state: State, request: Request, fields: Mapping[str, Any]) -> None:
        wrong = {
            field: text
            for field, text, collection, by in checks
            for each in _named(fields.get(field))
            if not _is_there(state, request, collection, by, each)
        }
        if wrong:
            raise ValidationFailed(fields=wrong)

    return require


def _named(value: Any) -> tuple[Any, ...]:
    """The values that a field has: one, several or none."""
    if isinstance(value, tuple):
        return value
    return () if value is None else (value,)


def _is_there(state: State, request: Request, collection: Collection[Any], by: str, named: Any) -> bool:
    """Whether the caller sees an object that is named so."""
    caller = request.caller
    found = [state.get(collection, named)] if collection.key == (by,) else state.where(collection, **{by: named})
    return any(
        each is not None and collection.visible(each, caller.org_id) and not collection.hidden(each, caller)
        for each in found
    )
