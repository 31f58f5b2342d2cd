"""The second reading, by the same caller and before anybody is accused, of what a finding rests on and nobody made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.contract.routing import find_route
from conformance.contract.schemas import list_field_names
from conformance.http.exchange import SAFE, Exchange, build_bare_request
from conformance.http.gateways import may_have_been_done
from conformance.oracle.declaration.fields import list_objects, read_id
from conformance.oracle.declaration.registry import find_resource, find_resource_of
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.judging import NotProvoked
from conformance.session.case_session import CaseSession


class ChangedMeanwhile(NotProvoked):
    """An object that others made is not as it was when the test read it, so nothing follows from what it is now."""


def check_unchanged(session: CaseSession, exchange: Exchange, about: str | None = None) -> None:
    """Raise ChangedMeanwhile where an object of others that the exchange is about has changed since the test read it.

    `about`: the id of such an object where no path names it: of a list, the one that is judged. What is said of a list
    without one rests on that one answer alone.
    """
    if session.is_alone:
        return
    for resource, object_id in _list_others_objects(session, exchange, about):
        if _is_read_otherwise(session, exchange, resource, object_id) or _is_known_otherwise(
            session, resource, object_id
        ):
            raise ChangedMeanwhile(
                f"the {resource} {object_id!r}, which the run did not make, changed meanwhile: "
                "read again by the same caller it is not what it was"
            )


def _list_others_objects(session: CaseSession, exchange: Exchange, about: str | None) -> Iterator[tuple[Resource, str]]:
    """Yield each object that the exchange is about, exists as far as is known, and is none of this run's."""
    where = find_route(session.contract, exchange.method, exchange.path)
    if where.operation is None:
        return
    named = [(p.resource.name, where.values[p.name]) for p in where.operation.path_parameters if p.resource]
    if about is not None and (listed := find_resource_of(where.operation)) is not None:
        named.append((listed.name, about))
    for name, object_id in named:
        resource, fact = find_resource(name), session.knowledge.get_facts(name).get(object_id)
        ours = session.knowledge.is_gone(name, object_id) or (fact is not None and fact.made)
        if resource is not None and resource.within is None and not ours:
            yield resource, object_id


def _is_read_otherwise(session: CaseSession, exchange: Exchange, resource: Resource, object_id: str) -> bool:
    """Return whether one of the test's reads of the object, the one in question too, has another answer now."""
    read: dict[tuple[str, str], Exchange | None] = {}
    for earlier in [*_list_reads(session, exchange, resource, object_id)]:
        key = (earlier.caller, earlier.request.target)
        if key not in read:
            read[key] = _ask_again(session, earlier)
        now = read[key]
        if now is not None and _read_object(session, earlier, object_id) != _read_object(session, now, object_id):
            return True
    return False


def _list_reads(session: CaseSession, exchange: Exchange, resource: Resource, object_id: str) -> Iterator[Exchange]:
    """Yield the reads that tell of the object, the last first, back to the last request that may have changed it."""
    for step in reversed(session.history.steps):
        names_it = object_id in find_route(session.contract, step.method, step.path).values.values()
        if step.number > exchange.number or step.failure is not None:
            continue
        if step.method not in SAFE:
            if names_it and (step.has_succeeded or may_have_been_done(step)):
                return
        elif names_it or step.operation_id == resource.listed_by:
            yield step


def _ask_again(session: CaseSession, exchange: Exchange) -> Exchange | None:
    """Return the answer to the same request of the same caller now; None where it was none of the profile's."""
    caller = next((each for each in session.callers() if each.name == exchange.caller), None)
    return session.send(caller, exchange.request) if caller else None


def _read_object(session: CaseSession, exchange: Exchange, object_id: str) -> Any:
    """Return what an answer tells of an object: its fields that the contract knows, else status and content."""
    if not exchange.has_succeeded:
        return exchange.status, exchange.code
    shown = exchange.json
    if isinstance(shown, dict) and object_id not in exchange.request.path_values.values():
        shown = next((each for each in list_objects(shown) if read_id(each) == object_id), None)
    elif not isinstance(shown, dict) or read_id(shown) != object_id:
        return exchange.body
    known = list_field_names(session.contract)
    return shown and {name: value for name, value in shown.items() if name in known}


def _is_known_otherwise(session: CaseSession, resource: Resource, object_id: str) -> bool:
    """Return whether the object was shown before, and no list of any org shows it so any more."""
    fact = session.knowledge.get_facts(resource.name).get(object_id)
    listing = session.contract.operations.get(resource.listed_by or "")
    if fact is None or not fact.shown or listing is None:
        return False
    known = list_field_names(session.contract) & fact.shown.keys()
    able = [caller for caller in session.callers() if session.is_permitted(caller, listing)]
    for caller in {caller.org: caller for caller in reversed(able)}.values():
        answer = session.send(caller, build_bare_request(listing))
        shown = next((each for each in list_objects(answer.json) if read_id(each) == object_id), None)
        if shown and all(shown[name] == fact.shown[name] for name in known & shown.keys() - resource.by_viewer):
            return False
    return True
