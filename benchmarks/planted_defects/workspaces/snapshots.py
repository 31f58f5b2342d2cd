"""Defects in what a snapshot has, and in how its files are read as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.planted_defects.planting.workspaces import named
from mock_server.deviations.planting.deviation import Planter
from mock_server.deviations.planting.ids import GET_WORKSPACE, LIST_SNAPSHOT, ON_SNAPSHOT, READ_IN_SNAPSHOT
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.errors import SnapshotNotFound, missing
from mock_server.operation import Reply
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.files.sandbox import sandbox_files
from mock_server.resources.files.tree import FILE_SNAPSHOTS, WorkspaceFiles
from mock_server.resources.workspaces.workspace import WORKSPACES
from mock_server.state.value import replace

View = Mapping[str, Any]


@wrong_outcome("snapshots-follow-the-sandbox", "SNAPSHOT-FIXED", on=ON_SNAPSHOT)
def follow_the_sandbox(run: Run) -> Outcome:
    """While a workspace runs its snapshot has the files of the sandbox."""
    workspace = run.state.get(WORKSPACES, run.request.path["id"])
    if workspace is None:
        return run.done
    live = WorkspaceFiles(workspace.id, sandbox_files(run.state, workspace))
    _, outcome = run.right(run.state.put(FILE_SNAPSHOTS, live), run.request)
    return run.state, outcome


@wrong_outcome("forks-share-snapshots", "FORK-FILES", on=ON_SNAPSHOT)
def forks_share_snapshots(run: Run) -> Outcome:
    """A snapshot of a fork has the files of those of the other forks of its parent, too."""
    workspace = run.state.get(WORKSPACES, run.request.path["id"])
    kept = run.state.get(FILE_SNAPSHOTS, run.request.path["id"])
    if workspace is None or kept is None or workspace.parent_workspace_id is None:
        return run.done
    files = kept.files
    for other in run.state.all(WORKSPACES).values():
        theirs = run.state.get(FILE_SNAPSHOTS, other.id)
        if other.parent_workspace_id == workspace.parent_workspace_id and theirs is not None:
            files = theirs.files.update(files)
    _, outcome = run.right(run.state.put(FILE_SNAPSHOTS, WorkspaceFiles(workspace.id, files)), run.request)
    return run.state, outcome


@wrong_reply("snapshots-ref-of-workspace", "SNAPSHOT-FIXED", on=GET_WORKSPACE)
def ref_of_workspace(body: View, _run: Run) -> View:
    """Every snapshot of a workspace has the same snapshot_ref."""
    return {**body, "snapshot_ref": f"snap_{body['id']}"} if "snapshot_ref" in body else body


@wrong_reply("snapshots-ref-beside-error", "SNAPSHOT-ERROR", on=GET_WORKSPACE)
def ref_beside_error(body: View, _run: Run) -> View:
    """A workspace of which no snapshot could be taken shows a snapshot_ref all the same."""
    return {**body, "snapshot_ref": f"snap_{body['id']}"} if "last_snapshot_error" in body else body


@wrong_reply("snapshots-error-untold", "SNAPSHOT-ERROR", on=GET_WORKSPACE)
def error_untold(body: View, _run: Run) -> View:
    """A workspace of which no snapshot could be taken does not say so."""
    return {name: value for name, value in body.items() if name != "last_snapshot_error"}


@in_place_of(SnapshotNotFound)("snapshots-none-is-empty", "SNAPSHOT-NONE", on=LIST_SNAPSHOT)
def none_is_empty(run: Run, _refusal: SnapshotNotFound) -> Outcome:
    """The files of a workspace that was never stopped are an empty list in place of a 404."""
    return run.state, Reply(200, {"entries": []})


@in_place_of(SnapshotNotFound)("snapshots-none-is-the-sandbox", "SNAPSHOT-NONE", on=ON_SNAPSHOT)
def none_is_the_sandbox(run: Run, _refusal: SnapshotNotFound) -> Outcome:
    """A workspace that was never stopped shows the files of its sandbox as those of a snapshot."""
    state = run.state.put(WORKSPACES, replace(named(run), snapshot_ref="snap_none"))
    _, outcome = run.right(state, run.request)
    return run.state, outcome


@in_place_of(SnapshotNotFound)("snapshots-none-is-no-workspace", "SNAPSHOT-NONE", on=ON_SNAPSHOT)
def none_is_no_workspace(_run: Run, _refusal: SnapshotNotFound) -> Outcome:
    """A workspace without a snapshot is a workspace_not_found."""
    raise missing("workspace_not_found", "There is no workspace of this id.")


# Files as text

Read = Callable[[bytes, int, View], View]
"""Of the bytes of a file, a limit and what is shown of it rightly: what is shown."""


@Planter
def _wrongly_read(hooks: Hooks, change: Read) -> Hooks:
    """Plant a change of what is shown of a file that is read as text."""

    def shown(body: View, run: Run) -> View:
        data = _data(run)
        return body if data is None else change(data, run.request.query["max_bytes"], body)

    return wrong_reply.plant(hooks, shown)


def _data(run: Run) -> bytes | None:
    """The bytes of the file in the snapshot that the path names; None where there is none."""
    kept = run.state.get(FILE_SNAPSHOTS, run.request.path["id"])
    file = None if kept is None else kept.files.get(run.request.path["path"])
    return None if file is None else file.content.data


@_wrongly_read("snapshots-truncated-at-limit", "SNAPSHOT-MAX-BYTES", on=READ_IN_SNAPSHOT)
def truncated_at_limit(data: bytes, most: int, body: View) -> View:
    """A file that is exactly as long as max_bytes counts as truncated."""
    return {**body, "truncated": len(data) >= most}


@_wrongly_read("snapshots-truncated-never", "SNAPSHOT-MAX-BYTES", on=READ_IN_SNAPSHOT)
def truncated_never(_data: bytes, _most: int, body: View) -> View:
    """No file counts as truncated."""
    return {**body, "truncated": False}


@_wrongly_read("snapshots-truncated-text-alone", "SNAPSHOT-MAX-BYTES", on=READ_IN_SNAPSHOT)
def truncated_text_alone(_data: bytes, _most: int, body: View) -> View:
    """Only a file that is text counts as truncated."""
    return {**body, "truncated": body["truncated"] and body["content"] is not None}


@_wrongly_read("snapshots-limit-in-characters", "SNAPSHOT-MAX-BYTES", "SNAPSHOT-CONTENT", on=READ_IN_SNAPSHOT)
def limit_in_characters(data: bytes, most: int, body: View) -> View:
    """max_bytes counts characters."""
    text = data.decode(errors="ignore")
    return body if body["content"] is None else {**body, "content": text[:most], "truncated": len(text) > most}


@_wrongly_read("snapshots-limit-ignored", "SNAPSHOT-MAX-BYTES", "SNAPSHOT-CONTENT", on=READ_IN_SNAPSHOT)
def limit_ignored(data: bytes, _most: int, body: View) -> View:
    """A text is read as a whole, whatever max_bytes says."""
    return body if body["content"] is None else {**body, "content": data.decode(errors="ignore")}


@wrong_outcome("snapshots-larger-default", "SNAPSHOT-MAX-BYTES", on=READ_IN_SNAPSHOT)
def larger_default(run: Run) -> Outcome:
    """Without max_bytes a mebibyte is read."""
    query = run.request.query
    most = 1_048_576 if query["max_bytes"] == 524_288 else query["max_bytes"]
    return run.right(run.state, run.request._replace(query={**query, "max_bytes": most}))


@_wrongly_read("snapshots-cut-character-replaced", "SNAPSHOT-CONTENT", on=READ_IN_SNAPSHOT)
def cut_character_replaced(data: bytes, most: int, body: View) -> View:
    """A character that max_bytes cuts is shown as a replacement character."""
    return body if body["content"] is None else {**body, "content": data[:most].decode(errors="replace")}


@_wrongly_read("snapshots-cut-character-no-text", "SNAPSHOT-CONTENT", "SNAPSHOT-MAX-BYTES", on=READ_IN_SNAPSHOT)
def cut_character_no_text(data: bytes, most: int, body: View) -> View:
    """Where max_bytes cuts a character the content is null."""
    try:
        return {**body, "content": data[:most].decode()}
    except UnicodeDecodeError:
        return {**body, "content": None}


@_wrongly_read("snapshots-binary-as-text", "SNAPSHOT-CONTENT", on=READ_IN_SNAPSHOT)
def binary_as_text(data: bytes, most: int, body: View) -> View:
    """What is no UTF-8 is shown as text in Latin-1."""
    return {**body, "content": data[:most].decode("latin-1")} if body["content"] is None else body


@_wrongly_read("snapshots-binary-half-read", "SNAPSHOT-CONTENT", on=READ_IN_SNAPSHOT)
def binary_half_read(data: bytes, most: int, body: View) -> View:
    """Of what is no UTF-8 the characters that can be read are shown."""
    return {**body, "content": data[:most].decode(errors="ignore")} if body["content"] is None else body


@_wrongly_read("snapshots-cut-at-end-of-file", "SNAPSHOT-CONTENT", on=READ_IN_SNAPSHOT)
def cut_at_end_of_file(data: bytes, most: int, body: View) -> View:
    """A character that the file itself leaves unfinished is left out, too."""
    left = (data[:most][: len(data[:most]) - cut] for cut in range(1, 4))
    readable = (each for each in left if _is_text(each))
    text = next(readable, None) if body["content"] is None and len(data) <= most else None
    return body if text is None else {**body, "content": text.decode()}


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


@_wrongly_read("snapshots-nul-is-binary", "SNAPSHOT-CONTENT", on=READ_IN_SNAPSHOT)
def nul_is_binary(data: bytes, most: int, body: View) -> View:
    """A text that has a NUL is null."""
    return {**body, "content": None} if b"\0" in data[:most] else body


@_wrongly_read("snapshots-empty-is-binary", "SNAPSHOT-CONTENT", on=READ_IN_SNAPSHOT)
def empty_is_binary(_data: bytes, _most: int, body: View) -> View:
    """The content of an empty file is null."""
    return {**body, "content": body["content"] or None}


@_wrongly_read("snapshots-byte-order-mark-lost", "SNAPSHOT-CONTENT", on=READ_IN_SNAPSHOT)
def byte_order_mark_lost(_data: bytes, _most: int, body: View) -> View:
    """A text is read without its byte order mark."""
    content = body["content"]
    return body if content is None else {**body, "content": content.removeprefix("\ufeff")}


@_wrongly_read("snapshots-line-ends-tidied", "SNAPSHOT-CONTENT", on=READ_IN_SNAPSHOT)
def line_ends_tidied(_data: bytes, _most: int, body: View) -> View:
    """A text is read with the line ends of another system."""
    content = body["content"]
    return body if content is None else {**body, "content": content.replace("\r\n", "\n")}
