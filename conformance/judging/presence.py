"""What is there before and after was there in between: an object that was removed never comes back under its id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from conformance.contract.contract import Contract, Operation, Parameter
from conformance.judging.clock import UPDATED, ServerClock
from conformance.judging.objects import Shown
from conformance.judging.observed import Observed
from conformance.judging.opinion import Opinion
from conformance.judging.rule_ids import LISTED
from conformance.oracle.breach import Breach
from conformance.oracle.declaration.lifetime import asks_for_fewer
from conformance.oracle.declaration.registry import resource_named, resource_of
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.effect import DataEffect
from conformance.oracle.facts import Key
from conformance.results.difference import STATUS, Evidence, of_list

SERVED = "OWNERSHIP-OWN-SERVED"


@dataclass(slots=True)
class _Present:
    """An object that an org was shown, which it has for itself."""

    org: str
    person: str | None
    """The user id of whose it is; None: that is not told."""
    shown_from: float
    """When it had been shown first."""
    shown_until: float
    """When it was shown last."""
    named: Mapping[str, Any]
    """The fields of it that name other objects, such as the one that it is in."""
    stamp: str | None = None
    """When it was changed last, if it is in use, and the server's clock had gone past that by then."""
    denied: tuple[float, Breach, str | None] | None = None
    """When an answer since then said first that it is not there, the rule that it broke, and for a list that leaves
    some out by what may change the stamp of then, which has to be that of now."""

    def is_in(self, others: Mapping[str, str]) -> bool:
        """Whether it says itself that it is in these others."""
        return self.named.items() >= others.items()


