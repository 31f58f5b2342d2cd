"""Requests about the files of workspaces, the workspaces that they are in, and files whose bytes are easily spoilt."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle
from urllib.parse import urlencode

from conformance.contract.contract import JsonObject
from conformance.http.exchange import Exchange, Request
from conformance.oracle.declaration.fields import list_objects, read_id, read_path
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.making import create_owned
from conformance.recipes.reading import read_list
from conformance.recipes.requests import build
from conformance.resources.workspaces import WORKSPACE
from conformance.resources.workspaces.files import (
    DOWNLOAD,
    DOWNLOAD_KEPT,
    LIST_SANDBOX,
    LIST_SNAPSHOT,
    READ_KEPT,
    check_can_put,
    keep_running,
    make_path,
    make_stopped,
    put,
)
from conformance.resources.workspaces.oracle import STOP, WorkspaceFact
from conformance.rules.checks import check_content
from conformance.session.harness import Harness

LISTS: Mapping[str, tuple[str, str]] = {
    "sandbox": (LIST_SANDBOX, DOWNLOAD),
    "snapshot": (LIST_SNAPSHOT, DOWNLOAD_KEPT),
}
"""The operation that lists files, and the one that downloads one, by where the files are."""
MOST_FILES = 8
"""The files of one list that are looked at."""
USUAL = 524_288
WIDE = "Zähle → 📦 ".encode()
"""Characters of one to four bytes."""
CONTENTS: Mapping[str, bytes] = {
    "text": b"# Read me\r\n",
    "empty": b"",
    "wide": WIDE,
    "binary": bytes(range(256)) * 3,
    "nearly-text": b"text and \xff\n",
    "cut-character": WIDE[:2],
    "nul": b"a\0b\n",
    "byte-order-mark": "\ufefftext\n".encode(),
    "long": b"x" * (USUAL - 2) + "→".encode() * 20_000,
}
"""A file for each way in which bytes are easily spoilt."""
ENDINGS = (".txt", "", ".conformance", ".tar.gz", ".TXT", ".")
"""The endings of files that stand beside each other, each another one: the type detected of a file may be unknown."""


def make_workspace(harness: Harness) -> WorkspaceFact:
    """Return a workspace of the org of whoever reads its files, which runs."""
    caller, stop = find_reader(harness), harness.contract.operations[STOP]
    return keep_running(harness, create_owned(harness, WORKSPACE, caller.org, operation=stop, caller=caller))


def find_reader(harness: Harness, org: str | None = None) -> Caller:
    """Return somebody who reads the files of everybody's workspaces of the org."""
    listing = harness.contract.operations[LIST_SNAPSHOT]
    whole = [
        each
        for each in harness.callers(org)
        if harness.is_permitted(each, listing) and not WORKSPACE.narrows(each, listing)
    ]
    return whole[0] if whole else harness.able(listing, org)


def make_with_files(harness: Harness, where: str, files: Mapping[str, bytes]) -> WorkspaceFact:
    """Return a new workspace that has these files, by their kinds, in its sandbox, or in its snapshot."""
    check_can_put(harness)
    endings = cycle(ENDINGS)
    named = {make_path(harness, f"/kept/{kind}{next(endings)}"): content for kind, content in files.items()}
    workspace = put(harness, make_workspace(harness), named)
    return make_stopped(harness, workspace) if where == "snapshot" else workspace


def find_given(harness: Harness) -> tuple[Caller, Fact]:
    """Return somebody, and a workspace of the org that was stopped before the run.

    Not provoked where the list shows none.
    """
    caller = find_reader(harness)
    found = [each for each in list_objects(read_list(harness, WORKSPACE, caller).json) if each.get("snapshot_ref")]
    known = harness.knowledge.get_facts(WORKSPACE.name)
    stopped_before = [known[read_id(each)] for each in found if read_id(each) in known]
    theirs = [each for each in stopped_before if not each.made]
    if not theirs:
        raise NotProvoked("no workspace of the org was stopped before, so that it has a snapshot")
    return caller, theirs[0]


def on_files(harness: Harness, operation_id: str, workspace: Fact, path: str = "", query: str = "") -> Request:
    """Return a request about the files of a workspace, or about one of them."""
    operation = harness.contract.operations[operation_id]
    return build(operation, {"id": workspace.id, "path": path} if path else {"id": workspace.id}, query=query)


def read_kept(harness: Harness, caller: Caller, workspace: Fact, path: str, most: int | None = None) -> Exchange:
    """Return a file of the snapshot as text, up to so many bytes."""
    query = "" if most is None else urlencode({"max_bytes": most})
    return harness.judge(caller, on_files(harness, READ_KEPT, workspace, path, query))


def read_snapshot_list(harness: Harness, caller: Caller, workspace: Fact) -> tuple[Exchange, dict[str, JsonObject]]:
    """Return the answer that lists a snapshot, and what it shows of each path."""
    answer = harness.judge(caller, on_files(harness, LIST_SNAPSHOT, workspace))
    return answer, {read_path(each): each for each in list_objects(answer.json)}


def check_kept(harness: Harness, caller: Caller, workspace: Fact, files: Mapping[str, bytes]) -> None:
    """Raise a finding unless the snapshot has these files."""
    for path, content in files.items():
        read = harness.judge(caller, on_files(harness, DOWNLOAD_KEPT, workspace, path))
        check_content(harness, read, content, f"{path} as it was at the stop")


def check_there(harness: Harness, caller: Caller, workspace: Fact, files: Mapping[str, bytes]) -> None:
    """Raise a finding unless the sandbox of a workspace that runs has these files."""
    for path, content in files.items():
        read = harness.judge(caller, on_files(harness, DOWNLOAD, workspace, path))
        check_content(harness, read, content, f"{path} as it was put there")
