"""Clause ownership: which packs a caller sees, as what, and what may be done to them."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.contract.contract import Operation
from conformance.oracle.bodies import fields
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes import reading
from conformance.recipes.hidden import on_hidden, pack_parameter, told
from conformance.recipes.reading import GET, READ_FILE, difference, field, item, items, listed, shown, views
from conformance.recipes.requests import build, with_json
from conformance.recipes.valid import about, names_pack, valid
from conformance.resources.packs import factory as packs
from conformance.resources.packs.factory import Kind
from conformance.resources.packs.facts import PLATFORM_TIERS, pack_facts
from conformance.resources.packs.refused import other_org
from conformance.running.binding import Scope, over, rule
from conformance.session.harness import Harness

SHARED = (packs.FOREIGN_COMMUNITY, packs.PLATFORM)


def _classes(scope: Scope) -> list[Caller]:
    """One caller for each way of being somebody: role or permission set; of the first org that has it."""
    found: dict[object, Caller] = {}
    for caller in scope.callers:
        found.setdefault((caller.role, caller.permission_set), caller)
    return list(found.values())


def _on_packs(scope: Scope) -> list[Operation]:
    return [operation for operation in scope.operations if names_pack(operation)]


@rule("OWNERSHIP-LISTED")
@over("caller", _classes)
def test_the_list_holds_every_visible_pack(harness: Harness, caller: Caller) -> None:
    """Own ones of either visibility, the platform's, community packs of others."""
    expected = packs.visible(harness, caller)
    answer = listed(harness, caller)
    for kind, fact in expected.items():
        harness.check(item(answer, fact.id) is not None, answer, f"the {kind} pack in the list", "not in it")


@rule("OWNERSHIP-NOT-LISTED")
@over("caller", _classes)
def test_the_list_holds_no_private_pack_of_another_org(harness: Harness, caller: Caller) -> None:
    """Neither the one that was made for it nor any other."""
    hidden = packs.pack(harness, packs.FOREIGN_PRIVATE, caller)
    answer = listed(harness, caller)
    harness.check(item(answer, hidden.id) is None, answer, "no private pack of another org", "one")
    for each in items(answer):
        private = each.get("owned") is not True and each.get("visibility") == "org"
        harness.check(
            not private or each.get("tier") in PLATFORM_TIERS,
            answer,
            "no private pack of another org",
            "a pack that is not owned and has the visibility org",
        )


@rule("OWNERSHIP-LISTED")
@over("tier", lambda _: PLATFORM_TIERS)
def test_the_list_holds_the_platforms_packs_of_each_tier(harness: Harness, tier: str) -> None:
    """One that the target's side has just added."""
    caller = harness.able(harness.contract.operations["packs.list"])
    made = harness.provide("pack exists", org_id=None, name=harness.fresh_name(), tier=tier)
    answer = listed(harness, caller)
    there = item(answer, str(made["pack_id"])) is not None
    harness.check(there, answer, f"the platform's pack of the tier {tier} in the list", "not in it")


@rule("OWNERSHIP-LISTED")
def test_the_list_holds_them_all_however_many(harness: Harness) -> None:
    """There are no pages: a hundred packs and one are one list."""
    caller = harness.able(harness.contract.operations[packs.UPLOAD])
    made = [packs.own(harness, caller.org) for _ in range(MANY)]
    answer = listed(harness, caller)
    there = {str(each.get("id")) for each in items(answer)}
    missing = sum(fact.id not in there for fact in made)
    harness.check(not missing, answer, f"all {MANY} packs that were made", f"{missing} are not in the list")


@rule("OWNERSHIP-NOT-LISTED")
def test_a_pack_that_is_taken_back_is_not_listed_any_more(harness: Harness) -> None:
    """To another org, which had it in its list."""
    operation = harness.contract.operations["packs.update_visibility"]
    owner = harness.able(operation)
    other = harness.callers(other_org(harness, owner))[0]
    fact = packs.own(harness, owner.org, visibility="community")
    if item(listed(harness, other), fact.id) is None:
        raise NotProvoked("the pack was not in the list of the other org while it was shared")
    harness.hold(owner, with_json(operation, {pack_parameter(operation): fact.id}, {"visibility": "org"}))
    if field(shown(harness, owner, fact.id).json, "visibility") != "org":
        raise NotProvoked("the pack was not taken back")
    answer = listed(harness, other)
    harness.check(item(answer, fact.id) is None, answer, "no pack that was taken back", "one")


MANY = 101


