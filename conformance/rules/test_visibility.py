"""Clause visibility: PATCH of a pack, what it changes, what it refuses, and that refusals change nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conformance.binding import over, rule
from conformance.exchange import Request
from conformance.facts import PackFact
from conformance.harness import Harness
from conformance.judging import NotProvoked
from conformance.profile import ANONYMOUS, Caller
from conformance.recipes import packs
from conformance.recipes.reading import difference, field, instant, item, listed, read_file, shown
from conformance.recipes.requests import JSON, build, with_json

PATCH = "packs.update_visibility"
MOVING = ("visibility", "updated_at")


def _patch(harness: Harness, fact: PackFact, body: Any) -> Request:
    return with_json(harness.contract.operations[PATCH], {"id": fact.id}, body)


def _own(harness: Harness, visibility: str = "org", origin: str = "upload") -> tuple[Caller, PackFact]:
    """A caller who may PATCH, and a pack of the caller's org."""
    caller = harness.able(harness.contract.operations[PATCH])
    return caller, packs.own(harness, caller.org, visibility=visibility, origin=origin)


@rule("PACK-PATCH-APPLIES")
@over("before, after", lambda _: [("org", "community"), ("community", "org")])
def test_the_visibility_asked_for_is_answered_and_read(harness: Harness, before: str, after: str) -> None:
    """In the answer, in the single read and in the list."""
    caller, fact = _own(harness, before)
    patched = harness.judge(caller, _patch(harness, fact, {"visibility": after}))
    read = shown(harness, caller, fact.id)
    in_list = listed(harness, caller)
    seen = {
        "the answer": (patched, field(patched.json, "visibility")),
        "the pack read afterwards": (read, field(read.json, "visibility")),
        "the list": (in_list, field(item(in_list, fact.id), "visibility")),
    }
    for where, (exchange, value) in seen.items():
        harness.check(value == after, exchange, f"visibility {after} in {where}", f"{value!r}")


@rule("PACK-PATCH-ONLY-VISIBILITY")
@over("origin", lambda _: ["upload", "image_ref"])
def test_nothing_else_changes(harness: Harness, origin: str) -> None:
    """Neither of what is shown nor of the files."""
    caller, fact = _own(harness, origin=origin)
    before, files_before = shown(harness, caller, fact.id), read_file(harness, caller, fact.id, "pack.yaml")
    patched = harness.hold(caller, _patch(harness, fact, {"visibility": "community"}))
    after, files_after = shown(harness, caller, fact.id), read_file(harness, caller, fact.id, "pack.yaml")
    for exchange in (patched, after):
        changed = difference(before.json, exchange.json, ignoring=MOVING)
        harness.check(not changed, exchange, "every other field as before", f"{', '.join(changed)} changed")
    same = files_before.body == files_after.body
    harness.check(same, files_after, "the files as before", "other bytes")


@rule("PACK-PATCH-UPDATED-AT")
@over("before, after", lambda _: [("org", "community"), ("community", "org")])
def test_a_change_moves_updated_at_forward(harness: Harness, before: str, after: str) -> None:
    """As read before and afterwards."""
    caller, fact = _own(harness, before)
    earlier = field(shown(harness, caller, fact.id).json, "updated_at")
    harness.hold(caller, _patch(harness, fact, {"visibility": after}))
    read = shown(harness, caller, fact.id)
    later = field(read.json, "updated_at")
    if not isinstance(earlier, str) or not isinstance(later, str):
        raise NotProvoked("the pack shows no updated_at")
    harness.check(instant(later) > instant(earlier), read, "a later updated_at", "the same or an earlier one")


@rule("PACK-PATCH-NOOP")
@over("visibility", lambda _: ["org", "community"])
def test_the_same_value_changes_nothing(harness: Harness, visibility: str) -> None:
    """Not even updated_at."""
    caller, fact = _own(harness, visibility)
    before = shown(harness, caller, fact.id)
    patched = harness.judge(caller, _patch(harness, fact, {"visibility": visibility}))
    after = shown(harness, caller, fact.id)
    for exchange in (patched, after):
        changed = difference(before.json, exchange.json)
        harness.check(not changed, exchange, "every field as before", f"{', '.join(changed)} changed")


@rule("PACK-PATCH-BODY")
@over("kind", lambda _: list(MALFORMED))
def test_any_other_body_is_refused(harness: Harness, kind: str) -> None:
    """One way to spoil it at a time, after a right one was taken."""
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
    """After the same pack could be taken back and forth without it."""
    caller, fact = _own(harness)
    harness.hold(caller, _patch(harness, fact, {"visibility": "community"}))
    harness.hold(caller, _patch(harness, fact, {"visibility": "org"}))
    harness.hold(caller, _patch(harness, fact, {"visibility": "community"}))
    packs.referenced(harness, _now(harness, fact), _other_org(harness, caller), archived=archived)
    harness.judge(caller, _patch(harness, fact, {"visibility": "org"}))


@rule("PACK-PATCH-OWN-ROLES")
@over("archived", lambda _: [False, True])
def test_an_own_role_does_not(harness: Harness, archived: bool) -> None:  # noqa: FBT001
    """Stand in the way."""
    caller, fact = _own(harness, "community")
    packs.referenced(harness, fact, caller.org, archived=archived)
    harness.judge(caller, _patch(harness, fact, {"visibility": "org"}))


