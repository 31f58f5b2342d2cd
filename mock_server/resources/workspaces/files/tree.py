"""The files of workspaces: those of a sandbox while it runs, and those of the snapshot that the last stop took.

Both are persistent maps of the one blob that there is of some bytes, so a snapshot is no copy.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from rpds import HashTrieMap

from mock_server.resources.packs.images import CONTENTS
from mock_server.resources.workspaces.workspace import WORKSPACES
from mock_server.state.blobs import Blob, make_blob
from mock_server.state.clock import parse_moment, write_timestamp
from mock_server.state.collection import Collection, Fixtures
from mock_server.state.records import Lookup, RecordProblem, find_shared
from mock_server.state.state import State
from mock_server.state.value import Value
from mock_server.state.weight import count_room

PACKS_FOLDER = "workspace/packs"
"""The folder in which the packs of the role are mounted."""
README = "workspace/README.md"
_README_TEXT = b"# Workspace\n\nThe agent works here. Packs of its role are in `packs`.\n"


class WorkspaceFile(Value):
    """A file that was written in a sandbox, for a task or for none."""

    content: Blob
    written_at: datetime
    task_id: str | None = None


Files: TypeAlias = "HashTrieMap[str, WorkspaceFile]"
"""Files by their paths, which begin at the root of the sandbox without a slash."""


class WorkspaceFiles(Value):
    """All files of a workspace, but for those of packs."""

    workspace_id: str
    files: Files


_ROOM = 384
"""The bytes that a file takes in a tree beside its path and its content, about."""


def make_file(path: str, content: Blob, at: datetime, task_id: str | None = None) -> WorkspaceFile:
    """Return a file that is to be at a path; it counts for as long as any tree holds it, however small it is."""
    file = WorkspaceFile(content, at, task_id)
    count_room(file, _ROOM + len(path))
    return file


def make_fresh_files(at: datetime) -> Files:
    """Return the files of a sandbox that begins with nothing."""
    return HashTrieMap({README: make_file(README, make_blob(_README_TEXT), at)})


def is_file_path(path: str) -> bool:
    """Whether a path is one that a file can have."""
    return "\0" not in path and all(part not in ("", ".", "..") for part in path.split("/"))


def list_folders(path: str) -> Iterator[str]:
    """Return the folders that a file is in, from the innermost."""
    while path := path.rpartition("/")[0]:
        yield path


def _make_record(tree: WorkspaceFiles) -> Mapping[str, Any]:
    return {path: _make_file_record(file) for path, file in sorted(tree.files.items())}


def _make_file_record(file: WorkspaceFile) -> Mapping[str, Any]:
    told = {"content": file.content.digest.hex(), "written_at": write_timestamp(file.written_at)}
    return told if file.task_id is None else {**told, "task_id": file.task_id}


def _read(workspace_id: str, record: Mapping[str, Any], lookup: Lookup) -> WorkspaceFiles | None:
    files = {path: _read_file(path, each, lookup) for path, each in record.items()}
    there = {path: file for path, file in files.items() if file is not None}
    return WorkspaceFiles(workspace_id, HashTrieMap(there)) if len(there) == len(files) else None


def _read_file(path: str, record: Mapping[str, Any], lookup: Lookup) -> WorkspaceFile | None:
    if not is_file_path(path):
        raise RecordProblem("No file has such a path.", path)
    try:
        content = find_shared(lookup, CONTENTS, record["content"], "content")
        written_at = parse_moment(record["written_at"])
    except RecordProblem as problem:
        raise RecordProblem(str(problem), path, *problem.steps) from problem
    except ValueError as error:
        raise RecordProblem(f"It is not a date-time that can be: {error}.", path, "written_at") from error
    return None if content is None else make_file(path, content, written_at, record.get("task_id"))


_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "additionalProperties": False,
        "required": ["content", "written_at"],
        "properties": {
            "content": {"type": "string", "description": "The SHA-256 of its bytes."},
            "written_at": {"type": "string", "format": "date-time"},
            "task_id": {"type": "string"},
        },
    },
}


class _FileItem(Value):
    """A file of the fixtures: its text, which is repeated, or its bytes as base64."""

    path: str
    text: str | None = None
    base64: str | None = None
    times: int = 1
    task_id: str | None = None


class _FilesItem(Value):
    """The files of a workspace in the fixtures, all of one time; those of a fresh sandbox are there by themselves."""

    workspace_id: str
    written_at: datetime
    files: tuple[_FileItem, ...] = ()


def _make_content(item: _FileItem) -> Blob:
    if (item.text is None) == (item.base64 is None):
        raise ValueError(f"files: {item.path} has either a text or base64")
    data = base64.b64decode(item.base64 or "", validate=True) if item.text is None else item.text.encode()
    return make_blob(data * item.times)


def _declare_collection(name: str, noun: str, description: str) -> Collection[WorkspaceFiles]:
    def add(state: State, item: _FilesItem) -> State:
        files = make_fresh_files(item.written_at)
        for each in item.files:
            files = files.insert(each.path, make_file(each.path, _make_content(each), item.written_at, each.task_id))
        return state.put(found, WorkspaceFiles(item.workspace_id, files))

    found: Collection[WorkspaceFiles] = Collection(
        WorkspaceFiles,
        name,
        key=("workspace_id",),
        noun=noun,
        description=description,
        refers={"workspace_id": WORKSPACES},
        holds_content=True,
        own_record=_make_record,
        own_read=_read,
        record_schema=_SCHEMA,
        shares=CONTENTS,
        parts=_list_contents,
        fixtures=Fixtures(item=_FilesItem, key=("workspace_id",), add=add),
    )
    return found


def _list_contents(tree: WorkspaceFiles) -> Iterable[Blob]:
    return (file.content for file in tree.files.values())


SANDBOXES = _declare_collection("sandboxes", "sandbox", "By workspace, then by path: the files of each that runs.")
FILE_SNAPSHOTS = _declare_collection(
    "file_snapshots", "file_snapshot", "By workspace, then by path: the files at the last stop of each."
)
