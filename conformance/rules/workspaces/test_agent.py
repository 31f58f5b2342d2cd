"""Clause agent: what has to ask the agent of a workspace."""

from __future__ import annotations

from conformance.contract.contract import Operation
from conformance.resources.workspaces.file_making import reachable, unreachable
from conformance.resources.workspaces.file_semantics import UNREACHABLE
from conformance.rules.workspaces.file_requests import (
    asked_once,
)
from conformance.running.binding import Scope, over, rule
from conformance.session.harness import Harness


def _that_ask(scope: Scope) -> list[Operation]:
    """The operations that say how they are refused while nobody can reach the agent."""
    found = ((each, each.responses.get(502)) for each in scope.operations)
    return [each for each, spec in found if spec and (UNREACHABLE in spec.codes or 502 in each.bodyless)]


@rule("AGENT-UNREACHABLE")
@over("operation", _that_ask)
def test_what_asks_an_agent_that_nobody_reaches_is_refused(harness: Harness, operation: Operation) -> None:
    """A workspace that runs is asked, once more while nobody can reach its agent, and again when that is over."""
    caller, workspace, request = asked_once(harness, operation)
    unreachable(harness, workspace)
    harness.judge(caller, request)
    reachable(harness, workspace)
    harness.judge(caller, request)
