"""Files in sandboxes and snapshots: what is right for one, and all that the suite is told of them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from conformance.contract.contract import NamedResource, Operation
from conformance.mark import carries
from conformance.needs import state
from conformance.oracle.call import Call, ObjectInPath, Refusals, WrongfulRefusal, is_file_path
from conformance.oracle.declaration.behavior import Behavior
from conformance.oracle.declaration.fields import list_objects, read_path
from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.recipes.causes import Cause, Provoking, need_somebody_with, with_part
from conformance.recipes.making import create_owned, make_of
from conformance.recipes.requests import build
from conformance.recipes.valid import build_valid
from conformance.resources.workspaces.oracle import (
    NOT_VISIBLE,
    WORKSPACE,
    WorkspaceFact,
    as_workspace,
    find_statuses_in,
    is_in,
    with_file,
)
from conformance.resources.workspaces.recipes import (
    EXISTS,
    IS,
    bring_to_one_of,
    bring_to_status,
    get_resource,
    make_workspace_in,
)
from conformance.session.harness import Harness

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
"""The statuses in which an operation is served, by operation."""
NOT_RUNNING: Mapping[str, str] = {
    "provisioning": "workspace_provisioning",
    "stopping": "workspace_stopped",
    "stopped": "workspace_stopped",
    "failed": "workspace_failed",
}
"""The code of the refusal in all other statuses, by status."""


def find_workspace(call: Call) -> WorkspaceFact | None:
    """Return the workspace that the path names, where it is certain what it is, and the run knows it as one."""
    found = call.find_object(WORKSPACE)
    return found if isinstance(found, WorkspaceFact) else None


def refuse_unreachable(call: Call, refusals: Refusals) -> None:
    """Add the refusal of an agent that nobody reaches: certain where a state made it so, else possible."""
    workspace = find_workspace(call)
    unreachable = workspace is not None and workspace.is_unreachable
    was_there = workspace is not None and not workspace.made
    if unreachable or was_there or not call.state.is_closed:
        for code in (UNREACHABLE, None) if 502 in call.operation.bodyless else (UNREACHABLE,):
            refusals.add(502, code, REACHED_RULE, certain=unreachable)


class FileOfWorkspace(ObjectInPath):
    """A file is in the workspace into which it was put, as far as the run knows; others may be there too."""

    def add_refusals(self, call: Call, value: str, named: NamedResource, found: Refusals) -> None:
        """Add the refusal of a file that is not there: a folder is none, nor what is below a file."""
        workspace = find_workspace(call)
        there = list_paths(workspace, named.name) if workspace is not None else ()
        if not is_file_path(value) or value in there:
            return
        around = any(_is_around(value, path) for path in there)
        made_up = carries(call.state.prefix, value.rpartition("/")[2]) and not _is_ever_put(call, value)
        found.add(404, named.not_found, "WORKSPACE-FILE-UNKNOWN", certain=around or made_up)

    def list_wrongful(self, _call: Call, _value: str, named: NamedResource) -> Iterator[WrongfulRefusal]:
        """Yield what a refusal would break where the file is there."""
        yield named.not_found, "DOWNLOAD-BYTES"
        yield NO_SNAPSHOT, "SNAPSHOT-FIXED"
        yield NOT_VISIBLE, "OWNERSHIP-WORKSPACE-SERVED"


def list_paths(workspace: WorkspaceFact, where: str) -> Sequence[str]:
    """Return the files that are known to be in its sandbox, or in its snapshot; those first that the run put there."""
    in_snapshot = where == IN_SNAPSHOT
    put = workspace.kept if in_snapshot else workspace.files
    return [*sorted(put), *(() if in_snapshot and workspace.has_snapshot is not True else sorted(workspace.listed))]


def _is_around(path: str, there: str) -> bool:
    """Return whether a path is that of a folder in which a file is, or goes on below the file."""
    return there.startswith(f"{path}/") or path.startswith(f"{there}/")


def _is_ever_put(call: Call, path: str) -> bool:
    """Return whether the run put a file of this path into any workspace: it may have come from there."""
    facts = call.state.get_facts(WORKSPACE).values()
    return any(path in {**fact.files, **fact.kept} for fact in facts if isinstance(fact, WorkspaceFact))


def refuse_without_snapshot(call: Call, refusals: Refusals) -> None:
    """Add the refusal to read a snapshot before the workspace was stopped."""
    workspace = find_workspace(call)
    there = None if workspace is None else workspace.has_snapshot
    refusals.add_unless(404, NO_SNAPSHOT, "SNAPSHOT-NONE", so=there)


def refuse_while_not_running(call: Call, refusals: Refusals) -> None:
    """Add the refusal to look into a sandbox unless the workspace is idle or busy, and its agent answers."""
    statuses = find_statuses_in(call)
    codes = {code for status, code in NOT_RUNNING.items() if statuses is None or status in statuses}
    for code in (*sorted(codes), *((None,) if 409 in call.operation.bodyless else ())):
        refusals.add_unless(409, code, "SANDBOX-NOT-RUNNING", so=is_in(statuses, ASKED))
    refuse_unreachable(call, refusals)


BLAMES: Mapping[str, str] = {NO_SNAPSHOT: "SNAPSHOT-FIXED", **dict.fromkeys(NOT_RUNNING.values(), "FILES-LISTED")}
"""The rule that a refusal breaks where there is no reason for it, by error code."""


HAS_FILE, IS_UNREACHABLE = "workspace has file", "agent is unreachable"
CONTENT = b"made by the conformance suite\n"


def get_known(harness: Harness, workspace: Fact) -> WorkspaceFact:
    """Return what is known of the workspace by now."""
    return as_workspace(harness.knowledge.get_facts(WORKSPACE).get(workspace.id, workspace))


def keep_running(harness: Harness, workspace: Fact) -> WorkspaceFact:
    """Return the workspace, idle or busy."""
    return as_workspace(bring_to_one_of(harness, get_known(harness, workspace), ASKED))


def check_can_put(harness: Harness) -> None:
    """Raise NotProvoked where no file can be put into a workspace: to be asked before one is made for that."""
    if harness.provider_states is None:
        raise NotProvoked(f"needs the state '{HAS_FILE}', and the target has no states_url", state(HAS_FILE))


def put(harness: Harness, workspace: Fact, files: Mapping[str, bytes]) -> WorkspaceFact:
    """Return the workspace once it runs and these files are in its sandbox."""
    found = keep_running(harness, workspace)
    for path, content in files.items():
        encoded = base64.b64encode(content).decode()
        harness.provide(HAS_FILE, creates=False, org=found.owner, workspace_id=found.id, path=path, content=encoded)
        found = with_file(found, path, content)
    harness.knowledge = harness.knowledge.with_fact(found)
    return found


def with_a_file(harness: Harness, workspace: Fact) -> WorkspaceFact:
    """Return the workspace once it runs and a file is known to be in it: of the run, else one there by itself."""
    found = keep_running(harness, workspace)
    if found.files or found.listed:
        return found
    try:
        return put(harness, found, {make_path(harness): CONTENT})
    except NotProvoked:
        listing = harness.contract.operations[LIST_SANDBOX]
        answer = harness.hold(harness.able(listing, found.owner), build(listing, {"id": found.id}))
        paths = [read_path(each) for each in list_objects(answer.json) if each.get("is_dir") is False]
        own = frozenset(path for path in paths if not path.startswith(f"{PACKS}/"))
        if not own:
            raise
        found = replace(get_known(harness, found), listed=own)
        harness.knowledge = harness.knowledge.with_fact(found)
        return found


def make_of_role(harness: Harness, role: Fact) -> WorkspaceFact:
    """Return a new workspace of a role, by its state, else by a public call."""
    try:
        return as_workspace(make_workspace_in(harness, role, "provisioning"))
    except NotProvoked:
        return as_workspace(make_of(harness, get_resource(), role.owner, {"role_id": role.id}))


def make_stopped(harness: Harness, workspace: Fact) -> WorkspaceFact:
    """Return the workspace once it was stopped, so that it has a snapshot."""
    found = as_workspace(bring_to_one_of(harness, get_known(harness, workspace), ("stopped",)))
    return get_known(harness, found)


def make_unreachable(harness: Harness, workspace: Fact) -> WorkspaceFact:
    """Return the workspace, whose agent nobody can reach any more."""
    harness.provide(IS_UNREACHABLE, creates=False, org=workspace.owner, workspace_id=workspace.id)
    return _learn_reach(harness, workspace, unreachable=True)


def make_reachable(harness: Harness, workspace: Fact) -> WorkspaceFact:
    """Return the workspace, whose agent answers again."""
    harness.take_back(IS_UNREACHABLE, org=workspace.owner, workspace_id=workspace.id)
    return _learn_reach(harness, workspace, unreachable=False)


def _learn_reach(harness: Harness, workspace: Fact, *, unreachable: bool) -> WorkspaceFact:
    found = replace(get_known(harness, workspace), is_unreachable=unreachable)
    harness.knowledge = harness.knowledge.with_fact(found)
    return found


def make_path(harness: Harness, ending: str = ".txt") -> str:
    """Return a path in a workspace that no file has."""
    return f"workspace/{harness.make_fresh_name()}{ending}"


Change = Callable[[Harness, Fact], object]


def provoke_after(change: Change) -> Callable[[Harness, Operation], Provoking]:
    """Return a right request about a workspace of which something has changed meanwhile."""

    def provoke(harness: Harness, operation: Operation) -> Provoking:
        caller = harness.able(operation)
        fact = create_owned(harness, get_resource(), caller.org, operation=operation, caller=caller)
        request = build_valid(harness, operation, caller, fact=fact)
        change(harness, fact)
        return caller, request

    return provoke


def _ask_for_no_snapshot(harness: Harness, operation: Operation) -> Provoking:
    """Return a request about the snapshot of a workspace that is new, and so has none."""
    caller = harness.able(operation)
    fact = create_owned(harness, get_resource(), caller.org, caller=caller)
    request = build_valid(harness, operation, caller, fact=replace(fact, made=False))
    return caller, request


def _ask_for_absent_file(harness: Harness, operation: Operation) -> Provoking:
    caller = harness.able(operation)
    return caller, with_part(operation, build_valid(harness, operation, caller), make_path(harness))


OF_UNREACHABLE = Cause(provoke_after(make_unreachable), need_somebody_with((state(EXISTS),), (state(IS_UNREACHABLE),)))
OF_NEVER_STOPPED = Cause(_ask_for_no_snapshot, need_somebody_with((state(EXISTS),)))
OF_ABSENT = Cause(_ask_for_absent_file, need_somebody_with((state(EXISTS),), (state(HAS_FILE),)))


def refuse_in_status(status: str) -> Cause:
    """Return the cause of what is refused in a status."""
    needs = need_somebody_with((state(EXISTS),), (state(IS),))
    return Cause(provoke_after(lambda harness, fact: bring_to_status(harness, fact, status)), needs)


NONE = "workspace/conformance.txt"


class FilesInWorkspace(Resource):
    """Files of workspaces, which are in its sandbox or in its snapshot."""

    def list_parts(self, fact: Fact | None) -> Sequence[str]:
        """Return the files that are known to be there."""
        return (list_paths(fact, self.name) if isinstance(fact, WorkspaceFact) else ()) or [NONE]

    def find_content(self, fact: Fact, name: str) -> bytes | None:
        """Return the bytes that the run put there."""
        found = as_workspace(fact)
        return (found.kept if self.name == IN_SNAPSHOT else found.files).get(name)


class SandboxFileResource(FilesInWorkspace):
    """Files in sandboxes."""

    def put_into(self, session: Harness, workspace: Fact) -> Fact:
        """Return the workspace, running, and with a file where one can be put there; one of others is left as it is."""
        if not workspace.made or workspace.archived:
            return workspace
        with suppress(NotProvoked):
            return with_a_file(session, workspace)
        return keep_running(session, workspace)


class SnapshotFileResource(FilesInWorkspace):
    """Files in snapshots."""

    def put_into(self, session: Harness, workspace: Fact) -> Fact:
        """Return the workspace with a snapshot, and a file in it where one can be put there."""
        if not workspace.made or workspace.archived:
            return workspace
        if get_known(session, workspace).kept:
            return get_known(session, workspace)
        with suppress(NotProvoked):
            with_a_file(session, workspace)
        return make_stopped(session, workspace)


register(
    SandboxFileResource(
        name=IN_SANDBOX,
        operations=(Behavior(LIST_SANDBOX, part="list within"), Behavior(DOWNLOAD, refuses=refuse_while_not_running)),
        named_in="",
        in_path=FileOfWorkspace(),
        causes={
            **{code: refuse_in_status(status) for status, code in NOT_RUNNING.items()},
            UNREACHABLE: OF_UNREACHABLE,
            NO_FILE: OF_ABSENT,
        },
        blames=BLAMES,
    )
)
register(
    SnapshotFileResource(
        name=IN_SNAPSHOT,
        operations=(
            Behavior(LIST_SNAPSHOT, part="list within"),
            Behavior(READ_KEPT, refuses=refuse_without_snapshot),
            Behavior(DOWNLOAD_KEPT, refuses=refuse_without_snapshot),
        ),
        named_in="",
        in_path=FileOfWorkspace(),
        causes={NO_SNAPSHOT: OF_NEVER_STOPPED, NO_FILE: OF_ABSENT},
        blames=BLAMES,
    )
)
