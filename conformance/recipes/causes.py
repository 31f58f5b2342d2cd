"""One cause a code: how an operation that declares it is brought to answer it, and what that needs of a target."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from conformance.contract.contract import Cell, Contract, Operation
from conformance.http import multipart
from conformance.http.exchange import Exchange, Request
from conformance.needs import (
    INACTIVE_ORG,
    SECOND_ORG,
    Need,
    Needs,
    describe_needs,
    need_somebody_for,
    need_somebody_without,
    state,
)
from conformance.oracle.access import switch_off
from conformance.oracle.bodies import list_fields
from conformance.oracle.declaration.ownership import FOREIGN_COMMUNITY
from conformance.oracle.declaration.registry import (
    find_refusing_resource,
    find_resource_in_path,
    find_resource_of,
    require_resource,
)
from conformance.oracle.facts import INACTIVE
from conformance.oracle.judging import NotProvoked
from conformance.profile import ANONYMOUS, Caller, Credential
from conformance.recipes.about import on_nothing
from conformance.recipes.making import archive_object, create_owned, find_named
from conformance.recipes.people import SCOPED
from conformance.recipes.requests import JSON
from conformance.recipes.valid import build_refusable, build_valid
from conformance.session.harness import Harness
from conformance.session.provider_states import BILLING

TYPED = ("boolean", "integer", "number")
"""Types of which no text of letters is a value."""

Provoking = tuple[Caller | Credential, Request]


@dataclass(frozen=True, slots=True)
class Cause:
    """The way to provoke a code, and what that takes of a target and its profile."""

    provoking: Callable[[Harness, Operation], Provoking]
    needs: Callable[[Operation], Needs] = lambda _: ()


def provoke(harness: Harness, operation: Operation, cell: Cell) -> Exchange:
    """Return the answer to the request that should reach the cell, which has to be right.

    Not provoked where there is no way.

    A wrong one breaks the rule of what was due, whichever test asks.
    """
    cause = find_cause(harness.contract, operation, cell)
    if cause is None:
        raise NotProvoked(f"no recipe provokes {cell.code}")
    who, request = cause.provoking(harness, operation)
    return harness.judge(who, request, otherwise="CONTRACT-RIGHT-ANSWER")


def needs(contract: Contract, cell: Cell) -> str:
    """Return what the cell needs of a target, in words."""
    needed = needs_of(contract, cell)
    return "no recipe" if needed is None else describe_needs(needed)


def needs_of(contract: Contract, cell: Cell) -> Needs | None:
    """Return what the cell needs of a target and its profile; None: nothing would help."""
    operation = contract.operations[cell.operation_id]
    cause = find_cause(contract, operation, cell)
    if cause is None:
        return None
    needed = cause.needs(operation)
    resource = find_resource_of(operation)
    if cell.code == "unauthenticated" or resource is None:
        return needed
    given = (resource.fields[name].needs(operation) for name in list_fields(operation) if name in resource.fields)
    return (*needed, *filter(None, given))


def find_cause(contract: Contract, operation: Operation, cell: Cell) -> Cause | None:
    """Return the cause of a cell's code, or of its status where it has none; a success has one too."""
    if cell.code is None and cell.status < 400:
        return Cause(lambda h, o: (c := h.able(o), build_valid(h, o, c)), lambda o: ((need_somebody_for(o),),))
    found, said = None, cell.code or str(cell.status)
    for resource in filter(
        None, (find_resource_of(operation), find_resource_in_path(operation), find_refusing_resource(operation))
    ):
        found = found or resource.find_behavior(operation.operation_id).causes.get(said) or resource.causes.get(said)
        if found is None and resource.switched_off and resource.switched_off.code == cell.code:
            found = Cause(ask_while_off, need_somebody_with((state(resource.switched_off.state),)))
    if found is None and any(named.not_found == cell.code for named in operation.resources):
        return ABSENT
    if found is None and cell.code is not None and cell.code == contract.features.billing:
        return UNPAID
    return found or CAUSES.get(said)


