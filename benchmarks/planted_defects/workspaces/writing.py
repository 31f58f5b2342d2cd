"""Defects in how workspaces are created, stopped and archived, and in what that writes."""

from __future__ import annotations

from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.workspaces import named, told_otherwise, untold
from benchmarks.planted_defects.scene import Scene, in_turn, said
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.operation import Reply
from mock_server.resources.agent_roles.role import ROLES
from mock_server.resources.life import workspaces
from mock_server.resources.workspaces.access import WRITE
from mock_server.resources.workspaces.workspace import WORKSPACES, Status, Workspace
from mock_server.state.value import replace

defect = Declarer(__name__)

ENDS_OF_ARCHIVING = ids.ARCHIVE_WORKSPACE + ids.UNARCHIVE_WORKSPACE
ON_WORKSPACE = ids.STOP_WORKSPACE + ENDS_OF_ARCHIVING


def _made(run: Run) -> Workspace:
    """The workspace that a creation made."""
    assert isinstance(run.outcome, Reply)  # a creation that was not refused
    return run.after.all(WORKSPACES)[run.outcome.body["id"]]


def _instead(run: Run, workspace: Workspace) -> Outcome:
    """What comes of a creation that made this workspace in place of the right one."""
    return run.after.put(WORKSPACES, workspace), Reply(201, WORKSPACES.shown(workspace, workspace.org_id))


IDLE, STOPPED, FAILED, ARCHIVED = "ws_01HZ", "ws_acme_stopped", "ws_acme_failed", "ws_acme_archived"
PROVISIONING = "ws_acme_provisioning"
INVALID, HIDDEN, NO_ROLE = "409 invalid_state", "403 workspace_not_visible", "404 role_not_found"


def created(scene: Scene, who: str = "acme-owner", **body: str) -> Any:
    """The workspace that a creation answers with."""
    return scene.ask("POST", "/workspaces", who, json={"role_id": "role_01HZ", **body}).json()


def does(scene: Scene, what: str, workspace_id: str, who: str = "acme-owner") -> str:
    """What an operation on a workspace answers."""
    return said(scene.ask("POST", f"/workspaces/{workspace_id}/{what}", who))


def read(scene: Scene, workspace_id: str) -> Any:
    return scene.get(f"/workspaces/{workspace_id}").json()


def events_of(scene: Scene, workspace_id: str, column: str) -> list[Any]:
    """What the events of a workspace of today have in a column."""
    listed = scene.get("/audit", params={"filter": f"workspace_id={workspace_id}"}).json()["events"]
    return [each[column] for each in listed if not each["timestamp"].startswith("2026-06-0")]


def stopped(scene: Scene) -> Any:
    assert does(scene, "stop", IDLE) == "200"
    scene.world.advance(5)
    return read(scene, IDLE)


defect("workspaces-created-by-system", "WORKSPACE-CREATOR", on=ids.CREATE_WORKSPACE)(
    "A workspace that a person creates is nobody's, as if an API key had created it.",
    wrong_outcome.of(lambda run: _instead(run, replace(_made(run), created_by_user_id="system"))),
    shown("usr_acme_owner", "system", lambda scene: created(scene)["created_by_user_id"]),
)
defect("workspaces-environment-ignored", "WORKSPACE-CREATOR", on=ids.CREATE_WORKSPACE)(
    "A new workspace has the environment of its role, whichever is asked for.",
    wrong_outcome.of(
        lambda run: _instead(run, replace(_made(run), environment=run.state.all(ROLES)[_made(run).role_id].environment))
    ),
    shown("staging", "development", lambda scene: created(scene, environment="staging")["environment"]),
)


def show_environment_of_development(scene: Scene) -> Any:
    changed = scene.ask("PATCH", "/agent-roles/role_01HZ", json={"environment": "production"})
    assert changed.status_code == 200
    return created(scene)["environment"]


defect("workspaces-environment-of-development", "WORKSPACE-CREATOR", on=ids.CREATE_WORKSPACE)(
    "A new workspace for which no environment is asked has development, whatever its role has.",
    wrong_outcome.of(
        lambda run: _instead(run, replace(_made(run), environment=run.request.body.get("environment", "development")))
    ),
    shown("production", "development", show_environment_of_development),
)


@defect("workspaces-of-foreign-roles", "WORKSPACE-ROLE-NAMED", on=ids.CREATE_WORKSPACE).by(
    in_place_of(errors.RoleNotFound)
)
@shown(NO_ROLE, "201", lambda scene: said(scene.ask("POST", "/workspaces", json={"role_id": "role_globex_dev"})))
def of_foreign_roles(run: Run, refusal: errors.RoleNotFound) -> Outcome:
    """A workspace is made of a role of another org, where that is named by its id."""
    role = run.state.get(ROLES, run.request.body.get("role_id", ""))
    if role is None:
        raise refusal
    after, made = workspaces.create(run.state, role, run.request.caller.user_id, run.request.now)
    made = replace(made, org_id=run.org_id)
    return after.put(WORKSPACES, made), Reply(201, WORKSPACES.shown(made, run.org_id))


