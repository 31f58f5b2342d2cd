"""What shows the defects of how tasks go on and end."""

from typing import Any

from tests.benchmarks.planted_defects.scene import Scene, said
from tests.benchmarks.planted_defects.witness import witness

IDLE, BUSY = "ws_01HZ", "ws_acme_busy"
DONE, RUNNING, QUEUED = f"{IDLE}/tasks/task_01HZ", f"{BUSY}/tasks/task_acme_running", f"{BUSY}/tasks/task_acme_queued"
SUBMITTER = "acme-submit-observe"
CANCELLING = "202"


def read(scene: Scene, path: str, name: str = "status") -> Any:
    return scene.get(f"/workspaces/{path}").json().get(name)


def submitted(scene: Scene) -> str:
    """The path of a new task of the workspace that is idle."""
    made = scene.ask("POST", f"/workspaces/{IDLE}/tasks", SUBMITTER, json={"description": "Count."}).json()
    return f"{IDLE}/tasks/{made['task_id']}"


def cancel(scene: Scene, workspace_id: str, who: str = "acme-owner") -> str:
    return said(scene.ask("POST", f"/workspaces/{workspace_id}/task/cancel", who))


def after_cancelling(scene: Scene, path: str) -> Any:
    """The status of what is at this path, ten seconds after the task of the busy workspace was cancelled."""
    assert cancel(scene, BUSY) == CANCELLING
    scene.world.advance(2)
    return read(scene, path)


def columns(scene: Scene, event_type: str, name: str) -> list[Any]:
    """What the events of this type and of today have in a column."""
    params = {"filter": f"event_type={event_type}", "from": "2026-06-15T11:00:00Z"}
    return [each[name] for each in scene.get("/audit", params=params).json()["events"]]


@witness("lifecycle-running-as-submitted", right="running", wrong="submitted")
def running_as_submitted(scene: Scene) -> Any:
    return read(scene, RUNNING)


@witness("lifecycle-failed-as-completed", right="cancelled", wrong="completed")
def failed_as_completed(scene: Scene) -> Any:
    assert said(scene.ask("POST", f"/workspaces/{BUSY}/stop")) == "200"
    return read(scene, RUNNING)


@witness("tasks-end-before-they-began", right=True, wrong=False)
def end_before_they_began(scene: Scene) -> bool:
    return bool(read(scene, DONE, "duration_seconds") >= 0)


@witness("lifecycle-workspace-idle-at-work", right="busy", wrong="idle")
def workspace_idle_at_work(scene: Scene) -> Any:
    return read(scene, BUSY)


@witness("lifecycle-cancelled-complete", right="cancelled", wrong="completed")
def cancelled_complete(scene: Scene) -> Any:
    return after_cancelling(scene, RUNNING)


@witness("lifecycle-cancelled-with-all-others", right="delivered", wrong="cancelled")
def cancelled_with_all_others(scene: Scene) -> Any:
    return after_cancelling(scene, QUEUED)


@witness("lifecycle-cancel-stops-workspace", right="busy", wrong="stopped")
def cancel_stops_workspace(scene: Scene) -> Any:
    return after_cancelling(scene, BUSY)


@witness("lifecycle-left-by-a-stop", right="delivery_failed", wrong="submitted")
def left_by_a_stop(scene: Scene) -> Any:
    assert said(scene.ask("POST", f"/workspaces/{BUSY}/stop")) == "200"
    return read(scene, QUEUED)


@witness("ownership-tasks-of-others-cancelled", right="403 workspace_not_visible", wrong=CANCELLING)
def of_others_cancelled(scene: Scene) -> str:
    return cancel(scene, IDLE, "acme-member")


@witness("agent-asked-while-stopped", right="409 workspace_stopped", wrong=CANCELLING)
def asked_while_stopped(scene: Scene) -> str:
    return cancel(scene, "ws_acme_stopped")


@witness("agent-of-failed-is-stopped", right="409 workspace_failed", wrong="409 workspace_stopped")
def of_failed_is_stopped(scene: Scene) -> str:
    return cancel(scene, "ws_acme_failed")


@witness("agent-asked-before-it-is-ready", right="409 workspace_provisioning", wrong=CANCELLING)
def asked_before_it_is_ready(scene: Scene) -> str:
    return cancel(scene, "ws_acme_provisioning")


@witness("agent-unreachable-unnoticed", right="502 agent_unreachable", wrong=CANCELLING)
def unreachable_unnoticed(scene: Scene) -> str:
    params = {"org_id": "org_acme", "workspace_id": IDLE}
    scene.world.ask("POST", "/states", json={"action": "setup", "state": "agent is unreachable", "params": params})
    return cancel(scene, IDLE)


@witness("activity-submission-unwritten", right=["usr_acme_owner"], wrong=[])
def submission_unwritten(scene: Scene) -> list[Any]:
    body = {"role_id": "role_01HZ", "description": "Count."}
    assert said(scene.ask("POST", "/tasks", json=body)) == "202"
    return columns(scene, "task_submitted", "user_id")


@witness("activity-cancel-by-the-agent", right=["control-plane"], wrong=["agent"])
def cancel_by_the_agent(scene: Scene) -> list[Any]:
    cancel(scene, BUSY)
    return columns(scene, "task_cancel_requested", "actor")


@witness("agent-session-of-several", right=True, wrong=False)
def session_of_several(scene: Scene) -> bool:
    return isinstance(scene.get("/workspaces/ws_01HZ/session").json(), dict)
