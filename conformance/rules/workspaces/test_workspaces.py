"""Clause workspaces: whose a new workspace is and of which role, and from which status it goes to which."""

from __future__ import annotations

from itertools import product

from conformance.contract.contract import Operation
from conformance.http.exchange import Exchange
from conformance.oracle.declaration.registry import require_resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.about import choose_path_values
from conformance.recipes.making import (
    archive_object,
    choose_other_org,
    create_owned,
    find_unnarrowed,
    find_user,
    require_shown,
)
from conformance.recipes.reading import get_field, read_back, read_object
from conformance.recipes.requests import build, with_json
from conformance.recipes.valid import build_valid
from conformance.resources.agent_roles import PROVIDER
from conformance.resources.workspaces import WORKSPACE
from conformance.resources.workspaces.files import make_path, put
from conformance.resources.workspaces.oracle import (
    BY_ROLE,
    CREATE,
    LIFE,
    RESTART,
    RESUME,
    RUNNING,
    STOP,
    SUBMIT,
    TAKEN,
)
from conformance.resources.workspaces.recipes import (
    bring_to_one_of,
    build_creation,
    choose_role_in_use,
    find_provider,
    make_archived_role,
    make_of_new_role,
    name_role,
    wait_until,
    watch,
    without_role,
)
from conformance.results.difference import from_field
from conformance.rules.checks import check_equal, check_steps
from conformance.rules.workspaces.file_requests import CONTENTS, check_there
from conformance.running.binding import Scope, over, rule
from conformance.session.harness import Harness

STATUSES = ("provisioning", "idle", "busy", "stopping", "stopped", "failed")
ENVIRONMENTS = ("staging", "production")


def _list_creators(scope: Scope) -> list[Caller]:
    """Return one caller of each kind who may create a workspace."""
    return scope.list_callers_of_each_kind(scope.contract.operations[CREATE])


@rule("WORKSPACE-CREATOR")
@over("caller, way", lambda scope: product(_list_creators(scope), (RUNNING.field, BY_ROLE)))
@over("place", lambda _: ["of-its-role", "another"])
def test_a_new_workspace_is_the_callers(harness: Harness, caller: Caller, way: str, place: str) -> None:
    """A caller creates a workspace of a role by its id or its name, in its environment and in another, and reads it."""
    role = choose_role_in_use(harness, caller.org)
    operation = harness.contract.operations[CREATE]
    environment, given = role.shown.get("environment"), {}
    if place == "another":
        environment = next(each for each in ENVIRONMENTS if each != environment)
        given = {"environment": environment}
    body = {**name_role(role, way), **given}
    user = find_user(harness, caller)
    answer = harness.judge(caller, with_json(operation, {}, body))
    made = require_shown(harness, WORKSPACE, answer.json)
    right = {"org_id": caller.org, RUNNING.field: role.id, "created_by_user_id": user}
    right["environment"] = environment
    for exchange in (answer, read_back(harness, WORKSPACE, caller, made.id)):
        for name, value in right.items():
            if value is not None:
                check_equal(harness, exchange, get_field(exchange.json, name), value, f"{name} {value}", name=name)


def _list_making(scope: Scope) -> list[Operation]:
    """Return the operations that make a workspace of a role."""
    return [scope.contract.operations[each] for each in (CREATE, SUBMIT)]


@rule("WORKSPACE-ROLE-NAMED")
@over("operation", _list_making)
@over("body", lambda _: ["none", "absent-id", "absent-name", "foreign-id", "foreign-name"])
def test_a_workspace_is_of_a_role_of_the_org(harness: Harness, operation: Operation, body: str) -> None:
    """A creation names no role, or one that the org does not have; after one that was served."""
    caller = harness.able(operation)
    request = build_valid(harness, operation, caller)
    harness.hold(caller, request)
    sent = {"none": {}, "absent-name": {BY_ROLE: harness.make_fresh_name()}}.get(body)
    if body == "absent-id":
        sent = {RUNNING.field: harness.make_absent_id(require_resource("role").name)}
    if sent is None:
        foreign = create_owned(harness, require_resource("role"), choose_other_org(harness, caller))
        sent = {RUNNING.field: foreign.id} if body == "foreign-id" else {BY_ROLE: str(foreign.name)}
    harness.judge(caller, with_json(operation, {}, {**without_role(request), **sent}))


