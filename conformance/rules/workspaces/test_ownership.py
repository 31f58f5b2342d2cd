"""Clause ownership, of workspaces: what somebody else created, and who is served on it all the same."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from conformance.contract.contract import Operation
from conformance.oracle.declaration.registry import require_resource, resource_in_path
from conformance.profile import Caller
from conformance.recipes.making import in_state_for, introduced, other_org, own
from conformance.recipes.people import of_another_person
from conformance.recipes.requests import build
from conformance.recipes.valid import valid
from conformance.resources.workspaces import WORKSPACE
from conformance.resources.workspaces.tasks import GET as TASK_GET
from conformance.resources.workspaces.tasks import add
from conformance.rules.test_ownership import list_people
from conformance.running.binding import Scope, over, rule
from conformance.session.harness import Harness


def _served(scope: Scope) -> Iterator[tuple[Operation, Caller]]:
    """Yield each operation on a workspace, for one caller of each kind who may ask for it."""
    named = (each for each in scope.operations if resource_in_path(each) is require_resource(WORKSPACE.name))
    pairs = product(named, list_people(scope))
    return ((operation, caller) for operation, caller in pairs if operation.permissions.held_by(caller.held))


@rule("OWNERSHIP-WORKSPACE-SERVED")
@over("operation, caller", _served)
def test_who_may_see_a_workspace_is_served_on_it(harness: Harness, operation: Operation, caller: Caller) -> None:
    """A holder of the scope for the own alone asks about an own workspace, others about somebody else's."""
    kept = WORKSPACE.narrows(caller, operation)
    fact = None if kept else in_state_for(harness, WORKSPACE, of_another_person(harness, WORKSPACE, caller), operation)
    harness.judge(caller, valid(harness, operation, introduced(harness, caller), fact=fact))


@rule("OWNERSHIP-TASK-PATH")
@over("caller, of", lambda scope: product(_who_reads_tasks(scope), ("the-caller", "somebody-else", "another-org")))
def test_a_task_is_below_its_own_workspace_alone(harness: Harness, caller: Caller, of: str) -> None:
    """The task of another workspace is asked for below one that the caller sees, and has a task of its own."""
    operation = harness.contract.operations[TASK_GET]
    workspace = own(harness, WORKSPACE, caller.org, caller=introduced(harness, caller))
    harness.hold(caller, valid(harness, operation, caller, fact=workspace))
    if of == "another-org":
        other = own(harness, WORKSPACE, other_org(harness, caller))
    elif of == "somebody-else":
        other = of_another_person(harness, WORKSPACE, caller)
    else:
        other = own(harness, WORKSPACE, caller.org, caller=caller)
    harness.judge(caller, build(operation, {"id": workspace.id, "task_id": add(harness, other).id}))


def _who_reads_tasks(scope: Scope) -> list[Caller]:
    reads = scope.contract.operations[TASK_GET]
    return [each for each in list_people(scope) if reads.permissions.held_by(each.held)]
