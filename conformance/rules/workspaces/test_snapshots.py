"""Clause snapshots: when a workspace has one, what is in it, and how its files are read as text."""

from __future__ import annotations

import codecs
from dataclasses import replace
from typing import Any

from conformance.contract.contract import Operation, Provenance
from conformance.http.exchange import Exchange
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.reading import get_field, list_views_now, read_object
from conformance.recipes.requests import build
from conformance.resources.workspaces import WORKSPACE
from conformance.resources.workspaces.files import (
    DOWNLOAD_KEPT,
    LIST_SNAPSHOT,
    get_known,
    keep_running,
    make_path,
    make_reachable,
    make_stopped,
    make_unreachable,
    put,
)
from conformance.results.difference import from_bytes, from_field, from_fields, from_list
from conformance.rules.checks import check_shows
from conformance.rules.workspaces.file_requests import (
    CONTENTS,
    MOST_FILES,
    USUAL,
    WIDE,
    check_kept,
    find_given,
    find_reader,
    make_with_files,
    make_workspace,
    on_files,
    read_kept,
    read_snapshot_list,
)
from conformance.running.binding import in_full, over, rule
from conformance.session.harness import Harness


@rule("SNAPSHOT-CONTENT")
@in_full
@over("kind", lambda _: [kind for kind in CONTENTS if kind != "long"])
def test_a_text_is_read_as_it_is_and_nothing_else_as_one(harness: Harness, kind: str) -> None:
    """A file of a snapshot is read as a whole, and all but its last byte."""
    content = CONTENTS[kind]
    workspace = make_with_files(harness, "snapshot", {kind: content})
    [path] = workspace.kept
    for most in (None, *([len(content) - 1] if len(content) > 1 else [])):
        _check_beginning(harness, workspace, path, content, most)


def _check_beginning(harness: Harness, workspace: Fact, path: str, content: bytes, most: int | None) -> None:
    """Check that what is read of a file is its first bytes as text, less a character that is cut at their end."""
    part, cut = content[: most or USUAL], len(content) > (most or USUAL)
    try:
        expected = codecs.getincrementaldecoder("utf-8")().decode(part, final=not cut)
    except UnicodeDecodeError:
        expected = None
    read = read_kept(harness, find_reader(harness, workspace.owner), workspace, path, most)
    got = get_field(read.json, "content")
    said = "its text" if expected is not None else "null, since it is no text in UTF-8"
    # That a cut character is left out, in place of what stands for one, is assumed.
    whole = expected is None or expected.encode() == part
    founded = Provenance.SEED if whole else Provenance.ASSUMED
    harness.check(got == expected, read, said, "another text", founded, evidence=from_field("content", expected, got))


@rule("SNAPSHOT-CONTENT")
@over("most", lambda _: range(1, len(WIDE)))
def test_a_character_that_is_cut_is_left_out(harness: Harness, most: int) -> None:
    """A text with characters of one to four bytes is read up to each of its bytes."""
    workspace = make_with_files(harness, "snapshot", {"wide": WIDE})
    [path] = workspace.kept
    read = read_kept(harness, find_reader(harness, workspace.owner), workspace, path, most)
    text, got = WIDE[:most].decode(errors="ignore"), get_field(read.json, "content")
    whole = text.encode() == WIDE[:most]
    # That a cut character is left out, in place of what stands for one, is assumed.
    founded = Provenance.SEED if whole else Provenance.ASSUMED
    harness.check(got == text, read, repr(text), repr(got), founded, evidence=from_field("content", text, got))


@rule("SNAPSHOT-CONTENT")
@over("most", lambda _: [None, 1, 20, 1000])
def test_a_file_that_is_there_is_read_as_it_is_downloaded(harness: Harness, most: int | None) -> None:
    """A workspace of the org was stopped before the run; a few of its files are downloaded, and read."""
    caller, workspace = find_given(harness)
    for path, content in _download_some(harness, caller, workspace).items():
        _check_beginning(harness, workspace, path, content, most)


@rule("SNAPSHOT-MAX-BYTES")
@over("most", lambda _: [None, 1, 20, 1000])
def test_of_a_file_that_is_there_no_more_is_read_than_is_asked_for(harness: Harness, most: int | None) -> None:
    """A workspace of the org was stopped before the run; a few of its files are downloaded, and read."""
    caller, workspace = find_given(harness)
    for path, content in _download_some(harness, caller, workspace).items():
        read = read_kept(harness, caller, workspace, path, most)
        length = len(str(get_field(read.json, "content") or "").encode())
        said = f"{most or USUAL} bytes at most", f"{length}"
        harness.check(length <= (most or USUAL), read, *said, evidence=from_field("content", *said))
        check_shows(harness, read, "truncated", len(content) > (most or USUAL))


def _download_some(harness: Harness, caller: Caller, workspace: Fact) -> dict[str, bytes]:
    """Return the files of a snapshot that was there before, a few of them."""
    _, entries = read_snapshot_list(harness, caller, workspace)
    paths = [path for path, each in entries.items() if each.get("is_dir") is False][:MOST_FILES]
    found = {path: harness.hold(caller, on_files(harness, DOWNLOAD_KEPT, workspace, path)).body for path in paths}
    if not found:
        raise NotProvoked("the snapshot that is there has no file")
    return found


LENGTHS = (1, 9, 10, 11, USUAL - 1, USUAL, USUAL + 1)


