"""Clause visibility: PATCH of a pack, what it changes, what it refuses, and that refusals change nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.http.exchange import Exchange, Request
from conformance.oracle.judging import NotProvoked
from conformance.profile import ANONYMOUS, Caller
from conformance.recipes.reading import changed, difference, field, instant, item, items
from conformance.recipes.requests import JSON, build, with_json
from conformance.resources import packs
from conformance.resources.packs.facts import PackFact, pack_facts
from conformance.resources.packs.reading import listed, read_back, read_file, read_file_back, shown
from conformance.resources.packs.refused import CREATIONS, REFUSALS, other_org
from conformance.running.binding import over, rule
from conformance.session.harness import Harness

PATCH = "packs.update_visibility"
MOVING = ("visibility", "updated_at")  # what a PATCH is there for


def _patch(harness: Harness, fact: PackFact, body: Any) -> Request:
    return with_json(harness.contract.operations[PATCH], {"id": fact.id}, body)


def _own(harness: Harness, visibility: str = "org", origin: str = "upload") -> tuple[Caller, PackFact]:
    """A caller who may PATCH, and a pack of the caller's org."""
    caller = harness.able(harness.contract.operations[PATCH])
    return caller, packs.own(harness, caller.org, visibility=visibility, origin=origin)


@rule("PACK-PATCH-APPLIES")
@over("before, after", lambda _: [("org", "community"), ("community", "org")])
def test_the_visibility_asked_for_is_answered_and_read(harness: Harness, before: str, after: str) -> None:
    """The new visibility is read in the answer, alone and in the list; it is changed three times."""
    caller, fact = _own(harness, before)
    for asked in (after, before, after):
        patched = harness.judge(caller, _patch(harness, fact, {"visibility": asked}))
        read = read_back(harness, caller, fact.id)
        in_list = listed(harness, caller)
        seen = {
            "the answer": (patched, field(patched.json, "visibility")),
            "the pack read afterwards": (read, field(read.json, "visibility")),
            "the list": (in_list, field(item(in_list, fact.id), "visibility")),
        }
        for where, (exchange, value) in seen.items():
            harness.check(value == asked, exchange, f"visibility {asked} in {where}", f"{value!r}")


@rule("PACK-PATCH-ONLY-VISIBILITY")
@over("origin", lambda _: ["upload", "image_ref"])
def test_nothing_else_changes(harness: Harness, origin: str) -> None:
    """A PATCH leaves all other fields, and the files, as they were."""
    caller, fact = _own(harness, origin=origin)
    before, files_before = shown(harness, caller, fact.id), read_file(harness, caller, fact.id, "pack.yaml")
    patched = harness.hold(caller, _patch(harness, fact, {"visibility": "community"}))
    after, files_after = read_back(harness, caller, fact.id), read_file_back(harness, caller, fact.id, "pack.yaml")
    for exchange, moved in (
        (patched, changed(before.json, patched.json, ignoring=MOVING)),
        (after, difference(before.json, after.json, ignoring=MOVING)),
    ):
        harness.check(not moved, exchange, "every other field as before", f"{', '.join(moved)} changed")
    same = files_before.body == files_after.body
    harness.check(same, files_after, "the files as before", "other bytes")


@rule("PACK-PATCH-UPDATED-AT")
@over("before, after", lambda _: [("org", "community"), ("community", "org")])
def test_a_change_moves_updated_at_forward(harness: Harness, before: str, after: str) -> None:
    """updated_at is later after a PATCH that changes the visibility."""
    caller, fact = _own(harness, before)
    earlier = field(shown(harness, caller, fact.id).json, "updated_at")
    harness.hold(caller, _patch(harness, fact, {"visibility": after}))
    read = read_back(harness, caller, fact.id)
    later = field(read.json, "updated_at")
    if field(read.json, "visibility") != after:
        raise NotProvoked("the PATCH did not change the visibility")
    if not isinstance(earlier, str) or not isinstance(later, str):
        raise NotProvoked("the pack shows no updated_at")
    harness.check(instant(later) > instant(earlier), read, "a later updated_at", "the same or an earlier one")


