"""Recipes that provoke the refusals of operations on workspaces."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from conformance.contract.contract import Operation
from conformance.needs import state
from conformance.oracle.declaration.registry import require_resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.about import choose_path_values
from conformance.recipes.causes import FOR_SOMEBODY, Cause, Provoking, need_somebody_with
from conformance.recipes.making import archive_object, create_owned, find_named, find_unnarrowed, make_of
from conformance.recipes.requests import build, with_json
from conformance.recipes.valid import build_valid
from conformance.resources.workspaces.oracle import COUNT, RUNNING, TAKEN
from conformance.resources.workspaces.recipes import IS, bring_to_one_of, get_resource, make_workspace_in
from conformance.session.harness import Harness


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


def _name_no_role(harness: Harness, operation: Operation) -> Provoking:
    """Return a creation that names no role."""
    caller = harness.able(operation)
    return caller, replace(build_valid(harness, operation, caller), content=b"{}")


IN_WRONG_STATUS = Cause(_ask_in_wrong_status, FOR_SOMEBODY)
OF_ARCHIVED = Cause(_ask_for_archived_role, FOR_SOMEBODY)
OF_ABSENT = Cause(_ask_for_absent_role, FOR_SOMEBODY)
UNNAMED = Cause(_name_no_role, FOR_SOMEBODY)


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
    """Return a right request about a stopped workspace whose role, or what that is based on, is archived."""

    def provoke(harness: Harness, operation: Operation) -> Provoking:
        caller = find_unnarrowed(harness, operation)
        role, fact = make_of_new_role(harness, caller, "stopped")
        archive_object(harness, parent(harness, role))
        return caller, build_valid(harness, operation, caller, fact=harness.state.get_facts(fact.resource)[fact.id])

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