@rule("PACK-IN-USE-DETAILS")
@over("operation_id, counted", lambda _: [(PATCH, 2), (packs.DELETE, 3)])
def test_the_details_count_the_roles_and_name_none(harness: Harness, operation_id: str, counted: int) -> None:
    """Two of another org and one of the own, which counts for a deletion only."""
    caller, fact = _own(harness, "community")
    other = _other_org(harness, caller)
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


Refusal = Callable[[Harness, Caller, PackFact], tuple[Caller | None, Request]]


def _malformed(harness: Harness, caller: Caller, fact: PackFact) -> tuple[Caller | None, Request]:
    return caller, _patch(harness, fact, {"visibility": "org", "name": "other"})


def _unknown_value(harness: Harness, caller: Caller, fact: PackFact) -> tuple[Caller | None, Request]:
    return caller, _patch(harness, fact, {"visibility": "private"})


def _anonymous(harness: Harness, _caller: Caller, fact: PackFact) -> tuple[Caller | None, Request]:
    return None, _patch(harness, fact, {"visibility": "org"})


def _without_scope(harness: Harness, caller: Caller, fact: PackFact) -> tuple[Caller | None, Request]:
    needed = harness.contract.operations[PATCH].permissions
    for other in harness.callers(caller.org):
        if not needed.held_by(other.held):
            return other, _patch(harness, fact, {"visibility": "org"})
    raise NotProvoked(f"every caller of {caller.org} in the profile holds the scope")


def _of_another_org(harness: Harness, caller: Caller, fact: PackFact) -> tuple[Caller | None, Request]:
    org = _other_org(harness, caller)
    return harness.able(harness.contract.operations[PATCH], org), _patch(harness, fact, {"visibility": "org"})


def _in_use(harness: Harness, caller: Caller, fact: PackFact) -> tuple[Caller | None, Request]:
    packs.referenced(harness, fact, _other_org(harness, caller))
    return caller, _patch(harness, fact, {"visibility": "org"})


def _unpaid(harness: Harness, caller: Caller, fact: PackFact) -> tuple[Caller | None, Request]:
    harness.set_posture(caller.org, "past_due")
    return caller, _patch(harness, fact, {"visibility": "org"})


def _delete_in_use(harness: Harness, caller: Caller, fact: PackFact) -> tuple[Caller | None, Request]:
    packs.referenced(harness, fact, caller.org)
    return caller, build(harness.contract.operations[packs.DELETE], {"id": fact.id})


def _foreign_delete(harness: Harness, caller: Caller, fact: PackFact) -> tuple[Caller | None, Request]:
    operation = harness.contract.operations[packs.DELETE]
    return harness.able(operation, _other_org(harness, caller)), build(operation, {"id": fact.id})


def _bad_image(harness: Harness, caller: Caller, fact: PackFact) -> tuple[Caller | None, Request]:
    operation = harness.contract.operations["packs.replace_image"]
    absent = "registry.conformance.example/absent/pack:9.9.9"
    return caller, with_json(operation, {"id": fact.id}, {"image_ref": absent})


def _bad_file(harness: Harness, caller: Caller, fact: PackFact) -> tuple[Caller | None, Request]:
    operation = harness.contract.operations["packs.replace_file"]
    values = {"id": fact.id, "path": "pack.yaml"}
    return caller, build(operation, values, content=b"name: 1\n", media_type="application/octet-stream")


REFUSALS: Mapping[str, Refusal] = {
    "malformed-patch": _malformed,
    "unknown-value": _unknown_value,
    "anonymous-patch": _anonymous,
    "patch-without-scope": _without_scope,
    "patch-of-another-org": _of_another_org,
    "patch-in-use": _in_use,
    "patch-unpaid": _unpaid,
    "delete-in-use": _delete_in_use,
    "delete-of-another-org": _foreign_delete,
    "image-that-is-absent": _bad_image,
    "pack-yaml-that-is-invalid": _bad_file,
}


@rule("REFUSED-CHANGES-NOTHING")
@over("kind", lambda _: list(REFUSALS))
def test_a_refused_request_leaves_everything_as_it_was(harness: Harness, kind: str) -> None:
    """What its owner reads, alone and in the list."""
    caller, fact = _own(harness, "community")
    who, request = REFUSALS[kind](harness, caller, fact)
    before, list_before = shown(harness, caller, fact.id), listed(harness, caller)
    refused = harness.send(who or ANONYMOUS, request)
    if refused.succeeded or refused.failure:
        raise NotProvoked(f"{refused.operation_id} was answered {refused}")
    after, list_after = shown(harness, caller, fact.id), listed(harness, caller)
    changed = difference(before.json, after.json)
    harness.check(not changed, after, "the pack as before", f"{', '.join(changed)} changed")
    changed = difference(item(list_before, fact.id), item(list_after, fact.id))
    harness.check(not changed, list_after, "the pack in the list as before", f"{', '.join(changed)} changed")


def _now(harness: Harness, fact: PackFact) -> PackFact:
    return harness.state.packs[fact.id]


def _other_org(harness: Harness, caller: Caller) -> str:
    for other in harness.callers():
        if other.org != caller.org:
            return other.org
    raise NotProvoked("the profile has callers of one org only")
