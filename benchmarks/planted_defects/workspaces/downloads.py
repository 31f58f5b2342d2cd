"""Defects in files of sandboxes and snapshots alike: what is listed, downloaded and found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.planted_defects.planting.workspaces import named
from mock_server.deviations.planting.answers import with_header, wrong_answer_to
from mock_server.deviations.planting.deviation import Planter
from mock_server.deviations.planting.ids import (
    DOWNLOAD_OF_SANDBOX,
    DOWNLOAD_OF_SNAPSHOT,
    DOWNLOADS,
    LIST_SANDBOX,
    LIST_SNAPSHOT,
    ON_SANDBOX,
    ON_SNAPSHOT,
    READ_IN_SNAPSHOT,
)
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, in_place_of_code, wrong_reply
from mock_server.errors import ApiError, FileNotFound, SnapshotNotFound, WorkspaceNotVisible
from mock_server.operation import Reply
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.files.sandbox import sandbox_files, snapshot_files
from mock_server.resources.workspaces.access import READ
from mock_server.resources.workspaces.workspace import WORKSPACES
from mock_server.state.value import replace
from mock_server.worlds.answer import Answer
from mock_server.worlds.call import Call

Entry = Mapping[str, Any]
LISTS = LIST_SANDBOX + LIST_SNAPSHOT
ONE = DOWNLOADS + READ_IN_SNAPSHOT
_CUT = 524_288


@Planter
def _wrong_entries(hooks: Hooks, change: Callable[[list[Entry]], list[Entry]]) -> Hooks:
    """Plant a change of the entries of a list."""

    def shown(body: Any, _run: Run) -> Any:
        return {"entries": change(body["entries"])} if isinstance(body, dict) else body

    return wrong_reply.plant(hooks, shown)


@_wrong_entries("downloads-folders-listed-as-files", "FILES-LISTED", on=LISTS)
def folders_listed_as_files(found: list[Entry]) -> list[Entry]:
    """Folders are listed as files."""
    return [{**each, "is_dir": False} for each in found]


@_wrong_entries("downloads-paths-without-folder", "FILES-LISTED", on=LISTS)
def paths_without_folder(found: list[Entry]) -> list[Entry]:
    """A file is listed by its name alone."""
    return [{**each, "path": each["path"].rpartition("/")[2]} for each in found if not each["is_dir"]]


@_wrong_entries("downloads-listed-twice", "FILES-LISTED", on=LISTS)
def listed_twice(found: list[Entry]) -> list[Entry]:
    """Every file is listed twice."""
    return [*found, *(each for each in found if not each["is_dir"])]


@_wrong_entries("downloads-size-in-kibibytes", "FILES-LISTED", on=LISTS)
def size_in_kibibytes(found: list[Entry]) -> list[Entry]:
    """The size of a file is listed in KiB."""
    return [{**each, "size": -(-each["size"] // 1024)} for each in found]


@wrong_reply("downloads-entry-of-what-is-read", "FILES-LISTED", on=READ_IN_SNAPSHOT)
def entry_of_what_is_read(body: Entry, _run: Run) -> Entry:
    """A file that is read shows as its size the characters that were read."""
    return {**body, "entry": {**body["entry"], "size": len(body["content"] or "")}}


# Downloads


@wrong_reply("downloads-cut", "DOWNLOAD-BYTES", on=DOWNLOADS)
def cut(body: bytes, _run: Run) -> bytes:
    """A download ends where reading a file as text does by default."""
    return body[:_CUT]


@wrong_reply("downloads-line-ends-tidied", "DOWNLOAD-BYTES", on=DOWNLOADS)
def line_ends_tidied(body: bytes, _run: Run) -> bytes:
    """A download has the line ends of another system."""
    return body.replace(b"\r\n", b"\n")


@wrong_reply("downloads-as-text", "DOWNLOAD-BYTES", "FILES-LISTED", on=DOWNLOADS)
def as_text(body: bytes, _run: Run) -> bytes:
    """A download has a replacement character in the place of what is no UTF-8."""
    return body.decode(errors="replace").encode()


@wrong_answer_to("downloads-inline", "DOWNLOAD-BYTES", "CONTRACT-HEADERS", on=DOWNLOADS)
def inline(_call: Call, answer: Answer) -> Answer:
    """A download is to be shown and not to be saved."""
    return answer if answer.status != 200 else with_header(answer, b"content-disposition", b"inline")


@wrong_answer_to("downloads-typed", "DOWNLOAD-BYTES", "CONTRACT-CONTENT-TYPE", on=DOWNLOADS)
def typed(_call: Call, answer: Answer) -> Answer:
    """A download has the media type of a text."""
    return answer if answer.status != 200 else with_header(answer, b"content-type", b"text/plain; charset=utf-8")


# What there is not


def _paths(run: Run) -> list[str]:
    """The paths of the files that a workspace has where the operation looks for them, packs aside."""
    workspace = named(run)
    of_sandbox = run.operation_id in ON_SANDBOX
    files = sandbox_files(run.state, workspace) if of_sandbox else snapshot_files(run.state, workspace)
    return sorted(files or ())


def _at(run: Run, path: str) -> Outcome:
    return run.right(run.state, run.request._replace(path={**run.request.path, "path": path}))


@in_place_of(FileNotFound)("downloads-folder-is-a-file", "WORKSPACE-FILE-UNKNOWN", on=ONE)
def folder_is_a_file(run: Run, refusal: FileNotFound) -> Outcome:
    """For a folder the first file in it is answered."""
    inside = [path for path in _paths(run) if path.startswith(f"{run.request.path['path']}/")]
    if not inside:
        raise refusal
    return _at(run, inside[0])


@in_place_of(FileNotFound)("downloads-any-case", "WORKSPACE-FILE-UNKNOWN", on=ONE)
def any_case(run: Run, refusal: FileNotFound) -> Outcome:
    """A file of a workspace is found by its path without regard to case."""
    wanted = run.request.path["path"].lower()
    alike = [path for path in _paths(run) if path.lower() == wanted]
    if not alike:
        raise refusal
    return _at(run, alike[0])


@in_place_of(FileNotFound)("downloads-below-a-file", "WORKSPACE-FILE-UNKNOWN", on=ONE)
def below_a_file(run: Run, refusal: FileNotFound) -> Outcome:
    """A path that goes on below a file finds the file."""
    above = run.request.path["path"].rpartition("/")[0]
    if above not in _paths(run):
        raise refusal
    return _at(run, above)


@in_place_of(FileNotFound)("downloads-absent-is-empty", "WORKSPACE-FILE-UNKNOWN", on=DOWNLOADS)
def absent_is_empty(run: Run, _refusal: FileNotFound) -> Outcome:
    """What no file has is downloaded as an empty file."""
    return run.state, Reply(200, b"", "application/octet-stream", (("Content-Disposition", "attachment"),))


@in_place_of(FileNotFound)("downloads-absent-without-snapshot", "WORKSPACE-FILE-UNKNOWN", on=ON_SNAPSHOT)
def absent_without_snapshot(_run: Run, _refusal: FileNotFound) -> Outcome:
    """A file that a snapshot lacks is a snapshot_not_found."""
    raise SnapshotNotFound("The workspace has no snapshot.")


# Whose it is


def _with_all(run: Run) -> Outcome:
    """What would come of the request if the caller read the workspaces of everybody in the org."""
    caller = replace(run.request.caller, permissions=(*run.request.caller.permissions, READ))
    return run.right(run.state, run.request._replace(caller=caller))


@in_place_of(WorkspaceNotVisible)("ownership-sandboxes-of-others-listed", "OWNERSHIP-WORKSPACE-BELOW", on=LIST_SANDBOX)
def sandboxes_of_others_listed(run: Run, _refusal: WorkspaceNotVisible) -> Outcome:
    """With workspace:read:own alone the files of every sandbox of the org are listed."""
    return _with_all(run)


@in_place_of(WorkspaceNotVisible)("ownership-files-of-others-downloaded", "OWNERSHIP-WORKSPACE-BELOW", on=DOWNLOADS)
def files_of_others_downloaded(run: Run, _refusal: WorkspaceNotVisible) -> Outcome:
    """With workspace:read:own alone the files of every workspace of the org are downloaded."""
    return _with_all(run)


@in_place_of(WorkspaceNotVisible)("ownership-snapshots-of-others-read", "OWNERSHIP-WORKSPACE-BELOW", on=ON_SNAPSHOT)
def snapshots_of_others_read(run: Run, _refusal: WorkspaceNotVisible) -> Outcome:
    """With workspace:read:own alone the snapshot of every workspace of the org is read."""
    return _with_all(run)


@in_place_of_code("workspace_not_found")(
    "ownership-files-of-all-orgs-downloaded", "OWNERSHIP-PRIVATE-HIDDEN", on=DOWNLOAD_OF_SANDBOX + DOWNLOAD_OF_SNAPSHOT
)
def files_of_all_orgs_downloaded(run: Run, refusal: ApiError) -> Outcome:
    """The files in a workspace of another org are downloaded."""
    workspace = run.state.get(WORKSPACES, run.request.path["id"])
    if workspace is None:
        raise refusal
    there = replace(run.request.caller, org_id=workspace.org_id, permissions=(READ,))
    return run.right(run.state, run.request._replace(caller=there))
