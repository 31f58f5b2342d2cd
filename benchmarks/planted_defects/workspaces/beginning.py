"""Defects in how workspaces begin again, begin from another one, and are stopped several at once."""

from __future__ import annotations

from benchmarks.planted_defects.planting.workspaces import named
from mock_server.deviations.planting.ids import (
    DOWNLOAD_OF_SANDBOX,
    FORK_WORKSPACE,
    GET_WORKSPACE,
    RESTART_WORKSPACE,
    RESUME_WORKSPACE,
    STOP_ALL,
    STOP_OF_ROLE,
)
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.errors import (
    FileNotFound,
    InvalidState,
    ProviderArchived,
    RoleArchived,
    ValidationFailed,
    WorkspaceArchived,
    WorkspaceBusy,
)
from mock_server.operation import Reply
from mock_server.resources.files.mounts import MOUNTS, unmounted
from mock_server.resources.files.sandbox import sandbox_files
from mock_server.resources.files.tree import SANDBOXES, Files, WorkspaceFiles, fresh
from mock_server.resources.life import workspaces
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.state import State
from mock_server.state.value import replace


def _child(run: Run) -> Workspace:
    """The workspace that a fork made."""
    assert isinstance(run.outcome, Reply)  # noqa: S101  # a fork that was not refused
    return run.after.all(WORKSPACES)[run.outcome.body["workspace_id"]]


def _resumed(run: Run) -> Outcome:
    """What comes of a resume that nobody refuses."""
    user_id, now = run.request.caller.user_id, run.request.now
    return workspaces.resume(run.state, named(run), user_id, now), Reply(202, {"status": "resuming"})


@in_place_of(RoleArchived)("workspaces-resumed-of-archived-roles", "WORKSPACE-RESUME-PARENTS", on=RESUME_WORKSPACE)
def resumed_of_archived_roles(run: Run, _refusal: RoleArchived) -> Outcome:
    """A workspace of a role that is archived is resumed."""
    return _resumed(run)


@in_place_of(ProviderArchived)(
    "workspaces-resumed-of-archived-providers", "WORKSPACE-RESUME-PARENTS", on=RESUME_WORKSPACE
)
def resumed_of_archived_providers(run: Run, _refusal: ProviderArchived) -> Outcome:
    """A workspace whose provider is archived is resumed."""
    return _resumed(run)


@in_place_of(InvalidState)("workspaces-failed-are-resumed", "WORKSPACE-STATE", on=RESUME_WORKSPACE)
def failed_are_resumed(run: Run, refusal: InvalidState) -> Outcome:
    """A workspace that failed is resumed."""
    if named(run).status != "failed":
        raise refusal
    stopped = replace(named(run), status="stopped")
    return run.right(run.state.put(WORKSPACES, stopped), run.request)


@wrong_outcome("workspaces-resumed-stay-provisioning", "WORKSPACE-RESUMES", on=RESUME_WORKSPACE)
def resumed_stay_provisioning(run: Run) -> Outcome:
    """A workspace that is resumed is provisioned for ever."""
    return run.after.put(WORKSPACES, replace(named(run, run.after), due_at=None)), run.outcome


@in_place_of(WorkspaceBusy)("workspaces-busy-are-restarted", "WORKSPACE-RESTART-BUSY", on=RESTART_WORKSPACE)
def busy_are_restarted(run: Run, _refusal: WorkspaceBusy) -> Outcome:
    """A busy workspace is restarted without force."""
    user_id, now = run.request.caller.user_id, run.request.now
    return workspaces.restart(run.state, named(run), user_id, now), Reply(202, {"status": "restarting"})


@wrong_outcome("workspaces-force-ignored", "WORKSPACE-RESTART-BUSY", on=RESTART_WORKSPACE)
def force_ignored(run: Run) -> Outcome:
    """A busy workspace is not restarted, with force or without."""
    if named(run).status != "busy":
        return run.after, run.outcome
    return run.state, WorkspaceBusy("The workspace works on a task.")


@wrong_outcome("workspaces-restarted-without-snapshot", "WORKSPACE-RESTART-FILES", on=RESTART_WORKSPACE)
def restarted_without_snapshot(run: Run) -> Outcome:
    """A workspace that is restarted loses its files: it has no snapshot."""
    return run.after.put(WORKSPACES, replace(named(run, run.after), snapshot_ref=None)), run.outcome


