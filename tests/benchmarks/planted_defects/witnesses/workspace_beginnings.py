"""What shows the defects of how workspaces begin again, begin from another one, and are stopped together."""

from typing import Any

from tests.benchmarks.planted_defects.scene import Scene, said
from tests.benchmarks.planted_defects.witness import witness
from tests.benchmarks.planted_defects.witnesses.workspace_writes import does, read

IDLE, BUSY, STOPPED, FAILED = "ws_01HZ", "ws_acme_busy", "ws_acme_stopped", "ws_acme_failed"
ARCHIVED, FOREIGN, PERSONA = "ws_acme_archived", "ws_globex_idle", "acme-full-access"
INVALID = "409 invalid_state"


def put_away(scene: Scene, resource: str) -> str:
    """A stopped workspace whose role, or whose provider, has been archived."""
    provider = scene.ask("POST", "/providers", json={"name": "p", "kind": "openai", "domain": "a.example"}).json()["id"]
    role = scene.ask("POST", "/agent-roles", json={"name": "r", "provider_id": provider}).json()["id"]
    made: str = scene.ask("POST", "/workspaces", json={"role_id": role}).json()["id"]
    scene.world.advance(2)
    does(scene, "stop", made)
    scene.world.advance(2)
    path = f"/agent-roles/{role}" if resource == "role" else f"/providers/{provider}"
    assert scene.ask("POST", f"{path}/archive").status_code == 200
    return made


def fork(scene: Scene, parent: str, count: Any = 0, who: str = "acme-owner") -> Any:
    return scene.ask("POST", f"/workspaces/{parent}/fork", who, json={"fork_point_task_count": count})


@witness("workspaces-resumed-of-archived-roles", right="409 role_archived", wrong="202")
def resumed_of_archived_roles(scene: Scene) -> str:
    return does(scene, "resume", put_away(scene, "role"))


@witness("workspaces-resumed-of-archived-providers", right="409 provider_archived", wrong="202")
def resumed_of_archived_providers(scene: Scene) -> str:
    return does(scene, "resume", put_away(scene, "provider"))


@witness("workspaces-failed-are-resumed", right=INVALID, wrong="202")
def failed_are_resumed(scene: Scene) -> str:
    return does(scene, "resume", FAILED, PERSONA)


@witness("workspaces-resumed-stay-provisioning", right="idle", wrong="provisioning")
def resumed_stay_provisioning(scene: Scene) -> Any:
    does(scene, "resume", STOPPED, PERSONA)
    scene.world.advance(5)
    return read(scene, STOPPED)["status"]


@witness("workspaces-busy-are-restarted", right="409 workspace_busy", wrong="202")
def busy_are_restarted(scene: Scene) -> str:
    return does(scene, "restart", BUSY)


@witness("workspaces-force-ignored", right="202", wrong="409 workspace_busy")
def force_ignored(scene: Scene) -> str:
    return does(scene, "restart?force=true", BUSY)


@witness("workspaces-restarted-without-snapshot", right=True, wrong=False)
def restarted_without_snapshot(scene: Scene) -> bool:
    does(scene, "restart", IDLE)
    return "snapshot_ref" in read(scene, IDLE)


@witness("workspaces-restarted-stay-provisioning", right="idle", wrong="provisioning")
def restarted_stay_provisioning(scene: Scene) -> Any:
    does(scene, "restart", IDLE)
    scene.world.advance(5)
    return read(scene, IDLE)["status"]


@witness("archiving-workspaces-are-used", right="409 workspace_archived", wrong="202")
def archived_are_used(scene: Scene) -> str:
    return said(fork(scene, ARCHIVED))


@witness("forks-name-themselves", right=True, wrong=False)
def forks_name_themselves(scene: Scene) -> bool:
    return bool(fork(scene, IDLE).json()["parent_workspace_id"] == IDLE)


@witness("forks-forget-their-parent", right=IDLE, wrong=None)
def forks_forget_their_parent(scene: Scene) -> Any:
    return read(scene, fork(scene, IDLE).json()["workspace_id"]).get("parent_workspace_id")


@witness("forks-of-the-parents-creator", right="usr_acme_operator", wrong="usr_acme_owner")
def forks_of_the_parents_creator(scene: Scene) -> Any:
    made = fork(scene, IDLE, who="acme-operator").json()["workspace_id"]
    return read(scene, made)["created_by_user_id"]


@witness("forks-in-another-environment", right="development", wrong="production")
def forks_in_another_environment(scene: Scene) -> Any:
    return read(scene, fork(scene, IDLE).json()["workspace_id"])["environment"]


@witness("forks-never-idle", right="idle", wrong="provisioning")
def forks_never_idle(scene: Scene) -> Any:
    made = fork(scene, IDLE).json()["workspace_id"]
    scene.world.advance(5)
    return read(scene, made)["status"]


