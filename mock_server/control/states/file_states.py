"""The provider state that puts a file into a workspace."""

from __future__ import annotations

from typing import Any

from mock_server.control.errors import StatusImpossible
from mock_server.control.states.context import StateContext
from mock_server.control.states.parameters import Text, WorkspaceParams, make_refusal
from mock_server.control.states.workspace_states import workspace_named
from mock_server.resources.audit.event import in_milliseconds
from mock_server.resources.files.sandbox import sandbox_files, written
from mock_server.resources.files.tree import PACKS_FOLDER, Files, file_at, folders_of, is_file_path
from mock_server.resources.workspaces.workspace import RUNNING
from mock_server.state.blobs import blob
from mock_server.state.state import State


class FileParams(WorkspaceParams):
    """The file of a workspace, with its content in base64."""

    path: Text
    content: bytes


def put_file(context: StateContext, params: FileParams) -> tuple[State, dict[str, Any]]:
    """Put a file into the sandbox of a workspace that runs, as if its agent had written it."""
    workspace, path = workspace_named(context, params), params.path
    if workspace.status not in RUNNING:
        raise StatusImpossible(f"The workspace is {workspace.status}, so it has no sandbox.")
    if not is_file_path(path) or not _free(sandbox_files(context.state, workspace), path):
        raise make_refusal("path", "No file in the sandbox can have this path.")
    file = file_at(path, blob(params.content), in_milliseconds(context.now))
    return written(context.state, workspace.id, path, file), {}


def _free(files: Files, path: str) -> bool:
    """Whether a file can be written here: this is no folder, none that it is in is a file, and no pack is there."""
    folders = set(folders_of(path))
    is_folder = any(there.startswith(f"{path}/") for there in files)
    return not is_folder and folders.isdisjoint(files) and PACKS_FOLDER not in {path, *folders}


def leave_file(context: StateContext) -> State:
    """Leave the file where it is, as one that an agent has written."""
    return context.state
