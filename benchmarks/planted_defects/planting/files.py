"""Scenes for defects in files of workspaces: new workspaces, and the files that are put into them."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from benchmarks.planted_defects.planting.mistakes import edits
from benchmarks.planted_defects.scene import Scene
from mock_server.deviations.planting.deviation import Plan

FILE = "workspace/a.txt"
README = "sandbox/download/workspace/README.md"
UNKNOWN = "404 file_not_found"


def edits_entries(change: Callable[[list[Any]], list[Any]]) -> Plan:
    """Plan that the entries of a list of files are others."""
    return edits(lambda body: {"entries": change(body["entries"])} if isinstance(body, dict) else body)


def put(scene: Scene, workspace_id: str, content: bytes, path: str = FILE) -> None:
    """Put a file into the sandbox of a workspace."""
    encoded = base64.b64encode(content).decode()
    scene.state("workspace has file", org_id="org_acme", workspace_id=workspace_id, path=path, content=encoded)


def bring(scene: Scene, workspace_id: str, *statuses: str) -> None:
    """Bring a workspace to these statuses, one after the other."""
    for each in statuses:
        scene.state("workspace is", org_id="org_acme", workspace_id=workspace_id, status=each)


def make(scene: Scene, *statuses: str, content: bytes | None = None) -> str:
    """Make a workspace that is idle, with a file of this content, and bring it to these statuses; return its id."""
    params = {"org_id": "org_acme", "role_id": "role_acme_spare", "status": "idle"}
    workspace_id = str(scene.state("workspace exists", **params)["workspace_id"])
    if content is not None:
        put(scene, workspace_id, content)
    bring(scene, workspace_id, *statuses)
    return workspace_id


def make_unreachable(scene: Scene) -> str:
    """Make a workspace whose agent nobody can reach."""
    workspace_id = make(scene)
    scene.state("agent is unreachable", org_id="org_acme", workspace_id=workspace_id)
    return workspace_id


def paths(scene: Scene, place: str) -> list[str]:
    """Return the paths of the files in a place below the workspaces."""
    return [each["path"] for each in scene.get(f"/workspaces/{place}/files").json()["entries"]]
