"""Clause visibility: PATCH of a pack, what it changes, what it refuses, and that refusals change nothing."""

from __future__ import annotations

import json

from conformance.hostile.json_bodies import JSON_BODIES
from conformance.hostile.trying import try_values
from conformance.http.exchange import Exchange, Request
from conformance.oracle.breach import DataEffect
from conformance.oracle.judging import NotProvoked
from conformance.recipes.making import choose_other_org
from conformance.recipes.reading import differing_fields, get_field, list_differences
from conformance.resources import packs
from conformance.resources.packs.oracle import PackFact, pack_facts
from conformance.resources.packs.reading import READ_FILE, read_back, read_file, read_file_back, read_pack
from conformance.rules.checks import check_content, check_equal, check_moves_forward, check_unchanged
from conformance.rules.packs.requests import PATCH, build_patch, create_owned, on
from conformance.running.binding import over, rule
from conformance.session.harness import Harness

CHANGES = over("before, after", lambda _: [("org", "community"), ("community", "org")])
ARCHIVED_OR_NOT = over("archived", lambda _: [False, True])
MOVING = ("visibility", "updated_at")  # what a PATCH is there for


def _to(harness: Harness, fact: PackFact, visibility: str) -> Request:
    return build_patch(harness, fact, {"visibility": visibility})


@rule("PACK-PATCH-ONLY-VISIBILITY")
@over("origin", lambda _: ["upload", "image_ref"])
def test_nothing_else_changes(harness: Harness, origin: str) -> None:
    """A PATCH leaves all other fields, and the files, as they were."""
    caller, fact = create_owned(harness, PATCH, origin=origin)
    before = read_pack(harness, caller, fact.id)
    files_before = (
        read_file(harness, caller, fact.id, "pack.yaml") if READ_FILE in harness.contract.operations else None
    )
    patched = harness.hold(caller, _to(harness, fact, "community"))
    after = read_back(harness, caller, fact.id)
    moved, said = (
        differing_fields(harness.contract, before.json, patched.json, ignoring=MOVING),
        "every other field as before",
    )
    check_unchanged(harness, patched, moved, said, (before.json, patched.json))
    moved = list_differences(harness.contract, before.json, after.json, ignoring=MOVING)
    check_unchanged(harness, after, moved, said, (before.json, after.json))
    if files_before is not None:
        files_after = read_file_back(harness, caller, fact.id, "pack.yaml")
        check_content(harness, files_after, files_before.body, "the files as before")


@rule("PACK-PATCH-UPDATED-AT")
@CHANGES
def test_a_change_moves_updated_at_forward(harness: Harness, before: str, after: str) -> None:
    """updated_at is later after a PATCH that changes the visibility; where it shows the same, a second is let pass."""
    caller, fact = create_owned(harness, PATCH, visibility=before)

    def write(turn: int) -> tuple[Exchange, Exchange]:
        earlier, wanted = read_pack(harness, caller, fact.id), (after, before)[turn]
        harness.hold(caller, _to(harness, fact, wanted))
        read = read_back(harness, caller, fact.id)
        if get_field(read.json, "visibility") != wanted:
            raise NotProvoked("the PATCH did not change the visibility")
        return earlier, read

    check_moves_forward(harness, write)


@rule("PACK-PATCH-NOOP")
@over("visibility", lambda _: ["org", "community"])
def test_the_same_value_changes_nothing(harness: Harness, visibility: str) -> None:
    """A PATCH to the present value leaves every field, updated_at too."""
    caller, fact = create_owned(harness, PATCH, visibility=visibility)
    before = read_pack(harness, caller, fact.id)
    patched = harness.judge(caller, _to(harness, fact, visibility))
    after = read_back(harness, caller, fact.id)
    pair, said = (before.json, patched.json), "every field as before"
    check_unchanged(harness, patched, differing_fields(harness.contract, *pair), said, pair)
    pair = (before.json, after.json)
    check_unchanged(harness, after, list_differences(harness.contract, *pair), said, pair)


@rule("PACK-PATCH-NOOP")
def test_the_same_value_is_taken_while_a_role_references_the_pack(harness: Harness) -> None:
    """A private pack that a role of another org references is set to org again."""
    caller, fact = create_owned(harness, PATCH)
    packs.reference_pack(harness, fact, choose_other_org(harness, caller))
    harness.judge(caller, _to(harness, fact, "org"))


@rule("PACK-PATCH-BODY")
def test_any_other_body_is_refused(harness: Harness) -> None:
    """The body is hostile in one way at a time; a right one was taken before."""
    try_values(harness, harness.contract.operations[PATCH], JSON_BODIES)


@rule("PACK-PATCH-IN-USE")
@ARCHIVED_OR_NOT
def test_a_foreign_role_keeps_it_in_the_community(harness: Harness, archived: bool) -> None:  # noqa: FBT001
    """A shared pack with a role of another org is set to org; without the role that worked."""
    caller, fact = create_owned(harness, PATCH)
    for visibility in ("community", "org", "community"):
        harness.hold(caller, _to(harness, fact, visibility))
    if get_field(read_pack(harness, caller, fact.id).json, "visibility") != "community":
        raise NotProvoked("the PATCH did not share the pack")
    packs.reference_pack(
        harness, pack_facts(harness.knowledge)[fact.id], choose_other_org(harness, caller), archived=archived
    )
    harness.judge(caller, _to(harness, fact, "org"))


@rule("PACK-PATCH-OWN-ROLES")
@ARCHIVED_OR_NOT
def test_an_own_role_does_not(harness: Harness, archived: bool) -> None:  # noqa: FBT001
    """A shared pack with a role of its own org is set to org."""
    caller, fact = create_owned(harness, PATCH, visibility="community")
    packs.reference_pack(harness, fact, caller.org, archived=archived)
    harness.judge(caller, _to(harness, fact, "org"))


@rule("PACK-IN-USE-DETAILS")
@over("operation_id, counted", lambda _: [(PATCH, 2), (packs.DELETE, 3)])
def test_the_details_count_the_roles_and_name_none(harness: Harness, operation_id: str, counted: int) -> None:
    """Two roles of another org and one of the own reference the pack; the own counts for a deletion only."""
    caller, fact = create_owned(harness, PATCH, visibility="community")
    other = choose_other_org(harness, caller)
    for org, archived in ((other, False), (other, True), (caller.org, False)):
        fact = packs.reference_pack(harness, fact, org, archived=archived)
    request = _to(harness, fact, "org") if operation_id == PATCH else on(harness, operation_id, fact)
    refused = harness.send(caller, request)
    if refused.code != "pack_in_use":
        raise NotProvoked(f"{operation_id} answers {refused} although roles reference the pack")
    details = refused.json["error"].get("details")
    leak = (
        DataEffect.LEAKED if any(each in json.dumps(details) for each in _list_hidden_names(harness, other)) else None
    )
    check_equal(harness, refused, details, {"roles": counted}, f"details {{'roles': {counted}}}", effect=leak)


def _list_hidden_names(harness: Harness, other: str) -> list[str]:
    """Return what a caller must not be told of another org that has roles: the org, and the ids that states gave."""
    states = [step.json for step in harness.history.steps if step.operation_id is None and step.method == "POST"]
    given = [value for each in states if isinstance(each, dict) for key, value in each.items() if key == "role_id"]
    return [other, *map(str, given)]
