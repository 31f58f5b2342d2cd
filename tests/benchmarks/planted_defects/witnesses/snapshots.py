"""What shows the defects of snapshots, and of their files as they are read as text."""

import base64
from typing import Any

from tests.benchmarks.planted_defects.scene import Scene, said
from tests.benchmarks.planted_defects.witness import witness

FILE, NONE = "workspace/a.txt", "404 snapshot_not_found"
MISSING = "404 workspace_not_found"
WIDE = "a→b".encode()


def made(scene: Scene) -> str:
    params = {"org_id": "org_acme", "role_id": "role_acme_spare", "status": "idle"}
    return str(scene.state("workspace exists", **params)["workspace_id"])


def put(scene: Scene, workspace_id: str, content: bytes, path: str = FILE) -> None:
    encoded = base64.b64encode(content).decode()
    scene.state("workspace has file", org_id="org_acme", workspace_id=workspace_id, path=path, content=encoded)


def brought(scene: Scene, workspace_id: str, status: str) -> None:
    scene.state("workspace is", org_id="org_acme", workspace_id=workspace_id, status=status)


def kept(scene: Scene, content: bytes) -> str:
    """A workspace that was stopped with a file."""
    workspace_id = made(scene)
    put(scene, workspace_id, content)
    brought(scene, workspace_id, "stopped")
    return workspace_id


def shown(scene: Scene, workspace_id: str) -> dict[str, Any]:
    found: dict[str, Any] = scene.get(f"/workspaces/{workspace_id}").json()
    return found


def listed(scene: Scene, workspace_id: str) -> Any:
    return scene.get(f"/workspaces/{workspace_id}/snapshot/files")


def read(scene: Scene, content: bytes, query: str = "") -> tuple[Any, bool]:
    """What is read of a file with this content."""
    body = scene.get(f"/workspaces/{kept(scene, content)}/snapshot/files/{FILE}{query}").json()
    return body["content"], body["truncated"]


@witness("snapshots-follow-the-sandbox", right=False, wrong=True)
def follow_the_sandbox(scene: Scene) -> bool:
    workspace_id = kept(scene, b"1")
    brought(scene, workspace_id, "idle")
    put(scene, workspace_id, b"2", "workspace/later")
    return "workspace/later" in [each["path"] for each in listed(scene, workspace_id).json()["entries"]]


@witness("forks-share-snapshots", right=False, wrong=True)
def forks_share_snapshots(scene: Scene) -> bool:
    parent, forks = made(scene), []
    for number in range(2):
        answer = scene.ask("POST", f"/workspaces/{parent}/fork", json={"fork_point_task_count": 0})
        forks.append(str(answer.json()["workspace_id"]))
        brought(scene, forks[-1], "idle")
        put(scene, forks[-1], b"1", f"workspace/{number}")
        brought(scene, forks[-1], "stopped")
    return "workspace/1" in [each["path"] for each in listed(scene, forks[0]).json()["entries"]]


@witness("snapshots-ref-of-workspace", right=False, wrong=True)
def ref_of_workspace(scene: Scene) -> bool:
    workspace_id = kept(scene, b"1")
    first = shown(scene, workspace_id)["snapshot_ref"]
    brought(scene, workspace_id, "idle")
    brought(scene, workspace_id, "stopped")
    return bool(shown(scene, workspace_id)["snapshot_ref"] == first)


def lost(scene: Scene) -> list[bool]:
    """Whether a workspace whose agent nobody reached at its stop shows a reference, and an error."""
    workspace_id = made(scene)
    scene.state("agent is unreachable", org_id="org_acme", workspace_id=workspace_id)
    brought(scene, workspace_id, "stopped")
    return [each in shown(scene, workspace_id) for each in ("snapshot_ref", "last_snapshot_error")]


@witness("snapshots-ref-beside-error", right=[False, True], wrong=[True, True])
def ref_beside_error(scene: Scene) -> list[bool]:
    return lost(scene)


@witness("snapshots-error-untold", right=[False, True], wrong=[False, False])
def error_untold(scene: Scene) -> list[bool]:
    return lost(scene)


@witness("snapshots-none-is-empty", right=NONE, wrong="200")
def none_is_empty(scene: Scene) -> str:
    return said(listed(scene, made(scene)))


@witness("snapshots-none-is-the-sandbox", right=NONE, wrong="200")
def none_is_the_sandbox(scene: Scene) -> str:
    return said(listed(scene, made(scene)))


@witness("snapshots-none-is-no-workspace", right=NONE, wrong=MISSING)
def none_is_no_workspace(scene: Scene) -> str:
    return said(listed(scene, made(scene)))


@witness("snapshots-truncated-at-limit", right=("ab", False), wrong=("ab", True))
def truncated_at_limit(scene: Scene) -> Any:
    return read(scene, b"ab", "?max_bytes=2")


@witness("snapshots-truncated-never", right=("a", True), wrong=("a", False))
def truncated_never(scene: Scene) -> Any:
    return read(scene, b"ab", "?max_bytes=1")


@witness("snapshots-truncated-text-alone", right=(None, True), wrong=(None, False))
def truncated_text_alone(scene: Scene) -> Any:
    return read(scene, b"\xffb", "?max_bytes=1")


@witness("snapshots-limit-in-characters", right=("a→", True), wrong=("a→b", False))
def limit_in_characters(scene: Scene) -> Any:
    return read(scene, WIDE, "?max_bytes=4")


@witness("snapshots-limit-ignored", right=("a→", True), wrong=("a→b", True))
def limit_ignored(scene: Scene) -> Any:
    return read(scene, WIDE, "?max_bytes=4")


@witness("snapshots-larger-default", right=True, wrong=False)
def larger_default(scene: Scene) -> bool:
    return read(scene, b"x" * 524_289)[1]


@witness("snapshots-cut-character-replaced", right=("a", True), wrong=("a\ufffd", True))
def cut_character_replaced(scene: Scene) -> Any:
    return read(scene, WIDE, "?max_bytes=2")


@witness("snapshots-cut-character-no-text", right=("a", True), wrong=(None, True))
def cut_character_no_text(scene: Scene) -> Any:
    return read(scene, WIDE, "?max_bytes=2")


@witness("snapshots-binary-as-text", right=(None, False), wrong=("aÿ", False))
def binary_as_text(scene: Scene) -> Any:
    return read(scene, b"a\xff")


@witness("snapshots-binary-half-read", right=(None, False), wrong=("ab", False))
def binary_half_read(scene: Scene) -> Any:
    return read(scene, b"a\xffb")


@witness("snapshots-cut-at-end-of-file", right=(None, False), wrong=("a", False))
def cut_at_end_of_file(scene: Scene) -> Any:
    return read(scene, WIDE[:2])


@witness("snapshots-nul-is-binary", right=("a\0", False), wrong=(None, False))
def nul_is_binary(scene: Scene) -> Any:
    return read(scene, b"a\0")


@witness("snapshots-empty-is-binary", right=("", False), wrong=(None, False))
def empty_is_binary(scene: Scene) -> Any:
    return read(scene, b"")


@witness("snapshots-byte-order-mark-lost", right=("\ufeffa", False), wrong=("a", False))
def byte_order_mark_lost(scene: Scene) -> Any:
    return read(scene, "\ufeffa".encode())


@witness("snapshots-line-ends-tidied", right=("a\r\n", False), wrong=("a\n", False))
def line_ends_tidied(scene: Scene) -> Any:
    return read(scene, b"a\r\n")
