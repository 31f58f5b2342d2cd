"""Clause tasks: how tasks are submitted to workspaces, listed and read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product

from conformance.budget import ValuePart
from conformance.contract.contract import JsonObject, Operation, Provenance
from conformance.hostile.headers import CHUNKED
from conformance.http.exchange import Exchange, Request
from conformance.http.multipart import Part
from conformance.oracle.declaration.fields import read_id
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.making import create_owned, find_user, introduce_caller
from conformance.recipes.reading import compare_with_listed, get_field, items, parse_time, read_back, read_list
from conformance.recipes.requests import as_form, build, with_json
from conformance.recipes.valid import build_valid
from conformance.recipes.values.value_kinds import (
    LONGEST,
    find_kinds_of_field,
    list_kinds_of_bytes,
    list_kinds_of_schema,
)
from conformance.resources.workspaces import WORKSPACE
from conformance.resources.workspaces.files import DOWNLOAD
from conformance.resources.workspaces.oracle import BY_ROLE, ENDS, RUNNING, SUBMIT, SUBMIT_TO, with_file
from conformance.resources.workspaces.recipes import choose_role_in_use, name_role
from conformance.resources.workspaces.tasks import (
    CURRENT,
    GET,
    LIST,
    add,
    bring_to_status,
    find_submitted,
    fits,
    measure_seconds,
    wait_until,
)
from conformance.results.difference import from_field, from_fields, from_list
from conformance.rules.checks import check_content, check_equal
from conformance.rules.kept_values import deal_rounds, list_parts
from conformance.rules.workspaces.file_requests import find_reader, on_files
from conformance.running.binding import in_full, over, rule
from conformance.session.harness import Harness

STATUSES = ("submitted", *CURRENT, *ENDS)
TEXT = "Write the release notes."
FILES = 10
"""The number of files that come with a task at the most."""
REFUSED: Mapping[str, Sequence[str]] = {
    "twice": ["a.txt", "a.txt"],
    "slash": ["folder/a.txt"],
    "dot": [".hidden"],
    "empty": [""],
    "too-many": [str(place) for place in range(11)],
}
SHUFFLED = ("2026-02-01T00:00:02Z", "2026-02-01T00:00:03Z", "2026-01-01T00:00:01Z")


def _make_workspace(harness: Harness) -> Fact:
    """Return a workspace that takes tasks."""
    org = harness.able(harness.contract.operations[LIST]).org
    return create_owned(harness, WORKSPACE, org, operation=harness.contract.operations[SUBMIT_TO])


def _with_text(request: Request, text: str) -> Request:
    """Return the request with another description of the task."""
    body = {**json.loads(request.content or b"{}"), "description": text}
    return replace(request, content=json.dumps(body).encode())


def _list_readers(harness: Harness, workspace: Fact) -> list[Caller]:
    """Return the callers of the org who may read the tasks of everybody's workspaces."""
    reads = harness.contract.operations[LIST]
    callers = harness.callers(workspace.owner)
    return [each for each in callers if harness.is_permitted(each, reads) and not WORKSPACE.narrows(each, reads)]


def _read_list(harness: Harness, caller: Caller, workspace: Fact) -> tuple[Exchange, list[JsonObject]]:
    answer = harness.judge(caller, build(harness.contract.operations[LIST], {"id": workspace.id}))
    found = answer.json if isinstance(answer.json, list) else []
    return answer, [each for each in found if isinstance(each, dict)]


def _get(harness: Harness, workspace: Fact, task: Fact) -> Request:
    return build(harness.contract.operations[GET], {"id": workspace.id, "task_id": task.id})


@rule("TASK-READABLE")
def test_the_tasks_of_a_workspace_are_listed_and_read(harness: Harness) -> None:
    """A workspace has three tasks and another one, one of them has ended; everybody who sees both reads them."""
    workspace, other = _make_workspace(harness), _make_workspace(harness)
    tasks = [add(harness, workspace, description=f"{TEXT} {place}") for place in range(3)]
    bring_to_status(harness, tasks[0], "completed")
    strange = add(harness, other)
    for caller in _list_readers(harness, workspace):
        answer, found = _read_list(harness, caller, workspace)
        times = Counter(map(read_id, found))
        for task in tasks:
            said = "each task of the workspace once in the list", f"one of them {times[task.id]} times"
            harness.check(times[task.id] == 1, answer, *said, about=task.id, evidence=from_list(*said))
        said = "no task of another workspace in the list", "one"
        harness.check(not times[strange.id], answer, *said, about=strange.id, evidence=from_list(*said))
        for task in tasks:
            _check_read(harness, caller, workspace, task, answer)