@rule("OWNERSHIP-LIST-ITEM")
@over("caller", _classes)
def test_list_and_single_read_agree(harness: Harness, caller: Caller) -> None:
    """Field by field, for packs of every kind and whatever else is listed."""
    packs.visible(harness, caller)
    for each in reading.of_no_other_run(harness, listed(harness, caller))[:24]:
        read = harness.send(caller, build(harness.contract.operations[GET], {"id": str(each.get("id"))}))
        differing = difference(each, read.json) if read.succeeded else []
        right = not differing or not reading.as_before(harness, caller, each)
        harness.check(right, read, "what the list shows", f"another {', '.join(differing)}")


@rule("OWNERSHIP-SHARED-READABLE")
@over("operation", lambda scope: [o for o in _on_packs(scope) if o.safe])
@over("kind", lambda _: SHARED)
@over("caller", _classes)
def test_what_is_shared_can_be_read(harness: Harness, operation: Operation, kind: Kind, caller: Caller) -> None:
    """By everybody, the files too."""
    harness.judge(caller, valid(harness, operation, caller, kind=kind))


def _each_class(scope: Scope) -> Iterator[tuple[Operation, Caller]]:
    return ((operation, caller) for operation in _on_packs(scope) for caller in _classes(scope))


def _able_classes(scope: Scope) -> Iterator[tuple[Operation, Caller]]:
    return ((o, caller) for o, caller in _each_class(scope) if o.permissions.held_by(caller.held))


def _hold(harness: Harness, operation: Operation, caller: Caller) -> None:
    """Whoever may do the operation is served on a pack of the own org."""
    if operation.permissions.held_by(caller.held):
        harness.hold(caller, valid(harness, operation, caller))


@rule("OWNERSHIP-OWN-SERVED")
@over("operation, caller", _able_classes)
@over("kind", lambda _: [kind for kind in packs.KINDS if kind.own])
def test_an_own_pack_is_served(harness: Harness, operation: Operation, caller: Caller, kind: Kind) -> None:
    """Of either visibility, to everybody of the org who holds what the operation asks for."""
    harness.judge(caller, valid(harness, operation, caller, kind=kind))


@rule("OWNERSHIP-PRIVATE-HIDDEN")
@over("operation, caller", _each_class)
def test_a_private_pack_of_another_org_is_not_there(harness: Harness, operation: Operation, caller: Caller) -> None:
    """For those who may do the operation on a pack of their own; for the others it may as well be forbidden."""
    _hold(harness, operation, caller)
    request = on_hidden(harness, operation, caller)
    harness.judge(caller, request)
    fact = pack_facts(harness.state)[request.path_values[pack_parameter(operation)]]
    if harness.states is not None and fact.owner is not None:
        # Nor does it show in any other refusal what is true of it.
        packs.referenced(harness, fact, fact.owner)
        harness.judge(caller, request)


@rule("OWNERSHIP-PRIVATE-INDISTINCT")
@over("operation, caller", _able_classes)
def test_a_hidden_pack_looks_like_none(harness: Harness, operation: Operation, caller: Caller) -> None:
    """In status, code, message, details and the names of the headers."""
    request = on_hidden(harness, operation, caller)
    hidden = harness.send(caller, request)
    hidden_id = request.path_values[pack_parameter(operation)]
    absent_id = _absent(harness, hidden_id)
    values = {**request.path_values, pack_parameter(operation): absent_id}
    sent = build(operation, values)
    absent = harness.send(
        caller,
        type(request)(
            request.operation_id,
            request.method,
            sent.path,
            values,
            headers=request.headers,
            content=request.content,
        ),
    )
    if hidden.status < 400 or absent.status < 400:
        raise NotProvoked(f"{operation} answered {hidden} and {absent}")
    differing = difference(told(hidden, hidden_id), told(absent, absent_id))
    harness.check(not differing, hidden, "the answer for a pack that does not exist", f"another {', '.join(differing)}")


def _absent(harness: Harness, hidden_id: str) -> str:
    """As long and of the same letters, so that nothing but its absence differs."""
    if harness.profile.world_url is not None:
        return hidden_id[:-1] + ("0" if hidden_id[-1] != "0" else "1")
    absent_id = harness.absent_like(hidden_id)
    if absent_id is None:
        raise NotProvoked(f"{hidden_id!r} is too short for another id like it that certainly no pack has")
    return absent_id


