"""Defects in how workspaces begin again, begin from another one, and are stopped several at once."""

from __future__ import annotations

from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.workspaces import named
from benchmarks.planted_defects.scene import Scene, in_turn, said
from benchmarks.planted_defects.workspaces.writing import does, read
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.operation import Reply
from mock_server.resources.files.mounts import MOUNTS, unmounted
from mock_server.resources.files.sandbox import sandbox_files
from mock_server.resources.files.tree import SANDBOXES, Files, WorkspaceFiles, fresh
from mock_server.resources.life import workspaces
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.state import State
from mock_server.state.value import replace

defect = Declarer(__name__)


def _child(run: Run) -> Workspace:
    """The workspace that a fork made."""
    assert isinstance(run.outcome, Reply)  # a fork that was not refused
    return run.after.all(WORKSPACES)[run.outcome.body["workspace_id"]]


def _resumed(run: Run) -> Outcome:
    """What comes of a resume that nobody refuses."""
    user_id, now = run.request.caller.user_id, run.request.now
    return workspaces.resume(run.state, named(run), user_id, now), Reply(202, {"status": "resuming"})


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


NOTES = "workspace/notes.md"


def put(scene: Scene, workspace_id: str) -> Any:
    """Put a file into the sandbox of a workspace."""
    return scene.state(
        "workspace has file", org_id="org_acme", workspace_id=workspace_id, path=NOTES, content="aGVsbG8="
    )


def found(scene: Scene, workspace_id: str) -> bool:
    """Whether that file is in the sandbox, once the workspace is idle."""
    scene.world.advance(5)
    return scene.get(f"/workspaces/{workspace_id}/sandbox/download/{NOTES}").status_code == 200


def attach(scene: Scene, pack_ids: list[str]) -> None:
    assert scene.ask("PATCH", "/agent-roles/role_01HZ", json={"pack_ids": pack_ids}).status_code == 200


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


defect("workspaces-resumed-of-archived-roles", "WORKSPACE-RESUME-PARENTS", on=ids.RESUME_WORKSPACE)(
    "A workspace of a role that is archived is resumed.",
    in_place_of(errors.RoleArchived).of(lambda run, _refusal: _resumed(run)),
    shown("409 role_archived", "202", lambda scene: does(scene, "resume", put_away(scene, "role"))),
)
defect("workspaces-resumed-of-archived-providers", "WORKSPACE-RESUME-PARENTS", on=ids.RESUME_WORKSPACE)(
    "A workspace whose provider is archived is resumed.",
    in_place_of(errors.ProviderArchived).of(lambda run, _refusal: _resumed(run)),
    shown("409 provider_archived", "202", lambda scene: does(scene, "resume", put_away(scene, "provider"))),
)


@defect("workspaces-failed-are-resumed", "WORKSPACE-STATE", on=ids.RESUME_WORKSPACE).by(
    in_place_of(errors.InvalidState)
)
@shown(INVALID, "202", lambda scene: does(scene, "resume", FAILED, PERSONA))
def failed_are_resumed(run: Run, refusal: errors.InvalidState) -> Outcome:
    """A workspace that failed is resumed."""
    if named(run).status != "failed":
        raise refusal
    stopped = replace(named(run), status="stopped")
    return run.right(run.state.put(WORKSPACES, stopped), run.request)


defect("workspaces-resumed-stay-provisioning", "WORKSPACE-RESUMES", on=ids.RESUME_WORKSPACE)(
    "A workspace that is resumed is provisioned for ever.",
    wrong_outcome.of(lambda run: (run.after.put(WORKSPACES, replace(named(run, run.after), due_at=None)), run.outcome)),
    shown(
        "idle",
        "provisioning",
        lambda scene: in_turn(
            does(scene, "resume", STOPPED, PERSONA), scene.world.advance(5), read(scene, STOPPED)["status"]
        ),
    ),
)


@defect("workspaces-busy-are-restarted", "WORKSPACE-RESTART-BUSY", on=ids.RESTART_WORKSPACE).by(
    in_place_of(errors.WorkspaceBusy)
)
@shown("409 workspace_busy", "202", lambda scene: does(scene, "restart", BUSY))
def busy_are_restarted(run: Run, _refusal: errors.WorkspaceBusy) -> Outcome:
    """A busy workspace is restarted without force."""
    user_id, now = run.request.caller.user_id, run.request.now
    return workspaces.restart(run.state, named(run), user_id, now), Reply(202, {"status": "restarting"})


