"""Clause ownership, of workspaces: what somebody else created, and who is served on it all the same."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from conformance.contract.contract import Operation
from conformance.oracle.declaration.registry import find_resource_in_path, require_resource
from conformance.profile import Caller
from conformance.recipes.making import choose_other_org, create_owned, introduce_caller, prepare_for
from conformance.recipes.people import create_for_another
from conformance.recipes.requests import build
from conformance.recipes.valid import build_valid
from conformance.resources.workspaces import WORKSPACE
from conformance.resources.workspaces.tasks import GET as TASK_GET
from conformance.resources.workspaces.tasks import add
from conformance.running.binding import Scope, over, rule
from conformance.session.harness import Harness


def _choose_one_of_each_org(scope: Scope) -> list[Caller]:
    """Return one caller of each kind for each org: by role, by permission set, by scopes."""
    found = {(each.org, each.role, each.permission_set, each.held): each for each in reversed(scope.callers)}
    return list(reversed(found.values()))


def _list_served(scope: Scope) -> Iterator[tuple[Operation, Caller]]:
    """Yield each operation on a workspace, for one caller of each kind who may ask for it."""
    named = (each for each in scope.operations if find_resource_in_path(each) is require_resource(WORKSPACE.name))
    pairs = product(named, _choose_one_of_each_org(scope))
    return ((operation, caller) for operation, caller in pairs if operation.permissions.are_held_by(caller.held))


@rule("OWNERSHIP-WORKSPACE-SERVED")
@over("operation, caller", _list_served)
def test_who_may_see_a_workspace_is_served_on_it(harness: Harness, operation: Operation, caller: Caller) -> None:
    """A holder of the scope for the own alone asks about an own workspace, others about somebody else's."""
    kept = WORKSPACE.narrows(caller, operation)
    fact = None if kept else prepare_for(harness, WORKSPACE, create_for_another(harness, WORKSPACE, caller), operation)
    harness.judge(caller, build_valid(harness, operation, introduce_caller(harness, caller), fact=fact))


@rule("OWNERSHIP-TASK-PATH")
@over("caller, of", lambda scope: product(_list_task_readers(scope), ("the-caller", "somebody-else", "another-org")))
def test_a_task_is_below_its_own_workspace_alone(harness: Harness, caller: Caller, of: str) -> None:
    """The task of another workspace is asked for below one that the caller sees, and has a task of its own."""
    operation = harness.contract.operations[TASK_GET]
    workspace = create_owned(harness, WORKSPACE, caller.org, caller=introduce_caller(harness, caller))
    harness.hold(caller, build_valid(harness, operation, caller, fact=workspace))
    if of == "another-org":
        other = create_owned(harness, WORKSPACE, choose_other_org(harness, caller))
    elif of == "somebody-else":
        other = create_for_another(harness, WORKSPACE, caller)
    else:
        other = create_owned(harness, WORKSPACE, caller.org, caller=caller)
    harness.judge(caller, build(operation, {"id": workspace.id, "task_id": add(harness, other).id}))


def _list_task_readers(scope: Scope) -> list[Caller]:
    reads = scope.contract.operations[TASK_GET]
    return [each for each in _choose_one_of_each_org(scope) if reads.permissions.are_held_by(each.held)]
