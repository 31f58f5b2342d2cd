"""Clause archiving: what a workspace that runs keeps in use, and what does not keep it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from conformance.http.exchange import Exchange
from conformance.oracle.declaration.lifetime import Archiving
from conformance.oracle.declaration.registry import list_resources, require_resource
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes import reading
from conformance.recipes.about import choose_path_values
from conformance.recipes.making import create_owned, require_shown
from conformance.recipes.reading import find_item, get_field
from conformance.recipes.requests import build, with_json
from conformance.resources.agent_roles import PROVIDER as PARENT
from conformance.resources.agent_roles import UPDATE
from conformance.resources.workspaces import WORKSPACE
from conformance.resources.workspaces.oracle import ARCHIVE, RUNNING, TAKEN, UNARCHIVE
from conformance.resources.workspaces.recipes import (
    ARCHIVED,
    bring_to_one_of,
    make_kept,
    make_role_for,
    make_workspace_in,
)
from conformance.results.difference import from_field, from_list
from conformance.rules.checks import check_equal
from conformance.running.binding import over, rule
from conformance.session.harness import Harness

EACH = over(
    "resource",
    lambda scope: [
        each
        for each in list_resources()
        if each.archiving and each.archiving.kept_by and each.archiving.by in scope.contract.operations
    ],
)


def _require_archiving(resource: Resource) -> Archiving:
    found = resource.archiving
    assert found is not None  # the tests are spread over such resources alone
    return found


def _find_able(harness: Harness, resource: Resource) -> Caller:
    """Return a caller who may archive an object and take it into use again."""
    return harness.able(harness.contract.operations[_require_archiving(resource).undone_by])


@contextmanager
def _restore_use(harness: Harness, resource: Resource, caller: Caller, fact: Fact) -> Iterator[None]:
    """Take into use again what the run did not make, where a target archives it after all."""
    try:
        yield
    finally:
        found = harness.knowledge.get_facts(resource.name).get(fact.id)
        if found is not None and found.archived and not found.made:
            undo = harness.contract.operations[_require_archiving(resource).undone_by]
            harness.send(caller, build(undo, choose_path_values(undo, fact)))


def _archive(harness: Harness, resource: Resource, caller: Caller, fact: Fact) -> Exchange:
    """Return the answer to archiving the object, which is demanded to be a right one."""
    operation = harness.contract.operations[_require_archiving(resource).by]
    return harness.judge(caller, build(operation, choose_path_values(operation, fact)))


@rule("ARCHIVE-ACTIVE-REFUSED")
@EACH
@over("status", lambda _: sorted(RUNNING.running))
def test_it_is_not_archived_while_a_workspace_runs(harness: Harness, resource: Resource, status: str) -> None:
    """A workspace of the role, or of a role of the provider, has the status; all of the org read it afterwards."""
    caller = _find_able(harness, resource)
    fact = make_kept(harness, resource, caller.org, status)
    with _restore_use(harness, resource, caller, fact):
        _archive(harness, resource, caller, fact)
        _check_in_use(harness, resource, caller, fact)


def _check_in_use(harness: Harness, resource: Resource, caller: Caller, fact: Fact) -> None:
    name, listing = _require_archiving(resource).shown_in, harness.contract.operations[resource.listed_by or ""]
    for colleague in reading.list_readers(harness, resource, caller.org):
        read = reading.read_back(harness, resource, colleague, fact.id)
        stamp, expected = get_field(read.json, name), f"no {name}"
        harness.check(stamp is None, read, expected, repr(stamp), evidence=from_field(name, expected, stamp))
        listed = harness.judge(colleague, build(listing))
        said = f"the {resource} in the list", "not in it"
        harness.check(find_item(listed, fact.id) is not None, listed, *said, about=fact.id, evidence=from_list(*said))


@rule("ARCHIVE-ACTIVE-DETAILS")
@EACH
def test_the_details_count_the_workspaces_that_run(harness: Harness, resource: Resource) -> None:
    """Two workspaces run, of a provider of two roles; two do not run, and some of other roles and orgs do."""
    caller = _find_able(harness, resource)
    fact, role = make_role_for(harness, resource, caller.org)
    _make_others_beside(harness, resource, fact)
    other = (
        role if fact == role else _move_role(harness, create_owned(harness, require_resource("role"), caller.org), fact)
    )
    for each, status in ((role, "idle"), (other, "idle"), (role, "stopped"), (other, ARCHIVED)):
        make_workspace_in(harness, each, status)
    operation = harness.contract.operations[_require_archiving(resource).by]
    refused = harness.send(caller, build(operation, choose_path_values(operation, fact)))
    if refused.code != RUNNING.refused:
        raise NotProvoked(f"{operation} answers {refused} although two workspaces run")
    details = refused.json["error"].get("details")
    expected = {RUNNING.counted: 2}
    check_equal(harness, refused, details, expected, f"details {expected}", name="details")


def _make_others_beside(harness: Harness, resource: Resource, fact: Fact) -> None:
    """Make workspaces that run and keep something else in use: one in each org of the profile."""
    for org in dict.fromkeys(each.org for each in harness.callers()):
        try:
            make_workspace_in(harness, _make_role_beside(harness, resource, fact, org), "idle")
        except NotProvoked:
            if org == fact.owner:
                raise


def _make_role_beside(harness: Harness, resource: Resource, fact: Fact, org: str) -> Fact:
    """Return a role of the org that is not the object, nor based on it."""
    role = create_owned(harness, require_resource("role"), org)
    if role.shown.get(PARENT.field) != fact.id:
        return role
    return _move_role(harness, role, create_owned(harness, resource, org))


def _move_role(harness: Harness, role: Fact, parent: Fact) -> Fact:
    """Return the role, based on this parent from now on."""
    update = harness.contract.operations[UPDATE]
    caller = harness.able(update, parent.owner)
    moved = harness.hold(caller, with_json(update, choose_path_values(update, role), {PARENT.field: parent.id}))
    return require_shown(harness, require_resource("role"), moved.json)


@rule("ARCHIVE-INACTIVE-FREE")
@EACH
@over("status", lambda _: ["stopped", "failed", ARCHIVED])
def test_a_workspace_that_does_not_run_keeps_nothing(harness: Harness, resource: Resource, status: str) -> None:
    """The one workspace of the role, or of the provider's role, is stopped, failed or archived."""
    caller = _find_able(harness, resource)
    fact, role = make_role_for(harness, resource, caller.org)
    make_workspace_in(harness, role, status)
    _archive(harness, resource, caller, fact)


@rule("ARCHIVE-WORKSPACE-STATUS")
@over("status", lambda _: TAKEN[ARCHIVE])
def test_archiving_leaves_status_and_snapshot(harness: Harness, status: str) -> None:
    """A workspace that is stopped or failed is archived and taken back, and read after each."""
    caller = harness.able(harness.contract.operations[UNARCHIVE])
    fact = bring_to_one_of(harness, create_owned(harness, WORKSPACE, caller.org), (status,))
    before = reading.read_object(harness, WORKSPACE, caller, fact.id).json
    for operation_id in (ARCHIVE, UNARCHIVE):
        operation = harness.contract.operations[operation_id]
        harness.judge(caller, build(operation, choose_path_values(operation, fact)))
        read = reading.read_back(harness, WORKSPACE, caller, fact.id)
        for name in ("status", "snapshot_ref"):
            was = get_field(before, name)
            check_equal(harness, read, get_field(read.json, name), was, f"{name} {was}", name=name)
