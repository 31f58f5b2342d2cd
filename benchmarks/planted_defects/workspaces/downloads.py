"""Defects in files of sandboxes and snapshots alike: what is listed, downloaded and found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.workspaces import named
from benchmarks.planted_defects.scene import Scene, said
from benchmarks.planted_defects.workspaces.snapshots import FILE, kept, made, put
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.answers import with_header, wrong_answer_to
from mock_server.deviations.planting.deviation import Planter
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_reply
from mock_server.operation import Reply
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.files.sandbox import sandbox_files, snapshot_files
from mock_server.resources.workspaces.access import READ
from mock_server.resources.workspaces.workspace import WORKSPACES
from mock_server.state.value import replace

defect = Declarer(__name__)

Entry = Mapping[str, Any]


LISTS = ids.LIST_SANDBOX + ids.LIST_SNAPSHOT
ONE = ids.DOWNLOADS + ids.READ_IN_SNAPSHOT
_CUT = 524_288


@Planter
def _wrong_entries(hooks: Hooks, change: Callable[[list[Entry]], list[Entry]]) -> Hooks:
    """Plant a change of the entries of a list."""

    def shown(body: Any, _run: Run) -> Any:
        return {"entries": change(body["entries"])} if isinstance(body, dict) else body

    return wrong_reply.plant(hooks, shown)


STOPPED = "/workspaces/ws_acme_stopped/snapshot"
LOGO, LOG = "data/uploads/task_acme_upload/logo.png", "workspace/big.log"
UNKNOWN, HIDDEN = "404 file_not_found", "403 workspace_not_visible"


def entry(scene: Scene, path: str) -> Any:
    """What the list of a snapshot shows of a path."""
    found = scene.get(f"{STOPPED}/files").json()["entries"]
    return next((each for each in found if each["path"] == path), None)


def downloaded(scene: Scene, content: bytes) -> bytes:
    """What is downloaded of a file with this content."""
    workspace_id = made(scene)
    put(scene, workspace_id, content)
    return scene.get(f"/workspaces/{workspace_id}/sandbox/download/{FILE}").content


def asked(scene: Scene, path: str) -> str:
    return said(scene.get(f"{STOPPED}/download/{path}"))


defect("downloads-folders-listed-as-files", "FILES-LISTED", on=LISTS)(
    "Folders are listed as files.",
    _wrong_entries.of(lambda found: [{**each, "is_dir": False} for each in found]),
    shown(True, False, lambda scene: bool(entry(scene, "workspace")["is_dir"])),
)
defect("downloads-paths-without-folder", "FILES-LISTED", on=LISTS)(
    "A file is listed by its name alone.",
    _wrong_entries.of(
        lambda found: [{**each, "path": each["path"].rpartition("/")[2]} for each in found if not each["is_dir"]]
    ),
    shown(True, False, lambda scene: entry(scene, LOG) is not None),
)
defect("downloads-listed-twice", "FILES-LISTED", on=LISTS)(
    "Every file is listed twice.",
    _wrong_entries.of(lambda found: [*found, *(each for each in found if not each["is_dir"])]),
    shown(1, 2, lambda scene: [each["path"] for each in scene.get(f"{STOPPED}/files").json()["entries"]].count(LOG)),
)
defect("downloads-size-in-kibibytes", "FILES-LISTED", on=LISTS)(
    "The size of a file is listed in KiB.",
    _wrong_entries.of(lambda found: [{**each, "size": -(-each["size"] // 1024)} for each in found]),
    shown(69, 1, lambda scene: entry(scene, LOGO)["size"]),
)
defect("downloads-entry-of-what-is-read", "FILES-LISTED", on=ids.READ_IN_SNAPSHOT)(
    "A file that is read shows as its size the characters that were read.",
    wrong_reply.of(lambda body, _run: {**body, "entry": {**body["entry"], "size": len(body["content"] or "")}}),
    shown(69, 0, lambda scene: scene.get(f"{STOPPED}/files/{LOGO}").json()["entry"]["size"]),
)


# Downloads


defect("downloads-cut", "DOWNLOAD-BYTES", on=ids.DOWNLOADS)(
    "A download ends where reading a file as text does by default.",
    wrong_reply.of(lambda body, _run: body[:_CUT]),
    shown(600_000, 524_288, lambda scene: len(scene.get(f"{STOPPED}/download/{LOG}").content)),
)
defect("downloads-line-ends-tidied", "DOWNLOAD-BYTES", on=ids.DOWNLOADS)(
    "A download has the line ends of another system.",
    wrong_reply.of(lambda body, _run: body.replace(b"\r\n", b"\n")),
    shown(b"a\r\n", b"a\n", downloaded, b"a\r\n"),
)
defect("downloads-as-text", "DOWNLOAD-BYTES", "FILES-LISTED", on=ids.DOWNLOADS)(
    "A download has a replacement character in the place of what is no UTF-8.",
    wrong_reply.of(lambda body, _run: body.decode(errors="replace").encode()),
    shown(b"a\xff", "a\ufffd".encode(), downloaded, b"a\xff"),
)
defect("downloads-inline", "DOWNLOAD-BYTES", "CONTRACT-HEADERS", on=ids.DOWNLOADS)(
    "A download is to be shown and not to be saved.",
    wrong_answer_to.of(
        lambda _call, answer: answer if answer.status != 200 else with_header(answer, b"content-disposition", b"inline")
    ),
    shown(
        'attachment; filename="logo.png"',
        "inline",
        lambda scene: scene.get(f"{STOPPED}/download/{LOGO}").headers["content-disposition"],
    ),
)
defect("downloads-typed", "DOWNLOAD-BYTES", "CONTRACT-CONTENT-TYPE", on=ids.DOWNLOADS)(
    "A download has the media type of a text.",
    wrong_answer_to.of(
        lambda _call, answer: (
            answer if answer.status != 200 else with_header(answer, b"content-type", b"text/plain; charset=utf-8")
        )
    ),
    shown(
        "application/octet-stream",
        "text/plain; charset=utf-8",
        lambda scene: scene.get(f"{STOPPED}/download/{LOGO}").headers["content-type"],
    ),
)


# What there is not


def _paths(run: Run) -> list[str]:
    """The paths of the files that a workspace has where the operation looks for them, packs aside."""
    workspace = named(run)
    of_sandbox = run.operation_id in ids.ON_SANDBOX
    files = sandbox_files(run.state, workspace) if of_sandbox else snapshot_files(run.state, workspace)
    return sorted(files or ())


def _at(run: Run, path: str) -> Outcome:
    return run.right(run.state, run.request._replace(path={**run.request.path, "path": path}))


@defect("downloads-folder-is-a-file", "WORKSPACE-FILE-UNKNOWN", on=ONE).by(in_place_of(errors.FileNotFound))
@shown(UNKNOWN, "200", asked, "data/uploads")
def folder_is_a_file(run: Run, refusal: errors.FileNotFound) -> Outcome:
    """For a folder the first file in it is answered."""
    inside = [path for path in _paths(run) if path.startswith(f"{run.request.path['path']}/")]
    if not inside:
        raise refusal
    return _at(run, inside[0])


@defect("downloads-any-case", "WORKSPACE-FILE-UNKNOWN", on=ONE).by(in_place_of(errors.FileNotFound))
@shown(UNKNOWN, "200", asked, LOG.upper())
def any_case(run: Run, refusal: errors.FileNotFound) -> Outcome:
    """A file of a workspace is found by its path without regard to case."""
    wanted = run.request.path["path"].lower()
    alike = [path for path in _paths(run) if path.lower() == wanted]
    if not alike:
        raise refusal
    return _at(run, alike[0])


@defect("downloads-below-a-file", "WORKSPACE-FILE-UNKNOWN", on=ONE).by(in_place_of(errors.FileNotFound))
@shown(UNKNOWN, "200", asked, f"{LOG}/more")
def below_a_file(run: Run, refusal: errors.FileNotFound) -> Outcome:
    """A path that goes on below a file finds the file."""
    above = run.request.path["path"].rpartition("/")[0]
    if above not in _paths(run):
        raise refusal
    return _at(run, above)


defect("downloads-absent-is-empty", "WORKSPACE-FILE-UNKNOWN", on=ids.DOWNLOADS)(
    "What no file has is downloaded as an empty file.",
    in_place_of(errors.FileNotFound).of(
        lambda run, _refusal: (
            run.state,
            Reply(200, b"", "application/octet-stream", (("Content-Disposition", "attachment"),)),
        )
    ),
    shown(UNKNOWN, "200", asked, "workspace/none"),
)


@defect("downloads-absent-without-snapshot", "WORKSPACE-FILE-UNKNOWN", on=ids.ON_SNAPSHOT).by(
    in_place_of(errors.FileNotFound)
)
@shown(UNKNOWN, "404 snapshot_not_found", asked, "workspace/none")
def absent_without_snapshot(_run: Run, _refusal: errors.FileNotFound) -> Outcome:
    """A file that a snapshot lacks is a snapshot_not_found."""
    raise errors.SnapshotNotFound("The workspace has no snapshot.")


# Whose it is


def _with_all(run: Run) -> Outcome:
    """What would come of the request if the caller read the workspaces of everybody in the org."""
    caller = replace(run.request.caller, permissions=(*run.request.caller.permissions, READ))
    return run.right(run.state, run.request._replace(caller=caller))


defect("ownership-sandboxes-of-others-listed", "OWNERSHIP-WORKSPACE-BELOW", on=ids.LIST_SANDBOX)(
    "With workspace:read:own alone the files of every sandbox of the org are listed.",
    in_place_of(errors.WorkspaceNotVisible).of(lambda run, _refusal: _with_all(run)),
    shown(HIDDEN, "200", lambda scene: said(scene.get("/workspaces/ws_01HZ/sandbox/files", "acme-member"))),
)
defect("ownership-files-of-others-downloaded", "OWNERSHIP-WORKSPACE-BELOW", on=ids.DOWNLOADS)(
    "With workspace:read:own alone the files of every workspace of the org are downloaded.",
    in_place_of(errors.WorkspaceNotVisible).of(lambda run, _refusal: _with_all(run)),
    shown(
        HIDDEN,
        "200",
        lambda scene: said(scene.get("/workspaces/ws_01HZ/sandbox/download/workspace/README.md", "acme-member")),
    ),
)
defect("ownership-snapshots-of-others-read", "OWNERSHIP-WORKSPACE-BELOW", on=ids.ON_SNAPSHOT)(
    "With workspace:read:own alone the snapshot of every workspace of the org is read.",
    in_place_of(errors.WorkspaceNotVisible).of(lambda run, _refusal: _with_all(run)),
    shown(
        HIDDEN,
        "200",
        lambda scene: said(scene.get(f"/workspaces/{kept(scene, b'1')}/snapshot/files/{FILE}", "acme-member")),
    ),
)


@defect(
    "ownership-files-of-all-orgs-downloaded",
    "OWNERSHIP-PRIVATE-HIDDEN",
    on=ids.DOWNLOAD_OF_SANDBOX + ids.DOWNLOAD_OF_SNAPSHOT,
).by(in_place_of(errors.WorkspaceNotFound))
@shown(
    "404 workspace_not_found",
    "200",
    lambda scene: said(scene.get("/workspaces/ws_globex_idle/sandbox/download/workspace/README.md")),
)
def files_of_all_orgs_downloaded(run: Run, refusal: errors.WorkspaceNotFound) -> Outcome:
    """The files in a workspace of another org are downloaded."""
    workspace = run.state.get(WORKSPACES, run.request.path["id"])
    if workspace is None:
        raise refusal
    there = replace(run.request.caller, org_id=workspace.org_id, permissions=(READ,))
    return run.right(run.state, run.request._replace(caller=there))
