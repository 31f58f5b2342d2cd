"""What a write may change of a pack, as its own org reads it before and afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.oracle.judging import NotProvoked
from conformance.recipes.reading import changed, instant

PATCH, IMAGE, FILE = "packs.update_visibility", "packs.replace_image", "packs.replace_file"
MOVING = ("visibility", "updated_at")
OF_CONTENT = ("description", "category", "capabilities", "suggested_packs", "display_name", "version", "size_bytes")
OF_IMAGE = ("image_ref", "image_digest", "updated_at")

Effect = tuple[str, str, str]
"""The rule that is broken, what was expected, what came."""


def effects(operation_id: str, before: Mapping[str, Any], after: Any) -> Iterator[Effect]:
    """What is not as the write that succeeded leaves it; nothing where one of the two is not known."""
    if not before or not isinstance(after, Mapping):
        return
    was, now = dict(before), dict(after)
    if operation_id == PATCH:
        if moved := changed(was, now, ignoring=MOVING):
            yield "PACK-PATCH-ONLY-VISIBILITY", "every other field as before", f"{', '.join(moved)} changed"
        same = was.get("visibility") == now.get("visibility")
        rule = "PACK-PATCH-NOOP" if same else "PACK-PATCH-UPDATED-AT"
        yield from _moment(rule, was, now, moves=not same)
    elif operation_id in (IMAGE, FILE):
        if moved := changed(was, now, ignoring=(*OF_CONTENT, *OF_IMAGE)):
            yield "CONTENT-KEEPS-REST", "the rest as before", f"{', '.join(moved)} changed"
        if was.get("image_digest") != now.get("image_digest"):
            yield from _moment("CONTENT-UPDATED-AT", was, now, moves=True)


def _moment(rule: str, was: Mapping[str, Any], now: Mapping[str, Any], *, moves: bool) -> Iterator[Effect]:
    """Whether updated_at moved forward, or stayed."""
    try:
        earlier, later = instant(was.get("updated_at")), instant(now.get("updated_at"))
    except NotProvoked:
        return
    if moves and later <= earlier:
        yield rule, "a later updated_at", "the same or an earlier one"
    elif not moves and later != earlier:
        yield rule, "updated_at as before", "another one"
