"""Workspaces of people, made and brought into a status, and recipes that provoke the refusals of operations on them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from conformance.contract.contract import Operation
from conformance.http.exchange import Exchange, Request
from conformance.http.gateways import draw_growing_pauses
from conformance.needs import need_known, state
from conformance.oracle.declaration.fields import Field, list_objects, make_two_valued_field
from conformance.oracle.declaration.registry import find_resource_in_path, require_resource, require_resource_in_path
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.about import choose_path_values
from conformance.recipes.causes import FOR_SOMEBODY, Cause, Provoking, need_somebody_with
from conformance.recipes.making import archive_object, create_owned, find_named, find_unnarrowed, make_of
from conformance.recipes.people import create_for_another, find_narrowed
from conformance.recipes.reading import get_field, read_list, read_object
from conformance.recipes.requests import build, with_json
from conformance.recipes.valid import build_valid
from conformance.resources.workspaces.oracle import (
    ARCHIVING,
    BY_ROLE,
    COUNT,
    LIFE,
    RUNNING,
    STOP,
    TAKEN,
    WORKSPACE,
    find_statuses,
    with_status,
)
from conformance.session.harness import Harness
from conformance.session.provider_states import SetupError

EXISTS, IS = "workspace exists", "workspace is"
ARCHIVED = "archived"
"""The stand-in for the status of a workspace that was stopped, and is archived."""


def get_resource() -> Resource:
    """Return the resource; it is registered beside this, and imports this."""
    return require_resource(WORKSPACE)


def make_workspace_in(harness: Harness, role: Fact, status: str) -> Fact:
    """Return a new workspace of a role, which stays in this status."""
    archived = status == ARCHIVED
    shown = {RUNNING.field: role.id, RUNNING.shown_in: "stopped" if archived else "provisioning"}
    more = ARCHIVING.by_state if archived else {}
    values = harness.provide(EXISTS, org=role.owner, role_id=role.id, **more)
    fact = Fact(
        resource=WORKSPACE,
        id=str(values[f"{WORKSPACE}_id"]),
        owner=role.owner,
        made=True,
        archived=archived,
        shown=shown,
    )
    harness.knowledge = harness.knowledge.with_fact(fact)
    return fact if archived else bring_to_status(harness, fact, status)


def bring_to_status(harness: Harness, workspace: Fact, status: str) -> Fact:
    """Return the workspace brought into a status in which it stays."""
    harness.provide(IS, creates=False, org=workspace.owner, workspace_id=workspace.id, status=status)
    return _learn_status(harness, workspace, status)


def _learn_status(harness: Harness, workspace: Fact, status: str) -> Fact:
    moved = with_status(harness.knowledge.get_facts(WORKSPACE).get(workspace.id, workspace), status)
    harness.knowledge = harness.knowledge.with_fact(moved)
    return moved


def make_role_for(harness: Harness, resource: Resource, org: str) -> tuple[Fact, Fact]:
    """Return a new object of the org that can be kept in use, and its role: itself, or one based on it."""
    holding = require_resource(RUNNING.of)
    role = create_owned(harness, holding, org)
    if resource is holding:
        return role, role
    assert holding.parent is not None  # noqa: S101  # what else is kept in use is what a role is based on
    parent = harness.knowledge.get_facts(resource.name).get(str(role.shown.get(holding.parent.field)))
    if parent is None:
        raise NotProvoked(f"its precondition does not hold: the {holding} shows no {resource} of the run")
    return parent, role


def find_given(harness: Harness) -> Fact:
    """Return the role that the profile names as one of which a workspace runs; not provoked where there is none."""
    role_id = harness.profile.known.named.get(RUNNING.given)
    if role_id is None:
        raise NotProvoked("the profile names no role with a running workspace", need_known(RUNNING.given))
    org = harness.profile.callers[0].org
    _require_running(harness, role_id, org)
    role = Fact(resource=RUNNING.of, id=role_id, owner=org)
    shown = {RUNNING.field: role_id, RUNNING.shown_in: "idle"}
    workspace = Fact(resource=WORKSPACE, id=f"that of {role_id}", owner=org, shown=shown)
    held = harness.knowledge.with_fact(role).with_fact(workspace)
    harness.knowledge = replace(held, steady=held.steady | {role.id, workspace.id})
    return role


def _require_running(harness: Harness, role_id: str, org: str) -> None:
    """Raise NotProvoked where somebody who is shown every workspace of the org is shown none of the role that runs."""
    workspaces = get_resource()
    listing = harness.contract.operations[workspaces.listed_by or ""]
    permitted = (each for each in harness.callers(org) if harness.is_permitted(each, listing))
    reader = next((each for each in permitted if not workspaces.narrows(each, listing)), None)
    if reader is None:
        return
    shown = list_objects(read_list(harness, workspaces, reader).json)
    if role_id not in {each.get(RUNNING.field) for each in shown if each.get(RUNNING.shown_in) in RUNNING.running}:
        raise NotProvoked(f"no workspace of {role_id} runs, which known.{RUNNING.given} names")


def make_kept(harness: Harness, resource: Resource, org: str, status: str = "idle") -> Fact:
    """Return an object of the org that a workspace of this status keeps in use: a new one, else that of the profile."""
    try:
        fact, role = make_role_for(harness, resource, org)
        make_workspace_in(harness, role, status)
    except NotProvoked as reason:
        if resource.name != RUNNING.of or org != harness.profile.callers[0].org:
            raise
        try:
            return find_given(harness)
        except NotProvoked as second:
            raise NotProvoked(f"{reason}; {second}", *reason.needs, *second.needs) from None
    return fact


def _ask_while_active(harness: Harness, operation: Operation) -> Provoking:
    caller, resource = harness.able(operation), require_resource_in_path(operation)
    return caller, build(operation, choose_path_values(operation, make_kept(harness, resource, caller.org)))


CAUSE_OF_ROLES = Cause(_ask_while_active, need_somebody_with((state(EXISTS), need_known(RUNNING.given))))
CAUSE_OF_PROVIDERS = Cause(_ask_while_active, need_somebody_with((state(EXISTS),)))


GIVEN = "role_id"
CHOICES: Mapping[str, str] = {GIVEN: "a role of which workspaces may be made; without it the run makes its own roles"}


def choose_role_in_use(harness: Harness, org: str) -> Fact:
    """Return a role of the org that workspaces can be made of: the profile's, one of the run, else a new one."""
    given = None if harness.is_alone else harness.profile.known.named.get(GIVEN)
    if given is not None and org == harness.profile.callers[0].org:
        return harness.knowledge.get_facts(RUNNING.of).get(given) or Fact(resource=RUNNING.of, id=given, owner=org)
    facts = harness.knowledge.list_certainly_made(RUNNING.of)
    found = sorted((each for each in facts if each.is_owned_by(org) and not each.archived), key=lambda each: each.id)
    if found:
        return found[0]
    try:
        return create_owned(harness, require_resource(RUNNING.of), org)
    except NotProvoked as reason:
        if harness.is_alone or org != harness.profile.callers[0].org:
            raise
        raise NotProvoked(str(reason), *reason.needs, need_known(GIVEN)) from None


