"""Files in sandboxes and snapshots: all that the suite is told of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.resources.workspaces import file_causes, file_semantics
from conformance.resources.workspaces.facts import WorkspaceFact
from conformance.resources.workspaces.file_making import known, running, stopped, with_a_file
from conformance.resources.workspaces.file_semantics import (
    IN_SANDBOX,
    IN_SNAPSHOT,
    LIST_SANDBOX,
    LIST_SNAPSHOT,
    InFiles,
    paths_in,
)
from conformance.session.harness import Harness

NONE = "workspace/conformance.txt"


def _paths(where: str) -> Callable[[Fact | None], Sequence[str]]:
    """Of a workspace: the files that are known to be there."""
    return lambda fact: (paths_in(fact, where) if isinstance(fact, WorkspaceFact) else ()) or [NONE]


def _have_in_sandbox(harness: Harness, workspace: Fact) -> Fact:
    """The workspace, running, and with a file where one can be put there; one of others is left as it is."""
    if not workspace.made or workspace.archived:
        return workspace
    with suppress(NotProvoked):
        return with_a_file(harness, workspace)
    return running(harness, workspace)


def _have_in_snapshot(harness: Harness, workspace: Fact) -> Fact:
    """The workspace with a snapshot, and a file in it where one can be put there."""
    if not workspace.made or workspace.archived:
        return workspace
    if known(harness, workspace).kept:
        return known(harness, workspace)
    with suppress(NotProvoked):
        with_a_file(harness, workspace)
    return stopped(harness, workspace)


SANDBOX_FILE = register(
    Resource(
        name=IN_SANDBOX,
        named_in="",
        in_object=_paths(IN_SANDBOX),
        have_in=_have_in_sandbox,
        listed_in=LIST_SANDBOX,
        in_path=InFiles(),
        refusals=file_semantics.OF_SANDBOX,
        wrongful=file_semantics.wrongful,
        causes=file_causes.OF_SANDBOX,
    )
)
SNAPSHOT_FILE = register(
    Resource(
        name=IN_SNAPSHOT,
        named_in="",
        in_object=_paths(IN_SNAPSHOT),
        have_in=_have_in_snapshot,
        listed_in=LIST_SNAPSHOT,
        in_path=InFiles(),
        refusals=file_semantics.OF_KEPT,
        wrongful=file_semantics.wrongful,
        causes=file_causes.OF_KEPT,
    )
)
