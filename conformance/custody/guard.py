"""The check of every request before it is sent: an unsafe one may only be about what the run made.

What an id is follows from where it comes from, never from how it looks: `allow_made` and `make_absent_id` write that
down.
"""

from __future__ import annotations

import hashlib
import math
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from conformance.contract.contract import Contract, Operation
from conformance.contract.routing import find_named_ids, find_route, leads_up, read_in_ways
from conformance.http.exchange import SAFE, Request
from conformance.http.limiter import CreatedObjects, LimitReached
from conformance.needs import EXPENDABLE, WORLDS, Need
from conformance.oracle.declaration.ownership import Ownership
from conformance.oracle.declaration.registry import find_resource, find_resource_made, leaves_something, list_resources
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.served import NotServed, find_unserved_operation
from conformance.profile import ANONYMOUS, Profile

CREATES = "POST"
CREATED = 201
PLACES = 12
"""The most characters of an id that are replaced; of a UUID its last group."""
BITS = 36
"""The least randomness of a made-up id, so that no server has it by chance."""
ALONE = "give the target worlds (target.world_url)"
REMEDY = "give the target worlds (target.world_url), or --probe-unsafe"


class Withheld(LimitReached):
    """Raised in place of sending a request that could do harm; the message says why, and what would allow it.

    `needs`: of a profile, any one of them.
    """

    def __init__(self, reason: str, *needs: Need) -> None:
        super().__init__(reason, *(need.line for need in needs))
        self.needs = needs


