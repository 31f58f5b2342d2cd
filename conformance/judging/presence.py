"""Laws of lists and of presence: an object seen before and after was there in between, a removed one never is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any
from urllib.parse import parse_qs

from conformance.contract.contract import Contract, JsonObject, Operation, Parameter
from conformance.judging.clock import MADE, UPDATED, ServerClock
from conformance.judging.objects import LIST, ShownObject
from conformance.judging.observed import ObservedExchange
from conformance.judging.opinion import ARCHIVED, GONE, LISTED, Opinion
from conformance.oracle.breach import Breach, DataEffect
from conformance.oracle.declaration.fields import list_objects
from conformance.oracle.declaration.lifetime import asks_for_fewer
from conformance.oracle.declaration.registry import find_resource, find_resource_of
from conformance.oracle.declaration.resource import Resource
from conformance.results.difference import STATUS, Evidence, from_list

FILES, PACK_FILES = "FILES-LISTED", "FILE-LISTED"
MAX_BYTES, BEGINNING = "max_bytes", "SNAPSHOT-MAX-BYTES"


def judge_lists(seen: ObservedExchange, shown: tuple[ShownObject, ...], opinion: Opinion) -> None:
    """Say what cannot be so of a list, whatever the server has."""
    if seen.operation is not None and seen.operation.is_safe and seen.exchange.has_succeeded and seen.is_answer_known:
        body = seen.json
        listed = [each for each in body if isinstance(each, dict)] if isinstance(body, list) else list_objects(body)
        opinion.add(_check_files(listed))
        opinion.add(_check_beginning(seen, seen.operation))
    if shown and shown[0].how == LIST:
        opinion.add(_list(seen, shown), [LISTED] if len(shown) > 1 else [])


def _list(seen: ObservedExchange, shown: tuple[ShownObject, ...]) -> Iterator[Breach]:
    """Yield a breach where an object is listed twice, is archived unasked, or is kept from the caller."""
    resource, ids = shown[0].resource, [each.id for each in shown]
    if len(ids) > len({*ids}):
        yield _make_breach(LISTED, f"each {resource} once in the list", "one of them twice")
    archiving = resource.archiving
    fresh = archiving is not None and not archiving.is_listed(seen.exchange.request.query)
    if fresh and archiving and any(each.object.get(archiving.shown_in) is not None for each in shown):
        yield _make_breach(ARCHIVED, f"no archived {resource} in the list", "one")
    personal, caller = resource.access.personal, seen.sender.caller
    if personal is None or caller is None or caller.user_id is None or seen.operation is None:
        return
    hidden = (personal.hides(personal.find_person(s.object), caller, caller.user_id, seen.operation) for s in shown)
    if any(each is True for each in hidden):
        breach = _make_breach(personal.listed, f"no {resource} of somebody else in the list", "one")
        yield Breach(breach.rule, breach.expected, breach.got, effect=DataEffect.LEAKED, evidence=breach.evidence)


def _check_files(listed: Sequence[JsonObject]) -> Iterator[Breach]:
    """Yield a breach where a path is listed twice, or one below which others lie as a file."""
    files = {each["path"]: each for each in listed if isinstance(each.get("path"), str) and "size" in each}
    rule = FILES if any("is_dir" in each for each in files.values()) else PACK_FILES
    if files and len(files) < len(listed):
        yield _make_breach(rule, "each path once", "one of them twice")
    above = {path[:at] for path in files for at in range(len(path)) if path[at] == "/"}
    if any(files[path].get("is_dir", False) is not True for path in above & files.keys()):
        yield _make_breach(rule, "a folder where files are listed below", "a file")


def _check_beginning(seen: ObservedExchange, operation: Operation) -> Iterator[Breach]:
    """Yield a breach where the text of a file is longer than was asked for, or `truncated` is wrong."""
    body, limited = seen.json, next((each for each in operation.parameters if each.name == MAX_BYTES), None)
    if limited is None or not isinstance(body, dict) or not isinstance(body.get("entry"), dict):
        return
    asked = parse_qs(seen.exchange.request.query).get(MAX_BYTES, [str(limited.schema.get("default"))])[0]
    content, size = body.get("content"), body["entry"].get("size")
    if isinstance(content, str) and asked.isdecimal() and len(content.encode()) > int(asked):
        yield _make_breach(BEGINNING, f"content of {asked} bytes at most", f"{len(content.encode())} bytes")
    if isinstance(size, int) and asked.isdecimal() and body.get("truncated") is not (size > int(asked)):
        yield _make_breach(BEGINNING, f"truncated of a file of {size} bytes as it is", str(body.get("truncated")))


def _make_breach(rule: str, expected: str, got: str) -> Breach:
    return Breach(rule, expected, got, evidence=from_list(expected, got))


SERVED, READABLE = "OWNERSHIP-OWN-SERVED", "OWNERSHIP-SHARED-READABLE"
_Key = tuple[str, str, str]
"""A resource, the id of an object, and the org that was shown it."""


@dataclass(slots=True)
class _Present:
    """An object that an org was shown."""

    org: str
    person: str | None
    """The user id of whose it is; None: that is not told."""
    shown_from: float
    """The time at which it had been shown first."""
    shown_until: float
    """The time at which it was shown last."""
    named: Mapping[str, Any]
    """The fields of it that name other objects, such as the one that it is in."""
    made: str | None
    """The time at which it was made; None where that is not told."""
    stamp: str | None = None
    """The time at which it was changed last, if it is in use."""
    is_own: bool = True
    """Whether it is of the org that was shown it, and not another one's that it may hide again."""
    denied: tuple[float, Breach, str | None] | None = None
    """The time at which an answer first denied it, the rule that this broke, and where what is changed may
    be out of sight the stamp of then, which has to be that of now."""

    def is_in(self, others: Mapping[str, str]) -> bool:
        """Return whether it says itself that it is in these others."""
        return self.named.items() >= others.items()