def name_role(role: Fact, way: str) -> dict[str, str]:
    """Return the fields that name a role in this way; not provoked where its name is not known."""
    if way == RUNNING.field:
        return {way: role.id}
    if role.name is None:
        raise NotProvoked("the name of the role is not known")
    return {way: role.name}


def without_role(request: Request) -> dict[str, Any]:
    """Return the fields of a creation that do not say of which role it is."""
    sent = json.loads(request.content or b"{}")
    return {name: value for name, value in sent.items() if name not in (RUNNING.field, BY_ROLE)}


def _choose_role_id(session: Any, caller: Caller | None, _fact: Any) -> str:
    return "role_conformance" if caller is None else choose_role_in_use(session, caller.org).id


FIELDS: Mapping[str, Field] = {
    RUNNING.field: Field(_choose_role_id, is_stored=True),
    "role_name": Field(lambda *_: None, is_stored=True),
    "environment": make_two_valued_field("environment", "staging", "production"),
    "description": Field(lambda *_: "Say what the conformance suite is for."),
}


PASSES = "time has passed"
"""The state in which the clock of the target has gone on."""
COMES: frozenset[str] = frozenset().union(*LIFE.onward.values())
"""The statuses to which workspaces come by themselves."""
STEP_S, STEPS = 2, 16
"""The seconds by which the clock is moved at once, and the number of times."""
SLOW_S = 5
"""The seconds that a target may be at what its clock has made due."""


def build_stop_all(harness: Harness, operation: Operation, caller: Caller) -> tuple[Request, Fact]:
    """Return a request of an operation that stops whatever runs, and a workspace that it stops."""
    fact = bring_to_one_of(harness, create_owned(harness, get_resource(), caller.org), TAKEN[STOP])
    role = harness.knowledge.get_facts("role").get(str(fact.shown.get(RUNNING.field)))
    return build_valid(harness, operation, caller, fact=role if find_resource_in_path(operation) else None), fact


