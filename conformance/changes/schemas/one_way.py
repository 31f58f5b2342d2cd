"""Fields that are sent one way only, readOnly in answers and writeOnly in requests, or shown to few (x-shown-to)."""

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


def changed_audience(old: Located, new: Located) -> Iterator[Change]:
    """Yield the fields of both schemas that are shown to others in one of them than in the other."""
    before, after = dict(_fields(old, "", ())), dict(_fields(new, "", ()))
    for way in sorted(before.keys() & after.keys()):
        was, now = (_audience(each[way]) for each in (before, after))
        if was != now:
            kind = "field-withheld" if now else "field-shown"
            told = f"is shown to {now} alone now" if now else f"is shown to {was} alone no longer"
            yield change(kind, after[way].place, told, lost=was, gained=now)


def _audience(field: Located) -> str:
    return next((str(part.node["x-shown-to"]) for part in field.parts() if "x-shown-to" in part.node), "")


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
