"""Lives by the clock of a world, over the control API: what is due has happened, whoever looks, and however late."""

from typing import Any

import pytest

from mock_server import MockWorld
from mock_server.client.errors import Refused

NOW = "2026-07-01T09:00:00Z"
SPARE = "role_acme_spare"


def set_up(world: MockWorld, state: str, **params: Any) -> Any:
    return world.ask("POST", "/states", json={"action": "setup", "state": state, "params": params})


def tear_down(world: MockWorld, state: str, **params: Any) -> None:
    world.ask("POST", "/states", json={"action": "teardown", "state": state, "params": params})


def made(world: MockWorld) -> tuple[str, str]:
    """A new workspace that provisions, and a task that waits in it; nobody holds them."""
    workspace = set_up(world, "workspace exists", org_id="org_acme", role_id=SPARE, held=False)["workspace_id"]
    more = {"org_id": "org_acme", "workspace_id": workspace, "description": "Do it.", "held": False}
    return workspace, set_up(world, "task exists", **more)["task_id"]


def statuses(world: MockWorld, workspace: str, task: str) -> tuple[str, str]:
    state = world.state()
    return state["workspaces"][workspace]["status"], state["tasks"][task]["status"]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (1, ("provisioning", "submitted")),
        (2, ("idle", "submitted")),
        (3, ("busy", "delivered")),
        (4, ("busy", "running")),
        (9, ("idle", "completed")),
    ],
)
def test_what_a_state_makes_and_does_not_hold_lives_by_the_clock(
    world: MockWorld, seconds: int, expected: object
) -> None:
    both = made(world)
    world.advance(seconds)
    assert statuses(world, *both) == expected


def test_time_passes_by_a_state_too(world: MockWorld) -> None:
    both = made(world)
    assert set_up(world, "time has passed", seconds=9.5) == {}
    assert statuses(world, *both) == ("idle", "completed")
    assert world.ask("GET", "/clock")["now"] == "2026-07-01T09:00:09.500000Z"
    tear_down(world, "time has passed", seconds=9.5)
    assert world.ask("GET", "/clock")["now"] == "2026-07-01T09:00:09.500000Z"


def test_an_hour_at_once_plays_its_events_in_order_each_at_its_own_time(world: MockWorld) -> None:
    workspace, _task = made(world)
    world.advance(3600)
    events = [each for each in world.state()["events"].values() if each.get("workspace_id") == workspace]
    assert [(each["event_type"], each["timestamp"]) for each in events] == [
        ("workspace_ready", "2026-07-01T09:00:02Z"),
        ("task_delivered", "2026-07-01T09:00:03Z"),
        ("task_running", "2026-07-01T09:00:04Z"),
        ("policy_decision", "2026-07-01T09:00:04Z"),
        ("task_completed", "2026-07-01T09:00:09Z"),
    ]


def test_a_request_sees_what_is_due_by_its_own_time(world: MockWorld) -> None:
    workspace, _ = made(world)
    set_up(world, "workspace is", org_id="org_acme", workspace_id=workspace, status="stopping", held=False)
    owner = world.client("acme-owner")
    assert owner.post(f"/agent-roles/{SPARE}/archive").status_code == 409
    world.advance(2)
    assert owner.post(f"/agent-roles/{SPARE}/archive").status_code == 200


def test_a_step_goes_to_what_is_due_next_and_no_further(world: MockWorld) -> None:
    workspace, task = made(world)
    assert world.clock()["next"] == {
        "at": "2026-07-01T09:00:02Z",
        "object": f"workspaces/{workspace}",
        "from": "provisioning",
        "to": "idle",
    }
    expected = [(2, "idle", "submitted"), (3, "busy", "delivered"), (4, "busy", "running"), (9, "idle", "completed")]
    for seconds, *both in expected:
        told = world.step()
        assert (told["mode"], told["now"]) == ("frozen", f"2026-07-01T09:00:0{seconds}Z")
        assert list(statuses(world, workspace, task)) == both
    assert "next" not in world.clock()


def test_several_steps_at_once_end_where_nothing_is_due(world: MockWorld) -> None:
    both = made(world)
    assert world.step(3)["now"] == "2026-07-01T09:00:04Z"
    assert statuses(world, *both) == ("busy", "running")
    assert world.step(1000) == {"mode": "frozen", "now": "2026-07-01T09:00:09Z"}
    with pytest.raises(Refused) as refusal:
        world.step()
    assert (refusal.value.status, refusal.value.error["code"]) == (409, "nothing_due")
    assert world.clock() == {"mode": "frozen", "now": "2026-07-01T09:00:09Z"}


def test_a_step_takes_along_all_that_is_due_at_its_time(world: MockWorld) -> None:
    both = [made(world)[0] for _ in range(2)]
    world.step()
    assert [world.state()["workspaces"][each]["status"] for each in both] == ["idle", "idle"]


def test_a_step_leaves_a_real_clock_running(mock_world: MockWorld) -> None:
    workspace, task = made(mock_world)
    told = mock_world.step(4)
    assert told["mode"] == "real"
    assert 7 < told["offset_seconds"] <= 9
    assert statuses(mock_world, workspace, task) == ("idle", "completed")


