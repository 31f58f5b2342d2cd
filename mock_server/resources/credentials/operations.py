"""Credentials: list, create, get, delete, and the start of a consent. Of a secret nothing is kept.

What each promises stands in openapi.yaml, in the rules of the clause credentials.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from urllib.parse import urlencode

from mock_server.errors import AuthDisabled, CredentialExists, PermissionDenied, ValidationFailed
from mock_server.operation import Reply, Request, operation
from mock_server.resources.credentials.content import (
    AUTHORIZATION_CODE,
    check_content,
    check_personal,
    choose_first_status,
)
from mock_server.resources.credentials.credential import ALL, STORED, StoredCredential, find_org_credential
from mock_server.resources.orgs import ORGS
from mock_server.state.state import State


@operation("credentials.create")
def create(state: State, request: Request) -> tuple[State, Reply]:
    """Make a credential of the org, or one of the caller's own in its place."""
    body, caller = request.body, request.caller
    personal = body.get("personal", False)
    if not personal and ALL not in caller.permissions:
        raise PermissionDenied(f"A credential of the org is made with {ALL}; without it, send personal: true.")
    config = _read_overridden(state, request) if personal else _check_config(request)
    user_id = caller.user_id if personal else None
    if state.select(STORED, org_id=caller.org_id, user_id=user_id, name=body["name"]):
        raise CredentialExists(f"{'You have' if personal else 'The org has'} a credential of this name already.")
    _check_enabled(state, request)
    state, credential_id = state.assign_id(STORED)
    credential = StoredCredential(
        id=credential_id,
        org_id=caller.org_id,
        name=body["name"],
        provider=body["provider"],
        kind=body["kind"],
        status=choose_first_status(body["kind"]),
        created_at=request.now,
        user_id=user_id,
        scopes=tuple(body.get("scopes", ())) or None,
        provider_config=dict(config) or None,
        allow_user_override=body.get("allow_user_override", False),
    )
    shown = dict(STORED.show(credential, caller.org_id))
    if credential.kind == AUTHORIZATION_CODE:
        shown["next"] = f"/v1/credentials/{credential.id}/oauth/start"
    return state.put(STORED, credential), Reply(201, shown)


@operation("credentials.start_oauth")
def start_oauth(state: State, request: Request) -> tuple[State, Reply]:
    """Return where the browser is to go; what it is asked there, a provider state answers."""
    credential = request.find(state, STORED)
    _check_writable(credential, request)
    if credential.user_id not in (None, request.caller.user_id):
        raise PermissionDenied("The credential is somebody else's; its owner alone starts it.")
    if credential.kind != AUTHORIZATION_CODE:
        raise ValidationFailed(fields={"id": f"A credential of the kind {credential.kind} is not started."})
    _check_enabled(state, request)
    state, unique = state.assign_id_of_kind("oauth")
    query = {
        "response_type": "code",
        "client_id": (credential.provider_config or {}).get("client_id", ""),
        "redirect_uri": f"https://{credential.org_id.removeprefix('org_')}.evershell.ai/oauth/callback",
        "scope": " ".join(credential.scopes or ()),
        "state": base64.urlsafe_b64encode(hashlib.sha256(unique.encode()).digest()[:24]).decode(),
    }
    auth_url = f"https://{credential.provider}.evershell.example/authorize?{urlencode(query)}"
    # Nothing of it changes, and it is told all the same that its consent was started.
    return state.put(STORED, credential), Reply(200, {"auth_url": auth_url})


def _check_config(request: Request) -> Mapping[str, str]:
    """Return the config that was sent; ValidationFailed where the body does not suit its kind."""
    check_content(request)
    config: Mapping[str, str] = request.body.get("provider_config", {})
    return config


def _read_overridden(state: State, request: Request) -> Mapping[str, str]:
    """Return the config of the credential that a personal one overrides; ValidationFailed where none allows it."""
    check_personal(request)
    body = request.body
    found = find_org_credential(state, request.caller.org_id, body["name"])
    alike = found is not None and (found.provider, found.kind) == (body["provider"], body["kind"])
    if found is None or not alike or not found.allow_user_override:
        text = "The org has no credential of this name, provider and kind that may be overridden."
        raise ValidationFailed(fields={"name": text})
    return found.provider_config or {}


def _check_writable(credential: StoredCredential, request: Request) -> None:
    if credential.user_id is None and ALL not in request.caller.permissions:
        raise PermissionDenied(f"The credential is the org's; that needs {ALL}.")


def _check_enabled(state: State, request: Request) -> None:
    """To be called last: whatever else is wrong with a request is told first."""
    if "auth" in (state.all(ORGS)[request.caller.org_id].disabled or ()):
        raise AuthDisabled("Credentials are switched off for the org.")
