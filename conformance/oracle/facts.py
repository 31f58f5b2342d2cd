"""The facts that the run made and observed through public calls. Whatever it has not seen is unknown, not absent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.contract.contract import Contract
from conformance.mark import FORM, carries
from conformance.profile import Caller
from conformance.values import copy_with

INACTIVE = ("past_due", "decommissioning", "trial_expired")
_TOLD = ("active", "past_due", "decommissioning")  # a trial says trial after it has expired too, so it tells nothing
FOR_GOOD = 2**63  # in place of the number of a request whose late execution nothing that is seen afterwards rules out

Key = tuple[str, str]  # the name of a resource, and the id of an object or org


@dataclass(frozen=True, kw_only=True)
class Fact:
    """The knowledge of one object that exists."""

    resource: str
    id: str
    name: str | None = None  # None: it has none, or that is not known
    owner: str | None = None  # the org; None: the platform's, or an org that the run cannot name
    person: str | None = None  # the user id of whose it is, where it is somebody's of the org
    foreign_to: frozenset[str] = frozenset()  # orgs that were told that it is not theirs
    made: bool = False  # by this run
    archived: bool = False
    is_passing: bool = False  # its status is one that it leaves by itself, so that it may have another by now
    since: int = 0  # the number of the exchange that showed it last; 0: none has
    shown: Mapping[str, Any] = field(default_factory=dict)
    """The last answer about it, as its owner's org saw it; else as anybody did."""

    @property
    def is_platform(self) -> bool:
        """Return whether the platform ships it, so that no org owns or changes it."""
        return False

    @property
    def is_shareable(self) -> bool:
        """Return whether an org may be shown it whose it is not."""
        return False

    def is_owned_by(self, org: str) -> bool:
        return self.owner == org

    def is_visible_to(self, org: str) -> bool:
        return self.is_owned_by(org)


