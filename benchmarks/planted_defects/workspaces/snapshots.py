"""Defects in what a snapshot has, and in how its files are read as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.planted_defects.planting import workspaces as ws
from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.files import FILE, bring, make, make_unreachable, paths, put
from benchmarks.planted_defects.planting.mistakes import answers, confuses, edits, without, wrongly
from benchmarks.planted_defects.planting.runs import again, asked, unchanged
from benchmarks.planted_defects.scene import Scene, read_status
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.deviation import Plan
from mock_server.deviations.planting.wrong_operations import Outcome, Run, wrong_reply
from mock_server.resources.workspaces.files.sandbox import read_sandbox_files, with_snapshot
from mock_server.resources.workspaces.files.tree import FILE_SNAPSHOTS, WorkspaceFiles
from mock_server.resources.workspaces.workspace import WORKSPACES
from mock_server.state.value import replace

defect = Declarer(__name__)

View = Mapping[str, Any]
NONE, WIDE = "404 snapshot_not_found", "a→b".encode()
REF, ERROR = "snapshot_ref", "last_snapshot_error"


def _reads(change: Callable[[bytes, int, View], View]) -> Plan:
    """Plan that a file is read otherwise: the function makes what is shown of its bytes, the limit and the view."""

    def changed(body: View, run: Run) -> View:
        kept = run.state.get(FILE_SNAPSHOTS, run.request.path["id"])
        file = None if kept is None else kept.files.get(run.request.path["path"])
        return body if file is None else change(file.content.data, run.request.query["max_bytes"], body)

    return wrong_reply.make_plan(changed)


def _reads_text(change: Callable[[bytes, int, str], str]) -> Plan:
    """Plan that the content of a file that is text is another."""
    return _reads(
        lambda data, most, body: (
            body if body["content"] is None else {**body, "content": change(data, most, body["content"])}
        )
    )


def _reads_binary(change: Callable[[bytes], str | None]) -> Plan:
    """Plan that a file that is no text has a content: what is made of its bytes up to the limit."""
    return _reads(
        lambda data, most, body: {**body, "content": change(data[:most])} if body["content"] is None else body
    )


def _text(data: bytes) -> str | None:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def listed(scene: Scene) -> str:
    """Return what the list of a snapshot answers of a workspace that has none."""
    return read_status(scene.get(f"/workspaces/{make(scene)}/snapshot/files"))


def listed_of_sandbox(scene: Scene) -> bool:
    """Return whether the list of a snapshot that there is none of has a file of the sandbox."""
    answer = scene.get(f"/workspaces/{make(scene, content=b'1')}/snapshot/files")
    return answer.is_success and FILE in {each["path"] for each in answer.json()["entries"]}


def read(scene: Scene, content: bytes, query: str = "") -> tuple[Any, bool]:
    """Return what is read of a file with this content."""
    workspace_id = make(scene, "stopped", content=content)
    body = scene.get(f"/workspaces/{workspace_id}/snapshot/files/{FILE}{query}").json()
    return body["content"], body["truncated"]


def lost(scene: Scene) -> list[bool]:
    """Return whether a workspace whose agent nobody reached at its stop shows a reference, and an error."""
    workspace_id = make_unreachable(scene)
    bring(scene, workspace_id, "stopped")
    found = scene.get(f"/workspaces/{workspace_id}").json()
    return [each in found for each in (REF, ERROR)]


def later_file(scene: Scene) -> bool:
    """Return whether a snapshot has a file that the sandbox got later."""
    workspace_id = make(scene, "stopped", "idle", content=b"1")
    put(scene, workspace_id, b"2", "workspace/later")
    return "workspace/later" in paths(scene, f"{workspace_id}/snapshot")


def file_of_another_fork(scene: Scene) -> bool:
    parent, forks = make(scene), []
    for number in range(2):
        answer = scene.ask("POST", f"/workspaces/{parent}/fork", json={"fork_point_task_count": 0})
        forks.append(str(answer.json()["workspace_id"]))
        bring(scene, forks[-1], "idle")
        put(scene, forks[-1], b"1", f"workspace/{number}")
        bring(scene, forks[-1], "stopped")
    return "workspace/1" in paths(scene, f"{forks[0]}/snapshot")


def same_ref(scene: Scene) -> bool:
    """Return whether a second snapshot of a workspace has the reference of the first."""
    workspace_id, refs = make(scene, "stopped", content=b"1"), set()
    for statuses in ((), ("idle", "stopped")):
        bring(scene, workspace_id, *statuses)
        refs.add(scene.get(f"/workspaces/{workspace_id}").json()[REF])
    return len(refs) == 1


defect("snapshots-ref-of-workspace", "SNAPSHOT-FIXED", on=ids.GET_WORKSPACE)(
    "Every snapshot of a workspace has the same snapshot_ref.",
    edits(lambda body: {**body, REF: f"snap_{body['id']}"} if REF in body else body),
    shown(False, True, same_ref),
)
defect("snapshots-ref-beside-error", "SNAPSHOT-ERROR", on=ids.GET_WORKSPACE)(
    "A workspace of which no snapshot could be taken shows a snapshot_ref all the same.",
    edits(lambda body: {**body, REF: f"snap_{body['id']}"} if ERROR in body else body),
    shown([False, True], [True, True], lost),
)
defect("snapshots-error-untold", "SNAPSHOT-ERROR", on=ids.GET_WORKSPACE)(
    "A workspace of which no snapshot could be taken does not say so.",
    edits(lambda body: without(body, ERROR)),
    shown([False, True], [False, False], lost),
)
defect("snapshots-none-is-empty", "SNAPSHOT-NONE", on=ids.LIST_SNAPSHOT)(
    "The files of a workspace that was never stopped are an empty list in place of a 404.",
    answers(errors.SnapshotNotFound, 200, {"entries": []}),
    shown(NONE, "200", listed),
)
defect("snapshots-none-is-no-workspace", "SNAPSHOT-NONE", on=ids.ON_SNAPSHOT)(
    "A workspace without a snapshot is a workspace_not_found.",
    confuses(errors.SnapshotNotFound, ws.NOT_FOUND),
    shown(NONE, ws.MISSING, listed),
)
defect("snapshots-truncated-at-limit", "SNAPSHOT-MAX-BYTES", on=ids.READ_IN_SNAPSHOT)(
    "A file that is exactly as long as max_bytes counts as truncated.",
    _reads(lambda data, most, body: {**body, "truncated": len(data) >= most}),
    shown(("ab", False), ("ab", True), read, b"ab", "?max_bytes=2"),
)
defect("snapshots-truncated-never", "SNAPSHOT-MAX-BYTES", on=ids.READ_IN_SNAPSHOT)(
    "No file counts as truncated.",
    _reads(lambda _data, _most, body: {**body, "truncated": False}),
    shown(("a", True), ("a", False), read, b"ab", "?max_bytes=1"),
)
defect("snapshots-truncated-text-alone", "SNAPSHOT-MAX-BYTES", on=ids.READ_IN_SNAPSHOT)(
    "Only a file that is text counts as truncated.",
    _reads(lambda _data, _most, body: {**body, "truncated": body["truncated"] and body["content"] is not None}),
    shown((None, True), (None, False), read, b"\xffb", "?max_bytes=1"),
)
defect("snapshots-limit-ignored", "SNAPSHOT-MAX-BYTES", "SNAPSHOT-CONTENT", on=ids.READ_IN_SNAPSHOT)(
    "A text is read as a whole, whatever max_bytes says.",
    _reads_text(lambda data, _most, _text: data.decode(errors="ignore")),
    shown(("a→", True), ("a→b", True), read, WIDE, "?max_bytes=4"),
)
defect("snapshots-larger-default", "SNAPSHOT-MAX-BYTES", on=ids.READ_IN_SNAPSHOT)(
    "Without max_bytes a mebibyte is read.",
    wrongly(lambda run: asked(run, max_bytes=1_048_576) if run.request.query["max_bytes"] == 524_288 else run.done),
    shown(True, False, lambda scene: read(scene, b"x" * 524_289)[1]),
)
defect("snapshots-cut-character-replaced", "SNAPSHOT-CONTENT", on=ids.READ_IN_SNAPSHOT)(
    "A character that max_bytes cuts is shown as a replacement character.",
    _reads_text(lambda data, most, _text: data[:most].decode(errors="replace")),
    shown(("a", True), ("a\ufffd", True), read, WIDE, "?max_bytes=2"),
)
defect("snapshots-cut-character-no-text", "SNAPSHOT-CONTENT", "SNAPSHOT-MAX-BYTES", on=ids.READ_IN_SNAPSHOT)(
    "Where max_bytes cuts a character the content is null.",
    _reads(lambda data, most, body: {**body, "content": _text(data[:most])}),
    shown(("a", True), (None, True), read, WIDE, "?max_bytes=2"),
)
defect("snapshots-binary-as-text", "SNAPSHOT-CONTENT", on=ids.READ_IN_SNAPSHOT)(
    "What is no UTF-8 is shown as text in Latin-1.",
    _reads_binary(lambda data: data.decode("latin-1")),
    shown((None, False), ("aÿ", False), read, b"a\xff"),
)
defect("snapshots-binary-half-read", "SNAPSHOT-CONTENT", on=ids.READ_IN_SNAPSHOT)(
    "Of what is no UTF-8 the characters that can be read are shown.",
    _reads_binary(lambda data: data.decode(errors="ignore")),
    shown((None, False), ("ab", False), read, b"a\xffb"),
)
defect("snapshots-nul-is-binary", "SNAPSHOT-CONTENT", on=ids.READ_IN_SNAPSHOT)(
    "A text that has a NUL is null.",
    _reads(lambda data, most, body: {**body, "content": None} if b"\0" in data[:most] else body),
    shown(("a\0", False), (None, False), read, b"a\0"),
)
defect("snapshots-empty-is-binary", "SNAPSHOT-CONTENT", on=ids.READ_IN_SNAPSHOT)(
    "The content of an empty file is null.",
    _reads(lambda _data, _most, body: {**body, "content": body["content"] or None}),
    shown(("", False), (None, False), read, b""),
)
defect("snapshots-byte-order-mark-lost", "SNAPSHOT-CONTENT", on=ids.READ_IN_SNAPSHOT)(
    "A text is read without its byte order mark.",
    _reads_text(lambda _data, _most, text: text.removeprefix("\ufeff")),
    shown(("\ufeffa", False), ("a", False), read, "\ufeffa".encode()),
)
defect("snapshots-line-ends-tidied", "SNAPSHOT-CONTENT", on=ids.READ_IN_SNAPSHOT)(
    "A text is read with the line ends of another system.",
    _reads_text(lambda _data, _most, text: text.replace("\r\n", "\n")),
    shown(("a\r\n", False), ("a\n", False), read, b"a\r\n"),
)


@defect("snapshots-none-is-the-sandbox", "SNAPSHOT-NONE", on=ids.ON_SNAPSHOT).grants(errors.SnapshotNotFound)
@shown(False, True, listed_of_sandbox)
def sandbox_as_snapshot(run: Run) -> Outcome:
    """A workspace that was never stopped shows the files of its sandbox as those of a snapshot."""
    workspace = replace(ws.named(run), snapshot_ref="snap_none")
    return unchanged(run, again(run, with_snapshot(run.state.put(WORKSPACES, workspace), workspace)))


@defect("snapshots-follow-the-sandbox", "SNAPSHOT-FIXED", on=ids.ON_SNAPSHOT).wrongly
@shown(False, True, later_file)
def follow_the_sandbox(run: Run) -> Outcome:
    """While a workspace runs its snapshot has the files of the sandbox."""
    workspace = run.state.get(WORKSPACES, run.request.path["id"])
    if workspace is None:
        return run.done
    live = WorkspaceFiles(workspace.id, read_sandbox_files(run.state, workspace))
    return unchanged(run, again(run, run.state.put(FILE_SNAPSHOTS, live)))


@defect("forks-share-snapshots", "FORK-FILES", on=ids.ON_SNAPSHOT).wrongly
@shown(False, True, file_of_another_fork)
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
    return unchanged(run, again(run, run.state.put(FILE_SNAPSHOTS, WorkspaceFiles(workspace.id, files))))


@defect("snapshots-limit-in-characters", "SNAPSHOT-MAX-BYTES", "SNAPSHOT-CONTENT", on=ids.READ_IN_SNAPSHOT).plans(
    _reads
)
@shown(("a→", True), ("a→b", False), read, WIDE, "?max_bytes=4")
def limit_in_characters(data: bytes, most: int, body: View) -> View:
    """max_bytes counts characters."""
    text = data.decode(errors="ignore")
    return body if body["content"] is None else {**body, "content": text[:most], "truncated": len(text) > most}


@defect("snapshots-cut-at-end-of-file", "SNAPSHOT-CONTENT", on=ids.READ_IN_SNAPSHOT).plans(_reads)
@shown((None, False), ("a", False), read, WIDE[:2])
def cut_at_end_of_file(data: bytes, most: int, body: View) -> View:
    """A character that the file itself leaves unfinished is left out, too."""
    left = (_text(data[: len(data) - cut]) for cut in range(1, 4))
    text = next((each for each in left if each is not None), None)
    return {**body, "content": text} if body["content"] is None and len(data) <= most and text is not None else body
