"""Clause agent: what has to ask the agent of a workspace."""

from __future__ import annotations

from conformance.contract.contract import Operation
from conformance.http.exchange import Request
from conformance.oracle.facts import Fact
from conformance.profile import Caller
from conformance.recipes.about import choose_path_values
from conformance.recipes.making import create_owned
from conformance.recipes.requests import build
from conformance.recipes.valid import build_valid
from conformance.resources.workspaces import WORKSPACE
from conformance.resources.workspaces.files import UNREACHABLE, make_reachable, make_unreachable
from conformance.resources.workspaces.oracle import GET_SESSION, TAKEN
from conformance.resources.workspaces.recipes import bring_to_one_of
from conformance.results.difference import from_field
from conformance.running.binding import Scope, over, rule
from conformance.session.harness import Harness


def _ask_agent_once(harness: Harness, operation: Operation) -> tuple[Caller, Fact, Request]:
    """Return somebody, a workspace that runs, and a request about it that was served."""
    caller = harness.able(operation)
    fact = create_owned(harness, WORKSPACE, caller.org, operation=operation, caller=caller)
    request = build_valid(harness, operation, caller, fact=fact)
    harness.hold(caller, request)
    return caller, harness.knowledge.get_facts(WORKSPACE.name)[fact.id], request


@rule("AGENT-SESSION")
@over("status", lambda _: TAKEN[GET_SESSION])
def test_the_session_of_an_agent_is_an_object(harness: Harness, status: str) -> None:
    """The session of a workspace is asked for while it is idle, and while it is busy."""
    operation = harness.contract.operations[GET_SESSION]
    caller = harness.able(operation)
    fact = bring_to_one_of(harness, create_owned(harness, WORKSPACE, caller.org, caller=caller), (status,))
    answer = harness.judge(caller, build(operation, choose_path_values(operation, fact)))
    got = type(answer.json).__name__
    harness.check(isinstance(answer.json, dict), answer, "an object", got, evidence=from_field("", "an object", got))


def _list_asking(scope: Scope) -> list[Operation]:
    """Return the operations that say how they are refused while nobody can reach the agent."""
    found = ((each, each.responses.get(502)) for each in scope.operations)
    return [each for each, spec in found if spec and (UNREACHABLE in spec.codes or 502 in each.bodyless)]


@rule("AGENT-UNREACHABLE")
@over("operation", _list_asking)
def test_what_asks_an_agent_that_nobody_reaches_is_refused(harness: Harness, operation: Operation) -> None:
    """A workspace that runs is asked, once more while nobody can reach its agent, and again when that is over."""
    caller, workspace, request = _ask_agent_once(harness, operation)
    make_unreachable(harness, workspace)
    harness.judge(caller, request)
    make_reachable(harness, workspace)
    harness.judge(caller, request)
