"""Clause bulk: several workspaces stopped at once."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.http.exchange import Exchange
from conformance.needs import WORLDS
from conformance.oracle.declaration.registry import require_resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.about import choose_path_values
from conformance.recipes.making import choose_other_org, create_owned
from conformance.recipes.reading import get_field, read_object
from conformance.recipes.requests import build
from conformance.resources.workspaces import WORKSPACE
from conformance.resources.workspaces.oracle import LIFE, STOP_ALL, STOP_OF_ROLE, TAKEN
from conformance.resources.workspaces.recipes import make_of_new_role, make_workspace_in, wait_until
from conformance.results.difference import from_field
from conformance.rules.checks import check_equal
from conformance.running.binding import rule
from conformance.session.harness import Harness

STATUSES = ("idle", "busy", "stopped", "failed", "provisioning")


def _make_in_each_status(harness: Harness, role: Fact) -> Mapping[str, Fact]:
    """Return a workspace of the role in each status, held there."""
    return {status: make_workspace_in(harness, role, status) for status in STATUSES}


def _check_count(harness: Harness, answer: Exchange, right: int) -> None:
    check_equal(harness, answer, get_field(answer.json, "stopping"), right, f"stopping {right}", name="stopping")


def _check_moved(harness: Harness, caller: Caller, found: Mapping[str, Fact], *, moved: bool) -> None:
    """Check that each is on its way to rest if it was to move from idle or busy, and else is as it was."""
    for status, fact in found.items():
        read = read_object(harness, WORKSPACE, caller, fact.id)
        now = str(get_field(read.json, LIFE.shown_in))
        right = ("stopping", "stopped") if moved and status in ("idle", "busy") else (status,)
        said = " or ".join(right)
        harness.check(now in right, read, f"status {said}", now, evidence=from_field(LIFE.shown_in, said, now))


@rule("BULK-STOP-ROLE")
def test_the_running_workspaces_of_a_role_are_stopped(harness: Harness) -> None:
    """A role and another one have a workspace in each status, and those of the first are stopped."""
    operation = harness.contract.operations[STOP_OF_ROLE]
    caller = harness.able(operation)
    role, other = (
        create_owned(harness, require_resource("role"), caller.org),
        create_owned(harness, require_resource("role"), caller.org),
    )
    of_role, of_other = _make_in_each_status(harness, role), _make_in_each_status(harness, other)
    answer = harness.judge(caller, build(operation, choose_path_values(operation, role)))
    _check_count(harness, answer, 2)
    _check_moved(harness, caller, of_role, moved=True)
    _check_moved(harness, caller, of_other, moved=False)


@rule("BULK-STOP-ROLE")
def test_a_workspace_that_runs_comes_to_rest(harness: Harness) -> None:
    """A workspace of a role runs, the workspaces of the role are stopped, and it is read until it is."""
    operation = harness.contract.operations[STOP_OF_ROLE]
    caller = harness.able(operation)
    role, fact = make_of_new_role(harness, caller, TAKEN["workspaces.stop"][0])
    answer = harness.judge(caller, build(operation, choose_path_values(operation, role)))
    _check_count(harness, answer, 1)
    read = wait_until(harness, caller, fact, lambda now: now in LIFE.at_rest)
    check_equal(harness, read, get_field(read.json, LIFE.shown_in), "stopped", "status stopped", name=LIFE.shown_in)


@rule("BULK-STOP-REPEATED")
def test_what_is_stopped_is_stopped_by_no_second_call(harness: Harness) -> None:
    """The one workspace of a role is stopped, and the workspaces of the role are stopped after that."""
    operation = harness.contract.operations[STOP_OF_ROLE]
    caller = harness.able(operation)
    role, fact = make_of_new_role(harness, caller, "stopped")
    before = read_object(harness, WORKSPACE, caller, fact.id)
    answer = harness.judge(caller, build(operation, choose_path_values(operation, role)))
    _check_count(harness, answer, 0)
    after = read_object(harness, WORKSPACE, caller, fact.id)
    status = get_field(before.json, LIFE.shown_in)
    check_equal(harness, after, get_field(after.json, LIFE.shown_in), status, f"status {status}", name=LIFE.shown_in)


@rule("BULK-STOP-ALL")
def test_the_running_workspaces_of_the_org_are_stopped(harness: Harness) -> None:
    """Two roles and one of another org have a workspace in each status, and all of the org are stopped."""
    if not harness.is_alone:
        raise NotProvoked("others may have workspaces that run in the org", WORLDS)
    operation = harness.contract.operations[STOP_ALL]
    caller = harness.able(operation)
    listing = harness.contract.operations["workspaces.list"]
    of_org = [
        _make_in_each_status(harness, create_owned(harness, require_resource("role"), caller.org)) for _ in range(2)
    ]
    foreign = choose_other_org(harness, caller)
    of_foreign = _make_in_each_status(harness, create_owned(harness, require_resource("role"), foreign))
    page = harness.hold(caller, build(listing)).json
    running = [
        each for each in get_field(page, "workspaces") or [] if get_field(each, LIFE.shown_in) in ("idle", "busy")
    ]
    answer = harness.judge(caller, build(operation))
    _check_count(harness, answer, len(running))
    for each in of_org:
        _check_moved(harness, caller, each, moved=True)
    _check_moved(harness, harness.able(listing, foreign), of_foreign, moved=False)
