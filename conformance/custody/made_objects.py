"""The objects that a test made and has to remove, and creations without an answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from conformance.contract.routing import find_route
from conformance.custody.guard import Guard
from conformance.custody.ledger import Ledger, MadeObject
from conformance.http.exchange import Exchange, Request
from conformance.http.gateways import may_have_been_done
from conformance.http.limiter import Limiter, LimitReached
from conformance.mark import carries
from conformance.oracle.declaration.fields import RequestedValues, read_id
from conformance.oracle.declaration.registry import count_depth, find_resource, find_resource_made
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import State
from conformance.profile import Profile


@dataclass(frozen=True, slots=True)
class LostCreation:
    """One request that may have made an object whose id no answer showed."""

    resource: Resource
    org: str
    requested: RequestedValues
    key: str | None = None
    """The key of its entry in the ledger."""

    def find_in(self, listing: Any, mark: str, others: Collection[str]) -> Iterator[str]:
        """Yield the ids of the listed objects that the creation made; others: the ids of what somebody else has."""
        for shown in list_own_objects(self.resource, listing):
            if shown["id"] in others:
                continue
            if carries(mark, self.requested.name):
                if shown.get(self.resource.named_in) == self.requested.name:
                    yield shown["id"]
            elif self.requested.is_shown_by(shown):
                yield shown["id"]


def list_own_objects(resource: Resource, listing: Any, *, own: bool = True) -> Iterator[dict[str, Any]]:
    """Yield the objects in the answer to a list that have an id and belong, or do not, to the org that was answered."""
    for shown in resource.list_objects(listing):
        ownership = resource.access.shown_as(shown)
        if shown["id"] and (ownership is not None and ownership.is_own) is own:
            yield shown


@dataclass(slots=True)
class MadeObjects:
    """The objects of one test, each with its resource and org; on a server that stays they are in the ledger too."""

    limiter: Limiter
    ledger: Ledger | None
    profile: Profile
    guard: Guard
    _made: dict[str, MadeObject] = field(default_factory=dict)
    lost: list[LostCreation] = field(default_factory=list)
    """Creations without an answer; for each of them a request for the list is reserved."""

    def announce(self, state: State, org: str, request: Request) -> str | None:
        """Enter a creation into the ledger; the key of the entry, None where the request is no creation."""
        resource = _find_made_resource(state, request)
        if self.ledger is None or resource is None:
            return None
        return self.ledger.announce(org, resource.name, resource.read_request(state, request).fields)

    @contextmanager
    def reserve_removals(self, state: State, *requests: Request) -> Iterator[None]:
        """Reserve the requests that removing what these make will take.

        From before the first goes out: another process may be about to send the last request that is allowed.
        What proves to be too much `note` gives back.
        """
        making = (_find_made_resource(state, request) for request in requests)
        creations = sum(resource.removals for resource in making if resource is not None)
        self.limiter.reserve(creations)
        try:
            yield
        except LimitReached:  # they did not go out, or their caller is nobody any more
            self.limiter.reserve(-creations)
            raise

    def note(self, before: State, after: State, org: str, exchange: Exchange, key: str | None) -> None:
        """Add the objects that the answer shows as made, and drop those that the request removed."""
        resource = _find_made_resource(before, exchange.request)
        if resource is not None and may_have_been_done(exchange):
            requested = resource.read_request(before, exchange.request)
            self.lost.append(LostCreation(resource, org, requested, key))
            self.limiter.reserve(1)
        elif resource is not None:
            self._note_answer(resource, before, org, exchange, key)
        for name, facts in before.objects.items() if after.objects is not before.objects else ():
            if (left := after.get_facts(name)) is not facts:
                about = find_resource(name)
                for gone in facts.keys() - left.keys():
                    self.forget_removed(about.to_custody(gone) if about else gone)

    def _note_answer(self, resource: Resource, before: State, org: str, exchange: Exchange, key: str | None) -> None:
        """Keep what a creation made, and give back what was reserved for one that made nothing."""
        answer = exchange.json if exchange.has_succeeded and isinstance(exchange.json, dict) else {}
        shown = resource.as_made(exchange.operation_id, answer)
        object_id = resource.to_custody(read_id(shown)) if read_id(shown) else None
        if object_id is not None and not self._is_ours(resource, shown, before):
            object_id = None
        if object_id is None or object_id in self._made:
            self.limiter.reserve(-resource.removals)
        if object_id is not None:
            self._keep(object_id, MadeObject(resource.name, org))
        if self.ledger and key is not None and (object_id is not None or not exchange.has_succeeded):
            # Where a success shows nothing that was made the entry stays to be looked into.
            self.ledger.close_entry(key)

    def _keep(self, object_id: str, made: MadeObject) -> None:
        self._made[object_id] = made
        self.guard.allow_made(object_id)
        if self.ledger:
            self.ledger.enter_made(object_id, made)

    def take_again(self, object_id: str, made: MadeObject) -> None:
        """Keep an object that an earlier test made and put away."""
        self.limiter.reserve(_count_removals(made))
        self._keep(object_id, made)

    def keep_found(self, lost: LostCreation, ids: Iterable[str]) -> None:
        """Keep what a creation without an answer made, as a list shows it.

        Where that is nothing its entry in the ledger stays for the end of the run: it may be made yet.
        """
        self.lost.remove(lost)
        held = map(lost.resource.to_custody, ids)
        new = [object_id for object_id in held if object_id not in self._made]
        # One request for the look is made now, and those for one removal were reserved before.
        self.limiter.reserve((len(new) - 1) * lost.resource.removals - 1 if new else -1)
        for object_id in new:
            self._keep(object_id, MadeObject(lost.resource.name, lost.org))
        if new and self.ledger and lost.key is not None:
            self.ledger.close_entry(lost.key)

    def _is_ours(self, resource: Resource, shown: Mapping[str, Any], before: State) -> bool:
        """Return whether a creation made what its answer shows: a target may answer with what others have, and keep."""
        object_id = resource.to_custody(read_id(shown))
        if object_id in self._made:
            return True
        if self._is_of_others(object_id, before) and object_id not in self.profile.known.expendable:
            return False
        return not before.is_of_another_run(shown.get(resource.named_in))

    def _is_of_others(self, object_id: str, before: State) -> bool:
        named = (facts.get(object_id) for facts in before.objects.values())
        if any(fact is not None and not fact.made for fact in named):
            return True
        return self.guard.was_there(object_id) or any(each == object_id for _, each in before.of_other_runs)

    def forget_removed(self, object_id: str, *, stays: bool = False) -> None:
        """Forget an object that is not there any more, or that `stays` archived, for another test to use again."""
        if (made := self._made.pop(object_id, None)) is None:
            return
        self.limiter.reserve(-_count_removals(made))
        if stays:
            self.guard.put_away(made.resource, made.org, object_id)
        if self.ledger:
            (self.ledger.enter_staying if stays else self.ledger.enter_gone)(object_id)

    def list_standing(self) -> tuple[tuple[str, MadeObject], ...]:
        """Return the objects that are still there, in the order in which they can be removed."""
        return tuple(sort_for_removal(self._made))


def describe_made(held: str, made: MadeObject) -> str:
    """Return an object in words, by what stands for it: its resource, its id, and whose it is."""
    resource = find_resource(made.resource)
    return f"{made.resource} {resource.from_custody(held) if resource else held} of {made.org}"


def sort_for_removal(made: Mapping[str, MadeObject]) -> list[tuple[str, MadeObject]]:
    """Return the objects, those first that are based on others or hold them; else in the order of their making."""
    return sorted(
        made.items(), key=lambda item: -(count_depth(each) if (each := find_resource(item[1].resource)) else 0)
    )


def _count_removals(made: MadeObject) -> int:
    resource = find_resource(made.resource)
    return resource.removals if resource else 1


def _find_made_resource(state: State, request: Request) -> Resource | None:
    """Return the resource of which the request makes an object if it succeeds."""
    operation = find_route(state.contract, request.method, request.path).operation
    return find_resource_made(operation) if operation else None