def _ask_unauthenticated(harness: Harness, operation: Operation) -> Provoking:
    return ANONYMOUS, build_refusable(harness, operation)


def _ask_without_permission(harness: Harness, operation: Operation) -> Provoking:
    for caller in harness.callers():
        if not operation.permissions.are_held_by(caller.held):
            return caller, build_valid(harness, operation, caller)
    resource = find_resource_in_path(operation)
    if resource is not None and resource.access.is_shared:
        caller = harness.able(operation)
        return caller, build_valid(harness, operation, caller, ownership=FOREIGN_COMMUNITY)
    caller = harness.able(operation)
    request = build_valid(harness, operation, caller)
    try:
        token = harness.provide(SCOPED, org=caller.org, scopes=[])["token"]
    except NotProvoked as reason:
        text = f"every caller of the profile holds the scope, and {reason}"
        raise NotProvoked(text, need_somebody_without(operation), *reason.needs) from None
    return Caller("holder of no scope", caller.org, str(token), scopes=frozenset()), request


def change_right_request(change: Callable[[Operation, Request], Request]) -> Callable[[Harness, Operation], Provoking]:
    """Send a right request of somebody who may do the operation, changed in one way."""

    def provoke_cause(harness: Harness, operation: Operation) -> Provoking:
        caller = harness.able(operation)
        return caller, change(operation, build_valid(harness, operation, caller))

    return provoke_cause


def _make_invalid(operation: Operation, request: Request) -> Request:
    if operation.body is None:
        spanning = next((p for p in operation.path_parameters if p.spans_segments), None)
        if spanning is None:
            typed = (p.name for p in operation.parameters if p.location == "query" and p.schema.get("type") in TYPED)
            return replace(request, query=f"{next(typed, 'conformance-unknown')}=no-such-value")
        value = request.path_values[spanning.name]
        return replace(request, path=request.path.removesuffix(value) + "data//" + value)
    if request.media_type == JSON:
        right = json.loads(request.content or b"{}")
        wrong = {**right, next(reversed(right)): [[]]} if isinstance(right, dict) and right else []
        return replace(request, content=json.dumps(wrong).encode())
    if request.media_type == multipart.MEDIA_TYPE:
        return replace(request, content=multipart.encode([]))
    raise NotProvoked(f"no recipe makes a body that {operation} refuses")


def _make_too_large(operation: Operation, request: Request) -> Request:
    # The declared length is enough, so that nothing large has to be made of a form either.
    past = (operation.max_body or 0) + 64 * 1024 + 1
    return replace(request, content=(request.content or b"") + b" " * past)


def _ask_unpaid(harness: Harness, operation: Operation) -> Provoking:
    try:
        caller = harness.able(operation)
        request = build_valid(harness, operation, caller)
        harness.set_posture(caller.org, "past_due")
    except NotProvoked:
        if found := find_unpaid(harness, operation):
            return found
        raise
    return caller, request


def find_unpaid(harness: Harness, operation: Operation) -> Provoking | None:
    """Return a request of somebody whose org says by itself that it is inactive.

    None where the profile has nobody like that.

    Where the target makes nothing for such an org the request is right in its form alone: billing is asked first.
    """
    for caller in harness.callers():
        if harness.knowledge.postures.get(caller.org) in INACTIVE and operation.permissions.are_held_by(caller.held):
            try:
                return caller, build_valid(harness, operation, caller)
            except NotProvoked:
                if operation.resources:
                    raise
                return caller, on_nothing(harness, operation)
    return None


def send_twice(harness: Harness, operation: Operation) -> Provoking:
    """Return the same request again: what it makes is there by then."""
    caller = harness.able(operation)
    request = build_valid(harness, operation, caller)
    harness.hold(caller, request)
    return caller, request


