"""Fields that are sent one way only: readOnly in answers, writeOnly in requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.changes.change import Change
from conformance.changes.schemas.located import Located
from conformance.changes.table import change


def changed_one_way(old: Located, new: Located, keyword: str) -> Iterator[Change]:
    """Yield the fields of both schemas that have a keyword in one of them alone."""
    before, after = dict(_fields(old, "", ())), dict(_fields(new, "", ()))
    for way in sorted(before.keys() & after.keys()):
        now = after[way].flag(keyword)
        if now is not before[way].flag(keyword):
            yield change("one-way-field", after[way].place, f"is {keyword} {'now' if now else 'no longer'}")


def _fields(schema: Located, way: str, around: tuple[int, ...]) -> Iterator[tuple[str, Located]]:
    """Yield each field below a schema, by the way to it."""
    for part in schema.parts():
        if id(part.node) in around:
            continue
        inside = (*around, id(part.node))
        for name in part.node.get("properties", ()):
            field = part.field(name)
            yield f"{way}.{name}", field
            yield from _fields(field, f"{way}.{name}", inside)
        if isinstance(part.node.get("items"), Mapping):
            yield from _fields(part.items(), f"{way}[]", inside)
