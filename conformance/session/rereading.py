"""The second reading, by the same caller and before anybody is accused, of what a finding rests on and nobody made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.contract.routing import route
from conformance.contract.schemas import field_names
from conformance.http.exchange import SAFE, Exchange, bare_request
from conformance.http.gateways import may_have_been_done
from conformance.oracle.declaration.fields import id_of, objects_in
from conformance.oracle.declaration.registry import resource_named, resource_of
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.judging import NotProvoked
from conformance.session.session import Session


class ChangedMeanwhile(NotProvoked):
    """An object that others made is not as it was when the test read it, so nothing follows from what it is now."""


def check_unchanged(session: Session, exchange: Exchange, about: str | None = None) -> None:
    """Raise ChangedMeanwhile where an object of others that the exchange is about has changed since the test read it.

    `about`: the id of such an object where no path names it: of a list, the one that is judged. What is said of a list
    without one rests on that one answer alone.
    """
    if session.alone:
        return
    for resource, object_id in _of_others(session, exchange, about):
        if _reads_otherwise(session, exchange, resource, object_id) or _known_otherwise(session, resource, object_id):
            raise ChangedMeanwhile(
                f"the {resource} {object_id!r}, which the run did not make, changed meanwhile: "
                "read again by the same caller it is not what it was"
            )


def _of_others(session: Session, exchange: Exchange, about: str | None) -> Iterator[tuple[Resource, str]]:
    """Yield each object that the exchange is about, exists as far as is known, and is none of this run's."""
    where = route(session.contract, exchange.method, exchange.path)
    if where.operation is None:
        return
    named = [(p.resource.name, where.values[p.name]) for p in where.operation.path_parameters if p.resource]
    if about is not None and (listed := resource_of(where.operation)) is not None:
        named.append((listed.name, about))
    for name, object_id in named:
        resource, fact = resource_named(name), session.state.facts(name).get(object_id)
        ours = session.state.is_gone(name, object_id) or (fact is not None and fact.made)
        if resource is not None and resource.within is None and not ours:
            yield resource, object_id


def _reads_otherwise(session: Session, exchange: Exchange, resource: Resource, object_id: str) -> bool:
    """Return whether one of the test's reads of the object, the one in question too, has another answer now."""
    read: dict[tuple[str, str], Exchange | None] = {}
    for earlier in [*_reads(session, exchange, resource, object_id)]:
        key = (earlier.caller, earlier.request.target)
        if key not in read:
            read[key] = _again(session, earlier)
        now = read[key]
        if now is not None and _told(session, earlier, object_id) != _told(session, now, object_id):
            return True
    return False


def _reads(session: Session, exchange: Exchange, resource: Resource, object_id: str) -> Iterator[Exchange]:
    """Yield the reads that tell of the object, the last first, back to the last request that may have changed it."""
    for step in reversed(session.told.steps):
        names_it = object_id in route(session.contract, step.method, step.path).values.values()
        if step.number > exchange.number or step.failure is not None:
            continue
        if step.method not in SAFE:
            if names_it and (step.succeeded or may_have_been_done(step)):
                return
        elif names_it or step.operation_id == resource.listed_by:
            yield step


def _again(session: Session, exchange: Exchange) -> Exchange | None:
    """Return the answer to the same request of the same caller now; None where it was none of the profile's."""
    caller = next((each for each in session.callers() if each.name == exchange.caller), None)
    return session.send(caller, exchange.request) if caller else None


def _told(session: Session, exchange: Exchange, object_id: str) -> Any:
    """Return what an answer tells of an object: its fields that the contract knows, else status and content."""
    if not exchange.succeeded:
        return exchange.status, exchange.code
    shown = exchange.json
    if isinstance(shown, dict) and object_id not in exchange.request.path_values.values():
        shown = next((each for each in objects_in(shown) if id_of(each) == object_id), None)
    elif not isinstance(shown, dict) or id_of(shown) != object_id:
        return exchange.body
    known = field_names(session.contract)
    return shown and {name: value for name, value in shown.items() if name in known}


def _known_otherwise(session: Session, resource: Resource, object_id: str) -> bool:
    """Return whether the object was shown before, and no list of any org shows it so any more."""
    fact = session.state.facts(resource.name).get(object_id)
    listing = session.contract.operations.get(resource.listed_by or "")
    if fact is None or not fact.shown or listing is None:
        return False
    known = field_names(session.contract) & fact.shown.keys()
    able = [caller for caller in session.callers() if session.may(caller, listing)]
    for caller in {caller.org: caller for caller in reversed(able)}.values():
        answer = session.send(caller, bare_request(listing))
        shown = next((each for each in objects_in(answer.json) if id_of(each) == object_id), None)
        if shown and all(shown[name] == fact.shown[name] for name in known & shown.keys() - resource.by_viewer):
            return False
    return True
