"""Removal of what a test made: lists and deletions as a caller of its org, repeated where an answer gets lost."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from conformance.contract.contract import Contract
from conformance.custody.interrupt import delay_interrupts
from conformance.custody.ledger import MadeObject
from conformance.custody.made_objects import LostCreation, MadeObjects, describe_made
from conformance.http.client import Client, CredentialExpired, LimitReached
from conformance.http.exchange import Exchange, Request
from conformance.http.gateways import draw_growing_pauses
from conformance.oracle.archiving import list_refusals_again
from conformance.oracle.declaration.lifetime import Life
from conformance.oracle.declaration.registry import find_resource, find_resource_of
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact, State
from conformance.profile import Caller, Profile

NOBODY = "the profile has no caller of the org"
NO_WAY = "no operation removes one"


@dataclass(frozen=True, slots=True)
class Remover:
    """The remover of what a run made, which finds it too."""

    contract: Contract
    profile: Profile
    client: Client
    base_url: Callable[[str], str]
    """The base URL for the callers of an org."""

    def clear(self, made: MadeObjects, state: State) -> list[str]:
        """Remove the objects of a test that its answers or a list show; return in words what is left behind."""
        with suppress(LimitReached):  # then the end of the run looks again
            for lost in list(made.lost):
                self._look_for(lost, made, state)
        return [line for object_id, each in made.list_standing() for line in self._remove(object_id, each, made, state)]

    def _look_for(self, lost: LostCreation, made: MadeObjects, state: State) -> None:
        with delay_interrupts():
            answer = self.read_list(lost.resource, lost.org)
        if answer is not None and answer.has_succeeded:
            others = {fact.id for fact in state.get_facts(lost.resource.name).values() if not fact.made}
            made.keep_found(lost, lost.find_in(answer.json, state.prefix, others))

    def _remove(self, object_id: str, each: MadeObject, made: MadeObjects, state: State) -> Iterator[str]:
        try:
            with delay_interrupts():
                answer = self.delete_object(
                    each.resource, object_id, each.org, state.get_facts(each.resource).get(object_id)
                )
        except LimitReached as error:
            yield f"{describe_made(object_id, each)}: {error}"
            return
        if is_gone(answer):
            made.forget_removed(object_id, stays=stays_archived(each, answer))
        else:
            yield f"{describe_made(object_id, each)}: {answer or explain_unasked(self.contract, each)}"

    def read_list(self, resource: Resource, org: str) -> Exchange | None:
        """Return the list that the org sees; None where nobody of it can ask for one."""
        return self._ask(resource.listed_by, org, {})

    def delete_object(self, resource_name: str, object_id: str, org: str, fact: Fact | None = None) -> Exchange | None:
        """Return the answer to the removal of an object of the org, or to its archiving where none is ever removed.

        None where nobody of the org can ask for that. Before that it lets go of what it holds, as far as it may;
        `fact` may say that it holds nothing.
        """
        resource = find_resource(resource_name)
        if resource is None:
            return None
        ids = {resource_name: resource.from_custody(object_id)}
        if resource.released and not (fact and resource.released.items() <= fact.shown.items()):
            self._ask(resource.updated_by, org, ids, resource.released)
        if resource.life is not None:
            rests = self._bring_to_rest(resource, resource.life, org, ids)
            if rests is not None and _is_archived(resource, rests):
                return rests  # it is put away already, and to do that again is refused
        ended = self._ask(_ended_by(resource), org, ids)
        if ended is not None and ended.status == 409 and resource.lasts:
            read = self._ask(resource.shown_by, org, ids)
            return read if read is not None and _is_archived(resource, read) else ended
        return ended

    def _bring_to_rest(self, resource: Resource, life: Life, org: str, ids: Mapping[str, str]) -> Exchange | None:
        """Bring an object to rest, and wait until it is: it has to be told once it can be. The last reading of it."""
        began, pauses, patience = time.monotonic(), draw_growing_pauses(), self.client.health.patience
        first: object = None
        while True:
            read = self._ask(resource.shown_by, org, ids)
            status = (
                read.json.get(life.shown_in) if read and read.has_succeeded and isinstance(read.json, dict) else None
            )
            first = first or status
            if status is None or status in life.at_rest:
                patience.note_moved(first, status)
                return read
            if time.monotonic() > began + patience.choose_seconds(status, self.profile.limits.life_seconds):
                patience.note_stayed(status)
                return read
            asked = self._ask(life.stopped_by, org, ids)
            if asked is None or (not asked.has_succeeded and not life.goes_on(status)):
                return read
            time.sleep(next(pauses))

    def _ask(
        self, operation_id: str | None, org: str, ids: Mapping[str, str], body: Mapping[str, Any] | None = None
    ) -> Exchange | None:
        """Return the answer to the first of the org's callers who is let through, else to the last.

        Those who may do it come first.

        `ids`: by resource. CredentialExpired where none of them can sign in any more. The credential of whoever made it
        may have been a state, and is gone by now.
        """
        operation = self.contract.operations.get(operation_id or "")
        if operation is None:
            return None
        values = {p.name: ids[p.resource.name] for p in operation.path_parameters if p.resource}
        again = list_refusals_again(operation_id)
        request = Request(operation_id, operation.method, operation.fill_path(values), values, foreseen=again)
        if body is not None:
            headers = (("Content-Type", "application/json"),)
            request = replace(request, headers=headers, content=json.dumps(body).encode())
        able, about = operation.permissions.are_held_by, find_resource_of(operation)

        def is_narrowed(caller: Caller) -> bool:
            return about is not None and about.narrows(caller, operation)

        answer: Exchange | None = None
        ended: CredentialExpired | None = None
        for caller in sorted(self._find_callers(org), key=lambda caller: (not able(caller.held), is_narrowed(caller))):
            try:
                answer = self._ask_repeatedly(caller, request.put_in_org(caller.org))
            except CredentialExpired as reason:
                ended = reason
                continue
            hidden = answer.status == 404 and is_narrowed(caller)  # it may be there for others
            if answer.status not in (401, 403) and not hidden:
                break
        if answer is None and ended is not None:
            raise ended
        return answer

    def _ask_repeatedly(self, caller: Caller, request: Request) -> Exchange:
        """Return the answer; one without a status where the target is gone: so many in a row got lost."""
        while True:
            answer = self.client.send(request, caller.credential, self.base_url(caller.org), cleaning=True)
            if answer.failure is None or self.client.health.gone:
                return answer

    def _find_callers(self, org: str) -> Iterator[Caller]:
        return (caller for caller in self.profile.callers if caller.org == org)


def explain_unasked(contract: Contract, made: MadeObject) -> str:
    """Return why nobody can be asked to remove an object."""
    resource = find_resource(made.resource)
    has_way = resource is not None and _ended_by(resource) in contract.operations
    return NOBODY if has_way else NO_WAY


def _ended_by(resource: Resource) -> str | None:
    """Return the operation that removes an object of a resource, else the one that archives it.

    None where there is none.
    """
    return resource.removed_by or (resource.archiving.by if resource.archiving else None)


def _is_archived(resource: Resource, read: Exchange) -> bool:
    """Return whether an object is read as archived."""
    shown = read.json if read.has_succeeded and isinstance(read.json, dict) else {}
    return resource.archiving is not None and shown.get(resource.archiving.shown_in) is not None


def stays_archived(made: MadeObject, answer: object) -> bool:
    """Return whether the answer to a deletion says that the object is archived, since nobody can remove it."""
    resource = find_resource(made.resource)
    return isinstance(answer, Exchange) and answer.has_succeeded and resource is not None and resource.lasts


def is_gone(answer: object) -> bool:
    """Return whether the answer to a deletion, if there is one, says that the object is there no longer."""
    return isinstance(answer, Exchange) and (answer.has_succeeded or answer.status == 404)