@rule("OWNERSHIP-SHARED-READ-ONLY")
@over("operation, caller", lambda scope: ((o, c) for o, c in _each_class(scope) if _changes(o)))
@over("kind", lambda _: SHARED)
def test_a_shared_pack_is_not_changed(harness: Harness, operation: Operation, caller: Caller, kind: Kind) -> None:
    """By nobody who can read it, those who may change their own among them."""
    _hold(harness, operation, caller)
    fact = packs.pack(harness, kind, caller)
    shown(harness, caller, fact.id)
    like = None if "image_ref" in fields(operation) else fact
    harness.judge(caller, about(harness, operation, caller, pack_facts(harness.state)[fact.id], like=like))


def _changes(operation: Operation) -> bool:
    return not operation.safe and operation.method != "DELETE"


@rule("OWNERSHIP-SHARED-DELETE")
@over(
    "operation, caller",
    lambda scope: ((o, c) for o, c in _each_class(scope) if o.method == "DELETE"),
)
@over("kind", lambda _: SHARED)
def test_a_shared_pack_is_not_deleted(harness: Harness, operation: Operation, caller: Caller, kind: Kind) -> None:
    """By nobody, those who may delete their own among them; it can be read afterwards."""
    _hold(harness, operation, caller)
    fact = packs.pack(harness, kind, caller)
    shown(harness, caller, fact.id)
    refused = harness.judge(caller, about(harness, operation, caller, fact, like=None))
    read = harness.send(caller, build(harness.contract.operations[GET], {"id": fact.id}))
    harness.check(read.succeeded, refused, "the pack still there", "gone")


@rule("OWNERSHIP-ORG-ID")
@over("caller", _classes)
@over("kind", lambda _: [kind for kind in packs.KINDS if kind.visible])
def test_the_owner_is_shown_to_the_own_org_alone(harness: Harness, caller: Caller, kind: Kind) -> None:
    """In the single read and in the list; to others the key is absent, not null."""
    fact = packs.pack(harness, kind, caller)
    for exchange, pack in views(harness, caller, fact.id):
        if kind.own:
            right = pack.get("org_id") == caller.org
            harness.check(right, exchange, f"org_id {caller.org}", repr(pack.get("org_id")))
        else:
            harness.check("org_id" not in pack, exchange, "no org_id", repr(pack.get("org_id")))


@rule("OWNERSHIP-OWNED")
@over("caller", _classes)
@over("kind", lambda _: [kind for kind in packs.KINDS if kind.visible])
def test_owned_tells_own_packs_from_others(harness: Harness, caller: Caller, kind: Kind) -> None:
    """In the single read and in the list."""
    fact = packs.pack(harness, kind, caller)
    for exchange, pack in views(harness, caller, fact.id):
        right = pack.get("owned") is kind.own
        harness.check(right, exchange, f"owned {kind.own}".lower(), repr(pack.get("owned")))


@rule("OWNERSHIP-TIER")
@over("caller", _classes)
def test_only_the_platform_has_tiers_of_its_own(harness: Harness, caller: Caller) -> None:
    """A pack of an org is a community pack, whatever its visibility."""
    own = [packs.pack(harness, kind, caller) for kind in packs.KINDS if kind.own]
    answer = listed(harness, caller)
    for fact in own:
        pack = item(answer, fact.id) or {}
        harness.check(pack.get("tier") == "community", answer, "tier community", repr(pack.get("tier")))
    for pack in items(answer):
        owned_tier = pack.get("owned") is True and pack.get("tier") != "community"
        harness.check(not owned_tier, answer, "tier community on every own pack", repr(pack.get("tier")))


@rule("OWNERSHIP-IMAGE-REF")
@over("origin", lambda _: ["upload", "image_ref"])
@over("caller", _classes)
def test_an_own_pack_shows_its_image(harness: Harness, origin: str, caller: Caller) -> None:
    """Of either origin, to everybody of the org."""
    fact = packs.own(harness, caller.org, origin=origin)
    for exchange, pack in views(harness, caller, fact.id):
        there = isinstance(pack.get("image_ref"), str) and pack["image_ref"] != ""
        harness.check(there, exchange, "an image_ref", repr(pack.get("image_ref")))


@rule("OWNERSHIP-SHARED-READABLE")
@over("caller", _classes)
def test_what_is_listed_can_be_read(harness: Harness, caller: Caller) -> None:
    """One by one, with the file that every pack has."""
    for pack in reading.of_no_other_run(harness, listed(harness, caller))[:24]:
        values = {"id": str(pack.get("id")), "path": "pack.yaml"}
        for operation_id in (GET, READ_FILE):
            operation = harness.contract.operations[operation_id]
            answer = harness.send(caller, build(operation, values))
            right = answer.succeeded or not reading.as_before(harness, caller, pack)
            harness.check(right, answer, "200 for a pack that is listed", str(answer))
