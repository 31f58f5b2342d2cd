"""What has changed in the rules: the promises that no schema expresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.changes.change import Change
from conformance.changes.table import change
from conformance.contract.contract import Rule

_LEVELS = ("may", "should", "must")


def changed_rules(old: Mapping[str, Rule], new: Mapping[str, Rule]) -> Iterator[Change]:
    """Yield the rules that are added, removed, renamed, reworded or differently founded."""
    gone = {each.text: each for name, each in old.items() if name not in new}
    for name in sorted(new):
        rule = new[name]
        if name in old:
            yield from _rule(old[name], rule)
        elif rule.text in gone:
            before = gone.pop(rule.text)
            yield change("rule-renamed", _place(rule), f"was {before.id}")
            yield from _rule(before, rule)
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


def _place(rule: Rule) -> str:
    return f"rule {rule.id}"


def _height(level: str) -> int:
    return _LEVELS.index(level.lower()) if level.lower() in _LEVELS else len(_LEVELS)
