"""Serve the files of workspaces: those of a sandbox, and those of a snapshot."""

from __future__ import annotations

from sqlalchemy.orm import Session
from starlette.responses import Response

from examples.third_server.calls import Call, reply
from examples.third_server.database import Snapshot, Tree, Workspace, read_blob
from examples.third_server.errors import ApiError
from examples.third_server.lifecycle import require_agent
from examples.third_server.operations import operation
from examples.third_server.trees import parse_path, send_download, show_entries, show_entry
from examples.third_server.workspaces import READ, find_workspace

DEFAULT_BYTES = 524_288
MAX_BYTES = 8_388_608
FOLDERS = ("workspace", "workspace/packs")


def _find_workspace(session: Session, call: Call) -> Workspace:
    """Find the workspace of a path, for a caller who may read it."""
    return find_workspace(session, call.caller, call.path["id"], "workspace:read")


def _find_snapshot(session: Session, call: Call) -> Tree:
    """Return the files of the last snapshot of a workspace."""
    workspace = _find_workspace(session, call)
    if workspace.snapshot_ref is None:
        raise ApiError("snapshot_not_found")
    return session.get_one(Snapshot, workspace.snapshot_ref).files


def _read_text(content: bytes, *, whole: bool) -> str | None:
    """Read the beginning of a file as text, less a character that was cut."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        cut = error.reason == "unexpected end of data" and len(content) - error.start < 4
        if whole or not cut:
            return None
        return content[: error.start].decode("utf-8")


@operation("sandbox.list_files", "GET", "/workspaces/{id}/sandbox/files", READ)
def list_sandbox_files(call: Call) -> Response:
    """List the files and folders of a workspace that runs."""
    with call.reading() as session:
        workspace = _find_workspace(session, call)
        require_agent(workspace, without_body=True)
        entries = show_entries(session, workspace.files, workspace.mounts, FOLDERS, workspace.created_at)
        return reply({"entries": entries})


@operation("sandbox.download", "GET", "/workspaces/{id}/sandbox/download/{path}", READ)
def download_sandbox_file(call: Call) -> Response:
    """Send one file of a workspace that runs."""
    path = parse_path(call.path["path"])
    with call.reading() as session:
        workspace = _find_workspace(session, call)
        require_agent(workspace)
        entry = workspace.files.get(path) or workspace.mounts.get(path)
        if entry is None:
            raise ApiError("file_not_found")
        return send_download(path, read_blob(session, entry[0]))


@operation("snapshots.list_files", "GET", "/workspaces/{id}/snapshot/files", READ)
def list_snapshot_files(call: Call) -> Response:
    """List the files and folders of the last snapshot of a workspace."""
    with call.reading() as session:
        files = _find_snapshot(session, call)
        return reply({"entries": show_entries(session, files, {}, (), 0)})


@operation(
    "snapshots.read_file",
    "GET",
    "/workspaces/{id}/snapshot/files/{path}",
    READ,
    query=("max_bytes",),
)
def read_snapshot_file(call: Call) -> Response:
    """Show the beginning of one file of a snapshot as text."""
    path = parse_path(call.path["path"])
    limit = call.number("max_bytes", 1, MAX_BYTES) or DEFAULT_BYTES
    with call.reading() as session:
        files = _find_snapshot(session, call)
        if path not in files:
            raise ApiError("file_not_found")
        content = read_blob(session, files[path][0])
        truncated = len(content) > limit
        shown = {
            "entry": show_entry(session, path, files[path], readonly=False),
            "content": _read_text(content[:limit], whole=not truncated),
            "truncated": truncated,
        }
        return reply(shown)


@operation("snapshots.download", "GET", "/workspaces/{id}/snapshot/download/{path}", READ)
def download_snapshot_file(call: Call) -> Response:
    """Send one file of a snapshot."""
    path = parse_path(call.path["path"])
    with call.reading() as session:
        files = _find_snapshot(session, call)
        if path not in files:
            raise ApiError("file_not_found")
        return send_download(path, read_blob(session, files[path][0]))