@dataclass(slots=True)
class Guard:
    """The ids that one process of a run may change. In worlds of a test's own it may change anything."""

    contract: Contract
    """The contract, of which the target may serve a part; what a path may be taken for does not depend on that."""
    profile: Profile
    salt: str = ""
    """The salt that makes the ids that cannot exist differ from those of every other run."""
    may_probe_unsafe: bool = False
    """Whether requests that only a right server refuses may be sent: to collections, /me, objects of other orgs."""
    _ours: set[str] = field(default_factory=set)
    _archived: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """The ids of what was put away, by resource and org."""
    _plain: str = field(default_factory=secrets.token_hex)
    """The function that replaces each id of ours in a path."""
    _elsewhere: dict[str, frozenset[str] | None] = field(default_factory=dict)
    """The orgs that an object of the target does not belong to, by its id; None: to no org at all."""
    _before: set[str] = field(default_factory=set)
    """The stand-ins for the objects of the target that were listed before the first test."""
    _orgs: Mapping[str, str] = field(init=False)
    given: tuple[str, ...] = field(init=False)
    """The ids of what the profile names of others."""

    def __post_init__(self) -> None:
        callers = self.profile.callers
        self._orgs = {caller.name: caller.org for caller in callers}
        self._ours.update(self.profile.known.expendable)
        first = frozenset(caller.org for caller in callers[:1])
        given = list(self._list_given())
        self.given = tuple(object_id for object_id, _ in given)
        for object_id, ownership in given:
            self._elsewhere[object_id] = None if ownership.is_platform else first

    def forget_made(self) -> Guard:
        """Return a guard that knows what the target had, and nothing that was made since."""
        guard = Guard(self.contract, self.profile, self.salt, self.may_probe_unsafe)
        guard._elsewhere |= self._elsewhere
        guard._before |= self._before
        return guard

    # What is known of ids

    def allow_made(self, object_id: str) -> None:
        """Allow changes of an object that the run made, by a request or by a state."""
        self._ours.add(object_id)

    def note_there(self, object_id: str) -> None:
        """Note an object that the target had before the first test."""
        self._before.add(object_id)

    def was_there(self, object_id: str) -> bool:
        """Return whether an object is one that the profile names, or that the target had before the first test."""
        return object_id in self.given or object_id in self._before

    def put_away(self, resource: str, org: str, object_id: str) -> None:
        """Note an object that the run made, that nobody can remove, and that is archived now."""
        self._archived.setdefault((resource, org), []).append(object_id)

    def to_reuse(self, resource: str, org: str) -> str | None:
        """Return an object that was put away, for another test to take into use again; None where there is none."""
        return kept.pop() if (kept := self._archived.get((resource, org))) else None

    def take_out(self, resource: str, org: str, object_id: str) -> None:
        """Forget that an object was put away: it is in use again."""
        kept = self._archived.get((resource, org), [])
        if object_id in kept:
            kept.remove(object_id)

    def note_elsewhere(self, object_id: str, orgs: Iterable[str] | None) -> None:
        """Note an object of the target that is of none of these orgs; None: of no org at all."""
        self._elsewhere.setdefault(object_id, None if orgs is None else frozenset(orgs))

    def make_absent_id(self, resource: str, *names: str) -> str:
        """Return an id that no server has; the same for the same names in one run."""
        digest = hashlib.sha256("\0".join((self.salt, *names)).encode()).hexdigest()[:24]
        self._ours.add(made_up := f"{resource}_conformance_{digest}")
        return made_up

    def make_absent_id_like(self, object_id: str, *names: str) -> str | None:
        """Return an id of the same length and letters that no server has; None where the id is too short for one."""
        characters = list(object_id)
        places, alphabet = _draw_anew(object_id)
        if len(places) * math.log2(len(alphabet) or 1) < BITS:
            return None
        digest = hashlib.sha256("\0".join((self.salt, object_id, *names)).encode()).digest()
        for place, number in zip(places, digest, strict=False):
            characters[place] = alphabet[number % len(alphabet)]
        self._ours.add(made_up := "".join(characters))
        return made_up

    def may_change(self, object_id: str, resource: Resource | None = None) -> bool:
        """Return whether an unsafe request may be about this id, whoever sends it and whatever it says.

        `resource`: what the path names; callers that sign in by what it has are needed in worlds too.
        """
        others_too = self.profile.world_url is not None and not (resource and resource.marked_alone)
        return others_too or object_id in self._ours

    def may_probe(self, object_id: str, caller: str) -> bool:
        """Return whether the caller may ask for changes of another org's object, so that only a refusal is right."""
        return self.may_probe_unsafe and self._is_of_others(object_id, caller)

    # Judging a request

    def check(self, request: Request, caller: str) -> CreatedObjects:
        """Return what the request makes if it succeeds, by the contract.

        Withheld where it could change what neither the run made nor `known.expendable` names.
        A path counts by everything that somebody on its way may take it for, and a method that the path does not have
        by what it would do if it had it. `caller`: the name under which the credential goes.
        """
        if request.asks_if_served and caller == ANONYMOUS.label:
            return CreatedObjects.NOTHING  # without a credential, and with nothing that is there in it
        self._check_served(request)
        harmless = request.method in SAFE or self.profile.world_url is not None
        if self.contract.is_plain:
            if not harmless and (reason := self._object_to_plain(request)):
                raise Withheld(f"{request.method} {request.path} is not sent: {reason}", WORLDS)
            harmless = True
        for segments in () if harmless else read_in_ways(self._spell_plainly(request.path)):
            if reason := self._find_objection(request, segments, caller):
                needs = (EXPENDABLE, WORLDS) if EXPENDABLE.line in reason else (WORLDS,)
                raise Withheld(f"{request.method} {request.path} is not sent: {reason}", *needs)
        operation = find_route(self.contract.whole, request.method, request.path).operation
        if operation is None or not _is_creation(operation):
            return CreatedObjects.NOTHING
        resource = find_resource_made(operation)
        if resource is not None and not harmless and (reason := resource.find_objection(self.profile, request)):
            raise Withheld(f"{request.method} {request.path} is not sent: {reason}", WORLDS)
        lasts = (resource is not None and self._is_lasting(resource)) or leaves_something(operation)
        return CreatedObjects.LASTING if lasts and self.profile.world_url is None else CreatedObjects.OBJECT

    def _object_to_plain(self, request: Request) -> str | None:
        """Return why an unsafe request is not sent where ids may be plain numbers: each counts with its resource."""
        where = find_route(self.contract.whole, request.method, request.path)
        operation = where.operation
        if operation is None:
            return None if self.may_probe_unsafe else f"it names nothing that the run made; {REMEDY}"
        if not operation.path_parameters:
            making = find_resource_made(operation) is not None
            return self._object_to_creation() if making else f"it changes what others have; {ALONE}"
        for parameter in operation.path_parameters:
            value = where.values[parameter.name]
            resource = find_resource(parameter.resource.name) if parameter.resource else None
            ours = resource is not None and resource.to_custody(value) in self._ours
            if set(value) & set("/\\%") or leads_up(value) or not (ours or value in self._ours):
                return f"it could change {value!r}, which the run did not make; {ALONE}"
        return None

    def _is_lasting(self, resource: Resource) -> bool:
        """Return whether nobody can remove one again: the contract has no way, or the target does not serve it."""
        way = resource.removed_by
        return resource.lasts or (way in self.contract.whole.operations and way not in self.contract.operations)

    def _check_served(self, request: Request) -> None:
        """Raise Withheld where the target does not serve what the request is about, unless it asks just that."""
        operation = find_unserved_operation(self.contract, request.method, request.path)
        if operation is not None and not request.asks_if_served:
            raise Withheld(str(NotServed(operation)))

    def _spell_plainly(self, path: str) -> str:
        """Return the path with a plain word in place of each id of ours, which may have any characters."""
        return "/".join(
            self._plain if unquote(segment) in self._ours and not leads_up(segment) else segment
            for segment in path.split("/")
        )

    def _find_objection(self, request: Request, segments: tuple[str, ...], caller: str) -> str | None:
        ids = find_named_ids(self.contract.whole, segments)
        if ids is None:
            path = "/".join(segments)
            return self._object_to_collection(request, path) or self._object_to_org(request, path, caller)
        operation = find_route(self.contract.whole, request.method, "/".join(segments)).operation
        if operation is not None and _is_creation(operation) and (reason := self._object_to_creation()):
            return reason
        if reason := self._object_to_org(request, "/".join(segments), caller):
            return reason
        for each in ids:
            if each == self._plain or each in self._ours:
                continue
            if not (self._may_ask(each, request, caller) or self._is_kept(each, operation)):
                return (
                    f"it could change {each!r}, which the run did not make; "
                    "known.expendable names what may be changed and deleted"
                )
        return None

    def _object_to_collection(self, request: Request, path: str) -> str | None:
        operation = find_route(self.contract.whole, request.method, path).operation
        if operation is not None and _is_creation(operation):
            return self._object_to_creation()
        if operation is not None:
            return f"it changes what others have in the org; {ALONE}"
        return None if self.may_probe_unsafe else f"it names nothing that the run made; {REMEDY}"

    def _object_to_org(self, request: Request, path: str, caller: str) -> str | None:
        """Return why a request is not sent whose path names an org that is not its caller's."""
        where = find_route(self.contract.whole, request.method, path)
        named = [p.name for p in where.operation.path_parameters if p.is_own_org] if where.operation else []
        own = self._orgs.get(caller)
        orgs = {self._plain, *((own,) if own else self._orgs.values())}
        if self.may_probe_unsafe or all(where.values[name] in orgs for name in named):
            return None
        return f"it could change another org; {REMEDY}"

    def _object_to_creation(self) -> str | None:
        if self.profile.callers or self.may_probe_unsafe:
            return None
        return f"nobody could remove what it makes; {REMEDY.replace('give', 'name callers, give')}"

    def _may_ask(self, object_id: str, request: Request, caller: str) -> bool:
        """Return whether a right server refuses the request for its object's org, and a wrong one does no harm."""
        harmless = request.changes_nothing and request.method != "DELETE" and object_id in self.given
        return self.may_probe(object_id, caller) or (harmless and self._is_of_others(object_id, caller))

    def _is_kept(self, object_id: str, operation: Operation | None) -> bool:
        """Return whether the operation archives what the profile keeps in use, or undoes what was wrongly done."""
        if operation is None or object_id not in self.kept:
            return False
        keeping = (
            each.archiving for each in list_resources() if each.archiving and each.archiving.find_keeper_key(each.name)
        )
        return any(operation.operation_id in (each.by, each.undone_by) for each in keeping)

    def _is_of_others(self, object_id: str, caller: str) -> bool:
        org = self._orgs.get(caller)
        if org is None or object_id not in self._elsewhere:
            return False
        strangers = self._elsewhere[object_id]
        return strangers is None or org in strangers

    @property
    def kept(self) -> tuple[str, ...]:
        """The ids of what the profile says is kept in use."""
        named = self.profile.known.named
        keys = (
            key for each in list_resources() if each.archiving and (key := each.archiving.find_keeper_key(each.name))
        )
        return tuple(named[key] for key in keys if key in named)

    def _list_given(self) -> Iterator[tuple[str, Ownership]]:
        named = self.profile.known.named
        for resource in list_resources():
            for ownership in reversed(resource.access.ownerships):
                if object_id := named.get(resource.find_known_key(ownership) or ""):
                    yield object_id, ownership


def _is_creation(operation: Operation) -> bool:
    created = operation.method == CREATES and CREATED in operation.responses
    return created or find_resource_made(operation) is not None or leaves_something(operation)


def _draw_anew(object_id: str) -> tuple[list[int], str]:
    """Return the positions of an id that are replaced, and the characters that its server uses there."""
    places = [place for place, each in enumerate(object_id) if each.isascii() and each.isalnum()][-PLACES:]
    used = {object_id[place] for place in places}
    for alphabet in ("0123456789", "0123456789abcdef", "0123456789ABCDEF"):
        if used <= set(alphabet):
            return places, alphabet
    return places, "".join(sorted(used))
