"""What shows the defects of how tasks are submitted."""

from typing import Any

from tests.benchmarks.planted_defects.scene import Scene, said
from tests.benchmarks.planted_defects.witness import witness

IDLE, OF_MEMBER = "ws_01HZ", "ws_acme_busy"
SUBMITTER = "acme-submit-observe"
NO_ROLE = "404 role_not_found"


def answer(scene: Scene, path: str, who: str = SUBMITTER, **body: Any) -> Any:
    return scene.ask("POST", path, who, json={"description": "Count.", **body})


def for_role(scene: Scene, who: str = SUBMITTER, **body: Any) -> Any:
    """The workspace that is made for a task."""
    made = answer(scene, "/tasks", who, role_id="role_01HZ", **body).json()["workspace_id"]
    return scene.get(f"/workspaces/{made}").json()


def to(scene: Scene, workspace_id: str, who: str = SUBMITTER) -> str:
    return said(answer(scene, f"/workspaces/{workspace_id}/tasks", who))


def statuses(scene: Scene, workspace_id: str, seconds: float) -> list[str]:
    """The statuses of the tasks that have not ended, the oldest first, so many seconds later."""
    scene.world.advance(seconds)
    listed = [each["status"] for each in scene.get(f"/workspaces/{workspace_id}/tasks").json()]
    return [each for each in reversed(listed) if each in ("submitted", "delivered", "running")]


@witness("tasks-description-shortened", right=2000, wrong=1000)
def description_shortened(scene: Scene) -> int:
    made = answer(scene, f"/workspaces/{IDLE}/tasks", description="x" * 2000).json()
    return len(scene.get(f"/workspaces/{IDLE}/tasks/{made['task_id']}").json()["description"])


@witness("tasks-in-workspace-of-system", right="usr_acme_owner", wrong="system")
def in_workspace_of_system(scene: Scene) -> Any:
    return for_role(scene, "acme-owner")["created_by_user_id"]


@witness("tasks-environment-ignored", right="staging", wrong="development")
def environment_ignored(scene: Scene) -> Any:
    return for_role(scene, environment="staging")["environment"]


@witness("tasks-two-workspaces-for-one", right=1, wrong=2)
def two_workspaces_for_one(scene: Scene) -> int:
    before = len(scene.get("/workspaces").json()["workspaces"])
    for_role(scene)
    return len(scene.get("/workspaces").json()["workspaces"]) - before


@witness("workspaces-of-foreign-roles-for-tasks", right=NO_ROLE, wrong="202")
def for_foreign_roles(scene: Scene) -> str:
    return said(answer(scene, "/tasks", role_id="role_globex_dev"))


@witness("workspaces-of-any-role-for-tasks", right="400 validation_error", wrong="202")
def for_any_role(scene: Scene) -> str:
    return said(answer(scene, "/tasks"))


@witness("workspaces-of-archived-roles-for-tasks", right="409 role_archived", wrong="202")
def for_archived_roles(scene: Scene) -> str:
    return said(answer(scene, "/tasks", role_id="role_acme_old"))


@witness("tasks-taken-while-stopped", right="409 workspace_stopped", wrong="202")
def taken_while_stopped(scene: Scene) -> str:
    return to(scene, "ws_acme_stopped")


@witness("tasks-taken-by-failed", right="409 workspace_failed", wrong="202")
def taken_by_failed(scene: Scene) -> str:
    return to(scene, "ws_acme_failed")


@witness("tasks-taken-by-archived", right="409 workspace_archived", wrong="202")
def taken_by_archived(scene: Scene) -> str:
    return to(scene, "ws_acme_archived")


@witness("tasks-refused-while-provisioning", right="202", wrong="409 workspace_stopped")
def refused_while_provisioning(scene: Scene) -> str:
    return to(scene, "ws_acme_provisioning")


@witness("ownership-tasks-for-workspaces-of-others", right="403 workspace_not_visible", wrong="202")
def for_workspaces_of_others(scene: Scene) -> str:
    return to(scene, OF_MEMBER, "acme-owner")


@witness("lifecycle-never-delivered", right=["delivered"], wrong=["submitted"])
def never_delivered(scene: Scene) -> list[str]:
    to(scene, IDLE)
    return statuses(scene, IDLE, 1)


@witness("lifecycle-begun-beside-others", right=["delivered", "submitted"], wrong=["delivered", "running"])
def begun_beside_others(scene: Scene) -> list[str]:
    to(scene, IDLE)
    to(scene, IDLE)
    return statuses(scene, IDLE, 1)


def upload(scene: Scene, path: str, **data: str) -> bytes:
    """What is downloaded of a file that came with a task."""
    files = {"file": ("a.bin", b"\xff\x00")}
    made = scene.ask("POST", path, SUBMITTER, data={"description": "Count.", **data}, files=files).json()
    scene.world.advance(4)
    place = f"/workspaces/{made['workspace_id']}/sandbox/download/data/uploads/{made['task_id']}/a.bin"
    answer = scene.get(place)
    return answer.content if answer.status_code == 200 else said(answer).encode()


@witness("tasks-files-dropped", right=b"\xff\x00", wrong=b"404 file_not_found")
def files_dropped(scene: Scene) -> bytes:
    return upload(scene, "/tasks", role_id="role_01HZ")


@witness("tasks-files-as-text", right=b"\xff\x00", wrong=b"\xef\xbf\xbd\x00")
def files_as_text(scene: Scene) -> bytes:
    return upload(scene, f"/workspaces/{IDLE}/tasks")
