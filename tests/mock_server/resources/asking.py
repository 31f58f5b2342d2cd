"""What tests of resources ask for in a world, and how they tell answers."""

from typing import Any

from mock_server import MockWorld


def post(world: MockWorld, path: str, body: Any = None, who: str = "acme-owner") -> Any:
    """The answer to a POST, with a JSON body if there is one."""
    return world.client(who).post(path, **({} if body is None else {"json": body}))


def read(world: MockWorld, workspace_id: str) -> Any:
    """A workspace of Acme."""
    return world.client("acme-owner").get(f"/workspaces/{workspace_id}").json()


def code(answer: Any) -> tuple[int, str]:
    """The status of a refusal, and its code."""
    return answer.status_code, answer.json()["error"]["code"]


def events_of(world: MockWorld, workspace_id: str) -> list[Any]:
    """The events of a workspace, the newest first."""
    answer = world.client("acme-owner").get("/audit", params={"filter": f"workspace_id={workspace_id}"})
    listed: list[Any] = answer.json()["events"]
    return listed
