"""Objects of every ownership, made by public calls where that is possible, else asked of the target's side."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from conformance import needs
from conformance.contract.contract import Operation
from conformance.custody.ledger import MadeObject
from conformance.oracle.bodies import list_fields
from conformance.oracle.declaration.fields import read_id
from conformance.oracle.declaration.lifetime import Parent
from conformance.oracle.declaration.ownership import OWN_PRIVATE, Ownership
from conformance.oracle.declaration.registry import find_resource, find_resource_in_path, list_resources
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked, TargetFull
from conformance.profile import Caller
from conformance.recipes.about import choose_path_values, with_right_body
from conformance.recipes.requests import build, with_json
from conformance.session.harness import Harness

STATE, REUSE = "its state", "what was put away"
"""Ways of having an object, beside the operations that make one."""


class WrongPrecondition(NotProvoked):
    """Raised where what was made is not what was asked for, so that it is no precondition."""


def obtain(
    harness: Harness, resource: Resource, ownership: Ownership, caller: Caller, operation: Operation | None = None
) -> Fact:
    """Return an object that stands so to the caller's org, for this operation; not provoked where none can be had."""
    if ownership.is_own:
        return create_owned(harness, resource, caller.org, ownership, operation, caller=caller)
    if not ownership.is_platform:
        return _find_foreign(harness, resource, ownership, caller)
    made: Fact | None = resource.make_platform(harness)
    if made is None:
        raise NotProvoked(f"no recipe makes a {resource} of the platform")
    return made


def list_visible(harness: Harness, resource: Resource, caller: Caller) -> dict[Ownership, Fact]:
    """Return an object of every ownership that can be had and that the caller should see."""
    found = {}
    for ownership in resource.access.ownerships:
        if ownership.is_visible:
            try:
                found[ownership] = obtain(harness, resource, ownership, caller)
            except NotProvoked:
                continue
    if not found:
        raise NotProvoked(f"the target has no {resource} that the caller could see")
    return found


def create_owned(
    harness: Harness,
    resource: Resource,
    org: str,
    ownership: Ownership = OWN_PRIVATE,
    operation: Operation | None = None,
    *,
    caller: Caller | None = None,
) -> Fact:
    """Return a new object of the org, by the resource's first operation that the target allows, else by its state.

    `caller`: for whom it is, where some see no one else's than their own.
    """
    made: Fact | None = resource.make_own(harness, org, ownership, operation)
    if made is not None:
        return made
    reasons: list[NotProvoked] = []
    person = caller if caller is not None and _is_kept_to_own(harness, resource, caller, operation) else None
    for operation_id in _list_ways(harness, resource) if person is None else _create_anew(harness, resource):
        try:
            if operation_id in (STATE, REUSE):
                by_state = operation_id == STATE
                fact = _create_by_state(harness, resource, org, person) if by_state else _reuse(harness, resource, org)
                return prepare_for(harness, resource, fact, operation)
            creation = harness.contract.operations[operation_id]
            maker = choose_maker(harness, resource, creation, org, caller=caller, operation=operation)
            request = with_right_body(harness, creation, maker, {}, None)
            fact = require_shown(harness, resource, harness.hold(maker, request).json)
            return prepare_for(harness, resource, fact, operation)
        except (WrongPrecondition, TargetFull):
            raise
        except NotProvoked as reason:
            reasons.append(reason)
    if harness.profile.known.expendable and person is None:
        try:
            return prepare_for(harness, resource, choose_expendable(harness, resource, org), operation)
        except NotProvoked as reason:
            reasons.append(reason)
    raise NotProvoked("; ".join(map(str, reasons)), *(need for reason in reasons for need in reason.needs))


def make_alike(harness: Harness, resource: Resource, org: str, like: Fact) -> Fact:
    """Return a new object of an org that says of itself what one of another org says, but for what that names."""
    if resource.kinds:
        return resource.kinds[0].make(harness, org, like)
    creation = find_creation(harness, resource)
    maker, declared = harness.able(creation, org), harness.contract.types.get(resource.name)
    named = declared.refers.keys() if declared else ()
    values = {each.name: like.id for each in creation.path_parameters if not each.is_own_org}
    right = json.loads(with_right_body(harness, creation, maker, values, None).content or b"{}")
    same = {name: like.shown[name] for name in list_fields(creation) if name in like.shown and name not in named}
    return require_shown(harness, resource, harness.hold(maker, with_json(creation, values, right | same)).json)


