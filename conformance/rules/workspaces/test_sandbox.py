"""Clause sandbox: while which workspaces it can be looked into, and that the packs of the role are in it."""

from __future__ import annotations

from conformance.oracle.declaration.fields import list_objects, read_path
from conformance.oracle.declaration.registry import require_resource
from conformance.recipes.making import create_owned
from conformance.recipes.requests import with_json
from conformance.resources import packs
from conformance.resources.workspaces.files import DOWNLOAD, LIST_SANDBOX, PACKS, keep_running, make_of_role
from conformance.results.difference import from_field
from conformance.rules.checks import check_content
from conformance.rules.workspaces.file_requests import (
    CONTENTS,
    find_reader,
    on_files,
)
from conformance.running.binding import rule
from conformance.session.harness import Harness


@rule("SANDBOX-PACKS")
def test_the_packs_of_a_role_are_in_the_sandbox(harness: Harness) -> None:
    """A role attaches a pack; a workspace of it is made, and downloads each file, one with a name beyond ASCII."""
    caller = find_reader(harness)
    resource = require_resource("role")
    role, update = create_owned(harness, resource, caller.org), harness.contract.operations[str(resource.updated_by)]
    uploader = harness.able(harness.contract.operations[packs.UPLOAD], caller.org)
    others = {"data/all.bin": CONTENTS["binary"], "data/Größe 日本.md": CONTENTS["wide"]}
    files = packs.pack_files(harness.make_fresh_name()) | others
    pack = packs.upload_pack(harness, uploader, files)
    harness.hold(harness.able(update, caller.org), with_json(update, {"id": role.id}, {"pack_ids": [pack.id]}))
    workspace = keep_running(harness, make_of_role(harness, role))
    listing = harness.judge(caller, on_files(harness, LIST_SANDBOX, workspace))
    entries = {read_path(each): each for each in list_objects(listing.json)}
    for path, content in (pack.files or {}).items():
        place = f"{PACKS}/{pack.name}/{path}"
        read = harness.judge(caller, on_files(harness, DOWNLOAD, workspace, place))
        check_content(harness, read, content, f"{path} of the pack")
        if place in entries:
            said = f"{place} as read-only", "as one that can be written"
            readonly = entries[place].get("readonly") is True
            harness.check(readonly, listing, *said, evidence=from_field("readonly", *said))
