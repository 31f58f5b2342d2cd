"""Defects in how workspaces are created, stopped and archived, and in what that writes."""

from __future__ import annotations

from typing import Any

from benchmarks.planted_defects.planting import workspaces as ws
from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.mistakes import answers, grants, shows, wrongly
from benchmarks.planted_defects.planting.runs import body_of
from benchmarks.planted_defects.scene import Scene, read_status
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.deviation import Plan
from mock_server.deviations.planting.wrong_operations import Outcome, Run, in_place_of
from mock_server.operation import Reply
from mock_server.resources.agent_roles import ROLES
from mock_server.resources.workspaces.access import WRITE
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.state import State
from mock_server.state.value import replace

defect = Declarer(__name__)

BACK_AND_FORTH = ids.ARCHIVE_WORKSPACE + ids.UNARCHIVE_WORKSPACE
INVALID = "409 invalid_state"


def _made(run: Run) -> Workspace:
    """Return the workspace that a creation made."""
    return run.after.all(WORKSPACES)[body_of(run)["id"]]


def _instead(run: Run, **fields: Any) -> Outcome:
    """Return what comes of a creation that made a workspace with these values."""
    workspace = replace(_made(run), **fields)
    return run.after.put(WORKSPACES, workspace), Reply(201, WORKSPACES.show(workspace, workspace.org_id))


def _created(run: Run, state: State, made: Workspace) -> Outcome:
    return state, Reply(201, WORKSPACES.show(made, run.org_id))


_ARCHIVED = Reply(200, {"status": "archived"})


def _archived(run: Run) -> Outcome:
    workspace = replace(ws.named(run), archived_at=run.request.now, updated_at=run.request.now)
    return run.state.put(WORKSPACES, workspace), _ARCHIVED


def _stops(status: str) -> Plan:
    """Plan that a stop is granted in this status too."""
    return grants(
        errors.InvalidState, lambda run: ws.taken_for(run, status="idle") if ws.named(run).status == status else None
    )


def created(scene: Scene, who: str = "acme-owner", role_id: str = "role_01HZ", **body: str) -> Any:
    return scene.ask("POST", "/workspaces", who, json={"role_id": role_id, **body})


def does(scene: Scene, what: str, workspace_id: str, who: str = "acme-owner") -> str:
    """Return what an operation on a workspace answers."""
    return read_status(scene.ask("POST", f"/workspaces/{workspace_id}/{what}", who))


def read(scene: Scene, workspace_id: str, *deeds: str, column: str = "status") -> Any:
    """Return what a workspace shows in a column five seconds after these operations on it."""
    for each in deeds:
        does(scene, each, workspace_id)
        scene.world.advance(5)
    return scene.get(f"/workspaces/{workspace_id}").json().get(column)


def snapshot_after(scene: Scene, workspace_id: str, *deeds: str) -> bool:
    return read(scene, workspace_id, *deeds, column="snapshot_ref") is not None


def events_of(scene: Scene, workspace_id: str, column: str) -> list[Any]:
    """Return what the events of a workspace of today have in a column."""
    listed = scene.get("/audit", params={"filter": f"workspace_id={workspace_id}"}).json()["events"]
    return [each[column] for each in listed if not each["timestamp"].startswith("2026-06-0")]


def show_never_idle(scene: Scene) -> Any:
    made = created(scene).json()["id"]
    scene.world.advance(5)
    return read(scene, made)


def show_environment(scene: Scene) -> Any:
    assert scene.ask("PATCH", "/agent-roles/role_01HZ", json={"environment": "production"}).status_code == 200
    return created(scene).json()["environment"]


def show_category(scene: Scene) -> Any:
    does(scene, "archive", ws.STOPPED)
    return events_of(scene, ws.STOPPED, "category")


def show_user_of_a_stop(scene: Scene) -> Any:
    made = created(scene).json()["id"]
    scene.world.advance(5)
    does(scene, "stop", made, "acme-operator")
    return events_of(scene, made, "user_id")[:1]


