"""Files of workspaces: list, read as text, download; of the last snapshot, or of the sandbox while it runs.

What each promises stands in openapi.yaml, in the rules of the clauses sandbox, snapshots, downloads and agent.
"""

from __future__ import annotations

from collections.abc import Iterator

from mock_server.errors import FileNotFound, SnapshotNotFound
from mock_server.operation import Reply, Request, operation
from mock_server.resources.workspaces.access import find_agent_refusal, find_visible_workspace, require_reachable
from mock_server.resources.workspaces.files.entries import Listed, decode_start, make_attachment_header, show_tree
from mock_server.resources.workspaces.files.mounts import find_mounts_by_name
from mock_server.resources.workspaces.files.sandbox import read_sandbox_files, read_snapshot_files
from mock_server.resources.workspaces.files.tree import PACKS_FOLDER, Files
from mock_server.resources.workspaces.workspace import Workspace
from mock_server.state.state import State

_BYTES = "application/octet-stream"


@operation("snapshots.list_files")
def list_snapshot(state: State, request: Request) -> tuple[State, Reply]:
    """Return every file and folder of the snapshot, by path."""
    return state, Reply(200, {"entries": show_tree(_list_written(_require_snapshot(state, request)))})


@operation("snapshots.read_file")
def read_in_snapshot(state: State, request: Request) -> tuple[State, Reply]:
    """Return the beginning of one file as text, and what the list shows of it."""
    found, most = (
        _require_listed(_find_one(_require_snapshot(state, request), request.path["path"])),
        request.query["max_bytes"],
    )
    shown = {"entry": found.show(), "content": decode_start(found.data, most), "truncated": len(found.data) > most}
    return state, Reply(200, shown)


@operation("snapshots.download")
def download_from_snapshot(state: State, request: Request) -> tuple[State, Reply]:
    """Return the bytes of one file, to be saved."""
    return state, _make_download(_require_listed(_find_one(_require_snapshot(state, request), request.path["path"])))


@operation("sandbox.list_files")
def list_sandbox(state: State, request: Request) -> tuple[State, Reply]:
    """Return every file and folder of the sandbox, by path; what is refused has no body."""
    workspace = find_visible_workspace(state, request)
    refusal = find_agent_refusal(workspace)
    if refusal is not None:
        return state, Reply(refusal.status, b"", media_type="")
    return state, Reply(200, {"entries": show_tree(_list_sandbox_files(state, workspace))})


@operation("sandbox.download")
def download_from_sandbox(state: State, request: Request) -> tuple[State, Reply]:
    """Return the bytes of one file, to be saved."""
    workspace = find_visible_workspace(state, request)
    require_reachable(workspace)
    path = request.path["path"]
    return state, _make_download(
        _require_listed(_find_one(read_sandbox_files(state, workspace), path) or _find_mounted(state, workspace, path))
    )


def _require_snapshot(state: State, request: Request) -> Files:
    files = read_snapshot_files(state, find_visible_workspace(state, request))
    if files is None:
        raise SnapshotNotFound("The workspace has no snapshot.")
    return files


def _list_written(files: Files) -> Iterator[Listed]:
    return (Listed(path, file.content.data, file.written_at) for path, file in files.items())


def _find_one(files: Files, path: str) -> Listed | None:
    file = files.get(path)
    return None if file is None else Listed(path, file.content.data, file.written_at)


def _list_sandbox_files(state: State, workspace: Workspace) -> Iterator[Listed]:
    yield from _list_written(read_sandbox_files(state, workspace))
    for name, mount in find_mounts_by_name(state, workspace.id).items():
        folder = f"{PACKS_FOLDER}/{name}"
        for path, content in mount.image.files.items():
            yield Listed(f"{folder}/{path}", content.data, mount.mounted_at, folder)


def _find_mounted(state: State, workspace: Workspace, path: str) -> Listed | None:
    """The file of a pack in the sandbox."""
    name, _, inside = path.removeprefix(f"{PACKS_FOLDER}/").partition("/")
    mount = find_mounts_by_name(state, workspace.id).get(name) if path.startswith(f"{PACKS_FOLDER}/") else None
    content = None if mount is None else mount.image.files.get(inside)
    if mount is None or content is None:
        return None
    return Listed(path, content.data, mount.mounted_at, f"{PACKS_FOLDER}/{name}")


def _require_listed(found: Listed | None) -> Listed:
    if found is None:
        raise FileNotFound("There is no file of this path.")
    return found


def _make_download(found: Listed) -> Reply:
    return Reply(200, found.data, _BYTES, (make_attachment_header(found.path),))
