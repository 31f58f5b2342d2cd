"""Files that are put into workspaces, workspaces that are stopped with them, and agents that nobody reaches."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace

from conformance.oracle.facts import Fact
from conformance.resources.workspaces.facts import WorkspaceFact, as_workspace, with_file
from conformance.resources.workspaces.file_semantics import ASKED
from conformance.resources.workspaces.semantics import WORKSPACE
from conformance.resources.workspaces.statuses import in_one_of
from conformance.session.harness import Harness
from conformance.session.states import undo

HAS_FILE, IS_UNREACHABLE = "workspace has file", "agent is unreachable"
CONTENT = b"made by the conformance suite\n"


def known(harness: Harness, workspace: Fact) -> WorkspaceFact:
    """What is known of the workspace by now."""
    return as_workspace(harness.state.facts(WORKSPACE).get(workspace.id, workspace))


def running(harness: Harness, workspace: Fact) -> WorkspaceFact:
    """The workspace, idle or busy."""
    return as_workspace(in_one_of(harness, known(harness, workspace), ASKED))


def put(harness: Harness, workspace: Fact, files: Mapping[str, bytes]) -> WorkspaceFact:
    """The workspace once it runs and these files are in its sandbox."""
    found = running(harness, workspace)
    for path, content in files.items():
        encoded = base64.b64encode(content).decode()
        harness.provide(HAS_FILE, creates=False, org_id=found.owner, workspace_id=found.id, path=path, content=encoded)
        found = with_file(found, path, content)
    harness.state = harness.state.with_fact(found)
    return found


def stopped(harness: Harness, workspace: Fact) -> WorkspaceFact:
    """The workspace once it was stopped, so that it has a snapshot."""
    found = as_workspace(in_one_of(harness, known(harness, workspace), ("stopped",)))
    return known(harness, found)


def unreachable(harness: Harness, workspace: Fact) -> WorkspaceFact:
    """The workspace, whose agent nobody can reach any more."""
    harness.provide(IS_UNREACHABLE, creates=False, org_id=workspace.owner, workspace_id=workspace.id)
    return _reached(harness, workspace, unreachable=True)


def reachable(harness: Harness, workspace: Fact) -> WorkspaceFact:
    """The workspace, whose agent answers again."""
    undo(harness, IS_UNREACHABLE, org_id=workspace.owner, workspace_id=workspace.id)
    return _reached(harness, workspace, unreachable=False)


def _reached(harness: Harness, workspace: Fact, *, unreachable: bool) -> WorkspaceFact:
    found = replace(known(harness, workspace), unreachable=unreachable)
    harness.state = harness.state.with_fact(found)
    return found


def a_path(harness: Harness, ending: str = ".txt") -> str:
    """A path in a workspace that no file has."""
    return f"workspace/{harness.fresh_name()}{ending}"
