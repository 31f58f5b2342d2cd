"""What has changed in the archives that a form takes, and in the names of its files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.changes.change import Change
from conformance.changes.schemas.comparing import REQUEST, compared
from conformance.changes.schemas.located import Located
from conformance.changes.schemas.memo import Memo
from conformance.changes.table import change

KEYWORD, FILE_NAME = "x-archive", "x-file-name"
_MANIFEST = "manifest"


def changed_archives(old: Located, new: Located, memo: Memo) -> Iterator[Change]:
    """Yield what has changed in the archives among the parts of a form's schema."""
    names = {*old.node.get("properties", {}), *new.node.get("properties", {})}
    for name in sorted(names):
        before, after = (each.field(name) for each in (old, new))
        yield from _changed(before, after, memo)
        was, now = (each.items().node.get(FILE_NAME, "") for each in (before, after))
        if was != now:
            yield change("file-names", after.place, f"{FILE_NAME} has changed", lost=was, gained=now)


def _changed(old: Located, new: Located, memo: Memo) -> Iterator[Change]:
    before, after = old.node.get(KEYWORD), new.node.get(KEYWORD)
    if before is None and after is None:
        return
    if before is None or after is None:
        how = "is added" if before is None else "is removed"
        yield change("archive-said" if before is None else "archive-unsaid", new.place, f"{KEYWORD} {how}")
        return
    for key in sorted(before.keys() & after.keys() - {_MANIFEST}):
        yield from _limit(key, before[key], after[key], new.place)
    was, now = (each.at(KEYWORD, new.place).at(_MANIFEST, new.place) for each in (old, new))
    yield from compared(was, now, REQUEST, memo)


def _limit(key: str, old: Any, new: Any, place: str) -> Iterator[Change]:
    narrower, wider = not _within(old, new), not _within(new, old)
    if narrower or wider:
        kind = "archive-changed" if narrower and wider else "archive-narrowed" if narrower else "archive-widened"
        was, now = _written(old), _written(new)
        yield change(kind, place, f"{KEYWORD} {key}: {was} is now {now}", lost=was, gained=now)


def _within(some: Any, others: Any) -> bool:
    """Whether all that one limit lets through the other does too: a number at most, or names of a list."""
    if isinstance(some, int) and isinstance(others, int):
        return some <= others
    return isinstance(some, list) and isinstance(others, list) and set(some) <= set(others)


def _written(limit: Any) -> str:
    return ", ".join(map(str, limit)) if isinstance(limit, list) else str(limit)
