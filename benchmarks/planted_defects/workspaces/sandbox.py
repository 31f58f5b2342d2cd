"""Defects in which sandboxes can be looked into, and in the packs that are in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.files import README, UNKNOWN, edits_entries, make, make_unreachable
from benchmarks.planted_defects.planting.mistakes import confuses, wrongly
from benchmarks.planted_defects.planting.runs import again, unchanged
from benchmarks.planted_defects.planting.workspaces import IS_STOPPED
from benchmarks.planted_defects.scene import Scene, pack_files, read_status
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.answers import with_body, wrong_answer
from mock_server.deviations.planting.deviation import Plan
from mock_server.deviations.planting.wrong_operations import Outcome, Run, wrong_reply
from mock_server.operation import Reply
from mock_server.resources.workspaces.files.mounts import MOUNTS, without_packs_mounted
from mock_server.resources.workspaces.files.tree import PACKS_FOLDER
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.value import replace

defect = Declarer(__name__)

REFUSED, FAILED, UNREACHABLE = "409 workspace_stopped", "409 workspace_failed", "502 agent_unreachable"
OF_PACK = "workspace/packs/pager/pack.yaml"
"""A file of a pack that acme's role on call attaches."""
NO_FILE = errors.FileNotFound("There is no file of this path.")


def _looks_into(chosen: Callable[[Workspace], bool]) -> Plan:
    """Plan that some workspaces are asked as if they ran, and their agents answered."""

    def wrong(run: Run) -> Outcome:
        workspace = run.state.get(WORKSPACES, run.request.path["id"])
        if workspace is None or not chosen(workspace):
            return run.done
        idle = replace(workspace, status="idle", unreachable_since=None)
        return unchanged(run, again(run, run.state.put(WORKSPACES, idle)))

    return wrongly(wrong)


def while_it_is(scene: Scene, status: str, of: str = README) -> str:
    """Return what is said of the sandbox of a workspace with this status."""
    return read_status(scene.get(f"/workspaces/{make(scene, status)}/{of}"))


def unreachable(scene: Scene) -> str:
    return read_status(scene.get(f"/workspaces/{make_unreachable(scene)}/{README}"))


def of_pack(scene: Scene, folder: str = "pager") -> str:
    """Return what is said of a file of a pack that acme's role on call attaches, in a folder of this name."""
    return read_status(scene.get(f"/workspaces/ws_01HZ/sandbox/download/{PACKS_FOLDER}/{folder}/pack.yaml"))


def is_readonly(scene: Scene) -> bool:
    found = scene.get("/workspaces/ws_01HZ/sandbox/files").json()["entries"]
    return any(each["readonly"] for each in found if each["path"] == OF_PACK)


def bytes_of_pack(scene: Scene) -> Any:
    pack_id = scene.upload(pack_files("tools", {"data/a.bin": b"\xff"})).json()["id"]
    scene.ask("PATCH", "/agent-roles/role_acme_spare", json={"pack_ids": [pack_id]})
    return scene.get(f"/workspaces/{make(scene)}/sandbox/download/workspace/packs/tools/data/a.bin").content


