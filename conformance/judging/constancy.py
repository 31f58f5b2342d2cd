"""Judges what must not change: fields that no operation writes, and every field while `updated_at` stays.

That never goes back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from conformance.contract.contract import Contract, JsonObject
from conformance.judging.clock import CREATED, UPDATED, ServerClock
from conformance.judging.objects import LIST, ONE, WRITE, ShownObject
from conformance.judging.observed import ObservedExchange
from conformance.judging.opinion import Opinion
from conformance.oracle.breach import Breach
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.law import ELSEWHERE
from conformance.recipes.reading import differing_fields
from conformance.results.difference import from_fields

LIST_ITEM = "OWNERSHIP-LIST-ITEM"
FIXED = frozenset({CREATED, "tier", "name"})
"""Fields that nobody ever changes, beside the one that names the org."""


@dataclass(frozen=True, slots=True)
class _LastView:
    """An object as an org was shown it last."""

    object: JsonObject
    how: str
    is_sure: bool
    """Whether the server's clock had gone past its `updated_at` by then, so that a later change would show there."""
    writes: int
    """The number of writes before."""
    ended: float | None
    """The time at which the answer was there, in seconds; None where that is not known."""
    read_back: str | None
    """The rule by which what a write answered is read afterwards; None where it has none, or this was no write."""


@dataclass(slots=True)
class Constancy:
    """The memory of the objects of a place."""

    contract: Contract
    clock: ServerClock
    holds_writes: bool = True
    """Whether a time that a write answered is held against what is read later, which a run's own tests do else."""
    last: dict[tuple[str, str, str], _LastView] = field(default_factory=dict)
    """The last view by resource, id and viewer: all of an org alike, and whoever is not known alone."""
    writes: int = 0

    def judge(self, seen: ObservedExchange, shown: tuple[ShownObject, ...], opinion: Opinion) -> None:
        """Judge fields that differ from an earlier answer though nobody can have changed them; remember the answer."""
        viewer, said = seen.sender.viewer, bool(opinion.breaches)
        self.writes += seen.operation is not None and not seen.operation.is_safe
        if viewer is None:
            return
        for each in shown:
            others = seen.sender.caller is not None and each.object.get(each.resource.owner, viewer) != viewer
            if not each.id or not each.resource.stays_away or others:
                continue
            key = each.resource.name, each.id, viewer
            if not said and key in self.last:
                opinion.add(self._check_constancy(each, self.last[key], seen))
            if seen.is_uncertain:
                continue
            sure = self.clock.is_past(each.object.get(UPDATED))
            behavior = each.resource.find_behavior(seen.operation_id)
            read_back = (behavior.read_back or behavior.applies) if each.how == WRITE else None
            self.last[key] = _LastView(each.object, each.how, sure, self.writes, seen.ended, read_back)

    def _check_constancy(self, shown: ShownObject, before: _LastView, seen: ObservedExchange) -> Iterator[Breach]:
        resource, old, new = shown.resource, before.object, shown.object
        ignoring = resource.moves | resource.outside | resource.shown_once | resource.by_viewer | resource.owner_only
        ignoring |= resource.archiving.moves if resource.archiving else frozenset()  # which need not show in its time
        differing = set(differing_fields(self.contract, old, new, ignoring=ignoring))
        sure = before.is_sure and not seen.is_uncertain and shown.how != WRITE
        steady = sure and old.get(UPDATED) == new.get(UPDATED) is not None
        if steady and shown.how in (LIST, ONE) and before.how in (LIST, ONE):
            differing |= (old.keys() ^ new.keys()) - ignoring
        wrong = set(differing if steady else differing & _find_fixed_fields(self.contract, resource, differing))
        if WRITE not in (shown.how, before.how):
            lacking = old.keys() - new.keys()
            wrong |= lacking & (_find_fixed_fields(self.contract, resource, lacking - ignoring) | {UPDATED})
        # Another node may lag behind the one that showed a change.
        ended, started = before.ended, None if seen.is_uncertain else seen.started
        after = ended is not None and started is not None and ended + self.clock.settle_s <= started
        held = after and (self.holds_writes or before.how != WRITE)
        if held and self.clock.is_earlier(new, old):
            wrong.add(UPDATED)
        if wrong:
            listed = {before.how, shown.how} == {LIST, ONE} and before.writes == self.writes
            written = before.read_back if wrong == {UPDATED} and before.writes == self.writes else None
            rule = LIST_ITEM if listed else written or ELSEWHERE
            said = f"the {resource} as before", f"another {', '.join(sorted(wrong))}"
            effect = resource.find_loss(self.contract, wrong)
            yield Breach(rule, *said, effect=effect, evidence=from_fields(sorted(wrong), old, new))


def _find_fixed_fields(contract: Contract, resource: Resource, names: Collection[str]) -> set[str]:
    """Return the given fields that no operation changes, as far as it is declared what each may change."""
    laws = [resource.find_behavior(each).may_change for each in _list_writes(contract, resource.name)]
    known = [law for law in laws if law is not None]
    if len(known) < len(laws):
        return {*names} & (FIXED | {resource.owner})
    return {*names} - frozenset({UPDATED}).union(*(law.moves for law in known))


@lru_cache(maxsize=64)
def _list_writes(contract: Contract, name: str) -> tuple[str, ...]:
    """Return the operations that may change an object which their path names, but those that remove it."""
    return tuple(
        each.operation_id
        for each in contract.operations.values()
        if not each.is_safe and each.method != "DELETE" and any(named.name == name for named in each.resources)
    )
