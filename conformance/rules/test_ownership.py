"""Clause ownership: which objects a caller sees, as what, and what may be done to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from conformance.contract.contract import JsonObject, Operation, Rule
from conformance.http.exchange import Exchange
from conformance.oracle.breach import DataEffect
from conformance.oracle.declaration.ownership import FOREIGN_PRIVATE, PLATFORM, Ownership
from conformance.oracle.declaration.registry import (
    find_resource_in_path,
    list_resources,
    require_resource,
    require_resource_in_path,
)
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes import reading
from conformance.recipes.about import build_request_about, choose_suited
from conformance.recipes.making import (
    choose_other_org,
    find_creation,
    introduce_caller,
    list_visible,
    obtain,
    prepare_for,
)
from conformance.recipes.making import create_owned as own_of
from conformance.recipes.people import create_for_another, create_narrowed
from conformance.recipes.reading import find_item, get_field, items, show, strip_ids
from conformance.recipes.requests import build
from conformance.recipes.valid import build_valid, find_id_parameter, on_hidden
from conformance.resources import packs
from conformance.resources.packs.oracle import PLATFORM_TIERS, PackFact
from conformance.resources.packs.reading import GET, READ_FILE, read_list, read_pack
from conformance.results.difference import STATUS, from_fields, from_list
from conformance.rules.checks import check_each
from conformance.rules.packs.requests import PATCH, build_patch, create_owned, find_uploader
from conformance.running.binding import Scope, law, over, rule
from conformance.session.harness import Harness

NEW_PERSON = "a-new-person"
"""The stand-in for a caller whom a state makes."""
OWNERSHIPS = require_resource("pack").access.ownerships
TELLING = 8
"""The least length of a value of an object by which it is told: a shorter one may stand anywhere by chance."""


def list_classes(scope: Scope) -> list[Caller]:
    """Return one caller of each role and each permission set, of the first org that has one."""
    found: dict[object, Caller] = {}
    for caller in scope.callers:
        found.setdefault((caller.role, caller.permission_set), caller)
    return list(found.values())


def _list_listed(scope: Scope) -> list[tuple[Resource, Caller]]:
    """Return each resource that can be listed, for one caller of each class who may list it."""
    operations = scope.contract.operations
    return [
        (resource, caller)
        for resource, caller in product(list_resources(), list_classes(scope))
        if (listing := operations.get(resource.listed_by or "")) and listing.permissions.are_held_by(caller.held)
    ]


def _on_objects(scope: Scope) -> Iterator[tuple[Operation, Resource]]:
    return ((operation, each) for operation in scope.operations if (each := find_resource_in_path(operation)))


def _list_shared(scope: Scope) -> Iterator[tuple[Caller, Ownership, Operation]]:
    """Yield each class's caller with each ownership of another's object that it sees, and each operation on one."""
    for operation, resource in _on_objects(scope):
        for ownership in resource.access.ownerships:
            for caller in list_classes(scope) if ownership.is_visible and not ownership.is_own else ():
                yield caller, ownership, operation


@rule("OWNERSHIP-LISTED")
@over("resource, caller", _list_listed)
def test_the_list_holds_every_visible_pack(harness: Harness, resource: Resource, caller: Caller) -> None:
    """Own objects, those of the platform and community ones of other orgs are listed."""
    expected = list_visible(harness, resource, caller)
    answer = reading.read_list(harness, resource, caller)
    listing = harness.contract.operations[str(answer.operation_id)]
    told = {way: fact for way, fact in expected.items() if not resource.hides(harness.knowledge, fact, caller, listing)}
    if not told:
        raise NotProvoked(f"the caller is shown no {resource} that the run can make")
    for ownership, fact in told.items():
        _check_listed(harness, answer, fact.id, f"the {ownership} {resource}")


@rule("OWNERSHIP-NOT-LISTED")
@over("resource, caller", _list_listed)
def test_the_list_holds_no_private_pack_of_another_org(harness: Harness, resource: Resource, caller: Caller) -> None:
    """A private object of another org is made, and the list has no such object."""
    hidden = obtain(harness, resource, FOREIGN_PRIVATE, caller)
    answer = reading.read_list(harness, resource, caller)
    expected = f"no private {resource} of another org"
    said, evidence = (expected, "one"), from_list(expected, f"{hidden.id} of another org")
    hides = find_item(answer, hidden.id) is None
    harness.check(hides, answer, *said, evidence=evidence, effect=DataEffect.LEAKED)
    for each in items(answer):
        private = each.get("owned") is not True and each.get("visibility") == "org"
        right = not private or resource.access.shown_as(each) is PLATFORM
        got = f"a {resource} that is not owned and has the visibility org"
        evidence = from_list(expected, f"{each.get('id')}, {got}")
        harness.check(right, answer, expected, got, evidence=evidence, effect=DataEffect.LEAKED)


@rule("OWNERSHIP-LISTED")
@over("tier", lambda _: PLATFORM_TIERS)
def test_the_list_holds_the_platforms_packs_of_each_tier(harness: Harness, tier: str) -> None:
    """A provider state adds an object of the platform for each tier."""
    caller = harness.able(harness.contract.operations["packs.list"])
    made = harness.provide("pack exists", org=None, name=harness.make_fresh_name(), tier=tier)
    _check_listed(harness, read_list(harness, caller), str(made["pack_id"]), f"the platform's pack of the tier {tier}")


def _check_listed(harness: Harness, answer: Exchange, object_id: str, said: str) -> None:
    there = find_item(answer, object_id) is not None
    expected, got = f"{said} in the list", "not in it"
    harness.check(there, answer, expected, got, about=object_id, evidence=from_list(expected, got))


@rule("OWNERSHIP-LISTED")
def test_the_list_holds_them_all_however_many(harness: Harness) -> None:
    """The list has no pages: it holds all of a hundred and one objects."""
    caller = find_uploader(harness)
    made = [packs.create_owned_pack(harness, caller.org, origins=packs.ANY) for _ in range(101)]
    answer = read_list(harness, caller)
    there = {str(each.get("id")) for each in items(answer)}
    missing = sum(fact.id not in there for fact in made)
    harness.check(not missing, answer, f"all {len(made)} packs that were made", f"{missing} are not in the list")


@rule("OWNERSHIP-NOT-LISTED")
def test_a_pack_that_is_taken_back_is_not_listed_any_more(harness: Harness) -> None:
    """A shared object that another org had in its list is taken back."""
    owner, fact = create_owned(harness, PATCH, visibility="community")
    other = harness.able(harness.contract.operations["packs.list"], choose_other_org(harness, owner))
    if find_item(read_list(harness, other), fact.id) is None:
        raise NotProvoked("the pack was not in the list of the other org while it was shared")
    harness.hold(owner, build_patch(harness, fact, {"visibility": "org"}))
    if get_field(read_pack(harness, owner, fact.id).json, "visibility") != "org":
        raise NotProvoked("the pack was not taken back")
    answer = read_list(harness, other)
    said, evidence = ("no pack that was taken back", "one"), from_list("no pack that was taken back", fact.id)
    gone = find_item(answer, fact.id) is None
    harness.check(gone, answer, *said, evidence=evidence, effect=DataEffect.LEAKED)


@rule("OWNERSHIP-LIST-ITEM")
@over("resource, caller", lambda scope: (pair for pair in _list_listed(scope) if pair[0].shown_by))
def test_list_and_single_read_agree(harness: Harness, resource: Resource, caller: Caller) -> None:
    """List and single read are compared field by field, for objects of every ownership."""
    list_visible(harness, resource, caller)

    def check_agreement(each: JsonObject) -> None:
        read = harness.send(caller, show(harness, resource, str(each.get("id"))))
        differing = reading.compare_with_list(harness, resource, caller, each, read) if read.has_succeeded else []
        evidence = from_fields(differing, each, read.json)
        harness.check(not differing, read, "what the list shows", f"another {', '.join(differing)}", evidence=evidence)

    listing = reading.read_list(harness, resource, caller)
    check_each(reading.list_own_items(harness, resource, listing)[:24], check_agreement)


@rule("OWNERSHIP-SHARED-READABLE")
@over("caller, ownership, operation", lambda scope: (each for each in _list_shared(scope) if each[2].is_safe))
def test_what_is_shared_can_be_read(
    harness: Harness, operation: Operation, ownership: Ownership, caller: Caller
) -> None:
    """Shared objects and their content are read by callers of every kind."""
    harness.judge(caller, build_valid(harness, operation, caller, ownership=ownership))


def _list_for_each_class(scope: Scope) -> Iterator[tuple[Operation, Caller]]:
    return product((operation for operation, _ in _on_objects(scope)), list_classes(scope))


def _list_for_able_classes(scope: Scope) -> Iterator[tuple[Operation, Caller]]:
    return ((o, caller) for o, caller in _list_for_each_class(scope) if o.permissions.are_held_by(caller.held))


def _hold(harness: Harness, operation: Operation, caller: Caller) -> None:
    """Serve the caller on an object of the own org, where the caller may do the operation."""
    if operation.permissions.are_held_by(caller.held):
        harness.hold(caller, build_valid(harness, operation, caller))


@rule("OWNERSHIP-OWN-SERVED")
@over(
    "ownership, operation, caller",
    lambda scope: (
        (each, o, c)
        for o, c in _list_for_able_classes(scope)
        for each in require_resource_in_path(o).access.ownerships
        if each.is_own
    ),
)
def test_an_own_pack_is_served(harness: Harness, operation: Operation, caller: Caller, ownership: Ownership) -> None:
    """Callers of every kind with the scopes are served on own objects of either visibility."""
    harness.judge(caller, build_valid(harness, operation, caller, ownership=ownership))


@rule("OWNERSHIP-PRIVATE-HIDDEN")
@over("operation, caller", _list_for_each_class)
def test_a_private_pack_of_another_org_is_not_there(harness: Harness, operation: Operation, caller: Caller) -> None:
    """Callers who may do the operation get a 404; callers who may not can get a 403 as well."""
    resource = require_resource_in_path(operation)
    _hold(harness, operation, caller)
    request = on_hidden(harness, resource, operation, caller)
    harness.judge(caller, request)
    fact = harness.knowledge.get_facts(resource.name)[request.path_values[find_id_parameter(resource, operation)]]
    if harness.provider_states is not None and isinstance(fact, PackFact) and fact.owner is not None:
        # Nor does it show in any other refusal what is true of it.
        packs.reference_pack(harness, fact, fact.owner)
        harness.judge(caller, request)


@rule("OWNERSHIP-PRIVATE-INDISTINCT")
@over("operation, caller", _list_for_able_classes)
def test_a_hidden_pack_looks_like_none(harness: Harness, operation: Operation, caller: Caller) -> None:
    """Status, code, message, details and header names are those of an object that does not exist."""
    resource = require_resource_in_path(operation)
    request = on_hidden(harness, resource, operation, caller)
    hidden = harness.send(caller, request)
    hidden_id = request.path_values[find_id_parameter(resource, operation)]
    absent_id = _make_absent_id(harness, resource, hidden_id)
    values = {**request.path_values, find_id_parameter(resource, operation): absent_id}
    absent = harness.send(caller, replace(request, path=operation.fill_path(values), path_values=values))
    if hidden.status < 400 or absent.status < 400:
        raise NotProvoked(f"{operation} answered {hidden} and {absent}")
    of_hidden, of_absent = strip_ids(hidden, hidden_id), strip_ids(absent, absent_id)
    differing = sorted(key for key in of_hidden | of_absent if of_hidden.get(key) != of_absent.get(key))
    expected = f"the answer for a {resource} that does not exist"
    fact = harness.knowledge.get_facts(resource.name).get(hidden_id)
    known = fact.shown if fact else {}
    private = resource.list_written_fields(harness.contract) | resource.owner_only
    texts = {str(known[name]) for name in known.keys() & private}
    leak = any(len(text) >= TELLING and text in str(of_hidden) and text not in str(of_absent) for text in texts)
    evidence = from_fields(differing, of_absent, of_hidden)
    harness.check(
        not differing,
        hidden,
        expected,
        f"another {', '.join(differing)}",
        evidence=replace(evidence, names=tuple(STATUS if name == "status" else name for name in differing)),
        effect=DataEffect.LEAKED if leak else None,
    )


def _make_absent_id(harness: Harness, resource: Resource, hidden_id: str) -> str:
    """Return an unused id of the same length and letters, so that only its absence differs."""
    if harness.profile.world_url is not None:
        return hidden_id[:-1] + ("0" if hidden_id[-1] != "0" else "1")
    absent_id = harness.make_absent_id_like(hidden_id)
    if absent_id is None:
        raise NotProvoked(f"{hidden_id!r} is too short for another id like it that certainly no {resource} has")
    return absent_id


@rule("OWNERSHIP-SHARED-READ-ONLY")
@over(
    "ownership, operation, caller", lambda scope: ((w, o, c) for c, w, o in _list_shared(scope) if _has_other_effect(o))
)
def test_a_shared_pack_is_not_changed(
    harness: Harness, operation: Operation, caller: Caller, ownership: Ownership
) -> None:
    """Callers who read a shared object may not change it, even where they may change their own."""
    fact = _read_shared_object(harness, operation, caller, ownership)
    harness.judge(caller, build_request_about(harness, operation, caller, fact, like=choose_suited(operation, fact)))


def _has_other_effect(operation: Operation) -> bool:
    return not operation.is_safe and operation.method != "DELETE"


@rule("OWNERSHIP-SHARED-DELETE")
@over(
    "ownership, operation, caller", lambda scope: ((w, o, c) for c, w, o in _list_shared(scope) if o.method == "DELETE")
)
def test_a_shared_pack_is_not_deleted(
    harness: Harness, operation: Operation, caller: Caller, ownership: Ownership
) -> None:
    """Callers may not delete a shared object, even where they may delete their own; it is read afterwards."""
    fact = _read_shared_object(harness, operation, caller, ownership)
    refused = harness.judge(caller, build_request_about(harness, operation, caller, fact, like=None))
    read = harness.send(caller, show(harness, require_resource_in_path(operation), fact.id))
    harness.check(read.has_succeeded, refused, f"the {fact.resource} still there", "gone", effect=DataEffect.LOST)


def _read_shared_object(harness: Harness, operation: Operation, caller: Caller, ownership: Ownership) -> Fact:
    """Return an object of another org that the caller has read, after the caller was served on an own one."""
    _hold(harness, operation, caller)
    resource = require_resource_in_path(operation)
    fact = obtain(harness, resource, ownership, caller)
    reading.read_object(harness, resource, caller, fact.id)
    return harness.knowledge.get_facts(resource.name)[fact.id]


@rule("OWNERSHIP-SHARED-READABLE")
@over("caller", list_classes)
def test_what_is_listed_can_be_read(harness: Harness, caller: Caller) -> None:
    """Every listed object and its content are read."""

    def check_readable(pack: JsonObject) -> None:
        values = {"id": str(pack.get("id")), "path": "pack.yaml"}
        for operation_id in (GET, READ_FILE):
            answer = harness.send(caller, build(harness.contract.operations[operation_id], values))
            harness.check(answer.has_succeeded, answer, "200 for a pack that is listed", str(answer))

    check_each(
        reading.list_own_items(harness, require_resource("pack"), read_list(harness, caller))[:24], check_readable
    )


def _list_people(scope: Scope) -> list[Caller]:
    """Return one caller of each kind for each org: by role, by permission set, by scopes."""
    found = {(each.org, each.role, each.permission_set, each.held): each for each in reversed(scope.callers)}
    return list(reversed(found.values()))


def _list_lists_of_people(scope: Scope, rule: Rule) -> Iterator[tuple[Resource, Caller]]:
    """Yield each list of personal objects that the rule is about, for one caller of each kind."""
    for resource, caller in product(list_resources(), _list_people(scope)):
        personal, listing = resource.access.personal, scope.contract.operations.get(resource.listed_by or "")
        if personal and personal.listed == rule.id and listing and listing.permissions.are_held_by(caller.held):
            yield resource, caller


@law(
    "OWNERSHIP-NOT-LISTED",
    "OWNERSHIP-CREDENTIAL-LIST",
    "OWNERSHIP-WORKSPACE-LIST",
    names="resource, caller",
    values=_list_lists_of_people,
)
def test_a_list_holds_what_is_the_callers_to_see(harness: Harness, resource: Resource, caller: Caller) -> None:
    """The caller has an object where that may be, another person has one, and one is nobody's."""
    listing, personal = harness.contract.operations[resource.listed_by or ""], resource.access.personal
    assert personal is not None  # the test is spread over such resources alone
    kept = resource.narrows(caller, listing)
    there: list[Fact] = []
    hidden = [create_for_another(harness, resource, caller)]
    (there if not kept or personal.are_nobodys_shown else hidden).append(own_of(harness, resource, caller.org))
    if kept and caller.role and harness.is_permitted(caller, find_creation(harness, resource)):
        there.append(_make_own(harness, resource, introduce_caller(harness, caller)))
    answer = reading.read_list(harness, resource, caller)
    for fact in hidden if kept else ():
        said = f"no {resource} of somebody else in the list", "one"
        hides = find_item(answer, fact.id) is None
        harness.check(hides, answer, *said, evidence=from_list(*said), effect=DataEffect.LEAKED)
    for fact in there if kept else there + hidden:
        _check_listed(harness, answer, fact.id, f"the {resource} of {'a person' if fact.person else 'the org'}")


