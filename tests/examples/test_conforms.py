"""The suite, which was written beside the mock, has nothing to say against another server."""

from __future__ import annotations

import base64
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from examples.second_server import data
from examples.second_server.app import create_app
from examples.second_server.rules import Rules
from examples.second_server.store import Store
from tests import plain
from tests.conformance.commands.test_dry_run import planned
from tests.conformance.custody.harm import check_harmless, inventory
from tests.examples.second import judged, profile, serving
from tests.openapi import OPERATIONS
from tests.proxy.messages import Request
from tests.proxy.proxy import proxying
from tests.waiting import until

# Whether an unknown query parameter is refused is not judged, and this server lets it pass.
LET_PASS = {(each.id, 400) for each in OPERATIONS.values() if each.refuses_nothing_but_parameters}
# What stands in the way of these no public call can make.
NEED_STATES = {("packs.delete", 502)}
NEED_STATES |= {(each.id, 503) for each in OPERATIONS.values() if 503 in each.statuses}
# Every caller of the profile may see log and workspaces of its org, or the own ones; tasks are made by states alone.
NEED_STATES |= {(name, 403) for name in ("workspaces.list", "workspaces.get")}
NEED_STATES |= {(name, 403) for name in ("tasks.list", "tasks.get", "tasks.cancel", "tasks.submit_to_workspace")}
NEED_STATES |= {
    (f"workspaces.{name}", 403) for name in ("archive", "unarchive", "stop", "restart", "fork", "get_session")
}
NEED_STATES |= {(each.id, 403) for each in OPERATIONS.values() if each.id.startswith(("sandbox.", "snapshots."))}
# Nothing but a state makes a workspace fail, or keeps everybody from its agent.
NEED_STATES |= {("sandbox.download", 409), ("sandbox.download", 502), ("sandbox.list_files", 502)}
NEED_STATES |= {("tasks.cancel", 502), ("workspaces.get_session", 502)}
NEED_STATES |= {(each.id, 403) for each in OPERATIONS.values() if each.id.startswith(("audit.", "activity."))}
# Nobody is accepted without a state.
NEED_STATES |= {("memberships.update_role", 200)}
# An org that others use is never left without an owner.
NEED_WORLDS = {("memberships.update_role", 409), ("memberships.remove", 409)}
# Nor are the workspaces of others stopped.
NEED_WORLDS |= {("workspaces.stop_all", status) for status in (200, 401, 403)}
# The only org that does not pay is not the one that sees the image of the profile; who may not resume is dealt; the
# workspace of a provider's role may still run as it is archived.
BY_CHANCE = {("packs.create", 423), ("workspaces.resume", 403), ("providers.archive", 409)}
# A small budget deals some of what only an org that does not pay, or a workspace at rest, is asked.
BY_SEED = {("secrets.delete", 400)}
DEALT = BY_SEED | {(each.id, 423) for each in OPERATIONS.values() if 423 in each.statuses}
DEALT |= {(each.id, 409) for each in OPERATIONS.values() if each.id.startswith(("workspaces.", "tasks."))}


ENDED: list[list[str]] = [[], *([status] for status in ("completed", "failed", "cancelled", "delivery_failed"))]
"""What the oldest task of a workspace is once it has ended, where there is one."""


def stored(origin: str) -> list[Any]:
    """What each org sees."""
    tokens = [os.environ[name] for name in ("ALDER_OWNER_TOKEN", "BIRCH_OPERATOR_TOKEN", "CEDAR_OWNER_TOKEN")]
    return [
        plain.get(f"{origin}/v1/packs", headers={"Authorization": f"Bearer {token}"}).json()["packs"]
        for token in tokens
    ]


def not_reached(results: dict[str, Any]) -> set[tuple[str, int]]:
    return {(cell["operation_id"], cell["status"]) for cell in results["cells"] if not cell["count"]}


def not_passed(results: dict[str, Any]) -> set[str]:
    return {rule["id"] for rule in results["rules"] if rule["verdict"] != "PASSED"}


def whole(folder: Path, options: tuple[str, ...], *, states: bool) -> dict[str, Any]:
    """The results of a whole run, of which nothing was found, nothing is left and no request could do harm."""
    with serving(*options) as origin, proxying(origin) as between:
        there = inventory(between)
        target = profile(folder, between.origin, states=states)
        ended, results = judged(folder, target, "--strict", "--budget", "quick")
        check_harmless(between, there, states=states)
    assert ended.code == 0, ended.said
    assert results["findings"] == results["errors"] == results["left_behind"] == []
    return results