@dataclass(frozen=True, kw_only=True)
class State:
    """The state of all that the oracle knows when a request is judged."""

    contract: Contract
    is_own_world: bool = False
    """Whether nobody but this test changes anything, so that what is complete and certain stays so."""
    is_recorded: bool = False
    """Whether it was learned from a recording of what others asked for: of that nothing but what is fixed is certain,
    unless nobody else changed anything, and much was never shown."""
    objects: Mapping[str, Mapping[str, Fact]] = field(default_factory=dict)  # by resource and id
    postures: Mapping[str, str] = field(default_factory=dict)  # billing posture by org, where known
    gone: frozenset[Key] = frozenset()  # objects that this run deleted
    former: Mapping[Key, Fact] = field(default_factory=dict)  # what was known last of those that it deleted
    absent: frozenset[str] = frozenset()  # ids that the run made up so that no object has them
    listed: frozenset[Key] = frozenset()
    """Resources and orgs of which every object was listed, and everything that this run made since is known."""
    unsettled: Mapping[Key, int] = field(default_factory=dict)
    """Objects about which a write got no answer, and its number: only what was shown later is certain again."""
    of_other_runs: frozenset[Key] = frozenset()
    """Objects that were shown and that another run of the suite made: they change, and go, at any time."""
    steady: frozenset[str] = frozenset()  # ids that the profile promises to stay as they are while the run goes on
    people: Mapping[Caller, str] = field(default_factory=dict)  # the user ids of callers, beside those of the profile
    prefix: str = ""  # how the names of what this run makes begin

    def get_facts(self, resource: str) -> Mapping[str, Fact]:
        """Return what is known of the objects of a resource, by id."""
        return self.objects.get(resource, {})

    def list_owned(self, resource: str, org: str) -> Iterable[Fact]:
        return (fact for fact in self.get_facts(resource).values() if fact.is_owned_by(org))

    def is_certain(self, fact: Fact) -> bool:
        """Return whether the object still is as the fact says: nobody may have changed it, nor a request of ours."""
        lasts = not self.is_recorded and (fact.made or fact.is_platform or fact.id in self.steady)
        return (self.is_own_world or lasts) and fact.since > self.unsettled.get((fact.resource, fact.id), -1)

    @property
    def is_closed(self) -> bool:
        """Return whether nothing can be there, or be switched off, that was not seen."""
        return self.is_own_world and not self.is_recorded

    def list_certainly_made(self, resource: str) -> list[Fact]:
        """Return the objects of this run that nobody else may have changed, nor a request of ours without an answer."""
        return [fact for fact in self.get_facts(resource).values() if fact.made and self.is_certain(fact)]

    def is_complete(self, resource: str, org: str) -> bool:
        """Return whether the org can see no object of the resource that is not among the facts."""
        return self.is_own_world and (resource, org) in self.listed

    def is_gone(self, resource: str, object_id: str) -> bool:
        """Return whether it is certain that no object has the id: it was deleted, or made up."""
        return object_id in self.absent or (resource, object_id) in self.gone

    def is_known(self, resource: str, object_id: str, org: str) -> bool:
        """Return whether it is certain what the org can see of the object, or that there is none."""
        if fact := self.get_facts(resource).get(object_id):
            return self.is_certain(fact)
        complete = self.is_complete(resource, org) and (resource, object_id) not in self.of_other_runs
        return complete or self.is_gone(resource, object_id)

    def find_person(self, caller: Caller) -> str | None:
        """Return the user id of a caller; None where it is not known."""
        return caller.user_id or self.people.get(caller)

    def is_name_taken(
        self, resource: str, org: str, name: str, among: Callable[[Fact], bool] = lambda _: True
    ) -> bool | None:
        """Return whether an object of the org has the name, of those among which it is unique.

        None: the run cannot know.
        """
        named = [fact for fact in self.list_owned(resource, org) if fact.name == name and among(fact)]
        if named:
            return True if any(self.is_certain(fact) for fact in named) else None
        ours = carries(self.prefix, name) and (resource, org) in self.listed  # nobody else takes such a name
        return False if ours or self.is_complete(resource, org) else None

    def is_of_another_run(self, name: object) -> bool:
        """Return whether something of this name was made by a run of the suite, and not by this one."""
        of_a_run = FORM.match(str(name))
        return of_a_run is not None and self.prefix != "" and of_a_run[0] != self.prefix

    def with_fact(self, fact: Fact) -> State:
        """Return the state with this fact in place of what was known of the object."""
        return self.with_facts(fact.resource, {fact.id: fact})

    def with_facts(self, resource: str, found: Mapping[str, Fact]) -> State:
        """Return the state with these facts, by id, in place of what was known of the objects of a resource."""
        return self._with(resource, {**self.get_facts(resource), **found})

    def without(self, resource: str, object_id: str) -> State:
        """Return the state after the object was deleted."""
        left, key = dict(self.get_facts(resource)), (resource, object_id)
        fact = left.pop(object_id, None)
        former = {**self.former, key: fact} if fact else self.former
        return copy_with(self._with(resource, left), gone=self.gone | {key}, former=former)

    def with_unseen(self, resource: str, number: int, org: str | None = None) -> State:
        """Return the state after an object may have been made that no answer shows, of this org, or else of any.

        number: of the request that may have made it.
        """
        listed = frozenset(each for each in self.listed if each[0] != resource or org not in (None, each[1]))
        return copy_with(self, listed=listed, unsettled={**self.unsettled, (resource, ""): number})

    def forget(self, resource: str) -> State:
        """Return the state in which nothing is known of the objects of a resource."""
        listed = frozenset(each for each in self.listed if each[0] != resource)
        return copy_with(self._with(resource, {}), listed=listed)

    def change(self, resource: str, object_id: str, **changes: Any) -> State:
        """Return the state with some fields of one fact changed; the same where the object is not known."""
        fact = self.get_facts(resource).get(object_id)
        return self.with_fact(copy_with(fact, **changes)) if fact else self

    def with_posture(self, org: str, posture: str) -> State:
        return copy_with(self, postures={**self.postures, org: posture})

    def with_person(self, caller: Caller, user_id: str) -> State:
        return copy_with(self, people={**self.people, caller: user_id})

    def with_absent(self, object_id: str) -> State:
        return copy_with(self, absent=self.absent | {object_id})

    def _with(self, resource: str, facts: Mapping[str, Fact]) -> State:
        return copy_with(self, objects={**self.objects, resource: facts})


def find_posture(session: Mapping[str, Any], org: str, org_field: str) -> str | None:
    """Return the billing posture of an org, as a session says; None where it does not tell it.

    `org_field`: how the API names an org.
    """
    memberships = session.get("memberships")
    for membership in memberships if isinstance(memberships, list) else ():
        if isinstance(membership, dict) and membership.get(org_field) == org:
            status = membership.get("billing_status")
            if status in _TOLD:
                return str(status)
    return None