@rule("PACK-PATCH-NOOP")
@over("visibility", lambda _: ["org", "community"])
def test_the_same_value_changes_nothing(harness: Harness, visibility: str) -> None:
    """A PATCH to the present value leaves every field, updated_at too."""
    caller, fact = _own(harness, visibility)
    before = shown(harness, caller, fact.id)
    patched = harness.judge(caller, _patch(harness, fact, {"visibility": visibility}))
    after = read_back(harness, caller, fact.id)
    for exchange, moved in (
        (patched, changed(before.json, patched.json)),
        (after, difference(before.json, after.json)),
    ):
        harness.check(not moved, exchange, "every field as before", f"{', '.join(moved)} changed")


@rule("PACK-PATCH-NOOP")
def test_the_same_value_is_taken_while_a_role_references_the_pack(harness: Harness) -> None:
    """A private pack that a role of another org references is set to org again."""
    caller, fact = _own(harness, "org")
    packs.referenced(harness, fact, other_org(harness, caller))
    harness.judge(caller, _patch(harness, fact, {"visibility": "org"}))


@rule("PACK-PATCH-BODY")
@over("kind", lambda _: list(MALFORMED))
def test_any_other_body_is_refused(harness: Harness, kind: str) -> None:
    """The body is malformed in one way at a time; a right one was taken before."""
    caller, fact = _own(harness)
    harness.hold(caller, _patch(harness, fact, {"visibility": "community"}))
    request = build(harness.contract.operations[PATCH], {"id": fact.id}, content=MALFORMED[kind], media_type=JSON)
    harness.judge(caller, request)


MALFORMED: Mapping[str, bytes] = {
    "empty": b"",
    "no-json": b"visibility=org",
    "cut-short": b'{"visibility": "org"',
    "more-after": b'{"visibility": "org"} {}',
    "not-utf-8": b'{"visibility": "\xff\xfe"}',
    "utf-16": '{"visibility": "org"}'.encode("utf-16"),
    "single-quotes": b"{'visibility': 'org'}",
    "trailing-comma": b'{"visibility": "org",}',
    "nan": b'{"visibility": NaN}',
    "null-body": b"null",
    "array": b'[{"visibility": "org"}]',
    "text": b'"org"',
    "number": b"1",
    "true": b"true",
    "no-key": b"{}",
    "null": b'{"visibility": null}',
    "true-value": b'{"visibility": true}',
    "number-value": b'{"visibility": 0}',
    "huge-number": b'{"visibility": ' + b"9" * 5000 + b"}",
    "array-value": b'{"visibility": ["org"]}',
    "object-value": b'{"visibility": {"org": true}}',
    "empty-value": b'{"visibility": ""}',
    "unknown-value": b'{"visibility": "private"}',
    "capital": b'{"visibility": "Org"}',
    "capitals": b'{"visibility": "COMMUNITY"}',
    "space-before": b'{"visibility": " org"}',
    "space-after": b'{"visibility": "org "}',
    "both-values": b'{"visibility": "org,community"}',
    "nul-inside": b'{"visibility": "org\\u0000"}',
    "other-key": b'{"Visibility": "org"}',
    "key-with-space": b'{"visibility ": "org"}',
    "more-keys": b'{"visibility": "org", "note": "more"}',
    "key-of-the-pack": b'{"visibility": "org", "name": "other"}',
    "null-key-besides": b'{"visibility": "org", "tier": null}',
    "deep": b'{"visibility": ' + b"[" * 5000 + b"]" * 5000 + b"}",
}


@rule("PACK-PATCH-IN-USE")
@over("archived", lambda _: [False, True])
def test_a_foreign_role_keeps_it_in_the_community(harness: Harness, archived: bool) -> None:  # noqa: FBT001
    """A shared pack with a role of another org is set to org; without the role that worked."""
    caller, fact = _own(harness)
    harness.hold(caller, _patch(harness, fact, {"visibility": "community"}))
    harness.hold(caller, _patch(harness, fact, {"visibility": "org"}))
    harness.hold(caller, _patch(harness, fact, {"visibility": "community"}))
    if field(shown(harness, caller, fact.id).json, "visibility") != "community":
        raise NotProvoked("the PATCH did not share the pack")
    packs.referenced(harness, _now(harness, fact), other_org(harness, caller), archived=archived)
    harness.judge(caller, _patch(harness, fact, {"visibility": "org"}))