def bring_to_one_of(harness: Harness, workspace: Fact, wanted: tuple[str, ...]) -> Fact:
    """Return the workspace in one of these statuses, in which it stays where a state can have it stay."""
    statuses = find_statuses(workspace)
    if statuses is not None and statuses <= {*wanted}:
        return workspace
    try:
        return bring_to_status(harness, workspace, wanted[0])
    except NotProvoked as reason:
        if COMES.isdisjoint(wanted):  # nothing that a caller does brings it about
            raise
        caller = harness.able(harness.contract.operations[STOP], workspace.owner)
        if LIFE.at_rest & {*wanted}:
            wait_until(harness, caller, workspace, lambda status: status not in ("provisioning", "stopping"))
            _stop(harness, caller, workspace)
        read = wait_until(harness, caller, workspace, lambda status: status in wanted or not _leads_to(status, wanted))
        status = get_field(read.json, LIFE.shown_in)
        if status in wanted:
            return _learn_status(harness, workspace, status)
        text = f"{reason}, and the workspace is {status}"
        raise NotProvoked(text, state(IS)) from None


def _leads_to(status: str, wanted: tuple[str, ...]) -> bool:
    """Return whether a workspace comes from a status to one of these by itself."""
    return not LIFE.list_becoming(status).isdisjoint(wanted)


def _stop(harness: Harness, caller: Caller, workspace: Fact) -> None:
    """Ask for the workspace to be stopped, where it runs."""
    statuses = find_statuses(harness.knowledge.get_facts(WORKSPACE)[workspace.id])
    if statuses is None or not statuses <= LIFE.at_rest:
        stop = harness.contract.operations[STOP]
        harness.hold(caller, build(stop, choose_path_values(stop, workspace)))


def wait_until(harness: Harness, caller: Caller, workspace: Fact, holds: Callable[[str], bool]) -> Exchange:
    """Return the workspace as it is read once this holds of its status.

    The last reading, where it does not come to that.
    """
    *_, last = watch(harness, caller, workspace, holds)
    return last


def watch(
    harness: Harness, caller: Caller, workspace: Fact, holds: Callable[[str], bool], step: float = STEP_S
) -> Iterator[Exchange]:
    """Yield the workspace as it is read again and again, until this holds of its status, or the time is over."""
    return read_again(harness, lambda: read_object(harness, get_resource(), caller, workspace.id), holds, step)


def read_again(
    harness: Harness, look: Callable[[], Exchange], holds: Callable[[str], bool], step: float = STEP_S
) -> Iterator[Exchange]:
    """Yield what is read again and again, until this holds of the status that it shows, or time is over.

    The clock of the target is moved between, by so many seconds, where that harms nobody. Not provoked where it stays
    in a status in which others stayed for the whole time, and none went on.
    """
    longest, patience = harness.profile.limits.life_seconds, harness.client.health.patience
    began, pauses, first = time.monotonic(), draw_growing_pauses(), None
    moves = round(STEPS * STEP_S / step) if harness.is_alone else 0
    while True:
        read = look()
        yield read
        status = get_field(read.json, LIFE.shown_in)
        first = first or status
        if holds(str(status)):
            patience.note_moved(first, status)
            return
        if time.monotonic() > began + patience.choose_seconds(status, longest):
            if patience.is_over(status):
                raise NotProvoked(f"what is {status} stays so: others were waited for, for {longest:.0f} s each")
            patience.note_stayed(status)
            return
        if moves and _pass(harness, step):
            moves -= 1
            if not moves:  # by the clock all is due, and the target may still be at it
                longest = min(longest, time.monotonic() - began + SLOW_S)
        else:
            time.sleep(next(pauses))


def _pass(harness: Harness, seconds: float) -> bool:
    """Move the clock of the target; whether it can be moved."""
    try:
        harness.provide(PASSES, creates=False, seconds=seconds)
    except (NotProvoked, SetupError):
        return False
    return True


def ask_for_others(harness: Harness, operation: Operation) -> Provoking:
    """Return a right request of somebody who sees the own workspaces alone, about another one."""
    caller = find_narrowed(harness, operation)
    return caller, build_valid(harness, operation, caller, fact=create_for_another(harness, get_resource(), caller))


def ask_for_unknown_role(harness: Harness, operation: Operation) -> Provoking:
    """Return a list that asks for a role by a name that none has."""
    return harness.able(operation), build(operation, query=urlencode({BY_ROLE: harness.make_fresh_name()}))


def make_archived_role(harness: Harness, org: str) -> Fact:
    """Return a new role of the org that is archived."""
    return archive_object(harness, create_owned(harness, require_resource(RUNNING.of), org))


