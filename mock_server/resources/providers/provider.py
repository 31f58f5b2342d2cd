"""Providers: what a world holds of each, and which credentials they may name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta

from mock_server.operation import Request, content
from mock_server.resources.credentials.credential import find_org_credential
from mock_server.resources.orgs import ORGS
from mock_server.state.collection import Collection, Fixtures, is_same_org
from mock_server.state.invention import Inventor
from mock_server.state.state import State
from mock_server.state.value import Value

Kind = Literal["anthropic", "openai", "gemini", "vertex", "azure-openai"]


class Provider(Value):
    """A provider of models, as its org is shown it. What there is none of is None, an empty `config` too."""

    id: str
    org_id: str
    name: Annotated[str, Meta(min_length=1)]
    kind: Kind
    domain: str
    created_at: datetime
    updated_at: datetime
    display_name: str | None = None
    credential_name: str | None = None
    default_model: str | None = None
    capabilities: str | None = None
    config: Mapping[str, str] | None = None
    archived_at: datetime | None = None


def _invent(some: Inventor) -> Mapping[str, Any]:
    name = some.make_name()
    kind = some.choose(("anthropic", "openai", "gemini"))
    return {
        "name": name,
        "kind": kind,
        "display_name": name.replace("-", " ").capitalize(),
        "domain": f"{kind}-{some.number}.example",
    }


PROVIDERS = Collection(
    Provider,
    "providers",
    id_prefix="provider",
    refers={"org_id": ORGS},
    unique=("org_id", "name"),
    indexes=("org_id",),
    schema="Provider",
    visible=is_same_org,
    fixtures=Fixtures(invent=_invent),
)


@content("provider")
def check_credential(
    state: State, _request: Request, fields: Mapping[str, Any], before: Provider | None
) -> Mapping[str, str]:
    """Return what is wrong with the name of a credential: it has to be one of the org itself, for the kind."""
    name = fields.get("credential_name")
    if name is None:
        return {}
    org_id, kind = (fields["org_id"], fields["kind"]) if before is None else (before.org_id, before.kind)
    credential = find_org_credential(state, org_id, name)
    if credential is not None and credential.provider == kind:
        return {}
    return {"credential_name": f"The org has no credential of this name for the provider {kind}."}
