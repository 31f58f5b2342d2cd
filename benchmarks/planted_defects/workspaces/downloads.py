"""Defects in files of sandboxes and snapshots alike: what is listed, downloaded and found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from benchmarks.planted_defects.planting import workspaces as ws
from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.files import FILE, README, UNKNOWN, edits_entries, make, paths
from benchmarks.planted_defects.planting.mistakes import confuses, edits, grants, sends
from benchmarks.planted_defects.planting.runs import again
from benchmarks.planted_defects.scene import Scene, read_status, send
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.deviation import Plan
from mock_server.deviations.planting.wrong_operations import Outcome, Run
from mock_server.operation import Reply
from mock_server.resources.workspaces.access import READ
from mock_server.resources.workspaces.files.sandbox import read_sandbox_files, read_snapshot_files

defect = Declarer(__name__)

LISTS = ids.LIST_SANDBOX + ids.LIST_SNAPSHOT
ONE = ids.DOWNLOADS + ids.READ_IN_SNAPSHOT
STOPPED, MEMBER = "ws_acme_stopped/snapshot", "acme-member"
LOGO, LOG = "data/uploads/task_acme_upload/logo.png", "workspace/big.log"
_CUT = 524_288
_EMPTY = Reply(200, b"", "application/octet-stream", (("Content-Disposition", "attachment"),))


def _finds(chosen: Callable[[str, str], bool]) -> Plan:
    """Plan that in the place of a path that is not there the first one of some is read, packs aside."""

    def wrong(run: Run) -> Outcome | None:
        of_sandbox, workspace = run.operation_id in ids.ON_SANDBOX, ws.named(run)
        files: Iterable[str] | None
        files = read_sandbox_files(run.state, workspace) if of_sandbox else read_snapshot_files(run.state, workspace)
        found = [path for path in sorted(files or ()) if chosen(path, run.request.path["path"])]
        return again(run, path={**run.request.path, "path": found[0]}) if found else None

    return grants(errors.FileNotFound, wrong)


def entry(scene: Scene, path: str, column: str = "path") -> Any:
    """Return what the list of a snapshot shows of a path."""
    found = scene.get(f"/workspaces/{STOPPED}/files").json()["entries"]
    return next((each[column] for each in found if each["path"] == path), None)


def of_a_stopped_one(scene: Scene) -> str:
    workspace_id = make(scene, "stopped", content=b"1")
    return send(scene, f"/workspaces/{workspace_id}/snapshot/files/{FILE}", MEMBER)


def downloaded(scene: Scene, content: bytes) -> bytes:
    """Return what is downloaded of a file with this content."""
    workspace_id = make(scene, content=content)
    return scene.get(f"/workspaces/{workspace_id}/sandbox/download/{FILE}").content


def download(scene: Scene, path: str) -> Any:
    return scene.get(f"/workspaces/{STOPPED}/download/{path}")


def asked(scene: Scene, path: str) -> str:
    return read_status(download(scene, path))


def header(scene: Scene, name: str) -> str:
    return str(download(scene, LOGO).headers[name])


defect("downloads-folders-listed-as-files", "FILES-LISTED", on=LISTS)(
    "Folders are listed as files.",
    edits_entries(lambda found: [{**each, "is_dir": False} for each in found]),
    shown(True, False, entry, "workspace", "is_dir"),
)
defect("downloads-paths-without-folder", "FILES-LISTED", on=LISTS)(
    "A file is listed by its name alone.",
    edits_entries(lambda found: [{**e, "path": e["path"].rpartition("/")[2]} for e in found if not e["is_dir"]]),
    shown(LOG, None, entry, LOG),
)
defect("downloads-listed-twice", "FILES-LISTED", on=LISTS)(
    "Every file is listed twice.",
    edits_entries(lambda found: [*found, *(each for each in found if not each["is_dir"])]),
    shown(1, 2, lambda scene: paths(scene, STOPPED).count(LOG)),
)
defect("downloads-size-in-kibibytes", "FILES-LISTED", on=LISTS)(
    "The size of a file is listed in KiB.",
    edits_entries(lambda found: [{**each, "size": -(-each["size"] // 1024)} for each in found]),
    shown(69, 1, entry, LOGO, "size"),
)
defect("downloads-entry-of-what-is-read", "FILES-LISTED", on=ids.READ_IN_SNAPSHOT)(
    "A file that is read shows as its size the characters that were read.",
    edits(lambda body: {**body, "entry": {**body["entry"], "size": len(body["content"] or "")}}),
    shown(69, 0, lambda scene: scene.get(f"/workspaces/{STOPPED}/files/{LOGO}").json()["entry"]["size"]),
)
defect("downloads-cut", "DOWNLOAD-BYTES", on=ids.DOWNLOADS)(
    "A download ends where reading a file as text does by default.",
    edits(lambda body: body[:_CUT]),
    shown(600_000, _CUT, lambda scene: len(download(scene, LOG).content)),
)
defect("downloads-line-ends-tidied", "DOWNLOAD-BYTES", on=ids.DOWNLOADS)(
    "A download has the line ends of another system.",
    edits(lambda body: body.replace(b"\r\n", b"\n")),
    shown(b"a\r\n", b"a\n", downloaded, b"a\r\n"),
)
defect("downloads-as-text", "DOWNLOAD-BYTES", "FILES-LISTED", on=ids.DOWNLOADS)(
    "A download has a replacement character in the place of what is no UTF-8.",
    edits(lambda body: body.decode(errors="replace").encode()),
    shown(b"a\xff", "a\ufffd".encode(), downloaded, b"a\xff"),
)
defect("downloads-inline", "DOWNLOAD-BYTES", "CONTRACT-HEADERS", on=ids.DOWNLOADS)(
    "A download is to be shown and not to be saved.",
    sends(200, b"content-disposition", b"inline"),
    shown('attachment; filename="logo.png"', "inline", header, "content-disposition"),
)
defect("downloads-typed", "DOWNLOAD-BYTES", "CONTRACT-CONTENT-TYPE", on=ids.DOWNLOADS)(
    "A download has the media type of a text.",
    sends(200, b"content-type", b"text/plain; charset=utf-8"),
    shown("application/octet-stream", "text/plain; charset=utf-8", header, "content-type"),
)
defect("downloads-folder-is-a-file", "WORKSPACE-FILE-UNKNOWN", on=ONE)(
    "For a folder the first file in it is answered.",
    _finds(lambda path, sent: path.startswith(f"{sent}/")),
    shown(UNKNOWN, "200", asked, "data/uploads"),
)
defect("downloads-any-case", "WORKSPACE-FILE-UNKNOWN", on=ONE)(
    "A file of a workspace is found by its path without regard to case.",
    _finds(lambda path, sent: path.lower() == sent.lower()),
    shown(UNKNOWN, "200", asked, LOG.upper()),
)
defect("downloads-below-a-file", "WORKSPACE-FILE-UNKNOWN", on=ONE)(
    "A path that goes on below a file finds the file.",
    _finds(lambda path, sent: path == sent.rpartition("/")[0]),
    shown(UNKNOWN, "200", asked, f"{LOG}/more"),
)
defect("downloads-absent-is-empty", "WORKSPACE-FILE-UNKNOWN", on=ids.DOWNLOADS)(
    "What no file has is downloaded as an empty file.",
    grants(errors.FileNotFound, lambda run: (run.state, _EMPTY)),
    shown(UNKNOWN, "200", asked, "workspace/none"),
)
defect("downloads-absent-without-snapshot", "WORKSPACE-FILE-UNKNOWN", on=ids.ON_SNAPSHOT)(
    "A file that a snapshot lacks is a snapshot_not_found.",
    confuses(errors.FileNotFound, errors.SnapshotNotFound("The workspace has no snapshot.")),
    shown(UNKNOWN, "404 snapshot_not_found", asked, "workspace/none"),
)
defect("ownership-sandboxes-of-others-listed", "OWNERSHIP-WORKSPACE-BELOW", on=ids.LIST_SANDBOX)(
    "With workspace:read:own alone the files of every sandbox of the org are listed.",
    ws.opens(),
    shown(ws.HIDDEN, "200", send, f"/workspaces/{ws.IDLE}/sandbox/files", MEMBER),
)
defect("ownership-files-of-others-downloaded", "OWNERSHIP-WORKSPACE-BELOW", on=ids.DOWNLOADS)(
    "With workspace:read:own alone the files of every workspace of the org are downloaded.",
    ws.opens(),
    shown(ws.HIDDEN, "200", send, f"/workspaces/{ws.IDLE}/{README}", MEMBER),
)
defect("ownership-snapshots-of-others-read", "OWNERSHIP-WORKSPACE-BELOW", on=ids.ON_SNAPSHOT)(
    "With workspace:read:own alone the snapshot of every workspace of the org is read.",
    ws.opens(),
    shown(ws.HIDDEN, "200", of_a_stopped_one),
)
defect("ownership-files-of-all-orgs-downloaded", "OWNERSHIP-PRIVATE-HIDDEN", on=ids.DOWNLOADS)(
    "The files in a workspace of another org are downloaded.",
    ws.opens_abroad(READ),
    shown(ws.MISSING, "200", send, f"/workspaces/{ws.FOREIGN}/{README}"),
)
