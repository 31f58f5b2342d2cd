"""The provider state that puts a file into a workspace."""

from __future__ import annotations

from typing import Any

from mock_server.control.errors import StatusImpossible
from mock_server.control.states.context import StateContext
from mock_server.control.states.workspace_states import workspace_named
from mock_server.errors import ValidationFailed
from mock_server.resources.audit.event import in_milliseconds
from mock_server.resources.files.sandbox import sandbox_files, written
from mock_server.resources.files.tree import PACKS_FOLDER, Files, file_at, folders_of, is_file_path
from mock_server.resources.workspaces.workspace import RUNNING
from mock_server.state.blobs import blob
from mock_server.state.state import State


def put_file(context: StateContext) -> tuple[State, dict[str, Any]]:
    """Put a file into the sandbox of a workspace that runs, as if its agent had written it."""
    context.only("org_id", "workspace_id", "path", "content")
    workspace, path, content = workspace_named(context), context.text("path"), context.content("content")
    if workspace.status not in RUNNING:
        raise StatusImpossible(f"The workspace is {workspace.status}, so it has no sandbox.")
    if not is_file_path(path) or not _free(sandbox_files(context.state, workspace), path):
        raise ValidationFailed(fields={"params.path": "No file in the sandbox can have this path."})
    file = file_at(path, blob(content), in_milliseconds(context.now))
    return written(context.state, workspace.id, path, file), {}


def _free(files: Files, path: str) -> bool:
    """Whether a file can be written here: this is no folder, none that it is in is a file, and no pack is there."""
    folders = set(folders_of(path))
    is_folder = any(there.startswith(f"{path}/") for there in files)
    return not is_folder and folders.isdisjoint(files) and PACKS_FOLDER not in {path, *folders}


def leave_file(context: StateContext) -> State:
    """Leave the file where it is, as one that an agent has written."""
    return context.state
