"""Laws of owners, which never change, and of the names that an org has given, for what is told by its name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from conformance.judging.objects import ShownObject
from conformance.judging.observed import ObservedExchange
from conformance.judging.opinion import GONE, HIDDEN, LISTED, Opinion
from conformance.oracle.breach import Breach, DataEffect
from conformance.oracle.declaration.ownership import PersonalObjects
from conformance.oracle.declaration.registry import find_resource, find_resource_made, find_resource_of
from conformance.oracle.declaration.resource import Resource
from conformance.results.difference import from_field, from_list

_Key = tuple[str, str]
"""A resource, and the id of an object."""


@dataclass(slots=True)
class Belongings:
    """The owners of the things of one place, as far as answers have shown them."""

    is_alone: bool
    """Whether nobody else gives names, or takes them back."""
    owners: dict[_Key, str] = field(default_factory=dict)
    """Orgs of objects of which the suite has no facts, since others sign in by them."""
    people: dict[_Key, str | None] = field(default_factory=dict)
    """The person whose object it was shown to be, within its org; None: nobody's."""
    creators: dict[_Key, tuple[str, str]] = field(default_factory=dict)
    """The user id of who made an object, and the rule by which it shows that."""
    there: dict[tuple[str, str], dict[str, bool]] = field(default_factory=dict)
    """The presence of what may come back under its id, by resource and org: there, or removed."""
    names: dict[tuple[str, str, str], bool] = field(default_factory=dict)
    """The names that are given or taken back, by resource and org."""

    def judge(self, seen: ObservedExchange, shown: tuple[ShownObject, ...], opinion: Opinion) -> None:
        """Say what an answer contradicts, and learn what it shows."""
        opinion.add(self._check_org(seen))
        for each in shown:
            if (personal := each.resource.access.personal) is not None:
                opinion.add(self._check_creator(each, personal))
                opinion.add(self._check_person(each, personal))
        if self.is_alone and not seen.is_uncertain:
            opinion.add(self._check_names(seen, shown))
            opinion.add(self._check_returning(seen, shown))
        self._learn(seen, shown)
        self._learn_returning(seen, shown)

    def _check_org(self, seen: ObservedExchange) -> Iterator[Breach]:
        """Yield a success about what is another org's."""
        caller, operation = seen.sender.caller, seen.operation
        if caller is None or operation is None or not seen.exchange.has_succeeded:
            return
        for parameter in operation.path_parameters:
            value = seen.values[parameter.name]
            owner = self.owners.get((parameter.resource.name, value)) if parameter.resource else None
            if owner not in (None, caller.org):
                effect = DataEffect.LEAKED if operation.is_safe else DataEffect.LOST
                yield Breach(HIDDEN, "a 404, for another org's", str(seen.exchange), effect=effect)

    def _check_creator(self, shown: ShownObject, personal: PersonalObjects) -> Iterator[Breach]:
        """Yield a breach where something that somebody made shows somebody else."""
        known = self.creators.get((shown.resource.name, shown.id))
        if known is None or personal.shown_in not in shown.object:
            return
        user_id, rule = known
        if personal.find_person(shown.object) != user_id:
            name = personal.shown_in
            said = f"the {name} of who made it", "another"
            yield Breach(rule, *said, evidence=from_field(name, user_id, shown.object[name]))

    def _check_person(self, shown: ShownObject, personal: PersonalObjects) -> Iterator[Breach]:
        """Yield a breach where an object is somebody else's than before."""
        key, person = (shown.resource.name, shown.id), personal.find_person(shown.object)
        untold = personal.are_nobodys_shown is None and person is None
        if personal.stays is None or not shown.id or untold:
            return
        if self.people.setdefault(key, person) != person:
            said = f"the {personal.shown_in} as before", "another"
            yield Breach(personal.stays, *said, evidence=from_field(personal.shown_in, self.people[key], person))

    def _check_names(self, seen: ObservedExchange, shown: tuple[ShownObject, ...]) -> Iterator[Breach]:
        """Yield a breach where a list has a name that was taken back, or lacks one that was given."""
        caller, resource = seen.sender.caller, find_resource_of(seen.operation) if seen.operation else None
        whole = resource is not None and seen.operation_id == resource.listed_by and seen.exchange.has_succeeded
        if caller is None or resource is None or not (whole and resource.by_name and seen.is_answer_known):
            return
        listed = {each.id for each in shown}
        for (kind, org, name), given in self.names.items():
            if (kind, org) == (resource.name, caller.org) and (name in listed) is not given:
                said = (
                    (f"every {resource} in the list", "one is not in it")
                    if given
                    else (f"no deleted {resource}", "one")
                )
                yield Breach(LISTED if given else GONE, *said, evidence=from_list(*said))

    def _check_returning(self, seen: ObservedExchange, shown: tuple[ShownObject, ...]) -> Iterator[Breach]:
        """Yield a breach where a list lacks a present object, or has a removed one, whose id may be used again."""
        resource, caller = _find_listed_resource(seen), seen.sender.caller
        if resource is None or caller is None or not resource.returns:
            return
        known, listed = self.there.get((resource.name, caller.org), {}), {each.id for each in shown}
        if any(there and name not in listed for name, there in known.items()):
            yield Breach(
                LISTED, *(said := (f"every {resource} in the list", "one is not in it")), evidence=from_list(*said)
            )
        if any(not there and name in listed for name, there in known.items()):
            said = f"no deleted {resource}", "one"
            yield Breach(GONE, *said, evidence=from_list(*said))

    def _learn_returning(self, seen: ObservedExchange, shown: tuple[ShownObject, ...]) -> None:
        caller, operation = seen.sender.caller, seen.operation
        resource = find_resource_of(operation) if operation else None
        if operation is None or resource is None or not resource.returns or not self.is_alone:
            return
        if not operation.is_safe and (caller is None or seen.is_uncertain or not seen.is_answer_known):
            self.there.clear()
        elif caller is not None and not seen.is_uncertain and seen.exchange.has_succeeded:
            known = self.there.setdefault((resource.name, caller.org), {})
            if _find_listed_resource(seen) is not None:
                self.there[resource.name, caller.org] = {name: False for name, there in known.items() if not there}
            if operation.operation_id == resource.removed_by:
                named = [*seen.values.values()][-1]
                known.clear() if named not in known else known.update({named: False})
            for each in shown:
                self.there[resource.name, caller.org][each.id] = True

    def _learn(self, seen: ObservedExchange, shown: tuple[ShownObject, ...]) -> None:
        caller, operation = seen.sender.caller, seen.operation
        if caller is None or operation is None or not seen.exchange.has_succeeded:
            return
        for each in shown:
            if each.resource.marked_alone and each.id:
                self.owners.setdefault((each.resource.name, each.id), caller.org)
        made = find_resource_made(operation)
        if made is not None:
            self._learn_made(seen, made)
        named = made if made is not None and made.by_name else _find_removed_resource(operation.operation_id, seen)
        if named is not None and named.by_name and seen.is_uncertain:
            self.names.clear()
        elif named is not None and named.by_name:
            values = list(seen.values.values())
            self.names[named.name, caller.org, values[-1]] = named is made

    def _learn_made(self, seen: ObservedExchange, made: Resource) -> None:
        caller, name = seen.sender.caller, seen.operation_id or ""
        rule, body = made.find_behavior(name).creator, seen.json
        shown = made.as_made(name, body) if isinstance(body, dict) else {}
        if rule and caller is not None and caller.user_id and isinstance(shown.get("id"), str):
            self.creators[made.name, shown["id"]] = (caller.user_id, rule)


def _find_listed_resource(seen: ObservedExchange) -> Resource | None:
    """Return the resource of which an answer lists every object of the org; None where it does not."""
    resource, caller = find_resource_of(seen.operation) if seen.operation else None, seen.sender.caller
    if resource is None or caller is None or seen.operation is None or not seen.is_answer_known:
        return None
    whole = seen.exchange.has_succeeded and seen.operation_id == resource.listed_by and not seen.exchange.request.query
    return resource if whole and not resource.narrows(caller, seen.operation) else None


def _find_removed_resource(operation_id: str, seen: ObservedExchange) -> Resource | None:
    """Return the resource of which the operation removes what its path names."""
    resource = find_resource_of(seen.operation) if seen.operation else None
    whole = find_resource(resource.within) if resource and resource.within else resource
    return whole if whole is not None and whole.removed_by == operation_id else None
