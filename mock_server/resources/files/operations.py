"""Files of workspaces: list, read as text, download; of the last snapshot, or of the sandbox while it runs.

What each promises stands in openapi.yaml, in the rules of the clauses sandbox, snapshots, downloads and agent.
"""

from __future__ import annotations

from collections.abc import Iterator

from mock_server.errors import FileNotFound, SnapshotNotFound
from mock_server.operation import Reply, Request, operation
from mock_server.resources.files.entries import Listed, attachment, entries, text_of
from mock_server.resources.files.mounts import mounts_by_name
from mock_server.resources.files.sandbox import sandbox_files, snapshot_files
from mock_server.resources.files.tree import PACKS_FOLDER, Files
from mock_server.resources.workspaces.access import find, require_reachable, unreachable
from mock_server.resources.workspaces.workspace import Workspace
from mock_server.state.state import State

_BYTES = "application/octet-stream"


@operation("snapshots.list_files")
def list_snapshot(state: State, request: Request) -> tuple[State, Reply]:
    """Return every file and folder of the snapshot, by path."""
    return state, Reply(200, {"entries": entries(_written(_snapshot(state, request)))})


@operation("snapshots.read_file")
def read_in_snapshot(state: State, request: Request) -> tuple[State, Reply]:
    """Return the beginning of one file as text, and what the list shows of it."""
    found, most = _there(_one(_snapshot(state, request), request.path["path"])), request.query["max_bytes"]
    shown = {"entry": found.entry(), "content": text_of(found.data, most), "truncated": len(found.data) > most}
    return state, Reply(200, shown)


@operation("snapshots.download")
def download_of_snapshot(state: State, request: Request) -> tuple[State, Reply]:
    """Return the bytes of one file, to be saved."""
    return state, _download(_there(_one(_snapshot(state, request), request.path["path"])))


@operation("sandbox.list_files")
def list_sandbox(state: State, request: Request) -> tuple[State, Reply]:
    """Return every file and folder of the sandbox, by path; what is refused has no body."""
    workspace = find(state, request)
    refusal = unreachable(workspace)
    if refusal is not None:
        return state, Reply(refusal.status, b"", media_type="")
    return state, Reply(200, {"entries": entries(_in_sandbox(state, workspace))})


@operation("sandbox.download")
def download_of_sandbox(state: State, request: Request) -> tuple[State, Reply]:
    """Return the bytes of one file, to be saved."""
    workspace = find(state, request)
    require_reachable(workspace)
    path = request.path["path"]
    return state, _download(_there(_one(sandbox_files(state, workspace), path) or _mounted(state, workspace, path)))


def _snapshot(state: State, request: Request) -> Files:
    files = snapshot_files(state, find(state, request))
    if files is None:
        raise SnapshotNotFound("The workspace has no snapshot.")
    return files


def _written(files: Files) -> Iterator[Listed]:
    return (Listed(path, file.content.data, file.written_at) for path, file in files.items())


def _one(files: Files, path: str) -> Listed | None:
    file = files.get(path)
    return None if file is None else Listed(path, file.content.data, file.written_at)


def _in_sandbox(state: State, workspace: Workspace) -> Iterator[Listed]:
    yield from _written(sandbox_files(state, workspace))
    for name, mount in mounts_by_name(state, workspace.id).items():
        folder = f"{PACKS_FOLDER}/{name}"
        for path, content in mount.image.files.items():
            yield Listed(f"{folder}/{path}", content.data, mount.mounted_at, folder)


def _mounted(state: State, workspace: Workspace, path: str) -> Listed | None:
    """The file of a pack in the sandbox."""
    name, _, inside = path.removeprefix(f"{PACKS_FOLDER}/").partition("/")
    mount = mounts_by_name(state, workspace.id).get(name) if path.startswith(f"{PACKS_FOLDER}/") else None
    content = None if mount is None else mount.image.files.get(inside)
    if mount is None or content is None:
        return None
    return Listed(path, content.data, mount.mounted_at, f"{PACKS_FOLDER}/{name}")


def _there(found: Listed | None) -> Listed:
    if found is None:
        raise FileNotFound("There is no file of this path.")
    return found


def _download(found: Listed) -> Reply:
    return Reply(200, found.data, _BYTES, (attachment(found.path),))
