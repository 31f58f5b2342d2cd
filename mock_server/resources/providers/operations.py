"""Providers: list, create, read, update, archive and unarchive.

What each promises stands in openapi.yaml, in the rules of the clauses configuration and archiving.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_server.contract.kinds import KindNeeds
from mock_server.errors import ProviderExists, ValidationFailed
from mock_server.operation import Reply, Request, operation
from mock_server.resources.credentials.credential import of_the_org
from mock_server.resources.providers.provider import PROVIDERS, Kind, Provider
from mock_server.state.state import State
from mock_server.state.value import replace

_SENT = ("domain", "display_name", "credential_name", "default_model", "capabilities")


@operation("providers.create")
def create(state: State, request: Request) -> tuple[State, Reply]:
    """Make a provider."""
    body, org_id = request.body, request.caller.org_id
    config = _merged({}, body.get("config", {}), body["kind"], request)
    _check_credential(state, org_id, body.get("credential_name"), body["kind"])
    if state.where(PROVIDERS, org_id=org_id, name=body["name"]):
        raise ProviderExists(f"The org already has a provider named {body['name']}.")
    state, provider_id = state.new_id(PROVIDERS)
    provider = Provider(
        id=provider_id,
        org_id=org_id,
        name=body["name"],
        kind=body["kind"],
        created_at=request.now,
        updated_at=request.now,
        config=config,
        **{name: body[name] for name in _SENT if name in body},
    )
    return _stored(state, provider, 201)


@operation("providers.update")
def update(state: State, request: Request) -> tuple[State, Reply]:
    """Change the fields that are sent; null clears one, and `config` is merged key by key."""
    provider = request.find(state, PROVIDERS)
    changes: dict[str, Any] = {name: value for name, value in request.body.items() if name != "config"}
    if "config" in request.body:
        changes["config"] = _merged(provider.config or {}, request.body["config"], provider.kind, request)
    if changes.get("credential_name") != provider.credential_name:
        _check_credential(state, provider.org_id, changes.get("credential_name"), provider.kind)
    changed = replace(provider, **changes)
    if changed == provider:
        return state, _shown(provider)
    return _stored(state, replace(changed, updated_at=request.now))


def _stored(state: State, provider: Provider, status: int = 200) -> tuple[State, Reply]:
    return state.put(PROVIDERS, provider), _shown(provider, status)


def _shown(provider: Provider, status: int = 200) -> Reply:
    return Reply(status, PROVIDERS.shown(provider, provider.org_id))


def _check_credential(state: State, org_id: str, name: str | None, kind: Kind) -> None:
    """Raise ValidationFailed unless the name, if there is one, is of a credential of the org for the kind."""
    if name is None:
        return
    credential = of_the_org(state, org_id, name)
    if credential is None or credential.provider != kind:
        text = f"The org has no credential of this name for the provider {kind}."
        raise ValidationFailed(fields={"credential_name": text})


def _merged(
    before: Mapping[str, str], sent: Mapping[str, str | None], kind: Kind, request: Request
) -> dict[str, str] | None:
    """Return the settings with those that were sent; ValidationFailed for one that the kind does not have."""
    settings = request.kinds.get("ProviderKind", {}).get(kind, KindNeeds()).settings
    if strange := sorted(sent.keys() - settings):
        raise ValidationFailed(fields={"config": f"A provider of the kind {kind} has no {strange[0]}."})
    merged = {**before, **sent}
    return {name: value for name, value in merged.items() if value is not None} or None
