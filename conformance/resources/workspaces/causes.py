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
from conformance.recipes.about import path_values
from conformance.recipes.causes import FOR_SOMEBODY, Cause, Provoking, for_somebody_with
from conformance.recipes.making import archived, make_of, named_by, own, unnarrowed
from conformance.recipes.requests import build, with_json
from conformance.recipes.valid import valid
from conformance.resources.workspaces.oracle import COUNT, RUNNING, TAKEN
from conformance.resources.workspaces.recipes import IS, in_one_of, resource, workspace_of
from conformance.session.harness import Harness


def archived_role(harness: Harness, org: str) -> Fact:
    """Return a new role of the org that is archived."""
    return archived(harness, own(harness, require_resource(RUNNING.of), org))


def of_role(harness: Harness, operation: Operation, caller: Caller, role_id: str) -> Provoking:
    """Return a right creation, but for the role that it names."""
    request = valid(harness, operation, caller)
    body = {**json.loads(request.content or b"{}"), RUNNING.field: role_id}
    return caller, replace(request, content=json.dumps(body).encode())


def _of_archived_role(harness: Harness, operation: Operation) -> Provoking:
    caller = harness.able(operation)
    return of_role(harness, operation, caller, archived_role(harness, caller.org).id)


def _of_absent(harness: Harness, operation: Operation) -> Provoking:
    return of_role(harness, operation, harness.able(operation), harness.absent_id(RUNNING.of))


def _in_wrong_status(harness: Harness, operation: Operation) -> Provoking:
    """Return a request about a workspace in a status in which it is not served."""
    caller = harness.able(operation)
    fact = own(harness, resource(), caller.org, operation=operation, caller=caller)
    wrong = "stopped" if "idle" in TAKEN[operation.operation_id] else "idle"
    return caller, build(operation, path_values(operation, in_one_of(harness, fact, (wrong,))))


def _unnamed(harness: Harness, operation: Operation) -> Provoking:
    """Return a creation that names no role."""
    caller = harness.able(operation)
    return caller, replace(valid(harness, operation, caller), content=b"{}")


IN_WRONG_STATUS = Cause(_in_wrong_status, FOR_SOMEBODY)
OF_ARCHIVED = Cause(_of_archived_role, FOR_SOMEBODY)
OF_ABSENT = Cause(_of_absent, FOR_SOMEBODY)
UNNAMED = Cause(_unnamed, FOR_SOMEBODY)


def of_new_role(harness: Harness, caller: Caller, status: str) -> tuple[Fact, Fact]:
    """Return a new role of the run and a workspace of it, in this status."""
    role = own(harness, require_resource(RUNNING.of), caller.org)
    return role, in_role(harness, caller, role, status)


def in_role(harness: Harness, caller: Caller, role: Fact, status: str) -> Fact:
    """Return a new workspace of the role in this status: by a state, else as callers make one."""
    try:
        return workspace_of(harness, role, status)
    except NotProvoked:
        return in_one_of(harness, make_of(harness, resource(), caller.org, {RUNNING.field: role.id}), (status,))


def provider_of(harness: Harness, role: Fact) -> Fact:
    """Return the provider of a role of the run; not provoked where the run did not make it."""
    return named_by(harness, role, "provider_id", "provider")


def _archived(harness: Harness, operation: Operation) -> Provoking:
    caller = unnarrowed(harness, operation)
    return caller, valid(harness, operation, caller, fact=archived(harness, own(harness, resource(), caller.org)))


def _of_archived(parent: Callable[[Harness, Fact], Fact]) -> Callable[[Harness, Operation], Provoking]:
    """Return a right request about a stopped workspace whose role, or what that is based on, is archived."""

    def provoking(harness: Harness, operation: Operation) -> Provoking:
        caller = unnarrowed(harness, operation)
        role, fact = of_new_role(harness, caller, "stopped")
        archived(harness, parent(harness, role))
        return caller, valid(harness, operation, caller, fact=harness.state.facts(fact.resource)[fact.id])

    return provoking


def _busy(harness: Harness, operation: Operation) -> Provoking:
    caller = harness.able(operation)
    fact = in_one_of(harness, own(harness, resource(), caller.org), ("busy",))
    return caller, build(operation, path_values(operation, fact))


def _beyond(harness: Harness, operation: Operation) -> Provoking:
    """Return a fork at a point that no parent has reached."""
    caller = harness.able(operation)
    fact = own(harness, resource(), caller.org)
    return caller, with_json(operation, path_values(operation, fact), {COUNT: 10**6})


WHILE_ARCHIVED = Cause(_archived, FOR_SOMEBODY)
WHILE_BUSY = Cause(_busy, for_somebody_with((state(IS),)))
OF_ARCHIVED_PROVIDER = Cause(_of_archived(provider_of), FOR_SOMEBODY)
OF_ARCHIVED_ROLE = Cause(_of_archived(lambda _, role: role), FOR_SOMEBODY)
BEYOND = Cause(_beyond, FOR_SOMEBODY)
