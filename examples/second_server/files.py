"""Files of workspaces: those of the sandbox, those of the last snapshot, and the states about them."""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from starlette.responses import Response

from examples.second_server.asked import Params, Unmakeable, Values, known_org
from examples.second_server.call import Call
from examples.second_server.errors import Refused, invalid, no_file
from examples.second_server.rendering import Json
from examples.second_server.rules import Rules
from examples.second_server.store import Store, Workspace, Written
from examples.second_server.variants import Variant
from examples.second_server.workspaces import own, reached

MOST, USUAL = 8 * 1024 * 1024, 512 * 1024
PACKS = "workspace/packs"


@dataclass(frozen=True, slots=True)
class _Found:
    """A file where it is found."""

    path: str
    content: bytes
    written_at: datetime
    locked: bool

    def entry(self, *, bare: bool) -> dict[str, Any]:
        """What a list says of it; here paths begin with a slash unless they are bare, and folders are not listed."""
        return {
            "path": self.path if bare else f"/{self.path}",
            "size": len(self.content),
            "is_dir": False,
            "mtime": round(self.written_at.timestamp(), 3),
            "readonly": self.locked,
            "mime_type": mimetypes.guess_type(self.path)[0] or "application/octet-stream",
        }


# Snapshots


def snapshot_listing(call: Call) -> Response:
    """The files of the last snapshot."""
    return _listed(call, _snapshot(call))


def snapshot_read(call: Call) -> Response:
    """The beginning of a file of the snapshot, as text."""
    said = call.sent("max_bytes") or str(USUAL)
    digits = said.lstrip("0") if said.isascii() and said.isdecimal() else ""
    if not digits or len(digits) > len(str(MOST)) or int(digits) > MOST:
        raise invalid("max_bytes", f"is no number from 1 to {MOST}")
    found, most = _of(_snapshot(call), call.path), int(digits)
    cut = len(found.content) > most
    bare = Variant.SLASH_IN_LISTS in call.rules.store.variants
    return Json({"entry": found.entry(bare=bare), "content": _text(found.content[:most], cut=cut), "truncated": cut})


def _text(content: bytes, *, cut: bool) -> str | None:
    """The bytes as text; of what is cut without up to three bytes that begin a character."""
    for left_out in range(min(4 if cut else 1, len(content) + 1)):
        try:
            return content[: len(content) - left_out].decode()
        except UnicodeDecodeError as error:
            if "unexpected end" not in error.reason:
                return None
    return None


def snapshot_download(call: Call) -> Response:
    """A whole file of the snapshot."""
    return _download(_of(_snapshot(call), call.path))


def _snapshot(call: Call) -> Mapping[str, _Found]:
    workspace = own(call)
    if not workspace.snapshot:
        raise Refused(404, "snapshot_not_found", "The workspace was never stopped.")
    return _all(call.rules.store.snapshots.get(workspace.id, {}))


# Sandboxes


def sandbox_listing(call: Call) -> Response:
    """The files of a workspace that runs."""
    return _listed(call, _sandbox(call))


def sandbox_download(call: Call) -> Response:
    """A whole file of a workspace that runs."""
    return _download(_of(_sandbox(call), call.path))


def _sandbox(call: Call) -> Mapping[str, _Found]:
    """Everything in it; the packs of the role are as they are now."""
    workspace, store = reached(call, own(call)), call.rules.store
    found = dict(_all(_kept(store, workspace)))
    for pack in (store.packs[each] for each in store.roles[workspace.role_id].packs):
        for path, content in pack.files.items():
            place = f"{PACKS}/{pack.manifest.name}/{path}"
            found[place] = _Found(place, content, pack.updated_at, locked=True)
    return found


# Both


def _kept(store: Store, workspace: Workspace) -> dict[str, Written]:
    """What is written in a workspace: a new one has a file already."""
    return store.sandboxes.setdefault(workspace.id, {"home/welcome.txt": Written(b"Welcome.\n", workspace.created_at)})


def _all(kept: Mapping[str, Written]) -> Mapping[str, _Found]:
    return {path: _Found(path, each.content, each.at, locked=False) for path, each in kept.items()}


def _of(files: Mapping[str, _Found], path: str) -> _Found:
    if path not in files:
        raise no_file()
    return files[path]


def _listed(call: Call, found: Mapping[str, _Found]) -> Response:
    bare = Variant.SLASH_IN_READS in call.rules.store.variants
    return Json({"entries": [each.entry(bare=bare) for each in found.values()]})


def _download(found: _Found) -> Response:
    return Response(found.content, media_type="application/octet-stream", headers={"Content-Disposition": "attachment"})


def with_snapshot(store: Store, workspace: Workspace) -> Workspace:
    """The workspace with a new snapshot of its sandbox, or with why there is none."""
    if workspace.id in store.unreachable:
        store.snapshots.pop(workspace.id, None)
        return replace(workspace, snapshot="", snapshot_error="The agent did not answer.")
    store.snapshots[workspace.id] = dict(_kept(store, workspace))
    return replace(workspace, snapshot=store.new_id("snapshot"), snapshot_error="")


def stopped(store: Store, workspace: Workspace) -> Workspace:
    """The workspace once it is stopped."""
    return replace(with_snapshot(store, workspace), status="stopped")


def begin_again(store: Store, workspace: Workspace) -> None:
    """Fill the sandbox of a workspace with what its snapshot has."""
    store.sandboxes[workspace.id] = dict(store.snapshots.get(workspace.id, {}))


def copy(store: Store, parent: Workspace, child: Workspace, beyond: Collection[str]) -> None:
    """Fill the sandbox of a fork with what its parent has, but for what came with tasks beyond its point."""
    left_out = tuple(f"data/uploads/{task_id}/" for task_id in beyond)
    at_rest = parent.status in ("stopped", "failed")
    found = store.snapshots.get(parent.id, {}) if at_rest else _kept(store, parent)
    store.sandboxes[child.id] = {path: each for path, each in found.items() if not path.startswith(left_out)}


# What the target's side does


def put(rules: Rules, params: Params) -> Values:
    """A file in the sandbox of a workspace, as if its agent had written it."""
    workspace, store = _named(rules, params), rules.store
    if workspace.status in ("stopped", "failed"):
        raise Unmakeable(409, f"The workspace is {workspace.status}.")
    files = _kept(store, workspace)
    files[str(params["path"])] = Written(base64.b64decode(str(params["content"]), validate=True), store.now())
    return {}


def lose(rules: Rules, params: Params) -> Values:
    """Nobody reaches the agent of a workspace."""
    rules.store.unreachable.add(_named(rules, params).id)
    return {}


def find_again(rules: Rules, params: Params, _values: Params) -> None:
    """Whoever asks the agent is answered again."""
    rules.store.unreachable.discard(str(params.get("workspace_id")))


def _named(rules: Rules, params: Params) -> Workspace:
    workspace = rules.store.workspaces.get(str(params["workspace_id"]))
    if workspace is None or workspace.org_id != known_org(rules, params):
        raise Unmakeable(404, f"There is no workspace {params['workspace_id']!r} in the org.")
    return workspace
