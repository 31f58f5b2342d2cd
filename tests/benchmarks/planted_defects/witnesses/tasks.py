"""What shows the defects of lists and reads of tasks."""

from typing import Any

from tests.benchmarks.planted_defects.scene import Scene, said
from tests.benchmarks.planted_defects.witness import witness

OF_OWNER, OF_MEMBER, OF_OTHER_ORG = "ws_01HZ", "ws_acme_busy", "ws_globex_idle"
DONE, FAILED, CANCELLED, RUNNING, QUEUED = (
    "task_01HZ",
    "task_acme_failed",
    "task_acme_cancelled",
    "task_acme_running",
    "task_acme_queued",
)
HIDDEN, NO_WORKSPACE, NO_TASK = "403 workspace_not_visible", "404 workspace_not_found", "404 task_not_found"


def get(scene: Scene, path: str, who: str = "acme-owner") -> Any:
    return scene.get(f"/workspaces/{path}", who)


def listed(scene: Scene, workspace_id: str = OF_OWNER) -> list[str]:
    return [each["id"] for each in get(scene, f"{workspace_id}/tasks").json()]


def task(scene: Scene, workspace_id: str, task_id: str, who: str = "acme-owner") -> str:
    return said(get(scene, f"{workspace_id}/tasks/{task_id}", who))


def shown(scene: Scene, name: str, workspace_id: str, task_id: str) -> Any:
    return get(scene, f"{workspace_id}/tasks/{task_id}").json().get(name)


@witness("ownership-tasks-of-others-listed", right=[HIDDEN, HIDDEN], wrong=["200", HIDDEN])
def of_others_listed(scene: Scene) -> list[str]:
    return [said(get(scene, f"{OF_OWNER}/{each}", "acme-member")) for each in ("tasks", f"tasks/{DONE}")]


@witness("ownership-tasks-of-others-read", right=[HIDDEN, HIDDEN], wrong=[HIDDEN, "200"])
def of_others_read(scene: Scene) -> list[str]:
    return [said(get(scene, f"{OF_OWNER}/{each}", "acme-member")) for each in ("tasks", f"tasks/{DONE}")]


@witness("ownership-tasks-of-others-not-found", right=HIDDEN, wrong=NO_WORKSPACE)
def of_others_not_found(scene: Scene) -> str:
    return task(scene, OF_OWNER, DONE, "acme-member")


@witness("ownership-tasks-of-others-left-out", right=403, wrong=[])
def of_others_left_out(scene: Scene) -> Any:
    answer = get(scene, f"{OF_OWNER}/tasks", "acme-member")
    return answer.json() if answer.status_code == 200 else answer.status_code


@witness("ownership-tasks-below-any-workspace", right=[NO_TASK, NO_TASK], wrong=["200", NO_TASK])
def below_any_workspace(scene: Scene) -> list[str]:
    return [task(scene, OF_OWNER, RUNNING), task(scene, OF_OWNER, "task_globex_done")]


@witness("ownership-tasks-of-all-orgs-read", right=[NO_TASK, NO_TASK], wrong=[NO_TASK, "200"])
def of_all_orgs_read(scene: Scene) -> list[str]:
    return [task(scene, OF_OWNER, RUNNING), task(scene, OF_OWNER, "task_globex_done")]


@witness("ownership-tasks-in-all-orgs-listed", right=NO_WORKSPACE, wrong="200")
def in_all_orgs_listed(scene: Scene) -> str:
    return said(get(scene, f"{OF_OTHER_ORG}/tasks"))


@witness("ownership-tasks-of-task-alone", right=NO_WORKSPACE, wrong="200")
def of_task_alone(scene: Scene) -> str:
    return task(scene, OF_OTHER_ORG, "task_globex_done")


@witness("tasks-oldest-first", right=[CANCELLED, FAILED, DONE], wrong=[DONE, FAILED, CANCELLED])
def oldest_first(scene: Scene) -> list[str]:
    return listed(scene)


@witness("tasks-in-order-of-ids", right=[CANCELLED, FAILED, DONE], wrong=[FAILED, CANCELLED, DONE])
def in_order_of_ids(scene: Scene) -> list[str]:
    return listed(scene)


@witness("tasks-of-the-org-listed", right=3, wrong=7)
def of_the_org_listed(scene: Scene) -> int:
    return len(listed(scene))


@witness("tasks-ended-left-out", right=3, wrong=0)
def ended_left_out(scene: Scene) -> int:
    return len(listed(scene))


@witness("tasks-description-cut", right=150, wrong=100)
def description_cut(scene: Scene) -> int:
    params = {"org_id": "org_acme", "workspace_id": OF_MEMBER, "description": "x" * 150, "held": True}
    made = scene.state("task exists", **params)
    found = get(scene, f"{OF_MEMBER}/tasks").json()
    return next(len(each["description"]) for each in found if each["id"] == made["task_id"])


@witness("tasks-ended-not-found", right="200", wrong=NO_TASK)
def ended_not_found(scene: Scene) -> str:
    return task(scene, OF_OWNER, DONE)


@witness("tasks-duration-in-milliseconds", right=6600, wrong=6605000)
def duration_in_milliseconds(scene: Scene) -> Any:
    return shown(scene, "duration_seconds", OF_OWNER, DONE)


@witness("tasks-duration-while-running", right=None, wrong=0)
def duration_while_running(scene: Scene) -> Any:
    return shown(scene, "duration_seconds", OF_MEMBER, RUNNING)


@witness("tasks-end-of-completed-alone", right="2026-06-01T11:20:00Z", wrong=None)
def end_of_completed_alone(scene: Scene) -> Any:
    return shown(scene, "completed_at", OF_OWNER, FAILED)


@witness("tasks-end-before-the-end", right=None, wrong="2026-06-02T09:15:00Z")
def end_before_the_end(scene: Scene) -> Any:
    return shown(scene, "completed_at", OF_MEMBER, QUEUED)
