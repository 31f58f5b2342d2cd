"""What the contract says of the files of workspaces: which are there, and while which workspaces can be asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from conformance.contract.contract import NamedResource
from conformance.mark import carries
from conformance.oracle.call import Call, InPath, Refusals, WrongfulRefusal
from conformance.oracle.declaration.resource import Refusal
from conformance.oracle.query import is_file_path
from conformance.resources.workspaces.facts import WorkspaceFact
from conformance.resources.workspaces.semantics import NOT_VISIBLE, WORKSPACE, statuses_of

LIST_SANDBOX, DOWNLOAD = "sandbox.list_files", "sandbox.download"
LIST_SNAPSHOT, READ_KEPT, DOWNLOAD_KEPT = "snapshots.list_files", "snapshots.read_file", "snapshots.download"
IN_SANDBOX, IN_SNAPSHOT = "sandbox_file", "snapshot_file"
NO_SNAPSHOT, NO_FILE, UNREACHABLE = "snapshot_not_found", "file_not_found", "agent_unreachable"
REACHED_RULE = "AGENT-UNREACHABLE"
PACKS = "workspace/packs"
"""The folder that has the packs of the role."""
ASKED = ("idle", "busy")
"""The statuses in which a workspace has a sandbox that can be looked into; the usual one first."""
TAKEN: Mapping[str, tuple[str, ...]] = {LIST_SANDBOX: ASKED, DOWNLOAD: ASKED}
"""By operation: the statuses in which it is served."""
NOT_RUNNING: Mapping[str, str] = {
    "provisioning": "workspace_provisioning",
    "stopping": "workspace_stopped",
    "stopped": "workspace_stopped",
    "failed": "workspace_failed",
}
"""By status: the code of the refusal in all others."""


def workspace_of(call: Call) -> WorkspaceFact | None:
    """The workspace that the path names, where it is certain what it is, and the run knows it as one."""
    found = call.object_of(WORKSPACE)
    return found if isinstance(found, WorkspaceFact) else None


def refuse_unreachable(call: Call, refusals: Refusals) -> None:
    """That nobody reaches the agent: certain where a state made it so, possible where that need not be seen."""
    workspace = workspace_of(call)
    unreachable = workspace is not None and workspace.unreachable
    if unreachable or not call.state.closed:
        for code in (UNREACHABLE, None) if 502 in call.operation.bodyless else (UNREACHABLE,):
            refusals.add(502, code, REACHED_RULE, certain=unreachable)


class InFiles(InPath):
    """A file is in the workspace into which it was put, as far as the run knows; others may be there too."""

    def refusals(self, call: Call, value: str, named: NamedResource, found: Refusals) -> None:
        """Whether there is such a file: a folder is none, nor what is below a file, nor what the run alone can name."""
        workspace = workspace_of(call)
        there = paths_in(workspace, named.name) if workspace is not None else ()
        if not is_file_path(value) or value in there:
            return
        around = any(_around(value, path) for path in there)
        made_up = carries(call.state.prefix, value.rpartition("/")[2]) and not _ever_put(call, value)
        found.add(404, named.not_found, "WORKSPACE-FILE-UNKNOWN", certain=around or made_up)

    def wrongful(self, _call: Call, _value: str, named: NamedResource) -> Iterator[WrongfulRefusal]:
        """What a refusal would break where the file is there."""
        yield named.not_found, "DOWNLOAD-BYTES"
        yield NO_SNAPSHOT, "SNAPSHOT-FIXED"
        yield NOT_VISIBLE, "OWNERSHIP-WORKSPACE-SERVED"


def paths_in(workspace: WorkspaceFact, where: str) -> Sequence[str]:
    """The files that are known to be in its sandbox, or in its snapshot; those first that the run put there."""
    in_snapshot = where == IN_SNAPSHOT
    put = workspace.kept if in_snapshot else workspace.files
    return [*sorted(put), *(() if in_snapshot and workspace.snapshot is not True else sorted(workspace.listed))]


def _around(path: str, there: str) -> bool:
    """Whether a path is that of a folder in which a file is, or goes on below the file."""
    return there.startswith(f"{path}/") or path.startswith(f"{there}/")


def _ever_put(call: Call, path: str) -> bool:
    """Whether the run put a file of this path into any workspace: it may have come from there."""
    facts = call.state.facts(WORKSPACE).values()
    return any(path in {**fact.files, **fact.kept} for fact in facts if isinstance(fact, WorkspaceFact))


def _snapshot(call: Call, refusals: Refusals) -> None:
    """A workspace has a snapshot once it was stopped."""
    workspace = workspace_of(call)
    there = None if workspace is None else workspace.snapshot
    if there is not True:
        refusals.add(404, NO_SNAPSHOT, "SNAPSHOT-NONE", certain=there is False)


def _sandbox(call: Call, refusals: Refusals) -> None:
    """The sandbox can be looked into while the workspace is idle or busy, and its agent answers."""
    workspace = workspace_of(call)
    statuses = statuses_of(workspace) if workspace is not None else None
    bodyless = 409 in call.operation.bodyless
    if statuses is None or not statuses <= {*ASKED}:
        certain = statuses is not None and not statuses & {*ASKED}
        codes = {code for status, code in NOT_RUNNING.items() if statuses is None or status in statuses}
        for code in (*sorted(codes), *((None,) if bodyless else ())):
            refusals.add(409, code, "SANDBOX-NOT-RUNNING", certain=certain)
    refuse_unreachable(call, refusals)


OF_LISTS: Mapping[str, Refusal] = {LIST_SNAPSHOT: _snapshot, LIST_SANDBOX: _sandbox}
OF_KEPT: Mapping[str, Refusal] = {READ_KEPT: _snapshot, DOWNLOAD_KEPT: _snapshot}
OF_SANDBOX: Mapping[str, Refusal] = {DOWNLOAD: _sandbox}


def wrongful(call: Call) -> Iterator[WrongfulRefusal]:
    """What a refusal would break where there is no reason for it."""
    yield NO_SNAPSHOT, "SNAPSHOT-FIXED"
    for code in sorted({*NOT_RUNNING.values()}):
        yield code, "FILES-LISTED"
    if call.operation.operation_id in OF_LISTS:
        yield NO_FILE, "FILES-LISTED"
