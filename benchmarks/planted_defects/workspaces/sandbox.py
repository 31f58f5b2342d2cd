"""Defects in which sandboxes can be looked into, and in the packs that are in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.scene import Scene, packed, said
from benchmarks.planted_defects.workspaces.snapshots import brought, made
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.answers import with_body, wrong_answer_to
from mock_server.deviations.planting.deviation import Planter
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.operation import Reply
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.files.mounts import MOUNTS, unmounted
from mock_server.resources.files.tree import PACKS_FOLDER
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.value import replace

defect = Declarer(__name__)


@Planter
def _looked_into(hooks: Hooks, chosen: Callable[[Workspace], bool]) -> Hooks:
    """Plant that some workspaces are asked as if they ran, and their agents answered."""

    def wrong(run: Run) -> Outcome:
        workspace = run.state.get(WORKSPACES, run.request.path["id"])
        if workspace is None or not chosen(workspace):
            return run.done
        idle = replace(workspace, status="idle", unreachable_since=None)
        return run.state, run.right(run.state.put(WORKSPACES, idle), run.request)[1]

    return wrong_outcome.plant(hooks, wrong)


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


defect("sandbox-stopped-served", "SANDBOX-NOT-RUNNING", on=ids.ON_SANDBOX)(
    "The sandbox of a workspace that was stopped has the files of its snapshot.",
    _looked_into.of(lambda workspace: workspace.status == "stopped"),
    shown(REFUSED, "200", while_it_is, "stopped"),
)
defect("sandbox-stopping-served", "SANDBOX-NOT-RUNNING", on=ids.ON_SANDBOX)(
    "The sandbox of a workspace that is stopping can be looked into.",
    _looked_into.of(lambda workspace: workspace.status == "stopping"),
    shown(REFUSED, "200", while_it_is, "stopping"),
)
defect("sandbox-provisioning-served", "SANDBOX-NOT-RUNNING", on=ids.ON_SANDBOX)(
    "The sandbox of a workspace that is not ready yet can be looked into.",
    _looked_into.of(lambda workspace: workspace.status == "provisioning"),
    shown("409 workspace_provisioning", "200", while_it_is, "provisioning"),
)
defect("sandbox-failed-served", "SANDBOX-NOT-RUNNING", on=ids.ON_SANDBOX)(
    "The sandbox of a workspace that has failed can be looked into.",
    _looked_into.of(lambda workspace: workspace.status == "failed"),
    shown(FAILED, "200", while_it_is, "failed"),
)
defect("agent-unreachable-served", "AGENT-UNREACHABLE", on=ids.ON_SANDBOX)(
    "Files are shown although nobody can reach the agent.",
    _looked_into.of(lambda workspace: workspace.unreachable_since is not None and workspace.status in ("idle", "busy")),
    shown(UNREACHABLE, "200", unreachable),
)


@defect("agent-unreachable-is-stopped", "AGENT-UNREACHABLE", on=ids.DOWNLOAD_OF_SANDBOX).by(
    in_place_of(errors.AgentUnreachable)
)
@shown(UNREACHABLE, REFUSED, unreachable)
def unreachable_is_stopped(_run: Run, _refusal: errors.AgentUnreachable) -> Outcome:
    """A workspace whose agent nobody can reach counts as stopped."""
    raise errors.WorkspaceStopped("The workspace is stopped.")


@defect("agent-unreachable-without-file", "AGENT-UNREACHABLE", on=ids.DOWNLOAD_OF_SANDBOX).by(
    in_place_of(errors.AgentUnreachable)
)
@shown(UNREACHABLE, "404 file_not_found", unreachable)
def unreachable_without_file(_run: Run, _refusal: errors.AgentUnreachable) -> Outcome:
    """While nobody can reach the agent no file is found."""
    raise errors.FileNotFound("There is no file of this path.")


@defect("sandbox-failed-is-stopped", "SANDBOX-NOT-RUNNING", on=ids.DOWNLOAD_OF_SANDBOX).by(
    in_place_of(errors.WorkspaceFailed)
)
@shown(FAILED, REFUSED, while_it_is, "failed")
def failed_is_stopped(_run: Run, _refusal: errors.WorkspaceFailed) -> Outcome:
    """A workspace that has failed is refused as one that was stopped."""
    raise errors.WorkspaceStopped("The workspace is stopped.")


defect("sandbox-refused-is-empty", "SANDBOX-NOT-RUNNING", "AGENT-UNREACHABLE", on=ids.LIST_SANDBOX)(
    "The files of a workspace that does not run are an empty list.",
    wrong_outcome.of(
        lambda run: (
            run.after,
            run.outcome
            if not isinstance(run.outcome, Reply) or run.outcome.status == 200
            else Reply(200, {"entries": []}),
        )
    ),
    shown("409", "200", while_it_is, "stopped", "files"),
)
defect("envelope-of-sandboxes-is-a-page", "ENVELOPE-EVERY-ERROR", on=ids.LIST_SANDBOX)(
    "The refusal to list a sandbox has a page in the place of no body.",
    wrong_answer_to.of(
        lambda _call, answer: with_body(answer, b"<h1>Conflict</h1>", b"text/html") if answer.status == 409 else answer
    ),
    shown(b"", b"<h1>Conflict</h1>", lambda scene: scene.get("/workspaces/ws_acme_stopped/sandbox/files").content),
)


# Packs


defect("sandbox-packs-left-out", "SANDBOX-PACKS", on=ids.ON_SANDBOX)(
    "The packs of the role are not in the sandbox.",
    wrong_outcome.of(lambda run: (run.state, run.right(unmounted(run.state, run.request.path["id"]), run.request)[1])),
    shown("200", "404 file_not_found", lambda scene: said(of_pack(scene))),
)


@defect("sandbox-packs-by-id", "SANDBOX-PACKS", on=ids.DOWNLOAD_OF_SANDBOX).by(wrong_outcome)
@shown("200", "404 file_not_found", lambda scene: said(of_pack(scene)))
def packs_by_id(run: Run) -> Outcome:
    """A pack is in a folder that is called by its id."""
    path = run.request.path["path"]
    for mount in run.state.where(MOUNTS, workspace_id=run.request.path["id"]):
        name, own = (f"{PACKS_FOLDER}/{each}/" for each in (mount.image.meta.name, mount.pack_id))
        if path.startswith(name):
            raise errors.FileNotFound("There is no file of this path.")
        if path.startswith(own):
            path = name + path.removeprefix(own)
    return run.right(run.state, run.request._replace(path={**run.request.path, "path": path}))


def show_packs_writable(scene: Scene) -> bool:
    found = scene.get("/workspaces/ws_01HZ/sandbox/files").json()["entries"]
    return next(bool(each["readonly"]) for each in found if each["path"] == OF_PACK)


defect("sandbox-packs-writable", "SANDBOX-PACKS", on=ids.LIST_SANDBOX)(
    "Nothing in a sandbox is read-only.",
    wrong_reply.of(
        lambda body, _run: (
            body
            if not isinstance(body, Mapping)
            else {"entries": [{**each, "readonly": False} for each in body["entries"]]}
        )
    ),
    shown(True, False, show_packs_writable),
)


def show_packs_without_data(scene: Scene) -> bytes:
    pack_id = scene.upload(packed("tools", {"data/a.bin": b"\xff"})).json()["id"]
    scene.ask("PATCH", "/agent-roles/role_acme_spare", json={"pack_ids": [pack_id]})
    content: bytes = scene.get(f"/workspaces/{made(scene)}/sandbox/download/workspace/packs/tools/data/a.bin").content
    return content


@defect("sandbox-packs-without-data", "SANDBOX-PACKS", on=ids.DOWNLOAD_OF_SANDBOX).by(wrong_reply)
@shown(b"\xff", b"", show_packs_without_data)
def packs_without_data(body: bytes, run: Run) -> bytes:
    """A file of a pack is empty where it is no text."""
    in_pack = run.request.path["path"].startswith(f"{PACKS_FOLDER}/")
    try:
        body.decode()
    except UnicodeDecodeError:
        return b"" if in_pack else body
    return body