defect("workspaces-force-ignored", "WORKSPACE-RESTART-BUSY", on=ids.RESTART_WORKSPACE)(
    "A busy workspace is not restarted, with force or without.",
    wrong_outcome.of(
        lambda run: (
            (run.after, run.outcome)
            if named(run).status != "busy"
            else (run.state, errors.WorkspaceBusy("The workspace works on a task."))
        )
    ),
    shown("202", "409 workspace_busy", lambda scene: does(scene, "restart?force=true", BUSY)),
)
defect("workspaces-restarted-without-snapshot", "WORKSPACE-RESTART-FILES", on=ids.RESTART_WORKSPACE)(
    "A workspace that is restarted loses its files: it has no snapshot.",
    wrong_outcome.of(
        lambda run: (run.after.put(WORKSPACES, replace(named(run, run.after), snapshot_ref=None)), run.outcome)
    ),
    shown(True, False, lambda scene: in_turn(does(scene, "restart", IDLE), "snapshot_ref" in read(scene, IDLE))),
)
defect("workspaces-restarted-stay-provisioning", "WORKSPACE-RESTART-FILES", on=ids.RESTART_WORKSPACE)(
    "A workspace that is restarted is provisioned for ever.",
    wrong_outcome.of(lambda run: (run.after.put(WORKSPACES, replace(named(run, run.after), due_at=None)), run.outcome)),
    shown(
        "idle",
        "provisioning",
        lambda scene: in_turn(does(scene, "restart", IDLE), scene.world.advance(5), read(scene, IDLE)["status"]),
    ),
)
defect("archiving-workspaces-are-used", "ARCHIVE-WORKSPACE-REFUSES", on=ids.RESUME_WORKSPACE + ids.FORK_WORKSPACE)(
    "A workspace that is archived is resumed, and forked.",
    in_place_of(errors.WorkspaceArchived).of(
        lambda run, _refusal: run.right(run.state.put(WORKSPACES, replace(named(run), archived_at=None)), run.request)
    ),
    shown("409 workspace_archived", "202", lambda scene: said(fork(scene, ARCHIVED))),
)
defect("forks-name-themselves", "FORK-CHILD", on=ids.FORK_WORKSPACE)(
    "The answer to a fork names the fork as its own parent.",
    wrong_reply.of(lambda body, _run: {**body, "parent_workspace_id": body["workspace_id"]}),
    shown(True, False, lambda scene: bool(fork(scene, IDLE).json()["parent_workspace_id"] == IDLE)),
)
defect("forks-forget-their-parent", "FORK-CHILD", on=ids.FORK_WORKSPACE)(
    "A fork does not say later of which workspace it is one.",
    wrong_outcome.of(
        lambda run: (run.after.put(WORKSPACES, replace(_child(run), parent_workspace_id=None)), run.outcome)
    ),
    shown(IDLE, None, lambda scene: read(scene, fork(scene, IDLE).json()["workspace_id"]).get("parent_workspace_id")),
)
defect("forks-of-the-parents-creator", "FORK-OWNER", on=ids.FORK_WORKSPACE)(
    "A fork belongs to whoever created its parent.",
    wrong_outcome.of(
        lambda run: (
            run.after.put(WORKSPACES, replace(_child(run), created_by_user_id=named(run).created_by_user_id)),
            run.outcome,
        )
    ),
    shown(
        "usr_acme_operator",
        "usr_acme_owner",
        lambda scene: read(scene, fork(scene, IDLE, who="acme-operator").json()["workspace_id"])["created_by_user_id"],
    ),
)
defect("forks-in-another-environment", "FORK-ROLE", on=ids.FORK_WORKSPACE)(
    "A fork is in production, wherever its parent is.",
    wrong_outcome.of(
        lambda run: (run.after.put(WORKSPACES, replace(_child(run), environment="production")), run.outcome)
    ),
    shown(
        "development", "production", lambda scene: read(scene, fork(scene, IDLE).json()["workspace_id"])["environment"]
    ),
)


def show_forks_never_idle(scene: Scene) -> Any:
    made = fork(scene, IDLE).json()["workspace_id"]
    scene.world.advance(5)
    return read(scene, made)["status"]


defect("forks-never-idle", "FORK-ROLE", on=ids.FORK_WORKSPACE)(
    "A fork is provisioned for ever.",
    wrong_outcome.of(lambda run: (run.after.put(WORKSPACES, replace(_child(run), due_at=None)), run.outcome)),
    shown("idle", "provisioning", show_forks_never_idle),
)


