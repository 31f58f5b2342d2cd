"""What has changed in the rules: the promises that no schema expresses."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from conformance.changes.change import Change
from conformance.changes.table import change
from conformance.contract.contract import Contract, Rule

_LEVELS = ("may", "should", "must")


def changed_rules(old: Contract, new: Contract) -> Iterator[Change]:
    """Yield the rules that are added, removed, renamed, reworded, differently founded or about other operations.

    But for those that apply, or no longer do, since the API has other features: that is told of the features.
    """
    known = new.rules.keys() | new.inapplicable.keys()
    gone = {each.text: each for name, each in old.rules.items() if name not in known}
    for name in sorted(new.rules.keys() - old.inapplicable.keys()):
        rule, before = new.rules[name], old.rules.get(name)
        if before is None and (before := gone.pop(rule.text, None)):
            yield change("rule-renamed", _place(rule), f"was {before.id}")
        if before:
            yield from _rule(before, rule)
            yield from _reach(rule, _ids(old, before), _ids(new, rule), old.operations.keys() & new.operations.keys())
        else:
            kind = "rule-added" if rule.provenance.binding else "assumed-rule-added"
            yield change(kind, _place(rule), f"is added ({rule.provenance})", gained=rule.text)
    for rule in gone.values():
        yield change("rule-removed", _place(rule), "is removed", lost=rule.text)


def _rule(old: Rule, new: Rule) -> Iterator[Change]:
    if old.text != new.text:
        yield change("rule-reworded", _place(new), "has another sentence", lost=old.text, gained=new.text)
    if old.level != new.level:
        raised = _height(new.level) > _height(old.level)
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


def _ids(contract: Contract, rule: Rule) -> set[str]:
    return {each.operation_id for each in contract.operations_of(rule)}


def _place(rule: Rule) -> str:
    return f"rule {rule.id}"


def _height(level: str) -> int:
    return _LEVELS.index(level.lower()) if level.lower() in _LEVELS else len(_LEVELS)