def _check_read(harness: Harness, caller: Caller, workspace: Fact, task: Fact, listing: Exchange) -> None:
    """Check that the task is as it was submitted in the list and by its id, and that the two are alike."""
    listed = next(each for each in listing.json if read_id(each) == task.id)
    read = harness.judge(caller, _get(harness, workspace, task))
    submitted = {"id": task.id, "workspace_id": workspace.id, "description": TEXT, **task.shown}
    for answer, shown in ((listing, listed), (read, read.json)):
        differing = [name for name, value in submitted.items() if shown.get(name, value) != value]
        evidence = from_fields(differing, submitted, shown)
        said = "the task as it was submitted", f"another {', '.join(differing)}"
        harness.check(not differing, answer, *said, about=task.id, evidence=evidence)

    def read_again() -> JsonObject | None:
        return next((each for each in _read_list(harness, caller, workspace)[1] if read_id(each) == task.id), None)

    differing = compare_with_listed(harness.contract, listed, read.json, read_again)
    evidence = from_fields(differing, listed, read.json)
    harness.check(not differing, read, "what the list shows", f"another {', '.join(differing)}", evidence=evidence)


@rule("TASK-READABLE")
@in_full
@over("part", list_parts)
@over("operation", lambda scope: [scope.contract.operations[each] for each in (SUBMIT, SUBMIT_TO)])
def test_a_task_is_read_as_it_was_submitted(harness: Harness, operation: Operation, part: ValuePart) -> None:
    """Callers of each kind submit tasks with texts of every kind, and everybody who sees one lists and reads it."""
    kinds = {"description": find_kinds_of_field(harness.contract, operation, "description")}
    able = (each for each in reversed(harness.callers()) if harness.is_permitted(each, operation))
    callers = [*{(each.role, each.permission_set): each for each in able}.values()] or [harness.able(operation)]
    for turn, together in enumerate(deal_rounds(harness, part, kinds, lasting=True), harness.seed + part.number):
        caller, text = callers[turn % len(callers)], together["description"].make(harness.random, LONGEST)
        request = _with_text(build_valid(harness, operation, introduce_caller(harness, caller)), text)
        workspace = harness.knowledge.get_facts(WORKSPACE.name).get(request.path_values.get("id", ""))
        if workspace is not None and harness.is_permitted(caller, harness.contract.operations[LIST]):
            _read_list(harness, caller, workspace)  # what is listed afterwards is not what was listed before
        answer = harness.judge(caller, replace(request, tried=f"description: {together['description']}"))
        if answer.has_succeeded:
            _check_submitted(harness, caller, request, answer)


def _check_submitted(harness: Harness, caller: Caller, request: Request, answer: Exchange) -> None:
    """Check that the task is in the workspace asked for, as it was submitted, for everybody who sees it."""
    named = request.path_values.get("id")
    said = f"the workspace {named}", str(get_field(answer.json, "workspace_id"))
    harness.check(named in (None, said[1]), answer, *said, evidence=from_field("workspace_id", named, said[1]))
    task = find_submitted(harness, answer)
    workspace = harness.knowledge.get_facts(WORKSPACE.name)[task.shown["workspace_id"]]
    for someone in (caller, *_list_readers(harness, workspace)):
        if harness.is_permitted(someone, harness.contract.operations[LIST]):
            listing, found = _read_list(harness, someone, workspace)
            times = Counter(map(read_id, found))[task.id]
            said = "the task once in the list", f"{times} times"
            harness.check(times == 1, listing, *said, about=task.id, evidence=from_list(*said))
            _check_read(harness, someone, workspace, task, listing)


