"""People of an org and their workspaces: who sees the own ones alone, and what somebody else created."""

from __future__ import annotations

from urllib.parse import urlencode

from conformance.contract.contract import Operation
from conformance.oracle.declaration.ownership import OWN
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.causes import Provoking
from conformance.recipes.credentials import SCOPED
from conformance.recipes.making import introduced, learned, own
from conformance.recipes.requests import build
from conformance.recipes.valid import valid
from conformance.resources.workspaces.making import EXISTS, resource, state_params
from conformance.resources.workspaces.semantics import BY_ROLE, PERSONAL, WORKSPACE
from conformance.session.harness import Harness


def narrowed(harness: Harness, operation: Operation, org: str | None = None) -> Caller:
    """Somebody who may do the operation on the own workspaces alone: one of the profile, else one by a state."""
    for caller in harness.callers(org):
        if harness.may(caller, operation) and resource().narrows(caller, operation):
            return introduced(harness, caller)
    scopes = frozenset(each for group in operation.permissions.groups for each in group if each.endswith(OWN))
    return _person(harness, org or harness.able(operation).org, scopes)


def _person(harness: Harness, org: str, scopes: frozenset[str] = frozenset()) -> Caller:
    """A new person of the org with these scopes."""
    made = harness.provide(SCOPED, org_id=org, scopes=sorted(scopes))
    name = f"holder of {' '.join(sorted(scopes)) or 'no scope'}"
    return introduced(harness, Caller(name, org, str(made.get("token")), scopes=scopes))


def of_another_person(harness: Harness, caller: Caller) -> Fact:
    """A new workspace in the caller's org that another person created; not provoked where that cannot be told."""
    others = [each for each in harness.callers(caller.org) if each.role and each != caller]
    other = introduced(harness, others[0]) if others else _person(harness, caller.org)
    person = harness.state.person_of(other)
    if person is None or person == harness.state.person_of(caller):
        raise NotProvoked("the target does not say who is calling")
    params = {**state_params(harness, caller.org), str(PERSONAL.state_param): person}
    made = harness.provide(EXISTS, org_id=caller.org, **params)
    fact = Fact(resource=WORKSPACE, id=str(made[f"{WORKSPACE}_id"]), owner=caller.org, person=person, made=True)
    return learned(harness, resource(), fact)


def of_nobody(harness: Harness, caller: Caller) -> Fact:
    """A new workspace in the caller's org that no person created, as by an API key."""
    return own(harness, resource(), caller.org)


def of_somebody_else(harness: Harness, operation: Operation) -> Provoking:
    """A right request of somebody who sees the own workspaces alone, about another one."""
    caller = narrowed(harness, operation)
    return caller, valid(harness, operation, caller, fact=of_another_person(harness, caller))


def of_unknown_role(harness: Harness, operation: Operation) -> Provoking:
    """A list that asks for a role by a name that none has."""
    return harness.able(operation), build(operation, query=urlencode({BY_ROLE: harness.fresh_name()}))
