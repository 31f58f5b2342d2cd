"""Whole generated runs against the mock as a child process, as its users start it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.budget import NORMAL
from conformance.contract.contract import Contract
from conformance.fuzzing.run import PROBED, WRONG, OperationRun, OperationRuns
from conformance.http.client import LimitReached
from conformance.http.exchange import Exchange
from conformance.oracle.judging import NotProvoked
from conformance.profile import Limits, Profile
from conformance.running.suite import Suite
from conformance.session.harness import Harness
from conformance.target.target import Target, open_target

Mutation = Callable[[Exchange], Exchange]
SAFE = ("GET", "HEAD", "OPTIONS")


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    opened = open_target("mock", seed=1)
    yield opened
    opened.close()


@pytest.fixture
def open_suite(contract: Contract) -> Iterator[Callable[..., Suite]]:
    opened: list[Suite] = []

    def open_one(profile: Profile, seed: int, log: Path | None = None) -> Suite:
        suite = Suite(profile, contract, seed=seed, log=log)
        opened.append(suite)
        suite.prepare()
        return suite

    yield open_one
    for suite in opened:
        suite.close()


def hands(suite: Suite, operation_id: str) -> Harness:
    return suite.open_session("CONTRACT-RIGHT-ANSWER", f"test[{operation_id}]")


def run(suite: Suite, operation_id: str) -> OperationRun:
    return OperationRuns().get_run(hands(suite, operation_id), suite.contract.operations[operation_id])


def without_worlds(profile: Profile) -> Profile:
    """The mock as a server that has neither worlds nor states."""
    return replace(profile, states_url=None, world_url=None)


def test_the_mock_is_right_in_each_generated_request_of_an_operation(
    target: Target, open_suite: Callable[..., Suite], contract: Contract, tmp_path: Path
) -> None:
    log = tmp_path / "requests.jsonl"
    suite = open_suite(target.profile, 101, log)
    runs = OperationRuns()
    for operation_id, operation in sorted(contract.operations.items())[::6]:  # a whole run judges all
        made = runs.get_run(hands(suite, operation_id), operation)
        assert len(made.judged) >= NORMAL.requests
        # Of a creation whose body may be refused only some are repeated: those that are certain to be served.
        if operation_id not in ("memberships.update_role", "memberships.remove"):  # a row's own id may be unknown there
            assert len(made.probes) in range(1 + WRONG, (1 + WRONG) * PROBED + 1)
        assert {it.exchange.status for it in made.probes} <= {401}
        assert [(it.exchange, it.breaches) for it in (*made.judged, *made.probes) if it.breaches] == []
    logged = {json.loads(line)["number"] for line in log.read_text().splitlines()}
    assert logged >= set(range(1, suite.client.sent + 1))


def test_the_run_is_made_once_for_all_rules(target: Target, open_suite: Callable[..., Suite]) -> None:
    suite, runs = open_suite(target.profile, 102), OperationRuns()
    operation = suite.contract.operations["session.get"]
    first = runs.get_run(hands(suite, "session.get"), operation)
    sent = suite.client.sent
    assert runs.get_run(hands(suite, "session.get"), operation) is first
    assert suite.client.sent == sent


def test_the_same_seed_sends_the_same_bytes_in_the_same_order(open_suite: Callable[..., Suite], tmp_path: Path) -> None:
    logs = []
    for name in ("first", "second"):
        target = open_target("mock", seed=7)
        try:
            suite = open_suite(target.profile, 7, tmp_path / name)
            for operation_id in ("packs.upload", "packs.delete", "packs.replace_file"):
                run(suite, operation_id)
        finally:
            target.close()
        logs.append((tmp_path / name).read_bytes())
    assert logs[0] == logs[1]
    assert len(logs[0].splitlines()) > 3 * NORMAL.requests


def body_changed(change: Callable[[Any], object]) -> Mutation:
    def mutate(exchange: Exchange) -> Exchange:
        body = json.loads(exchange.body)
        change(body)
        return replace(exchange, body=json.dumps(body).encode())

    return mutate


def on(status: int, mutation: Mutation) -> Mutation:
    return lambda exchange: mutation(exchange) if exchange.status == status else exchange


def answered(status: int, code: str) -> Mutation:
    coded = body_changed(lambda body: body["error"].update(code=code))
    return lambda exchange: coded(replace(exchange, status=status))


PACK = b"""{"id": "pack_1", "name": "a", "display_name": "A", "version": "1.0.0", "tier": "community",
 "visibility": "org", "owned": true}"""

DEFECTS: dict[str, tuple[str, Mutation, str]] = {
    "a private pack is admitted to exist": (
        "packs.get",
        on(404, answered(403, "permission_denied")),
        "OWNERSHIP-PRIVATE-HIDDEN",
    ),
    "a foreign pack may be changed": (
        "packs.update_visibility",
        on(403, lambda it: replace(it, status=200, body=PACK)),
        "OWNERSHIP-SHARED-READ-ONLY",
    ),
    "billing is not asked for": (
        "packs.replace_file",
        on(423, lambda it: replace(it, status=200, body=PACK)),
        "BILLING-CREATE-REFUSED",
    ),
    "a broken archive is taken": (
        "packs.upload",
        on(400, lambda it: replace(it, status=201, body=PACK)),
        "UPLOAD-NOT-AN-ARCHIVE",
    ),
    "an invalid body is taken": (
        "packs.update_visibility",
        on(400, lambda it: replace(it, status=200, body=PACK)),
        "CONTRACT-INVALID-REFUSED",
    ),
    "a valid request is refused": (
        "packs.update_visibility",
        on(200, lambda it: replace(it, status=400, body=b'{"error": {"code": "validation_error"}}')),
        "CONTRACT-VALID-ACCEPTED",
    ),
    "the credential does not matter": (
        "packs.list",
        on(401, lambda it: replace(it, status=200, body=b'{"packs": []}')),
        "CONTRACT-CREDENTIAL-ENFORCED",
    ),
    "a 405 names no methods": (
        "packs.list",
        on(405, lambda it: replace(it, headers=tuple(h for h in it.headers if h[0] != "allow"))),
        "CONTRACT-METHOD-UNDECLARED",
    ),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_is_found_under_its_rule(
    target: Target, open_suite: Callable[..., Suite], monkeypatch: pytest.MonkeyPatch, defect: str
) -> None:
    operation_id, mutation, rule = DEFECTS[defect]
    suite = open_suite(target.profile, 200 + list(DEFECTS).index(defect))
    send = suite.client.send
    monkeypatch.setattr(suite.client, "send", lambda *given, **more: mutation(send(*given, **more)))
    made = run(suite, operation_id)
    assert rule in {breach.rule for it in (*made.judged, *made.probes) for breach in it.breaches}


@pytest.mark.parametrize(
    "operation_id", ["packs.delete", "packs.update_visibility", "packs.replace_file", "packs.read_file"]
)
def test_a_server_without_worlds_keeps_what_it_had(
    target: Target, open_suite: Callable[..., Suite], operation_id: str
) -> None:
    suite = open_suite(without_worlds(target.profile), 300)
    before = suite.baseline.get_facts("pack")
    harness = hands(suite, operation_id)
    made = OperationRuns().get_run(harness, suite.contract.operations[operation_id])
    unsafe = [it.exchange for it in made.judged if it.exchange.method not in SAFE]
    assert not {value for it in unsafe for value in it.request.path_values.values()} & before.keys()
    assert harness.clean_up() == []
    after = open_suite(without_worlds(target.profile), 300).baseline.get_facts("pack")
    assert {id_: pack.shown for id_, pack in after.items()} == {id_: pack.shown for id_, pack in before.items()}


def test_a_target_that_is_only_read_gets_no_unsafe_method(
    target: Target, open_suite: Callable[..., Suite], tmp_path: Path
) -> None:
    profile = replace(without_worlds(target.profile), limits=Limits(read_only=True))
    suite = open_suite(profile, 301, tmp_path / "log")
    assert len(run(suite, "packs.get").judged) > NORMAL.requests // 2
    with pytest.raises((NotProvoked, LimitReached), match="read_only"):
        run(suite, "packs.delete")
    methods = {json.loads(line)["method"] for line in (tmp_path / "log").read_text().splitlines()}
    assert methods <= set(SAFE)


def test_the_limit_of_requests_holds(target: Target, open_suite: Callable[..., Suite]) -> None:
    most = len(target.profile.callers) * 2 + 20
    suite = open_suite(replace(target.profile, limits=Limits(max_requests=most)), 302)
    made = run(suite, "session.get")
    assert suite.client.sent == most
    assert len(made.judged) < NORMAL.requests


def test_why_it_could_not_be_made_is_said_to_every_rule(target: Target, open_suite: Callable[..., Suite]) -> None:
    readers = tuple(c for c in target.profile.callers if c.name.endswith("read-only"))
    suite, runs = open_suite(replace(target.profile, callers=readers), 303), OperationRuns()
    operation = suite.contract.operations["packs.create"]
    for _ in range(2):
        with pytest.raises(NotProvoked, match="no caller"):
            runs.get_run(hands(suite, "packs.create"), operation)
