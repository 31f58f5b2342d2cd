"""Workspaces once they are as an operation takes them: in a status in which it is served, and with a task to cancel."""

from __future__ import annotations

from contextlib import suppress

from conformance.contract.contract import Operation
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.resources.workspaces import statuses
from conformance.resources.workspaces.semantics import CANCEL, WORKSPACE
from conformance.resources.workspaces.tasks.making import add
from conformance.session.harness import Harness


def ready(harness: Harness, fact: Fact, operation: Operation) -> Fact:
    """The workspace, in a status in which the operation is served; where that cancels a task, with one that waits."""
    found = statuses.ready(harness, fact, operation)
    if operation.operation_id == CANCEL and not found.archived:
        with suppress(NotProvoked):  # without one it is served too, and changes nothing
            add(harness, found)
    return harness.state.facts(WORKSPACE).get(found.id, found)
