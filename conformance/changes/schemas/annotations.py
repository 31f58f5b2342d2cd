"""Changes in what schemas say of fields beside their values: who sets them, and what is meant without them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.changes.change import Change
from conformance.changes.schemas.located import LocatedNode, make_change


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