@defect("workspaces-of-archived-roles", "WORKSPACE-ROLE-ARCHIVED", on=ids.CREATE_WORKSPACE).by(
    in_place_of(errors.RoleArchived)
)
@shown(
    "409 role_archived", "201", lambda scene: said(scene.ask("POST", "/workspaces", json={"role_id": "role_acme_old"}))
)
def of_archived_roles(run: Run, _refusal: errors.RoleArchived) -> Outcome:
    """A workspace is made of a role that is archived."""
    body = run.request.body
    own = run.state.where(ROLES, org_id=run.org_id)
    role = next(each for each in own if each.id == body.get("role_id") or each.name == body.get("role_name"))
    after, made = workspaces.create(run.state, role, run.request.caller.user_id, run.request.now)
    return after, Reply(201, WORKSPACES.shown(made, run.org_id))


def show_never_idle(scene: Scene) -> Any:
    made = created(scene)["id"]
    scene.world.advance(5)
    return read(scene, made)["status"]


defect("workspaces-never-idle", "WORKSPACE-BECOMES-IDLE", on=ids.CREATE_WORKSPACE)(
    "A new workspace is provisioned for ever.",
    wrong_outcome.of(lambda run: (run.after.put(WORKSPACES, replace(_made(run), due_at=None)), run.outcome)),
    shown("idle", "provisioning", show_never_idle),
)
defect("workspaces-read-as-stopped-at-first", "WORKSPACE-STEPS", on=ids.GET_WORKSPACE)(
    "A workspace that is provisioning is read as stopped.",
    wrong_reply.of(lambda body, _run: {**body, "status": "stopped"} if body["status"] == "provisioning" else body),
    shown("provisioning", "stopped", lambda scene: read(scene, PROVISIONING)["status"]),
)
defect("workspaces-stopped-without-snapshot", "WORKSPACE-STOPS", on=ids.STOP_WORKSPACE)(
    "A workspace that is stopped loses its files: it has no snapshot.",
    wrong_outcome.of(
        lambda run: (
            run.after.put(WORKSPACES, replace(named(run, run.after), unreachable_since=run.request.now)),
            run.outcome,
        )
    ),
    shown(True, False, lambda scene: "snapshot_ref" in stopped(scene)),
)
defect("workspaces-stopping-for-ever", "WORKSPACE-STOPS", on=ids.STOP_WORKSPACE)(
    "A workspace that is asked to stop never comes to rest.",
    wrong_outcome.of(lambda run: (run.after.put(WORKSPACES, replace(named(run, run.after), due_at=None)), run.outcome)),
    shown("stopped", "stopping", lambda scene: stopped(scene)["status"]),
)


def _stopped_anyway(run: Run, refusal: errors.InvalidState, *statuses: Status) -> Outcome:
    """What comes of a stop that is granted in these statuses too."""
    if named(run).status not in statuses:
        raise refusal
    idle = replace(named(run), status="idle")
    return run.right(run.state.put(WORKSPACES, idle), run.request)


defect("workspaces-stopped-while-provisioning", "WORKSPACE-STATE", on=ids.STOP_WORKSPACE)(
    "A workspace that is provisioning can be stopped.",
    in_place_of(errors.InvalidState).of(lambda run, refusal: _stopped_anyway(run, refusal, "provisioning")),
    shown(INVALID, "200", does, "stop", PROVISIONING),
)
defect("workspaces-failed-are-stopped", "WORKSPACE-STATE", on=ids.STOP_WORKSPACE)(
    "A workspace that failed can be stopped.",
    in_place_of(errors.InvalidState).of(lambda run, refusal: _stopped_anyway(run, refusal, "failed")),
    shown(INVALID, "200", does, "stop", FAILED),
)
defect("workspaces-refused-are-touched", "WORKSPACE-REFUSED-STAYS", on=ids.STOP_WORKSPACE)(
    "A workspace that is not stopped, since it does not run, loses its snapshot by that.",
    in_place_of(errors.InvalidState).of(
        lambda run, refusal: (run.state.put(WORKSPACES, replace(named(run), snapshot_ref=None)), refusal)
    ),
    shown(True, False, lambda scene: in_turn(does(scene, "stop", STOPPED), "snapshot_ref" in read(scene, STOPPED))),
)


