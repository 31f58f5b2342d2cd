"""Clause forks: what a fork of a workspace has of its parent, whose it is, and up to which of its tasks."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.contract.contract import Operation
from conformance.http.exchange import Exchange, Request
from conformance.http.multipart import Part
from conformance.oracle.declaration.fields import list_objects, read_id
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.about import choose_path_values
from conformance.recipes.making import create_owned, find_user, introduce_caller
from conformance.recipes.people import create_for_another
from conformance.recipes.reading import get_field, list_differences, read_back, read_object
from conformance.recipes.requests import as_form, build, with_json
from conformance.resources.workspaces import WORKSPACE, tasks
from conformance.resources.workspaces.files import DOWNLOAD, DOWNLOAD_KEPT, check_can_put, make_path, make_stopped, put
from conformance.resources.workspaces.oracle import COUNT, FORK, LIFE, RUNNING, SUBMIT_TO, as_workspace
from conformance.resources.workspaces.recipes import bring_to_one_of, bring_to_status, wait_until
from conformance.results.difference import STATUS, from_field
from conformance.rules.checks import check_equal, check_unchanged
from conformance.rules.workspaces.file_requests import CONTENTS, check_there, on_files
from conformance.running.binding import over, rule
from conformance.session.harness import Harness

ENDED = frozenset({"completed", "failed", "cancelled"})


def _fork(harness: Harness, caller: Caller, parent: Fact, count: int = 0) -> Exchange:
    """Return the answer to a fork that is served."""
    return harness.hold(caller, _request(harness.contract.operations[FORK], parent, count))


def _request(operation: Operation, parent: Fact, count: int) -> Request:
    """Return a fork of a workspace at a point."""
    return with_json(operation, choose_path_values(operation, parent), {COUNT: count})


def _read_fork(harness: Harness, caller: Caller, answer: Exchange) -> Exchange:
    """Return the fork as it is read."""
    object_id = read_id(WORKSPACE.as_made(FORK, answer.json))
    if not object_id:
        raise NotProvoked("its precondition does not hold: a fork did not answer with a workspace")
    return read_back(harness, WORKSPACE, caller, object_id)


@rule("FORK-CHILD")
@over("status", lambda _: ["idle", "stopped"])
def test_a_fork_names_its_parent(harness: Harness, status: str) -> None:
    """A workspace is forked while it is idle, and once it is stopped, and the fork is read."""
    operation = harness.contract.operations[FORK]
    caller = harness.able(operation)
    parent = bring_to_one_of(harness, create_owned(harness, WORKSPACE, caller.org), (status,))
    answer = harness.judge(caller, _request(operation, parent, 0))
    for exchange in (answer, _read_fork(harness, caller, answer)):
        right = {"parent_workspace_id": parent.id, COUNT: 0}
        for name, value in right.items():
            check_equal(harness, exchange, get_field(exchange.json, name), value, f"{name} {value}", name=name)
    source = get_field(answer.json, "fork_source_snapshot_ref")
    read = _read_fork(harness, caller, answer)
    if source is not None:
        kept = get_field(read.json, "fork_source_snapshot_ref")
        check_equal(harness, read, kept, source, f"the snapshot {source}", name="fork_source_snapshot_ref")


@rule("FORK-OWNER")
@over("caller", lambda scope: scope.list_callers_of_each_kind(scope.contract.operations[FORK]))
def test_a_fork_is_the_callers(harness: Harness, caller: Caller) -> None:
    """A caller forks a workspace that it may read: somebody else's, where it may read that, else its own."""
    operation = harness.contract.operations[FORK]
    if WORKSPACE.narrows(caller, operation):
        parent = create_owned(harness, WORKSPACE, caller.org, operation=operation, caller=caller)
    else:
        parent = create_for_another(harness, WORKSPACE, caller)
    user = find_user(harness, caller)
    if user is None:
        raise NotProvoked("the target does not say who is calling")
    read = _read_fork(harness, caller, harness.judge(caller, _request(operation, parent, 0)))
    found = get_field(read.json, "created_by_user_id")
    check_equal(harness, read, found, user, f"created_by_user_id {user}", name="created_by_user_id")