@wrong_outcome("workspaces-restarted-stay-provisioning", "WORKSPACE-RESTART-FILES", on=RESTART_WORKSPACE)
def restarted_stay_provisioning(run: Run) -> Outcome:
    """A workspace that is restarted is provisioned for ever."""
    return run.after.put(WORKSPACES, replace(named(run, run.after), due_at=None)), run.outcome


@in_place_of(WorkspaceArchived)(
    "archiving-workspaces-are-used", "ARCHIVE-WORKSPACE-REFUSES", on=RESUME_WORKSPACE + FORK_WORKSPACE
)
def archived_are_used(run: Run, _refusal: WorkspaceArchived) -> Outcome:
    """A workspace that is archived is resumed, and forked."""
    in_use = replace(named(run), archived_at=None)
    return run.right(run.state.put(WORKSPACES, in_use), run.request)


@wrong_reply("forks-name-themselves", "FORK-CHILD", on=FORK_WORKSPACE)
def forks_name_themselves(body: dict[str, object], _run: Run) -> dict[str, object]:
    """The answer to a fork names the fork as its own parent."""
    return {**body, "parent_workspace_id": body["workspace_id"]}


@wrong_outcome("forks-forget-their-parent", "FORK-CHILD", on=FORK_WORKSPACE)
def forks_forget_their_parent(run: Run) -> Outcome:
    """A fork does not say later of which workspace it is one."""
    return run.after.put(WORKSPACES, replace(_child(run), parent_workspace_id=None)), run.outcome


@wrong_outcome("forks-of-the-parents-creator", "FORK-OWNER", on=FORK_WORKSPACE)
def forks_of_the_parents_creator(run: Run) -> Outcome:
    """A fork belongs to whoever created its parent."""
    creator = named(run).created_by_user_id
    return run.after.put(WORKSPACES, replace(_child(run), created_by_user_id=creator)), run.outcome


@wrong_outcome("forks-in-another-environment", "FORK-ROLE", on=FORK_WORKSPACE)
def forks_in_another_environment(run: Run) -> Outcome:
    """A fork is in production, wherever its parent is."""
    return run.after.put(WORKSPACES, replace(_child(run), environment="production")), run.outcome


@wrong_outcome("forks-never-idle", "FORK-ROLE", on=FORK_WORKSPACE)
def forks_never_idle(run: Run) -> Outcome:
    """A fork is provisioned for ever."""
    return run.after.put(WORKSPACES, replace(_child(run), due_at=None)), run.outcome


@in_place_of(ValidationFailed)("forks-at-any-point", "FORK-POINT", on=FORK_WORKSPACE)
def forks_at_any_point(run: Run, refusal: ValidationFailed) -> Outcome:
    """A workspace is forked at a point that it has not reached."""
    count = run.request.body.get("fork_point_task_count") if isinstance(run.request.body, dict) else None
    if not isinstance(count, int) or count < 1:
        raise refusal
    after, child = workspaces.fork(run.state, named(run), count, run.request.caller.user_id, run.request.now)
    names = ("parent_workspace_id", "fork_point_task_count", "fork_source_snapshot_ref", "status")
    shown = WORKSPACES.shown(child, run.org_id)
    return after, Reply(202, {"workspace_id": child.id, **{name: shown[name] for name in names}})


@wrong_outcome("forks-take-the-parents-snapshot", "FORK-PARENT-STAYS", on=FORK_WORKSPACE)
def forks_take_the_parents_snapshot(run: Run) -> Outcome:
    """A workspace that is forked gives its snapshot away."""
    return run.after.put(WORKSPACES, replace(named(run, run.after), snapshot_ref=None)), run.outcome


def _with_files(state: State, workspace: Workspace, files: Files) -> State:
    """The state in which the sandbox of a workspace has these files and no others."""
    return state.put(SANDBOXES, WorkspaceFiles(workspace.id, files))


@wrong_outcome("workspaces-resumed-without-files", "WORKSPACE-RESUMES", on=RESUME_WORKSPACE)
def resumed_without_files(run: Run) -> Outcome:
    """A workspace that is resumed begins as a new one does, without the files of its snapshot."""
    return _with_files(run.after, named(run), fresh(run.request.now)), run.outcome


