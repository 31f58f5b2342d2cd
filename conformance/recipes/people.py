"""People of an org and what is theirs: who is kept from what is somebody else's, and objects of somebody else."""

from __future__ import annotations

from conformance.contract.contract import Operation
from conformance.oracle.declaration.ownership import OWN
from conformance.oracle.declaration.registry import resource_in_path, resource_of
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.credentials import SCOPED
from conformance.recipes.making import creation_of, introduced, learned, shown_fact
from conformance.recipes.valid import valid
from conformance.session.harness import Harness


def narrowed(harness: Harness, operation: Operation, org: str | None = None) -> Caller:
    """Return somebody who may do the operation on the own objects alone: one of the profile, else one by a state."""
    resource = resource_in_path(operation) or resource_of(operation)
    for caller in harness.callers(org):
        if harness.may(caller, operation) and resource is not None and resource.narrows(caller, operation):
            return introduced(harness, caller)
    return by_state(harness, org or harness.able(operation).org, operation)


def by_state(harness: Harness, org: str, operation: Operation | None) -> Caller:
    """Return a new person of the org who may do the operation on the own objects alone.

    Without such a scope, it is one who may do nothing.
    """
    groups = operation.permissions.groups if operation else ()
    scopes = frozenset(each for group in groups for each in group if each.endswith(OWN))
    made = harness.provide(SCOPED, org=org, scopes=sorted(scopes))
    name = f"holder of {' '.join(sorted(scopes)) or 'no scope'}"
    return introduced(harness, Caller(name, org, str(made.get("token")), scopes=scopes))


def of_another_person(harness: Harness, resource: Resource, caller: Caller) -> Fact:
    """Return a new object in the caller's org that is another person's; not provoked where that cannot be told."""
    personal, creation = resource.access.personal, creation_of(harness, resource)
    made_by_person = creation if personal and not personal.state_param else None
    people = [each for each in harness.callers(caller.org) if each.role and each != caller]
    able = (each for each in people if made_by_person is None or harness.may(each, made_by_person))
    first = next(able, None)
    other = introduced(harness, first) if first else by_state(harness, caller.org, made_by_person)
    person = harness.state.person_of(other)
    if personal is None or person is None or person == harness.state.person_of(caller):
        raise NotProvoked("the target does not say who is calling")
    if (found := resource.make_personal(harness, other)) is not None:
        made: Fact = found
        return made
    if personal.state_param is None:
        return shown_fact(harness, resource, harness.hold(other, valid(harness, creation, other)).json)
    params = {**resource.state_params(harness, caller.org), personal.state_param: person}
    made_id = str(harness.provide(resource.state, org=caller.org, **params)[resource.id_key])
    return learned(
        harness, resource, Fact(resource=resource.name, id=made_id, owner=caller.org, person=person, made=True)
    )
