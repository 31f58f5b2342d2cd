"""What has changed beside requests, answers and access: names, deprecation, and keywords that nothing else reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.changes.change import Change
from conformance.changes.operations.pairs import Pair
from conformance.changes.table import change

_READ = frozenset(
    {
        *("x-permissions", "x-billing", "x-role", "x-max-body", "x-event", "x-provenance"),
        *("x-rules", "x-roles", "x-permission-sets", "x-body-optional"),
        *("x-features", "x-error-body", "x-resource-types"),
    }
)
_PARAMETER = frozenset({"x-resource", "x-org", "x-provenance"})


def changed_flags(pair: Pair) -> Iterator[Change]:
    """Yield what has changed in the operation's id and in keywords that nothing else reads."""
    old, new = pair.old.operation, pair.new.operation
    if old.operation_id != new.operation_id:
        told = f"{old.operation_id} is now {new.operation_id}"
        yield change("operation-id", "operationId", told, lost=old.operation_id, gained=new.operation_id)
    if (deprecated := pair.new.node.get("deprecated", False)) != pair.old.node.get("deprecated", False):
        yield change("deprecated", "operation", f"is deprecated {'now' if deprecated else 'no longer'}")
    yield from _unread("operation", pair.old.node, pair.new.node, _READ)
    if pair.old.node.get("callbacks") != pair.new.node.get("callbacks"):
        yield change("vocabulary", "callbacks", "are others now")
    before, after = pair.old.parameters(), pair.new.parameters()
    for key in sorted(before.keys() & after.keys()):
        yield from _unread(after[key].place, before[key].node, after[key].node, _PARAMETER)
    answers = pair.old.answers(), pair.new.answers()
    for status in sorted(answers[0].keys() & answers[1].keys()):
        one, other = (each[status].node for each in answers)
        yield from _unread(f"status {status}", one, other, _READ)


def changed_addresses(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Yield the base URLs that two documents name, and keywords at their roots that nothing else reads."""
    before, after = ([str(each.get("url", "/")) for each in document.get("servers") or [{}]] for document in (old, new))
    for url in before:
        if url not in after:
            yield change("address-removed", "servers", f"{url} is removed", lost=url)
    for url in after:
        if url not in before:
            yield change("address-added", "servers", f"{url} is added", gained=url)
    yield from _unread("document", old, new, _READ)


def _unread(place: str, old: Mapping[str, Any], new: Mapping[str, Any], read: frozenset[str]) -> Iterator[Change]:
    """Yield the extensions of OpenAPI that have changed and that no row of the table is about."""
    for key in sorted({*old, *new}):
        if key.startswith("x-") and key not in read and old.get(key) != new.get(key):
            how = "is removed" if key not in new else "is added" if key not in old else "has changed"
            yield change("vocabulary", place, f"{key} {how}", lost=_short(old.get(key)), gained=_short(new.get(key)))


def _short(value: Any) -> str:
    return "" if value is None else str(value)[:80]
