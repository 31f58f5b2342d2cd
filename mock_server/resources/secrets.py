"""Secrets of an org: list, set, delete. Of a value nothing is kept, since nobody may ever read it.

What each promises stands in openapi.yaml, in the rules of the clause secrets.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from operator import attrgetter
from typing import Annotated, Any

from msgspec import Meta

from mock_server.errors import SecretsDisabled
from mock_server.operation import Reply, Request, operation
from mock_server.resources.orgs import ORGS
from mock_server.state.collection import Collection, Fixtures, same_org
from mock_server.state.invention import Inventor
from mock_server.state.state import State
from mock_server.state.value import Value, replace


class Secret(Value):
    """A secret, without its value."""

    org_id: str
    name: Annotated[str, Meta(pattern="^[A-Za-z][A-Za-z0-9_-]{0,63}$")]
    created_at: datetime
    updated_at: datetime


def secret_view(secret: Secret, _org_id: str) -> Mapping[str, Any]:
    """Return what is shown of a secret."""
    return {"name": secret.name, "created_at": secret.created_at, "updated_at": secret.updated_at}


def _invented(some: Inventor) -> Mapping[str, Any]:
    created, updated = some.times()
    name = some.name().replace("-", "_").upper()
    return {"org_id": some.org_id, "name": name, "created_at": created, "updated_at": updated}


SECRETS = Collection(
    Secret,
    "secrets",
    key=("org_id", "name"),
    refers={"org_id": ORGS},
    indexes=("org_id",),
    schema="Secret",
    visible=same_org,
    view=secret_view,
    description="By org, then by name.",
    fixtures=Fixtures(invent=_invented),
)


@operation("secrets.list")
def list_secrets(state: State, request: Request) -> tuple[State, Reply]:
    """Return the secrets of the caller's org, oldest first."""
    org_id = request.caller.org_id
    _check_enabled(state, request)
    found = sorted(state.where(SECRETS, org_id=org_id), key=attrgetter("created_at"))
    return state, Reply(200, {"secrets": [secret_view(each, org_id) for each in found]})


@operation("secrets.set")
def set_secret(state: State, request: Request) -> tuple[State, Reply]:
    """Make a secret, or give it another value, an equal one too."""
    _check_enabled(state, request)
    org_id, name = request.caller.org_id, request.path["name"]
    before = state.get(SECRETS, (org_id, name)) or Secret(org_id, name, request.now, request.now)
    secret = replace(before, updated_at=request.now)
    return state.put(SECRETS, secret), Reply(200, secret_view(secret, org_id))


@operation("secrets.delete")
def delete(state: State, request: Request) -> tuple[State, Reply]:
    """Delete a secret."""
    secret = request.find(state, SECRETS)
    _check_enabled(state, request)
    return state.drop(SECRETS, SECRETS.key_of(secret)), Reply(200, {"status": "deleted"})


def _check_enabled(state: State, request: Request) -> None:
    """To be called last: whatever else is wrong with a request is told first."""
    if "secrets" in (state.all(ORGS)[request.caller.org_id].disabled or ()):
        raise SecretsDisabled("Secrets are switched off for the org.")
