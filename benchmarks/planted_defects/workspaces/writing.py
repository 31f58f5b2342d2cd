"""Defects in how workspaces are created, stopped and archived, and in what that writes."""

from __future__ import annotations

from benchmarks.planted_defects.planting.workspaces import named, told_otherwise, untold
from mock_server.deviations.planting.ids import (
    ARCHIVE_WORKSPACE,
    CREATE_WORKSPACE,
    GET_WORKSPACE,
    STOP_WORKSPACE,
    UNARCHIVE_WORKSPACE,
)
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.errors import InvalidState, NotArchived, RoleArchived, RoleNotFound, WorkspaceNotVisible
from mock_server.operation import Reply
from mock_server.resources.agent_roles.role import ROLES
from mock_server.resources.life import workspaces
from mock_server.resources.workspaces.access import WRITE
from mock_server.resources.workspaces.workspace import WORKSPACES, Status, Workspace
from mock_server.state.value import replace

ENDS_OF_ARCHIVING = ARCHIVE_WORKSPACE + UNARCHIVE_WORKSPACE
ON_WORKSPACE = STOP_WORKSPACE + ENDS_OF_ARCHIVING


def _made(run: Run) -> Workspace:
    """The workspace that a creation made."""
    assert isinstance(run.outcome, Reply)  # noqa: S101  # a creation that was not refused
    return run.after.all(WORKSPACES)[run.outcome.body["id"]]


def _instead(run: Run, workspace: Workspace) -> Outcome:
    """What comes of a creation that made this workspace in place of the right one."""
    return run.after.put(WORKSPACES, workspace), Reply(201, WORKSPACES.shown(workspace, workspace.org_id))


@wrong_outcome("workspaces-created-by-system", "WORKSPACE-CREATOR", on=CREATE_WORKSPACE)
def created_by_system(run: Run) -> Outcome:
    """A workspace that a person creates is nobody's, as if an API key had created it."""
    return _instead(run, replace(_made(run), created_by_user_id="system"))


@wrong_outcome("workspaces-environment-ignored", "WORKSPACE-CREATOR", on=CREATE_WORKSPACE)
def environment_ignored(run: Run) -> Outcome:
    """A new workspace has the environment of its role, whichever is asked for."""
    made = _made(run)
    return _instead(run, replace(made, environment=run.state.all(ROLES)[made.role_id].environment))


@wrong_outcome("workspaces-environment-of-development", "WORKSPACE-CREATOR", on=CREATE_WORKSPACE)
def environment_of_development(run: Run) -> Outcome:
    """A new workspace for which no environment is asked has development, whatever its role has."""
    return _instead(run, replace(_made(run), environment=run.request.body.get("environment", "development")))


@in_place_of(RoleNotFound)("workspaces-of-foreign-roles", "WORKSPACE-ROLE-NAMED", on=CREATE_WORKSPACE)
def of_foreign_roles(run: Run, refusal: RoleNotFound) -> Outcome:
    """A workspace is made of a role of another org, where that is named by its id."""
    role = run.state.get(ROLES, run.request.body.get("role_id", ""))
    if role is None:
        raise refusal
    after, made = workspaces.create(run.state, role, run.request.caller.user_id, run.request.now)
    made = replace(made, org_id=run.org_id)
    return after.put(WORKSPACES, made), Reply(201, WORKSPACES.shown(made, run.org_id))


@in_place_of(RoleArchived)("workspaces-of-archived-roles", "WORKSPACE-ROLE-ARCHIVED", on=CREATE_WORKSPACE)
def of_archived_roles(run: Run, _refusal: RoleArchived) -> Outcome:
    """A workspace is made of a role that is archived."""
    body = run.request.body
    own = run.state.where(ROLES, org_id=run.org_id)
    role = next(each for each in own if each.id == body.get("role_id") or each.name == body.get("role_name"))
    after, made = workspaces.create(run.state, role, run.request.caller.user_id, run.request.now)
    return after, Reply(201, WORKSPACES.shown(made, run.org_id))


@wrong_outcome("workspaces-never-idle", "WORKSPACE-BECOMES-IDLE", on=CREATE_WORKSPACE)
def never_idle(run: Run) -> Outcome:
    """A new workspace is provisioned for ever."""
    return run.after.put(WORKSPACES, replace(_made(run), due_at=None)), run.outcome


@wrong_reply("workspaces-read-as-stopped-at-first", "WORKSPACE-STEPS", on=GET_WORKSPACE)
def read_as_stopped_at_first(body: dict[str, object], _run: Run) -> dict[str, object]:
    """A workspace that is provisioning is read as stopped."""
    return {**body, "status": "stopped"} if body["status"] == "provisioning" else body


@wrong_outcome("workspaces-stopped-without-snapshot", "WORKSPACE-STOPS", on=STOP_WORKSPACE)
def stopped_without_snapshot(run: Run) -> Outcome:
    """A workspace that is stopped loses its files: it has no snapshot."""
    stopping = named(run, run.after)
    return run.after.put(WORKSPACES, replace(stopping, unreachable_since=run.request.now)), run.outcome


