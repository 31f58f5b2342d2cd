"""What shows the defects of sandboxes, and of what has to ask the agent in one."""

from typing import Any

from tests.benchmarks.planted_defects.scene import Scene, packed, said
from tests.benchmarks.planted_defects.witness import witness
from tests.benchmarks.planted_defects.witnesses.snapshots import brought, made

REFUSED, FAILED = "409 workspace_stopped", "409 workspace_failed"
UNREACHABLE = "502 agent_unreachable"
OF_PACK = "workspace/packs/pager/pack.yaml"
"""A file of a pack that acme's role on call attaches."""


def while_it_is(scene: Scene, status: str, of: str = "download/workspace/README.md") -> str:
    """What is said of the sandbox of a workspace with this status."""
    workspace_id = made(scene)
    brought(scene, workspace_id, status)
    return said(scene.get(f"/workspaces/{workspace_id}/sandbox/{of}"))


def unreachable(scene: Scene, of: str = "download/workspace/README.md") -> str:
    """What is said of a sandbox whose agent nobody can reach."""
    workspace_id = made(scene)
    scene.state("agent is unreachable", org_id="org_acme", workspace_id=workspace_id)
    return said(scene.get(f"/workspaces/{workspace_id}/sandbox/{of}"))


def of_pack(scene: Scene, path: str = OF_PACK) -> Any:
    return scene.get(f"/workspaces/ws_01HZ/sandbox/download/{path}")


@witness("sandbox-stopped-served", right=REFUSED, wrong="200")
def stopped_served(scene: Scene) -> str:
    return while_it_is(scene, "stopped")


@witness("sandbox-stopping-served", right=REFUSED, wrong="200")
def stopping_served(scene: Scene) -> str:
    return while_it_is(scene, "stopping")


@witness("sandbox-provisioning-served", right="409 workspace_provisioning", wrong="200")
def provisioning_served(scene: Scene) -> str:
    return while_it_is(scene, "provisioning")


@witness("sandbox-failed-served", right=FAILED, wrong="200")
def failed_served(scene: Scene) -> str:
    return while_it_is(scene, "failed")


@witness("sandbox-failed-is-stopped", right=FAILED, wrong=REFUSED)
def failed_is_stopped(scene: Scene) -> str:
    return while_it_is(scene, "failed")


@witness("sandbox-refused-is-empty", right="409", wrong="200")
def refused_is_empty(scene: Scene) -> str:
    return while_it_is(scene, "stopped", "files")


@witness("envelope-of-sandboxes-is-a-page", right=b"", wrong=b"<h1>Conflict</h1>")
def refused_with_page(scene: Scene) -> bytes:
    return scene.get("/workspaces/ws_acme_stopped/sandbox/files").content


@witness("agent-unreachable-served", right=UNREACHABLE, wrong="200")
def unreachable_served(scene: Scene) -> str:
    return unreachable(scene)


@witness("agent-unreachable-is-stopped", right=UNREACHABLE, wrong=REFUSED)
def unreachable_is_stopped(scene: Scene) -> str:
    return unreachable(scene)


@witness("agent-unreachable-without-file", right=UNREACHABLE, wrong="404 file_not_found")
def unreachable_without_file(scene: Scene) -> str:
    return unreachable(scene)


@witness("sandbox-packs-left-out", right="200", wrong="404 file_not_found")
def packs_left_out(scene: Scene) -> str:
    return said(of_pack(scene))


@witness("sandbox-packs-by-id", right="200", wrong="404 file_not_found")
def packs_by_id(scene: Scene) -> str:
    return said(of_pack(scene))


@witness("sandbox-packs-writable", right=True, wrong=False)
def packs_writable(scene: Scene) -> bool:
    found = scene.get("/workspaces/ws_01HZ/sandbox/files").json()["entries"]
    return next(bool(each["readonly"]) for each in found if each["path"] == OF_PACK)


@witness("sandbox-packs-without-data", right=b"\xff", wrong=b"")
def packs_without_data(scene: Scene) -> bytes:
    pack_id = scene.upload(packed("tools", {"data/a.bin": b"\xff"})).json()["id"]
    scene.ask("PATCH", "/agent-roles/role_acme_spare", json={"pack_ids": [pack_id]})
    content: bytes = scene.get(f"/workspaces/{made(scene)}/sandbox/download/workspace/packs/tools/data/a.bin").content
    return content