@witness("forks-at-any-point", right="400 validation_error", wrong="202")
def forks_at_any_point(scene: Scene) -> str:
    return said(fork(scene, IDLE, 100))


@witness("forks-take-the-parents-snapshot", right=True, wrong=False)
def forks_take_the_parents_snapshot(scene: Scene) -> bool:
    fork(scene, STOPPED)
    return "snapshot_ref" in read(scene, STOPPED)


NOTES = "workspace/notes.md"


def put(scene: Scene, workspace_id: str) -> None:
    """Put a file into the sandbox of a workspace."""
    scene.state("workspace has file", org_id="org_acme", workspace_id=workspace_id, path=NOTES, content="aGVsbG8=")


def found(scene: Scene, workspace_id: str) -> bool:
    """Whether that file is in the sandbox, once the workspace is idle."""
    scene.world.advance(5)
    return scene.get(f"/workspaces/{workspace_id}/sandbox/download/{NOTES}").status_code == 200


@witness("workspaces-resumed-without-files", right=True, wrong=False)
def resumed_without_files(scene: Scene) -> bool:
    put(scene, IDLE)
    does(scene, "stop", IDLE)
    scene.world.advance(5)
    does(scene, "resume", IDLE)
    return found(scene, IDLE)


@witness("workspaces-restarted-without-files", right=True, wrong=False)
def restarted_without_files(scene: Scene) -> bool:
    put(scene, IDLE)
    does(scene, "restart", IDLE)
    return found(scene, IDLE)


@witness("forks-without-files", right=True, wrong=False)
def forks_without_files(scene: Scene) -> bool:
    put(scene, IDLE)
    return found(scene, fork(scene, IDLE).json()["workspace_id"])


@witness("forks-read-their-parents-sandbox", right=False, wrong=True)
def forks_read_their_parents_sandbox(scene: Scene) -> bool:
    child = fork(scene, IDLE).json()["workspace_id"]
    put(scene, IDLE)
    return found(scene, child)


def attach(scene: Scene, pack_ids: list[str]) -> None:
    assert scene.ask("PATCH", "/agent-roles/role_01HZ", json={"pack_ids": pack_ids}).status_code == 200


@witness("mounting-always-current", right="stale", wrong="current")
def pack_status_always_current(scene: Scene) -> Any:
    return read(scene, BUSY)["pack_status"]


@witness("mounting-stale-after-restart", right="current", wrong="stale")
def pack_status_stale_after_restart(scene: Scene) -> Any:
    made = of_role_01hz(scene)
    attach(scene, ["pack_acme_pager"])
    does(scene, "restart?force=true", made)
    scene.world.advance(5)
    return read(scene, made)["pack_status"]


def stopped_of_role(scene: Scene) -> Any:
    return scene.ask("POST", "/agent-roles/role_01HZ/stop-workspaces").json()["stopping"]


def of_another_role(scene: Scene) -> str:
    """A workspace that is idle, of another role than role_01HZ."""
    listed = scene.get("/workspaces").json()["workspaces"]
    return str(next(each["id"] for each in listed if each["role_id"] != "role_01HZ" and each["status"] == "idle"))


def of_role_01hz(scene: Scene) -> str:
    """A workspace of role_01HZ that works on a task."""
    made = scene.ask("POST", "/workspaces", json={"role_id": "role_01HZ"}).json()["id"]
    scene.state("workspace is", org_id="org_acme", workspace_id=made, status="busy")
    return str(made)


@witness("bulk-stops-other-roles", right="idle", wrong="stopping")
def bulk_stops_other_roles(scene: Scene) -> Any:
    other = of_another_role(scene)
    stopped_of_role(scene)
    return read(scene, other)["status"]


@witness("bulk-leaves-busy-ones", right="stopping", wrong="busy")
def bulk_leaves_busy_ones(scene: Scene) -> Any:
    busy = of_role_01hz(scene)
    stopped_of_role(scene)
    return read(scene, busy)["status"]


@witness("bulk-counts-what-rests", right=False, wrong=True)
def bulk_counts_what_rests(scene: Scene) -> bool:
    of_role_01hz(scene)
    stopped_of_role(scene)
    scene.world.advance(5)
    return bool(stopped_of_role(scene))


@witness("bulk-stops-other-orgs", right="idle", wrong="stopping")
def bulk_stops_other_orgs(scene: Scene) -> Any:
    scene.ask("POST", "/workspaces/stop-all")
    return scene.get(f"/workspaces/{FOREIGN}", "globex-owner").json()["status"]


@witness("bulk-stops-idle-ones-alone", right="stopping", wrong="busy")
def bulk_stops_idle_ones_alone(scene: Scene) -> Any:
    scene.ask("POST", "/workspaces/stop-all")
    return read(scene, BUSY)["status"]