@defect("forks-at-any-point", "FORK-POINT", on=ids.FORK_WORKSPACE).by(in_place_of(errors.ValidationFailed))
@shown("400 validation_error", "202", lambda scene: said(fork(scene, IDLE, 100)))
def forks_at_any_point(run: Run, refusal: errors.ValidationFailed) -> Outcome:
    """A workspace is forked at a point that it has not reached."""
    count = run.request.body.get("fork_point_task_count") if isinstance(run.request.body, dict) else None
    if not isinstance(count, int) or count < 1:
        raise refusal
    after, child = workspaces.fork(run.state, named(run), count, run.request.caller.user_id, run.request.now)
    names = ("parent_workspace_id", "fork_point_task_count", "fork_source_snapshot_ref", "status")
    shown = WORKSPACES.shown(child, run.org_id)
    return after, Reply(202, {"workspace_id": child.id, **{name: shown[name] for name in names}})


defect("forks-take-the-parents-snapshot", "FORK-PARENT-STAYS", on=ids.FORK_WORKSPACE)(
    "A workspace that is forked gives its snapshot away.",
    wrong_outcome.of(
        lambda run: (run.after.put(WORKSPACES, replace(named(run, run.after), snapshot_ref=None)), run.outcome)
    ),
    shown(True, False, lambda scene: in_turn(fork(scene, STOPPED), "snapshot_ref" in read(scene, STOPPED))),
)


def _with_files(state: State, workspace: Workspace, files: Files) -> State:
    """The state in which the sandbox of a workspace has these files and no others."""
    return state.put(SANDBOXES, WorkspaceFiles(workspace.id, files))


def show_resumed_without_files(scene: Scene) -> bool:
    put(scene, IDLE)
    does(scene, "stop", IDLE)
    scene.world.advance(5)
    does(scene, "resume", IDLE)
    return found(scene, IDLE)


defect("workspaces-resumed-without-files", "WORKSPACE-RESUMES", on=ids.RESUME_WORKSPACE)(
    "A workspace that is resumed begins as a new one does, without the files of its snapshot.",
    wrong_outcome.of(lambda run: (_with_files(run.after, named(run), fresh(run.request.now)), run.outcome)),
    shown(True, False, show_resumed_without_files),
)
defect("workspaces-restarted-without-files", "WORKSPACE-RESTART-FILES", on=ids.RESTART_WORKSPACE)(
    "A workspace that is restarted begins as a new one does, without the files that it had.",
    wrong_outcome.of(lambda run: (_with_files(run.after, named(run), fresh(run.request.now)), run.outcome)),
    shown(True, False, lambda scene: in_turn(put(scene, IDLE), does(scene, "restart", IDLE), found(scene, IDLE))),
)
defect("forks-without-files", "FORK-FILES", on=ids.FORK_WORKSPACE)(
    "A fork begins as a new workspace does, without the files of its parent.",
    wrong_outcome.of(lambda run: (_with_files(run.after, _child(run), fresh(run.request.now)), run.outcome)),
    shown(True, False, lambda scene: in_turn(put(scene, IDLE), found(scene, fork(scene, IDLE).json()["workspace_id"]))),
)


def show_forks_read_their_parents_sandbox(scene: Scene) -> bool:
    child = fork(scene, IDLE).json()["workspace_id"]
    put(scene, IDLE)
    return found(scene, child)


@defect("forks-read-their-parents-sandbox", "FORK-FILES", on=ids.DOWNLOAD_OF_SANDBOX).by(
    in_place_of(errors.FileNotFound)
)
@shown(False, True, show_forks_read_their_parents_sandbox)
def forks_read_their_parents_sandbox(run: Run, refusal: errors.FileNotFound) -> Outcome:
    """What is not in the sandbox of a fork is read from that of its parent, with whatever that got later."""
    child = named(run)
    parent = run.state.get(WORKSPACES, child.parent_workspace_id or "")
    if parent is None:
        raise refusal
    return run.right(_with_files(run.state, child, sandbox_files(run.state, parent)), run.request)


defect("mounting-always-current", "PACK-STATUS-STALE", on=ids.GET_WORKSPACE)(
    "A workspace that runs says that its packs are current, whatever its role attaches.",
    wrong_reply.of(
        lambda body, _run: {**body, "pack_status": "current"} if body.get("pack_status") == "stale" else body
    ),
    shown("stale", "current", lambda scene: read(scene, BUSY)["pack_status"]),
)