@dataclass(slots=True)
class Presence:
    """The objects of a place that were shown, and those that were denied since."""

    contract: Contract
    clock: ServerClock
    settle_s: float = 0.0
    """The seconds after it was shown first in which others need not show it."""
    objects: dict[_Key, _Present] = field(default_factory=dict)
    removed: dict[_Key, str] = field(default_factory=dict)
    """The time at which something that was removed, and may come back under its id, had been made."""
    unrestricted: set[tuple[str, str]] = field(default_factory=set)
    """The callers whom nobody introduced, and operations by which they were shown what is several people's."""

    def judge(self, seen: ObservedExchange, shown: tuple[ShownObject, ...], opinion: Opinion) -> None:
        """Judge the earlier answers that lack an object shown now; remember what is denied and removed."""
        self._forget_removed(seen)
        caller, started, ended = seen.sender.caller, seen.started, seen.ended
        if seen.is_uncertain or caller is None or seen.operation is None or started is None or ended is None:
            return
        for each in shown:
            opinion.add(self._check_present(each, caller.org, started, ended))
        people = {
            each.resource.access.personal.find_person(each.object) for each in shown if each.resource.access.personal
        }
        if len(people - {None}) > 1:
            self.unrestricted.add((seen.sender.key, seen.operation.operation_id))
        self._deny(seen, seen.operation, {each.id for each in shown}, started)

    def _forget_removed(self, seen: ObservedExchange) -> None:
        """Forget what the exchange removed: if it comes back, that it was not there is not what is wrong."""
        operation, resource = seen.operation, find_resource_of(seen.operation) if seen.operation else None
        if operation is None or resource is None or operation.operation_id != resource.removed_by:
            return
        named = {seen.values[each.name] for each in operation.path_parameters} if seen.exchange.has_succeeded else set()
        caller = seen.sender.caller
        for key, known in list(self.objects.items()) if named else ():
            # A path may name what returns by another id than it shows, and a name that each org gives for itself.
            if key[0] != resource.name or (resource.stays_away and key[1] not in named):
                continue
            del self.objects[key]
            certain = key[1] in named and caller is not None and known.org == caller.org and not seen.is_uncertain
            if certain and not resource.stays_away and known.made is not None and self.clock.is_past(known.made):
                self.removed[key] = known.made

    def _check_present(self, shown: ShownObject, org: str, started: float, ended: float) -> Iterator[Breach]:
        resource, personal = shown.resource, shown.resource.access.personal
        own = shown.object.get(resource.owner, org) == org
        if resource.access.is_shared:
            own = shown.object.get("owned") is True
        times = (shown.object.get(name) for name in MADE)
        made = next((time for time in times if isinstance(time, str)), None)
        if not shown.id or not (own or resource.access.is_shared) or not (resource.stays_away or made):
            return
        key = resource.name, shown.id, org
        if made is not None and self.removed.get(key) == made:
            yield Breach(GONE, *(said := (f"no deleted {resource}", "one")), evidence=from_list(*said))
        known = self.objects.get(key)
        if known is not None and not resource.stays_away and known.made != made:
            known = None
        denied = known.denied if known is not None else None
        if denied is not None and denied[0] <= started and denied[2] in (None, shown.object.get(UPDATED)):
            yield denied[1]
        person = personal.find_person(shown.object) if personal else None
        named = {name: value for name, value in shown.object.items() if name.endswith("_id")}
        archiving = resource.archiving
        in_use = archiving is None or shown.object.get(archiving.shown_in) is None
        stamp = shown.object.get(UPDATED) if in_use else None
        since = known.shown_from if known is not None else ended
        self.objects[key] = _Present(org, person, since, ended, named, made, stamp, own)

    def _deny(self, seen: ObservedExchange, operation: Operation, listed: set[str], started: float) -> None:
        """Note what an answer says not to be there, of what was shown before it was asked for."""
        found = (
            self._find_unlisted(seen, operation, listed)
            if seen.exchange.has_succeeded
            else self._find_refused(seen, operation)
        )
        for key, breach in found:
            known, resource = self.objects[key], find_resource(key[0])
            left_out = seen.exchange.has_succeeded and self._leaves_out(seen, operation)
            if left_out and not self.clock.stamps_archiving:
                continue
            hidden, returns = not known.is_own or left_out, resource is None or not resource.stays_away
            if (hidden and not self.clock.is_past(known.stamp)) or (returns and not self.clock.is_past(known.made)):
                continue
            if known.denied is None and max(known.shown_until, known.shown_from + self.settle_s) <= started:
                known.denied = (seen.ended or started, breach, known.stamp if hidden else None)

    @staticmethod
    def _leaves_out(seen: ObservedExchange, operation: Operation) -> bool:
        """Return whether a list is without what is archived."""
        archiving = resource.archiving if (resource := find_resource_of(operation)) else None
        return archiving is not None and not archiving.is_listed(seen.exchange.request.query)

    def _find_unlisted(
        self, seen: ObservedExchange, operation: Operation, listed: set[str]
    ) -> Iterator[tuple[_Key, Breach]]:
        """Yield what a whole list lacks."""
        resource, query = find_resource_of(operation), seen.exchange.request.query
        if resource is None or operation.operation_id != resource.listed_by or not seen.is_answer_known:
            return
        if asks_for_fewer(query, resource.archiving):
            return
        for key, known in self.objects.items():
            if key[0] == resource.name and key[1] not in listed and self._is_shown(seen, resource, known):
                said = f"every visible {resource} in the list", "one is not in it"
                evidence = from_list(said[0], f"one is not in that of {seen.place}")
                yield key, Breach(LISTED, *said, effect=DataEffect.LOST if known.is_own else None, evidence=evidence)

    def _find_refused(self, seen: ObservedExchange, operation: Operation) -> Iterator[tuple[_Key, Breach]]:
        """Yield what a 404 says not to be there."""
        for parameter in operation.path_parameters:
            resource = find_resource(parameter.resource.name) if parameter.resource else None
            org = seen.sender.caller.org if seen.sender.caller else ""
            key = (resource.name if resource else "", seen.values[parameter.name], org)
            if resource is None or parameter.resource is None or key not in self.objects:
                continue
            known, personal = self.objects[key], resource.access.personal
            about_it = seen.exchange.code == parameter.resource.not_found
            if (
                not about_it
                or not (known.is_own or operation.is_safe)
                or not known.is_in(_find_above(seen, operation, parameter))
            ):
                continue
            said = "an answer about what is there", str(seen.exchange)
            evidence = Evidence((STATUS,), said[0], f"{said[1]} in {seen.place}")
            if self._is_shown(seen, resource, known):
                effect = DataEffect.LOST if operation.is_safe and known.is_own else None
                yield key, Breach(SERVED if known.is_own else READABLE, *said, effect=effect, evidence=evidence)
            elif (
                personal is not None and personal.refusal is not None and self._is_hiding(seen, resource, known) is True
            ):
                yield key, Breach(personal.hidden, *said, evidence=evidence)

    def _is_shown(self, seen: ObservedExchange, resource: Resource, known: _Present) -> bool:
        """Return whether the caller is shown an object, as long as it is there."""
        caller = seen.sender.caller
        return caller is not None and caller.org == known.org and self._is_hiding(seen, resource, known) is False

    def _is_hiding(self, seen: ObservedExchange, resource: Resource, known: _Present) -> bool | None:
        personal, caller, operation = resource.access.personal, seen.sender.caller, seen.operation
        if personal is None:
            return False
        if caller is None or operation is None or caller.org != known.org:
            return None
        told = caller.scopes is None and (seen.sender.key, operation.operation_id) in self.unrestricted
        if told or personal.narrows(caller, operation) is False:
            return False
        return personal.hides(known.person, caller, caller.user_id, operation) if personal.stays else None


def _find_above(seen: ObservedExchange, operation: Operation, parameter: Parameter) -> dict[str, str]:
    """Return the objects in which the path looks for one, by the field of it that names each."""
    above = takewhile(lambda each: each is not parameter, operation.path_parameters)
    return {f"{each.resource.name}_id": seen.values[each.name] for each in above if each.resource}