@dataclass(slots=True)
class Presence:
    """What was shown of a place, and what was denied since."""

    contract: Contract
    settle_s: float = 0.0
    """How long after it was shown first others need not show it."""
    objects: dict[Key, _Present] = field(default_factory=dict)
    clock: ServerClock = field(init=False)

    def __post_init__(self) -> None:
        self.clock = ServerClock(self.settle_s)

    def judge(self, seen: Observed, shown: tuple[Shown, ...], opinion: Opinion) -> None:
        """Say which earlier answers had to have what this one shows; learn what it denies, and what was removed."""
        self._forget_removed(seen)
        caller, started, ended = seen.sender.caller, seen.started, seen.ended
        if seen.uncertain or caller is None or seen.operation is None or started is None or ended is None:
            return
        for each in shown:
            opinion.add(self._there(each, caller.org, started, ended))
        self._deny(seen, seen.operation, {each.id for each in shown}, started)

    def _forget_removed(self, seen: Observed) -> None:
        """Forget what the exchange removed: if it comes back, that it was not there is not what is wrong."""
        operation, resource = seen.operation, resource_of(seen.operation) if seen.operation else None
        if operation is None or resource is None or operation.operation_id != resource.removed_by:
            return
        for parameter in operation.path_parameters if seen.exchange.succeeded else ():
            self.objects.pop((resource.name, seen.values[parameter.name]), None)

    def _there(self, shown: Shown, org: str, started: float, ended: float) -> Iterator[Breach]:
        resource, personal = shown.resource, shown.resource.access.personal
        if not resource.stays_away or not shown.id or shown.object.get(resource.owner, org) != org:
            return
        if resource.access.shared and shown.object.get("owned") is not True:
            return
        person = personal.person_in(shown.object) if personal else None
        known = self.objects.get((resource.name, shown.id))
        denied = known.denied if known is not None else None
        if denied is not None and denied[0] <= started and denied[2] in (None, shown.object.get(UPDATED)):
            yield denied[1]
        named = {name: value for name, value in shown.object.items() if name.endswith("_id")}
        archiving = resource.archiving
        archived_at = shown.object.get(archiving.shown_in) if archiving is not None else None
        stamp = self.clock.stamp_of(shown.object) if archived_at is None else None
        since = known.shown_from if known is not None else ended
        self.objects[resource.name, shown.id] = _Present(org, person, since, ended, named, stamp)
        self.clock.note(shown.object, archived_at)

    def _deny(self, seen: Observed, operation: Operation, listed: set[str], started: float) -> None:
        """Note what an answer says not to be there, of what was shown before it was asked for."""
        found = self._unlisted(seen, operation, listed) if seen.exchange.succeeded else self._refused(seen, operation)
        for key, breach in found:
            known = self.objects[key]
            may_be_left_out = seen.exchange.succeeded and self._leaves_out(seen, operation)
            if may_be_left_out and (known.stamp is None or not self.clock.stamps_archiving):
                continue
            if known.denied is None and max(known.shown_until, known.shown_from + self.settle_s) <= started:
                known.denied = (seen.ended or started, breach, known.stamp if may_be_left_out else None)

    @staticmethod
    def _leaves_out(seen: Observed, operation: Operation) -> bool:
        """Whether a list is without what is archived."""
        archiving = resource.archiving if (resource := resource_of(operation)) else None
        return archiving is not None and not archiving.in_list(seen.exchange.request.query)

    def _unlisted(self, seen: Observed, operation: Operation, listed: set[str]) -> Iterator[tuple[Key, Breach]]:
        """What a whole list lacks."""
        resource, query = resource_of(operation), seen.exchange.request.query
        if resource is None or operation.operation_id != resource.listed_by or not seen.answer_known:
            return
        if asks_for_fewer(query, resource.archiving):
            return
        for (name, object_id), known in self.objects.items():
            if name == resource.name and object_id not in listed and self._is_shown(seen, resource, known):
                said = f"every visible {resource} in the list", "one is not in it"
                evidence = of_list(said[0], f"one is not in that of {seen.place}")
                yield (name, object_id), Breach(LISTED, *said, effect=DataEffect.LOST, evidence=evidence)

    def _refused(self, seen: Observed, operation: Operation) -> Iterator[tuple[Key, Breach]]:
        """What a 404 says not to be there."""
        for parameter in operation.path_parameters:
            resource = resource_named(parameter.resource.name) if parameter.resource else None
            key = (resource.name if resource else "", seen.values[parameter.name])
            if resource is None or parameter.resource is None or key not in self.objects:
                continue
            known, personal = self.objects[key], resource.access.personal
            about_it = seen.exchange.code == parameter.resource.not_found
            if not about_it or not known.is_in(_above(seen, operation, parameter)):
                continue
            said = "an answer about what is there", str(seen.exchange)
            evidence = Evidence((STATUS,), said[0], f"{said[1]} in {seen.place}")
            if self._is_shown(seen, resource, known):
                effect = DataEffect.LOST if operation.safe else None
                yield key, Breach(SERVED, *said, effect=effect, evidence=evidence)
            elif personal is not None and personal.refusal is not None and self._hides(seen, resource, known) is True:
                yield key, Breach(personal.hidden, *said, evidence=evidence)

    def _is_shown(self, seen: Observed, resource: Resource, known: _Present) -> bool:
        """Whether the caller is shown an object, as long as it is there."""
        caller = seen.sender.caller
        return caller is not None and caller.org == known.org and self._hides(seen, resource, known) is False

    def _hides(self, seen: Observed, resource: Resource, known: _Present) -> bool | None:
        personal, caller = resource.access.personal, seen.sender.caller
        if personal is None:
            return False
        if caller is None or seen.operation is None or caller.org != known.org or personal.stays is None:
            return None
        return personal.hides(known.person, caller, caller.user_id, seen.operation)


def _above(seen: Observed, operation: Operation, parameter: Parameter) -> dict[str, str]:
    """The objects in which the path looks for one, by the field of it that names each."""
    above = takewhile(lambda each: each is not parameter, operation.path_parameters)
    return {f"{each.resource.name}_id": seen.values[each.name] for each in above if each.resource}
