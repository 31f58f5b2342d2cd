"""What happened in one workspace: its events, its activity, its stream, and how what happens there is written down."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from examples.second_server import events, statistics, streams
from examples.second_server.call import Call
from examples.second_server.errors import invalid
from examples.second_server.store import Event, Store, Workspace
from examples.second_server.workspaces import own

NAMED = ("task_id", "event_type")
"""Columns of which activity is asked for by one value."""


def tell(store: Store, workspace: Workspace, event_type: str, person: str, **more: Any) -> None:
    """Write down what happened in a workspace; more columns where it is about a task."""
    role = store.roles[workspace.role_id]
    columns = {
        "user_id": person,
        "event_type": event_type,
        "category": "activity",
        "actor": "agent" if "task_id" in more else "control-plane",
        "workspace_id": workspace.id,
        "agent_role": role.name,
        "agent_provider": store.providers[role.provider_id].name,
        **more,
    }
    events.keep(store, workspace.org_id, columns, store.now())


def listing(call: Call) -> Response:
    """A page of all that happened in the workspace."""
    sent = events.once(call, "from", "to", "order", "limit", "cursor", many="filter")
    asked, workspace = events.asked_for(sent), own(call)
    return events.page(call, sent, replace(asked, place=f"workspace {workspace.id}"), _within(call, workspace))


def counted(call: Call) -> Response:
    """Statistics of all that happened in the workspace."""
    return statistics.answer(call, lambda: _within(call, own(call)))


def activity(call: Call) -> Response:
    """A page of the life of the workspace and of its tasks."""
    sent = events.once(call, "after", "order", "limit", "cursor", *NAMED, many="")
    if "after" in sent and "cursor" in sent:
        raise invalid("after", "does not go with a cursor")
    for name in NAMED:
        if sent.get(name) == "":
            raise invalid(name, "is empty")
    after = events.moment(sent, "after")
    start = None if after is None else min(events.LAST, after) + timedelta(microseconds=1)
    filters = tuple(f"{name}={sent[name]}" for name in NAMED if name in sent)
    workspace = own(call)
    found = [each for each in _within(call, workspace) if each.shown["category"] == "activity"]
    return events.page(call, sent, events.Asked(filters, start, None, f"activity of {workspace.id}"), found)


def follow(call: Call) -> Response:
    """What happens in the workspace from now on."""
    workspace = own(call)
    return streams.opened(call, lambda event: _is_in(event, workspace) and event.shown["category"] == "activity")


def _within(call: Call, workspace: Workspace) -> list[Event]:
    return [each for each in call.rules.store.log(workspace.org_id) if _is_in(each, workspace)]


def _is_in(event: Event, workspace: Workspace) -> bool:
    return event.shown.get("workspace_id") == workspace.id