defect("workspaces-created-by-system", "WORKSPACE-CREATOR", on=ids.CREATE_WORKSPACE)(
    "A workspace that a person creates is nobody's, as if an API key had created it.",
    wrongly(lambda run: _instead(run, created_by_user_id="system")),
    shown("usr_acme_owner", "system", lambda scene: created(scene).json()["created_by_user_id"]),
)
defect("workspaces-environment-ignored", "WORKSPACE-CREATOR", on=ids.CREATE_WORKSPACE)(
    "A new workspace has the environment of its role, whichever is asked for.",
    wrongly(lambda run: _instead(run, environment=run.state.all(ROLES)[_made(run).role_id].environment)),
    shown("staging", "development", lambda scene: created(scene, environment="staging").json()["environment"]),
)
defect("workspaces-environment-of-development", "WORKSPACE-CREATOR", on=ids.CREATE_WORKSPACE)(
    "A new workspace for which no environment is asked has development, whatever its role has.",
    wrongly(lambda run: _instead(run, environment=run.request.body.get("environment", "development"))),
    shown("production", "development", show_environment),
)
defect("workspaces-of-foreign-roles", "WORKSPACE-ROLE-NAMED", on=ids.CREATE_WORKSPACE)(
    "A workspace is made of a role of another org, where that is named by its id.",
    ws.makes_of_foreign_roles(_created),
    shown(ws.NO_ROLE, "201", lambda scene: read_status(created(scene, role_id="role_globex_dev"))),
)
defect("workspaces-of-archived-roles", "WORKSPACE-ROLE-ARCHIVED", on=ids.CREATE_WORKSPACE)(
    "A workspace is made of a role that is archived.",
    grants(errors.RoleArchived, lambda run: _created(run, *ws.made_of(run, ws.role_of_org(run)))),
    shown("409 role_archived", "201", lambda scene: read_status(created(scene, role_id="role_acme_old"))),
)
defect("workspaces-never-idle", "WORKSPACE-BECOMES-IDLE", on=ids.CREATE_WORKSPACE)(
    "A new workspace is provisioned for ever.",
    ws.leaves_workspace(_made, due_at=None),
    shown("idle", "provisioning", show_never_idle),
)
defect("workspaces-read-as-stopped-at-first", "WORKSPACE-STEPS", on=ids.GET_WORKSPACE)(
    "A workspace that is provisioning is read as stopped.",
    shows(lambda body: body["status"] == "provisioning", status="stopped"),
    shown("provisioning", "stopped", read, ws.PROVISIONING),
)
defect("workspaces-stopped-without-snapshot", "WORKSPACE-STOPS", on=ids.STOP_WORKSPACE)(
    "A workspace that is stopped loses its files: it has no snapshot.",
    ws.leaves_named(unreachable_since=lambda run: run.request.now),
    shown(True, False, snapshot_after, ws.IDLE, "stop"),
)
defect("workspaces-stopping-for-ever", "WORKSPACE-STOPS", on=ids.STOP_WORKSPACE)(
    "A workspace that is asked to stop never comes to rest.",
    ws.leaves_named(due_at=None),
    shown("stopped", "stopping", read, ws.IDLE, "stop"),
)
defect("workspaces-stopped-while-provisioning", "WORKSPACE-STATE", on=ids.STOP_WORKSPACE)(
    "A workspace that is provisioning can be stopped.",
    _stops("provisioning"),
    shown(INVALID, "200", does, "stop", ws.PROVISIONING),
)
defect("workspaces-failed-are-stopped", "WORKSPACE-STATE", on=ids.STOP_WORKSPACE)(
    "A workspace that failed can be stopped.", _stops("failed"), shown(INVALID, "200", does, "stop", ws.FAILED)
)
defect("workspaces-refused-are-touched", "WORKSPACE-REFUSED-STAYS", on=ids.STOP_WORKSPACE)(
    "A workspace that is not stopped, since it does not run, loses its snapshot by that.",
    in_place_of(errors.InvalidState).make_plan(
        lambda run, refusal: (run.state.put(WORKSPACES, replace(ws.named(run), snapshot_ref=None)), refusal)
    ),
    shown(True, False, snapshot_after, ws.STOPPED, "stop"),
)
defect("archiving-workspaces-while-idle", "ARCHIVE-WORKSPACE-STATE", on=ids.ARCHIVE_WORKSPACE)(
    "A workspace that is idle can be archived.",
    grants(errors.InvalidState, lambda run: _archived(run) if ws.named(run).status == "idle" else None),
    shown(INVALID, "200", does, "archive", ws.IDLE),
)
defect("archiving-workspaces-again", "ARCHIVE-WORKSPACE-STATE", on=ids.ARCHIVE_WORKSPACE)(
    "To archive a workspace that is archived is a 200.",
    grants(errors.InvalidState, lambda run: (run.state, _ARCHIVED) if ws.named(run).archived_at else None),
    shown(INVALID, "200", does, "archive", ws.ARCHIVED),
)
defect("archiving-workspaces-drops-snapshot", "ARCHIVE-WORKSPACE-STATUS", on=ids.ARCHIVE_WORKSPACE)(
    "An archived workspace loses its snapshot.",
    ws.leaves_named(snapshot_ref=None),
    shown(True, False, snapshot_after, ws.STOPPED, "archive"),
)
defect("archiving-workspaces-come-back-stopped", "ARCHIVE-WORKSPACE-STATUS", on=ids.UNARCHIVE_WORKSPACE)(
    "A workspace that failed and was archived is stopped once it is back.",
    ws.leaves_named(status="stopped"),
    shown("failed", "stopped", read, ws.FAILED, "archive", "unarchive"),
)
defect("archiving-workspaces-any-unarchived", "ARCHIVE-NOT-ARCHIVED", on=ids.UNARCHIVE_WORKSPACE)(
    "To unarchive a workspace that is not archived is a 200.",
    answers(errors.NotArchived, 200, {"status": "unarchived"}),
    shown("409 not_archived", "200", does, "unarchive", ws.STOPPED),
)
defect("ownership-workspaces-of-others-changed", "OWNERSHIP-WORKSPACE-BELOW", on=ids.STOP_WORKSPACE + BACK_AND_FORTH)(
    "With workspace:write:own alone every workspace of the org is stopped and archived.",
    ws.opens(WRITE),
    shown(ws.HIDDEN, "200", does, "stop", ws.IDLE, "acme-member"),
)
defect("activity-creation-unwritten", "ACTIVITY-WRITTEN", on=ids.CREATE_WORKSPACE)(
    "A new workspace writes no event.",
    wrongly(ws.untold),
    shown(["workspace_created"], [], lambda scene: events_of(scene, created(scene).json()["id"], "event_type")),
)
defect("activity-archiving-is-audit", "ACTIVITY-WRITTEN", on=BACK_AND_FORTH)(
    "The event of a workspace that is archived, or taken back, is of category audit.",
    wrongly(lambda run: ws.told_otherwise(run, category="audit")),
    shown(["activity"], ["audit"], show_category),
)
defect("activity-stop-of-the-creator", "ACTIVITY-WRITTEN", on=ids.STOP_WORKSPACE)(
    "The event of a stop has the creator of the workspace as its user, whoever asked.",
    wrongly(lambda run: ws.told_otherwise(run, user_id=ws.named(run).created_by_user_id)),
    shown(["usr_acme_operator"], ["usr_acme_owner"], show_user_of_a_stop),
)