@wrong_outcome("workspaces-restarted-without-files", "WORKSPACE-RESTART-FILES", on=RESTART_WORKSPACE)
def restarted_without_files(run: Run) -> Outcome:
    """A workspace that is restarted begins as a new one does, without the files that it had."""
    return _with_files(run.after, named(run), fresh(run.request.now)), run.outcome


@wrong_outcome("forks-without-files", "FORK-FILES", on=FORK_WORKSPACE)
def forks_without_files(run: Run) -> Outcome:
    """A fork begins as a new workspace does, without the files of its parent."""
    return _with_files(run.after, _child(run), fresh(run.request.now)), run.outcome


@in_place_of(FileNotFound)("forks-read-their-parents-sandbox", "FORK-FILES", on=DOWNLOAD_OF_SANDBOX)
def forks_read_their_parents_sandbox(run: Run, refusal: FileNotFound) -> Outcome:
    """What is not in the sandbox of a fork is read from that of its parent, with whatever that got later."""
    child = named(run)
    parent = run.state.get(WORKSPACES, child.parent_workspace_id or "")
    if parent is None:
        raise refusal
    return run.right(_with_files(run.state, child, sandbox_files(run.state, parent)), run.request)


@wrong_reply("mounting-always-current", "PACK-STATUS-STALE", on=GET_WORKSPACE)
def pack_status_always_current(body: dict[str, object], _run: Run) -> dict[str, object]:
    """A workspace that runs says that its packs are current, whatever its role attaches."""
    return {**body, "pack_status": "current"} if body.get("pack_status") == "stale" else body


@wrong_outcome("mounting-stale-after-restart", "PACK-STATUS-CURRENT", on=RESTART_WORKSPACE + RESUME_WORKSPACE)
def pack_status_stale_after_restart(run: Run) -> Outcome:
    """A workspace that provisions again keeps the packs that it had."""
    workspace = named(run)
    after = unmounted(run.after, workspace.id)
    for each in run.state.where(MOUNTS, workspace_id=workspace.id):
        after = after.put(MOUNTS, each)
    return after, run.outcome


@wrong_outcome("bulk-stops-other-roles", "BULK-STOP-ROLE", on=STOP_OF_ROLE)
def bulk_stops_other_roles(run: Run) -> Outcome:
    """To stop the workspaces of a role stops those of every role of the org."""
    others = [each for each in run.after.where(WORKSPACES, org_id=run.org_id) if workspaces.possible(each, "stop")]
    return workspaces.stop_each(run.after, others, run.request.caller.user_id, run.request.now), run.outcome


@wrong_outcome("bulk-leaves-busy-ones", "BULK-STOP-ROLE", on=STOP_OF_ROLE)
def bulk_leaves_busy_ones(run: Run) -> Outcome:
    """To stop the workspaces of a role leaves those that are busy, and counts them."""
    busy = [each for each in run.state.where(WORKSPACES, role_id=run.request.path["id"]) if each.status == "busy"]
    after = run.after
    for each in busy:
        after = after.put(WORKSPACES, each)
    return after, run.outcome


@wrong_outcome("bulk-counts-what-rests", "BULK-STOP-REPEATED", on=STOP_OF_ROLE)
def bulk_counts_what_rests(run: Run) -> Outcome:
    """The count of workspaces of a role that were stopped has those that were stopped before."""
    found = run.after.where(WORKSPACES, role_id=run.request.path["id"])
    return run.after, Reply(200, {"stopping": sum(each.status in ("stopping", "stopped") for each in found)})


@wrong_outcome("bulk-stops-other-orgs", "BULK-STOP-ALL", on=STOP_ALL)
def bulk_stops_other_orgs(run: Run) -> Outcome:
    """To stop all workspaces stops those of every org."""
    others = [each for each in run.after.all(WORKSPACES).values() if workspaces.possible(each, "stop")]
    return workspaces.stop_each(run.after, others, run.request.caller.user_id, run.request.now), run.outcome


@wrong_outcome("bulk-stops-idle-ones-alone", "BULK-STOP-ALL", on=STOP_ALL)
def bulk_stops_idle_ones_alone(run: Run) -> Outcome:
    """To stop all workspaces leaves those that are busy."""
    after = run.after
    for each in run.state.where(WORKSPACES, org_id=run.org_id):
        if each.status == "busy":
            after = after.put(WORKSPACES, each)
    return after, run.outcome