@rule("FORK-ROLE")
def test_a_fork_begins_as_its_parent_did(harness: Harness) -> None:
    """A workspace is forked, and the fork is read until it is idle; so are its tasks."""
    caller = harness.able(harness.contract.operations[FORK])
    parent = create_owned(harness, WORKSPACE, caller.org)
    before = read_object(harness, WORKSPACE, caller, parent.id).json
    child = _read_fork(harness, caller, _fork(harness, caller, parent))
    fact = harness.knowledge.get_facts(WORKSPACE.name).get(read_id(child.json))
    if fact is None:
        raise NotProvoked("its precondition does not hold: the fork is not read")
    for name in (RUNNING.field, "environment"):
        was = get_field(before, name)
        check_equal(harness, child, get_field(child.json, name), was, f"{name} {was}", name=name)
    read = wait_until(harness, caller, fact, lambda status: status in ("idle", "failed"))
    status = get_field(read.json, LIFE.shown_in)
    if status == "failed" and not harness.is_alone:
        raise NotProvoked("the workspace failed by itself")
    check_equal(harness, read, status, "idle", "status idle", name=LIFE.shown_in)
    listing = harness.contract.operations["tasks.list"]
    answer = harness.hold(caller, build(listing, choose_path_values(listing, fact)))
    check_equal(harness, answer, answer.json, [], "no task")


@rule("FORK-POINT")
@over("more", lambda _: [0, 1, 10**6])
def test_a_fork_point_is_no_later_than_the_tasks_that_have_ended(harness: Harness, more: int) -> None:
    """The tasks of a workspace, none of which or some have ended, are listed; it is forked at as many, and at more."""
    operation, listing = harness.contract.operations[FORK], harness.contract.operations["tasks.list"]
    caller = harness.able(operation)
    for parent in _make_parents(harness, caller):
        listed = harness.hold(caller, build(listing, choose_path_values(listing, parent))).json
        ended = sum(get_field(each, "status") in ENDED for each in list_objects({"tasks": listed}))
        harness.hold(caller, _request(operation, parent, 0))
        answer = harness.judge(caller, _request(operation, parent, ended + more))
        expected = "2xx" if more == 0 else "400"
        right = answer.has_succeeded if more == 0 else answer.status == 400
        harness.check(right, answer, expected, str(answer.status), evidence=from_field(STATUS, expected, answer.status))


def _make_parents(harness: Harness, caller: Caller) -> Iterator[Fact]:
    """Yield a new workspace, and then, by states, with tasks that have ended in several ways and one that waits."""
    parent = bring_to_one_of(harness, create_owned(harness, WORKSPACE, caller.org), ("idle", "stopped"))
    yield parent
    if harness.provider_states is not None:
        parent = bring_to_one_of(harness, parent, ("idle",))
        for status in sorted(ENDED):
            tasks.bring_to_status(harness, tasks.add(harness, parent), status)
        tasks.add(harness, parent)
        yield harness.knowledge.get_facts(WORKSPACE.name)[parent.id]


@rule("FORK-FILES")
@over("status", lambda _: ["idle", "stopped"])
def test_a_fork_has_the_files_of_its_parent(harness: Harness, status: str) -> None:
    """A workspace with files is forked; what is put into it once the fork is idle is not in that."""
    operation = harness.contract.operations[FORK]
    caller = harness.able(operation)
    files = {make_path(harness, f"-{kind}.txt"): CONTENTS[kind] for kind in ("text", "binary")}
    parent = put(harness, create_owned(harness, WORKSPACE, caller.org, operation=operation, caller=caller), files)
    parent = as_workspace(bring_to_one_of(harness, parent, (status,)))
    fact = _make_idle_fork(harness, caller, parent)
    later = make_path(harness)
    if status == "idle":
        put(harness, parent, {later: CONTENTS["text"]})
    check_there(harness, caller, fact, files)
    _check_none(harness, caller, DOWNLOAD, fact, later)


