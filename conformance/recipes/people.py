"""People of an org and what is theirs: who is kept from what is somebody else's, and objects of somebody else."""

from __future__ import annotations

from conformance.contract.contract import Operation
from conformance.oracle.declaration.ownership import OWN
from conformance.oracle.declaration.registry import find_resource_in_path, find_resource_of
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.credentials import SCOPED
from conformance.recipes.making import find_creation, introduce_caller, learn_state_made, require_shown
from conformance.recipes.valid import build_valid
from conformance.session.harness import Harness


def find_narrowed(harness: Harness, operation: Operation, org: str | None = None) -> Caller:
    """Return somebody who may do the operation on the own objects alone: one of the profile, else one by a state."""
    resource = find_resource_in_path(operation) or find_resource_of(operation)
    for caller in harness.callers(org):
        if harness.may(caller, operation) and resource is not None and resource.narrows(caller, operation):
            return introduce_caller(harness, caller)
    return create_narrowed(harness, org or harness.able(operation).org, operation)


def create_narrowed(harness: Harness, org: str, operation: Operation | None) -> Caller:
    """Return a new person of the org who may do the operation on the own objects alone.

    Without such a scope, it is one who may do nothing.
    """
    groups = operation.permissions.groups if operation else ()
    scopes = frozenset(each for group in groups for each in group if each.endswith(OWN))
    made = harness.provide(SCOPED, org=org, scopes=sorted(scopes))
    name = f"holder of {' '.join(sorted(scopes)) or 'no scope'}"
    return introduce_caller(harness, Caller(name, org, str(made.get("token")), scopes=scopes))


def create_for_another(harness: Harness, resource: Resource, caller: Caller) -> Fact:
    """Return a new object in the caller's org that is another person's; not provoked where that cannot be told."""
    personal, creation = resource.access.personal, find_creation(harness, resource)
    made_by_person = creation if personal and not personal.state_param else None
    people = [each for each in harness.callers(caller.org) if each.role and each != caller]
    able = (each for each in people if made_by_person is None or harness.may(each, made_by_person))
    first = next(able, None)
    other = introduce_caller(harness, first) if first else create_narrowed(harness, caller.org, made_by_person)
    person = harness.state.find_person(other)
    if personal is None or person is None or person == harness.state.find_person(caller):
        raise NotProvoked("the target does not say who is calling")
    if (found := resource.make_personal(harness, other)) is not None:
        made: Fact = found
        return made
    if personal.state_param is None:
        return require_shown(harness, resource, harness.hold(other, build_valid(harness, creation, other)).json)
    params = {**resource.choose_state_params(harness, caller.org), personal.state_param: person}
    made_id = str(harness.provide(resource.state, org=caller.org, **params)[resource.id_key])
    return learn_state_made(
        harness, resource, Fact(resource=resource.name, id=made_id, owner=caller.org, person=person, made=True)
    )
