"""Agent roles: list, create, read, update, archive and unarchive.

What each promises stands in openapi.yaml, in the rules of the clauses configuration, roles and archiving.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_server.errors import NotArchived, ProviderArchived, RoleExists, ValidationFailed
from mock_server.operation import Reply, Request, operation, run_in_thread
from mock_server.resources.agent_roles.role import ROLES, Role
from mock_server.resources.packs.pack import PACKS, visible
from mock_server.resources.providers.provider import PROVIDERS
from mock_server.resources.yaml_nodes import LITTLE, is_list
from mock_server.state.state import State
from mock_server.state.value import replace

_IS_LIST = "capabilities are a list"
"""Beside the members of a body: whether its capabilities are a YAML list."""


async def read_capabilities(request: Request) -> Request:
    """Find out whether the capabilities are a YAML list, which takes long of a long text."""
    text = request.body.get("capabilities")
    if text is None:
        return request
    found = await run_in_thread(lambda: is_list(text), size=len(text), small=LITTLE)
    return request._replace(body={**request.body, _IS_LIST: found})


@operation("agent_roles.create", prepare=read_capabilities)
def create(state: State, request: Request) -> tuple[State, Reply]:
    """Make a role."""
    org_id = request.caller.org_id
    sent = _checked(state, org_id, request.body)
    if state.where(ROLES, org_id=org_id, name=sent["name"]):
        raise RoleExists(f"The org already has a role named {sent['name']}.")
    _require_in_use(state, sent["provider_id"])
    state, role_id = state.new_id(ROLES)
    role = Role(id=role_id, org_id=org_id, created_at=request.now, updated_at=request.now, **sent)
    return _stored(state, role, 201)


@operation("agent_roles.update", prepare=read_capabilities)
def update(state: State, request: Request) -> tuple[State, Reply]:
    """Change the fields that are sent; null clears one, and `pack_ids` replaces the whole list."""
    role = request.find(state, ROLES)
    changed = replace(role, **_checked(state, role.org_id, request.body))
    if changed.provider_id != role.provider_id:
        _require_in_use(state, changed.provider_id)
    if changed == role:
        return state, _shown(role)
    return _stored(state, replace(changed, updated_at=request.now))


@operation("agent_roles.unarchive")
def unarchive(state: State, request: Request) -> tuple[State, Reply]:
    """Take a role into use again, if its provider is in use."""
    role = request.find(state, ROLES)
    if role.archived_at is None:
        raise NotArchived("The role is not archived.")
    _require_in_use(state, role.provider_id)
    state = state.put(ROLES, replace(role, archived_at=None, updated_at=request.now))
    return state, Reply(200, {"status": "unarchived"})


def _stored(state: State, role: Role, status: int = 200) -> tuple[State, Reply]:
    return state.put(ROLES, role), _shown(role, status)


def _shown(role: Role, status: int = 200) -> Reply:
    return Reply(status, ROLES.shown(role, role.org_id))


def _checked(state: State, org_id: str, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that were sent as they are kept; ValidationFailed names each that cannot be."""
    checked, wrong = dict(sent), {}
    if not checked.pop(_IS_LIST, True):
        wrong["capabilities"] = "It is no YAML list."
    provider = state.get(PROVIDERS, sent["provider_id"]) if "provider_id" in sent else None
    if "provider_id" in sent and (provider is None or provider.org_id != org_id):
        wrong["provider_id"] = "There is no provider of this id."
    if "pack_ids" in sent:
        checked["pack_ids"] = tuple(sent["pack_ids"])
        packs = {each: state.get(PACKS, each) for each in sent["pack_ids"]}
        if any(pack is None or not visible(pack, org_id) for pack in packs.values()):
            wrong["pack_ids"] = "It names a pack that there is not."
    if wrong:
        raise ValidationFailed(fields=wrong)
    return checked


def _require_in_use(state: State, provider_id: str) -> None:
    """Raise ProviderArchived for a provider that is out of use."""
    provider = state.get(PROVIDERS, provider_id)
    if provider is not None and provider.archived_at is not None:
        raise ProviderArchived("The provider of the role is archived.")
