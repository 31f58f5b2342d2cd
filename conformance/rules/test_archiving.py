"""Clause archiving: what is archived leaves its list, is still read, and can be taken into use again."""

from __future__ import annotations

import json

from conformance.contract.contract import JsonObject
from conformance.http.exchange import Exchange
from conformance.oracle.declaration.lifetime import Archiving
from conformance.oracle.declaration.registry import list_resources, require_resource
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes import reading
from conformance.recipes.about import choose_path_values
from conformance.recipes.making import create_owned, find_creation, make_ready, require_shown
from conformance.recipes.reading import find_item, get_field, list_differences
from conformance.recipes.requests import build, with_json
from conformance.recipes.valid import build_valid
from conformance.results.difference import from_field, from_list
from conformance.rules.checks import check_equal, check_unchanged
from conformance.running.binding import over, rule
from conformance.session.harness import Harness

EACH = over(
    "resource",
    lambda scope: [
        each for each in list_resources() if each.archiving and each.archiving.by in scope.contract.operations
    ],
)

AGAIN = over(
    "resource",
    lambda scope: [
        each
        for each in list_resources()
        if each.archiving and not each.archiving.is_refused_again and each.archiving.by in scope.contract.operations
    ],
)

BASED = over(
    "resource", lambda scope: [r for r in list_resources() if r.parent and r.listed_by in scope.contract.operations]
)


def _require_archiving(resource: Resource) -> Archiving:
    found = resource.archiving
    assert found is not None  # the tests are spread over such resources alone
    return found


def _make_object(harness: Harness, resource: Resource) -> tuple[Caller, Fact]:
    """Return a caller who may archive an object and take it into use again, and a new one."""
    caller = harness.able(harness.contract.operations[_require_archiving(resource).undone_by])
    return caller, create_owned(harness, resource, caller.org)


def _archive(harness: Harness, resource: Resource, caller: Caller, fact: Fact) -> Exchange:
    """Return the answer to archiving the object, once it is as it has to be for that."""
    archiving = _require_archiving(resource)
    return _on(harness, archiving.by, caller, make_ready(harness, fact, harness.contract.operations[archiving.by]))


def _on(harness: Harness, operation_id: str, caller: Caller, fact: Fact) -> Exchange:
    """Return the answer to a request for the object, which is demanded to be a right one."""
    operation = harness.contract.operations[operation_id]
    return harness.judge(caller, build(operation, choose_path_values(operation, fact)))


def _read_list(harness: Harness, resource: Resource, caller: Caller, query: str) -> Exchange:
    return harness.judge(caller, build(harness.contract.operations[resource.listed_by or ""], query=query))


@rule("LIST-ARCHIVED")
@EACH
def test_archived_ones_are_listed_where_they_are_asked_for(harness: Harness, resource: Resource) -> None:
    """Every caller of the org asks for the list in each way, while one of two is archived and afterwards."""
    archiving, (caller, fact) = _require_archiving(resource), _make_object(harness, resource)
    beside = create_owned(harness, resource, caller.org)
    _archive(harness, resource, caller, fact)
    ways = {"": False, f"{archiving.asked_for}=false": False, f"{archiving.asked_for}=true": True}
    for query, there in ways.items():
        for colleague in _list_unnarrowed(harness, resource, resource.listed_by, caller.org):
            answer = _read_list(harness, resource, colleague, query)
            _check_listed(harness, answer, fact, f"the archived {resource}", there=there)
            _check_listed(harness, answer, beside, f"the {resource} in use", there=True)
    _on(harness, archiving.undone_by, caller, fact)
    for query in ways:
        _check_listed(harness, _read_list(harness, resource, caller, query), fact, f"the {resource} in use", there=True)


def _list_unnarrowed(harness: Harness, resource: Resource, operation_id: str | None, org: str | None) -> list[Caller]:
    """Return the callers of the org who may ask for this, and are kept from nobody's objects."""
    operation = harness.contract.operations[operation_id or ""]
    callers = harness.callers(org)
    return [each for each in callers if harness.is_permitted(each, operation) and not resource.narrows(each, operation)]


def _check_listed(harness: Harness, answer: Exchange, fact: Fact, said: str, *, there: bool) -> None:
    expected, got = (f"{said} in the list", "not in it") if there else (f"{said} not in the list", "in it")
    holds = (find_item(answer, fact.id) is not None) is there
    harness.check(holds, answer, expected, got, about=fact.id, evidence=from_list(expected, got))


@rule("ARCHIVE-STAMPS")
@EACH
def test_an_archived_one_is_read_with_its_time(harness: Harness, resource: Resource) -> None:
    """The object is read by every caller of the org before, while it is archived, and afterwards."""
    archiving, (caller, fact) = _require_archiving(resource), _make_object(harness, resource)
    fact = make_ready(harness, fact, harness.contract.operations[archiving.by])
    before = reading.read_object(harness, resource, caller, fact.id).json
    for operation_id in (archiving.by, archiving.undone_by):
        _on(harness, operation_id, caller, fact)
        for colleague in _list_unnarrowed(harness, resource, resource.shown_by, caller.org):
            read = reading.read_back(harness, resource, colleague, fact.id)
            _check_stamp(harness, archiving, read, archived=operation_id == archiving.by)
            moved = list_differences(harness.contract, before, read.json, ignoring=archiving.moves)
            check_unchanged(harness, read, moved, "every other field as before", (before, read.json))


def _check_stamp(harness: Harness, archiving: Archiving, read: Exchange, *, archived: bool) -> None:
    name, got = archiving.shown_in, get_field(read.json, archiving.shown_in)
    expected = f"a time in {name}" if archived else f"no {name}"
    evidence = from_field(name, expected, got)
    harness.check((got is not None) is archived, read, expected, "none" if archived else "one", evidence=evidence)


