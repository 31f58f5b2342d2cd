"""Changes in the features of the API, the body of its errors, and the types of its resources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from conformance.changes.change import Change, change, compare_sets
from conformance.contract.contract import Contract
from conformance.contract.declarations import FEATURES, TYPES, read_types
from conformance.contract.resource_types import Features, ResourceType

ERROR_BODY = "x-error-body"


def compare_declarations(old: Contract, new: Contract) -> Iterator[Change]:
    """Yield what is declared now or no longer, and what of a type refuses, hides or lets through other requests."""
    yield from _compare_features(old.features, new.features)
    bodies = [each.document.get(ERROR_BODY) for each in (old, new)]
    if bodies[0] != bodies[1]:
        said = None in bodies
        yield change("error-body-said" if said else "error-body", ERROR_BODY, _describe_change(*bodies))
    types = [read_types(each.document, each.operations) for each in (old, new)]
    for name in sorted({*types[0], *types[1]}):
        before, after, place = types[0].get(name), types[1].get(name), f"{TYPES}.{name}"
        if before is None or after is None:
            yield change("type-said", place, _describe_change(before, after))
        else:
            yield from _compare_type(place, before, after)


def _compare_features(old: Features, new: Features) -> Iterator[Change]:
    for name in ("tenancy", "billing", "session"):
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            yield change("feature", f"{FEATURES}.{name}", _describe_change(was, now), lost=was or "", gained=now or "")


def _compare_type(place: str, old: ResourceType, new: ResourceType) -> Iterator[Change]:
    """Yield what has changed in one type, by what it does to requests that were right."""
    yield from _compare_unique_fields(place, frozenset(old.unique), frozenset(new.unique))
    yield from _compare_members(f"{place}.immutable", old.immutable, new.immutable, "type-tightened", "type-loosened")
    yield from _compare_members(f"{place}.owner_only", old.owner_only, new.owner_only, "type-hides", "type-shows")
    yield from _compare_members(
        f"{place}.visible", _collect_visible_values(old), _collect_visible_values(new), "type-shows", "type-hides"
    )
    yield from _compare_members(
        f"{place}.listed", _collect_listed(old), _collect_listed(new), "type-shows", "type-hides"
    )
    yield from _compare_refusal(f"{place}.refers", old.refers, new.refers)
    off = [{} if each.switched_off is None else {"": each.switched_off} for each in (old, new)]
    yield from _compare_refusal(f"{place}.switched_off", *off)
    kept = [each.archive.kept_by if each.archive else None for each in (old, new)]
    statuses = [
        frozenset({f"{each.resource} by {each.by}: {status}" for status in each.statuses} if each else ())
        for each in kept
    ]
    yield from _compare_members(f"{place}.archive.kept_by", statuses[0], statuses[1], "type-tightened", "type-loosened")
    if kept[0] and kept[1] and kept[0].code != kept[1].code:
        yield change("type-tightened", f"{place}.archive.kept_by", "refuses with another code")
    if old.personal != new.personal:
        kind = "type-hides" if old.personal is None else "type-shows" if new.personal is None else "type-changed"
        yield change(kind, f"{place}.personal", _describe_change(old.personal, new.personal))
    if old.merged != new.merged:
        yield from _compare_members(f"{place}.merged", old.merged, new.merged, "type-means", "type-means")
    for keyword, was, now in _pair_other_keywords(old, new):
        if was != now:
            yield change("type-changed", f"{place}.{keyword}", _describe_change(was, now))


def _compare_unique_fields(place: str, old: frozenset[str], new: frozenset[str]) -> Iterator[Change]:
    """Yield whether more objects are refused now: the fewer fields have to be the same together, the more are."""
    if old == new:
        return
    tightened = not old or (bool(new) and new < old)
    loosened = not new or (bool(old) and old < new)
    kind = "type-tightened" if tightened or not loosened else "type-loosened"
    yield change(kind, f"{place}.unique", _describe_change(old, new), lost=_join_names(old), gained=_join_names(new))


def _compare_members(place: str, old: frozenset[str], new: frozenset[str], gained: str, lost: str) -> Iterator[Change]:
    return compare_sets(place, old, new, lost=(lost, "has {} no longer"), gained=(gained, "has {} now"))


def _compare_refusal(place: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Yield what is looked at now, no longer or otherwise before a request is let through."""
    for name in sorted({*old, *new}):
        where = f"{place}.{name}" if name else place
        if name not in old or name not in new:
            yield change(
                "type-tightened" if name in new else "type-loosened",
                where,
                _describe_change(old.get(name), new.get(name)),
            )
        elif old[name] != new[name]:
            yield change("type-tightened", where, "has changed")


def _collect_visible_values(declared: ResourceType) -> frozenset[str]:
    return frozenset(f"{name} {value}" for name, values in declared.visible for value in values)


def _collect_listed(declared: ResourceType) -> frozenset[str]:
    return frozenset({"all"}) if declared.is_listed_to_all else frozenset()


def _pair_other_keywords(old: ResourceType, new: ResourceType) -> Iterator[tuple[str, Any, Any]]:
    """Yield what says how objects are told and shown: its keyword, and both values."""
    for keyword, name in (("id.prefix", "prefix"), ("key", "key"), ("owner", "owner"), ("code", "code")):
        yield keyword, getattr(old, name) or None, getattr(new, name) or None
    was, now = old.archive, new.archive
    yield "archive.field", was.stamp if was else None, now.stamp if now else None
    yield "archive.cascades", dict(was.cascades) if was else None, dict(now.cascades) if now else None


def _describe_change(old: object, new: object) -> str:
    return "is added" if not old else "is removed" if not new else "has changed"


def _join_names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