def build_creation(harness: Harness, operation: Operation, caller: Caller, role_id: str) -> Provoking:
    """Return a right creation, but for the role that it names."""
    request = build_valid(harness, operation, caller)
    body = {**json.loads(request.content or b"{}"), RUNNING.field: role_id}
    return caller, replace(request, content=json.dumps(body).encode())


def _ask_for_archived_role(harness: Harness, operation: Operation) -> Provoking:
    caller = harness.able(operation)
    return build_creation(harness, operation, caller, make_archived_role(harness, caller.org).id)


def _ask_for_absent_role(harness: Harness, operation: Operation) -> Provoking:
    return build_creation(harness, operation, harness.able(operation), harness.make_absent_id(RUNNING.of))


def _ask_in_wrong_status(harness: Harness, operation: Operation) -> Provoking:
    """Return a request about a workspace in a status in which it is not served."""
    caller = harness.able(operation)
    fact = create_owned(harness, get_resource(), caller.org, operation=operation, caller=caller)
    wrong = "stopped" if "idle" in TAKEN[operation.operation_id] else "idle"
    return caller, build(operation, choose_path_values(operation, bring_to_one_of(harness, fact, (wrong,))))


def _ask_without_role(harness: Harness, operation: Operation) -> Provoking:
    """Return a creation that names no role."""
    caller = harness.able(operation)
    return caller, replace(build_valid(harness, operation, caller), content=b"{}")


IN_WRONG_STATUS = Cause(_ask_in_wrong_status, FOR_SOMEBODY)
OF_ARCHIVED = Cause(_ask_for_archived_role, FOR_SOMEBODY)
OF_ABSENT = Cause(_ask_for_absent_role, FOR_SOMEBODY)
UNNAMED = Cause(_ask_without_role, FOR_SOMEBODY)


def make_of_new_role(harness: Harness, caller: Caller, status: str) -> tuple[Fact, Fact]:
    """Return a new role of the run and a workspace of it, in this status."""
    role = create_owned(harness, require_resource(RUNNING.of), caller.org)
    return role, make_in_role(harness, caller, role, status)


def make_in_role(harness: Harness, caller: Caller, role: Fact, status: str) -> Fact:
    """Return a new workspace of the role in this status: by a state, else as callers make one."""
    try:
        return make_workspace_in(harness, role, status)
    except NotProvoked:
        return bring_to_one_of(
            harness, make_of(harness, get_resource(), caller.org, {RUNNING.field: role.id}), (status,)
        )


def find_provider(harness: Harness, role: Fact) -> Fact:
    """Return the provider of a role of the run; not provoked where the run did not make it."""
    return find_named(harness, role, "provider_id", "provider")


def _ask_for_archived(harness: Harness, operation: Operation) -> Provoking:
    caller = find_unnarrowed(harness, operation)
    return caller, build_valid(
        harness, operation, caller, fact=archive_object(harness, create_owned(harness, get_resource(), caller.org))
    )


def _ask_under_archived(parent: Callable[[Harness, Fact], Fact]) -> Callable[[Harness, Operation], Provoking]:
    """Return a request about a stopped workspace whose role, or what the role is based on, is archived."""

    def provoke(harness: Harness, operation: Operation) -> Provoking:
        caller = find_unnarrowed(harness, operation)
        role, fact = make_of_new_role(harness, caller, "stopped")
        archive_object(harness, parent(harness, role))
        return caller, build_valid(harness, operation, caller, fact=harness.knowledge.get_facts(fact.resource)[fact.id])

    return provoke


def _ask_while_busy(harness: Harness, operation: Operation) -> Provoking:
    caller = harness.able(operation)
    fact = bring_to_one_of(harness, create_owned(harness, get_resource(), caller.org), ("busy",))
    return caller, build(operation, choose_path_values(operation, fact))


def _fork_beyond(harness: Harness, operation: Operation) -> Provoking:
    """Return a fork at a point that no parent has reached."""
    caller = harness.able(operation)
    fact = create_owned(harness, get_resource(), caller.org)
    return caller, with_json(operation, choose_path_values(operation, fact), {COUNT: 10**6})


WHILE_ARCHIVED = Cause(_ask_for_archived, FOR_SOMEBODY)
WHILE_BUSY = Cause(_ask_while_busy, need_somebody_with((state(IS),)))
OF_ARCHIVED_PROVIDER = Cause(_ask_under_archived(find_provider), FOR_SOMEBODY)
OF_ARCHIVED_ROLE = Cause(_ask_under_archived(lambda _, role: role), FOR_SOMEBODY)
BEYOND = Cause(_fork_beyond, FOR_SOMEBODY)
