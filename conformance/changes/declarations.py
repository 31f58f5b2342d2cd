"""Changes beside operations and schemas: rules, scopes, kinds of bodies, features, errors, types of resources."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from conformance.changes.change import Change, change, compare_sets
from conformance.changes.operations.pairs import find_references
from conformance.contract.contract import Contract, KindSpec, Rule
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


RULE = "rule "
"""The beginning of a rule's place, before its id."""
_LEVELS = ("may", "should", "must")
_Given = Mapping[str, frozenset[str]]
_NOTHING = KindSpec()


def compare_rules(old: Contract, new: Contract) -> Iterator[Change]:
    """Yield the rules that are added, removed, renamed, reworded, differently founded or about other operations.

    But for those that apply, or no longer do, since the API has other features: that is told of the features; and for
    those that follow from what two plain documents say: that is told itself.
    """
    if old.is_plain and new.is_plain:
        return
    known = new.rules.keys() | new.inapplicable.keys()
    gone = {each.text: each for name, each in old.rules.items() if name not in known}
    for name in sorted(new.rules.keys() - old.inapplicable.keys()):
        rule, before = new.rules[name], old.rules.get(name)
        if before is None and (before := gone.pop(rule.text, None)):
            yield change("rule-renamed", _place(rule), f"was {before.id}")
        if before:
            yield from _compare_rule(before, rule)
            if before.operations != rule.operations or old.operations.keys() != new.operations.keys():
                in_both = old.operations.keys() & new.operations.keys()
                yield from _reach(
                    rule, _collect_rule_operations(old, before), _collect_rule_operations(new, rule), in_both
                )
        else:
            kind = "rule-added" if rule.provenance.is_binding else "assumed-rule-added"
            yield change(kind, _place(rule), f"is added ({rule.provenance})", gained=rule.text)
    for rule in gone.values():
        yield change("rule-removed", _place(rule), "is removed", lost=rule.text)


def _compare_rule(old: Rule, new: Rule) -> Iterator[Change]:
    if old.text != new.text:
        yield change("rule-reworded", _place(new), "has another sentence", lost=old.text, gained=new.text)
    if old.level != new.level:
        raised = _rank_level(new.level) > _rank_level(old.level)
        kind = "level-raised" if raised else "level-lowered"
        yield change(kind, _place(new), f"{old.level} is now {new.level}", lost=old.level, gained=new.level)
    if old.provenance.is_binding is not new.provenance.is_binding:
        kind = "provenance-up" if new.provenance.is_binding else "provenance-down"
        yield change(kind, _place(new), f"{old.provenance} is now {new.provenance}")


def _reach(rule: Rule, before: set[str], after: set[str], in_both: Collection[str]) -> Iterator[Change]:
    """Yield what has changed in the operations that a rule is about, of those that both contracts have."""
    if gained := sorted((after - before).intersection(in_both)):
        kind = "rule-reaches-more" if rule.provenance.is_binding else "assumed-rule-reaches-more"
        yield change(kind, _place(rule), f"is about {', '.join(gained)} too")
    if lost := sorted((before - after).intersection(in_both)):
        yield change("rule-reaches-less", _place(rule), f"is about {', '.join(lost)} no longer")


def _collect_rule_operations(contract: Contract, rule: Rule) -> set[str]:
    return {each.operation_id for each in contract.list_operations_of(rule)}


def _place(rule: Rule) -> str:
    return f"{RULE}{rule.id}"


def _rank_level(level: str) -> int:
    return _LEVELS.index(level.lower()) if level.lower() in _LEVELS else len(_LEVELS)


def compare_grants(old: Contract, new: Contract) -> Iterator[Change]:
    """Yield the roles and permission sets that are added or removed, and the scopes that each gains or loses."""
    yield from _compare_grants_of("x-roles", old.roles, new.roles)
    yield from _compare_grants_of("x-permission-sets", old.permission_sets, new.permission_sets)


def _compare_grants_of(keyword: str, old: _Given, new: _Given) -> Iterator[Change]:
    for name in sorted({*old, *new}):
        place = f"{keyword}.{name}"
        if name not in new:
            yield change("grants-removed", place, "is removed", lost=_join_scopes(old[name]))
        elif name not in old:
            yield change("grants-added", place, "is added", gained=_join_scopes(new[name]))
        else:
            lost, gained = ("grants-lost", "gives {} no longer"), ("grants-gained", "gives {} now")
            yield from compare_sets(place, old[name], new[name], lost=lost, gained=gained)


def _join_scopes(scopes: Iterable[str]) -> str:
    return ", ".join(sorted(scopes)) or "no scope"


def compare_kinds(old: Contract, new: Contract) -> Iterator[Change]:
    """Yield what each kind needs now or no longer, and the settings that it may have now or no longer."""
    for schema in sorted(old.kinds.keys() & new.kinds.keys()):
        before, after = old.kinds[schema], new.kinds[schema]
        for kind in sorted({*before, *after}):
            yield from _compare_kind(f"{schema}.{kind}", before.get(kind, _NOTHING), after.get(kind, _NOTHING))
    for schema in sorted(old.kinds.keys() ^ new.kinds.keys()):
        yield change("kinds-said", schema, f"x-kinds is {'added' if schema in new.kinds else 'removed'}")


def _compare_kind(place: str, old: KindSpec, new: KindSpec) -> Iterator[Change]:
    lost, gained = ("kind-loosened", "needs {} no longer"), ("kind-tightened", "needs {} now")
    yield from compare_sets(place, _collect_needs(old), _collect_needs(new), lost=lost, gained=gained)
    lost, gained = ("kind-tightened", "may not have {} now"), ("kind-loosened", "may have {} now")
    yield from compare_sets(place, old.settings, new.settings, lost=lost, gained=gained)


def _collect_needs(kind: KindSpec) -> set[str]:
    """Return the secret and the keys that a kind needs, those for one provider with its name."""
    of_providers = {f"{key} (of {provider})" for provider, keys in kind.needs_of.items() for key in keys}
    return {*kind.needs, *of_providers, *({kind.secret} if kind.secret else ())}


def compare_values(old: Contract, new: Contract, told: Iterable[Change]) -> Iterator[Change]:
    """Yield the values that schemas of both contracts list now or no longer and of which no change tells."""
    known = {value.strip('"') for each in told for text in (each.lost, each.gained) for value in text.split(", ")}
    before, after = (each.document.get("components", {}).get("schemas", {}) for each in (old, new))
    used = {each.removeprefix("#/components/schemas/") for each in find_references(new.document)}
    for name in sorted(used & before.keys() & after.keys()):
        was, now = ({str(value) for value in each[name].get("enum", ())} for each in (before, after))
        if not was or not now:
            continue
        lost, gained = ("values-declared", "no longer lists {}"), ("values-declared", "lists {} now")
        yield from compare_sets(name, was - known, now - known, lost=lost, gained=gained)
