"""Callers by the kind of their credential, and people of an org: who is kept from what is somebody else's."""

from __future__ import annotations

from dataclasses import replace

from conformance.contract.contract import Operation
from conformance.needs import PERMISSION_SET
from conformance.oracle.declaration.ownership import OWN
from conformance.oracle.declaration.registry import find_resource_in_path, find_resource_of
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller, Credential
from conformance.recipes.making import find_creation, introduce_caller, learn_state_made, require_shown
from conformance.recipes.valid import build_valid
from conformance.session.harness import Harness
from conformance.session.provider_states import SetupError

UNKNOWN_KEY = "sk_conformance_unknown_key"
SCOPED = "credential has scopes"


def make_revoked_key(harness: Harness, caller: Caller | None) -> Credential:
    """Return a revoked API key of the caller's org and permission set, which a state makes.

    Not provoked without a caller.
    """
    if caller is None:
        raise NotProvoked("no caller of the profile has an API key", PERMISSION_SET)
    made = harness.provide("credential is revoked", org=caller.org, permission_set=caller.permission_set)
    return Credential("revoked key", f"Bearer {made['token']}")


def has_jwt(caller: Caller) -> bool:
    """Return whether the caller's token has the form of a JWT."""
    return caller.token.count(".") == 2


def is_session(caller: Caller) -> bool:
    """Return whether the caller has a session, and no API key: by the profile, or by the form of the token."""
    return caller.permission_set is None and (caller.role is not None or has_jwt(caller))


def list_callers_of_each_kind(harness: Harness, operation: Operation) -> list[Caller]:
    """Return a caller with a session and one with a key who may do the operation.

    Not provoked where there is neither.
    """
    able = [caller for caller in harness.callers() if harness.is_permitted(caller, operation)]
    found = [next((c for c in able if is_session(c) is kind), None) for kind in (True, False)]
    chosen = [caller for caller in found if caller] or [harness.able(operation)]
    # What is made of a session that has ended would be refused for that alone.
    return [harness.client.renewals.update_caller(caller) for caller in chosen]


def issue_of_each_kind(harness: Harness, operation: Operation) -> list[Caller]:
    """Return the callers of `list_callers_of_each_kind`, each with a credential that a state makes, or NotProvoked.

    Such a one may stand where others can read it, as URLs in logs.
    """
    found, not_issued = [], None
    for caller in list_callers_of_each_kind(harness, operation):
        try:
            found.append(issue_credential(harness, caller))
        except NotProvoked as reason:
            not_issued = not_issued or reason
    if not_issued and not found:
        raise NotProvoked(f"no credential of the profile is put into a URL: {not_issued}", *not_issued.needs)
    return found


def issue_credential(harness: Harness, caller: Caller) -> Caller:
    """Return somebody with the caller's rights and a credential of the same kind that a state has just made."""
    if is_session(caller):
        made = harness.provide(SCOPED, org=caller.org, scopes=sorted(caller.held))
    elif caller.permission_set is None:
        raise NotProvoked(f"callers.{caller.name}.permission_set: is not given, so no state can make a key like it")
    else:
        try:
            made = harness.provide(SCOPED, org=caller.org, permission_set=caller.permission_set)
        except SetupError as error:  # an endpoint may know of scopes alone
            raise NotProvoked(f"the target's states make no API key: {error}") from None
    token = str(made.get("token"))
    issued = replace(caller, name=f"{caller.name} by a state", token=token, token_command=None, user_id=None)
    if has_jwt(issued) is not has_jwt(caller):
        kinds = ("a session", "an API key") if is_session(caller) else ("an API key", "a session")
        raise NotProvoked(f"needs {kinds[0]}, and the state '{SCOPED}' makes {kinds[1]}")
    return issued


def find_narrowed(harness: Harness, operation: Operation, org: str | None = None) -> Caller:
    """Return a caller who may do the operation on own objects only, from the profile or by a provider state."""
    resource = find_resource_in_path(operation) or find_resource_of(operation)
    for caller in harness.callers(org):
        if harness.is_permitted(caller, operation) and resource is not None and resource.narrows(caller, operation):
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
    able = (each for each in people if made_by_person is None or harness.is_permitted(each, made_by_person))
    first = next(able, None)
    other = introduce_caller(harness, first) if first else create_narrowed(harness, caller.org, made_by_person)
    person = harness.knowledge.find_person(other)
    if personal is None or person is None or person == harness.knowledge.find_person(caller):
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
