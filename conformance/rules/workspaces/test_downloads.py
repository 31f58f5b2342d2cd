"""Clause downloads: files of sandboxes and snapshots alike, as they are listed and downloaded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from email.message import Message

from conformance.contract.contract import Operation, Provenance
from conformance.http.exchange import Exchange
from conformance.oracle.breach import DataEffect
from conformance.oracle.declaration.fields import list_objects, read_path
from conformance.oracle.declaration.registry import find_resource_in_path, require_resource
from conformance.oracle.facts import Fact
from conformance.profile import Caller
from conformance.recipes.reading import get_field, list_differences, parse_time
from conformance.recipes.requests import build
from conformance.resources.packs.archives import list_folders
from conformance.resources.workspaces import WORKSPACE
from conformance.resources.workspaces.files import list_paths, make_path, make_stopped, with_a_file
from conformance.resources.workspaces.oracle import as_workspace
from conformance.results.difference import from_field, from_fields, from_list
from conformance.rules.checks import check_content, check_equal
from conformance.rules.workspaces.file_requests import (
    CONTENTS,
    LISTS,
    MOST_FILES,
    find_given,
    find_reader,
    make_with_files,
    make_workspace,
    on_files,
    read_kept,
)
from conformance.running.binding import Scope, over, rule
from conformance.session.harness import Harness

DAY_S = 86_400.0


@rule("FILES-LISTED")
@over("where", lambda _: list(LISTS))
def test_what_is_listed_is_downloaded_and_read(harness: Harness, where: str) -> None:
    """A workspace has files of every content; whatever is listed is downloaded, and read where it can be.

    The times of these files and of the folders that they are in are about that at which the workspace was made.
    """
    workspace = make_with_files(harness, where, {name: CONTENTS[name] for name in ("text", "empty", "wide", "binary")})
    listing = _check_listed(harness, find_reader(harness, workspace.owner), workspace, where)
    put = {each.strip("/") for each in (workspace.kept if where == "snapshot" else workspace.files)}
    theirs = put | {each.rpartition("/")[0] for each in put}
    times = [each.get("mtime") for each in list_objects(listing.json) if read_path(each).strip("/") in theirs]
    made = parse_time(workspace.shown.get("created_at")).timestamp()
    wrong = [each for each in times if isinstance(each, int | float) and abs(each - made) > DAY_S]
    said = "an mtime in seconds since 1970 of what was put in today", f"{len(wrong)} others"
    harness.check(not wrong, listing, *said, Provenance.ASSUMED, evidence=from_list(*said))


@rule("FILES-LISTED")
def test_the_folders_of_a_new_sandbox_are_listed_with_those_around_them(harness: Harness) -> None:
    """A workspace is new, so that no file is in the folders that its sandbox begins with."""
    workspace = make_workspace(harness)
    answer = harness.judge(find_reader(harness, workspace.owner), on_files(harness, LISTS["sandbox"][0], workspace))
    _check_folders(harness, answer)


def _check_folders(harness: Harness, listing: Exchange) -> None:
    """Raise a finding where a folder is listed, and one that it is in is not; a server may list files alone."""
    entries = list_objects(listing.json)
    folders = {read_path(each).strip("/") for each in entries if each.get("is_dir") is True}
    missing = [each for each in list_folders(folders) if each not in folders]
    said = "every folder that a listed one is in", f"{len(missing)} of them not"
    harness.check(not missing, listing, *said, Provenance.ASSUMED, evidence=from_list(*said))


@rule("FILES-LISTED")
def test_what_is_listed_of_a_snapshot_that_is_there_is_downloaded_and_read(harness: Harness) -> None:
    """A workspace of the org was stopped before; a few of the files that are listed are downloaded and read."""
    caller, workspace = find_given(harness)
    _check_listed(harness, caller, workspace, "snapshot")


def _check_listed(harness: Harness, caller: Caller, workspace: Fact, where: str) -> Exchange:
    """Return the list, once each path is there once and what is listed is downloaded, and read where it can be."""
    listing, download = LISTS[where]
    answer = harness.judge(caller, on_files(harness, listing, workspace))
    entries = list_objects(answer.json)
    paths = [read_path(each) for each in entries]
    _check_folders(harness, answer)
    said = "each path once", "one more than once"
    harness.check(len({*paths}) == len(paths), answer, *said, evidence=from_list(*said))
    files = [each for each in entries if each.get("is_dir") is False]
    missing = {*list_paths(as_workspace(workspace), f"{where}_file")} - {read_path(each) for each in files}
    said = "every file that is there, as no folder", f"{len(missing)} of them not"
    harness.check(not missing, answer, *said, evidence=from_list(*said), effect=DataEffect.LOST)
    for entry in files[:MOST_FILES]:
        path = read_path(entry)
        read = harness.judge(caller, on_files(harness, download, workspace, path))
        size, got = entry.get("size"), len(read.body)
        check_equal(harness, answer, size, got, f"size {got} of {path}, as it is downloaded", name="size")
        if where == "snapshot":
            kept = read_kept(harness, caller, workspace, path)
            single = get_field(kept.json, "entry")
            differing = [
                name
                for name in list_differences(harness.contract, entry, single)
                if name != "path" or path != read_path(single)
            ]
            evidence = from_fields(differing, entry, single)
            harness.check(not differing, kept, "the entry that is listed", ", ".join(differing), evidence=evidence)
    return answer


@rule("DOWNLOAD-BYTES")
@over("where, kind", lambda _: [(where, kind) for where in LISTS for kind in CONTENTS])
def test_a_file_is_downloaded_as_it_was_put_in(harness: Harness, where: str, kind: str) -> None:
    """A file is downloaded byte for byte, to be saved."""
    workspace = make_with_files(harness, where, {kind: CONTENTS[kind]})
    [path] = workspace.files
    read = harness.judge(find_reader(harness, workspace.owner), on_files(harness, LISTS[where][1], workspace, path))
    check_content(harness, read, CONTENTS[kind], "the bytes that were put in")
    expected, got = "application/octet-stream", read.media_type
    check_equal(harness, read, got, expected, f"Content-Type {expected}", name="Content-Type")
    disposition = Message()
    disposition["Content-Disposition"] = read.find_header("content-disposition") or ""
    saved, name = disposition.get_content_disposition(), path.rpartition("/")[2]
    check_equal(harness, read, saved, "attachment", "Content-Disposition attachment", name="Content-Disposition")
    named = disposition.get_filename(name)
    evidence = from_field("Content-Disposition", name, named)
    harness.check(named == name, read, f"the file name {name}", named, Provenance.ASSUMED, evidence=evidence)
    length = read.find_header("content-length")
    said = f"Content-Length {len(read.body)}", str(length)
    right = read.is_reframed or length in (None, str(len(read.body)))
    harness.check(right, read, *said, Provenance.ASSUMED, evidence=from_field("Content-Length", *said))


UNKNOWN: Mapping[str, Callable[[Harness, str], str]] = {
    "absent": lambda harness, _: make_path(harness),
    "folder": lambda _, path: path.rpartition("/")[0],
    "below-a-file": lambda _, path: f"{path}/more",
    "other-case": lambda _, path: path.upper(),
}


@rule("WORKSPACE-FILE-UNKNOWN")
@over("operation, kind", lambda scope: [(each, kind) for each in _list_file_operations(scope) for kind in UNKNOWN])
def test_a_path_that_no_file_has(harness: Harness, operation: Operation, kind: str) -> None:
    """A file is there; a path is asked for that is none of a file, or that of the folder which it is in."""
    where = "snapshot" if operation.tag == "snapshots" else "sandbox"
    workspace = with_a_file(harness, make_workspace(harness))
    workspace = make_stopped(harness, workspace) if where == "snapshot" else workspace
    caller, path = find_reader(harness, workspace.owner), list_paths(workspace, f"{where}_file")[0]
    harness.hold(caller, build(operation, {"id": workspace.id, "path": path}))
    harness.judge(caller, build(operation, {"id": workspace.id, "path": UNKNOWN[kind](harness, path)}))


def _list_file_operations(scope: Scope) -> Iterator[Operation]:
    workspace = require_resource(WORKSPACE.name)
    return (each for each in scope.operations if find_resource_in_path(each) is workspace and each.spanning)
