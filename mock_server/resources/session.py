"""The session of the caller."""

from __future__ import annotations

from typing import Any

from mock_server.operation import Reply, Request, operation
from mock_server.resources.members.member import MEMBERS
from mock_server.resources.orgs import ORGS
from mock_server.state.state import State


@operation("session.get")
def get(state: State, request: Request) -> tuple[State, Reply]:
    """Return who is calling (openapi.yaml, the rules of the clause session)."""
    caller = request.caller
    body: dict[str, Any] = {
        "user_id": caller.user_id,
        "org_id": caller.org_id,
        "email": caller.email,
        "role": caller.role,
        "permissions": list(caller.permissions),
        "memberships": _list_memberships(state, caller.user_id) if caller.kind == "session" else [],
        "api_key_label": caller.label,
        "api_key_permission_set": caller.permission_set,
    }
    return state, Reply(200, {name: value for name, value in body.items() if value is not None})


def _list_memberships(state: State, user_id: str) -> list[dict[str, str]]:
    return [
        {
            "org_id": member.org_id,
            "role": member.role,
            "billing_status": state.all(ORGS)[member.org_id].billing_status,
        }
        for member in state.select(MEMBERS, person=user_id)
    ]
