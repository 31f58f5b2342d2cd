"""Agent roles: what a world holds of each, and what packs and providers ask of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta

from mock_server.operation import Request, content, run_in_thread
from mock_server.resources.orgs import ORGS
from mock_server.resources.packs.pack import PACKS
from mock_server.resources.providers.provider import PROVIDERS
from mock_server.resources.yaml_nodes import LITTLE, is_list
from mock_server.state.collection import Collection, Fixtures, is_same_org
from mock_server.state.invention import Inventor
from mock_server.state.state import State
from mock_server.state.value import Value

Environment = Literal["development", "staging", "production"]
Effort = Literal["high", "medium", "low", "off"]
PoolPolicy = Literal["", "static", "dynamic"]

_IS_LIST = "capabilities are a list"
"""The key beside the members of a body that says whether its capabilities are a YAML list."""


class Role(Value):
    """An agent role, as its org is shown it. What there is none of is None."""

    id: str
    org_id: str
    name: Annotated[str, Meta(min_length=1)]
    provider_id: str
    created_at: datetime
    updated_at: datetime
    pack_ids: tuple[str, ...] = ()
    environment: Environment = "development"
    pool_policy: PoolPolicy = ""
    display_name: str | None = None
    description: str | None = None
    model: str | None = None
    capabilities: str | None = None
    environment_description: str | None = None
    task_timeout_seconds: int | None = None
    idle_timeout_seconds: int | None = None
    thinking_effort: Effort | None = None
    max_continuations: int | None = None
    max_context_tokens: int | None = None
    pool_size: int | None = None
    pool_max_size: int | None = None
    archived_at: datetime | None = None


def _invent(some: Inventor) -> Mapping[str, Any]:
    name = some.make_name()
    return {
        "provider_id": some.choose_object(PROVIDERS).id,
        "name": name,
        "display_name": name.replace("-", " ").capitalize(),
        "description": some.make_sentence(),
        "environment": some.choose(("development", "staging", "production")),
        "thinking_effort": some.choose(("high", "medium", "low", "off")),
        "task_timeout_seconds": 60 * some.draw_count(5, 240),
        "pack_ids": list({some.choose_object(PACKS).id: None for _ in range(some.draw_count(0, 3))}),
    }


ROLES = Collection(
    Role,
    "roles",
    id_prefix="role",
    refers={"org_id": ORGS, "provider_id": PROVIDERS},
    mentions={"pack_ids": PACKS},
    unique=("org_id", "name"),
    indexes=("org_id", "pack_ids", "provider_id"),
    schema="Role",
    visible=is_same_org,
    fixtures=Fixtures(invent=_invent),
)


def count_roles_with(state: State, pack_id: str, *, other_than: str | None = None) -> int:
    """Return how many roles reference a pack, archived ones too, but for those of one org."""
    roles = state.select(ROLES, pack_ids=pack_id)
    return len(roles if other_than is None else [role for role in roles if role.org_id != other_than])


async def read_capabilities(request: Request) -> Request:
    """Find out whether the capabilities are a YAML list, which takes long of a long text."""
    text = request.body.get("capabilities")
    if text is None:
        return request
    found = await run_in_thread(lambda: is_list(text), size=len(text), small=LITTLE)
    return request._replace(body={**request.body, _IS_LIST: found})


@content("role", prepare=read_capabilities)
def check_capabilities(_state: State, request: Request, _fields: Mapping[str, Any], _before: Any) -> Mapping[str, str]:
    """Return what is wrong with the capabilities of a role."""
    return {} if request.body.get(_IS_LIST, True) else {"capabilities": "It is no YAML list."}