@rule("ARCHIVE-AGAIN")
@AGAIN
def test_archiving_again_changes_nothing(harness: Harness, resource: Resource) -> None:
    """An archived object is archived again, which is served or refused."""
    archiving, (caller, fact) = _require_archiving(resource), _make_object(harness, resource)
    _on(harness, archiving.by, caller, fact)
    before: JsonObject = reading.read_object(harness, resource, caller, fact.id).json
    _on(harness, archiving.by, caller, fact)
    read = reading.read_back(harness, resource, caller, fact.id)
    moved = list_differences(harness.contract, before, read.json)
    check_unchanged(harness, read, moved, f"the {resource} as before", (before, read.json))


@rule("ARCHIVE-NOT-ARCHIVED")
@EACH
def test_what_is_not_archived_cannot_be_unarchived(harness: Harness, resource: Resource) -> None:
    """A new object is unarchived; then one that was archived and taken into use again."""
    archiving, (caller, fact) = _require_archiving(resource), _make_object(harness, resource)
    _on(harness, archiving.undone_by, caller, fact)
    _archive(harness, resource, caller, fact)
    _on(harness, archiving.undone_by, caller, fact)
    _on(harness, archiving.undone_by, caller, fact)


def make_family(harness: Harness, resource: Resource, count: int = 2) -> tuple[Caller, Resource, Fact, list[Fact]]:
    """Return a caller who may archive a parent, its resource, a new one, and so many objects in use based on it."""
    assert resource.parent is not None  # the tests are spread over such resources alone
    above = require_resource(resource.parent.resource)
    caller = harness.able(harness.contract.operations[_require_archiving(above).by])
    parent = create_owned(harness, above, caller.org)
    creation = find_creation(harness, resource)
    made = []
    for _ in range(count):
        body = {**json.loads(build_valid(harness, creation, caller).content or b"{}"), resource.parent.field: parent.id}
        made.append(require_shown(harness, resource, harness.hold(caller, with_json(creation, {}, body)).json))
    return caller, above, parent, made


def _archive_with_children(
    harness: Harness, resource: Resource, above: Resource, caller: Caller, parent: Fact, *made: Fact
) -> None:
    """Archive the parent; not provoked where what is based on it is not archived then, which another rule says."""
    _on(harness, _require_archiving(above).by, caller, parent)
    for fact in made:
        _require_archived(harness, resource, caller, fact)


def _require_archived(harness: Harness, resource: Resource, caller: Caller, fact: Fact) -> None:
    read = reading.read_object(harness, resource, caller, fact.id)
    if get_field(read.json, _require_archiving(resource).shown_in) is None:
        raise NotProvoked(f"its precondition does not hold: the {resource} is in use")


@rule("ARCHIVE-CASCADES")
@BASED
def test_what_is_based_on_it_is_archived_too(harness: Harness, resource: Resource) -> None:
    """A parent of three is archived, of which one is archived already; one that is based on another stays in use."""
    caller, above, parent, (first, second, third) = make_family(harness, resource, 3)
    _, _, _, (other,) = make_family(harness, resource, 1)
    archiving = _require_archiving(resource)
    _on(harness, archiving.by, caller, first)
    earlier = reading.read_object(harness, resource, caller, first.id).json
    answer = _on(harness, _require_archiving(above).by, caller, parent)
    counted = get_field(answer.json, f"cascaded_{resource}s")
    if counted is not None:
        check_equal(harness, answer, counted, 2, f"2 in cascaded_{resource}s", name=f"cascaded_{resource}s")
    for fact in (second, third):
        _check_stamp(harness, archiving, reading.read_back(harness, resource, caller, fact.id), archived=True)
    _check_stamp(harness, archiving, reading.read_back(harness, resource, caller, other.id), archived=False)
    read = reading.read_back(harness, resource, caller, first.id)
    moved = list_differences(harness.contract, earlier, read.json)
    check_unchanged(harness, read, moved, f"the {resource} that was archived as before", (earlier, read.json))
    for query, there in (("", False), (f"{archiving.asked_for}=true", True)):
        _check_listed(harness, _read_list(harness, resource, caller, query), second, f"the {resource}", there=there)


@rule("ARCHIVE-PARENT-FIRST")
@BASED
def test_it_does_not_come_back_before_its_parent(harness: Harness, resource: Resource) -> None:
    """It is unarchived while its parent is archived, and again when that is in use."""
    caller, above, parent, (fact, _) = make_family(harness, resource)
    _archive_with_children(harness, resource, above, caller, parent, fact)
    _on(harness, _require_archiving(resource).undone_by, caller, fact)
    _check_stamp(
        harness, _require_archiving(resource), reading.read_back(harness, resource, caller, fact.id), archived=True
    )
    _on(harness, _require_archiving(above).undone_by, caller, parent)
    _require_archived(harness, resource, caller, fact)
    _on(harness, _require_archiving(resource).undone_by, caller, fact)


@rule("ARCHIVE-ROLES-STAY")
@BASED
def test_it_does_not_come_back_with_its_parent(harness: Harness, resource: Resource) -> None:
    """The parent of two is archived and taken into use again; both are read."""
    caller, above, parent, made = make_family(harness, resource)
    _archive_with_children(harness, resource, above, caller, parent, *made)
    _on(harness, _require_archiving(above).undone_by, caller, parent)
    for fact in made:
        _check_stamp(
            harness, _require_archiving(resource), reading.read_back(harness, resource, caller, fact.id), archived=True
        )