@rule("SNAPSHOT-MAX-BYTES")
@in_full
@over("most", lambda _: [None, *LENGTHS])
def test_no_more_is_read_than_is_asked_for(harness: Harness, most: int | None) -> None:
    """A file as long as that, a byte shorter and a byte longer are read, with a limit and without one."""
    limit = USUAL if most is None else most
    lengths = {"short": limit - 1, "exact": limit, "longer": limit + 1}
    workspace = make_with_files(harness, "snapshot", {name: b"x" * length for name, length in lengths.items()})
    caller = find_reader(harness, workspace.owner)
    for path, content in workspace.kept.items():
        read = read_kept(harness, caller, workspace, path, most)
        got = str(get_field(read.json, "content")).encode()
        said = f"the first {min(limit, len(content))} of {len(content)} bytes", f"{len(got)} of them"
        harness.check(got == content[:limit], read, *said, evidence=from_bytes(content[:limit], got))
        check_shows(harness, read, "truncated", len(content) > limit)


@rule("SNAPSHOT-MAX-BYTES")
@over("kind", lambda _: ["binary", "long"])
def test_what_is_cut_says_so_whatever_it_is(harness: Harness, kind: str) -> None:
    """A file that is no text, and one that ends within a character, are longer than what is read of them."""
    workspace = make_with_files(harness, "snapshot", {kind: CONTENTS[kind]})
    [path] = workspace.kept
    most = None if kind == "long" else 10
    read = read_kept(harness, find_reader(harness, workspace.owner), workspace, path, most)
    expected = True
    check_shows(harness, read, "truncated", expected)


@rule("SNAPSHOT-NONE")
@over("operation", lambda scope: [each for each in scope.operations if each.tag == "snapshots"])
def test_what_was_never_stopped_has_no_snapshot(harness: Harness, operation: Operation) -> None:
    """A workspace is new; another one, which was stopped, has a snapshot."""
    caller = find_reader(harness)
    harness.hold(caller, on_files(harness, LIST_SNAPSHOT, make_stopped(harness, make_workspace(harness))))
    workspace = make_workspace(harness)
    if get_field(read_object(harness, WORKSPACE, caller, workspace.id).json, "snapshot_ref"):
        raise NotProvoked("a new workspace has a snapshot already")
    harness.knowledge = harness.knowledge.with_fact(replace(get_known(harness, workspace), has_snapshot=False))
    harness.judge(caller, build(operation, {"id": workspace.id, "path": make_path(harness)}))


@rule("SNAPSHOT-FIXED")
def test_a_snapshot_stays_until_the_next_stop(harness: Harness) -> None:
    """A workspace is stopped, runs again, gets a new file and other bytes in an old one, and is stopped again."""
    workspace = make_with_files(harness, "snapshot", {"old": b"as it was", "other": b"stays"})
    caller, old = find_reader(harness, workspace.owner), dict(workspace.kept)
    ref = get_field(read_object(harness, WORKSPACE, caller, workspace.id).json, "snapshot_ref")
    _, before = read_snapshot_list(harness, caller, workspace)
    first = next(iter(old))
    changed = put(harness, workspace, {make_path(harness): b"new", first: b"changed since"})
    answer, now = read_snapshot_list(harness, caller, changed)
    said = "the files that were there at the stop", "others"
    harness.check({*now} == {*before}, answer, *said, evidence=from_list(*said))
    check_kept(harness, caller, changed, old)
    again = make_stopped(harness, changed)
    check_kept(harness, caller, again, again.kept)
    read = read_object(harness, WORKSPACE, caller, workspace.id)
    new, said = get_field(read.json, "snapshot_ref"), ("a new snapshot_ref", "the same, or none")
    harness.check(bool(new) and new != ref, read, *said, evidence=from_field("snapshot_ref", *said))


@rule("SNAPSHOT-ERROR")
def test_a_snapshot_that_could_not_be_taken_is_none(harness: Harness) -> None:
    """A workspace is stopped while nobody can reach its agent, and once more when that is over."""
    workspace = make_with_files(harness, "snapshot", {"text": CONTENTS["text"]})
    caller = find_reader(harness, workspace.owner)
    _read_errors(harness, caller, workspace)
    make_stopped(harness, make_unreachable(harness, keep_running(harness, workspace)))
    if not any(error for _, error in _read_errors(harness, caller, workspace)):
        raise NotProvoked("a stop takes a snapshot although nobody can reach the agent")
    make_stopped(harness, keep_running(harness, make_reachable(harness, workspace)))
    for exchange, error in _read_errors(harness, caller, workspace):
        said = "no last_snapshot_error", str(error)
        harness.check(not error, exchange, *said, evidence=from_field("last_snapshot_error", *said))


def _read_errors(harness: Harness, caller: Caller, workspace: Fact) -> list[tuple[Exchange, Any]]:
    """Return why a workspace that was stopped has no snapshot, as it is read alone and in the list.

    Where either shows neither a snapshot nor why there is none, or both, that is a finding.
    """
    found = []
    for exchange, shown in list_views_now(harness, WORKSPACE, caller, workspace):
        if shown is not None:
            error, ref = get_field(shown, "last_snapshot_error"), get_field(shown, "snapshot_ref")
            said = "either a snapshot_ref or a last_snapshot_error", "both" if error else "neither"
            evidence = from_fields(["snapshot_ref"], {}, shown)
            harness.check(bool(error) is not bool(ref), exchange, *said, evidence=evidence)
            found.append((exchange, error))
    return found