@rule("WORKSPACE-ROLE-NAMED")
@over("operation", _list_making)
@over("roles", lambda _: ["the same", "two"])
def test_a_role_is_named_once_or_twice_the_same(harness: Harness, operation: Operation, roles: str) -> None:
    """A creation has the id of a role and a name beside it, its own or that of another, which is refused."""
    caller = harness.able(operation)
    request = build_valid(harness, operation, caller)
    harness.hold(caller, request)
    role = choose_role_in_use(harness, caller.org)
    beside = role if roles == "the same" else create_owned(harness, require_resource("role"), caller.org)
    if beside is role and roles == "two":
        raise NotProvoked(f"{caller.org} has no second role")
    sent = {**name_role(role, RUNNING.field), **name_role(beside, BY_ROLE)}
    harness.judge(caller, with_json(operation, {}, {**without_role(request), **sent}))


@rule("WORKSPACE-ROLE-ARCHIVED")
@over("operation", _list_making)
@over("of", lambda _: ["archived-role", "archived-name", "archived-provider"])
def test_no_workspace_is_made_of_an_archived_role(harness: Harness, operation: Operation, of: str) -> None:
    """A creation names a role that is archived by itself, or with its provider."""
    caller = harness.able(operation)
    if of == "archived-provider":
        role = create_owned(harness, require_resource("role"), caller.org)
        archive_object(harness, find_provider(harness, role))
        role = harness.knowledge.get_facts(require_resource("role").name)[role.id]
    else:
        role = make_archived_role(harness, caller.org)
    who, request = build_creation(harness, operation, caller, role.id)
    if of == "archived-name":
        request = with_json(operation, {}, {**without_role(request), **name_role(role, BY_ROLE)})
    harness.judge(who, request)


def _create_workspace(harness: Harness, caller: Caller) -> Fact:
    """Return a workspace that the caller created; not provoked where that is refused."""
    operation = harness.contract.operations[CREATE]
    return require_shown(harness, WORKSPACE, harness.hold(caller, build_valid(harness, operation, caller)).json)


@rule("WORKSPACE-BECOMES-IDLE")
@over("caller", _list_creators)
def test_a_new_workspace_becomes_idle(harness: Harness, caller: Caller) -> None:
    """A caller creates a workspace, which is read until it is idle."""
    read = wait_until(harness, caller, _create_workspace(harness, caller), lambda status: status in ("idle", "failed"))
    status = get_field(read.json, LIFE.shown_in)
    if status == "failed" and not harness.is_alone:
        raise NotProvoked("the workspace failed by itself")
    check_equal(harness, read, status, "idle", "status idle", name=LIFE.shown_in)


@rule("WORKSPACE-STEPS")
@over("what", lambda _: ["created", "stopped"])
def test_a_workspace_only_takes_steps_of_its_life(harness: Harness, what: str) -> None:
    """A workspace is created, or stopped, and read again and again while it goes on."""
    caller = harness.able(harness.contract.operations[CREATE])
    if what == "created":
        fact, goal = _create_workspace(harness, caller), "idle"
    else:
        fact, goal = bring_to_one_of(harness, create_owned(harness, WORKSPACE, caller.org), ("idle",)), "stopped"
        _stop(harness, caller, fact)
    readings = list(watch(harness, caller, fact, lambda status: status in (goal, "failed"), step=0.5))
    steps = LIFE.list_steps(*([STOP] if what == "stopped" else []))
    check_steps(harness, readings, {status: {*steps.get(status, ()), "failed"} for status in LIFE.statuses})
    last = str(get_field(readings[-1].json, LIFE.shown_in))
    harness.check(last in (goal, "failed"), readings[-1], goal, last, evidence=from_field(LIFE.shown_in, goal, last))


def _stop(harness: Harness, caller: Caller, fact: Fact) -> None:
    operation = harness.contract.operations[STOP]
    harness.hold(caller, build(operation, choose_path_values(operation, fact)))


