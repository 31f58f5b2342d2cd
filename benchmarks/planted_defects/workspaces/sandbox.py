"""Defects in which sandboxes can be looked into, and in the packs that are in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mock_server.deviations.planting.answers import with_body, wrong_answer_to
from mock_server.deviations.planting.deviation import Planter
from mock_server.deviations.planting.ids import DOWNLOAD_OF_SANDBOX, LIST_SANDBOX, ON_SANDBOX
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.errors import AgentUnreachable, FileNotFound, WorkspaceFailed, WorkspaceStopped
from mock_server.operation import Reply
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.files.mounts import MOUNTS, unmounted
from mock_server.resources.files.tree import PACKS_FOLDER
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.value import replace
from mock_server.worlds.answer import Answer
from mock_server.worlds.call import Call


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


@_looked_into("sandbox-stopped-served", "SANDBOX-NOT-RUNNING", on=ON_SANDBOX)
def stopped_served(workspace: Workspace) -> bool:
    """The sandbox of a workspace that was stopped has the files of its snapshot."""
    return workspace.status == "stopped"


@_looked_into("sandbox-stopping-served", "SANDBOX-NOT-RUNNING", on=ON_SANDBOX)
def stopping_served(workspace: Workspace) -> bool:
    """The sandbox of a workspace that is stopping can be looked into."""
    return workspace.status == "stopping"


@_looked_into("sandbox-provisioning-served", "SANDBOX-NOT-RUNNING", on=ON_SANDBOX)
def provisioning_served(workspace: Workspace) -> bool:
    """The sandbox of a workspace that is not ready yet can be looked into."""
    return workspace.status == "provisioning"


@_looked_into("sandbox-failed-served", "SANDBOX-NOT-RUNNING", on=ON_SANDBOX)
def failed_served(workspace: Workspace) -> bool:
    """The sandbox of a workspace that has failed can be looked into."""
    return workspace.status == "failed"


@_looked_into("agent-unreachable-served", "AGENT-UNREACHABLE", on=ON_SANDBOX)
def unreachable_served(workspace: Workspace) -> bool:
    """Files are shown although nobody can reach the agent."""
    return workspace.unreachable_since is not None and workspace.status in ("idle", "busy")


@in_place_of(AgentUnreachable)("agent-unreachable-is-stopped", "AGENT-UNREACHABLE", on=DOWNLOAD_OF_SANDBOX)
def unreachable_is_stopped(_run: Run, _refusal: AgentUnreachable) -> Outcome:
    """A workspace whose agent nobody can reach counts as stopped."""
    raise WorkspaceStopped("The workspace is stopped.")


@in_place_of(AgentUnreachable)("agent-unreachable-without-file", "AGENT-UNREACHABLE", on=DOWNLOAD_OF_SANDBOX)
def unreachable_without_file(_run: Run, _refusal: AgentUnreachable) -> Outcome:
    """While nobody can reach the agent no file is found."""
    raise FileNotFound("There is no file of this path.")


@in_place_of(WorkspaceFailed)("sandbox-failed-is-stopped", "SANDBOX-NOT-RUNNING", on=DOWNLOAD_OF_SANDBOX)
def failed_is_stopped(_run: Run, _refusal: WorkspaceFailed) -> Outcome:
    """A workspace that has failed is refused as one that was stopped."""
    raise WorkspaceStopped("The workspace is stopped.")


@wrong_outcome("sandbox-refused-is-empty", "SANDBOX-NOT-RUNNING", "AGENT-UNREACHABLE", on=LIST_SANDBOX)
def refused_is_empty(run: Run) -> Outcome:
    """The files of a workspace that does not run are an empty list."""
    after, outcome = run.done
    return after, outcome if not isinstance(outcome, Reply) or outcome.status == 200 else Reply(200, {"entries": []})


@wrong_answer_to("envelope-of-sandboxes-is-a-page", "ENVELOPE-EVERY-ERROR", on=LIST_SANDBOX)
def refused_with_page(_call: Call, answer: Answer) -> Answer:
    """The refusal to list a sandbox has a page in the place of no body."""
    return with_body(answer, b"<h1>Conflict</h1>", b"text/html") if answer.status == 409 else answer


# Packs


@wrong_outcome("sandbox-packs-left-out", "SANDBOX-PACKS", on=ON_SANDBOX)
def packs_left_out(run: Run) -> Outcome:
    """The packs of the role are not in the sandbox."""
    return run.state, run.right(unmounted(run.state, run.request.path["id"]), run.request)[1]


@wrong_outcome("sandbox-packs-by-id", "SANDBOX-PACKS", on=DOWNLOAD_OF_SANDBOX)
def packs_by_id(run: Run) -> Outcome:
    """A pack is in a folder that is called by its id."""
    path = run.request.path["path"]
    for mount in run.state.where(MOUNTS, workspace_id=run.request.path["id"]):
        name, own = (f"{PACKS_FOLDER}/{each}/" for each in (mount.image.meta.name, mount.pack_id))
        if path.startswith(name):
            raise FileNotFound("There is no file of this path.")
        if path.startswith(own):
            path = name + path.removeprefix(own)
    return run.right(run.state, run.request._replace(path={**run.request.path, "path": path}))


@wrong_reply("sandbox-packs-writable", "SANDBOX-PACKS", on=LIST_SANDBOX)
def packs_writable(body: Any, _run: Run) -> Any:
    """Nothing in a sandbox is read-only."""
    if not isinstance(body, Mapping):
        return body
    return {"entries": [{**each, "readonly": False} for each in body["entries"]]}


@wrong_reply("sandbox-packs-without-data", "SANDBOX-PACKS", on=DOWNLOAD_OF_SANDBOX)
def packs_without_data(body: bytes, run: Run) -> bytes:
    """A file of a pack is empty where it is no text."""
    in_pack = run.request.path["path"].startswith(f"{PACKS_FOLDER}/")
    try:
        body.decode()
    except UnicodeDecodeError:
        return b"" if in_pack else body
    return body
