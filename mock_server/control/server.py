"""What the server is and who may call it."""

from __future__ import annotations

from typing import Any

from mock_server.control import Desk, control
from mock_server.credentials import key_set
from mock_server.fixtures import Persona
from mock_server.operations import Reply, Request


@control("health.get")
async def health(_desk: Desk, _request: Request) -> Reply:
    """Say that the server is up."""
    return Reply(200, {"status": "ok"})


@control("personas.list")
async def personas(desk: Desk, _request: Request) -> Reply:
    """Return the personas of the seed data with their constant tokens."""
    return Reply(200, {"personas": [_shown(persona) for persona in desk.seed.personas]})


@control("keys.get")
async def keys(_desk: Desk, _request: Request) -> Reply:
    """Return the key set by which sessions are verified."""
    return Reply(200, key_set())


def _shown(persona: Persona) -> dict[str, Any]:
    caller = persona.caller
    return {
        "name": persona.name,
        "kind": caller.kind,
        "org_id": caller.org_id,
        "role": caller.role or None,
        "permission_set": caller.permission_set,
        "permissions": list(caller.permissions),
        "token": persona.token,
    }
