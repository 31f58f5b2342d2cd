"""Clause subsystems: what an org is without is not served."""

from __future__ import annotations

from conformance.contract.contract import Operation
from conformance.oracle.declaration.registry import find_resource_of
from conformance.recipes.causes import ask_while_off
from conformance.recipes.valid import build_valid
from conformance.running.binding import Scope, over, rule
from conformance.session.harness import Harness


def _list_switchable(scope: Scope) -> list[Operation]:
    """Return the operations on what an org may be without."""
    return [each for each in scope.operations if (about := find_resource_of(each)) and about.switched_off]


@rule("SUBSYSTEM-DISABLED")
@over("operation", _list_switchable)
def test_nothing_is_served_while_it_is_switched_off(harness: Harness, operation: Operation) -> None:
    """A request that was served before is sent again while the org is without what it is about."""
    caller = harness.able(operation)
    harness.hold(caller, build_valid(harness, operation, caller))
    harness.judge(*ask_while_off(harness, operation))