@rule("PACK-PATCH-OWN-ROLES")
@over("archived", lambda _: [False, True])
def test_an_own_role_does_not(harness: Harness, archived: bool) -> None:  # noqa: FBT001
    """A shared pack with a role of its own org is set to org."""
    caller, fact = _own(harness, "community")
    packs.referenced(harness, fact, caller.org, archived=archived)
    harness.judge(caller, _patch(harness, fact, {"visibility": "org"}))


@rule("PACK-IN-USE-DETAILS")
@over("operation_id, counted", lambda _: [(PATCH, 2), (packs.DELETE, 3)])
def test_the_details_count_the_roles_and_name_none(harness: Harness, operation_id: str, counted: int) -> None:
    """Two roles of another org and one of the own reference the pack; the own counts for a deletion only."""
    caller, fact = _own(harness, "community")
    other = other_org(harness, caller)
    for org, archived in ((other, False), (other, True), (caller.org, False)):
        fact = packs.referenced(harness, fact, org, archived=archived)
    operation = harness.contract.operations[operation_id]
    body = None if operation.body is None else b'{"visibility": "org"}'
    request = build(operation, {"id": fact.id}, content=body, media_type=JSON if body else None)
    refused = harness.send(caller, request)
    if refused.code != "pack_in_use":
        raise NotProvoked(f"{operation} answers {refused} although roles reference the pack")
    details = refused.json["error"].get("details")
    harness.check(details == {"roles": counted}, refused, f"details {{'roles': {counted}}}", f"{details!r}")


@rule("REFUSED-CHANGES-NOTHING")
@over("kind", lambda _: list(REFUSALS))
def test_a_refused_request_leaves_everything_as_it_was(harness: Harness, kind: str) -> None:
    """After a refusal the owner reads the same pack, alone and in the list, and the same file."""
    caller, fact = _own(harness, "community")
    who, request = REFUSALS[kind](harness, caller, fact)
    before, list_before = shown(harness, caller, fact.id), listed(harness, caller)
    file_before = read_file(harness, caller, fact.id, "pack.yaml")
    refused = _refused(harness, who, request)
    after, list_after = read_back(harness, caller, fact.id), listed(harness, caller)
    moved = difference(before.json, after.json)
    harness.check(not moved, after, "the pack as before", f"{', '.join(moved)} changed")
    moved = difference(item(list_before, fact.id), item(list_after, fact.id))
    harness.check(not moved, list_after, "the pack in the list as before", f"{', '.join(moved)} changed")
    file_after = read_file_back(harness, caller, fact.id, "pack.yaml")
    harness.check(file_before.body == file_after.body, refused, "the files as before", "other bytes")


@rule("REFUSED-CHANGES-NOTHING")
@over("kind", lambda _: list(CREATIONS))
def test_a_refused_creation_makes_nothing(harness: Harness, kind: str) -> None:
    """After a refused creation the list has the same packs of the name as before."""
    caller, fact = _own(harness)
    who, request, name = CREATIONS[kind](harness, caller, fact)
    before = [pack for pack in items(listed(harness, caller)) if _owned(pack, name)]
    _refused(harness, who, request)
    answer = listed(harness, caller)
    after = [pack for pack in items(answer) if _owned(pack, name)]
    harness.check(after == before, answer, f"{len(before)} packs of the name, as before", f"{len(after)} or another")


def _owned(pack: Mapping[str, Any], name: str) -> bool:
    return pack.get("owned") is True and pack.get("name") == name


def _refused(harness: Harness, who: Caller | None, request: Request) -> Exchange:
    refused = harness.send(who or ANONYMOUS, request)
    if refused.succeeded or refused.failure:
        raise NotProvoked(f"{refused.operation_id} was answered {refused}")
    return refused


def _now(harness: Harness, fact: PackFact) -> PackFact:
    return pack_facts(harness.state)[fact.id]
