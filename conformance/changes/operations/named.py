"""What has changed in what parameters name: a resource with the code of its 404, or the caller's own org."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.changes.change import Change
from conformance.changes.operations.pairs import Pair
from conformance.changes.schemas.located import Located
from conformance.changes.table import change
from conformance.contract.contract import JsonObject


def changed_names(pair: Pair) -> Iterator[Change]:
    """Yield what has changed in the resources and orgs that parameters name."""
    old, new = pair.old.parameters(), pair.new.parameters()
    for key in sorted(old.keys() & new.keys()):
        yield from _resource(old[key], new[key])
        yield from _org(old[key], new[key])


def _resource(old: Located, new: Located) -> Iterator[Change]:
    before, after = (_named(each) for each in (old, new))
    if before and not after:
        yield change("resource-unnamed", new.place, f"names no {before['name']} now")
    elif after and not before:
        yield change("resource-named", new.place, f"names a {after['name']} now: else 404 {after['not_found']}")
    elif before["name"] != after["name"] if before else False:
        yield change("resource-renamed", new.place, f"names a {after['name']} now, where it was a {before['name']}")
    if before and after and (was := before["not_found"]) != (now := after["not_found"]):
        yield change("not-found-code", new.place, f"404 {was} is now {now}", lost=str(was), gained=str(now))


def _named(parameter: Located) -> JsonObject:
    return parameter.node.get("x-resource") or {}


def _org(old: Located, new: Located) -> Iterator[Change]:
    before, after = (each.node.get("x-org") for each in (old, new))
    if before != after:
        kind, text = ("org-tightened", "has to be the caller's own org now")
        if after is None:
            kind, text = ("org-loosened", "may be another org now")
        yield change(kind, new.place, text)