def show_pack_status_stale_after_restart(scene: Scene) -> Any:
    made = of_role_01hz(scene)
    attach(scene, ["pack_acme_pager"])
    does(scene, "restart?force=true", made)
    scene.world.advance(5)
    return read(scene, made)["pack_status"]


@defect("mounting-stale-after-restart", "PACK-STATUS-CURRENT", on=ids.RESTART_WORKSPACE + ids.RESUME_WORKSPACE).by(
    wrong_outcome
)
@shown("current", "stale", show_pack_status_stale_after_restart)
def pack_status_stale_after_restart(run: Run) -> Outcome:
    """A workspace that provisions again keeps the packs that it had."""
    workspace = named(run)
    after = unmounted(run.after, workspace.id)
    for each in run.state.where(MOUNTS, workspace_id=workspace.id):
        after = after.put(MOUNTS, each)
    return after, run.outcome


def show_bulk_stops_other_roles(scene: Scene) -> Any:
    other = of_another_role(scene)
    stopped_of_role(scene)
    return read(scene, other)["status"]


@defect("bulk-stops-other-roles", "BULK-STOP-ROLE", on=ids.STOP_OF_ROLE).by(wrong_outcome)
@shown("idle", "stopping", show_bulk_stops_other_roles)
def bulk_stops_other_roles(run: Run) -> Outcome:
    """To stop the workspaces of a role stops those of every role of the org."""
    others = [each for each in run.after.where(WORKSPACES, org_id=run.org_id) if workspaces.possible(each, "stop")]
    return workspaces.stop_each(run.after, others, run.request.caller.user_id, run.request.now), run.outcome


def show_bulk_leaves_busy_ones(scene: Scene) -> Any:
    busy = of_role_01hz(scene)
    stopped_of_role(scene)
    return read(scene, busy)["status"]


@defect("bulk-leaves-busy-ones", "BULK-STOP-ROLE", on=ids.STOP_OF_ROLE).by(wrong_outcome)
@shown("stopping", "busy", show_bulk_leaves_busy_ones)
def bulk_leaves_busy_ones(run: Run) -> Outcome:
    """To stop the workspaces of a role leaves those that are busy, and counts them."""
    busy = [each for each in run.state.where(WORKSPACES, role_id=run.request.path["id"]) if each.status == "busy"]
    after = run.after
    for each in busy:
        after = after.put(WORKSPACES, each)
    return after, run.outcome


def show_bulk_counts_what_rests(scene: Scene) -> bool:
    of_role_01hz(scene)
    stopped_of_role(scene)
    scene.world.advance(5)
    return bool(stopped_of_role(scene))


@defect("bulk-counts-what-rests", "BULK-STOP-REPEATED", on=ids.STOP_OF_ROLE).by(wrong_outcome)
@shown(False, True, show_bulk_counts_what_rests)
def bulk_counts_what_rests(run: Run) -> Outcome:
    """The count of workspaces of a role that were stopped has those that were stopped before."""
    found = run.after.where(WORKSPACES, role_id=run.request.path["id"])
    return run.after, Reply(200, {"stopping": sum(each.status in ("stopping", "stopped") for each in found)})


def show_bulk_stops_other_orgs(scene: Scene) -> Any:
    scene.ask("POST", "/workspaces/stop-all")
    return scene.get(f"/workspaces/{FOREIGN}", "globex-owner").json()["status"]


@defect("bulk-stops-other-orgs", "BULK-STOP-ALL", on=ids.STOP_ALL).by(wrong_outcome)
@shown("idle", "stopping", show_bulk_stops_other_orgs)
def bulk_stops_other_orgs(run: Run) -> Outcome:
    """To stop all workspaces stops those of every org."""
    others = [each for each in run.after.all(WORKSPACES).values() if workspaces.possible(each, "stop")]
    return workspaces.stop_each(run.after, others, run.request.caller.user_id, run.request.now), run.outcome


@defect("bulk-stops-idle-ones-alone", "BULK-STOP-ALL", on=ids.STOP_ALL).by(wrong_outcome)
@shown(
    "stopping", "busy", lambda scene: in_turn(scene.ask("POST", "/workspaces/stop-all"), read(scene, BUSY)["status"])
)
def bulk_stops_idle_ones_alone(run: Run) -> Outcome:
    """To stop all workspaces leaves those that are busy."""
    after = run.after
    for each in run.state.where(WORKSPACES, org_id=run.org_id):
        if each.status == "busy":
            after = after.put(WORKSPACES, each)
    return after, run.outcome
