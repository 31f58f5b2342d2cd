"""The comparison of two schemas, field by field, and the effect of a change in a request or an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.changes.change import Change, Grade, change
from conformance.changes.schemas.containment import (
    EVERYTHING,
    NOTHING,
    Relation,
    decide_relation,
    relate,
    show_difference,
    without_null,
)
from conformance.changes.schemas.located import (
    LocatedNode,
    add_former_place,
    align,
    make_addition,
    make_change,
    make_removal,
)
from conformance.changes.schemas.wording import (
    describe_choices,
    describe_difference,
    describe_difference_at_end,
    digest_of,
)
from conformance.contract.contract import JsonObject


def compare_annotations(old: LocatedNode, new: LocatedNode, *, asks: bool) -> Iterator[Change]:
    """Yield the fields that are for one direction now or no longer, and those with another default."""
    keyword = "readOnly" if asks else "writeOnly"
    before, after = dict(_find_fields(old, "", ())), dict(_find_fields(new, "", ()))
    for way in sorted(before.keys() & after.keys()):
        now = after[way].has_flag(keyword)
        if now is not before[way].has_flag(keyword):
            text = f"is {keyword} {'now' if now else 'no longer'}"
            yield make_change("one-way-field", before[way], after[way], text)
        yield from compare_default(before[way], after[way], asks=asks)


def _find_fields(schema: LocatedNode, way: str, around: tuple[int, ...]) -> Iterator[tuple[str, LocatedNode]]:
    """Yield each field below a schema, by the way to it."""
    for part in schema.list_parts():
        if id(part.node) in around:
            continue
        inside = (*around, id(part.node))
        for name in part.node.get("properties", ()):
            field = part.locate_field(name)
            yield f"{way}.{name}", field
            yield from _find_fields(field, f"{way}.{name}", inside)
        if isinstance(part.node.get("items"), Mapping):
            yield from _find_fields(part.items(), f"{way}[]", inside)


def compare_default(old: LocatedNode, new: LocatedNode, *, asks: bool = True) -> Iterator[Change]:
    """Yield what is meant now, no longer or otherwise where a value is left out."""
    before, after = _read_default(old), _read_default(new)
    if before == after:
        return
    if before is None:
        how, text = "added", f"default {after} is added"
    elif after is None:
        how, text = "removed", f"default {before} is removed"
    else:
        how, text = "changed", f"default {before} is now {after}"
    kind = f"default-{how}" if asks else "answer-default"
    yield make_change(kind, old, new, text, lost=before or "", gained=after or "")


def _read_default(schema: LocatedNode) -> str | None:
    found = (part.node["default"] for part in schema.list_parts() if "default" in part.node)
    value = next(found, None)
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)


CODE = ("error", "code")
"""The place of the error code in an answer."""
_FIELDS = frozenset({"type", "properties", "required", "additionalProperties"})
_ITEMS = frozenset({"type", "items"})


@dataclass(frozen=True, slots=True)
class Direction:
    """The side that a schema is on: of a request or an answer, and of a refusal, whose codes are told as such."""

    name: str
    is_refusal: bool = False

    @property
    def asks(self) -> bool:
        """Return whether it is of a request."""
        return self.name == "request"


REQUEST, ANSWER, REFUSAL = Direction("request"), Direction("answer"), Direction("answer", is_refusal=True)


def compare_schemas(old: LocatedNode, new: LocatedNode, direction: Direction, memo: Memo) -> tuple[Change, ...]:
    """Return the changes from one schema to another; none where both take the same values."""
    return memo.compare_once(str(direction), *align(old, new), lambda one, other: _compare_nodes(one, other, direction))


def _compare_nodes(old: LocatedNode, new: LocatedNode, direction: Direction) -> Iterator[Change]:
    yield from compare_annotations(old, new, asks=direction.asks)
    before, after = old.schema, new.schema
    if before == after:
        return
    forms = old.normalise(), new.normalise()
    how = relate(*forms)
    if how.is_equal:
        return
    told = list(_SchemaWalk(direction).walk(old, new, *forms, ()))
    yield from told or [_compare_whole(direction, old, new, before, after)]


def _compare_whole(
    direction: Direction, old: LocatedNode, new: LocatedNode, before: JsonObject, after: JsonObject
) -> Change:
    """Return the change of a schema that is not looked into any further."""
    found = _compare_part(direction, old, new, before, after)
    return replace(found, shown=describe_choices(old, new) or found.shown)


def _compare_part(
    direction: Direction, old: LocatedNode, new: LocatedNode, before: JsonObject, after: JsonObject
) -> Change:
    """Return the change of some keywords of a schema."""
    how = decide_relation(relate(before, after), before, after)
    lost = show_difference(before, after) if how.lost is not Grade.NO else ""
    gained = show_difference(after, before) if how.gained is not Grade.NO else ""
    text, shown = describe_difference(before, after), describe_difference_at_end(before, after)
    found = make_change(_find_row(direction, how), old, new, text, lost=lost, gained=gained)
    digest = digest_of(before, after, text, lost, gained)
    found = replace(found, shown="" if shown == text else shown, digest=digest)
    if direction.asks:
        return replace(found, clients=how.lost, servers=max(how.lost, how.gained))
    return replace(found, clients=how.gained, servers=how.lost)


def _find_row(direction: Direction, how: Relation) -> str:
    if Grade.BREAKS not in (how.lost, how.gained):
        return f"{direction.name}-unclear"
    if how.gained is Grade.NO:
        return f"{direction.name}-narrowed"
    return f"{direction.name}-widened" if how.lost is Grade.NO else f"{direction.name}-changed"


@dataclass(frozen=True, slots=True)
class _SchemaWalk:
    """The walk through two schemas in their normal forms; the places are those of the documents."""

    direction: Direction

    def walk(
        self, old: LocatedNode, new: LocatedNode, before: JsonObject, after: JsonObject, way: tuple[str, ...]
    ) -> Iterator[Change]:
        how = relate(before, after)
        if how.is_equal:
            return
        old, new = align(old, new)
        if self.direction.is_refusal and way == CODE and "enum" in before and "enum" in after:
            yield from _compare_codes(old, new, before["enum"], after["enum"])
            return
        (was_null, rest_before), (is_null, rest_after) = without_null(before), without_null(after)
        kinds = rest_before.get("type"), rest_after.get("type")
        if kinds not in (("object", "object"), ("array", "array")):
            yield _compare_whole(self.direction, old, new, before, after)
            return
        if was_null != is_null:
            null = [{"type": "null"} if null else NOTHING for null in (was_null, is_null)]
            yield _compare_part(self.direction, old, new, *null)
        if kinds == ("object", "object"):
            yield from self._compare_fields(old, new, rest_before, rest_after, way)
            yield from self._rest(old, new, rest_before, rest_after, _FIELDS)
        else:
            one, other = (each.get("items", EVERYTHING) for each in (rest_before, rest_after))
            yield from self.walk(old.items(), new.items(), one, other, (*way, "[]"))
            yield from self._rest(old, new, rest_before, rest_after, _ITEMS)

    def _rest(
        self, old: LocatedNode, new: LocatedNode, before: JsonObject, after: JsonObject, told: frozenset[str]
    ) -> Iterator[Change]:
        """Yield the change of the keywords that are not told field by field."""
        one, other = (
            {key: value for key, value in each.items() if key not in told} | {"type": each["type"]}
            for each in (before, after)
        )
        if one != other and not relate(one, other).is_equal:
            yield _compare_part(self.direction, old, new, one, other)

    def _compare_fields(
        self, old: LocatedNode, new: LocatedNode, before: JsonObject, after: JsonObject, way: tuple[str, ...]
    ) -> Iterator[Change]:
        one, other = _Fields.from_schema(before), _Fields.from_schema(after)
        for name in sorted(one.names | other.names):
            if name not in other.names:
                yield self._make_removal(old.locate_field(name), one, other, name)
            elif name not in one.names:
                yield from self._make_additions(new.locate_field(name), one, other, name)
            else:
                if (name in one.required) is not (name in other.required):
                    yield self._compare_required(
                        old.find_part_requiring(name), new.find_part_requiring(name), name, now=name in other.required
                    )
                yield from self.walk(
                    old.locate_field(name),
                    new.locate_field(name),
                    one.find_schema(name),
                    other.find_schema(name),
                    (*way, name),
                )
        yield from self._compare_undeclared(old, new, one, other, way)

    def _compare_required(self, old: LocatedNode, new: LocatedNode, name: str, *, now: bool) -> Change:
        """Return the change of a field that is required now or no longer; with the parts that say so."""
        how, side = ("required", new) if now else ("optional", old)
        pointers = (*old.pointer, "required"), (*new.pointer, "required")
        kind, text = f"{self.direction.name}-field-{how}", f"is {how} now"
        return add_former_place(f"{side.former}.{name}", change(kind, f"{side.place}.{name}", text, pointers=pointers))

    def _make_removal(self, field: LocatedNode, one: _Fields, other: _Fields, name: str) -> Change:
        if self.direction.asks:
            return make_removal(f"request-field-{'removed' if other.is_closed else 'ignored'}", field)
        return make_removal(f"{'required-' if name in one.required else ''}answer-field-removed", field)

    def _make_additions(self, field: LocatedNode, one: _Fields, other: _Fields, name: str) -> Iterator[Change]:
        required, side = name in other.required, self.direction.name
        if required:
            yield make_addition(f"required-{side}-field-added", field, "is added, and required")
        elif not self.direction.asks and one.is_closed:
            yield make_addition("closed-answer-field-added", field)
        else:
            yield make_addition(f"{side}-field-added", field)

    def _compare_undeclared(
        self, old: LocatedNode, new: LocatedNode, one: _Fields, other: _Fields, way: tuple[str, ...]
    ) -> Iterator[Change]:
        if one.others == other.others:
            return
        if NOTHING in (one.others, other.others):
            how = "closed" if other.is_closed else "opened"
            text = "takes no undeclared fields now" if other.is_closed else "takes undeclared fields now"
            yield make_change(f"{self.direction.name}-{how}", old, new, text)
        else:
            yield from self.walk(
                old.locate_other_fields(), new.locate_other_fields(), one.others, other.others, (*way, "*")
            )


@dataclass(frozen=True, slots=True)
class _Fields:
    """The fields that an object declares, in its normal form."""

    properties: Mapping[str, JsonObject]
    required: frozenset[str]
    others: JsonObject

    @staticmethod
    def from_schema(schema: JsonObject) -> _Fields:
        others: Any = schema.get("additionalProperties", EVERYTHING)
        as_schema = {True: EVERYTHING, False: NOTHING}[others] if isinstance(others, bool) else others
        return _Fields(schema.get("properties", {}), frozenset(schema.get("required", ())), as_schema)

    @property
    def names(self) -> frozenset[str]:
        return self.required.union(name for name, each in self.properties.items() if each != NOTHING)

    @property
    def is_closed(self) -> bool:
        return self.others == NOTHING

    def find_schema(self, name: str) -> JsonObject:
        return self.properties.get(name, self.others)


def _compare_codes(old: LocatedNode, new: LocatedNode, before: list[Any], after: list[Any]) -> Iterator[Change]:
    """Yield the change of the error codes of a status."""
    lost, gained = (
        ", ".join(str(code) for code in sorted(set(map(str, one)) - set(map(str, other))))
        for one, other in ((before, after), (after, before))
    )
    kind = "code-replaced" if lost and gained else "code-added" if gained else "code-removed"
    text = f"{lost} is now {gained}" if lost and gained else f"{gained or lost} is {'added' if gained else 'removed'}"
    yield make_change(kind, old, new, text, lost=lost, gained=gained)


class Memo:
    """The results of comparing two nodes of two documents, which both live as long as this does."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, int, int, str, str], tuple[Change, ...]] = {}

    def compare_once(
        self,
        what: str,
        old: LocatedNode,
        new: LocatedNode,
        compare: Callable[[LocatedNode, LocatedNode], Iterator[Change]],
    ) -> tuple[Change, ...]:
        """Return what a comparison of this name yields for two nodes in their places."""
        key = (what, id(old.node), id(new.node), old.place, new.place)
        if key not in self._told:
            self._told[key] = tuple(compare(old, new))
        return self._told[key]
