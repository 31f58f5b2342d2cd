"""What the suite is told of tasks of workspaces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from conformance.contract.contract import NamedResource, Operation
from conformance.oracle.call import Call, InPath, Refusals, WrongfulRefusal
from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.effect import DataEffect
from conformance.oracle.facts import Fact
from conformance.recipes.causes import FOR_SOMEBODY, Cause, Provoking
from conformance.recipes.valid import valid
from conformance.resources.workspaces.facts import WorkspaceFact
from conformance.resources.workspaces.semantics import NOT_VISIBLE, WORKSPACE
from conformance.resources.workspaces.states import STATES_OF_TASKS
from conformance.resources.workspaces.tasks.making import LIST, add
from conformance.resources.workspaces.tasks.semantics import TASK as NAME
from conformance.resources.workspaces.tasks.shown import contradictions
from conformance.session.harness import Harness

NOT_FOUND = "task_not_found"
NONE = "task_conformance"


class InWorkspace(InPath):
    """A task is below the workspace that it is in, and below no other."""

    def refusals(self, call: Call, value: str, named: NamedResource, found: Refusals) -> None:
        """Whether the workspace that the path names has the task."""
        fact, state = call.state.facts(named.name).get(value), call.state
        if fact is None:
            gone = state.is_gone(named.name, value)
            found.add(404, named.not_found, "CONTRACT-RIGHT-ANSWER", certain=gone)
        elif fact.shown.get("workspace_id") != call.named(WORKSPACE):
            effect = None if fact.owned_by(call.caller.org) else DataEffect.LEAKED
            found.add(404, named.not_found, "OWNERSHIP-TASK-PATH", certain=state.certain(fact), effect=effect)

    def wrongful(self, _call: Call, _value: str, named: NamedResource) -> Iterator[WrongfulRefusal]:
        """What a refusal would break where the workspace has the task."""
        yield named.not_found, "TASK-READABLE"
        yield NOT_VISIBLE, "OWNERSHIP-WORKSPACE-SERVED"


def _have_in(harness: Harness, workspace: Fact) -> Fact:
    """The workspace with a task; one that the run did not make is left as it is."""
    if not workspace.made or _ids(workspace) != [NONE]:
        return workspace
    add(harness, workspace)
    return harness.state.facts(WORKSPACE)[workspace.id]


def _ids(workspace: Fact | None) -> Sequence[str]:
    known = workspace.tasks if isinstance(workspace, WorkspaceFact) else ()
    return list(known) or [NONE]


def _absent(harness: Harness, operation: Operation) -> Provoking:
    """A right request, but for the id of a task that there is not."""
    caller = harness.able(operation)
    request = valid(harness, operation, caller)
    values = {**request.path_values, "task_id": harness.absent_id(NAME)}
    return caller, replace(request, path=operation.at(values), path_values=values)


TASK = register(
    Resource(
        name=NAME,
        named_in="",
        states=STATES_OF_TASKS,
        in_object=_ids,
        have_in=_have_in,
        listed_in=LIST,
        in_path=InWorkspace(),
        contradictions=contradictions,
        causes={NOT_FOUND: Cause(_absent, FOR_SOMEBODY)},
    )
)