def find_creation(harness: Harness, resource: Resource) -> Operation:
    """Return the operation that makes an object of the resource; not provoked where the contract has none."""
    if not resource.made_by:
        raise NotProvoked(f"no operation of the contract makes a {resource}")
    return harness.contract.operations[resource.made_by[0]]


def choose_expendable(
    harness: Harness, resource: Resource, org: str, suits: Callable[[Fact], bool] = lambda _: True
) -> Fact:
    """Return an object of the org that the profile lets a run change and delete.

    Nobody else is at it until the test ends.
    """
    if harness.turns:
        harness.turns.wait_until_alone()
    reading = harness.contract.operations.get(resource.shown_by or "")
    for object_id in harness.profile.known.expendable:
        if reading is not None:
            values = {p.name: object_id for p in reading.path_parameters if p.resource}
            harness.send(harness.able(reading, org), build(reading, values))
        fact = harness.knowledge.get_facts(resource.name).get(object_id)
        if fact is not None and fact.is_owned_by(org) and suits(fact):
            return fact
    raise NotProvoked(f"known.expendable names no such {resource} of {org} that is there", needs.EXPENDABLE)


def choose_maker(
    harness: Harness,
    resource: Resource,
    creation: Operation,
    org: str,
    *,
    caller: Caller | None = None,
    operation: Operation | None = None,
) -> Caller:
    """Return the caller who makes an object of the org: the one whom it is for, if it has to be his own, and may be.

    Else rather somebody who sees everybody's, so that it need not be anybody's.
    """
    if resource.access.personal is None:
        return harness.able(creation, org)
    keeps = caller is not None and _is_kept_to_own(harness, resource, caller, operation or creation)
    if caller is not None and keeps and harness.is_permitted(caller, creation):
        return introduce_caller(harness, caller)
    able = [each for each in harness.callers(org) if harness.is_permitted(each, creation)]
    return min(able, key=lambda each: resource.narrows(each, creation), default=None) or harness.able(creation, org)


def find_unnarrowed(harness: Harness, operation: Operation, *others: Operation) -> Caller:
    """Return somebody who may do these operations on everybody's objects, if the profile has such a caller.

    Else whoever may do the first.
    """
    asked, resource = (operation, *others), find_resource_in_path(operation)
    able = (caller for caller in harness.callers() if all(harness.is_permitted(caller, each) for each in asked))
    found = (each for each in able if resource is None or not any(resource.narrows(each, one) for one in asked))
    return next(found, None) or harness.able(operation)


def _is_kept_to_own(harness: Harness, resource: Resource, caller: Caller, operation: Operation | None) -> bool:
    """Return whether the caller is kept from the objects of others, by this operation or by the list."""
    asked = (operation, harness.contract.operations.get(resource.listed_by or ""))
    return any(each is not None and resource.narrows(caller, each) for each in asked)


def introduce_caller(harness: Harness, caller: Caller) -> Caller:
    """Return the caller, whose user id is known from now on where the target tells it."""
    session = harness.contract.session
    if session is not None and harness.knowledge.find_person(caller) is None:
        harness.hold(caller, build(session))
    return caller


def find_user(harness: Harness, caller: Caller) -> str | None:
    """Return who did what the caller does, as objects and events name it; None where the target does not tell."""
    return "system" if caller.permission_set else harness.knowledge.find_person(introduce_caller(harness, caller))


def _list_ways(harness: Harness, resource: Resource) -> tuple[str, ...]:
    """Return how an object is had, the first that works; of what nobody can remove few are made for good."""
    if resource.life or (resource.lasts and not harness.is_alone):  # what a state made stays as it is
        return (STATE, REUSE, *resource.made_by)
    return (*resource.made_by, STATE)


