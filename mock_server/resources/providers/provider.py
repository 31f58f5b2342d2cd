"""Providers: what a world holds of each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta

from mock_server.resources.orgs import ORGS
from mock_server.state.collection import Collection, Fixtures, same_org
from mock_server.state.invention import Inventor
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


def _invented(some: Inventor) -> Mapping[str, Any]:
    name, (created, updated) = some.name(), some.times()
    kind = some.choose(("anthropic", "openai", "gemini"))
    return {
        "id": some.new_id(),
        "org_id": some.org_id,
        "name": name,
        "kind": kind,
        "display_name": name.replace("-", " ").capitalize(),
        "domain": f"{kind}-{some.number}.example",
        "created_at": created,
        "updated_at": updated,
    }


PROVIDERS = Collection(
    Provider,
    "providers",
    id_prefix="provider",
    refers={"org_id": ORGS},
    unique=("org_id", "name"),
    indexes=("org_id",),
    schema="Provider",
    visible=same_org,
    fixtures=Fixtures(invent=_invented),
)
