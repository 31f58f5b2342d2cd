"""Removal of what a ledger names: at the end of a run, after Ctrl-C or a crash, and after a kill."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from conformance.contract.contract import Contract
from conformance.custody.guard import Guard
from conformance.custody.ledger import AnnouncedCreation, Ledger, MadeObject, StandingObjects, StandingState
from conformance.custody.made_objects import describe_made, list_own_objects, sort_for_removal
from conformance.custody.removal import NOBODY, Remover, explain_unasked, is_gone, stays_archived
from conformance.http.client import Client, CredentialExpired, LimitReached
from conformance.http.exchange import Exchange
from conformance.http.gateways import send_until_answered
from conformance.http.reader import NoAnswer
from conformance.mark import FORM, carries
from conformance.oracle.declaration.fields import RequestedValues
from conformance.oracle.declaration.provider_state import ORG
from conformance.oracle.declaration.registry import find_resource, list_resources
from conformance.oracle.declaration.resource import Resource
from conformance.profile import Profile
from conformance.results.plain_text import count_noun

TRIES = 2
"""The number of times that a deletion is sent: the contract says that repeating one whose purge failed converges."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """The removal from a target of what one ledger names."""

    contract: Contract
    profile: Profile
    client: Client
    guard: Guard
    ledger: Ledger
    standing: StandingObjects
    others: frozenset[str] = frozenset()
    """Ids of what other runs are known to have made."""

    def remove(self) -> list[str]:
        """Remove what the ledger still names, and enter each step; what could not be removed, in words."""
        left, objects = list[str](), self.standing.objects
        try:
            left += [line for key in reversed(self.standing.states) for line in self._tear_down(key)]
            left += [
                line for named, asked in self._group_announced().items() for line in self._find_lost(*named, asked)
            ]
            left += [line for each in sort_for_removal(objects) for line in self._delete(*each)]
        except (NoAnswer, LimitReached) as reason:
            left += [f"{describe_made(object_id, each)}: {reason}" for object_id, each in objects.items()]
            left += [f"whatever was made for {org}: {reason}" for _, org in self._group_announced()]
        return list(dict.fromkeys(left))

    def _group_announced(self) -> Mapping[tuple[str, str], Mapping[str, AnnouncedCreation]]:
        """Return the announced creations by resource and org, since one list shows all that an org has."""
        found: dict[tuple[str, str], dict[str, AnnouncedCreation]] = {}
        for key, each in self.standing.announced.items():
            found.setdefault((each.resource, each.org), {})[key] = each
        return found

    def _tear_down(self, key: str) -> Iterator[str]:
        it = self.standing.states[key]
        name = f"state '{it.state}' {dict(it.params)}"
        if self.profile.states_url is None:
            yield f"{name}: the target has no states_url"
            return
        content = {"state": it.state, "params": dict(it.params), "values": self._find_values(it)}
        try:
            message = {"action": "teardown", **content}
            send = partial(self.client.post, self.profile.states_url, message, cleaning=True)
            answer, _ = send_until_answered(send, harmless=True)
        except LimitReached as error:
            yield f"{name}: {error}"
            return
        if answer.status in (200, 404):
            self.ledger.close_entry(key)
        else:
            yield f"{name}: {answer}"

    def _find_values(self, it: StandingState) -> dict[str, Any]:
        """Return the values of a setup; of one whose answer got lost, as far as its object can be found by its name."""
        resource = next((each for each in list_resources() if it.state == each.state), None)
        if it.values or resource is None:
            return dict(it.values)
        named = it.params.get("name")
        for org in dict.fromkeys(caller.org for caller in self.profile.callers):
            for shown in list_own_objects(
                resource, self._read_list(resource, org), own=it.params.get(ORG.name) is not None
            ):
                if carries(self.standing.prefix, named) and shown.get(resource.named_in) == named:
                    return {resource.id_key: shown["id"]}
        return {}

    def _read_list(self, resource: Resource, org: str) -> Any:
        answer = self._ask_in_turn(lambda remover: remover.read_list(resource, org))
        return answer.json if isinstance(answer, Exchange) and answer.has_succeeded else None

    def _find_lost(self, resource_name: str, org: str, announced: Mapping[str, AnnouncedCreation]) -> Iterator[str]:
        """Find what was made by requests whose answer nobody saw, by its name or the fields that they asked for."""
        resource = find_resource(resource_name)
        answer = self._ask_in_turn(lambda remover: remover.read_list(resource, org)) if resource else None
        if isinstance(answer, CredentialExpired):
            yield f"whatever was made for {org}: {answer}"
            return
        if resource is None or answer is None or not answer.has_succeeded:
            yield f"whatever was made for {org}: its {resource_name}s cannot be listed ({answer or NOBODY})"
            return
        asked = [each.fields for each in announced.values()]
        for object_id in self._find_objects(resource, org, list_own_objects(resource, answer.json), asked):
            made = self.standing.objects[object_id] = MadeObject(resource_name, org)
            self.ledger.enter_made(object_id, made)
        for key in announced:
            del self.standing.announced[key]
            self.ledger.close_entry(key)

    def _find_objects(
        self,
        resource: Resource,
        org: str,
        listed: Iterable[Mapping[str, Any]],
        asked: Sequence[Mapping[str, str]],
    ) -> Iterator[str]:
        """Yield the objects that the run made; one that has no place for the mark is told by what was asked for."""
        known = self.standing.before.get((resource.name, org), frozenset()) | self.others
        for shown in listed:
            named = shown.get(resource.named_in)
            marked = carries(self.standing.prefix, named, shown.get("description"))
            unmarked = not FORM.match(str(named))
            as_asked = unmarked and any(RequestedValues(None, fields).is_shown_by(shown) for fields in asked)
            if resource.to_custody(shown["id"]) not in known and (marked or as_asked):
                yield resource.to_custody(shown["id"])

    def _delete(self, object_id: str, made: MadeObject) -> Iterator[str]:
        self.guard.allow_made(object_id)
        for _ in range(TRIES):
            answer = self._ask_in_turn(lambda remover: remover.delete_object(made.resource, object_id, made.org))
            if isinstance(answer, CredentialExpired) or is_gone(answer):
                break
        del self.standing.objects[object_id]
        if stays_archived(made, answer):
            self.ledger.enter_staying(object_id)
        elif is_gone(answer):
            self.ledger.enter_gone(object_id)
        else:
            yield f"{describe_made(object_id, made)}: {answer or explain_unasked(self.contract, made)}"

    def _ask_in_turn(self, ask: Callable[[Remover], Exchange | None]) -> Exchange | CredentialExpired | None:
        """Return the answer, or why nobody of the org can ask any more; NoAnswer where none came to any try."""
        try:
            answer = ask(Remover(self.contract, self.profile, self.client, self.profile.find_url))
        except CredentialExpired as reason:
            return reason
        self.client.take()  # nobody judges it
        if answer is not None and answer.failure is not None:
            raise NoAnswer(str(answer))
        return answer


def describe_staying(staying: Iterable[MadeObject]) -> list[str]:
    """Return a line for each org: how much of which resource stays there, and why."""
    by_org: dict[str, Counter[str]] = {}
    for each in staying:
        by_org.setdefault(each.org, Counter())[each.resource.replace("_", " ")] += 1
    return [_describe_org(org, made) for org, made in sorted(by_org.items())]


def _describe_org(org: str, made: Counter[str]) -> str:
    words = [count_noun(count, name) for name, count in sorted(made.items())]
    named = " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
    stays, them = ("stays", "it") if made.total() == 1 else ("stay", "them")
    return f"{named} of {org} {stays} for good, archived: the contract has no way to remove {them}"
