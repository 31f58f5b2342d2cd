"""Clause activity: what the writes to workspaces write into the log of their org."""

from __future__ import annotations

from conformance.contract.contract import Operation
from conformance.oracle.declaration.fields import id_of
from conformance.oracle.declaration.registry import resource_in_path
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.making import in_state_for, introduced
from conformance.recipes.reading import field
from conformance.recipes.valid import valid
from conformance.resources.agent_roles import ROLE
from conformance.resources.events.log import Event, Log, column, due, of_types
from conformance.resources.workspaces import WORKSPACE
from conformance.resources.workspaces.people import of_another_person
from conformance.resources.workspaces.semantics import RUNNING
from conformance.results.difference import of_field, of_list
from conformance.running.binding import Scope, over, rule
from conformance.session.harness import Harness

ACTIVITY, CONTROL_PLANE = "activity", "control-plane"


def _of_workspaces(scope: Scope) -> list[Operation]:
    """The operations that write events of activity."""
    return [each for each in scope.operations if each.events and not any("." in name for name in each.events)]


def _about(found: list[Event], workspace_id: str) -> list[Event]:
    return [each for each in found if column(each, "workspace_id") == workspace_id]


def _of_somebody_else(harness: Harness, operation: Operation, caller: Caller) -> Fact | None:
    """A workspace for the operation that another person created; None where it names none, or none can be had."""
    if resource_in_path(operation) is None:
        return None
    try:
        return in_state_for(harness, WORKSPACE, of_another_person(harness, caller), operation)
    except NotProvoked:
        return None


@rule("ACTIVITY-WRITTEN")
@over("operation", _of_workspaces)
@over("caller_kind", lambda _: ["session", "key"])
def test_a_change_of_a_workspace_writes_its_event(harness: Harness, operation: Operation, caller_kind: str) -> None:
    """The operation succeeds for a caller with a session and for one with an API key, and the log is read."""
    able = (each for each in harness.callers() if harness.may(each, operation))
    caller = next((each for each in able if bool(each.permission_set) is (caller_kind == "key")), None)
    if caller is None:
        raise NotProvoked(f"no caller with a {caller_kind} may do {operation}")
    user = "system" if caller_kind == "key" else harness.state.person_of(introduced(harness, caller))
    fact = _of_somebody_else(harness, operation, caller)
    request, log, types = valid(harness, operation, caller, fact=fact), Log(harness, caller.org), due(operation)
    answer = harness.hold(caller, request)
    named = resource_in_path(operation)
    workspace_id = id_of(answer.json) if named is None else next(iter(answer.request.path_values.values()))
    page, new = log.once(lambda found: bool(of_types(_about(found, workspace_id), types)))
    found = of_types(_about(new, workspace_id), types)
    said = f"one event {types[0]} of the workspace", f"{len(found)} of them"
    harness.check(len(found) == 1, page, *said, evidence=of_list(*said))
    workspace = harness.state.facts(WORKSPACE.name).get(workspace_id)
    role = harness.state.facts(ROLE.name).get(str(workspace and workspace.shown.get(RUNNING.field)))
    provider = harness.state.facts("provider").get(str(field(dict(role.shown) if role else {}, "provider_id")))
    right = {"category": ACTIVITY, "actor": CONTROL_PLANE, "user_id": user}
    right["agent_role"] = role.name if role else None
    right["agent_provider"] = provider.name if provider else None
    for name, value in right.items():
        got = column(found[0], name)
        evidence = of_field(name, value, got)
        harness.check(value in (None, got), page, f"{name} {value}", repr(got), evidence=evidence)
