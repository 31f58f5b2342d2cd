"""Defects of workspaces: what they begin with, what they do to a workspace, and the events that a request wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from benchmarks.planted_defects.planting.mistakes import When, always, grants, leaves, refuses
from benchmarks.planted_defects.planting.runs import again, permitted
from mock_server import errors
from mock_server.deviations.planting.deviation import Plan
from mock_server.deviations.planting.wrong_operations import Outcome, Run
from mock_server.errors import ApiError
from mock_server.resources.agent_roles import ROLES, Role
from mock_server.resources.audit.event import EVENTS, Event, with_event
from mock_server.resources.workspaces.access import READ
from mock_server.resources.workspaces.life import workspaces
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.state import State, list_touched
from mock_server.state.value import replace

IDLE, STOPPED, FAILED, ARCHIVED = "ws_01HZ", "ws_acme_stopped", "ws_acme_failed", "ws_acme_archived"
BUSY, PROVISIONING, FOREIGN = "ws_acme_busy", "ws_acme_provisioning", "ws_globex_idle"
HIDDEN, MISSING, NO_ROLE = "403 workspace_not_visible", "404 workspace_not_found", "404 role_not_found"
"""The texts said of workspaces that stand in every world, and of roles."""

NOT_FOUND = errors.make_not_found("workspace_not_found", "There is no workspace of this id.")
NOT_VISIBLE = errors.WorkspaceNotVisible("Somebody else created the workspace.")
IS_STOPPED = errors.WorkspaceStopped("The workspace is stopped.")


def named(run: Run, state: State | None = None) -> Workspace:
    """Return the workspace that the path names, as it was before, or as it is in a state."""
    return (run.state if state is None else state).all(WORKSPACES)[run.request.path["id"]]


def taken_for(run: Run, **fields: Any) -> Outcome:
    """Return what comes of the request where the workspace that the path names has these values."""
    return again(run, run.state.put(WORKSPACES, replace(named(run), **fields)))


def is_foreign(run: Run) -> bool:
    """Return whether the path names a workspace of another org."""
    found = run.state.get(WORKSPACES, run.request.path["id"])
    return found is not None and found.org_id != run.org_id


leaves_workspace = partial(leaves, WORKSPACES)
leaves_named = partial(leaves, WORKSPACES, lambda run: named(run, run.after))
"""The workspace that the path names has these values afterwards."""


def grants_in(refusal: type[ApiError] | str, status: str, wrong: Callable[[Run], Outcome]) -> Plan:
    """Plan that a refusal does not keep something from being done where the named workspace has this status."""
    return grants(refusal, lambda run: wrong(run) if named(run).status == status else None)


def refuses_in(status: str, refusal: ApiError) -> Plan:
    """Plan that the operation is refused where the workspace that the path names has this status."""
    return refuses(lambda run: named(run).status == status, refusal)


def opens(scope: str = READ, when: When = always) -> Plan:
    """Plan that the workspaces of others in the org are served to whoever holds the scope of the own ones alone."""
    return grants(errors.WorkspaceNotVisible, lambda run: permitted(run, scope) if when(run) else None)


def opens_abroad(*scopes: str) -> Plan:
    """Plan that workspaces of other orgs are served as if the caller were of that org, and held these scopes."""
    return grants(
        "workspace_not_found",
        lambda run: permitted(run, *scopes, org_id=named(run).org_id) if is_foreign(run) else None,
    )


def role_of_org(run: Run) -> Role:
    """Return the role of the org that a request names by its id or by its name, archived or not."""
    body, own = run.request.body, run.state.select(ROLES, org_id=run.org_id)
    return next(each for each in own if each.id == body.get("role_id") or each.name == body.get("role_name"))


def made_of(run: Run, role: Role, state: State | None = None) -> tuple[State, Workspace]:
    """Return a state with a new workspace of a role, in the org of the caller, and that workspace."""
    caller, before = run.request.caller, run.state if state is None else state
    after, made = workspaces.create(before, role, caller.user_id, run.request.now)
    made = replace(made, org_id=run.org_id)
    return after.put(WORKSPACES, made), made


def makes_of_foreign_roles(outcome: Callable[[Run, State, Workspace], Outcome]) -> Plan:
    """Plan that a workspace is made of a role of another org, where that is named by its id."""

    def wrong(run: Run) -> Outcome | None:
        role = run.state.get(ROLES, run.request.body.get("role_id", ""))
        return None if role is None else outcome(run, *made_of(run, role))

    return grants(errors.RoleNotFound, wrong)


def written(run: Run, *types: str) -> Iterator[Event]:
    """Yield the events that a request wrote; those of these types, where some are given."""
    found = [run.after.get(EVENTS, key) for name, key in list_touched(run.after, run.state) if name == EVENTS.name]
    yield from (each for each in found if each is not None and (not types or each.event_type in types))


def untold(run: Run, *types: str) -> Outcome:
    """Return what comes of a request that does not write such events."""
    after = run.after
    for event in written(run, *types):
        after = after.drop(EVENTS, event.id)
    return after, run.outcome


def told_otherwise(run: Run, *types: str, **changes: Any) -> Outcome:
    """Return what comes of a request that writes such events with other values in these columns."""
    after = run.after
    for event in written(run, *types):
        after = with_event(after.drop(EVENTS, event.id), replace(event, **changes))
    return after, run.outcome