def _make_own(harness: Harness, resource: Resource, caller: Caller) -> Fact:
    """Return a new object of the caller's own."""
    made: Fact | None = resource.make_personal(harness, caller)
    return made or own_of(harness, resource, caller.org, caller=caller)


def _list_for_others(scope: Scope, rule: Rule) -> Iterator[tuple[Operation, str, str]]:
    """Yield each operation on personal objects that the rule is about, with its caller and the object's owner."""
    for operation in scope.contract.list_operations_of(rule):
        resource = find_resource_in_path(operation)
        personal = resource.access.personal if resource else None
        if resource is None or personal is None or rule.id not in (personal.hidden, personal.below):
            continue
        shows = operation.operation_id == resource.shown_by or personal.below is None
        able = (each for each in list_classes(scope) if operation.permissions.are_held_by(each.held))
        asking = [each.name for each in able if resource.narrows(each, operation)]
        if shows is (rule.id == personal.hidden):
            whose = ("a-person",) if personal.are_nobodys_shown else ("a-person", "nobody")
            yield from ((operation, who, of) for who in (*asking, NEW_PERSON) for of in whose)


@law(
    "OWNERSHIP-PRIVATE-HIDDEN",
    "OWNERSHIP-CREDENTIAL-HIDDEN",
    "OWNERSHIP-WORKSPACE-HIDDEN",
    "OWNERSHIP-WORKSPACE-BELOW",
    names="operation, who, of",
    values=_list_for_others,
)
def test_what_others_own_is_refused(harness: Harness, operation: Operation, who: str, of: str) -> None:
    """Somebody who is served on an own object asks the same of one that somebody else of the org has, or nobody."""
    resource = require_resource_in_path(operation)
    found = next((each for each in harness.callers() if each.name == who), None)
    caller = (
        introduce_caller(harness, found) if found else create_narrowed(harness, harness.able(operation).org, operation)
    )
    if resource.access.personal and resource.access.personal.state_param and caller.permission_set is None:
        harness.hold(caller, build_valid(harness, operation, caller))
    theirs = own_of(harness, resource, caller.org) if of == "nobody" else create_for_another(harness, resource, caller)
    harness.judge(
        caller, build_valid(harness, operation, caller, fact=prepare_for(harness, resource, theirs, operation))
    )
