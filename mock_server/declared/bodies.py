"""The fields of a body as they are kept, and what of them names something that there has to be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mock_server.declared.derivation import CannotDeriveError, Source, find_status
from mock_server.declared.hints import Read, find_reader
from mock_server.declared.resource_types import CREATED, UPDATED
from mock_server.errors import ValidationFailed, make_error
from mock_server.operation import Check, Request
from mock_server.state.collection import Collection
from mock_server.state.state import State

ReadBody = Callable[[Request], dict[str, Any]]


def make_body_reader(source: Source) -> ReadBody:
    """Return what reads the fields of an object out of a body; CannotDeriveError for other fields, and for no JSON."""
    schema = source.part.body
    if schema is None:
        raise CannotDeriveError("its body is no JSON")
    kept = set(source.collection.value.__struct_fields__)
    properties = schema.get("properties", {})
    if strange := sorted(name for name, each in properties.items() if name not in kept and not each.get("writeOnly")):
        raise CannotDeriveError(f"nothing says what {strange[0]} of its body does")
    set_by_server = {"id", CREATED, UPDATED}
    plain = [name for name, each in properties.items() if name in kept - set_by_server and not each.get("readOnly")]
    reads: dict[str, Read] = {name: read for name in plain if (read := find_reader(source.of.fields[name])) is not None}
    names = frozenset(plain)

    def read_body(request: Request) -> dict[str, Any]:
        fields = {name: value for name, value in request.body.items() if name in names}
        for name, read in reads.items():
            if fields.get(name) is not None:
                fields[name] = read(fields[name])
        return fields

    return read_body


def make_content_requirement(source: Source) -> Callable[[State, Request, Mapping[str, Any], Any], None]:
    """Return what refuses fields that name what the caller's org does not see, or that do not suit each other.

    What has a code of its own comes after what is not valid. CannotDeriveError where that code is not declared.
    """
    references = [_read_reference(source, field) for field in source.of.refers if field in source.body_fields]
    judges = [judge for judge in (_make_kind_judge(source), source.content and source.content.check) if judge]

    def require(state: State, request: Request, fields: Mapping[str, Any], before: Any) -> None:
        lacking = [each for each in references if not each.is_there(state, request, fields.get(each.field))]
        wrong = {each.field: each.text for each in lacking if each.code == ValidationFailed.code}
        for judge in judges:
            wrong |= judge(state, request, fields, before)
        if wrong:
            raise ValidationFailed(fields=wrong)
        for each in lacking:
            raise make_error(each.code, each.status, each.text)

    return require


@dataclass(frozen=True, slots=True)
class _FieldReference:
    """The object that a field names, and how a name of nothing is refused."""

    field: str
    collection: Collection[Any]
    by: str
    text: str
    code: str
    status: int

    def is_there(self, state: State, request: Request, named: Any) -> bool:
        """Whether the caller sees each object that the value of the field names."""
        names = named if isinstance(named, tuple) else () if named is None else (named,)
        return all(self._finds(state, request, each) for each in names)

    def _finds(self, state: State, request: Request, name: Any) -> bool:
        collection, by, caller = self.collection, self.by, request.caller
        found = [state.get(collection, name)] if collection.key == (by,) else state.select(collection, **{by: name})
        return any(
            each is not None and collection.visible(each, caller.org_id) and not collection.hidden(each, caller)
            for each in found
        )


def _read_reference(source: Source, field: str) -> _FieldReference:
    to = source.of.refers[field]
    collection, noun, code = source.find_collection(to["to"]), to["to"].replace("_", " "), to.get("code")
    by = to.get("by", collection.key[-1])
    is_many = source.of.fields.get(field, {}).get("type") == "array"
    text = f"It names a {noun} that there is not." if is_many else f"There is no {noun} of this {by}."
    if code in {None, ValidationFailed.code}:
        return _FieldReference(field, collection, by, text, ValidationFailed.code, ValidationFailed.status)
    return _FieldReference(field, collection, by, text, code, find_status(source.part, code))


def _make_kind_judge(source: Source) -> Check | None:
    """Return what judges the keys of merged maps by the settings that `x-kinds` lists for the kind of the object."""
    kinds = {name: each["x-kinds"] for name, each in source.of.fields.items() if "x-kinds" in each}
    merged, noun = tuple(source.of.said.get("merged", ())), source.of.noun
    if not kinds or not merged:
        return None
    [(kind_field, needs)] = kinds.items()
    settings = {kind: frozenset(each.get("settings", ())) for kind, each in needs.items()}

    def judge(_state: State, request: Request, fields: Mapping[str, Any], before: Any) -> Mapping[str, str]:
        kind = fields.get(kind_field) if before is None else getattr(before, kind_field)
        wrong = {}
        for name in merged:
            if strange := sorted((request.body.get(name) or {}).keys() - settings.get(kind, frozenset())):
                wrong[name] = f"A {noun} of the {kind_field} {kind} has no {strange[0]}."
        return wrong

    return judge