def test_on_a_real_clock_time_that_passed_has_passed_at_the_next_request(mock_world: MockWorld) -> None:
    both = made(mock_world)
    mock_world.advance(60)
    assert statuses(mock_world, *both) == ("idle", "completed")


def test_a_clock_that_is_set_back_undoes_nothing(world: MockWorld) -> None:
    both = made(world)
    world.advance(60)
    before = world.state()["events"]
    world.freeze(NOW)
    assert statuses(world, *both) == ("idle", "completed")
    assert world.state()["events"] == before


def test_the_same_calls_give_the_same_bytes_however_time_is_divided(world: MockWorld) -> None:
    both = made(world)
    for seconds in (0.25, 2, 1.75, 1, 30):
        world.advance(seconds)
    once = world.export()
    world.reset()
    world.freeze(NOW)
    assert made(world) == both
    world.advance(35)
    assert world.export() == once


def test_timers_go_along_with_the_state(world: MockWorld) -> None:
    both = made(world)
    document = world.export()
    world.snapshot("before")
    with world.fork(f"{world.name}-fork") as fork:
        world.advance(60)
        assert statuses(world, *both) == ("idle", "completed")
        assert statuses(fork, *both) == ("provisioning", "submitted")
        fork.advance(3)
        assert statuses(fork, *both) == ("busy", "delivered")
    for go_back in (lambda: world.restore("before"), lambda: world.load(document)):
        go_back()
        assert world.export() == document
        world.advance(4)
        assert statuses(world, *both) == ("busy", "running")


def test_a_rewind_takes_back_what_was_due_since(world: MockWorld) -> None:
    both = made(world)
    world.client("acme-owner").get("/packs")
    world.advance(60)
    world.client("acme-owner").get("/packs")
    assert statuses(world, *both) == ("idle", "completed")
    [first, _] = world.journal()
    world.rewind(first["id"])
    assert statuses(world, *both) == ("provisioning", "submitted")
    world.advance(2)
    assert statuses(world, *both) == ("idle", "submitted")


def test_an_entry_of_the_journal_tells_nothing_of_what_the_clock_did(world: MockWorld) -> None:
    made(world)
    world.advance(60)
    world.client("acme-owner").get("/packs")
    assert [each["changes"] for each in world.journal()] == [[]]


def test_what_is_held_has_no_timer(world: MockWorld) -> None:
    made = set_up(world, "workspace exists", org_id="org_acme", role_id=SPARE)["workspace_id"]
    set_up(world, "task exists", org_id="org_acme", workspace_id=made, description="Do it.")
    before = world.state()
    world.advance(86_400)
    after = world.state()
    assert (after["workspaces"], after["tasks"], after["events"]) == (
        before["workspaces"],
        before["tasks"],
        before["events"],
    )


def test_the_teardown_lets_the_timers_run(world: MockWorld) -> None:
    both = made(world)
    ids = {"org_id": "org_acme", "workspace_id": both[0]}
    set_up(world, "workspace is", **ids, status="busy")
    world.advance(60)
    assert statuses(world, *both) == ("busy", "running")
    tear_down(world, "workspace is", **ids)
    world.advance(5)
    assert statuses(world, *both) == ("idle", "completed")


def test_nothing_is_delivered_while_nobody_can_reach_the_agent(world: MockWorld) -> None:
    both = made(world)
    ids = {"org_id": "org_acme", "workspace_id": both[0]}
    assert set_up(world, "agent is unreachable", **ids) == {}
    world.advance(60)
    assert statuses(world, *both) == ("idle", "delivery_failed")
    assert world.state()["tasks"][both[1]]["reason"] == "agent_unreachable"
    tear_down(world, "agent is unreachable", **ids)
    more = set_up(world, "task exists", **ids, description="Do it.", held=False)["task_id"]
    world.advance(7)
    assert statuses(world, both[0], more) == ("idle", "completed")
    tear_down(world, "agent is unreachable", org_id="org_acme", workspace_id="ws_none")


@pytest.mark.parametrize("seconds", [None, -1, "1", True])
def test_time_passes_forward_alone(world: MockWorld, seconds: object) -> None:
    with pytest.raises(Refused) as refused:
        set_up(world, "time has passed", seconds=seconds)
    assert refused.value.status == 400


def test_time_does_not_pass_to_where_no_clock_can_stand(world: MockWorld) -> None:
    with pytest.raises(Refused) as refused:
        set_up(world, "time has passed", seconds=1e12)
    assert (refused.value.status, refused.value.error["code"]) == (409, "out_of_time")


def test_the_steps_that_are_told_are_those_that_are_taken(world: MockWorld) -> None:
    steps = world.ask("GET", "/states")["life_cycles"]
    by_clock = {
        (each["from"][0], each["to"]): each["after_seconds"]
        for each in steps
        if each["of"] == "workspace" and each["by"] == "time"
    }
    assert by_clock == {("provisioning", "idle"): 2, ("stopping", "stopped"): 2}
    for (source, target), seconds in by_clock.items():
        key = set_up(world, "workspace exists", org_id="org_acme", role_id=SPARE, status=source, held=False)
        world.advance(seconds - 0.001)
        assert world.state()["workspaces"][key["workspace_id"]]["status"] == source
        world.advance(0.001)
        assert world.state()["workspaces"][key["workspace_id"]]["status"] == target
