"""The oracle, asked about workspaces: whose they are, and of which role."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.contract.contract import Contract
from conformance.http.exchange import Exchange, Request
from conformance.oracle.declaration.lifetime import Archiving, asks_for_fewer
from conformance.oracle.facts import Fact, State
from conformance.oracle.learning import observe
from conformance.profile import Caller
from conformance.resources.workspaces import WORKSPACE
from conformance.resources.workspaces.oracle import WorkspaceFact, find_statuses, with_status, with_task
from tests.conformance.oracle.test_expect import answers, ask

ALL, OWN = frozenset({"workspace:read"}), frozenset({"workspace:read:own"})
OWNER = Caller("acme-owner", "org_acme", "t1", role="owner", scopes=ALL, user_id="usr_owner")
MEMBER = Caller("acme-member", "org_acme", "t2", role="member", scopes=OWN, user_id="usr_member")
UNTOLD = Caller("acme-untold", "org_acme", "t3", scopes=OWN)
NOBODY = Caller("acme-nobody", "org_acme", "t4", scopes=frozenset())
STRANGER = Caller("globex-owner", "org_globex", "t5", role="owner", scopes=ALL, user_id="usr_stranger")

SERVED, MISSING, HIDDEN = (200, None), (404, "workspace_not_found"), (403, "workspace_not_visible")
NO_TASK = (404, "task_not_found")
DENIED, NO_ROLE, INVALID = (403, "permission_denied"), (404, "role_not_found"), (400, "validation_error")


def fact(object_id: str, person: str | None, *, resource: str = "workspace", name: str | None = None) -> Fact:
    return Fact(resource=resource, id=object_id, name=name, owner="org_acme", person=person, made=True)


@pytest.fixture
def state(contract: Contract) -> State:
    known = [fact("of_member", "usr_member"), fact("of_key", "system"), fact("of_somebody", None)]
    role = fact("role_dev", None, resource="role", name="dev")
    every = frozenset({("workspace", "org_acme"), ("workspace", "org_globex"), ("role", "org_acme")})
    objects = {"workspace": {each.id: each for each in known}, "role": {role.id: role}}
    return State(contract=contract, is_own_world=True, objects=objects, listed=every)


@pytest.mark.parametrize(
    ("caller", "named", "right"),
    [
        (OWNER, "of_member", {SERVED}),
        (OWNER, "of_somebody", {SERVED}),
        (OWNER, "none", {MISSING}),
        (MEMBER, "of_member", {SERVED}),
        (MEMBER, "of_key", {HIDDEN}),
        (MEMBER, "of_somebody", {SERVED, HIDDEN}),
        (UNTOLD, "of_member", {SERVED, HIDDEN}),
        (NOBODY, "of_member", {DENIED, HIDDEN}),
        (STRANGER, "of_member", {MISSING}),
    ],
)
def test_a_workspace_is_shown_to_its_creator_and_to_who_reads_them_all(
    state: State, caller: Caller, named: str, right: set[tuple[int, str | None]]
) -> None:
    assert answers(state, caller, ask("GET", f"/workspaces/{named}")) == right


def listing(query: str) -> Request:
    return replace(ask("GET", "/workspaces"), query=query)


@pytest.mark.parametrize(
    ("query", "right"),
    [
        ("", {SERVED}),
        ("role_name=dev", {SERVED}),
        ("role_name=dev&include_archived=true", {SERVED}),
        ("role_name=none", {NO_ROLE}),
        ("role_name=", {NO_ROLE, INVALID}),
    ],
)
def test_a_role_that_is_asked_for_has_to_be_there(state: State, query: str, right: set[tuple[int, str | None]]) -> None:
    assert answers(state, OWNER, listing(query)) == right
    assert answers(state, MEMBER, listing(query)) == right


def test_whether_a_role_is_there_may_not_be_known(state: State) -> None:
    unknown = replace(state, listed=frozenset())
    assert answers(unknown, OWNER, listing("role_name=none")) == {SERVED, NO_ROLE}


@pytest.mark.parametrize(
    ("query", "whole"), [("include_archived=true", True), ("", False), ("include_archived=true&role_name=dev", False)]
)
def test_a_list_of_one_role_is_not_all_of_them(state: State, query: str, whole: bool) -> None:
    unknown = replace(state, listed=frozenset())
    answer = Exchange("", listing(query), "http://t/v1", 200, (), b'{"workspaces": []}', 1.0)
    assert (("workspace", "org_acme") in observe(unknown, OWNER, answer).listed) is whole


def test_what_else_than_archived_ones_is_asked_for_may_narrow_a_list() -> None:
    archiving = Archiving(by="a", undone_by="b")
    assert not asks_for_fewer("", None)
    assert not asks_for_fewer("include_archived=false", archiving)
    assert asks_for_fewer("include_archived=true", None)
    assert asks_for_fewer("include_archived=true&role_name=", archiving)


@pytest.mark.parametrize(
    ("caller", "path", "right"),
    [
        (OWNER, "of_member/tasks", {SERVED}),
        (MEMBER, "of_member/tasks", {SERVED}),
        (MEMBER, "of_key/tasks", {HIDDEN, DENIED}),
        (OWNER, "of_member/tasks/task_a", {SERVED}),
        (OWNER, "of_key/tasks/task_a", {NO_TASK}),
        (OWNER, "of_member/tasks/gone", {NO_TASK}),
        (OWNER, "of_member/tasks/unknown", {SERVED, NO_TASK}),
        (MEMBER, "of_key/tasks/task_a", {HIDDEN, DENIED, NO_TASK}),
        (STRANGER, "of_member/tasks", {MISSING}),
    ],
)
def test_a_task_is_below_its_own_workspace_for_those_who_see_that(
    state: State, caller: Caller, path: str, right: set[tuple[int, str | None]]
) -> None:
    task = replace(fact("task_a", None, resource="task"), shown={"workspace_id": "of_member"})
    known = replace(state.with_fact(task), absent=frozenset({"gone"}))
    assert answers(known, caller, ask("GET", f"/workspaces/{path}")) == right


def test_what_is_of_an_unknown_org_may_be_the_callers_own(state: State) -> None:
    foreign = Fact(resource="workspace", id="named", foreign_to=frozenset({"org_acme"}))
    known = replace(state.with_fact(foreign), steady=frozenset({"named"}))
    assert answers(known, OWNER, ask("GET", "/workspaces/named")) == {MISSING}
    assert answers(known, STRANGER, ask("GET", "/workspaces/named")) == {SERVED, MISSING}


def test_a_workspace_that_is_shown_again_is_known_to_have_the_same_tasks() -> None:
    known = with_task(fact("ws_a", None), "task_a")
    shown = {"id": "ws_a", "org_id": "org_acme", "created_by_user_id": "usr_b", "archived_at": None}
    read = WORKSPACE.read_fact(known, "org_acme", shown)
    assert isinstance(read, WorkspaceFact)
    assert (read.tasks, read.person, read.made, read.archived) == (("task_a",), "usr_b", True, False)
    assert with_task(read, "task_b").tasks == ("task_a", "task_b")
    assert WORKSPACE.read_fact(None, "org_acme", {"name": "no id"}) is None


def test_a_workspace_that_is_read_idle_may_be_at_work_where_a_task_waits() -> None:
    """Unless a state holds it there."""
    shown = {"id": "ws_a", "org_id": "org_acme", "status": "idle"}
    found = [WORKSPACE.read_fact(each, "org_acme", shown) for each in (None, with_task(fact("ws_a", None), "task_a"))]
    assert [find_statuses(each) for each in found if each] == [{"idle"}, {"idle", "busy"}]
    held = WORKSPACE.read_fact(with_status(with_task(fact("ws_a", None), "task_a"), "idle"), "org_acme", shown)
    assert held is not None
    assert find_statuses(held) == {"idle"}


@pytest.mark.parametrize("path", ["sandbox/files", "sandbox/download/notes.txt"])
@pytest.mark.parametrize("recorded", [True, False])
def test_an_agent_may_be_out_of_reach_where_that_need_not_be_seen(state: State, path: str, recorded: bool) -> None:
    right = answers(replace(state, is_recorded=recorded), OWNER, ask("GET", f"/workspaces/of_member/{path}"))
    assert ((502, "agent_unreachable") in right) is recorded
    assert ((502, None) in right) is (recorded and path == "sandbox/files")


@pytest.mark.parametrize("made", [True, False])
def test_an_agent_may_be_out_of_reach_where_the_run_has_not_made_its_workspace(state: State, made: bool) -> None:
    there = WorkspaceFact(resource="workspace", id="of_seed", owner="org_acme", made=made)
    right = answers(state.with_fact(there), OWNER, ask("GET", "/workspaces/of_seed/sandbox/download/notes.txt"))
    assert ((502, "agent_unreachable") in right) is not made