def ask_while_off(harness: Harness, operation: Operation) -> Provoking:
    """Return a right request of somebody whose org was left without what it is about meanwhile."""
    resource = find_resource_of(operation)
    off = resource.switched_off if resource else None
    if off is None:
        raise NotProvoked(f"no state switches off what {operation} is about")
    caller = harness.able(operation)
    request = build_valid(harness, operation, caller)
    harness.provide(off.state, creates=False, alone=True, org=caller.org)
    harness.knowledge = switch_off(harness.knowledge, off, caller.org)
    return caller, request


def ask_while_in_use(harness: Harness, operation: Operation) -> Provoking:
    """Return a right request for an object that is in use, for which there is nothing to undo."""
    caller, resource = harness.able(operation), find_resource_in_path(operation)
    if resource is None:
        raise NotProvoked(f"no recipe makes what the path of {operation} names")
    return caller, build_valid(harness, operation, caller, fact=create_owned(harness, resource, caller.org))


def make_archived_cause(name: str, to: str, by: str | None = None) -> Cause:
    """Return the cause of what refuses an object that names an archived one: by a body, or by what it named before.

    `name`: the field that does. `to`, `by`: the resource that it names, and the field by which; None: the id.
    """

    def provoke_cause(harness: Harness, operation: Operation) -> Provoking:
        caller, resource = harness.able(operation), find_resource_in_path(operation)
        fact = create_owned(harness, resource, caller.org) if resource else None
        if fact is not None and name not in list_fields(operation):
            archive_object(harness, find_named(harness, fact, name, to))
            return caller, build_valid(
                harness, operation, caller, fact=harness.knowledge.get_facts(fact.resource)[fact.id]
            )
        request = build_valid(harness, operation, caller, fact=fact)
        away = archive_object(harness, create_owned(harness, require_resource(to), caller.org))
        sent = {**json.loads(request.content or b"{}"), name: away.id if by is None else away.shown.get(by)}
        return caller, replace(request, content=json.dumps(sent).encode())

    return Cause(provoke_cause, FOR_SOMEBODY)


def with_part(operation: Operation, request: Request, value: str) -> Request:
    """Return the request with another value for the part that its path names."""
    values = {**request.path_values, **{p.name: value for p in operation.path_parameters if p.spans_segments}}
    return replace(request, path=operation.fill_path(values), path_values=values)


def _ask_for_absent(harness: Harness, operation: Operation) -> Provoking:
    caller, resource = harness.able(operation), find_resource_in_path(operation)
    if resource is None:
        raise NotProvoked(f"no recipe makes what the path of {operation} names")
    request = build_valid(harness, operation, caller)
    names = [p.name for p in operation.path_parameters if p.resource and p.resource.name == resource.name]
    values = {**request.path_values, **dict.fromkeys(names, harness.make_absent_id(resource.name))}
    return caller, replace(request, path=operation.fill_path(values), path_values=values)


def need_somebody_with(*groups: tuple[Need, ...]) -> Callable[[Operation], Needs]:
    """Return somebody who may do the operation, and of each group any one."""
    return lambda operation: ((need_somebody_for(operation),), *groups)


FOR_SOMEBODY = need_somebody_with()

CAUSES: Mapping[str, Cause] = {
    "unauthenticated": Cause(_ask_unauthenticated),
    "permission_denied": Cause(
        _ask_without_permission, lambda o: ((need_somebody_without(o), SECOND_ORG, state(SCOPED)),)
    ),
    "validation_error": Cause(change_right_request(_make_invalid), FOR_SOMEBODY),
    "payload_too_large": Cause(change_right_request(_make_too_large), FOR_SOMEBODY),
    "unsupported_media_type": Cause(
        change_right_request(lambda _, request: replace(request, headers=(("Content-Type", "text/plain"),))),
        FOR_SOMEBODY,
    ),
}
"""The causes that any resource has, by error code."""

ABSENT = Cause(_ask_for_absent, FOR_SOMEBODY)
"""The cause of the 404 of what a path names."""
UNPAID = Cause(_ask_unpaid, need_somebody_with((state(BILLING), INACTIVE_ORG)))
"""The cause of the refusal of what the posture of an org does not let through."""
