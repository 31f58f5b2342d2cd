"""What is known of a workspace, and of the tasks in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.oracle.facts import Fact
from conformance.resources.workspaces.semantics import ARCHIVING, LIFE, PERSONAL, WORKSPACE


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceFact(Fact):
    """What is known of one workspace that exists."""

    resource: str = WORKSPACE
    tasks: tuple[str, ...] = ()
    """The ids of tasks that it has, as far as they are known."""


def read_workspace(known: Fact | None, org: str, shown: Mapping[str, Any]) -> WorkspaceFact | None:
    """The workspace that an answer shows to org; None where it is not shaped as one."""
    object_id, said = shown.get("id"), shown.get("org_id")
    if not isinstance(object_id, str):
        return None
    owner = known.owner if known else None
    fact = known if isinstance(known, WorkspaceFact) else WorkspaceFact(id=object_id, owner=owner)
    status = shown.get(LIFE.shown_in)
    held = known is not None and known.shown.get(LIFE.shown_in) == status and not known.passing
    return replace(
        fact,
        passing=not held and isinstance(status, str) and LIFE.goes_on(status),
        owner=fact.owner or (said if isinstance(said, str) else org),
        person=PERSONAL.person_in(shown),
        archived=shown.get(ARCHIVING.shown_in) is not None,
        shown=dict(shown),
    )


def with_task(fact: Fact, task_id: str) -> WorkspaceFact:
    """The workspace, known to have this task too."""
    if isinstance(fact, WorkspaceFact):
        return replace(fact, tasks=(*fact.tasks, task_id))
    same = {name: getattr(fact, name) for name in Fact.__dataclass_fields__}
    return WorkspaceFact(**same, tasks=(task_id,))
