"""A request that has waited is judged by the state and the time of its commit, not by those of its arrival."""

import asyncio
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest

from mock_server import Settings, create_app
from mock_server.app import PRODUCT
from mock_server.operation import Handler, Reply, Request
from mock_server.resources.orgs import ORGS
from mock_server.state.state import State
from mock_server.worlds.world import World
from tests.mock_server.serving import Mock, contract_with, json_response, refusals, served
from tests.mock_server.under_way import begun, names, upload

FROZEN = "2026-05-01T00:00:00Z"
LATER = "2026-05-01T02:00:00Z"
PACK = "/v1/packs/pack_01HZ"
COMMUNITY, NOBODY = b'{"visibility": "community"}', b'{"visibility": "nobody"}'


def freeze(mock: Mock, now: str) -> None:
    assert mock.control("PUT", "/clock", json={"mode": "frozen", "now": now}).status_code == 200


def revoke(mock: Mock, token: str) -> None:
    assert mock.control("POST", "/tokens/revoke", json={"token": token}).status_code == 200


def past_due(mock: Mock, _token: str) -> None:
    assert mock.control("PUT", "/orgs/org_acme/billing", json={"posture": "past_due"}).status_code == 200


def expire(mock: Mock, _token: str) -> None:
    freeze(mock, LATER)


Change = Callable[[Mock, str], None]
CHANGES = [
    pytest.param(revoke, (401, "unauthenticated"), "credential", id="revoked"),
    pytest.param(expire, (401, "unauthenticated"), "credential", id="expired"),
    pytest.param(past_due, (423, "billing_inactive"), "billing", id="past due"),
]


@pytest.fixture
def token(mock: Mock) -> str:
    """A credential that is good for an hour."""
    freeze(mock, FROZEN)
    issued = mock.control("POST", "/tokens", json={"persona": "acme-owner", "expires_in": 3600})
    assert issued.status_code == 201, issued.text
    made: str = issued.json()["token"]
    return made


def last_entry(mock: Mock) -> dict[str, Any]:
    entry: dict[str, Any] = mock.entries[-1]
    return entry


@pytest.mark.parametrize(("change", "expected", "gate"), CHANGES)
def test_what_changes_while_a_body_comes_counts(
    mock: Mock, token: str, change: Change, expected: tuple[int, str], gate: str
) -> None:
    with upload(mock, token=token) as request:
        change(mock, token)
        answer = request.finish()
    assert (answer.status, json.loads(answer.read())["error"]["code"]) == expected
    entry = last_entry(mock)
    assert (entry["status"], entry["gate"], entry["changes"]) == (expected[0], gate, [])
    assert "under-way" not in names(mock)


