"""Credentials that an org or a person has stored: what a world holds of each, which is no secret."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta

from mock_server.declared.collections import make_hiding_from_others
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