@rule("FORK-FILES")
@over("count", lambda _: [0, 1])
def test_a_fork_has_the_files_up_to_its_point(harness: Harness, count: int) -> None:
    """A task that came with a file has ended; the workspace is forked at a point before it, or after it."""
    submission = harness.contract.operations[SUBMIT_TO]
    needed = [submission, *(harness.contract.operations[each] for each in (FORK, DOWNLOAD))]
    caller = next((c for c in harness.callers() if all(harness.is_permitted(c, each) for each in needed)), None)
    if caller is None:
        raise NotProvoked("no caller of the profile may submit a task, fork its workspace and read the files of that")
    parent = create_owned(harness, WORKSPACE, caller.org, operation=submission, caller=caller)
    parent = bring_to_one_of(harness, parent, ("idle",))
    request = with_json(submission, choose_path_values(submission, parent), {"description": tasks.DESCRIPTION})
    form = as_form(submission, request, [Part("file", CONTENTS["text"], "notes.txt")])
    task = tasks.find_submitted(harness, harness.hold(introduce_caller(harness, caller), form))
    status = get_field(tasks.wait_until(harness, caller, task).json, "status")
    if status != "completed":
        raise NotProvoked(f"the task is {status}")
    fact, path = _make_idle_fork(harness, caller, parent, count), f"data/uploads/{task.id}/notes.txt"
    if count:
        check_there(harness, caller, fact, {path: CONTENTS["text"]})
    else:
        _check_none(harness, caller, DOWNLOAD, fact, path)


@rule("FORK-FILES")
def test_a_snapshot_has_no_file_of_another_fork(harness: Harness) -> None:
    """A workspace is forked twice, one fork gets a file, and both are stopped."""
    operation = harness.contract.operations[FORK]
    caller = harness.able(operation)
    check_can_put(harness)
    parent = create_owned(harness, WORKSPACE, caller.org, operation=operation, caller=caller)
    one, other = (_make_idle_fork(harness, caller, parent) for _ in range(2))
    path = make_path(harness)
    make_stopped(harness, put(harness, other, {path: CONTENTS["text"]}))
    _check_none(harness, caller, DOWNLOAD_KEPT, make_stopped(harness, one), path)


def _make_idle_fork(harness: Harness, caller: Caller, parent: Fact, count: int = 0) -> Fact:
    """Return a fork that is idle."""
    child = _read_fork(harness, caller, _fork(harness, caller, parent, count))
    fact = harness.knowledge.get_facts(WORKSPACE.name).get(read_id(child.json))
    if fact is None:
        raise NotProvoked("its precondition does not hold: the fork is not read")
    read = wait_until(harness, caller, fact, lambda now: now in ("idle", "failed"))
    if get_field(read.json, LIFE.shown_in) != "idle":
        raise NotProvoked("the fork does not become idle")
    return fact


def _check_none(harness: Harness, caller: Caller, download: str, workspace: Fact, path: str) -> None:
    """Raise a finding unless a download finds no file of this path."""
    answer = harness.send(caller, on_files(harness, download, workspace, path))
    evidence = from_field(STATUS, 404, answer.status)
    harness.check(answer.status == 404, answer, "404", str(answer.status), evidence=evidence)


@rule("FORK-PARENT-STAYS")
@over("status", lambda _: ["idle", "busy", "stopped", "failed"])
def test_forking_changes_nothing_of_the_parent(harness: Harness, status: str) -> None:
    """A workspace that is held in a status is forked, and it and its tasks are read again."""
    operation = harness.contract.operations[FORK]
    caller = harness.able(operation)
    fact = bring_to_status(harness, create_owned(harness, WORKSPACE, caller.org), status)
    reads = [harness.contract.operations[each] for each in ("workspaces.get", "tasks.list")]
    asked = [build(each, choose_path_values(each, fact)) for each in reads]
    before = [harness.hold(caller, each).json for each in asked]
    _fork(harness, caller, fact)
    for was, request in zip(before, asked, strict=True):
        read = harness.judge(caller, request)
        moved = list_differences(harness.contract, was, read.json, ignoring=frozenset({"updated_at"}))
        check_unchanged(harness, read, moved, "the workspace and its tasks as before", (was, read.json))
