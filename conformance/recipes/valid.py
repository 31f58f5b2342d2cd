"""A request that is right in every respect, for any operation of the contract."""

from __future__ import annotations

from conformance.contract.contract import Operation
from conformance.http.exchange import Request
from conformance.oracle.declaration.ownership import FOREIGN_PRIVATE, OWN_PRIVATE, Ownership
from conformance.oracle.declaration.registry import find_resource_in_path
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.profile import ANONYMOUS, Caller, Credential
from conformance.recipes.about import build_request_about, choose_suited, on_nothing
from conformance.recipes.making import make_ready, obtain, with_parts
from conformance.recipes.reading import list_readers, read_object
from conformance.session.harness import Harness


def build_valid(
    harness: Harness,
    operation: Operation,
    caller: Caller,
    *,
    ownership: Ownership = OWN_PRIVATE,
    fact: Fact | None = None,
) -> Request:
    """Return a right request for an object that stands so to the caller's org."""
    resource = find_resource_in_path(operation)
    if fact is None and resource is not None:
        fact = obtain(harness, resource, ownership, caller, operation)
    fact = fact and make_ready(harness, with_parts(harness, operation, fact), operation)
    return build_request_about(harness, operation, caller, fact, like=fact)


def build_refusable(harness: Harness, operation: Operation) -> Request:
    """Return a request that somebody would be served; where the profile has nobody, one on ids that cannot exist."""
    if harness.callers():
        return build_valid(harness, operation, harness.able(operation))
    return on_nothing(harness, operation)


def build_once_served(harness: Harness, operation: Operation) -> Request:
    """Return a refusable request after a like one was served, where the profile has somebody to send that."""
    if harness.callers():
        caller = harness.able(operation)
        harness.hold(caller, build_valid(harness, operation, caller))
    return build_refusable(harness, operation)


def choose_anybody(harness: Harness) -> Caller | Credential:
    """Return the caller with the most scopes; nobody where the profile has nobody."""
    return max(harness.callers(), key=lambda caller: len(caller.held), default=ANONYMOUS)


def on_hidden(harness: Harness, resource: Resource, operation: Operation, caller: Caller) -> Request:
    """Return a right request for a private object of another org, which that can read, and has sent if a read."""
    fact = with_parts(harness, operation, obtain(harness, resource, FOREIGN_PRIVATE, caller))
    is_read = fact.owner is not None and resource.shown_by in harness.contract.operations
    request = build_request_about(harness, operation, caller, fact, like=choose_suited(operation, fact))
    for owner in list_readers(harness, resource, fact.owner)[:1] if is_read else ():
        read_object(harness, resource, owner, fact.id)
        if operation.is_safe:
            harness.send(owner, request)  # what was served to somebody may be served to others since
    return request


def find_id_parameter(resource: Resource, operation: Operation) -> str:
    """Return the name of the path parameter that names an object of the resource."""
    return next(p.name for p in operation.path_parameters if p.resource and p.resource.name == resource.name)
