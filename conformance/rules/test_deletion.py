"""Clause deletion: what is gone, what stands in the way, and a purge that fails."""

from __future__ import annotations

import json

from conformance.contract.contract import Operation
from conformance.oracle.declaration.registry import find_resource_in_path, require_resource, require_resource_in_path
from conformance.oracle.judging import NotProvoked
from conformance.recipes import making, reading
from conformance.recipes.about import choose_path_values, with_right_body
from conformance.recipes.making import choose_other_org, create_owned, require_shown
from conformance.recipes.reading import find_item, list_differences, show
from conformance.recipes.requests import build, with_json
from conformance.resources import packs
from conformance.resources.agent_roles import CREATE, UPDATE
from conformance.resources.packs.reading import GET, read_pack
from conformance.resources.packs.recipes import DELETE, find_creator
from conformance.results.difference import from_list
from conformance.rules.checks import check_unchanged
from conformance.rules.packs.requests import create, on
from conformance.rules.packs.requests import create_owned as own_pack
from conformance.running.binding import over, rule
from conformance.session.harness import Harness


@rule("DELETE-GONE")
@over(
    "operation", lambda scope: [o for o in scope.operations if (each := find_resource_in_path(o)) and each.removed_by]
)
def test_a_deleted_pack_is_not_there(harness: Harness, operation: Operation) -> None:
    """A deleted pack is requested by every operation, and looked for in the list."""
    resource = require_resource_in_path(operation)
    assert resource.removed_by is not None  # the test is spread over such operations alone
    delete = harness.contract.operations[resource.removed_by]
    caller = harness.able(delete)
    fact = create_owned(harness, resource, caller.org)
    request = with_right_body(harness, operation, caller, choose_path_values(operation, fact), fact)
    harness.hold(caller, build(delete, choose_path_values(delete, fact)))
    harness.judge(caller, request)
    if resource.shown_by in harness.contract.operations:
        harness.judge(caller, show(harness, resource, fact.id))
    if resource.listed_by in harness.contract.operations:
        answer = reading.read_list(harness, resource, caller)
        said = f"no deleted {resource} in the list", "one"
        harness.check(find_item(answer, fact.id) is None, answer, *said, evidence=from_list(said[0], fact.id))


@rule("DELETE-IN-USE")
@over("who", lambda _: ["own", "foreign"])
@over("archived", lambda _: [False, True])
def test_a_pack_that_a_role_references_is_not_deleted(
    harness: Harness,
    who: str,
    archived: bool,  # noqa: FBT001  # a parameter of the table
) -> None:
    """A role of the own or of another org references the pack, archived or not; the deletion is repeated."""
    caller, first = own_pack(harness, DELETE)
    harness.hold(caller, on(harness, DELETE, first))
    fact = packs.create_owned_pack(harness, caller.org, visibility="community", origins=packs.ANY)
    packs.reference_pack(
        harness, fact, caller.org if who == "own" else choose_other_org(harness, caller), archived=archived
    )
    for _ in ("asked", "asked again"):
        harness.judge(caller, on(harness, DELETE, fact))


@rule("DELETE-IN-USE")
@over("way", lambda _: [CREATE, UPDATE])
@over("archived", lambda _: [False, True])
def test_a_pack_that_a_role_attached_is_not_deleted(
    harness: Harness,
    way: str,
    archived: bool,  # noqa: FBT001  # a parameter of the table
) -> None:
    """A role attaches the pack by a creation or a PATCH and is archived or not; once it lets go the pack is deleted."""
    caller, fact = own_pack(harness, DELETE)
    attach, update = harness.contract.operations[way], harness.contract.operations[UPDATE]
    held = create_owned(harness, require_resource("role"), caller.org)
    request = with_right_body(
        harness, attach, caller, choose_path_values(attach, held if way == UPDATE else None), None
    )
    body = {**json.loads(request.content or b"{}"), "pack_ids": [fact.id]}
    body |= {"provider_id": held.shown.get("provider_id")}
    answer = harness.hold(caller, with_json(attach, request.path_values, body))
    role = require_shown(harness, require_resource("role"), answer.json)
    if archived:
        making.archive_object(harness, role)
    harness.judge(caller, on(harness, DELETE, fact))
    harness.hold(caller, with_json(update, choose_path_values(update, role), {"pack_ids": []}))
    harness.judge(caller, on(harness, DELETE, fact))


@rule("DELETE-PURGE-FAILED")
def test_a_failed_purge_leaves_the_pack(harness: Harness) -> None:
    """A deletion whose purge fails gets its own refusal, and the pack is read unchanged."""
    caller, fact = own_pack(harness, DELETE, origin="upload")
    before = read_pack(harness, caller, fact.id)
    packs.let_purge_fail(harness, fact)
    harness.judge(caller, on(harness, DELETE, fact))
    after = harness.judge(caller, on(harness, GET, fact))
    pair = (before.json, after.json)
    check_unchanged(harness, after, list_differences(harness.contract, *pair), "the pack as before", pair)


@rule("DELETE-PURGE-CONVERGES")
def test_a_deletion_repeated_after_a_failed_purge_deletes(harness: Harness) -> None:
    """A deletion whose purge failed is repeated when the registry works."""
    caller, fact = own_pack(harness, DELETE, origin="upload")
    packs.let_purge_fail(harness, fact)
    failed = harness.send(caller, on(harness, DELETE, fact))
    if failed.code != "registry_cleanup_failed":
        raise NotProvoked(f"{DELETE} answered {failed} although the purge fails")
    harness.knowledge = harness.knowledge.change("pack", fact.id, purge_fails=False)
    harness.judge(caller, on(harness, DELETE, fact))


@rule("DELETE-IMAGE-LEFT")
@over("also", lambda _: ["nothing", "an upload"])
def test_the_image_of_a_pack_that_was_not_uploaded_stays(harness: Harness, also: str) -> None:
    """A pack of an image is deleted, alone or with an uploaded one, then made of the image again."""
    caller, fact = own_pack(harness, DELETE, origin="image_ref")
    image_ref = read_pack(harness, caller, fact.id).json.get("image_ref") or fact.image_ref
    known = str(next(iter(harness.knowledge.get_facts("image")), image_ref))
    deleted = [fact]
    if also == "an upload":
        uploader = find_creator(harness, packs.UPLOAD, caller.org)
        deleted.append(packs.upload_pack(harness, uploader, packs.pack_files(harness.make_fresh_name())))
    for each in deleted:
        harness.hold(caller, on(harness, DELETE, each))
        if harness.send(caller, on(harness, GET, each)).has_succeeded:
            raise NotProvoked("the pack is still there after its deletion")
    harness.judge(caller, create(harness, known))