def _create_anew(harness: Harness, resource: Resource) -> tuple[str, ...]:
    """Return how one is had that is to be somebody's own: what an earlier test made may be anybody's."""
    return tuple(each for each in _list_ways(harness, resource) if each != REUSE)


def _reuse(harness: Harness, resource: Resource, org: str) -> Fact:
    """Return an object that an earlier test made and archived, in use again."""
    archiving = resource.archiving
    object_id = harness.guard.to_reuse(resource.name, org)
    if archiving is None or object_id is None:
        raise NotProvoked(f"no earlier test left a {resource} of {org}")
    undo = harness.contract.operations[archiving.undone_by]
    fact = Fact(resource=resource.name, id=object_id, owner=org, made=True, archived=True)
    harness.knowledge = harness.knowledge.with_fact(fact)
    if resource.parent is not None:
        _unarchive_parent(harness, resource.parent, learn_state_made(harness, resource, fact))
    harness.hold(harness.able(undo, org), build(undo, choose_path_values(undo, fact)))
    harness.made.take_again(object_id, MadeObject(resource.name, org))
    return learn_state_made(harness, resource, harness.knowledge.get_facts(resource.name)[object_id])


def _unarchive_parent(harness: Harness, parent: Parent, fact: Fact) -> None:
    """Take what an object is based on into use again, if it was put away."""
    resource, parent_id = find_resource(parent.resource), str(fact.shown.get(parent.field))
    archiving = resource.archiving if resource else None
    if resource is None or archiving is None or not harness.guard.may_change(parent_id):
        return
    of_parent = Fact(resource=resource.name, id=parent_id, owner=fact.owner, made=True)
    if learn_state_made(harness, resource, of_parent).archived:
        undo = harness.contract.operations[archiving.undone_by]
        harness.hold(harness.able(undo, fact.owner), build(undo, choose_path_values(undo, of_parent)))
        harness.guard.take_out(resource.name, fact.owner or "", parent_id)
        harness.made.take_again(parent_id, MadeObject(resource.name, fact.owner or ""))


def prepare_for(harness: Harness, resource: Resource, fact: Fact, operation: Operation | None) -> Fact:
    """Return the object with what the operation names in it; archived where that takes such a one into use again."""
    archiving, fact = resource.archiving, with_parts(harness, operation, fact)
    fact = make_ready(harness, fact, operation)
    if operation is None or archiving is None or operation.operation_id != archiving.undone_by or fact.archived:
        return fact
    return archive_object(harness, fact)


def archive_object(harness: Harness, fact: Fact) -> Fact:
    """Return the object, archived by somebody of its org, once it is as that takes it."""
    resource = find_resource(fact.resource)
    if resource is None or resource.archiving is None:
        raise NotProvoked(f"nothing archives a {fact.resource}")
    archive = harness.contract.operations[resource.archiving.by]
    make_ready(harness, fact, archive)
    harness.hold(harness.able(archive, fact.owner), build(archive, choose_path_values(archive, fact)))
    return harness.knowledge.get_facts(resource.name).get(fact.id, fact)


def find_named(harness: Harness, fact: Fact, name: str, to: str) -> Fact:
    """Return the object of this resource that a field of an object names.

    Not provoked where the run did not make it.
    """
    found = harness.knowledge.get_facts(to).get(str(fact.shown.get(name)))
    if found is None or not found.made:
        raise NotProvoked(f"the {to} of {fact.id!r} is none of the run")
    return found


def make_ready(harness: Harness, fact: Fact, operation: Operation | None) -> Fact:
    """Return the object once it is as the operation takes it, where the run may see to that."""
    resource = find_resource(fact.resource)
    if operation is None or resource is None or not fact.made:
        return fact
    return resource.make_ready(harness, fact, operation)


def with_parts(harness: Harness, operation: Operation | None, fact: Fact) -> Fact:
    """Return the object with the parts that the operation's path names, or that it lists."""
    names = {named.name for named in operation.resources} if operation else set()
    for part in list_resources():
        if part.name in names or (operation is not None and part.listed_in == operation.operation_id):
            fact = part.put_into(harness, fact)
    return fact