@rule("TASK-MAKES-WORKSPACE")
@over(
    "caller, way",
    lambda scope: product(scope.list_callers_of_each_kind(scope.contract.operations[SUBMIT]), (RUNNING.field, BY_ROLE)),
)
@over("place", lambda _: ["of-its-role", "another"])
def test_a_task_for_a_role_makes_its_workspace(harness: Harness, caller: Caller, way: str, place: str) -> None:
    """A caller submits a task to a role by its id or its name, and reads the workspace in which it is."""
    operation, role = harness.contract.operations[SUBMIT], choose_role_in_use(harness, caller.org)
    body, environment = {**name_role(role, way), "description": TEXT}, role.shown.get("environment")
    if place == "another":
        environment = _choose_another_environment(role)
        body["environment"] = environment
    user = find_user(harness, caller)
    before = {read_id(each) for each in items(read_list(harness, WORKSPACE, caller))}
    answer = harness.judge(caller, with_json(operation, {}, body))
    task = find_submitted(harness, answer)
    made = read_back(harness, WORKSPACE, caller, str(task.shown["workspace_id"]))
    right = {"org_id": caller.org, RUNNING.field: role.id, "created_by_user_id": user, "environment": environment}
    for name, value in right.items():
        if value is not None:
            check_equal(harness, made, get_field(made.json, name), value, f"{name} {value}", name=name)
    if harness.is_alone:
        answer = read_list(harness, WORKSPACE, caller)
        new = {read_id(each) for each in items(answer)} - before
        said = "one new workspace", f"{len(new)} of them"
        harness.check(new == {read_id(made.json)}, answer, *said, evidence=from_list(*said))


@rule("TASK-MAKES-WORKSPACE")
@over("way", lambda _: (RUNNING.field, BY_ROLE))
def test_a_form_says_which_workspace_is_made(harness: Harness, way: str) -> None:
    """A form names a role by its id or its name, and another environment than the role's; the workspace is read."""
    operation = harness.contract.operations[SUBMIT]
    caller = harness.able(operation)
    role = choose_role_in_use(harness, caller.org)
    environment = _choose_another_environment(role)
    body = {**name_role(role, way), "description": TEXT, "environment": environment}
    answer = harness.judge(caller, as_form(operation, with_json(operation, {}, body)))
    made = read_back(harness, WORKSPACE, caller, str(find_submitted(harness, answer).shown["workspace_id"]))
    for name, value in {RUNNING.field: role.id, "environment": environment}.items():
        check_equal(harness, made, get_field(made.json, name), value, f"{name} {value}", name=name)


def _choose_another_environment(role: Fact) -> str:
    return "staging" if role.shown.get("environment") == "production" else "production"


def _build_uploads(names: Sequence[str]) -> list[Part]:
    return [Part("file", f"file {place}\n".encode(), name) for place, name in enumerate(names)]


@rule("TASK-UPLOAD")
@in_full
@over("part", list_parts)
@over("operation", lambda scope: [scope.contract.operations[each] for each in (SUBMIT, SUBMIT_TO)])
def test_files_that_come_with_a_task_are_in_the_sandbox(
    harness: Harness, operation: Operation, part: ValuePart
) -> None:
    """A task is submitted with files of every kind, by their names and bytes, and read once it is delivered."""
    caller, pattern = harness.able(operation), operation.body.file_names["file"].pattern if operation.body else ""
    names = list_kinds_of_schema(harness.contract, {"type": "string", "pattern": pattern})
    found: dict[str, bytes] = {}
    for together in deal_rounds(harness, part, {"name": names, "bytes": list_kinds_of_bytes()}, in_full=True):
        name, content = (together[each].make(harness.random, LONGEST) for each in ("name", "bytes"))
        found[name] = content
    files = [Part("file", content, name) for name, content in found.items()]
    for first in range(0, len(files), FILES):
        some = files[first : first + FILES]
        answer = harness.judge(caller, as_form(operation, build_valid(harness, operation, caller), some))
        _check_uploaded(harness, caller, answer, some)


@rule("TASK-UPLOAD")
@in_full
@over("operation", lambda scope: [scope.contract.operations[each] for each in (SUBMIT, SUBMIT_TO)])
def test_a_form_that_comes_in_pieces_is_read_whole(harness: Harness, operation: Operation) -> None:
    """A task is submitted with two files in many small pieces, which end anywhere; text and files are read."""
    caller = harness.able(operation)
    request, files = build_valid(harness, operation, caller), _build_uploads(["one.txt", "other.txt"])
    form = as_form(operation, _with_text(request, TEXT * 8), files)
    answer = harness.judge(caller, replace(form, headers=(*form.headers, *CHUNKED)))
    _check_submitted(harness, caller, form, answer)
    _check_uploaded(harness, caller, answer, files)


