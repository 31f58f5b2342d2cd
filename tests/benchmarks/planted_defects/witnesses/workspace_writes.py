"""What shows the defects of how workspaces are created, stopped and archived."""

from typing import Any

from tests.benchmarks.planted_defects.scene import Scene, said
from tests.benchmarks.planted_defects.witness import witness

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


@witness("workspaces-created-by-system", right="usr_acme_owner", wrong="system")
def created_by_system(scene: Scene) -> Any:
    return created(scene)["created_by_user_id"]


@witness("workspaces-environment-ignored", right="staging", wrong="development")
def environment_ignored(scene: Scene) -> Any:
    return created(scene, environment="staging")["environment"]


@witness("workspaces-environment-of-development", right="production", wrong="development")
def environment_of_development(scene: Scene) -> Any:
    changed = scene.ask("PATCH", "/agent-roles/role_01HZ", json={"environment": "production"})
    assert changed.status_code == 200
    return created(scene)["environment"]


@witness("workspaces-of-foreign-roles", right=NO_ROLE, wrong="201")
def of_foreign_roles(scene: Scene) -> str:
    return said(scene.ask("POST", "/workspaces", json={"role_id": "role_globex_dev"}))


@witness("workspaces-of-archived-roles", right="409 role_archived", wrong="201")
def of_archived_roles(scene: Scene) -> str:
    return said(scene.ask("POST", "/workspaces", json={"role_id": "role_acme_old"}))


@witness("workspaces-never-idle", right="idle", wrong="provisioning")
def never_idle(scene: Scene) -> Any:
    made = created(scene)["id"]
    scene.world.advance(5)
    return read(scene, made)["status"]


@witness("workspaces-read-as-stopped-at-first", right="provisioning", wrong="stopped")
def read_as_stopped_at_first(scene: Scene) -> Any:
    return read(scene, PROVISIONING)["status"]


def stopped(scene: Scene) -> Any:
    assert does(scene, "stop", IDLE) == "200"
    scene.world.advance(5)
    return read(scene, IDLE)


@witness("workspaces-stopped-without-snapshot", right=True, wrong=False)
def stopped_without_snapshot(scene: Scene) -> bool:
    return "snapshot_ref" in stopped(scene)


@witness("workspaces-stopping-for-ever", right="stopped", wrong="stopping")
def stopping_for_ever(scene: Scene) -> Any:
    return stopped(scene)["status"]


@witness("workspaces-stopped-while-provisioning", right=INVALID, wrong="200")
def stopped_while_provisioning(scene: Scene) -> str:
    return does(scene, "stop", PROVISIONING)


@witness("workspaces-failed-are-stopped", right=INVALID, wrong="200")
def failed_are_stopped(scene: Scene) -> str:
    return does(scene, "stop", FAILED)


@witness("workspaces-refused-are-touched", right=True, wrong=False)
def refused_are_touched(scene: Scene) -> bool:
    does(scene, "stop", STOPPED)
    return "snapshot_ref" in read(scene, STOPPED)


@witness("archiving-workspaces-while-idle", right=INVALID, wrong="200")
def archived_while_idle(scene: Scene) -> str:
    return does(scene, "archive", IDLE)


@witness("archiving-workspaces-again", right=INVALID, wrong="200")
def archived_again(scene: Scene) -> str:
    return does(scene, "archive", ARCHIVED)


@witness("archiving-workspaces-drops-snapshot", right=True, wrong=False)
def archived_without_snapshot(scene: Scene) -> bool:
    does(scene, "archive", STOPPED)
    return "snapshot_ref" in read(scene, STOPPED)


@witness("archiving-workspaces-come-back-stopped", right="failed", wrong="stopped")
def back_as_stopped(scene: Scene) -> Any:
    does(scene, "archive", FAILED)
    does(scene, "unarchive", FAILED)
    return read(scene, FAILED)["status"]


@witness("archiving-workspaces-any-unarchived", right="409 not_archived", wrong="200")
def any_unarchived(scene: Scene) -> str:
    return does(scene, "unarchive", STOPPED)


@witness("ownership-workspaces-of-others-changed", right=HIDDEN, wrong="200")
def of_others_changed(scene: Scene) -> str:
    return does(scene, "stop", IDLE, "acme-member")


@witness("activity-creation-unwritten", right=["workspace_created"], wrong=[])
def creation_unwritten(scene: Scene) -> list[Any]:
    return events_of(scene, created(scene)["id"], "event_type")


@witness("activity-archiving-is-audit", right=["activity"], wrong=["audit"])
def archiving_is_audit(scene: Scene) -> list[Any]:
    does(scene, "archive", STOPPED)
    return events_of(scene, STOPPED, "category")


@witness("activity-stop-of-the-creator", right=["usr_acme_operator"], wrong=["usr_acme_owner"])
def stop_of_the_creator(scene: Scene) -> list[Any]:
    made = created(scene)["id"]
    scene.world.advance(5)
    does(scene, "stop", made, "acme-operator")
    return events_of(scene, made, "user_id")[:1]