@pytest.mark.parametrize(("change", "expected", "gate"), CHANGES)
def test_what_changes_during_a_delay_counts(
    mock: Mock, token: str, change: Change, expected: tuple[int, str], gate: str
) -> None:
    mock.control("POST", "/faults", json={"operation_id": "packs.update_visibility", "delay_ms": 3000})
    headers = {"X-Mock-World": mock.world, "Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with ThreadPoolExecutor(1) as aside:
        asked = aside.submit(httpx.patch, mock.origin + PACK, content=COMMUNITY, headers=headers, timeout=60)
        while mock.control("GET", "/faults").json()["faults"]:  # until it has met the delay
            pass
        change(mock, token)
        answer = asked.result()
    assert (answer.status_code, answer.json()["error"]["code"]) == expected
    assert last_entry(mock)["gate"] == gate
    assert mock.send("GET", PACK, "acme-owner").json()["visibility"] == "org"


@pytest.mark.parametrize(("change", "expected", "gate"), CHANGES)
def test_a_refusal_of_the_caller_comes_before_one_of_the_body(
    mock: Mock, token: str, change: Change, expected: tuple[int, str], gate: str
) -> None:
    with begun(
        mock, b'{"visibility": "nobody"}', method="PATCH", path=PACK, kind="application/json", token=token
    ) as it:
        change(mock, token)
        answer = it.finish()
    assert (answer.status, json.loads(answer.read())["error"]["code"]) == expected
    assert last_entry(mock)["gate"] == gate


def test_a_body_that_is_wrong_is_refused_for_that_where_the_caller_may_still_send_it(mock: Mock, token: str) -> None:
    with begun(
        mock, b'{"visibility": "nobody"}', method="PATCH", path=PACK, kind="application/json", token=token
    ) as it:
        answer = it.finish()
    assert answer.status == 400
    assert last_entry(mock)["gate"] == "validation"


def test_times_are_those_of_the_commit_and_never_go_back(mock: Mock, token: str) -> None:
    between = "2026-05-01T00:30:00Z"
    with upload(mock, token=token) as request:
        freeze(mock, between)
        changed = mock.send("PATCH", PACK, "acme-owner", content=COMMUNITY)
        assert changed.json()["updated_at"] == between
        answer = request.finish()
        made = json.loads(answer.read())
    assert answer.status == 201, made
    assert (made["created_at"], made["updated_at"]) == (between, between)
    assert parsedate_to_datetime(answer.headers["date"]) == datetime.fromisoformat(between)
    times = [entry["time"] for entry in mock.entries]
    assert times == sorted(times) == [between, between]


def test_the_journal_shows_what_the_commit_changed_and_no_more(mock: Mock, token: str) -> None:
    with upload(mock, token=token) as request:
        mock.send("PATCH", PACK, "acme-owner", content=COMMUNITY)
        made = json.loads(request.finish().read())
    changed = {change["object"] for change in last_entry(mock)["changes"]}
    assert any(made["id"] in each for each in changed)
    assert not any("pack_01HZ" in each for each in changed)


def test_a_fault_happens_once_to_a_request_that_passes_the_gates_again(mock: Mock, token: str) -> None:
    mock.control("POST", "/faults", json={"operation_id": "packs.upload", "delay_ms": 1, "times": 2})
    with upload(mock, token=token) as request:
        assert request.finish().status == 201
    assert [fault["left"] for fault in mock.control("GET", "/faults").json()["faults"]] == [1]


def test_a_clock_that_control_puts_back_is_followed(mock: Mock, token: str) -> None:
    earlier = "2026-04-01T00:00:00Z"
    with upload(mock, token=token) as request:
        freeze(mock, earlier)
        made = json.loads(request.finish().read())
    assert made["created_at"] == earlier


def test_time_stands_still_while_the_clock_of_the_machine_is_put_back() -> None:
    noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    shown = iter([noon, noon, noon - timedelta(hours=1), noon - timedelta(minutes=1), noon + timedelta(seconds=1)])
    world = World("one", State(), PRODUCT, real=lambda: next(shown))
    assert [world.read_clock() for _ in range(4)] == [noon, noon, noon, noon + timedelta(seconds=1)]


def test_in_a_world_with_an_offset_too() -> None:
    noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    shown = iter([noon, noon, noon, noon - timedelta(hours=1)])
    world = World("one", State(), PRODUCT, real=lambda: next(shown))
    world.commit(world.state.with_clock(world.state.clock.advance(-3600, world.read_real_time())))
    assert [world.read_clock() for _ in range(2)] == [noon - timedelta(hours=1)] * 2


# What an operation prepares.


class Held:
    """An operation whose preparation waits until another one is called."""

    def __init__(self) -> None:
        self.reached, self.released = asyncio.Event(), asyncio.Event()

    async def hold(self, request: Request) -> Request:
        self.reached.set()
        await self.released.wait()
        self.released.clear()
        return request

    async def until_held(self, request: Request) -> Request:
        await self.reached.wait()
        self.reached.clear()
        return request

    def release(self, state: State, _request: Request) -> tuple[State, Reply]:
        self.released.set()
        return state, Reply(200, {})


def told(state: State, request: Request) -> tuple[State, Reply]:
    return state, Reply(
        200, {"now": request.now.isoformat(), "org": state.all(ORGS)["org_acme"].find_posture(request.now)}
    )


def done(state: State, _request: Request) -> tuple[State, Reply]:
    return state, Reply(200, {})


def made_up(name: str, billing: str) -> dict[str, Any]:
    return {
        "post": {
            "operationId": f"made.{name}",
            "x-billing": billing,
            "responses": {"200": json_response({"type": "object"}), **refusals("423")},
        }
    }


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory, tokens: dict[str, str]) -> Iterator[Mock]:
    """A mock with an operation that is held until another one is called, and one that waits until it is held."""
    it = Held()
    handlers = {
        "made.hold": Handler(told, prepare=it.hold),
        "made.until_held": Handler(done, prepare=it.until_held),
        "made.release": Handler(it.release),
    }
    paths = {f"/{name}": made_up(name, "create" if name == "hold" else "wind-down") for name in ("hold", "until_held")}
    paths["/release"] = made_up("release", "wind-down")
    contract = contract_with(tmp_path_factory.mktemp("contract"), paths)
    with served(create_app(Settings(contract=contract), handlers)) as url:
        yield Mock(url, "held", tokens)


@pytest.mark.parametrize(("change", "expected", "gate"), CHANGES)
def test_what_changes_while_an_operation_prepares_counts(
    held: Mock, change: Change, expected: tuple[int, str], gate: str
) -> None:
    freeze(held, FROZEN)
    issued = held.control("POST", "/tokens", json={"persona": "acme-owner", "expires_in": 3600}).json()["token"]
    with ThreadPoolExecutor(1) as aside:
        headers = {"X-Mock-World": held.world, "Authorization": f"Bearer {issued}"}
        asked = aside.submit(httpx.post, f"{held.origin}/v1/hold", headers=headers, timeout=60)
        assert held.send("POST", "/v1/until_held", "globex-owner").status_code == 200
        change(held, issued)
        assert held.send("POST", "/v1/release", "globex-owner").status_code == 200
        answer = asked.result()
    assert (answer.status_code, answer.json()["error"]["code"]) == expected
    entry = next(each for each in held.control("GET", "/journal").json()["entries"] if each["path"] == "/v1/hold")
    assert entry["gate"] == gate
    held.control("POST", "/reset")
    held.control("DELETE", "/journal")


def test_what_an_operation_prepared_is_done_at_the_time_of_its_commit(held: Mock) -> None:
    freeze(held, FROZEN)
    with ThreadPoolExecutor(1) as aside:
        asked = aside.submit(held.send, "POST", "/v1/hold", "acme-owner", timeout=60)
        assert held.send("POST", "/v1/until_held", "globex-owner").status_code == 200
        freeze(held, LATER)
        held.control("PUT", "/orgs/org_acme/billing", json={"posture": "trial"})
        assert held.send("POST", "/v1/release", "globex-owner").status_code == 200
        answer = asked.result()
    assert datetime.fromisoformat(answer.json()["now"]) == datetime.fromisoformat(LATER)
    assert answer.json()["org"] == "trial"
    held.control("POST", "/reset")