def check_foreseen(folder: Path, results: dict[str, Any]) -> None:
    """A dry run names about as many requests as were sent then."""
    _, foreseen = planned("--target", folder / "profile.toml", "--budget", "quick")
    assert abs(results["summary"]["requests"] / foreseen - 1) < 1 / 3


@pytest.mark.timeout(600)
def test_with_states_every_rule_passes(tmp_path: Path) -> None:
    results = whole(tmp_path, (), states=True)
    check_foreseen(tmp_path, results)
    assert not_passed(results) == {"BULK-STOP-ALL", "MEMBER-LAST-OWNER", "PARALLEL-LAST-OWNER", "STREAM-ENDS"}
    assert not_reached(results) - BY_SEED == LET_PASS | NEED_WORLDS


@pytest.mark.timeout(600)
def test_without_states_nothing_is_found_and_what_needs_them_is_named(tmp_path: Path) -> None:
    results = whole(tmp_path, ("--no-states",), states=False)
    check_foreseen(tmp_path, results)
    assert not_reached(results) - BY_CHANCE - DEALT == (LET_PASS | NEED_STATES | NEED_WORLDS) - DEALT
    left_out = [rule for rule in results["rules"] if rule["verdict"] != "PASSED"]
    assert {rule["verdict"] for rule in left_out} == {"NOT_PROVOKED"}
    assert all(rule["reasons"] for rule in left_out)


def test_a_change_that_has_to_be_refused_shows_nothing(tmp_path: Path) -> None:
    """Nobody accepts an invitation without a state, and the role of one is not changed before: the 409 is right."""
    with serving("--no-states") as origin:
        _, results = judged(tmp_path, profile(tmp_path, origin, states=False), "--rule", "MEMBER-ROLE")
    assert results["findings"] == results["errors"] == []
    assert {case["verdict"] for case in results["cases"]} == {"NOT_PROVOKED"}


def test_a_task_that_ends_before_it_is_cut_short_shows_nothing(tmp_path: Path) -> None:
    """The agent is done with the current task before a cancellation or a stop arrives, as it may be anywhere."""
    with serving("--no-states") as origin, proxying(origin) as between:

        def wait_for_the_end(request: Request) -> Request:
            workspace, _, asked = request.path.rpartition("/workspaces/")[2].partition("/")
            if request.method == "POST" and asked in {"task/cancel", "stop"}:
                tasks = f"{origin}/v1/workspaces/{workspace}/tasks"
                who = {"Authorization": request.headers["authorization"]}
                until(lambda: [each["status"] for each in plain.get(tasks, headers=who).json()][-1:] in ENDED)
            return request

        between.changes = wait_for_the_end
        rules = [text for rule in ("TASK-CANCEL", "TASK-WORKSPACE-ENDS") for text in ("--rule", rule)]
        _, results = judged(tmp_path, profile(tmp_path, between.origin, states=False), *rules)
    assert results["findings"] == results["errors"] == []


def test_states_that_are_unknown_at_their_url_are_not_provoked(tmp_path: Path) -> None:
    clauses = [f"--clause={clause}" for clause in ("billing", "images", "files", "deletion")]
    with serving("--no-states") as origin:
        ended, results = judged(tmp_path, profile(tmp_path, origin), "--strict", *clauses)
    assert ended.code == 0, ended.said
    assert results["findings"] == results["errors"] == results["left_behind"] == []
    skipped = [case for case in results["cases"] if case["verdict"] == "NOT_PROVOKED"]
    assert any("do not offer 'registry purge fails'" in case["reason"] for case in skipped)
    assert {"FILE-NOT-EDITABLE", "IMAGE-ORIGIN-STAYS", "DELETE-IMAGE-LEFT"}.isdisjoint(
        rule["id"] for rule in results["rules"] if rule["verdict"] == "NOT_PROVOKED"
    ), "the images of the profile stand in for the state"


class OpaqueIds(Store):
    """A store whose ids are of every character that a path cannot hold as it is."""

    def new_id(self, kind: str) -> str:
        return base64.b64encode(super().new_id(kind).encode()).decode() + "/+ %2F é?#"


@contextmanager
def in_process(store: Store) -> Iterator[str]:
    rules = Rules(store)
    data.fill(store, rules.digest)
    server = uvicorn.Server(uvicorn.Config(create_app(rules), log_level="error", lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def test_an_id_may_hold_any_character(tmp_path: Path) -> None:
    store = OpaqueIds()
    clauses = [f"--clause={clause}" for clause in ("files", "ownership", "deletion", "visibility")]
    with in_process(store) as origin:
        before = dict(store.packs)
        ended, results = judged(tmp_path, profile(tmp_path, origin), "--strict", *clauses)
    assert ended.code == 0, ended.said
    assert results["findings"] == results["left_behind"] == []
    assert store.packs == before