@defect("archiving-workspaces-while-idle", "ARCHIVE-WORKSPACE-STATE", on=ids.ARCHIVE_WORKSPACE).by(
    in_place_of(errors.InvalidState)
)
@shown(INVALID, "200", does, "archive", IDLE)
def archived_while_idle(run: Run, refusal: errors.InvalidState) -> Outcome:
    """A workspace that is idle can be archived."""
    workspace = named(run)
    if workspace.status != "idle":
        raise refusal
    archived = replace(workspace, archived_at=run.request.now, updated_at=run.request.now)
    return run.state.put(WORKSPACES, archived), Reply(200, {"status": "archived"})


defect("archiving-workspaces-again", "ARCHIVE-WORKSPACE-STATE", on=ids.ARCHIVE_WORKSPACE)(
    "To archive a workspace that is archived is a 200.",
    in_place_of(errors.InvalidState).of(
        lambda run, _refusal: (
            (run.state, Reply(200, {"status": "archived"})) if named(run).archived_at is not None else None
        )
    ),
    shown(INVALID, "200", does, "archive", ARCHIVED),
)
defect("archiving-workspaces-drops-snapshot", "ARCHIVE-WORKSPACE-STATUS", on=ids.ARCHIVE_WORKSPACE)(
    "An archived workspace loses its snapshot.",
    wrong_outcome.of(
        lambda run: (run.after.put(WORKSPACES, replace(named(run, run.after), snapshot_ref=None)), run.outcome)
    ),
    shown(True, False, lambda scene: in_turn(does(scene, "archive", STOPPED), "snapshot_ref" in read(scene, STOPPED))),
)
defect("archiving-workspaces-come-back-stopped", "ARCHIVE-WORKSPACE-STATUS", on=ids.UNARCHIVE_WORKSPACE)(
    "A workspace that failed and was archived is stopped once it is back.",
    wrong_outcome.of(
        lambda run: (run.after.put(WORKSPACES, replace(named(run, run.after), status="stopped")), run.outcome)
    ),
    shown(
        "failed",
        "stopped",
        lambda scene: in_turn(
            does(scene, "archive", FAILED), does(scene, "unarchive", FAILED), read(scene, FAILED)["status"]
        ),
    ),
)
defect("archiving-workspaces-any-unarchived", "ARCHIVE-NOT-ARCHIVED", on=ids.UNARCHIVE_WORKSPACE)(
    "To unarchive a workspace that is not archived is a 200.",
    in_place_of(errors.NotArchived).of(lambda run, _refusal: (run.state, Reply(200, {"status": "unarchived"}))),
    shown("409 not_archived", "200", does, "unarchive", STOPPED),
)


@defect("ownership-workspaces-of-others-changed", "OWNERSHIP-WORKSPACE-BELOW", on=ON_WORKSPACE).by(
    in_place_of(errors.WorkspaceNotVisible)
)
@shown(HIDDEN, "200", does, "stop", IDLE, "acme-member")
def of_others_changed(run: Run, _refusal: errors.WorkspaceNotVisible) -> Outcome:
    """With workspace:write:own alone every workspace of the org is stopped and archived."""
    caller = replace(run.request.caller, permissions=(*run.request.caller.permissions, WRITE))
    return run.right(run.state, run.request._replace(caller=caller))


defect("activity-creation-unwritten", "ACTIVITY-WRITTEN", on=ids.CREATE_WORKSPACE)(
    "A new workspace writes no event.",
    wrong_outcome.of(untold),
    shown(["workspace_created"], [], lambda scene: events_of(scene, created(scene)["id"], "event_type")),
)
defect("activity-archiving-is-audit", "ACTIVITY-WRITTEN", on=ENDS_OF_ARCHIVING)(
    "The event of a workspace that is archived, or taken back, is of category audit.",
    wrong_outcome.of(lambda run: told_otherwise(run, category="audit")),
    shown(
        ["activity"],
        ["audit"],
        lambda scene: in_turn(does(scene, "archive", STOPPED), events_of(scene, STOPPED, "category")),
    ),
)


def show_stop_of_the_creator(scene: Scene) -> list[Any]:
    made = created(scene)["id"]
    scene.world.advance(5)
    does(scene, "stop", made, "acme-operator")
    return events_of(scene, made, "user_id")[:1]


defect("activity-stop-of-the-creator", "ACTIVITY-WRITTEN", on=ids.STOP_WORKSPACE)(
    "The event of a stop has the creator of the workspace as its user, whoever asked.",
    wrong_outcome.of(lambda run: told_otherwise(run, user_id=named(run).created_by_user_id)),
    shown(["usr_acme_operator"], ["usr_acme_owner"], show_stop_of_the_creator),
)
