"""Defects in what a snapshot has, and in how its files are read as text."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.workspaces import named
from benchmarks.planted_defects.scene import Scene, said
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.deviation import Planter
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.operation import Reply
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.files.sandbox import sandbox_files
from mock_server.resources.files.tree import FILE_SNAPSHOTS, WorkspaceFiles
from mock_server.resources.workspaces.workspace import WORKSPACES
from mock_server.state.value import replace

defect = Declarer(__name__)

View = Mapping[str, Any]


FILE, NONE = "workspace/a.txt", "404 snapshot_not_found"
MISSING = "404 workspace_not_found"
WIDE = "a→b".encode()


def made(scene: Scene) -> str:
    params = {"org_id": "org_acme", "role_id": "role_acme_spare", "status": "idle"}
    return str(scene.state("workspace exists", **params)["workspace_id"])


def put(scene: Scene, workspace_id: str, content: bytes, path: str = FILE) -> None:
    encoded = base64.b64encode(content).decode()
    scene.state("workspace has file", org_id="org_acme", workspace_id=workspace_id, path=path, content=encoded)


def brought(scene: Scene, workspace_id: str, status: str) -> None:
    scene.state("workspace is", org_id="org_acme", workspace_id=workspace_id, status=status)


def kept(scene: Scene, content: bytes) -> str:
    """A workspace that was stopped with a file."""
    workspace_id = made(scene)
    put(scene, workspace_id, content)
    brought(scene, workspace_id, "stopped")
    return workspace_id


def described(scene: Scene, workspace_id: str) -> dict[str, Any]:
    found: dict[str, Any] = scene.get(f"/workspaces/{workspace_id}").json()
    return found


def listed(scene: Scene, workspace_id: str) -> Any:
    return scene.get(f"/workspaces/{workspace_id}/snapshot/files")


def read(scene: Scene, content: bytes, query: str = "") -> tuple[Any, bool]:
    """What is read of a file with this content."""
    body = scene.get(f"/workspaces/{kept(scene, content)}/snapshot/files/{FILE}{query}").json()
    return body["content"], body["truncated"]


def lost(scene: Scene) -> list[bool]:
    """Whether a workspace whose agent nobody reached at its stop shows a reference, and an error."""
    workspace_id = made(scene)
    scene.state("agent is unreachable", org_id="org_acme", workspace_id=workspace_id)
    brought(scene, workspace_id, "stopped")
    return [each in described(scene, workspace_id) for each in ("snapshot_ref", "last_snapshot_error")]


def show_follow_the_sandbox(scene: Scene) -> bool:
    workspace_id = kept(scene, b"1")
    brought(scene, workspace_id, "idle")
    put(scene, workspace_id, b"2", "workspace/later")
    return "workspace/later" in [each["path"] for each in listed(scene, workspace_id).json()["entries"]]


@defect("snapshots-follow-the-sandbox", "SNAPSHOT-FIXED", on=ids.ON_SNAPSHOT).by(wrong_outcome)
@shown(False, True, show_follow_the_sandbox)
def follow_the_sandbox(run: Run) -> Outcome:
    """While a workspace runs its snapshot has the files of the sandbox."""
    workspace = run.state.get(WORKSPACES, run.request.path["id"])
    if workspace is None:
        return run.done
    live = WorkspaceFiles(workspace.id, sandbox_files(run.state, workspace))
    _, outcome = run.right(run.state.put(FILE_SNAPSHOTS, live), run.request)
    return run.state, outcome


def show_forks_share_snapshots(scene: Scene) -> bool:
    parent, forks = made(scene), []
    for number in range(2):
        answer = scene.ask("POST", f"/workspaces/{parent}/fork", json={"fork_point_task_count": 0})
        forks.append(str(answer.json()["workspace_id"]))
        brought(scene, forks[-1], "idle")
        put(scene, forks[-1], b"1", f"workspace/{number}")
        brought(scene, forks[-1], "stopped")
    return "workspace/1" in [each["path"] for each in listed(scene, forks[0]).json()["entries"]]


@defect("forks-share-snapshots", "FORK-FILES", on=ids.ON_SNAPSHOT).by(wrong_outcome)
@shown(False, True, show_forks_share_snapshots)
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


def show_ref_of_workspace(scene: Scene) -> bool:
    workspace_id = kept(scene, b"1")
    first = described(scene, workspace_id)["snapshot_ref"]
    brought(scene, workspace_id, "idle")
    brought(scene, workspace_id, "stopped")
    return bool(described(scene, workspace_id)["snapshot_ref"] == first)


defect("snapshots-ref-of-workspace", "SNAPSHOT-FIXED", on=ids.GET_WORKSPACE)(
    "Every snapshot of a workspace has the same snapshot_ref.",
    wrong_reply.of(
        lambda body, _run: {**body, "snapshot_ref": f"snap_{body['id']}"} if "snapshot_ref" in body else body
    ),
    shown(False, True, show_ref_of_workspace),
)
defect("snapshots-ref-beside-error", "SNAPSHOT-ERROR", on=ids.GET_WORKSPACE)(
    "A workspace of which no snapshot could be taken shows a snapshot_ref all the same.",
    wrong_reply.of(
        lambda body, _run: {**body, "snapshot_ref": f"snap_{body['id']}"} if "last_snapshot_error" in body else body
    ),
    shown([False, True], [True, True], lost),
)
defect("snapshots-error-untold", "SNAPSHOT-ERROR", on=ids.GET_WORKSPACE)(
    "A workspace of which no snapshot could be taken does not say so.",
    wrong_reply.of(lambda body, _run: {name: value for name, value in body.items() if name != "last_snapshot_error"}),
    shown([False, True], [False, False], lost),
)
defect("snapshots-none-is-empty", "SNAPSHOT-NONE", on=ids.LIST_SNAPSHOT)(
    "The files of a workspace that was never stopped are an empty list in place of a 404.",
    in_place_of(errors.SnapshotNotFound).of(lambda run, _refusal: (run.state, Reply(200, {"entries": []}))),
    shown(NONE, "200", lambda scene: said(listed(scene, made(scene)))),
)


@defect("snapshots-none-is-the-sandbox", "SNAPSHOT-NONE", on=ids.ON_SNAPSHOT).by(in_place_of(errors.SnapshotNotFound))
@shown(NONE, "200", lambda scene: said(listed(scene, made(scene))))
def none_is_the_sandbox(run: Run, _refusal: errors.SnapshotNotFound) -> Outcome:
    """A workspace that was never stopped shows the files of its sandbox as those of a snapshot."""
    state = run.state.put(WORKSPACES, replace(named(run), snapshot_ref="snap_none"))
    _, outcome = run.right(state, run.request)
    return run.state, outcome


@defect("snapshots-none-is-no-workspace", "SNAPSHOT-NONE", on=ids.ON_SNAPSHOT).by(in_place_of(errors.SnapshotNotFound))
@shown(NONE, MISSING, lambda scene: said(listed(scene, made(scene))))
def none_is_no_workspace(_run: Run, _refusal: errors.SnapshotNotFound) -> Outcome:
    """A workspace without a snapshot is a workspace_not_found."""
    raise errors.WorkspaceNotFound("There is no workspace of this id.")


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


defect("snapshots-truncated-at-limit", "SNAPSHOT-MAX-BYTES", on=ids.READ_IN_SNAPSHOT)(
    "A file that is exactly as long as max_bytes counts as truncated.",
    _wrongly_read.of(lambda data, most, body: {**body, "truncated": len(data) >= most}),
    shown(("ab", False), ("ab", True), read, b"ab", "?max_bytes=2"),
)
defect("snapshots-truncated-never", "SNAPSHOT-MAX-BYTES", on=ids.READ_IN_SNAPSHOT)(
    "No file counts as truncated.",
    _wrongly_read.of(lambda _data, _most, body: {**body, "truncated": False}),
    shown(("a", True), ("a", False), read, b"ab", "?max_bytes=1"),
)
defect("snapshots-truncated-text-alone", "SNAPSHOT-MAX-BYTES", on=ids.READ_IN_SNAPSHOT)(
    "Only a file that is text counts as truncated.",
    _wrongly_read.of(
        lambda _data, _most, body: {**body, "truncated": body["truncated"] and body["content"] is not None}
    ),
    shown((None, True), (None, False), read, b"\xffb", "?max_bytes=1"),
)


@defect("snapshots-limit-in-characters", "SNAPSHOT-MAX-BYTES", "SNAPSHOT-CONTENT", on=ids.READ_IN_SNAPSHOT).by(
    _wrongly_read
)
@shown(("a→", True), ("a→b", False), read, WIDE, "?max_bytes=4")
def limit_in_characters(data: bytes, most: int, body: View) -> View:
    """max_bytes counts characters."""
    text = data.decode(errors="ignore")
    return body if body["content"] is None else {**body, "content": text[:most], "truncated": len(text) > most}


defect("snapshots-limit-ignored", "SNAPSHOT-MAX-BYTES", "SNAPSHOT-CONTENT", on=ids.READ_IN_SNAPSHOT)(
    "A text is read as a whole, whatever max_bytes says.",
    _wrongly_read.of(
        lambda data, _most, body: body if body["content"] is None else {**body, "content": data.decode(errors="ignore")}
    ),
    shown(("a→", True), ("a→b", True), read, WIDE, "?max_bytes=4"),
)


@defect("snapshots-larger-default", "SNAPSHOT-MAX-BYTES", on=ids.READ_IN_SNAPSHOT).by(wrong_outcome)
@shown(True, False, lambda scene: read(scene, b"x" * 524_289)[1])
def larger_default(run: Run) -> Outcome:
    """Without max_bytes a mebibyte is read."""
    query = run.request.query
    most = 1_048_576 if query["max_bytes"] == 524_288 else query["max_bytes"]
    return run.right(run.state, run.request._replace(query={**query, "max_bytes": most}))


defect("snapshots-cut-character-replaced", "SNAPSHOT-CONTENT", on=ids.READ_IN_SNAPSHOT)(
    "A character that max_bytes cuts is shown as a replacement character.",
    _wrongly_read.of(
        lambda data, most, body: (
            body if body["content"] is None else {**body, "content": data[:most].decode(errors="replace")}
        )
    ),
    shown(("a", True), ("a\ufffd", True), read, WIDE, "?max_bytes=2"),
)


@defect("snapshots-cut-character-no-text", "SNAPSHOT-CONTENT", "SNAPSHOT-MAX-BYTES", on=ids.READ_IN_SNAPSHOT).by(
    _wrongly_read
)
@shown(("a", True), (None, True), read, WIDE, "?max_bytes=2")
def cut_character_no_text(data: bytes, most: int, body: View) -> View:
    """Where max_bytes cuts a character the content is null."""
    try:
        return {**body, "content": data[:most].decode()}
    except UnicodeDecodeError:
        return {**body, "content": None}


defect("snapshots-binary-as-text", "SNAPSHOT-CONTENT", on=ids.READ_IN_SNAPSHOT)(
    "What is no UTF-8 is shown as text in Latin-1.",
    _wrongly_read.of(
        lambda data, most, body: {**body, "content": data[:most].decode("latin-1")} if body["content"] is None else body
    ),
    shown((None, False), ("aÿ", False), read, b"a\xff"),
)
defect("snapshots-binary-half-read", "SNAPSHOT-CONTENT", on=ids.READ_IN_SNAPSHOT)(
    "Of what is no UTF-8 the characters that can be read are shown.",
    _wrongly_read.of(
        lambda data, most, body: (
            {**body, "content": data[:most].decode(errors="ignore")} if body["content"] is None else body
        )
    ),
    shown((None, False), ("ab", False), read, b"a\xffb"),
)


@defect("snapshots-cut-at-end-of-file", "SNAPSHOT-CONTENT", on=ids.READ_IN_SNAPSHOT).by(_wrongly_read)
@shown((None, False), ("a", False), read, WIDE[:2])
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


defect("snapshots-nul-is-binary", "SNAPSHOT-CONTENT", on=ids.READ_IN_SNAPSHOT)(
    "A text that has a NUL is null.",
    _wrongly_read.of(lambda data, most, body: {**body, "content": None} if b"\0" in data[:most] else body),
    shown(("a\0", False), (None, False), read, b"a\0"),
)
defect("snapshots-empty-is-binary", "SNAPSHOT-CONTENT", on=ids.READ_IN_SNAPSHOT)(
    "The content of an empty file is null.",
    _wrongly_read.of(lambda _data, _most, body: {**body, "content": body["content"] or None}),
    shown(("", False), (None, False), read, b""),
)
defect("snapshots-byte-order-mark-lost", "SNAPSHOT-CONTENT", on=ids.READ_IN_SNAPSHOT)(
    "A text is read without its byte order mark.",
    _wrongly_read.of(
        lambda _data, _most, body: (
            body if body["content"] is None else {**body, "content": body["content"].removeprefix("\ufeff")}
        )
    ),
    shown(("\ufeffa", False), ("a", False), read, "\ufeffa".encode()),
)
defect("snapshots-line-ends-tidied", "SNAPSHOT-CONTENT", on=ids.READ_IN_SNAPSHOT)(
    "A text is read with the line ends of another system.",
    _wrongly_read.of(
        lambda _data, _most, body: (
            body if body["content"] is None else {**body, "content": body["content"].replace("\r\n", "\n")}
        )
    ),
    shown(("a\r\n", False), ("a\n", False), read, b"a\r\n"),
)
