"""Control call of the provider-states protocol: bring a world into a named state, and out of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from mock_server.control import ControlContext, control
from mock_server.control.errors import StateUnknown
from mock_server.control.similar_names import named
from mock_server.control.states.context import StateContext
from mock_server.control.states.credential_states import (
    expired_credential,
    forget_credential,
    revoked_credential,
    scoped_credential,
)
from mock_server.control.states.exists import existing, make, remove
from mock_server.control.states.org_states import billing_posture, usual_posture
from mock_server.control.states.pack_states import (
    available_image,
    failing_purge,
    make_pack,
    make_role,
    remove_image,
    remove_pack,
    remove_role,
    working_purge,
)
from mock_server.control.states.params import Params
from mock_server.resources.operation import Reply, Request
from mock_server.state.state import State

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ProviderState:
    """The setup and the teardown of one provider state; a teardown that matches nothing changes nothing."""

    setup: Callable[[StateContext], tuple[State, Values]]
    teardown: Callable[[StateContext], State]


PROVIDER_STATES: Mapping[str, ProviderState] = {
    "org has billing posture": ProviderState(billing_posture, usual_posture),
    "pack exists": ProviderState(make_pack, remove_pack),
    "role references pack": ProviderState(make_role, remove_role),
    "image is available": ProviderState(available_image, remove_image),
    "registry purge fails": ProviderState(failing_purge, working_purge),
    "credential is expired": ProviderState(expired_credential, forget_credential),
    "credential is revoked": ProviderState(revoked_credential, forget_credential),
    "credential has scopes": ProviderState(scoped_credential, forget_credential),
}


@control("states.change")
async def change(context: ControlContext, request: Request) -> Reply:
    """Set a provider state up and return its values, or tear it down.

    Raises StateUnknown; OrgNotFound and PackNotFound for the objects that it needs; NameTaken; MemoryFull.
    """
    body = request.body
    provider = named("state", body["state"], _known(context), StateUnknown)
    world = context.world(request)
    params, values = Params(body.get("params") or {}), body.get("values") or {}
    state_context = StateContext(world.state, context.seed.state, world.now(), params, values)
    if body["action"] == "setup":
        state, answered = provider.setup(state_context)
        context.commit(world, state)
        return Reply(200, answered)
    world.commit(provider.teardown(state_context))
    return Reply(200, {})


def _known(context: ControlContext) -> Mapping[str, ProviderState]:
    """Return the states by name, those of the collections that the contract names among them."""
    exist = {
        name: ProviderState(partial(make, collection), partial(remove, collection))
        for name, collection in existing(context.seed.state, context.contract)
    }
    return {**exist, **PROVIDER_STATES}
