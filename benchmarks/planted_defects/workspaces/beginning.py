"""Defects in how workspaces begin again, begin from another one, and are stopped several at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from benchmarks.planted_defects.planting import workspaces as ws
from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.mistakes import edits, grants, shows, wrongly
from benchmarks.planted_defects.planting.runs import again, body_of, leaving, showing
from benchmarks.planted_defects.scene import Scene, do_in_turn, read_status
from benchmarks.planted_defects.workspaces.writing import does, read, snapshot_after
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.deviation import Plan
from mock_server.deviations.planting.wrong_operations import Outcome, Run
from mock_server.operation import Reply
from mock_server.resources.workspaces.files.mounts import MOUNTS, without_packs_mounted
from mock_server.resources.workspaces.files.sandbox import read_sandbox_files
from mock_server.resources.workspaces.files.tree import SANDBOXES, WorkspaceFiles, make_fresh_files
from mock_server.resources.workspaces.life import workspaces
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace

defect = Declarer(__name__)

KEY, ROLE, NOTES = "acme-full-access", "role_01HZ", "workspace/notes.md"


def _child(run: Run) -> Workspace:
    """Return the workspace that a fork made."""
    return run.after.all(WORKSPACES)[body_of(run)["workspace_id"]]


def _resting(run: Run) -> list[Workspace]:
    """Return the workspaces of the role that do not run any more, or will not soon."""
    found = run.after.select(WORKSPACES, role_id=run.request.path["id"])
    return [each for each in found if each.status in ("stopping", "stopped")]


def _resumed(run: Run) -> Outcome:
    """Return what comes of a resume that nobody refuses."""
    after = workspaces.resume(run.state, ws.named(run), run.request.caller.user_id, run.request.now)
    return after, Reply(202, {"status": "resuming"})


def _begins_anew(which: Callable[[Run], Workspace]) -> Plan:
    """Plan that a workspace has the files of a new one."""
    return wrongly(
        lambda run: leaving(run, SANDBOXES, WorkspaceFiles(which(run).id, make_fresh_files(run.request.now)))
    )


def _keeps_busy(which: Callable[[Run], Iterable[Workspace]]) -> Plan:
    """Plan that workspaces that are busy stay as they are where others are stopped."""
    return wrongly(lambda run: leaving(run, WORKSPACES, *(each for each in which(run) if each.status == "busy")))


def _stops(which: Callable[[Run], Iterable[Workspace]]) -> Plan:
    """Plan that other workspaces are stopped, too."""

    def wrong(run: Run) -> Outcome:
        others = [each for each in which(run) if workspaces.is_possible(each, "stop")]
        return workspaces.stop_each(run.after, others, run.request.caller.user_id, run.request.now), run.outcome

    return wrongly(wrong)


def put_away(scene: Scene, resource: str) -> str:
    """Return what a resume of a stopped workspace answers whose role, or whose provider, has been archived."""
    provider = scene.ask("POST", "/providers", json={"name": "p", "kind": "openai", "domain": "a.example"}).json()["id"]
    role = scene.ask("POST", "/agent-roles", json={"name": "r", "provider_id": provider}).json()["id"]
    made: str = scene.ask("POST", "/workspaces", json={"role_id": role}).json()["id"]
    scene.world.advance(2)
    does(scene, "stop", made)
    scene.world.advance(2)
    path = f"/agent-roles/{role}" if resource == "role" else f"/providers/{provider}"
    assert scene.ask("POST", f"{path}/archive").status_code == 200
    return does(scene, "resume", made)


def fork(scene: Scene, parent: str = ws.IDLE, count: Any = 0, who: str = "acme-owner") -> Any:
    return scene.ask("POST", f"/workspaces/{parent}/fork", who, json={"fork_point_task_count": count})


def child(scene: Scene, column: str = "id", who: str = "acme-owner") -> Any:
    """Return what a fork shows in a column, five seconds later."""
    made = fork(scene, who=who).json()["workspace_id"]
    scene.world.advance(5)
    return read(scene, made, column=column)


def put(scene: Scene) -> Any:
    """Put a file into the sandbox of the workspace that is idle."""
    return scene.state("workspace has file", org_id="org_acme", workspace_id=ws.IDLE, path=NOTES, content="aGVsbG8=")


def found(scene: Scene, workspace_id: str = ws.IDLE, *deeds: str) -> bool:
    """Return whether that file is in the sandbox of a workspace after these operations on it."""
    read(scene, workspace_id, *deeds)
    return scene.get(f"/workspaces/{workspace_id}/sandbox/download/{NOTES}").status_code == 200


def stop_of_role(scene: Scene) -> Any:
    return scene.ask("POST", f"/agent-roles/{ROLE}/stop-workspaces").json()["stopping"]


def of_another_role(scene: Scene) -> str:
    """Return a workspace that is idle, of another role."""
    listed = scene.get("/workspaces").json()["workspaces"]
    return str(next(each["id"] for each in listed if each["role_id"] != ROLE and each["status"] == "idle"))


def busy_of_role(scene: Scene) -> str:
    made = scene.ask("POST", "/workspaces", json={"role_id": ROLE}).json()["id"]
    scene.state("workspace is", org_id="org_acme", workspace_id=made, status="busy")
    return str(made)


def after_stop_of_role(scene: Scene, workspace_id: str) -> Any:
    return do_in_turn(stop_of_role(scene), read(scene, workspace_id))


def after_stop_of_all(scene: Scene, workspace_id: str, who: str) -> Any:
    scene.ask("POST", "/workspaces/stop-all")
    return scene.get(f"/workspaces/{workspace_id}", who).json()["status"]


def rests_counted(scene: Scene) -> bool:
    busy_of_role(scene)
    stop_of_role(scene)
    scene.world.advance(5)
    return bool(stop_of_role(scene))


def packs_after_restart(scene: Scene) -> Any:
    made = busy_of_role(scene)
    assert scene.ask("PATCH", f"/agent-roles/{ROLE}", json={"pack_ids": ["pack_acme_pager"]}).status_code == 200
    return read(scene, made, "restart?force=true", column="pack_status")


defect("workspaces-resumed-of-archived-roles", "WORKSPACE-RESUME-PARENTS", on=ids.RESUME_WORKSPACE)(
    "A workspace of a role that is archived is resumed.",
    grants(errors.RoleArchived, _resumed),
    shown("409 role_archived", "202", put_away, "role"),
)
defect("workspaces-resumed-of-archived-providers", "WORKSPACE-RESUME-PARENTS", on=ids.RESUME_WORKSPACE)(
    "A workspace whose provider is archived is resumed.",
    grants(errors.ProviderArchived, _resumed),
    shown("409 provider_archived", "202", put_away, "provider"),
)
defect("workspaces-failed-are-resumed", "WORKSPACE-STATE", on=ids.RESUME_WORKSPACE)(
    "A workspace that failed is resumed.",
    ws.grants_in(errors.InvalidState, "failed", lambda run: ws.taken_for(run, status="stopped")),
    shown("409 invalid_state", "202", does, "resume", ws.FAILED, KEY),
)
defect("workspaces-resumed-stay-provisioning", "WORKSPACE-RESUMES", on=ids.RESUME_WORKSPACE)(
    "A workspace that is resumed is provisioned for ever.",
    ws.leaves_named(due_at=None),
    shown("idle", "provisioning", read, ws.IDLE, "stop", "resume"),
)
defect("workspaces-force-ignored", "WORKSPACE-RESTART-BUSY", on=ids.RESTART_WORKSPACE)(
    "A busy workspace is not restarted, with force or without.",
    ws.refuses_in("busy", errors.WorkspaceBusy("The workspace works on a task.")),
    shown("202", "409 workspace_busy", does, "restart?force=true", ws.BUSY),
)
defect("workspaces-restarted-without-snapshot", "WORKSPACE-RESTART-FILES", on=ids.RESTART_WORKSPACE)(
    "A workspace that is restarted loses its files: it has no snapshot.",
    ws.leaves_named(snapshot_ref=None),
    shown(True, False, snapshot_after, ws.IDLE, "restart"),
)
defect("workspaces-restarted-stay-provisioning", "WORKSPACE-RESTART-FILES", on=ids.RESTART_WORKSPACE)(
    "A workspace that is restarted is provisioned for ever.",
    ws.leaves_named(due_at=None),
    shown("idle", "provisioning", read, ws.IDLE, "restart"),
)
defect("archiving-workspaces-are-used", "ARCHIVE-WORKSPACE-REFUSES", on=ids.RESUME_WORKSPACE + ids.FORK_WORKSPACE)(
    "A workspace that is archived is resumed, and forked.",
    grants(errors.WorkspaceArchived, lambda run: ws.taken_for(run, archived_at=None)),
    shown("409 workspace_archived", "202", lambda scene: read_status(fork(scene, ws.ARCHIVED))),
)
defect("forks-name-themselves", "FORK-CHILD", on=ids.FORK_WORKSPACE)(
    "The answer to a fork names the fork as its own parent.",
    edits(lambda body: {**body, "parent_workspace_id": body["workspace_id"]}),
    shown(True, False, lambda scene: bool(fork(scene).json()["parent_workspace_id"] == ws.IDLE)),
)
defect("forks-forget-their-parent", "FORK-CHILD", on=ids.FORK_WORKSPACE)(
    "A fork does not say later of which workspace it is one.",
    ws.leaves_workspace(_child, parent_workspace_id=None),
    shown(ws.IDLE, None, child, "parent_workspace_id"),
)
defect("forks-of-the-parents-creator", "FORK-OWNER", on=ids.FORK_WORKSPACE)(
    "A fork belongs to whoever created its parent.",
    ws.leaves_workspace(_child, created_by_user_id=lambda run: ws.named(run).created_by_user_id),
    shown("usr_acme_operator", "usr_acme_owner", child, "created_by_user_id", "acme-operator"),
)
defect("forks-in-another-environment", "FORK-ROLE", on=ids.FORK_WORKSPACE)(
    "A fork is in production, wherever its parent is.",
    ws.leaves_workspace(_child, environment="production"),
    shown("development", "production", child, "environment"),
)
defect("forks-never-idle", "FORK-ROLE", on=ids.FORK_WORKSPACE)(
    "A fork is provisioned for ever.",
    ws.leaves_workspace(_child, due_at=None),
    shown("idle", "provisioning", child, "status"),
)
defect("forks-take-the-parents-snapshot", "FORK-PARENT-STAYS", on=ids.FORK_WORKSPACE)(
    "A workspace that is forked gives its snapshot away.",
    ws.leaves_named(snapshot_ref=None),
    shown(True, False, lambda scene: do_in_turn(fork(scene, ws.STOPPED), snapshot_after(scene, ws.STOPPED))),
)
defect("workspaces-resumed-without-files", "WORKSPACE-RESUMES", on=ids.RESUME_WORKSPACE)(
    "A workspace that is resumed begins as a new one does, without the files of its snapshot.",
    _begins_anew(ws.named),
    shown(True, False, lambda scene: do_in_turn(put(scene), found(scene, ws.IDLE, "stop", "resume"))),
)
defect("workspaces-restarted-without-files", "WORKSPACE-RESTART-FILES", on=ids.RESTART_WORKSPACE)(
    "A workspace that is restarted begins as a new one does, without the files that it had.",
    _begins_anew(ws.named),
    shown(True, False, lambda scene: do_in_turn(put(scene), found(scene, ws.IDLE, "restart"))),
)
defect("forks-without-files", "FORK-FILES", on=ids.FORK_WORKSPACE)(
    "A fork begins as a new workspace does, without the files of its parent.",
    _begins_anew(_child),
    shown(True, False, lambda scene: do_in_turn(put(scene), found(scene, child(scene)))),
)
defect("mounting-always-current", "PACK-STATUS-STALE", on=ids.GET_WORKSPACE)(
    "A workspace that runs says that its packs are current, whatever its role attaches.",
    shows(lambda body: body.get("pack_status") == "stale", pack_status="current"),
    shown("stale", "current", read, ws.BUSY, column="pack_status"),
)
defect("bulk-stops-other-roles", "BULK-STOP-ROLE", on=ids.STOP_OF_ROLE)(
    "To stop the workspaces of a role stops those of every role of the org.",
    _stops(lambda run: run.after.select(WORKSPACES, org_id=run.org_id)),
    shown("idle", "stopping", lambda scene: after_stop_of_role(scene, of_another_role(scene))),
)
defect("bulk-counts-what-rests", "BULK-STOP-REPEATED", on=ids.STOP_OF_ROLE)(
    "The count of workspaces of a role that were stopped has those that were stopped before.",
    wrongly(lambda run: showing(run, {"stopping": len(_resting(run))})),
    shown(False, True, rests_counted),
)
defect("bulk-stops-other-orgs", "BULK-STOP-ALL", on=ids.STOP_ALL)(
    "To stop all workspaces stops those of every org.",
    _stops(lambda run: run.after.all(WORKSPACES).values()),
    shown("idle", "stopping", after_stop_of_all, ws.FOREIGN, "globex-owner"),
)
defect("bulk-stops-idle-ones-alone", "BULK-STOP-ALL", on=ids.STOP_ALL)(
    "To stop all workspaces leaves those that are busy.",
    _keeps_busy(lambda run: run.state.select(WORKSPACES, org_id=run.org_id)),
    shown("stopping", "busy", after_stop_of_all, ws.BUSY, "acme-owner"),
)


@defect("workspaces-busy-are-restarted", "WORKSPACE-RESTART-BUSY", on=ids.RESTART_WORKSPACE).grants(
    errors.WorkspaceBusy
)
@shown("409 workspace_busy", "202", does, "restart", ws.BUSY)
def busy_are_restarted(run: Run) -> Outcome:
    """A busy workspace is restarted without force."""
    after = workspaces.restart(run.state, ws.named(run), run.request.caller.user_id, run.request.now)
    return after, Reply(202, {"status": "restarting"})


@defect("forks-at-any-point", "FORK-POINT", on=ids.FORK_WORKSPACE).grants(errors.ValidationFailed)
@shown("400 validation_error", "202", lambda scene: read_status(fork(scene, count=100)))
def forks_at_any_point(run: Run) -> Outcome | None:
    """A workspace is forked at a point that it has not reached."""
    count = run.request.body.get("fork_point_task_count") if isinstance(run.request.body, dict) else None
    if not isinstance(count, int) or count < 1:
        return None
    after, made = workspaces.fork(run.state, ws.named(run), count, run.request.caller.user_id, run.request.now)
    names = ("parent_workspace_id", "fork_point_task_count", "fork_source_snapshot_ref", "status")
    view = WORKSPACES.show(made, run.org_id)
    return after, Reply(202, {"workspace_id": made.id, **{name: view[name] for name in names}})


@defect("forks-read-their-parents-sandbox", "FORK-FILES", on=ids.DOWNLOAD_OF_SANDBOX).grants(errors.FileNotFound)
@shown(False, True, lambda scene: found(scene, do_in_turn(child_id := child(scene), put(scene), child_id)))
def forks_read_their_parents_sandbox(run: Run) -> Outcome | None:
    """What is not in the sandbox of a fork is read from that of its parent, with whatever that got later."""
    parent = run.state.get(WORKSPACES, ws.named(run).parent_workspace_id or "")
    if parent is None:
        return None
    return again(run, run.state.put(SANDBOXES, WorkspaceFiles(ws.named(run).id, read_sandbox_files(run.state, parent))))


@defect("mounting-stale-after-restart", "PACK-STATUS-CURRENT", on=ids.RESTART_WORKSPACE + ids.RESUME_WORKSPACE).wrongly
@shown("current", "stale", packs_after_restart)
def pack_status_stale_after_restart(run: Run) -> Outcome:
    """A workspace that provisions again keeps the packs that it had."""
    after = without_packs_mounted(run.after, ws.named(run).id)
    for each in run.state.select(MOUNTS, workspace_id=ws.named(run).id):
        after = after.put(MOUNTS, each)
    return after, run.outcome


@defect("bulk-leaves-busy-ones", "BULK-STOP-ROLE", on=ids.STOP_OF_ROLE).plans(_keeps_busy)
@shown("stopping", "busy", lambda scene: after_stop_of_role(scene, busy_of_role(scene)))
def of_role(run: Run) -> Iterable[Workspace]:
    """To stop the workspaces of a role leaves those that are busy, and counts them."""
    return run.state.select(WORKSPACES, role_id=run.request.path["id"])
