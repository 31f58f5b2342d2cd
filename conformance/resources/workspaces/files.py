"""Files in sandboxes and snapshots: all that the suite is told of them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from conformance.oracle.declaration.behavior import Behavior
from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.resources.workspaces.facts import WorkspaceFact
from conformance.resources.workspaces.file_causes import OF_ABSENT, OF_NEVER_STOPPED, OF_UNREACHABLE, while_in
from conformance.resources.workspaces.file_making import known, running, stopped, with_a_file
from conformance.resources.workspaces.file_semantics import (
    BLAMES,
    DOWNLOAD,
    DOWNLOAD_KEPT,
    IN_SANDBOX,
    IN_SNAPSHOT,
    LIST_SANDBOX,
    LIST_SNAPSHOT,
    NO_FILE,
    NO_SNAPSHOT,
    NOT_RUNNING,
    READ_KEPT,
    UNREACHABLE,
    InFiles,
    paths_in,
    refuse_while_not_running,
    refuse_without_snapshot,
)
from conformance.session.harness import Harness

NONE = "workspace/conformance.txt"


class FilesInWorkspace(Resource):
    """Files of workspaces, which are in its sandbox or in its snapshot."""

    def parts_of(self, fact: Fact | None) -> Sequence[str]:
        """The files that are known to be there."""
        return (paths_in(fact, self.name) if isinstance(fact, WorkspaceFact) else ()) or [NONE]


class SandboxFileResource(FilesInWorkspace):
    """Files in sandboxes."""

    def put_into(self, session: Harness, workspace: Fact) -> Fact:
        """The workspace, running, and with a file where one can be put there; one of others is left as it is."""
        if not workspace.made or workspace.archived:
            return workspace
        with suppress(NotProvoked):
            return with_a_file(session, workspace)
        return running(session, workspace)


class SnapshotFileResource(FilesInWorkspace):
    """Files in snapshots."""

    def put_into(self, session: Harness, workspace: Fact) -> Fact:
        """The workspace with a snapshot, and a file in it where one can be put there."""
        if not workspace.made or workspace.archived:
            return workspace
        if known(session, workspace).kept:
            return known(session, workspace)
        with suppress(NotProvoked):
            with_a_file(session, workspace)
        return stopped(session, workspace)


SANDBOX_FILE = register(
    SandboxFileResource(
        name=IN_SANDBOX,
        operations=(Behavior(LIST_SANDBOX, part="list within"), Behavior(DOWNLOAD, refuses=refuse_while_not_running)),
        named_in="",
        in_path=InFiles(),
        causes={
            **{code: while_in(status) for status, code in NOT_RUNNING.items()},
            UNREACHABLE: OF_UNREACHABLE,
            NO_FILE: OF_ABSENT,
        },
        blames=BLAMES,
    )
)
SNAPSHOT_FILE = register(
    SnapshotFileResource(
        name=IN_SNAPSHOT,
        operations=(
            Behavior(LIST_SNAPSHOT, part="list within"),
            Behavior(READ_KEPT, refuses=refuse_without_snapshot),
            Behavior(DOWNLOAD_KEPT, refuses=refuse_without_snapshot),
        ),
        named_in="",
        in_path=InFiles(),
        causes={NO_SNAPSHOT: OF_NEVER_STOPPED, NO_FILE: OF_ABSENT},
        blames=BLAMES,
    )
)
