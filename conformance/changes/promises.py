"""Changes beside operations and schemas: the rules, the scopes that are granted, and the kinds of bodies."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from conformance.changes.change import Change, change, compare_sets
from conformance.changes.operations.pairs import find_references
from conformance.contract.contract import Contract, KindSpec, Rule

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
            kind = "rule-added" if rule.provenance.binding else "assumed-rule-added"
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
    if old.provenance.binding is not new.provenance.binding:
        kind = "provenance-up" if new.provenance.binding else "provenance-down"
        yield change(kind, _place(new), f"{old.provenance} is now {new.provenance}")


def _reach(rule: Rule, before: set[str], after: set[str], in_both: Collection[str]) -> Iterator[Change]:
    """Yield what has changed in the operations that a rule is about, of those that both contracts have."""
    if gained := sorted((after - before).intersection(in_both)):
        kind = "rule-reaches-more" if rule.provenance.binding else "assumed-rule-reaches-more"
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
