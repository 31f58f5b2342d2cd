"""Clause ownership, of workspaces: what somebody else created, and who is served on it all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product

from conformance.contract.contract import Operation
from conformance.oracle.declaration.registry import resource_in_path
from conformance.oracle.effect import DataEffect
from conformance.oracle.facts import Fact
from conformance.profile import Caller
from conformance.recipes import reading
from conformance.recipes.making import in_state_for, introduced, other_org, own
from conformance.recipes.reading import item, show
from conformance.recipes.requests import build
from conformance.recipes.valid import valid
from conformance.resources.workspaces import WORKSPACE
from conformance.resources.workspaces.oracle import GET, LIST
from conformance.resources.workspaces.recipes import narrowed, of_another_person, of_nobody
from conformance.resources.workspaces.tasks import GET as TASK_GET
from conformance.resources.workspaces.tasks import add
from conformance.results.difference import of_list
from conformance.running.binding import Scope, over, rule
from conformance.session.harness import Harness

OTHERS: Mapping[str, Callable[[Harness, Caller], Fact]] = {"a-person": of_another_person, "an-api-key": of_nobody}
"""Who else may have created a workspace."""


def _one_of_each_org(scope: Scope) -> list[Caller]:
    """Of each org one caller of each kind: by role, by permission set, by scopes."""
    found = {(each.org, each.role, each.permission_set, each.held): each for each in reversed(scope.callers)}
    return list(reversed(found.values()))


def _who_lists(scope: Scope) -> list[Caller]:
    listing = scope.contract.operations[LIST]
    return [each for each in _one_of_each_org(scope) if listing.permissions.held_by(each.held)]


def _served(scope: Scope) -> Iterator[tuple[Operation, Caller]]:
    """Each operation on a workspace, for one caller of each kind who may ask for it."""
    named = (each for each in scope.operations if resource_in_path(each) is WORKSPACE)
    pairs = product(named, _one_of_each_org(scope))
    return ((operation, caller) for operation, caller in pairs if operation.permissions.held_by(caller.held))


@rule("OWNERSHIP-WORKSPACE-HIDDEN")
@over("created_by", lambda _: list(OTHERS))
def test_what_somebody_else_created_is_not_read(harness: Harness, created_by: str) -> None:
    """Who sees the own workspaces alone reads an own one, and asks for one that somebody else of the org created."""
    caller = narrowed(harness, harness.contract.operations[GET])
    mine = own(harness, WORKSPACE, caller.org, caller=caller)
    reading.shown(harness, WORKSPACE, caller, mine.id)
    harness.judge(caller, show(harness, WORKSPACE, OTHERS[created_by](harness, caller).id))


@rule("OWNERSHIP-WORKSPACE-LIST")
@over("caller", _who_lists)
def test_a_list_holds_the_workspaces_that_the_caller_sees(harness: Harness, caller: Caller) -> None:
    """The caller created a workspace, if it is a person, another person one, and an API key one."""
    listing = harness.contract.operations[LIST]
    kept = WORKSPACE.narrows(caller, listing)
    seen = [own(harness, WORKSPACE, caller.org, caller=introduced(harness, caller))] if kept else []
    of_others = [each(harness, caller) for each in OTHERS.values()]
    answer = reading.listed(harness, WORKSPACE, caller)
    if kept:
        said = "no workspace of somebody else in the list", "one"
        hides = not any(item(answer, fact.id) for fact in of_others)
        harness.check(hides, answer, *said, evidence=of_list(*said), effect=DataEffect.LEAKED)
    for fact in seen or of_others:
        said = f"the workspace of {'the caller' if seen else 'somebody else'} in the list", "not in it"
        harness.check(item(answer, fact.id) is not None, answer, *said, about=fact.id, evidence=of_list(*said))


@rule("OWNERSHIP-WORKSPACE-SERVED")
@over("operation, caller", _served)
def test_who_may_see_a_workspace_is_served_on_it(harness: Harness, operation: Operation, caller: Caller) -> None:
    """Who holds the scope for what is the own alone asks about an own workspace, others about one of somebody else."""
    kept = WORKSPACE.narrows(caller, operation)
    fact = None if kept else in_state_for(harness, WORKSPACE, of_another_person(harness, caller), operation)
    harness.judge(caller, valid(harness, operation, introduced(harness, caller), fact=fact))


def _below(scope: Scope) -> list[Operation]:
    """The operations on what is in a workspace."""
    return [each for each in scope.operations if resource_in_path(each) is WORKSPACE and each.operation_id != GET]


@rule("OWNERSHIP-WORKSPACE-BELOW")
@over("operation, created_by", lambda scope: product(_below(scope), OTHERS))
def test_what_is_in_the_workspace_of_somebody_else_is_refused(
    harness: Harness, operation: Operation, created_by: str
) -> None:
    """Who sees the own workspaces alone is served on an own one, and asks the same of one of somebody else."""
    caller = narrowed(harness, operation)
    harness.hold(caller, valid(harness, operation, caller))
    fact = in_state_for(harness, WORKSPACE, OTHERS[created_by](harness, caller), operation)
    harness.judge(caller, valid(harness, operation, caller, fact=fact))


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
        other = of_another_person(harness, caller)
    else:
        other = own(harness, WORKSPACE, caller.org, caller=caller)
    harness.judge(caller, build(operation, {"id": workspace.id, "task_id": add(harness, other).id}))


def _who_reads_tasks(scope: Scope) -> list[Caller]:
    reads = scope.contract.operations[TASK_GET]
    return [each for each in _one_of_each_org(scope) if reads.permissions.held_by(each.held)]