def _create_by_state(harness: Harness, resource: Resource, org: str, caller: Caller | None) -> Fact:
    """Return a new object; of a caller, where the state says whose it is."""
    name, personal, person = harness.make_fresh_name() if resource.named_in else None, resource.access.personal, None
    params = dict(resource.choose_state_params(harness, org))
    if personal and personal.state_param and caller:
        introduce_caller(harness, caller)
        person = harness.knowledge.find_person(caller)
        params[personal.state_param] = person
    values = harness.provide(resource.state, org=org, name=name, **params)
    object_id = str(values[resource.id_key])
    fact = Fact(resource=resource.name, id=object_id, name=name, owner=org, person=person, made=True)
    return learn_state_made(harness, resource, fact)


def make_of(
    harness: Harness, resource: Resource, org: str | None, body: Mapping[str, Any], caller: Caller | None = None
) -> Fact:
    """Return a new object of this body, by the caller, else by somebody of the org.

    Not provoked where that is refused.
    """
    creation = harness.contract.operations[resource.made_by[0]]
    answer = harness.hold(caller or harness.able(creation, org), with_json(creation, {}, body))
    return require_shown(harness, resource, answer.json)


def require_shown(harness: Harness, resource: Resource, shown: Any) -> Fact:
    """Return what is known of the object that an answer shows; not provoked where it shows none."""
    facts = harness.knowledge.get_facts(resource.name)
    if fact := facts.get(read_id(shown)):
        return fact
    raise NotProvoked(f"its precondition does not hold: a creation did not answer with a {resource}")


def learn_state_made(harness: Harness, resource: Resource, fact: Fact) -> Fact:
    """Return the fact of an object that a state made, with what somebody of its org is shown of it."""
    harness.knowledge = harness.knowledge.with_fact(fact)
    for caller in _list_readers(harness, resource, fact)[:1]:
        for request_id, values in ((resource.shown_by, True), (resource.listed_by, False)):
            if operation := harness.contract.operations.get(request_id or ""):
                ids = {p.name: fact.id for p in operation.path_parameters} if values else {}
                harness.send(caller, build(operation, ids))
                break
    return harness.knowledge.get_facts(resource.name).get(fact.id, fact)


def _list_readers(harness: Harness, resource: Resource, fact: Fact) -> list[Caller]:
    """Return the callers of the object's org who may read it, first those who are kept from nobody's."""
    reading = harness.contract.operations.get(resource.shown_by or resource.listed_by or "")
    callers = harness.callers(fact.owner)
    if reading is None:
        return callers
    able = [each for each in callers if harness.is_permitted(each, reading)]
    return sorted(able, key=lambda each: resource.narrows(each, reading))


def _find_foreign(harness: Harness, resource: Resource, ownership: Ownership, caller: Caller) -> Fact:
    """Return an object of another org of the profile, else the one that the profile names."""
    first = harness.profile.callers[0].org
    others = dict.fromkeys(other.org for other in harness.profile.callers if other.org != caller.org)
    own_of_other = next(
        each for each in resource.access.ownerships if each.is_own and each.visibility == ownership.visibility
    )
    reasons: list[NotProvoked] = []
    for org in others:
        try:
            return create_owned(harness, resource, org, own_of_other)
        except NotProvoked as reason:
            reasons.append(reason)
    key = resource.find_known_key(ownership) or ""
    given = harness.profile.known.named.get(key)
    if given is not None and caller.org == first:
        fact = Fact(resource=resource.name, id=given, foreign_to=frozenset({caller.org}))
        known = harness.knowledge.get_facts(resource.name).get(given)
        fact = known if known is not None and known.owner is not None else resource.describe_given(fact, ownership)
        harness.knowledge = harness.knowledge.with_fact(fact)
        return fact
    first_reason = reasons[0] if reasons else NotProvoked("the profile has callers of one org only", needs.SECOND_ORG)
    raise NotProvoked(str(first_reason), *first_reason.needs, *([needs.need_known(key)] if key else []))


def choose_other_org(harness: Harness, caller: Caller) -> str:
    """Return an org that is not the caller's; not provoked where the profile has no other."""
    for other in harness.callers():
        if other.org != caller.org:
            return other.org
    raise NotProvoked("the profile has callers of one org only", needs.SECOND_ORG)