def _check_uploaded(harness: Harness, caller: Caller, answer: Exchange, files: Sequence[Part]) -> None:
    """Check that the files that came with a task are downloaded once it is delivered."""
    task = find_submitted(harness, answer)
    status = get_field(wait_until(harness, caller, task, *CURRENT).json, "status")
    if status not in (*CURRENT, "completed"):
        raise NotProvoked(f"the task is {status}")
    for each in files:
        workspace = harness.knowledge.get_facts(WORKSPACE.name)[str(task.shown["workspace_id"])]
        path = f"data/uploads/{task.id}/{each.filename}"
        harness.knowledge = harness.knowledge.with_fact(with_file(workspace, path, each.content))
        read = harness.judge(find_reader(harness, workspace.owner), on_files(harness, DOWNLOAD, workspace, path))
        check_content(harness, read, each.content, f"the file {each.filename} of the task")


@rule("TASK-UPLOAD")
@over("names", lambda _: list(REFUSED))
def test_files_have_plain_names_of_their_own(harness: Harness, names: str) -> None:
    """A task is submitted with files whose names are none, or not their own; after one that was served."""
    operation = harness.contract.operations[SUBMIT_TO]
    caller = harness.able(operation)
    request = build_valid(harness, operation, caller)
    harness.hold(caller, as_form(operation, request, _build_uploads(["plain.txt"])))
    harness.judge(caller, as_form(operation, request, _build_uploads(REFUSED[names])))


@rule("TASK-NEWEST-FIRST")
def test_the_newest_task_is_listed_first(harness: Harness) -> None:
    """Three tasks were submitted at different times, the second of them first; everybody who sees them lists them."""
    workspace = _make_workspace(harness)
    for created_at in SHUFFLED:
        add(harness, workspace, created_at=created_at)
    for caller in _list_readers(harness, workspace):
        answer, found = _read_list(harness, caller, workspace)
        times = [parse_time(each.get("created_at")) for each in found]
        said = "the newest task first", "another order"
        harness.check(times == sorted(times, reverse=True), answer, *said, evidence=from_list(*said))


@rule("TASK-END-FIELDS")
@in_full
@over("status", lambda _: STATUSES)
def test_only_what_has_ended_says_when_how_long_it_took_and_why(harness: Harness, status: str) -> None:
    """A task has the status; it is listed and read."""
    workspace = _make_workspace(harness)
    task = add(harness, workspace)
    if status != "submitted":
        bring_to_status(harness, task, status)
    caller = harness.able(harness.contract.operations[LIST], workspace.owner)
    read = harness.judge(caller, _get(harness, workspace, task))
    answer, found = _read_list(harness, caller, workspace)
    stays = harness.provider_states is not None  # one that a caller submitted goes its way
    for exchange, shown in ((read, read.json), *((answer, each) for each in found)):
        expected, got = f"a task that is {status}", f"one that is {shown.get('status')}"
        right = shown.get("status") == status or not stays
        harness.check(right, exchange, expected, got, evidence=from_field("status", expected, got))
        _check_end(harness, exchange, shown, ended=shown.get("status") in ENDS)
        if shown.get("status") in ENDS and shown["status"] != "completed":
            # It is optional, as the two are.
            said = f"a reason why it is {shown['status']}", repr(shown.get("reason"))
            harness.check(
                shown.get("reason"), exchange, *said, Provenance.ASSUMED, evidence=from_field("reason", *said)
            )


def _check_end(harness: Harness, exchange: Exchange, shown: JsonObject, *, ended: bool) -> None:
    for name in ("completed_at", "duration_seconds"):
        there = shown.get(name) is not None
        # The two are optional, so that one is left out may be meant.
        founded = Provenance.ASSUMED if ended else Provenance.SEED
        said = f"a {name}" if ended else f"no {name}", "one" if there else "none"
        harness.check(there is ended, exchange, *said, founded, evidence=from_field(name, *said))
    if ended and {"completed_at", "duration_seconds"} <= shown.keys():
        took, duration = measure_seconds(shown), shown["duration_seconds"]
        expected, got = f"a duration_seconds of about {took:g}", repr(duration)
        harness.check(
            fits(duration, took), exchange, expected, got, evidence=from_field("duration_seconds", expected, got)
        )