defect("sandbox-stopped-served", "SANDBOX-NOT-RUNNING", on=ids.ON_SANDBOX)(
    "The sandbox of a workspace that was stopped has the files of its snapshot.",
    _looks_into(lambda workspace: workspace.status == "stopped"),
    shown(REFUSED, "200", while_it_is, "stopped"),
)
defect("sandbox-stopping-served", "SANDBOX-NOT-RUNNING", on=ids.ON_SANDBOX)(
    "The sandbox of a workspace that is stopping can be looked into.",
    _looks_into(lambda workspace: workspace.status == "stopping"),
    shown(REFUSED, "200", while_it_is, "stopping"),
)
defect("sandbox-provisioning-served", "SANDBOX-NOT-RUNNING", on=ids.ON_SANDBOX)(
    "The sandbox of a workspace that is not ready yet can be looked into.",
    _looks_into(lambda workspace: workspace.status == "provisioning"),
    shown("409 workspace_provisioning", "200", while_it_is, "provisioning"),
)
defect("sandbox-failed-served", "SANDBOX-NOT-RUNNING", on=ids.ON_SANDBOX)(
    "The sandbox of a workspace that has failed can be looked into.",
    _looks_into(lambda workspace: workspace.status == "failed"),
    shown(FAILED, "200", while_it_is, "failed"),
)
defect("agent-unreachable-served", "AGENT-UNREACHABLE", on=ids.ON_SANDBOX)(
    "Files are shown although nobody can reach the agent.",
    _looks_into(lambda workspace: workspace.unreachable_since is not None and workspace.status in ("idle", "busy")),
    shown(UNREACHABLE, "200", unreachable),
)
defect("agent-unreachable-is-stopped", "AGENT-UNREACHABLE", on=ids.DOWNLOAD_OF_SANDBOX)(
    "A workspace whose agent nobody can reach counts as stopped.",
    confuses(errors.AgentUnreachable, IS_STOPPED),
    shown(UNREACHABLE, REFUSED, unreachable),
)
defect("agent-unreachable-without-file", "AGENT-UNREACHABLE", on=ids.DOWNLOAD_OF_SANDBOX)(
    "While nobody can reach the agent no file is found.",
    confuses(errors.AgentUnreachable, NO_FILE),
    shown(UNREACHABLE, UNKNOWN, unreachable),
)
defect("sandbox-failed-is-stopped", "SANDBOX-NOT-RUNNING", on=ids.DOWNLOAD_OF_SANDBOX)(
    "A workspace that has failed is refused as one that was stopped.",
    confuses(errors.WorkspaceFailed, IS_STOPPED),
    shown(FAILED, REFUSED, while_it_is, "failed"),
)
defect("envelope-of-sandboxes-is-a-page", "ENVELOPE-EVERY-ERROR", on=ids.LIST_SANDBOX)(
    "The refusal to list a sandbox has a page in the place of no body.",
    wrong_answer(409).make_plan(lambda answer: with_body(answer, b"<h1>Conflict</h1>", b"text/html")),
    shown(b"", b"<h1>Conflict</h1>", lambda scene: scene.get("/workspaces/ws_acme_stopped/sandbox/files").content),
)
defect("sandbox-packs-left-out", "SANDBOX-PACKS", on=ids.ON_SANDBOX)(
    "The packs of the role are not in the sandbox.",
    wrongly(lambda run: unchanged(run, again(run, without_packs_mounted(run.state, run.request.path["id"])))),
    shown("200", UNKNOWN, of_pack),
)
defect("sandbox-packs-writable", "SANDBOX-PACKS", on=ids.LIST_SANDBOX)(
    "Nothing in a sandbox is read-only.",
    edits_entries(lambda found: [{**each, "readonly": False} for each in found]),
    shown(True, False, is_readonly),
)


@defect("sandbox-refused-is-empty", "SANDBOX-NOT-RUNNING", "AGENT-UNREACHABLE", on=ids.LIST_SANDBOX).wrongly
@shown("409", "200", while_it_is, "stopped", "sandbox/files")
def no_list(run: Run) -> Outcome:
    """The files of a workspace that does not run are an empty list."""
    refused = isinstance(run.outcome, Reply) and run.outcome.status != 200
    return run.after, Reply(200, {"entries": []}) if refused else run.outcome


@defect("sandbox-packs-by-id", "SANDBOX-PACKS", on=ids.DOWNLOAD_OF_SANDBOX).wrongly
@shown(UNKNOWN, "200", of_pack, "pack_acme_pager")
def packs_by_id(run: Run) -> Outcome:
    """A pack is in a folder that is called by its id."""
    path = run.request.path["path"]
    for mount in run.state.select(MOUNTS, workspace_id=run.request.path["id"]):
        name, own = (f"{PACKS_FOLDER}/{each}/" for each in (mount.image.meta.name, mount.pack_id))
        if path.startswith(name):
            return run.state, NO_FILE
        if path.startswith(own):
            path = name + path.removeprefix(own)
    return again(run, path={**run.request.path, "path": path})


@defect("sandbox-packs-without-data", "SANDBOX-PACKS", on=ids.DOWNLOAD_OF_SANDBOX).by(wrong_reply)
@shown(b"\xff", b"", bytes_of_pack)
def packs_without_data(body: bytes, run: Run) -> bytes:
    """A file of a pack is empty where it is no text."""
    in_pack = run.request.path["path"].startswith(f"{PACKS_FOLDER}/")
    return b"" if in_pack and body.decode(errors="ignore").encode() != body else body