@rule("WORKSPACE-STOPS")
@over("status", lambda _: TAKEN[STOP])
def test_a_stopped_workspace_comes_to_rest_with_a_snapshot(harness: Harness, status: str) -> None:
    """A workspace that is idle or busy is stopped, and read until it is."""
    caller = harness.able(harness.contract.operations[STOP])
    fact = bring_to_one_of(harness, create_owned(harness, WORKSPACE, caller.org), (status,))
    before = get_field(read_object(harness, WORKSPACE, caller, fact.id).json, "snapshot_ref")
    _stop(harness, caller, fact)
    read = wait_until(harness, caller, fact, lambda now: now in LIFE.at_rest)
    check_equal(harness, read, get_field(read.json, LIFE.shown_in), "stopped", "status stopped", name=LIFE.shown_in)
    reference = get_field(read.json, "snapshot_ref")
    said = "a new snapshot_ref", repr(reference)
    harness.check(bool(reference) and reference != before, read, *said, evidence=from_field("snapshot_ref", *said))


@rule("WORKSPACE-RESUME-PARENTS")
@over("parent", lambda _: [RUNNING.of, PROVIDER.resource])
def test_a_workspace_of_an_archived_role_is_not_resumed(harness: Harness, parent: str) -> None:
    """The role of a stopped workspace, or its provider, is archived, and it is resumed."""
    operation = harness.contract.operations[RESUME]
    caller = find_unnarrowed(harness, operation)
    role, fact = make_of_new_role(harness, caller, "stopped")
    archive_object(harness, role if parent == RUNNING.of else find_provider(harness, role))
    harness.judge(caller, build(operation, choose_path_values(operation, fact)))


WITH_FILE = over("file", lambda _: ["", "text", "binary"])


@rule("WORKSPACE-RESUMES")
@WITH_FILE
def test_a_resumed_workspace_becomes_idle(harness: Harness, file: str) -> None:
    """A stopped workspace is resumed, and read until it is idle; a file that it had before is downloaded."""
    _check_idle_again(harness, harness.contract.operations[RESUME], ("stopped",), file)


@rule("WORKSPACE-RESTART-FILES")
@WITH_FILE
def test_a_restarted_workspace_becomes_idle(harness: Harness, file: str) -> None:
    """An idle workspace is restarted, and read until it is idle again; a file that it had before is downloaded."""
    read = _check_idle_again(harness, harness.contract.operations[RESTART], ("idle",), file)
    said = "a snapshot_ref", repr(reference := get_field(read.json, "snapshot_ref"))
    harness.check(bool(reference), read, *said, evidence=from_field("snapshot_ref", *said))


def _check_idle_again(harness: Harness, operation: Operation, statuses: tuple[str, ...], file: str) -> Exchange:
    """Return the last reading of a workspace that was in a status, has provisioned again, and is idle with its file."""
    caller = harness.able(operation)
    fact = create_owned(harness, WORKSPACE, caller.org, operation=operation, caller=caller)
    files = {make_path(harness): CONTENTS[file]} if file else {}
    if files:
        fact = put(harness, fact, files)
    fact = bring_to_one_of(harness, fact, statuses)
    answer = harness.judge(caller, build(operation, choose_path_values(operation, fact)))
    if not answer.has_succeeded:
        raise NotProvoked(f"its precondition does not hold: {operation} answered {answer}")
    read = wait_until(harness, caller, fact, lambda status: status in ("idle", "failed"))
    status = get_field(read.json, LIFE.shown_in)
    if status == "failed" and not harness.is_alone:
        raise NotProvoked("the workspace failed by itself")
    check_equal(harness, read, status, "idle", "status idle", name=LIFE.shown_in)
    check_there(harness, caller, fact, files)
    return read


@rule("WORKSPACE-RESTART-BUSY")
@over("force", lambda _: ["", "force=false", "force=true"])
def test_a_busy_workspace_is_restarted_with_force_alone(harness: Harness, force: str) -> None:
    """A workspace is busy and is restarted with force and without; with force it provisions again."""
    operation = harness.contract.operations[RESTART]
    caller = harness.able(operation)
    fact = bring_to_one_of(harness, create_owned(harness, WORKSPACE, caller.org), ("busy",))
    answer = harness.judge(caller, build(operation, choose_path_values(operation, fact), query=force))
    read = read_object(harness, WORKSPACE, caller, fact.id)
    status = str(get_field(read.json, LIFE.shown_in))
    right = ("provisioning", "idle") if answer.has_succeeded else ("busy",)
    said = " or ".join(right)
    if answer.has_succeeded or harness.is_alone:
        harness.check(status in right, read, f"status {said}", status, evidence=from_field(LIFE.shown_in, said, status))
