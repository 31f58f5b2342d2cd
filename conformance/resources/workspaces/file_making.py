"""Files that are put into workspaces, workspaces that are stopped with them, and agents that nobody reaches."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace

from conformance.needs import state
from conformance.oracle.declaration.fields import objects_in, path_of
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.recipes.making import shown_fact
from conformance.recipes.requests import build, with_json
from conformance.resources.workspaces.facts import WorkspaceFact, as_workspace, with_file
from conformance.resources.workspaces.file_semantics import ASKED, LIST_SANDBOX, PACKS
from conformance.resources.workspaces.making import resource, workspace_of
from conformance.resources.workspaces.semantics import CREATE, WORKSPACE
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


def check_can_put(harness: Harness) -> None:
    """Raise NotProvoked where no file can be put into a workspace: to be asked before one is made for that."""
    if harness.states is None:
        raise NotProvoked(f"needs the state '{HAS_FILE}', and the target has no states_url", state(HAS_FILE))


def put(harness: Harness, workspace: Fact, files: Mapping[str, bytes]) -> WorkspaceFact:
    """The workspace once it runs and these files are in its sandbox."""
    found = running(harness, workspace)
    for path, content in files.items():
        encoded = base64.b64encode(content).decode()
        harness.provide(HAS_FILE, creates=False, org=found.owner, workspace_id=found.id, path=path, content=encoded)
        found = with_file(found, path, content)
    harness.state = harness.state.with_fact(found)
    return found


def with_a_file(harness: Harness, workspace: Fact) -> WorkspaceFact:
    """The workspace once it runs and a file is known to be in it: of the run, else one that is there by itself."""
    found = running(harness, workspace)
    if found.files or found.listed:
        return found
    try:
        return put(harness, found, {a_path(harness): CONTENT})
    except NotProvoked:
        listing = harness.contract.operations[LIST_SANDBOX]
        answer = harness.hold(harness.able(listing, found.owner), build(listing, {"id": found.id}))
        paths = [path_of(each) for each in objects_in(answer.json) if each.get("is_dir") is False]
        own = frozenset(path for path in paths if not path.startswith(f"{PACKS}/"))
        if not own:
            raise
        found = replace(known(harness, found), listed=own)
        harness.state = harness.state.with_fact(found)
        return found


def of_role(harness: Harness, role: Fact) -> WorkspaceFact:
    """A new workspace of a role, by its state, else by a public call."""
    try:
        return as_workspace(workspace_of(harness, role, "provisioning"))
    except NotProvoked:
        creation = harness.contract.operations[CREATE]
        answer = harness.hold(harness.able(creation, role.owner), with_json(creation, {}, {"role_id": role.id}))
        return as_workspace(shown_fact(harness, resource(), answer.json))


def stopped(harness: Harness, workspace: Fact) -> WorkspaceFact:
    """The workspace once it was stopped, so that it has a snapshot."""
    found = as_workspace(in_one_of(harness, known(harness, workspace), ("stopped",)))
    return known(harness, found)


def unreachable(harness: Harness, workspace: Fact) -> WorkspaceFact:
    """The workspace, whose agent nobody can reach any more."""
    harness.provide(IS_UNREACHABLE, creates=False, org=workspace.owner, workspace_id=workspace.id)
    return _reached(harness, workspace, unreachable=True)


def reachable(harness: Harness, workspace: Fact) -> WorkspaceFact:
    """The workspace, whose agent answers again."""
    undo(harness, IS_UNREACHABLE, org=workspace.owner, workspace_id=workspace.id)
    return _reached(harness, workspace, unreachable=False)


def _reached(harness: Harness, workspace: Fact, *, unreachable: bool) -> WorkspaceFact:
    found = replace(known(harness, workspace), unreachable=unreachable)
    harness.state = harness.state.with_fact(found)
    return found


def a_path(harness: Harness, ending: str = ".txt") -> str:
    """A path in a workspace that no file has."""
    return f"workspace/{harness.fresh_name()}{ending}"
