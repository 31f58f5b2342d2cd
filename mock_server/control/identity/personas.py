"""Control call on the personas, the named callers of the seed data."""

from __future__ import annotations

from typing import Any

from mock_server.control import ControlContext, control
from mock_server.control.errors import PersonaUnknown
from mock_server.control.similar_names import named
from mock_server.fixtures import Persona
from mock_server.resources.operation import Reply, Request


@control("personas.list")
async def list_(context: ControlContext, _request: Request) -> Reply:
    """Return the personas with their constant tokens."""
    return Reply(200, {"personas": [_shown(persona) for persona in context.seed.personas]})


def persona_named(context: ControlContext, name: str) -> Persona:
    """Return the persona of this name; raises PersonaUnknown with a similar name."""
    return named("persona", name, {persona.name: persona for persona in context.seed.personas}, PersonaUnknown)


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
