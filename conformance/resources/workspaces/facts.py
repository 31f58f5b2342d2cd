"""What is known of a workspace, of the tasks in it, and of its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.frozen import changed
from conformance.oracle.facts import Fact
from conformance.resources.workspaces.semantics import ARCHIVING, LIFE, PERSONAL, RUNNING, WORKSPACE


@dataclass(frozen=True, kw_only=True)
class WorkspaceFact(Fact):
    """What is known of one workspace that exists."""

    resource: str = WORKSPACE
    tasks: tuple[str, ...] = ()
    """The ids of tasks that it has, as far as they are known."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """What the run put into its sandbox, by path."""
    kept: Mapping[str, bytes] = field(default_factory=dict)
    """What of that its snapshot has, as far as that is known."""
    listed: frozenset[str] = frozenset()
    """Paths of other files that were listed in its sandbox, before it was stopped last."""
    snapshot: bool | None = None
    """Whether it has a snapshot; None: that is not known."""
    unreachable: bool = False
    """Whether a state keeps everybody from its agent."""


def read_workspace(known: Fact | None, org: str, shown: Mapping[str, Any]) -> WorkspaceFact | None:
    """The workspace that an answer shows to org; None where it is not shaped as one."""
    object_id, said = shown.get("id"), shown.get("org_id")
    if not isinstance(object_id, str):
        return None
    owner = known.owner if known else None
    fact = known if isinstance(known, WorkspaceFact) else WorkspaceFact(id=object_id, owner=owner)
    status = shown.get(LIFE.shown_in)
    held = known is not None and known.shown.get(LIFE.shown_in) == status and not known.passing
    return changed(
        fact,
        passing=not held and isinstance(status, str) and LIFE.goes_on(status),
        owner=fact.owner or (said if isinstance(said, str) else org),
        person=PERSONAL.person_in(shown),
        archived=shown.get(ARCHIVING.shown_in) is not None,
        snapshot=True if shown.get("snapshot_ref") else fact.snapshot,
        shown=dict(shown),
    )


def with_task(fact: Fact, task_id: str) -> WorkspaceFact:
    """The workspace, known to have this task too."""
    workspace = as_workspace(fact)
    return changed(workspace, tasks=(*workspace.tasks, task_id))


def as_workspace(fact: Fact) -> WorkspaceFact:
    """The fact, as that of a workspace."""
    if isinstance(fact, WorkspaceFact):
        return fact
    return WorkspaceFact(**{name: getattr(fact, name) for name in Fact.__dataclass_fields__})


def with_file(fact: Fact, path: str, content: bytes) -> WorkspaceFact:
    """The workspace, known to have this file in its sandbox too."""
    workspace = as_workspace(fact)
    return changed(workspace, files={**workspace.files, path: content})


def with_status(fact: Fact, status: str) -> WorkspaceFact:
    """The workspace, known to have come to a status: once it is stopped it has a snapshot, if its agent answered."""
    workspace = as_workspace(fact)
    moved = changed(workspace, passing=False, shown={**workspace.shown, RUNNING.shown_in: status})
    if status != "stopped":
        return moved
    kept = {} if workspace.unreachable else workspace.files
    return changed(moved, snapshot=None if workspace.unreachable else True, kept=kept)
