"""Rules on life cycles: some operations are served in certain statuses only.

Which those are the life of the resource says, and the contract of which rule each operation is.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.contract.contract import Operation, Rule
from conformance.oracle.declaration.lifetime import Life
from conformance.oracle.declaration.registry import find_resource_in_path
from conformance.oracle.declaration.resource import Resource
from conformance.recipes.about import choose_path_values, with_right_body
from conformance.recipes.making import archive_object, create_owned, find_unnarrowed
from conformance.recipes.valid import build_valid
from conformance.running.binding import Scope, law
from conformance.session.harness import Harness


def _require_life(operation: Operation) -> tuple[Resource, Life]:
    """Return the resource of what the path names, and its life."""
    resource = find_resource_in_path(operation)
    assert resource is not None  # the tests are spread over such operations alone
    assert resource.life is not None
    return resource, resource.life


def _list_operations(scope: Scope, rule: Rule) -> Iterator[tuple[Operation, Life]]:
    """Yield the operations that the rule is about on what has a life."""
    for operation in scope.contract.list_operations_of(rule):
        if (resource := find_resource_in_path(operation)) and resource.life:
            yield operation, resource.life


def _list_each_status(scope: Scope, rule: Rule, *, taken: bool) -> Iterator[tuple[Operation, str]]:
    """Yield each operation that is served in some statuses alone, with each of these, or with each other."""
    for operation, life in _list_operations(scope, rule):
        if served := life.taken.get(operation.operation_id):
            yield from ((operation, status) for status in life.statuses if (status in served) is taken)


@law(
    "WORKSPACE-STATE",
    "ARCHIVE-WORKSPACE-STATE",
    "AGENT-NOT-RUNNING",
    "SANDBOX-NOT-RUNNING",
    "TASK-TAKEN",
    names="operation, status",
    values=lambda scope, rule: _list_each_status(scope, rule, taken=False),
)
def test_it_is_refused_in_every_other_status(harness: Harness, operation: Operation, status: str) -> None:
    """A served request is sent in a status in which it is not: a read of the same object, else of another one."""
    (resource, life), caller = _require_life(operation), find_unnarrowed(harness, operation)
    fact = create_owned(harness, resource, caller.org, operation=operation, caller=caller)
    request = build_valid(harness, operation, caller, fact=fact)
    harness.hold(caller, request)
    if not operation.is_safe:
        fact = create_owned(harness, resource, caller.org, operation=operation, caller=caller)
        request = with_right_body(harness, operation, caller, choose_path_values(operation, fact), fact)
    life.bring(harness, harness.knowledge.get_facts(resource.name)[fact.id], (status,))
    harness.judge(caller, request)


@law(
    "WORKSPACE-STATE",
    "TASK-TAKEN",
    names="operation, status",
    values=lambda scope, rule: _list_each_status(scope, rule, taken=True),
)
def test_it_is_served_in_each_of_its_statuses(harness: Harness, operation: Operation, status: str) -> None:
    """It is asked for in a status in which it is served."""
    (resource, life), caller = _require_life(operation), find_unnarrowed(harness, operation)
    fact = create_owned(harness, resource, caller.org, operation=operation, caller=caller)
    fact = life.bring(harness, fact, (status,))
    harness.judge(caller, with_right_body(harness, operation, caller, choose_path_values(operation, fact), fact))


@law(
    "ARCHIVE-WORKSPACE-STATE",
    "ARCHIVE-WORKSPACE-REFUSES",
    "TASK-TAKEN",
    names="operation",
    values=lambda scope, rule: [operation for operation, _ in _list_operations(scope, rule)],
)
def test_it_is_refused_of_what_is_archived(harness: Harness, operation: Operation) -> None:
    """A served request is sent about an object that is archived."""
    (resource, _), caller = _require_life(operation), find_unnarrowed(harness, operation)
    harness.hold(caller, build_valid(harness, operation, caller))
    fact = archive_object(harness, create_owned(harness, resource, caller.org, caller=caller))
    harness.judge(caller, build_valid(harness, operation, caller, fact=fact))