@wrong_outcome("workspaces-stopping-for-ever", "WORKSPACE-STOPS", on=STOP_WORKSPACE)
def stopping_for_ever(run: Run) -> Outcome:
    """A workspace that is asked to stop never comes to rest."""
    return run.after.put(WORKSPACES, replace(named(run, run.after), due_at=None)), run.outcome


def _stopped_anyway(run: Run, refusal: InvalidState, *statuses: Status) -> Outcome:
    """What comes of a stop that is granted in these statuses too."""
    if named(run).status not in statuses:
        raise refusal
    idle = replace(named(run), status="idle")
    return run.right(run.state.put(WORKSPACES, idle), run.request)


@in_place_of(InvalidState)("workspaces-stopped-while-provisioning", "WORKSPACE-STATE", on=STOP_WORKSPACE)
def stopped_while_provisioning(run: Run, refusal: InvalidState) -> Outcome:
    """A workspace that is provisioning can be stopped."""
    return _stopped_anyway(run, refusal, "provisioning")


@in_place_of(InvalidState)("workspaces-failed-are-stopped", "WORKSPACE-STATE", on=STOP_WORKSPACE)
def failed_are_stopped(run: Run, refusal: InvalidState) -> Outcome:
    """A workspace that failed can be stopped."""
    return _stopped_anyway(run, refusal, "failed")


@in_place_of(InvalidState)("workspaces-refused-are-touched", "WORKSPACE-REFUSED-STAYS", on=STOP_WORKSPACE)
def refused_are_touched(run: Run, refusal: InvalidState) -> Outcome:
    """A workspace that is not stopped, since it does not run, loses its snapshot by that."""
    return run.state.put(WORKSPACES, replace(named(run), snapshot_ref=None)), refusal


@in_place_of(InvalidState)("archiving-workspaces-while-idle", "ARCHIVE-WORKSPACE-STATE", on=ARCHIVE_WORKSPACE)
def archived_while_idle(run: Run, refusal: InvalidState) -> Outcome:
    """A workspace that is idle can be archived."""
    workspace = named(run)
    if workspace.status != "idle":
        raise refusal
    archived = replace(workspace, archived_at=run.request.now, updated_at=run.request.now)
    return run.state.put(WORKSPACES, archived), Reply(200, {"status": "archived"})


@in_place_of(InvalidState)("archiving-workspaces-again", "ARCHIVE-WORKSPACE-STATE", on=ARCHIVE_WORKSPACE)
def archived_again(run: Run, refusal: InvalidState) -> Outcome:
    """To archive a workspace that is archived is a 200."""
    if named(run).archived_at is None:
        raise refusal
    return run.state, Reply(200, {"status": "archived"})


@wrong_outcome("archiving-workspaces-drops-snapshot", "ARCHIVE-WORKSPACE-STATUS", on=ARCHIVE_WORKSPACE)
def archived_without_snapshot(run: Run) -> Outcome:
    """An archived workspace loses its snapshot."""
    return run.after.put(WORKSPACES, replace(named(run, run.after), snapshot_ref=None)), run.outcome


@wrong_outcome("archiving-workspaces-come-back-stopped", "ARCHIVE-WORKSPACE-STATUS", on=UNARCHIVE_WORKSPACE)
def back_as_stopped(run: Run) -> Outcome:
    """A workspace that failed and was archived is stopped once it is back."""
    return run.after.put(WORKSPACES, replace(named(run, run.after), status="stopped")), run.outcome


@in_place_of(NotArchived)("archiving-workspaces-any-unarchived", "ARCHIVE-NOT-ARCHIVED", on=UNARCHIVE_WORKSPACE)
def any_unarchived(run: Run, _refusal: NotArchived) -> Outcome:
    """To unarchive a workspace that is not archived is a 200."""
    return run.state, Reply(200, {"status": "unarchived"})


@in_place_of(WorkspaceNotVisible)(
    "ownership-workspaces-of-others-changed", "OWNERSHIP-WORKSPACE-BELOW", on=ON_WORKSPACE
)
def of_others_changed(run: Run, _refusal: WorkspaceNotVisible) -> Outcome:
    """With workspace:write:own alone every workspace of the org is stopped and archived."""
    caller = replace(run.request.caller, permissions=(*run.request.caller.permissions, WRITE))
    return run.right(run.state, run.request._replace(caller=caller))


@wrong_outcome("activity-creation-unwritten", "ACTIVITY-WRITTEN", on=CREATE_WORKSPACE)
def creation_unwritten(run: Run) -> Outcome:
    """A new workspace writes no event."""
    return untold(run)


@wrong_outcome("activity-archiving-is-audit", "ACTIVITY-WRITTEN", on=ENDS_OF_ARCHIVING)
def archiving_is_audit(run: Run) -> Outcome:
    """The event of a workspace that is archived, or taken back, is of category audit."""
    return told_otherwise(run, category="audit")


@wrong_outcome("activity-stop-of-the-creator", "ACTIVITY-WRITTEN", on=STOP_WORKSPACE)
def stop_of_the_creator(run: Run) -> Outcome:
    """The event of a stop has the creator of the workspace as its user, whoever asked."""
    return told_otherwise(run, user_id=named(run).created_by_user_id)
