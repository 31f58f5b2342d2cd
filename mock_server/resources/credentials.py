"""Credentials that an org or a person has stored: create, check what each kind brings, and begin a consent.

Of a secret nothing is kept. What each operation promises stands in openapi.yaml, in the rules of the clause
credentials.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import orjson
from msgspec import Meta

from mock_server.contract.keywords import KindNeeds
from mock_server.declared.collections import make_hiding_from_others
from mock_server.errors import AuthDisabled, CredentialExists, PermissionDenied, ValidationFailed
from mock_server.operation import Reply, Request, operation
from mock_server.resources.orgs import ORGS
from mock_server.state import records
from mock_server.state.collection import Collection, Fixtures, is_same_org
from mock_server.state.invention import Inventor
from mock_server.state.state import State
from mock_server.state.value import Value

Kind = Literal[
    "oauth2_authorization_code",
    "oauth2_client_credentials",
    "oauth2_jwt_bearer",
    "oauth2_jwt_bearer_with_subject",
    "oauth2_client_assertion",
    "api_key",
    "basic_auth",
    "query_api_key",
]
Status = Literal["active", "needs_reauth", "failed", "revoked"]

ALL = "auth:write"
"""The scope with which a caller sees and writes every credential of the org."""


class StoredCredential(Value):
    """A credential without its secret, of an org or of a person of it."""

    id: str
    org_id: str
    name: Annotated[str, Meta(min_length=1)]
    provider: Annotated[str, Meta(min_length=1)]
    kind: Kind
    status: Status
    created_at: datetime
    user_id: str | None = None
    scopes: tuple[str, ...] | None = None
    provider_config: Mapping[str, str] | None = None
    allow_user_override: bool = False
    last_minted_at: datetime | None = None
    last_minted_status: str | None = None


def show_credential(credential: StoredCredential, _org_id: str) -> Mapping[str, Any]:
    """Return what is shown of a credential; where its secret would be kept is made of its id."""
    return {
        **records.to_record(credential),
        "scopes": list(credential.scopes or ()),
        "provider_config": dict(credential.provider_config or {}),
        "durable_ref": f"vault/{credential.org_id}/credentials/{credential.id}",
    }


def _invent(some: Inventor) -> Mapping[str, Any]:
    return {
        "name": some.make_name(),
        "provider": some.choose(("anthropic", "google", "openai")),
        "kind": some.choose(("api_key", "basic_auth", "query_api_key")),
        "status": some.choose(("active", "active", "active", "failed", "revoked")),
    }


STORED = Collection(
    StoredCredential,
    "stored_credentials",
    noun="credential",
    id_prefix="cred",
    refers={"org_id": ORGS},
    unique=("org_id", "user_id", "name"),
    indexes=("org_id",),
    schema="Credential",
    visible=is_same_org,
    hidden=make_hiding_from_others("user_id", ALL),
    view=show_credential,
    fixtures=Fixtures(invent=_invent),
)


def find_org_credential(state: State, org_id: str, name: str) -> StoredCredential | None:
    """Return the credential of an org itself that has this name."""
    return next(iter(state.select(STORED, org_id=org_id, user_id=None, name=name)), None)


AUTHORIZATION_CODE: Kind = "oauth2_authorization_code"


def read_credential_kinds(request: Request) -> Mapping[str, KindNeeds]:
    """Return what the contract says of each kind of credential."""
    return request.kinds.get("CredentialKind", {})


def list_secret_fields(request: Request) -> list[str]:
    """Return the fields that have a secret of some kind."""
    return sorted({each.secret for each in read_credential_kinds(request).values() if each.secret})


def choose_first_status(kind: Kind) -> Status:
    """Return the status with which a credential of this kind begins."""
    return "needs_reauth" if kind == AUTHORIZATION_CODE else "active"


def check_content(request: Request) -> None:
    """Raise ValidationFailed for what does not suit the kind of an org's credential. No text quotes a secret."""
    body, kind = request.body, request.body["kind"]
    needs, fields = read_credential_kinds(request).get(kind, KindNeeds()), {}
    secret = needs.secret
    if secret is not None and secret not in body:
        fields[secret] = f"A credential of the kind {kind} needs it."
    for strange in (each for each in list_secret_fields(request) if each in body and each != secret):
        fields[strange] = f"A credential of the kind {kind} has none."
    if secret == "service_account_json" and not _is_object(body.get(secret, "{}")):  # noqa: S105  # the name of a field
        fields[secret] = "It is the text of a JSON object."
    if missing := [
        key
        for key in (*needs.needs, *needs.needs_of.get(body["provider"], ()))
        if key not in body.get("provider_config", {})
    ]:
        fields["provider_config"] = f"A credential of the kind {kind} needs {' and '.join(missing)} in it."
    if fields:
        raise ValidationFailed(fields=fields)


def check_personal(request: Request) -> None:
    """Raise ValidationFailed for what a personal credential cannot bring."""
    body = request.body
    fields = dict.fromkeys(
        (each for each in list_secret_fields(request) if each in body), "A personal credential brings no secret."
    )
    if body["kind"] != AUTHORIZATION_CODE:
        fields["kind"] = f"A personal credential is of the kind {AUTHORIZATION_CODE}."
    if body.get("provider_config"):
        fields["provider_config"] = "A personal credential has that of the credential that it overrides."
    if body.get("allow_user_override"):
        fields["allow_user_override"] = "A personal credential is not overridden."
    if fields:
        raise ValidationFailed(fields=fields)


def _is_object(text: str) -> bool:
    try:
        return isinstance(orjson.loads(text), dict)
    except orjson.JSONDecodeError:
        return False


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
    """Raise where credentials are switched off; to be called last, since all else that is wrong is told first."""
    if "auth" in (state.all(ORGS)[request.caller.org_id].disabled or ()):
        raise AuthDisabled("Credentials are switched off for the org.")
